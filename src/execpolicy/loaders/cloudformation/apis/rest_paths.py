"""The paths of the resources of REST APIs, which are nested by ParentId."""

from __future__ import annotations

from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.syntax.wording import how_to_give, quoted
from execpolicy.document.unknown_value import has_unknown, unknown_names, with_unknown_in_words
from execpolicy.loaders.cloudformation.apis.owners import api_of, referred_as
from execpolicy.loaders.cloudformation.apis.properties import properties_of
from execpolicy.loaders.cloudformation.apis.resource_types import REST_API, REST_RESOURCE
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.stack import Stack

#: The most levels of resources; AWS allows 300 resources for an API.
MAX_LEVELS: Final = 300


class RestPath(NamedTuple):
    """The path of a resource: the logical id of its API, and the path, ``/`` for the root."""

    api: str
    path: str


class _Declared(NamedTuple):
    """A resource as it is declared: the parent is an API or a resource."""

    api: Resource
    parent: Resource
    parent_node: Text
    part: Text


def paths_of(stack: Stack) -> dict[str, RestPath | None]:
    """The path of each resource by logical id; None for one with an error, or of an API of another stack."""
    declared = {each.logical_id: _declared(stack, each) for each in stack.of_type(REST_RESOURCE)}
    found: dict[str, RestPath | None] = {}
    for logical_id in declared:
        _resolve(stack, logical_id, declared, found)
    _report_duplicates(stack, declared)
    return found


def path_in(stack: Stack, node: Text, name: str, paths: dict[str, RestPath | None]) -> RestPath | None:
    """The path for which the id of a resource stands; None if it is wrong, which is reported."""
    parent = referred_as(stack, node, name, (REST_API, REST_RESOURCE))
    if parent is not None:
        return RestPath(parent.logical_id, "/") if parent.type == REST_API else paths.get(parent.logical_id)
    _report_missing(stack, node, name)
    return None


def _declared(stack: Stack, resource: Resource) -> _Declared | None:
    properties = properties_of(stack, resource, ("RestApiId", "ParentId", "PathPart"))
    api = api_of(stack, resource, properties, "RestApiId", (REST_API,))
    if not properties.must("ParentId", "PathPart") or api is None:
        return None
    part, parent_node = properties.text("PathPart"), properties.text("ParentId")
    if part is None or parent_node is None:
        return None
    if "/" in part.value:
        message = f"found {quoted(with_unknown_in_words(part.value))} as PathPart, expected one segment of a path"
        properties.report("PathPart", message, "declare a resource for each segment")
        return None
    parent = referred_as(stack, parent_node, "ParentId", (REST_API, REST_RESOURCE))
    if parent is None:
        _report_missing(stack, parent_node, "ParentId")
        return None
    return _Declared(api, parent, parent_node, part)


def _report_missing(stack: Stack, node: Text, name: str) -> None:
    """Report an id that is not that of a resource of the template, unless it is reported already."""
    if stack.referred(node) is not None or node.value in stack.resources:
        return
    shown = with_unknown_in_words(node.value)
    unknown = has_unknown(node.value)
    message = f"found {shown if unknown else quoted(shown)} as {name}, which is no resource of this template"
    advice = (
        how_to_give(unknown_names(node.value)) if unknown else "refer to a resource, or to RootResourceId of the API"
    )
    stack.problems.report(node, message, advice)


def _resolve(
    stack: Stack, logical_id: str, declared: dict[str, _Declared | None], found: dict[str, RestPath | None]
) -> None:
    """Add the path of a resource, and of those above it."""
    chain: dict[str, _Declared] = {}
    base: RestPath | None = None
    at = logical_id
    while at not in found:
        each = declared.get(at)
        if each is None or at in chain:
            _report_cycle(stack, at, chain)
            break
        chain[at] = each
        if each.parent.type == REST_API:
            base = RestPath(each.parent.logical_id, "/")
            break
        at = each.parent.logical_id
    else:
        base = found[at]
    for name, each in reversed(chain.items()):
        if base is not None and base.api != each.api.logical_id:
            message = f"found a parent of {base.api} as ParentId of {name}, which belongs to {each.api.logical_id}"
            stack.problems.report(each.parent_node, message, "refer to a resource of the same API")
            base = None
        elif base is not None and base.path.count("/") >= MAX_LEVELS:
            message = f"found more than {MAX_LEVELS} levels of resources"
            stack.problems.report(each.parent_node, message, "AWS allows no more resources in an API")
            base = None
        if base is not None:
            base = RestPath(base.api, f"{base.path.rstrip('/')}/{each.part.value}")
        found[name] = base
    if logical_id not in found:
        found[logical_id] = None


def _report_cycle(stack: Stack, at: str, chain: dict[str, _Declared]) -> None:
    """Report resources that are above themselves."""
    if at in chain:
        circle = [*chain][[*chain].index(at) :]
        message = f"found a cycle of ParentId: {' in '.join([*circle, at])}"
        stack.problems.report(chain[circle[-1]].parent_node, message, "let one of them be under RootResourceId")


def _report_duplicates(stack: Stack, declared: dict[str, _Declared | None]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for logical_id, each in declared.items():
        if each is None:
            continue
        first = seen.setdefault((each.parent.logical_id, each.part.value), logical_id)
        if first != logical_id:
            message = f"found the path part {quoted(with_unknown_in_words(each.part.value))} twice under one parent"
            stack.problems.report(each.part, message, f"{first} declares it already: remove one of them")
