"""Calls that rules of APIs make: whether somebody that nobody knows gets in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.api import Api
from execpolicy.document.syntax.wording import counted
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.linter.rule import RuleExample

#: A reserved address, which is in the range of everybody and in no list of known callers.
_PUBLIC: Final = {"aws:SourceIp": "240.0.0.1"}
_PRIVATE: Final = {
    "aws:SourceVpce": "vpce-0123456789abcdef0",
    "aws:SourceVpc": "vpc-0123456789abcdef0",
    "aws:VpcSourceIp": "10.0.0.7",
}


def opened_to_anybody(api: ApiDefinition) -> Iterator[Route]:
    """The routes of a REST API whose resource policy allows an anonymous call from anywhere.

    Only the policy decides it: the authorization of the routes and their API keys are left out.
    """
    if api.type is not ApiType.REST or api.has_unknown_access or api.resource_policy is None:
        return
    parts = {name: getattr(api, name) for name in ApiParts.__slots__}
    routes = [Route(route.method, route.path) for route in api.routes]
    changed = {"routes": routes, "authorizers": (), "stage": api.stage.name, "disable_execute_api_endpoint": False}
    bare = Api(**{**parts, **changed})
    context = _PRIVATE if api.is_private else _PUBLIC
    for route in api.routes:
        method = "GET" if route.method == "ANY" else route.method
        if bare.invoke(method, _path(route), context=context).allowed:
            yield route


def _path(route: Route) -> str:
    """A path that a call of the route has."""
    segments = ("x" if each.startswith("{") else each for each in route.path.split("/"))
    return "/".join(segments)


def has_no_iam(api: ApiDefinition) -> bool:
    """Whether all of the API is known, and none of its routes has the authorization AWS_IAM."""
    if api.has_unknown_access or not api.routes:
        return False
    return all(api.auth_of(route) is not AuthType.AWS_IAM for route in api.routes)


def listed_routes(routes: list[Route]) -> str:
    """The first route of a list, and how many others there are."""
    others = len(routes) - 1
    return routes[0].key + (f" and {counted(others, 'other route')}" if others else "")


def api_example(routes: str, underlined: str = "", extra: str = "", policy: str = "") -> RuleExample:
    """An API file with these routes, other fields, and a resource policy that allows a principal, if one is given."""
    text = f"""schema: execpolicy/api/1
id: a1b2c3d4e5
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod, beta]
stage: prod
{extra}routes:
  {routes}
"""
    if policy:
        text += f"""resource_policy:
  Version: "2012-10-17"
  Statement:
    Effect: Allow
    Principal: {policy}
    Action: execute-api:Invoke
    Resource: execute-api:/*
"""
    return RuleExample(text, "", underlined)
