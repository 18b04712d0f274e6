"""Questions of the playground: its examples, and generated ones, of which some are faulty."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

PLAYGROUND = Path(__file__).parents[2] / "playground"
EXAMPLES: list[dict[str, Any]] = json.loads((PLAYGROUND / "examples.json").read_text("utf-8"))
ANN = "arn:aws:iam::111122223333:user/Ann"
_API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


def question_of(example: dict[str, Any]) -> dict[str, str]:
    """The question of an example, whose texts may be lists of lines."""
    return {name: "\n".join(value) if isinstance(value, list) else value for name, value in example["question"].items()}


def edited(example: dict[str, Any]) -> dict[str, str]:
    """The question after the edit that the example proposes."""
    question, edit = question_of(example), example["edit"]
    assert question[edit["editor"]].count(edit["find"]) == 1
    return question | {edit["editor"]: question[edit["editor"]].replace(edit["find"], edit["replace"])}


def generated(count: int, seed: int = 7) -> list[dict[str, str]]:
    """Questions that are drawn: policies with an ARN, and API files with a call."""
    random = Random(seed)
    return [_call(random) if number % 3 == 0 else _request(random) for number in range(count)]


def _statement(random: Random, *, has_principal: bool) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": random.choice(["Allow", "Allow", "Allow", "Allow", "Allow", "Deny"])}
    if random.random() < 0.7:
        statement["Sid"] = random.choice(["Read", "Office", "Partners", "Nobody"])
    if has_principal:
        people = ["*", {"AWS": ANN}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::444455556666:role/Partner"}]
        statement["Principal"] = random.choice(people)
    statement["Action"] = random.choice(["execute-api:Invoke", "execute-api:*", "*", ["execute-api:Invoke", "s3:*"]])
    ends = ["/*", "/prod/GET/*", "/prod/GET/orders/*", "/prod/*/orders", "/prod/GET/orders/17", "/test/*"]
    statement["Resource"] = random.choice([f"{_API}{random.choice(ends)}", [f"{_API}{end}" for end in ends[2:4]]])
    if random.random() < 0.4:
        statement["Condition"] = _condition(random)
    return statement


def _condition(random: Random) -> dict[str, Any]:
    operators = {
        "aws:SourceIp": (["IpAddress", "NotIpAddress", "IpAddressIfExists"], ["203.0.113.0/24", "198.51.100.7"]),
        "aws:SourceVpce": (["StringEquals", "StringNotEquals", "StringLikeIfExists"], ["vpce-0a1b2c3d", "vpce-*"]),
        "aws:UserAgent": (["StringLike", "StringNotLike"], ["Café/*", "\u202e*", "\U0001f512*"]),
        "aws:CurrentTime": (["DateLessThan", "DateGreaterThan"], ["2026-01-01T00:00:00Z", "2027-01-01"]),
        "aws:PrincipalArn": (["ArnLike", "ArnNotEquals"], [ANN, "arn:aws:iam::*:user/*"]),
    }
    key = random.choice([*operators])
    names, values = operators[key]
    return {random.choice(names): {key: random.choice(values)}}


def _policy(random: Random, *, has_principal: bool) -> dict[str, Any]:
    statements = [_statement(random, has_principal=has_principal) for _ in range(random.randint(1, 4))]
    return {"Version": "2012-10-17", "Statement": statements}


def _faulty(random: Random, text: str) -> str:
    """A text, one time in eight with a fault; some have the line ends of Windows."""
    if random.random() < 0.12:
        wrong = [("Effect", "Efect"), ("Allow", "Alow"), ("}", ""), ('"Version"', "Version"), (":Invoke", ":Invok")]
        text = text.replace(*random.choice(wrong), 1)
    return text.replace("\n", "\r\n") if random.random() < 0.1 else text


def _context(random: Random) -> str:
    keys: dict[str, object] = {}
    if random.random() < 0.6:
        keys["aws:SourceIp"] = random.choice(["203.0.113.9", "192.0.2.1", "2001:db8::1"])
    else:
        keys["aws:SourceVpce"] = random.choice(["vpce-0a1b2c3d", "vpce-9f8e7d6c"])
    if random.random() < 0.4:
        keys["aws:UserAgent"] = random.choice(["Café/1", "\u202egnp", "\U0001f512 client", "</script>"])
    return random.choice([json.dumps(keys, ensure_ascii=False), json.dumps(keys), ""])


def _caller(random: Random) -> str:
    partner = "arn:aws:sts::444455556666:assumed-role/Partner/x"
    faulty = random.choice(["ann", "<img src=x onerror=alert(1)>"])
    return random.choice([ANN, ANN, ANN, ANN, partner, partner, "anonymous", "", "", faulty])


def _method(random: Random) -> str:
    return random.choice(["GET", "GET", "GET", "GET", "POST", "get"])


def _path(random: Random) -> str:
    return random.choice(
        ["/orders", "/orders/17", "/orders/17", "/orders/18", "/orders/17/refunds", "/pets", "/orders/%2F"]
    )


def _added(random: Random, caller: str) -> dict[str, str]:
    """Now and then a permissions boundary and an SCP, for callers that can have them and for others."""
    share = 0.1 if caller in ("", "anonymous") else 0.3
    found = {}
    for name in ("boundary", "scp"):
        if random.random() < share:
            found[name] = _faulty(random, json.dumps(_policy(random, has_principal=False), indent=1))
    return found


def _request(random: Random) -> dict[str, str]:
    identity = json.dumps(_policy(random, has_principal=False), indent=2, ensure_ascii=False)
    resource = json.dumps(_policy(random, has_principal=True), indent=random.choice([None, 2, 4]), ensure_ascii=False)
    caller = _caller(random)
    return {
        "mode": "policies",
        "identity": "" if caller in ("", "anonymous") else _faulty(random, random.choice([identity, identity, ""])),
        "resource": _faulty(random, random.choice([resource, resource, ""])),
        "caller": caller,
        "on": f"{_API}/{random.choice(['prod', 'prod', 'prod', 'test'])}/{_method(random)}{_path(random)}",
        "context": _context(random),
        **_added(random, caller),
    }


def _call(random: Random) -> dict[str, str]:
    kinds = ["{auth: AWS_IAM}", "{}", "{authorizer: tokens}", "{auth: AWS_IAM, api_key_required: true}"]
    lines = [
        "schema: execpolicy/api/1",
        "id: a1b2c3",
        "type: REST",
        "region: eu-west-1",
        'account: "111122223333"',
        "stages: [prod]",
        "authorizers:",
        "  tokens: {type: TOKEN, identity_sources: method.request.header.Authorization}",
        "routes:",
        f"  GET /orders: {random.choice(kinds)}",
        f"  ANY /orders/{{id}}: {random.choice(kinds)}",
        f"resource_policy: {json.dumps(_policy(random, has_principal=True), ensure_ascii=False)}",
    ]
    identity = json.dumps(_policy(random, has_principal=False), indent=2)
    output = {"principalId": "ann", "policyDocument": _policy(random, has_principal=False)}
    caller = _caller(random)
    return {
        "mode": "api",
        "api": _faulty(random, "\n".join(lines if random.random() < 0.8 else lines[:-1])),
        "identity": "" if caller in ("", "anonymous") else random.choice(["", identity]),
        "authorizer": random.choice(["", *[json.dumps(output, indent=1)] * 4, "Unauthorized", "{"]),
        "caller": caller,
        "call": f"{_method(random)} {_path(random)}",
        "headers": random.choice(["", "Authorization: Bearer abc", "X-Api-Key: k\nAuthorization: a"]),
        "context": _context(random),
        **_added(random, caller),
    }
