"""A small alphabet of requests, so that all of them can be decided one by one.

Policies over it are made by ``policy_pairs``; ``enumerated`` gives the requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import product
from random import Random
from typing import NamedTuple, TypeAlias

from execpolicy import Caller, Context, Principal, Request, RequestError

HERE, THERE = "111122223333", "444455556666"
USER_ID, ROLE_ID = "AIDAEXAMPLEAIDAEXAMPL", "AROAEXAMPLEROLEEXAMPL"
ORG_PATHS = ("o-1/r-1/ou-1/", "o-1/r-1/ou-2/")

#: Context keys with their values, in an order that does not matter.
KeyValues: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


def _parsed(arn: str, *, role_path: str | None = None) -> Caller:
    unique_id = USER_ID if ":user/" in arn else ROLE_ID if "assumed-role" in arn else None
    return Caller(Principal.parse(arn, unique_id=unique_id, role_path=role_path))


def _in(account: str) -> Iterator[Caller]:
    yield _parsed(f"arn:aws:sts::{account}:assumed-role/Clerk/ann")
    yield _parsed(f"arn:aws:sts::{account}:assumed-role/Clerk/bob", role_path="/staff/")
    yield _parsed(f"arn:aws:sts::{account}:assumed-role/Clerks/ann")
    yield _parsed(f"arn:aws:iam::{account}:user/Ann")
    yield _parsed(f"arn:aws:iam::{account}:user/staff/Ann")
    yield _parsed(f"arn:aws:iam::{account}:root")
    yield Caller(Principal.parse(f"arn:aws:sts::{account}:federated-user/Fay", unique_id=USER_ID))


CALLERS = (*_in(HERE), *_in(THERE), Caller(Principal.parse(f"arn:aws-cn:iam::{HERE}:user/Ann", unique_id=USER_ID)))
#: These have no account, and no identity policies.
OUTSIDE = (Caller(Principal.anonymous()), Caller(Principal.service("states.amazonaws.com")))

ACTIONS = ("execute-api:Invoke", "execute-api:ManageConnections")
APIS = (f"eu-west-1:{HERE}:a1b2c3", f"us-east-1:{THERE}:z9y8x7")
#: Paths of calls. Those that contain a method look like the ARN of another call.
PATHS = ("", "orders", "orders/7", "orders/", "Orders", "order", "x/GET/y", "prod/GET/orders")
RESOURCES = tuple(
    f"arn:aws:execute-api:{api}/{stage}/{method}/{path}"
    for api, stage, method, path in product(APIS, ("prod", "dev"), ("GET", "POST", "DELETE"), PATHS)
)

#: How a call comes: from an address, or through an endpoint, which gives three keys.
NETWORKS: tuple[KeyValues, ...] = (
    *((("aws:SourceIp", (address,)),) for address in ("203.0.113.9", "203.0.113.200", "198.51.100.7", "2001:db8::1")),
    *(
        (("aws:SourceVpce", (endpoint,)), ("aws:SourceVpc", (vpc,)), ("aws:VpcSourceIp", (address,)))
        for endpoint, vpc, address in (("vpce-1", "vpc-1", "10.0.0.9"), ("vpce-10", "vpc-2", "10.0.0.10"))
    ),
)
TIMES = ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")
#: The values that a request may have of each key that it gives; no value means that the key is absent.
GIVEN: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "aws:PrincipalTag/team": ((), ("red",), ("Red",), ("blue",), ("",)),
    "aws:MultiFactorAuthPresent": ((), ("true",), ("false",)),
    "aws:CurrentTime": tuple((time,) for time in TIMES),
    "aws:PrincipalOrgPaths": ((), ORG_PATHS[:1], ORG_PATHS[1:], ORG_PATHS),
    "aws:UserAgent": ((), ("curl",), ("Curl",), ("",)),
    "app:level": ((), ("5",), ("5.5",), ("6",)),
    "app:names": ((), ("red",), ("red", "blue"), ("",)),
}
NETWORK_KEYS = ("aws:SourceIp", "aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")


class World(NamedTuple):
    """The part of the alphabet that the requests of one test come from.

    Attributes:
        callers: who calls; callers with policies of their own may stand here too.
        keys: the keys that some requests have; every request has an address or an endpoint, and a time.
    """

    callers: Sequence[Caller]
    actions: Sequence[str]
    resources: Sequence[str]
    keys: Sequence[str]

    def contexts(self) -> Iterator[KeyValues]:
        """All contexts: those that differ only in the network are left out where no key of it matters."""
        networks = NETWORKS if any(key in NETWORK_KEYS for key in self.keys) else NETWORKS[:1]
        others = [key for key in GIVEN if key in self.keys or key == "aws:CurrentTime"]
        choices = [GIVEN[key] if key in self.keys else GIVEN[key][:1] for key in others]
        for network in networks:
            for values in product(*choices):
                yield (*network, *((key, found) for key, found in zip(others, values, strict=True) if found))


def small_world(
    random: Random, keys: Sequence[str], patterns: Sequence[str] = (), callers: Sequence[Caller] | None = None
) -> World:
    """Some callers, actions and resources of the alphabet, so that there are not too many requests.

    Half of the resources match a pattern of the policies, and some of their neighbours do not.
    """
    if callers is None:
        callers = [*random.sample(CALLERS, 4), random.choice(OUTSIDE)]
    actions = ACTIONS[: random.choice((1, 1, 1, 2))]
    meant = [each for each in RESOURCES if any(fnmatchcase(each, pattern) for pattern in patterns if pattern != "*")]
    resources = [*random.sample(meant, min(len(meant), 6)), *random.sample(RESOURCES, 6)]
    return World(callers, actions, list(dict.fromkeys(resources)), keys)


def enumerated(world: World) -> Iterator[Request]:
    """All requests of a world that can exist."""
    contexts = list(world.contexts())
    for caller, action, resource, context in product(world.callers, world.actions, world.resources, contexts):
        request = _request(caller, action, resource, context)
        if request is not None:
            yield request


@cache
def _context(given: KeyValues) -> Context:
    values = {key: values[0] if len(values) == 1 else list(values) for key, values in given}
    return Context(values, allow_unknown=("app:level", "app:names"))


def _request(caller: Caller, action: str, resource: str, context: KeyValues) -> Request | None:
    if not (caller.identity or caller.boundary or caller.session or caller.scps):
        return _request_of_the_alphabet(caller, action, resource, context)
    return _made(caller, action, resource, context)


def _made(caller: Caller, action: str, resource: str, context: KeyValues) -> Request | None:
    if caller.principal.kind == "service" and any(key == "aws:PrincipalOrgPaths" for key, _ in context):
        return None  # KEY-4: a service has none, although a request that says otherwise is not refused
    try:
        return Request(caller=caller, action=action, resource=resource, context=_context(context))
    except RequestError:
        return None


#: Requests of callers without policies, which many tests decide.
_request_of_the_alphabet = cache(_made)
