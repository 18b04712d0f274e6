"""Variations of a request: other resources, actions, callers and values of the keys that statements name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import Any, Final, NamedTuple

from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.document.model import Condition, Statement
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.language.principal import Principal

_ACTIONS: Final = (*EXECUTE_API_ACTIONS, "s3:GetObject")
_METHODS: Final = ("GET", "PATCH", "HEAD")
#: What stands in for a wildcard, and for another value.
_ANY, _OTHER = "x", "other"
_OTHER_API: Final = "zzzzzzzzzz"
_OTHER_ACCOUNT: Final = "999988887777"
#: How many parts can differ from the request.
NUMBERS_OF_CHANGES: Final = range(1, 4)
#: The value of a key that is stated to be absent.
_ABSENT: Final[tuple[str, ...]] = ()


class TestedRequest(NamedTuple):
    """A request of a case, with its target."""

    request: Request
    target: Target


def variations(base: TestedRequest, statements: Sequence[Statement], changed: int) -> Iterator[Request]:
    """The requests that differ from another one in a number of parts. Those that are impossible are left out."""
    request = base.request
    keys = {condition.key.value.lower(): condition.key.value for each in statements for condition in each.conditions}
    parts: list[tuple[str, list[Any]]] = [
        ("resource", _others(request.resource, _resources(request.resource, statements))),
        ("action", _others(request.action, (*_ACTIONS, *_plain(each.action.values for each in statements)))),
        ("caller", list(_callers(request.caller, statements))),
    ]
    for key in keys.values():
        conditions = [each for one in statements for each in one.conditions if each.key.value.lower() == key.lower()]
        parts.append((key, _others(request.context.given(key), _values(conditions))))
    for chosen in combinations(parts, changed):
        for options in product(*(options for _, options in chosen)):
            made = _made(request, dict(zip((name for name, _ in chosen), options, strict=True)))
            if made is not None:
                yield made


def _others(base: Any, options: Iterable[Any]) -> list[Any]:
    return [each for each in dict.fromkeys(options) if each != base]


def _made(request: Request, changes: dict[str, Any]) -> Request | None:
    resource, action = changes.pop("resource", request.resource), changes.pop("action", request.action)
    caller = changes.pop("caller", request.caller)
    try:
        context = _context(request.context, changes) if changes else request.context
        return Request(caller=caller, action=action, resource=resource, context=context)
    except ExecPolicyError:
        return None


def _context(base: Context, changes: dict[str, tuple[str, ...]]) -> Context:
    names = {name.lower() for name in changes}
    values: dict[str, Any] = {key: each for key, each in base.values.items() if key.lower() not in names}
    values.update({key: each[0] if len(each) == 1 else list(each) for key, each in changes.items()})
    return Context(values, complete=base.complete, allow_unknown=base.allow_unknown)


def _plain(elements: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The values without wildcards and variables."""
    for values in elements:
        yield from (each.value for each in values if not re.search(r"[*?$]", each.value))


def _resources(base: str, statements: Iterable[Statement]) -> Iterator[str]:
    """Resources that match the patterns of statements, and those that differ in one part from them."""
    found = [
        base,
        *(each for one in statements for text in one.resource.values for each in _matching(text.value, base)),
    ]
    yield from found
    for resource in dict.fromkeys(found):
        yield from _differing(resource)


def _matching(pattern: str, base: str) -> Iterator[str]:
    """A resource that matches a pattern; what the pattern leaves open is as in another resource."""
    head, _, _ = base.partition("/")
    if pattern.startswith("execute-api:/"):
        pattern = f"{head}/{pattern.removeprefix('execute-api:/')}"
    wanted, known = pattern.split(":", 5), base.split(":", 5)
    if "$" in pattern or len(wanted) != 6 or len(known) != 6:
        return
    front = [own if re.search("[*?]", each) else each for each, own in zip(wanted[:5], known[:5], strict=True)]
    own = known[5].split("/")
    last = [
        own[at] if re.search("[*?]", each) and at < 3 and at < len(own) else re.sub(r"[*?]", _ANY, each)
        for at, each in enumerate(wanted[5].split("/"))
    ]
    yield ":".join([*front, "/".join(last)])


def _differing(resource: str) -> Iterator[str]:
    head, slash, rest = resource.partition("/")
    parts = rest.split("/")
    if not slash or len(parts) < 2:
        return
    front = head.rpartition(":")[0]
    for method in _METHODS:
        yield "/".join([head, parts[0], method, *parts[2:]])
    yield "/".join([head, _OTHER, *parts[1:]])
    yield "/".join([f"{front}:{_OTHER_API}", *parts])
    for at in range(2, len(parts)):
        yield "/".join([head, *parts[:at], _OTHER, *parts[at + 1 :]])
    yield "/".join([head, *parts, _ANY])
    yield "/".join([head, *parts[:-1]])


def _callers(base: Caller, statements: Iterable[Statement]) -> Iterator[Caller]:
    """Callers with the same policies and another principal; those that cannot have the policies have none."""
    names = dict.fromkeys((*_other_principals(base.principal), *_named_principals(statements), "anonymous"))
    for name in names:
        try:
            principal = Principal.parse(name)
            if principal == base.principal:
                continue
            yield Caller(
                principal, identity=base.identity, boundary=base.boundary, session=base.session, scps=base.scps
            )
        except ExecPolicyError:
            continue
    if base.principal.arn != "anonymous":
        yield Caller(Principal.anonymous())


def _other_principals(principal: Principal) -> Iterator[str]:
    arn, partition = principal.arn, principal.partition or "aws"
    if ":assumed-role/" in arn:
        front, role, session = arn.rsplit("/", 2)
        yield f"{front}/{role}/{_OTHER}"
        yield f"{front}/{_OTHER}/{session}"
    elif ":user" in arn:
        yield f"arn:{partition}:iam::{principal.account}:user/{_OTHER}"
    if principal.account:
        yield f"arn:{partition}:iam::{_OTHER_ACCOUNT}:user/{_OTHER}"


def _named_principals(statements: Iterable[Statement]) -> Iterator[str]:
    """Principals that statements name: users, sessions of roles, and a user of an account."""
    for statement in statements:
        for entry in statement.principal.entries if statement.principal is not None else ():
            arn = re.fullmatch(r"(arn:[^:]+):iam::(\d+):(root|user/.*|role/(?:.*/)?([^/]+))", entry.text.value)
            if arn is None:
                continue
            front, account, what, role = arn.groups()
            if role is not None:
                yield f"{front}:sts::{account}:assumed-role/{role}/{_ANY}"
            else:
                yield f"{front}:iam::{account}:{f'user/{_OTHER}' if what == 'root' else what}"


def _values(conditions: Iterable[Condition]) -> Iterator[tuple[str, ...]]:
    """Values at and beside those of conditions, none, and several."""
    yield _ABSENT
    for condition in conditions:
        for text in condition.values:
            found = list(_beside(text.value))
            yield from ((each,) for each in found)
            yield (found[0], _OTHER)
    yield (_OTHER,)


def _beside(value: str) -> Iterator[str]:
    """A value that meets a condition, and values near it that do not."""
    if re.fullmatch(r"[0-9a-fA-F.:]+(?:/\d+)?", value) and ("." in value or ":" in value):
        yield from _addresses(value)
    elif value in ("true", "false"):
        yield from (value, "false" if value == "true" else "true")
    elif re.fullmatch(r"-?\d+", value) and len(value) < 19:
        yield from (value, str(int(value) + 1), str(int(value) - 1))
    else:
        yield re.sub(r"[*?]", _ANY, value)
        yield value.replace("*", f"{_ANY}/{_ANY}")
        yield f"{value}{_ANY}"


def _addresses(value: str) -> Iterator[str]:
    from ipaddress import ip_network  # only for conditions on addresses

    try:
        network = ip_network(value, strict=False)
    except ValueError:
        yield value
        return
    first, last = network.network_address, network.broadcast_address
    for number in (
        int(first) + 1 if first != last else int(first),
        int(last) + 1,
        int(first) - 1,
        int(first),
        int(last),
    ):
        if 0 <= number < 2**first.max_prefixlen:
            yield str(type(first)(number))
    yield "198.51.100.1" if first.version == 4 else "2001:db8::1"
