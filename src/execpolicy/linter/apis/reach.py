"""Rules of the family API about who reaches a route: nobody by the policy, or everybody around a domain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.action_name import INVOKE
from execpolicy.engine.request import Request
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.gateway.arn.execute_api_arn import partition_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.linter.apis.calls import api_example, listed_routes, opened_to_anybody
from execpolicy.linter.apis.requests import show_around_domain, show_nobody
from execpolicy.linter.check import ApiCheck
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject

_ROUTES: Final = "GET /orders: {auth: NONE}\n  OPTIONS /orders: {auth: NONE}"


def _only_get(example: RuleExample) -> RuleExample:
    return example._replace(text=example.text.replace("execute-api:/*", "execute-api:/*/GET/*"))


NOBODY = Rule(
    id="EP-API-017",
    name="route-that-the-policy-allows-to-nobody",
    severity=Severity.SUGGESTION,
    title="A resource policy allows no call of a route that has no authorization.",
    why="The policy alone decides about a route without authorization. Where no Allow names the route, every call of "
    "it is denied, such as preflights of an OPTIONS route.",
    fix="name the route in an Allow, or remove it",
    bad=_only_get(api_example(_ROUTES, "OPTIONS /orders", "", '"*"')),
    good=api_example(_ROUTES, "", "", '"*"'),
    semantics=("GW-12",),
)


def _reached_by_nobody(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.resource_policy is None or api.has_unknown_access or api.resource_policy.unknown_values:
        return
    resources = _allowed_resources(api)
    for route in api.routes:
        # Of a route with parameters, and of one for all methods, only some calls may be allowed.
        is_one_call = "{" not in route.path and route.method not in ("ANY", "$default")
        if api.auth_of(route) is AuthType.NONE and is_one_call and not _is_named(api, route, resources):
            message = f"no Allow of the resource policy names {route.key}, so every call of it is denied"
            yield subject.at(message, "routes", route.key)._replace(about=route)


def _allowed_resources(api: ApiDefinition) -> list[ResourceClause]:
    assert api.resource_policy is not None
    policy = PolicySubject(api.resource_policy)
    clauses = []
    for each in api.resource_policy.statements:
        if each.effect == "Allow":
            occurrences = policy.statement(each.number).occurrences
            clauses += [one.clause for one in occurrences if isinstance(one.clause, ResourceClause)]
    return clauses


def _is_named(api: ApiDefinition, route: Route, resources: list[ResourceClause]) -> bool:
    """Whether an Allow names the route, or may, in one of the stages."""
    head = f"arn:{partition_of(api.region)}:execute-api:{api.region}:{api.account}:{api.id}"
    for stage in api.stages:
        arn = f"{head}/{stage.name}/{route.method}{route.path}"
        view = Request(caller="anonymous", action=INVOKE, resource=arn).view()
        if any(clause.test(view) is not False for clause in resources):
            return True
    return False


_OPEN: Final = "GET /orders: {auth: NONE}"
_DOMAIN: Final = """domains:
  shop.example:
    id: pd12cl34ms
    associated_endpoints: vpce-1a2b3c4d
    mappings: {'': prod}
    policy:
      Version: "2012-10-17"
      Statement:
        Effect: Allow
        Principal: "*"
        Action: execute-api:Invoke
        Resource: execute-api:/*
        Condition: {StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}
"""

AROUND_DOMAIN = Rule(
    id="EP-API-018",
    name="default-endpoint-beside-private-domain",
    severity=Severity.SECURITY_WARNING,
    title="A private domain has a policy, and the policy of the API lets every VPC endpoint in without the domain.",
    why="The policy of a private custom domain is evaluated for calls through the domain only. A call of the default "
    "endpoint of the API goes around it.",
    fix="require execute-api:viaDomainArn in the policy of the API, or disable the default endpoint",
    bad=api_example(_OPEN, "shop.example", f"endpoint: PRIVATE\n{_DOMAIN}", '"*"'),
    good=api_example(_OPEN, "", f"endpoint: PRIVATE\ndisable_execute_api_endpoint: true\n{_DOMAIN}", '"*"'),
    semantics=("GW-20", "GW-30"),
)


def _around_domains(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if not api.is_private or api.disable_execute_api_endpoint or api.type is not ApiType.REST:
        return
    guarded = [domain for domain in api.domains if domain.policy is not None]
    routes = list(opened_to_anybody(api)) if guarded else []
    for domain in guarded if routes else ():
        message = f"any VPC endpoint reaches {listed_routes(routes)} by the default endpoint, around {domain.name}"
        yield subject.at(message, "domains", domain.name)._replace(about=routes[0])


#: One line for each rule.
CHECKS = (
    ApiCheck(NOBODY, _reached_by_nobody, show_nobody),
    ApiCheck(AROUND_DOMAIN, _around_domains, show_around_domain),
)
