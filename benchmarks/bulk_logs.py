"""Access logs of a seeded generator, and the API whose calls they have: paths, sessions, addresses and answers."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from execpolicy import Api, Caller, Policy, Route

ACCOUNT: Final = "111122223333"
#: The time of the first call, in milliseconds.
START: Final = 1_796_040_000_000
ROLES, SESSIONS = 40, 2000
_KINDS: Final = ("orders", "customers", "invoices", "carts", "items", "reviews", "payments", "shipments")
_ALL: Final = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}


def _policy(kind: Any, *statements: Any) -> Policy:
    document = {"Version": "2012-10-17", "Statement": [dict(each) for each in statements]}
    return Policy.parse(document, kind=kind, name=f"{kind}.json")


def api(*statements: Any) -> Api:
    """An API with 33 routes, 32 of which need a signature.

    Args:
        statements: those of its resource policy, after one that allows every call.
    """
    paths = [path for kind in _KINDS for path in (f"/{kind}", f"/{kind}/{{id}}")]
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=ACCOUNT,
        stages=["prod"],
        routes=["GET /health", *(Route(verb, path, auth="AWS_IAM") for path in paths for verb in ("GET", "POST"))],
        resource_policy=_policy("resource", _ALL, *statements),
    )


def versions() -> tuple[Api, Api]:
    """An old version and a new one, which refuses some paths, some addresses and a role."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke"}
    return api(), api(
        {**deny, "Resource": "execute-api:/prod/GET/orders/4*"},
        {**deny, "Resource": "execute-api:/*/POST/invoices/*"},
        {**deny, "Resource": "execute-api:/*/items/*", "Condition": {"IpAddress": {"aws:SourceIp": "52.1.0.0/16"}}},
        {**deny, "Resource": "execute-api:/*", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/Role7"}},
    )


def callers() -> list[Caller]:
    """The roles with their policies: each may read all and write one kind of resources."""
    return [
        Caller(
            f"arn:aws:iam::{ACCOUNT}:role/Role{number}",
            identity=_policy(
                "identity",
                {
                    "Effect": "Allow",
                    "Action": "execute-api:Invoke",
                    "Resource": [
                        f"arn:aws:execute-api:*:{ACCOUNT}:a1b2c3/prod/GET/*",
                        f"arn:aws:execute-api:*:{ACCOUNT}:a1b2c3/prod/POST/{_KINDS[number % len(_KINDS)]}*",
                    ],
                },
            ),
        )
        for number in range(ROLES)
    ]


def lines(number: int, *, paths: int, seed: int = 1) -> Iterator[str]:
    """Lines of an access log in JSON, each with its end.

    Args:
        number: how many.
        paths: how many different paths they have, at most.
        seed: the seed of the generator.
    """
    random = Random(seed)
    known = [f"/prod/{random.choice(_KINDS)}/{random.randrange(10**9)}" for _ in range(paths)]
    sessions = [f"arn:aws:sts::{ACCOUNT}:assumed-role/Role{each % ROLES}/user-{each}" for each in range(SESSIONS)]
    addresses = [f"52.{random.randrange(4)}.{random.randrange(256)}.{random.randrange(256)}" for _ in range(20_000)]
    choice = random.choice
    for at in range(number):
        status, error = choice((("200", "-"), ("200", "-"), ("404", "-"), ("403", "ACCESS_DENIED")))
        yield (
            f'{{"requestId":"{random.getrandbits(64):016x}","ip":"{choice(addresses)}","userArn":"{choice(sessions)}",'
            f'"requestTimeEpoch":"{START + at}","httpMethod":"{choice(("GET", "GET", "POST"))}",'
            f'"path":"{known[at % paths] if at < paths else choice(known)}","status":"{status}",'
            f'"responseType":"{error}","protocol":"HTTP/1.1","responseLength":"{random.randrange(5000)}"}}\n'
        )
