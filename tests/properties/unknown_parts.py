"""Hypothesis strategies for cases of which parts of policies are not known (SRC-10), with values for these parts.

A part is a text such as ``arn:aws:execute-api:<<P>>:*`` in place of what a policy had there. ``filled_in`` puts values
in its place: the case as it would be if the value were known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.model.evaluator import Document, World
from tests.properties.worlds import ASKED, HERE, NAMING_KINDS, THERE

#: The names of the unknown values of a case: each is in one place.
NAMES = ("P", "Q")
ALLOW_ALL: Document = {"Effect": "Allow", "Action": "*", "Resource": "*"}
DENY_ALL: Document = {"Effect": "Deny", "Action": "*", "Resource": "*"}
VARIABLES = ("${aws:username}", "${aws:userid}", "${aws:SourceIp}", "${*}", "${aws:username, 'Ann'}", "${app:names}")
PARTS_OF_RESOURCES = (
    *("/", ":", ":*", "arn:aws:execute-api:*", "execute-api:/", "execute-api:/*", "a1b2c3", "prod/GET", "pets"),
    *(HERE, THERE, "eu-west-1", "arn:aws:s3:::x", "*/GET/*"),
)
ACTIONS = ("*", "execute-api:*", "execute-api:Invoke", "EXECUTE-API:inv*", "s3:GetObject")
_ASKED = {key.lower(): values for key, values in ASKED.items()}
CONDITIONS: tuple[Document, ...] = (
    {},
    {"Null": {"aws:SourceIp": "true"}},
    {"Null": {"aws:SourceIp": "false"}},
    {"StringLike": {"aws:UserAgent": "*"}},
    {"NumericEquals": {}},
)


class Several(NamedTuple):
    """Any number of values in place of one text."""

    values: Sequence[Any]


class Unknown(NamedTuple):
    """A part that is not known: its name, the text in its place, and what may be in the place of the text."""

    name: str
    text: str
    values: Sequence[Any]


class Hidden(NamedTuple):
    """A case with its unknown parts."""

    world: World
    parts: tuple[Unknown, ...]


class Place(NamedTuple):
    """A place in a document: how to put another value there, what is there, and what else may be there."""

    put: Callable[[Any], None]
    found: Any
    #: What may be there if nothing is known of it.
    whole: Sequence[Any]
    #: What may be in place of a part of the text; empty if all of it has to be unknown.
    within: Sequence[str]


def _setter(holder: Any, key: Any) -> Callable[[Any], None]:
    def put(value: Any) -> None:
        holder[key] = value

    return put


def _renamer(holder: dict[str, Any], name: str) -> Callable[[Any], None]:
    def put(value: Any) -> None:
        holder[value] = holder.pop(name)

    return put


def _texts(holder: Any, key: Any, whole: Sequence[Any], within: Sequence[str]) -> Iterator[Place]:
    """The places of an element that is a text or a list of texts."""
    value = holder[key]
    if isinstance(value, list):
        for at, item in enumerate(value):
            if isinstance(item, str):
                yield Place(_setter(value, at), item, whole, within)
    elif isinstance(value, str):
        yield Place(_setter(holder, key), value, whole, within)


def _several(values: Sequence[str]) -> tuple[Any, ...]:
    return (*values, Several([]), Several(values[:2]), Several(values[-2:]))


def _places(document: Document, kind: str, names: Sequence[str]) -> Iterator[Place]:
    statements = document["Statement"]
    for at, statement in enumerate(statements):
        if isinstance(statement, str):
            continue
        principal = {"Principal": "*"} if kind in NAMING_KINDS else {}
        everything = [{**ALLOW_ALL, **principal}, {**DENY_ALL, **principal}]
        yield Place(_setter(statements, at), statement, (*everything, Several([]), Several(everything)), ())
        yield from _places_of_statement(statement, kind, names)


def _places_of_statement(statement: Document, kind: str, names: Sequence[str]) -> Iterator[Place]:
    yield Place(_setter(statement, "Effect"), statement["Effect"], ("Allow", "Deny"), ())
    for element in ("Action", "NotAction"):
        if element in statement:
            yield from _texts(statement, element, _several(ACTIONS), ("*", "execute-api:", "Inv", "invoke", "s3:"))
    for element in ("Resource", "NotResource"):
        if element in statement:
            yield from _texts(statement, element, _several(PARTS_OF_RESOURCES + VARIABLES), PARTS_OF_RESOURCES)
    yield from _places_of_principals(statement, kind, names)
    if isinstance(statement.get("Condition"), dict) and statement["Condition"]:
        yield from _places_of_conditions(statement)


def _places_of_principals(statement: Document, kind: str, names: Sequence[str]) -> Iterator[Place]:
    for element in ("Principal", "NotPrincipal"):
        value = statement.get(element)
        if value == "*" and kind != "rcp":
            whole: tuple[Document, ...] = (
                {"AWS": HERE},
                {"AWS": list(names[:3])},
                {"Service": "states.amazonaws.com"},
                {"AWS": []},
            )
            yield Place(_setter(statement, element), value, whole, ())
        elif isinstance(value, dict):
            for key in value:
                # A wildcard in a name is refused whatever the value is.
                within = (*names, HERE, THERE, "Ann", "Clerk", "staff/", "role")
                for place in _texts(value, key, _several(names), within):
                    yield place._replace(within=()) if place.found == "*" else place


def _places_of_conditions(statement: Document) -> Iterator[Place]:
    block = statement["Condition"]
    yield Place(_setter(statement, "Condition"), block, CONDITIONS, ())
    for operator, keys in block.items():
        yield Place(_setter(block, operator), keys, ({}, {"aws:SourceIp": "*"}), ())
        for key in keys if isinstance(keys, dict) else ():
            values = _ASKED.get(key.lower(), ())
            yield from _texts(keys, key, _several((*values, *VARIABLES, "", "*", "true")), ("*", "?", *values))
            yield Place(_renamer(keys, key), key, ("aws:SourceIp", "aws:UserAgent", "aws:PrincipalAccount"), ())


def _all_places(world: World, names: Sequence[str]) -> list[Place]:
    found: list[Place] = []
    for kind, documents in _documents(world):
        for document in documents:
            found += _places(document, kind, names)
    return found


def _documents(world: World) -> Iterator[tuple[str, list[Document]]]:
    yield "identity", [*world.identity]
    yield "session", [*world.session]
    yield "boundary", [] if world.boundary is None else [world.boundary]
    yield "resource", [] if world.resource_policy is None else [world.resource_policy]
    yield "vpc_endpoint", [] if world.vpc_endpoint is None else [world.vpc_endpoint]
    yield "scp", [document for level in world.scps for document in level]
    yield "rcp", [document for level in world.rcps for document in level]


def copied(value: Any) -> Any:
    """A deep copy of a document."""
    if isinstance(value, dict):
        return {name: copied(inner) for name, inner in value.items()}
    return [copied(inner) for inner in value] if isinstance(value, list) else value


def with_documents(world: World, change: Callable[[Document], Document]) -> World:
    """The case with other documents."""
    return world._replace(
        identity=[change(each) for each in world.identity],
        session=[change(each) for each in world.session],
        boundary=None if world.boundary is None else change(world.boundary),
        resource_policy=None if world.resource_policy is None else change(world.resource_policy),
        vpc_endpoint=None if world.vpc_endpoint is None else change(world.vpc_endpoint),
        scps=[[change(each) for each in level] for level in world.scps],
        rcps=[[change(each) for each in level] for level in world.rcps],
    )


@st.composite
def with_unknown_parts(draw: st.DrawFn, cases: st.SearchStrategy[World]) -> Hidden:
    """A case of which one or two parts are not known."""
    world = with_documents(draw(cases), copied)
    who = world.principal
    names = [text for text in who.arns() if text and not text.endswith("/")] if who.account else []
    names += ["*", HERE, f"arn:aws:iam::{THERE}:root"]
    parts: list[Unknown] = []
    for name in NAMES[: draw(st.sampled_from([1, 1, 2]))]:
        # A part within another that is not known is no part any more.
        places = [place for place in _all_places(world, names) if "<<" not in str(place.found)]
        if not places:
            break
        parts.append(draw(_hidden(draw(st.sampled_from(places)), name)))
    return Hidden(world, tuple(parts))


@st.composite
def _hidden(draw: st.DrawFn, place: Place, name: str) -> Unknown:
    found, mark = place.found, f"<<{name}>>"
    if not place.within or draw(st.booleans()):
        place.put(mark)
        whole = st.lists(st.sampled_from([found, *place.whole]), min_size=3, max_size=6)
        return Unknown(name, mark, tuple(draw(whole)))
    start = draw(st.integers(0, len(found)))
    end = min(len(found), start + draw(st.sampled_from([0, 1, 3, 12])))
    before, after = _outside_of_variables(found[:start], found[end:])
    inside = found[len(before) : len(found) - len(after)]
    usual = (inside, "", "*", inside + "x", inside[:-1], inside.upper(), *VARIABLES[:1])
    drawn = draw(st.lists(st.sampled_from([*usual, *place.within]), min_size=3, max_size=6))
    place.put(before + mark + after)
    return Unknown(name, before + mark + after, tuple(before + each + after for each in drawn))


def _outside_of_variables(before: str, after: str) -> tuple[str, str]:
    """The known parts of a text without the part of a variable at the ends: a value ends no variable (SRC-10)."""
    if "${" in before and before.rfind("${") > before.rfind("}"):
        before = before[: before.rfind("${")]
        after = after[after.find("}") + 1 :] if "}" in after else ""
    return before.removesuffix("$"), after


def filled_in(hidden: Hidden, values: Mapping[str, Any]) -> World | None:
    """The case with values of its unknown parts, by name; None where a key would be there twice."""
    texts = {part.text: values[part.name] for part in hidden.parts}
    try:
        return with_documents(hidden.world, lambda document: _filled(document, texts))
    except DoubleKeyError:
        return None


class DoubleKeyError(Exception):
    """A key of an object is there twice."""


def _filled(value: Any, texts: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        found = texts.get(value, value)
        return list(found.values) if isinstance(found, Several) else found
    if isinstance(value, list):
        items: list[Any] = []
        for item in value:
            found = _filled(item, texts)
            items += found if isinstance(found, list) else [found]
        return items
    if not isinstance(value, dict):
        return value
    names = [_filled(name, texts) for name in value]
    if len({name.lower() for name in names}) < len(names):
        raise DoubleKeyError
    return {name: _filled(inner, texts) for name, inner in zip(names, value.values(), strict=True)}
