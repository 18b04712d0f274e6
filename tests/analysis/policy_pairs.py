"""Policies over the alphabet, and pairs of them that differ little, drawn by a ``random.Random``.

Hypothesis gives such an object to tests; oracles and benchmarks make one from a seed, and get the same pairs each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, NamedTuple, TypeAlias

from tests.analysis.alphabet import APIS, HERE, ROLE_ID, THERE, USER_ID

Document: TypeAlias = dict[str, Any]

#: Kinds of policies that name principals.
NAMING_KINDS = ("resource", "vpc_endpoint")
_STRINGS = ("StringEquals", "StringLike", "StringNotEquals", "StringNotLike", "StringEqualsIgnoreCase")
_ADDRESSES = ("IpAddress", "NotIpAddress")
_DATES = ("DateLessThan", "DateGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThanEquals")
_NUMBERS = ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals", "NumericLessThanEquals")
_ARNS = ("ArnLike", "ArnNotLike", "ArnEquals", "StringLike", "StringEquals", "StringNotEquals")


class TestedKey(NamedTuple):
    """The operators and the values that policies have for a context key."""

    operators: Sequence[str]
    values: Sequence[str]


KEYS: Mapping[str, TestedKey] = {
    "aws:SourceIp": TestedKey(
        _ADDRESSES,
        (
            *("203.0.113.0/24", "203.0.113.0/25", "203.0.113.128/25", "203.0.113.9", "203.0.113.8/31", "0.0.0.0/0"),
            *("0.0.0.0/1", "128.0.0.0/1", "198.51.100.0/24", "::/0", "2001:db8::/32", "2001:db8::1"),
        ),
    ),
    "aws:VpcSourceIp": TestedKey(_ADDRESSES, ("10.0.0.0/8", "10.0.0.9", "10.0.0.8/31", "0.0.0.0/0")),
    "aws:SourceVpce": TestedKey(_STRINGS, ("vpce-1", "vpce-10", "vpce-1*", "vpce-?", "vpce-*", "*")),
    "aws:SourceVpc": TestedKey(_STRINGS, ("vpc-1", "VPC-1", "vpc-?", "vpc-2")),
    "aws:PrincipalTag/team": TestedKey(_STRINGS, ("red", "Red", "r*d", "r?d", "blue", "*", "", "?*")),
    "aws:MultiFactorAuthPresent": TestedKey(("Bool",), ("true", "false")),
    "aws:CurrentTime": TestedKey(
        _DATES, ("2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00.5Z", "1767225601")
    ),
    "aws:EpochTime": TestedKey((*_NUMBERS, "DateLessThan"), ("1767225600", "1767225600.5", "1767225599")),
    "aws:PrincipalOrgPaths": TestedKey(_STRINGS, ("o-1/r-1/ou-1/", "o-1/r-1/ou-2/", "o-1/r-1/*", "o-*", "*")),
    "aws:UserAgent": TestedKey(_STRINGS, ("curl", "Curl", "cur*", "c?rl", "*", "")),
    "aws:PrincipalArn": TestedKey(
        _ARNS,
        (
            f"arn:aws:iam::{HERE}:role/Clerk",
            f"arn:aws:iam::{HERE}:role/staff/Clerk",
            f"arn:aws:iam::{HERE}:role/Clerk*",
            f"arn:aws:iam::{HERE}:*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::1111*",
            f"arn:aws:iam::{THERE}:user/Ann",
            f"arn:aws:iam::{HERE}:root",
            "*",
        ),
    ),
    "aws:PrincipalAccount": TestedKey(_STRINGS, (HERE, THERE, "1111*", "*", "anonymous")),
    "aws:PrincipalType": TestedKey(_STRINGS, ("User", "AssumedRole", "Account", "Anonymous", "A*")),
    "aws:username": TestedKey(_STRINGS, ("Ann", "ann", "A*")),
    "aws:userid": TestedKey(_STRINGS, (USER_ID, f"{ROLE_ID}:*", f"{ROLE_ID}:ann", "*:ann", HERE)),
    "aws:PrincipalIsAWSService": TestedKey(("Bool",), ("true", "false")),
    "aws:ResourceAccount": TestedKey(_STRINGS, (HERE, THERE, "*1*")),
    "aws:RequestedRegion": TestedKey(_STRINGS, ("eu-west-1", "eu-*", "us-east-1", "*-1")),
    "aws:SourceAccount": TestedKey(_STRINGS, (HERE,)),
    "aws:VpceAccount": TestedKey(_STRINGS, (HERE,)),
    "app:level": TestedKey((*_NUMBERS, "StringEquals"), ("5", "5.0", "5.5", "6", "five")),
    "app:names": TestedKey(_STRINGS, ("red", "blue", "r*", "*", "")),
}
_PRINCIPALS = (
    *("*", HERE, THERE, f"arn:aws:iam::{HERE}:root", f"arn:aws:iam::{THERE}:root"),
    *(f"arn:aws:iam::{HERE}:role/Clerk", f"arn:aws:iam::{HERE}:role/staff/Clerk", f"arn:aws:iam::{HERE}:role/Clerks"),
    *(f"arn:aws:iam::{HERE}:user/Ann", f"arn:aws:iam::{HERE}:user/staff/Ann", f"arn:aws:iam::{THERE}:role/Clerk"),
    *(f"arn:aws:sts::{HERE}:assumed-role/Clerk/ann", f"arn:aws:sts::{HERE}:assumed-role/Clerk/bob"),
    *(f"arn:aws:sts::{THERE}:assumed-role/Clerk/ann", f"arn:aws:iam::{THERE}:user/Ann"),
)
_ACTIONS = (
    *("execute-api:Invoke", "execute-api:*", "*", "execute-api:Inv*", "execute-api:ManageConnections"),
    *("execute-api:M*", "execute-api:?nvoke"),
)
_ARN = "arn:aws:execute-api"
_RESOURCES = (
    *(
        "*",
        f"{_ARN}:*",
        f"{_ARN}:*:*:*",
        f"{_ARN}:{APIS[0]}/*",
        f"{_ARN}:{APIS[0]}/prod/*",
        f"{_ARN}:{APIS[0]}/*/GET/*",
    ),
    *(f"{_ARN}:{APIS[0]}/*/*/orders", f"{_ARN}:{APIS[0]}/prod/GET/orders", f"{_ARN}:{APIS[0]}/prod/GET/orders/*"),
    *(f"{_ARN}:{APIS[0]}/prod/GET/orders*", f"{_ARN}:{APIS[0]}/prod/*/orders", f"{_ARN}:{APIS[0]}/*/GET/?rders"),
    *(f"{_ARN}:{APIS[0]}/???/*", f"{_ARN}:{APIS[0]}/prod/POST/orders/?", f"{_ARN}:{APIS[0]}/prod/GET/x/GET/*"),
    *(f"{_ARN}:{APIS[1]}/*", f"{_ARN}:{APIS[1]}/prod/GET/*", f"{_ARN}:*:{HERE}:*/prod/GET/*", f"{_ARN}:*/GET/*"),
    *(f"{_ARN}:eu-*:*:*/*/DELETE/*", f"{_ARN}:{APIS[0]}/prod/GET/", f"{_ARN}:{APIS[0]}/dev/*", "arn:aws:s3:::pets/*"),
)
#: Principals that few policies name: by unique ids, federated users, those of another partition, and a whole service.
_RARE_PRINCIPALS = (
    *(USER_ID, ROLE_ID, f"{ROLE_ID}:ann", f"arn:aws:sts::{HERE}:federated-user/Fay"),
    *(f"arn:aws-cn:iam::{HERE}:root", f"arn:aws-cn:iam::{HERE}:user/Ann"),
)
#: Variables relate two properties of a request; few statements have one.
_VARIABLES = ("${aws:username}", "${aws:PrincipalTag/team}", "${aws:UserAgent, 'curl'}")


class Words(NamedTuple):
    """What the policies of a pair are made of: they share few keys and resources, so that their statements overlap."""

    kind: str
    keys: Sequence[str]
    resources: Sequence[str]
    principals: Sequence[str]


def words(random: Random, kind: str = "resource", *, keys: Sequence[str] = tuple(KEYS), rare: bool = False) -> Words:
    """The words of a pair, with two of the keys; with ``rare``, also variables and rare principals."""
    resources = random.sample(_RESOURCES, 4)
    if rare and random.randrange(4) == 0:
        resources.append(f"{_ARN}:{APIS[0]}/prod/GET/{random.choice(_VARIABLES)}")
    tested, principals = random.sample(keys, 2), random.sample(_PRINCIPALS, 4)
    if rare:
        principals += random.sample(_RARE_PRINCIPALS, 2)
    return Words(kind, tested, resources, principals)


def document(random: Random, given: Words, *, least: int = 1, most: int = 5) -> Document:
    """A policy."""
    statements = [statement(random, given) for _ in range(random.randint(least, most))]
    if all(each["Effect"] == "Deny" for each in statements) and random.randrange(5):
        statements[0] = _whole(given)
    return _policy(statements)


def pair(random: Random, given: Words, *, least: int = 1, most: int = 5) -> tuple[Document, Document]:
    """A policy with another one: mostly the same with one or two small changes."""
    before = document(random, given, least=least, most=most)
    if random.randrange(8) == 0:
        return before, document(random, given, least=least, most=most)
    after = before
    for _ in range(random.choice((1, 1, 1, 2))):
        after = changed(random, after, given)
    return (before, after) if random.randrange(2) else (after, before)


def statement(random: Random, given: Words, effect: str = "") -> Document:
    """A statement, of an effect if one is given."""
    effect = effect or random.choice(("Allow", "Allow", "Deny"))
    made: Document = {"Effect": effect}
    if given.kind in NAMING_KINDS:
        negated = effect == "Deny" and random.randrange(3) == 0
        made["NotPrincipal" if negated else "Principal"] = _principal(random, given)
    made["NotAction" if random.randrange(8) == 0 else "Action"] = _some(random, _ACTIONS, 2)
    made["NotResource" if random.randrange(8) == 0 else "Resource"] = _some(random, given.resources, 2)
    if random.randrange(3):
        made["Condition"] = _conditions(random, given)
    return made


def reordered(random: Random, given: Document) -> Document:
    """The same policy with its statements in another order."""
    statements = list(given["Statement"])
    random.shuffle(statements)
    return _policy(statements)


def with_statement(random: Random, given: Document, added: Document) -> Document:
    """The same policy with one more statement."""
    statements = list(given["Statement"])
    statements.insert(random.randint(0, len(statements)), added)
    return _policy(statements)


def changed(random: Random, given: Document, of: Words) -> Document:
    """A policy with one small change."""
    statements = list(given["Statement"])
    number = random.randrange(len(statements))
    change = random.choice(("drop", "add", "order", "effect", "split", *("names",) * 4, *("condition",) * 6))
    if change == "order":
        return reordered(random, given)
    if change == "add":
        return with_statement(random, given, statement(random, of))
    if change == "drop" and len(statements) > 1:
        del statements[number]
    elif change == "split":
        statements[number : number + 1] = _split(random, statements[number])
    elif change == "effect":
        statements[number] = _other_effect(statements[number])
    elif change == "names":
        statements[number] = _other_names(random, statements[number], of)
    else:
        statements[number] = _other_condition(random, statements[number], of)
    return _policy(statements)


def _policy(statements: Sequence[Document]) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _whole(given: Words) -> Document:
    named = {"Principal": "*"} if given.kind in NAMING_KINDS else {}
    return {"Effect": "Allow", **named, "Action": ["execute-api:*"], "Resource": ["*"]}


def _some(random: Random, values: Sequence[str], most: int) -> list[str]:
    return random.sample(values, random.randint(1, min(most, len(values))))


def _principal(random: Random, given: Words) -> Any:
    if random.randrange(3) == 0:
        return "*"
    names = _some(random, given.principals, 3)
    element: Document = {"AWS": ["*"] if "*" in names else names}
    if random.randrange(6) == 0:
        element["Service"] = random.choice(("states.amazonaws.com", "events.amazonaws.com"))
    return element


def _conditions(random: Random, given: Words) -> Document:
    block: dict[str, Document] = {}
    for _ in range(random.choice((1, 1, 2))):
        operator, key, values = _condition(random, given)
        block.setdefault(operator, {})[key] = values
    return block


def _condition(random: Random, given: Words) -> tuple[str, str, list[str]]:
    key = random.choice(given.keys)
    operator = _operator(random, key)
    return operator, key, _values(random, operator, key)


def _operator(random: Random, key: str) -> str:
    base = random.choice((*KEYS[key].operators, "Null"))
    several = key in ("aws:PrincipalOrgPaths", "app:names")
    if random.randrange(8 if not several else 2) == 0:
        base = random.choice(("ForAllValues:", "ForAnyValue:")) + base
    return base + "IfExists" if not base.endswith("Null") and random.randrange(4) == 0 else base


def _values(random: Random, operator: str, key: str) -> list[str]:
    if operator.endswith("Null"):
        return [random.choice(("true", "false"))]
    return _some(random, KEYS[key].values, 2)


def _other_effect(given: Document) -> Document:
    made = {**given, "Effect": "Deny" if given["Effect"] == "Allow" else "Allow"}
    if "NotPrincipal" in made:  # an Allow with it is not accepted
        made["Principal"] = made.pop("NotPrincipal")
    return made


def _split(random: Random, given: Document) -> list[Document]:
    """Two statements, one for each part of a list: mostly the same meaning, and never if the element is negated."""
    name = random.choice(("Action", "NotAction", "Resource", "NotResource"))
    values = given.get(name, [])
    if len(values) < 2:
        return [given, given]
    return [{**given, name: values[:1]}, {**given, name: values[1:]}]


def _other_names(random: Random, given: Document, of: Words) -> Document:
    names = [name for name in given if name not in ("Effect", "Condition")]
    name = random.choice(names)
    if name.endswith("Principal"):
        return {**given, name: _principal(random, of)}
    choices = _ACTIONS if name.endswith("Action") else of.resources
    if random.randrange(6) == 0 and not (name == "Resource" and len(names) < 2):
        other = name.removeprefix("Not") if name.startswith("Not") else f"Not{name}"
        return {(other if each == name else each): value for each, value in given.items()}
    return {**given, name: _edited(random, given[name], choices)}


def _edited(random: Random, values: Sequence[str], choices: Sequence[str]) -> list[str]:
    """A list with one value more, less, or another one."""
    made = list(values)
    change = random.randrange(3)
    if change == 0 and len(made) > 1:
        del made[random.randrange(len(made))]
    elif change == 1:
        made.append(random.choice(choices))
    else:
        made[random.randrange(len(made))] = random.choice(choices)
    return list(dict.fromkeys(made))


def _other_condition(random: Random, given: Document, of: Words) -> Document:
    block = {operator: dict(keys) for operator, keys in given.get("Condition", {}).items()}
    if not block or random.randrange(6) == 0:
        operator, key, values = _condition(random, of)
        return {**given, "Condition": {**block, operator: {**block.get(operator, {}), key: values}}}
    operator = random.choice([*block])
    key = random.choice([*block[operator]])
    values = block[operator].pop(key)
    if not block[operator]:
        del block[operator]
    change = random.choice(("drop", "operator", "operator", "if exists", "values", "values", "values"))
    if change != "drop":
        if change == "operator":
            operator = _operator(random, key)
            values = _values(random, operator, key)
        elif change == "if exists" and not operator.endswith("Null"):
            operator = operator.removesuffix("IfExists") if operator.endswith("IfExists") else f"{operator}IfExists"
        elif not operator.endswith("Null"):
            values = _edited(random, values, KEYS[key].values)
        block.setdefault(operator, {}).setdefault(key, values)
    made = {name: value for name, value in given.items() if name != "Condition"}
    return {**made, "Condition": block} if block else made
