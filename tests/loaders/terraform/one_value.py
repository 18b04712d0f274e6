"""Changes one value of written resources: to another one, to none, or to one that is known only after apply."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.loaders.terraform.resource_types import READ
from tests.loaders.terraform.written import Ref, Written

#: What stands in the configuration for a value that nobody can know.
HIDDEN = Ref("local.hidden", "x")
ABSENT = object()


def known(resources: Sequence[Written]) -> list[Written]:
    """The resources with everything that AWS assigns, as in a plan that changes nothing."""
    values = {each.local: {**each.defaults, **each.assigned, **each.values} for each in resources}

    def resolved(value: Any) -> Any:
        if isinstance(value, Ref):
            return resolved(values[value.target][value.attribute])
        if isinstance(value, list):
            return [resolved(item) for item in value]
        if isinstance(value, dict):
            return {name: resolved(item) for name, item in value.items()}
        return value

    return [
        each._replace(
            values={name: resolved(value) for name, value in each.values.items()},
            defaults={**each.defaults, **each.assigned},
            assigned={},
        )
        for each in resources
    ]


def changed(resources: Sequence[Written], number: int, path: tuple[str | int, ...], value: Any) -> list[Written]:
    """The resources with another value of an attribute, or of a part of one."""
    each = resources[number]
    name = str(path[0])
    values = {**each.values, name: _put({**each.defaults, **each.values}.get(name), path[1:], value)}
    if values[name] is ABSENT:
        del values[name]
    defaults = {key: default for key, default in each.defaults.items() if key != name}
    return [*resources[:number], each._replace(values=values, defaults=defaults), *resources[number + 1 :]]


def _put(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    step, *rest = path
    if isinstance(step, int):
        items = list(value or [{}])
        items[step] = _put(items[step], tuple(rest), new)
        return [item for item in items if item is not ABSENT]
    members = {**(value or {}), step: _put((value or {}).get(step), tuple(rest), new)}
    return {name: item for name, item in members.items() if item is not ABSENT}


#: What AWS assigns: a resource for which this is not known is none of those that others name by a known id.
ASSIGNED = ("id", "arn", "execution_arn")


def places(each: Written) -> Iterator[tuple[str | int, ...]]:
    """The path of every value of a resource, and of every one that its type may have."""
    found: dict[tuple[str | int, ...], None] = {}
    for name, value in {**each.defaults, **each.values}.items():
        found.update(dict.fromkeys((name, *path) for path in _paths(value)))
    for name, attribute in READ[each.type].read.items() if each.type in READ else ():
        found[(name,)] = None
        found.update(dict.fromkeys((name, 0, inner) for inner in attribute.inner or ()))
    yield from (path for path in found if path[0] not in ASSIGNED)


def _paths(value: Any) -> Iterator[tuple[str | int, ...]]:
    yield ()
    items = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    for step, item in items:
        yield from ((step, *path) for path in _paths(item))


def is_contained(answer: GatewayResponse | None, other: GatewayResponse | None) -> bool:
    """Whether an answer says what another one says, or leaves it open."""
    if answer is None or other is None or answer.outcome == "indeterminate":
        return True
    return answer.outcome == other.outcome and other.status in answer.statuses
