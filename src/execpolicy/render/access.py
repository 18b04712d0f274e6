"""Who gets through, as text and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from execpolicy._base.characters import printable
from execpolicy._base.outline import OutlineLine
from execpolicy.analysis.access import Access, AccessGroup
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.witness import witness_data

SCHEMA_VERSION = 1
#: At most so many routes of a group are shown without --verbose.
MAX_ROUTES = 8

_ANONYMOUS = {True: "get through", False: "do not get through", None: "may get through: it is not known"}


def access_lines(access: Access, calls: str, width: int | None, *, verbose: bool) -> Iterator[StyledLine]:
    """The groups, one on a line, and the answer for anonymous callers.

    Args:
        access: who gets through.
        calls: the calls, in words.
        width: the number of columns, or None for lines of any length.
        verbose: whether to show an example of each group, and what is taken for granted.
    """
    yield styled_line(("label", printable(calls)))
    names_routes = len({route for group in access.groups for route in group.routes}) > 1
    for group in access.groups:
        yield from wrapped(OutlineLine(1, "allow", printable(str(group))), width)
        if names_routes:
            yield from wrapped(OutlineLine(3, "", printable(_routes(group, verbose=verbose))), width)
        for statement in group.statements:
            span = statement.span
            place = f":{span.line}:{span.column}" if span is not None else ""
            name = statement.sid or f"Statement[{statement.statement.number}]"
            yield styled_line(("", printable(f"      {statement.policy.name}{place} {name}")))
        if verbose:
            first = str(group.example).split("\n", 1)[0]
            yield from wrapped(OutlineLine(3, "note", printable(f"for example {first}")), width)
    if not access.groups and not access.unknown:
        yield styled_line(("", "  nobody"))
    if access.others:
        yield styled_line(("note", f"  {counted(access.others, 'more group')}"))
    yield styled_line(("", f"  anonymous callers {_ANONYMOUS[access.anonymous]}"))
    for reason in access.unknown:
        yield from wrapped(OutlineLine(1, "note", printable(f"not known: {reason}")), width)
    for assumption in access.assumptions if verbose else ():
        yield from wrapped(OutlineLine(1, "note", printable(f"assumed: {assumption}")), width)


def _routes(group: AccessGroup, *, verbose: bool) -> str:
    """The routes of a group, the first ones of many."""
    shown = group.routes if verbose or len(group.routes) <= MAX_ROUTES else group.routes[: MAX_ROUTES - 1]
    left = len(group.routes) - len(shown)
    return f"on {listed([*shown, *([f'{left} more routes'] if left else [])], 'and')}"


def access_data(access: Access) -> dict[str, Any]:
    """Who gets through as plain data, in the schema ``docs/schemas/who-1.json``."""
    return {
        "schema_version": SCHEMA_VERSION,
        "groups": [_group_data(group) for group in access.groups],
        "others": access.others,
        "anonymous": access.anonymous,
        "unknown": list(access.unknown),
        "assumptions": list(access.assumptions),
    }


def _group_data(group: AccessGroup) -> dict[str, Any]:
    return {
        "callers": group.callers,
        "routes": list(group.routes),
        "principals": list(group.principals),
        "sources": list(group.sources),
        "keys": list(group.keys),
        "presented": list(group.presented),
        "exceptions": list(group.exceptions),
        "statements": [
            {"policy": each.policy.name, "index": each.statement.number, "sid": each.sid} for each in group.statements
        ],
        "example": witness_data(group.example),
    }
