"""The workload of all benchmarks: policies of any size and requests for them, generated from one seed.

``workload(size)`` returns plain documents and plain requests, so any engine can use them. ``prepared`` makes the
objects of this package from them. The same size and seed result in the same workload on every machine.

Policies: ``size`` statements in one identity policy. 40 % of the resources are exact. The others have a wildcard at the
end, in the middle, for the method, the stage or the API, and a few have ``?``. 20 % of the statements have a condition:
IpAddress with aws:SourceIp, StringEquals with aws:PrincipalTag, StringLike with aws:UserAgent. 10 % deny. The resource
policy has two statements: one allows the caller's account, so the identity policy decides, and the other denies calls
that do not come through the VPC endpoint.

Requests: 55 % match one of the patterns, from which they are generated. The others are generated from the same words.
They share a few contexts, like the calls of a few clients.
"""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

from execpolicy import Caller, Context, Policy, Request, Target

ACTION = "execute-api:Invoke"
ACCOUNT = "111122223333"
CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann"
TAGS = {"team": "red"}
VPC_ENDPOINT = "vpce-0a1b2c3d"

_HEAD = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:"
_APIS = tuple(f"api{number:05d}" for number in range(8))
_STAGES = ("prod", "dev", "test")
_METHODS = ("GET", "POST", "PUT", "DELETE")
_NOUNS = ("pets", "orders", "users", "carts", "items", "prices", "notes", "stores", "invoices", "reports")
_AGENTS = ("curl/8.5", "Mozilla/5.0", "okhttp/4.12", "aws-cli/2.15")
_TEAMS = ("red", "blue", "green")


class PlainRequest(NamedTuple):
    """One request as plain data; ``context`` is an index into the contexts of the workload."""

    resource: str
    context: int


class Workload(NamedTuple):
    """Documents and requests as plain data."""

    identity: dict[str, Any]
    resource: dict[str, Any]
    contexts: tuple[dict[str, str], ...]
    requests: tuple[PlainRequest, ...]


class Prepared(NamedTuple):
    """The workload as objects of this package, each compiled once."""

    caller: Caller
    target: Target
    contexts: tuple[Context, ...]
    requests: tuple[PlainRequest, ...]

    def request(self, number: int) -> Request:
        """Return a new object for request ``number``."""
        plain = self.requests[number]
        return Request(caller=self.caller, action=ACTION, resource=plain.resource, context=self.contexts[plain.context])


def workload(size: int, *, requests: int = 10_000, seed: int = 1) -> Workload:
    """Make a workload.

    Args:
        size: the number of statements in the identity policy.
        requests: the number of requests, each for a different resource as far as the words allow.
        seed: the seed of the random numbers.
    """
    random = Random(f"{seed}/{size}")
    patterns = [_pattern(random, size) for _ in range(size)]
    statements = [_statement(random, number, pattern) for number, pattern in enumerate(patterns)]
    contexts = tuple(
        {"aws:SourceIp": address, "aws:UserAgent": agent}
        for address in ("203.0.113.9", "198.51.100.7")
        for agent in _AGENTS
    )
    through = tuple({"aws:SourceVpce": VPC_ENDPOINT, "aws:UserAgent": agent} for agent in _AGENTS)
    plain_requests = tuple(
        PlainRequest(
            _met(random, random.choice(patterns)) if random.random() < 0.55 else _HEAD + _path(random, size),
            random.randrange(len(contexts) + len(through)),
        )
        for _ in range(requests)
    )
    return Workload(
        {"Version": "2012-10-17", "Statement": statements}, _resource_policy(), (*contexts, *through), plain_requests
    )


def prepared(work: Workload) -> Prepared:
    """Parse and compile a workload."""
    from execpolicy import Principal

    identity = Policy.parse(work.identity, kind="identity", name="identity")
    resource = Policy.parse(work.resource, kind="resource", name="resource")
    return Prepared(
        Caller(Principal.parse(CALLER, tags=TAGS), identity=identity),
        Target(resource=resource),
        tuple(Context(values) for values in work.contexts),
        work.requests,
    )


def _path(random: Random, size: int) -> str:
    """Return API, stage, method and path. A larger policy has more different names."""
    spread = max(1, size // 100)
    words = [random.choice(_APIS), random.choice(_STAGES), random.choice(_METHODS)]
    words += [f"{random.choice(_NOUNS)}{random.randrange(spread)}" for _ in range(random.randint(1, 3))]
    words.append(str(random.randrange(100_000)))
    return "/".join(words)


def _pattern(random: Random, size: int) -> str:
    segments = _path(random, size).split("/")
    draw = random.random()
    if draw < 0.40:
        return _HEAD + "/".join(segments)
    if draw < 0.65:
        segments[-1] = "*"
    elif draw < 0.75:
        segments[random.randrange(3, len(segments) - 1) if len(segments) > 4 else 3] = "*"
    elif draw < 0.83:
        segments[2] = "*"
    elif draw < 0.90:
        segments[1] = "*"
    elif draw < 0.95:
        segments[0] = "*"
    else:
        segments[-1] = segments[-1][:-1] + "?"
    return _HEAD + "/".join(segments)


def _statement(random: Random, number: int, pattern: str) -> dict[str, Any]:
    effect = "Deny" if random.random() < 0.10 else "Allow"
    statement: dict[str, Any] = {"Sid": f"S{number}", "Effect": effect, "Action": ACTION, "Resource": pattern}
    if random.random() < 0.20:
        statement["Condition"] = random.choice(
            (
                {"IpAddress": {"aws:SourceIp": random.choice(("203.0.113.0/24", "198.51.100.0/24", "10.0.0.0/8"))}},
                {"StringEquals": {"aws:PrincipalTag/team": random.choice(_TEAMS)}},
                {"StringLike": {"aws:UserAgent": random.choice(("curl/*", "Mozilla*", "*http*"))}},
            )
        )
    return statement


def _resource_policy() -> dict[str, Any]:
    everything = {"Action": ACTION, "Resource": "execute-api:/*"}
    elsewhere = {"StringNotEquals": {"aws:SourceVpce": VPC_ENDPOINT}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, **everything},
            {"Effect": "Deny", "Principal": "*", **everything, "Condition": elsewhere},
        ],
    }


def _met(random: Random, pattern: str) -> str:
    """Return a resource that the pattern matches."""
    fitted = pattern
    while "*" in fitted:
        fitted = fitted.replace("*", f"{random.choice(_NOUNS)}{random.randrange(1000)}", 1)
    return fitted.replace("?", str(random.randrange(10)))
