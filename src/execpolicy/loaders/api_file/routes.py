"""The routes of an API file, by their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.gateway.model.authorizer import Authorizer
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.placeholders import ONE_NAME, Placeholders
from execpolicy.gateway.model.route import Route, parts_of_key
from execpolicy.loaders.api_file.assembly import Assembly, name_node

ROUTE_FIELDS = ("auth", "authorizer", "scopes", "api_key_required")


def read_routes(file: Fields, assembly: Assembly, authorizers: Mapping[str, Authorizer | None]) -> None:
    """Add the routes to the API. An authorizer that is None has an error that is reported already."""
    placeholders = Placeholders(assembly.api_type)
    for key, member in file.members("routes", "an object of routes by their keys, or a list of their keys"):
        name = name_node(key, member)
        fields = entry(file.problems, member[2], "a route", ROUTE_FIELDS)
        if fields is not None:
            _add_route(fields, assembly, authorizers, name, placeholders)


def check_fields(problems: Problems, node: Node) -> None:
    """Report what is wrong in the fields of a route that does not have all of them.

    Args:
        problems: collects what is wrong.
        node: the route.
    """
    fields = entry(problems, node, "a route", ROUTE_FIELDS)
    if fields is not None:
        _read_fields(fields)


class _RouteFields(NamedTuple):
    """The fields of a route."""

    auth: AuthType | None
    authorizer: str | None
    scopes: list[str]
    api_key_required: bool


def _read_fields(fields: Fields) -> _RouteFields:
    return _RouteFields(
        fields.choice("auth", AuthType),
        fields.text("authorizer"),
        [scope.value for scope in fields.distinct("scopes") or ()],
        fields.flag("api_key_required", default=False),
    )


def _add_route(
    fields: Fields,
    assembly: Assembly,
    authorizers: Mapping[str, Authorizer | None],
    name: Text,
    placeholders: Placeholders,
) -> None:
    problems = fields.problems
    before = problems.count
    parts = parts_of_key(name.value, assembly.api_type)
    if parts is None:
        advice = "write it as GET /orders/{id}, with one space between method and path"
        problems.report(name, f"found the route {quoted(name.value)}, expected a method and a path", advice)
    auth, authorizer, scopes, api_key_required = _read_fields(fields)
    if api_key_required and assembly.api_type is ApiType.HTTP:
        fields.refuse(("api_key_required",), "a route of an HTTP API, which has no API keys", "remove it")
    if authorizer is not None and authorizer not in authorizers:
        _unknown_authorizer(fields, authorizer, authorizers)
    if parts is None or problems.count > before or (authorizer is not None and authorizers[authorizer] is None):
        return
    method, path = parts
    route = Route(method, path, auth=auth, authorizer=authorizer, scopes=scopes, api_key_required=api_key_required)
    problem = placeholders.add(route)
    if problem is not None:
        problems.report(name, problem, ONE_NAME, "GW-26")
    assembly.append("routes", name, route)


def _unknown_authorizer(fields: Fields, authorizer: str, authorizers: Mapping[str, Authorizer | None]) -> None:
    node: Node | None = fields.value("authorizer")
    assert node is not None
    message = f'found the authorizer {quoted(authorizer)}, which "authorizers" does not have'
    fields.problems.report(node, message, did_you_mean(authorizer, authorizers) if authorizers else "name it there")
