"""Rules of the family API about resource policies beside the authorization of the methods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.syntax.nodes import Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.route import Route
from execpolicy.linter.apis.calls import api_example, has_no_iam, listed_routes, opened_to_anybody
from execpolicy.linter.apis.requests import (
    show_beside_authorizer,
    show_no_principal,
    show_refused,
    show_signed,
    show_unsigned,
)
from execpolicy.linter.check import ApiCheck, PolicyCheck
from execpolicy.linter.rule import Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject

_AUTHORIZER: Final = (
    "authorizers:\n  tokens: {type: TOKEN, identity_sources: [method.request.header.Authorization], ttl: 0}\n"
)

PRIVATE_WITHOUT_POLICY = Rule(
    id="EP-API-001",
    name="private-api-without-policy",
    severity=Severity.ERROR,
    title="A private API has no resource policy.",
    why="A private API without a resource policy denies every call.",
    fix="add a resource policy that allows calls from your VPC endpoints",
    bad=api_example("GET /orders: {auth: AWS_IAM}", "PRIVATE", "endpoint: PRIVATE\n"),
    good=api_example("GET /orders: {auth: AWS_IAM}", "", "endpoint: PRIVATE\n", '{AWS: "111122223333"}'),
    semantics=("GW-19",),
)


def _private_without_policy(subject: ApiSubject) -> Iterator[CheckResult]:
    api = subject.api
    if api.is_private and api.resource_policy is None and not api.has_unknown_access:
        yield subject.at("this private API has no resource policy, so every call is denied", "endpoint")


def _everybody(subject: PolicySubject) -> Iterator[tuple[Text, str]]:
    """The entries for everybody in the Allow statements, those without conditions first, with their paths."""
    allows = [each for each in subject.statements if not each.denies and each.principal is not None]
    for each in sorted(allows, key=lambda one: bool(one.statement.conditions)):
        element = each.statement.principal
        assert element is not None
        if each.principal is not None and each.principal.is_everybody:
            for entry in element.entries:
                if entry.text.value == "*":
                    yield entry.text, f"Statement[{each.statement.number}].Principal"


def _opened(subject: PolicySubject) -> tuple[Route, ...]:
    """The routes that the policy opens to an anonymous call from anywhere."""
    return () if subject.api is None else tuple(opened_to_anybody(subject.api))


def _open_to_everybody(subject: PolicySubject, auths: tuple[AuthType, ...], message: str) -> Iterator[CheckResult]:
    """One finding at an Allow for everybody, if it lets anybody pass at routes with one of these authorizations."""
    api = subject.api
    named = next(_everybody(subject), None)
    if api is None or named is None or not any(api.auth_of(route) in auths for route in api.routes):
        return
    routes = [route for route in subject.once(_opened) if api.auth_of(route) in auths]
    if not routes:
        return
    text, path = named
    related = ApiSubject(api)
    found = subject.at(text, message.format(routes=listed_routes(routes)), path, first=0, last=len(text.value))
    first = routes[0]
    places = related.related(f"the route {first.key}", "routes", first.key)
    if first.authorizer is not None:
        places += related.related(f"the authorizer {first.authorizer}", "authorizers", first.authorizer)
    yield found._replace(related=places, about=first)


OPEN_PRIVATE_API = Rule(
    id="EP-API-002",
    name="private-api-open-to-every-vpc",
    severity=Severity.SECURITY_WARNING,
    title="The policy of a private API allows everybody, and a method has no authorization.",
    why="Every account can create a VPC endpoint of execute-api. Without a condition on the VPC or the endpoint, and "
    "without authorization of the method, any of them reaches it.",
    fix="add a condition on aws:SourceVpce or aws:SourceVpc",
    bad=api_example("GET /orders: {auth: NONE}", "*", "endpoint: PRIVATE\n", '"*"'),
    good=api_example(
        "GET /orders: {auth: NONE}",
        "",
        "endpoint: PRIVATE\n",
        '"*"\n    Condition: {StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}}',
    ),
    semantics=("GW-19", "GW-12"),
)


def _open_private_apis(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.api is not None and subject.api.is_private:
        yield from _open_to_everybody(
            subject, (AuthType.NONE,), "any VPC endpoint reaches {routes}, which has no authorization"
        )


ALLOW_BESIDE_AUTHORIZER = Rule(
    id="EP-API-003",
    name="allow-everybody-beside-authorizer",
    severity=Severity.SECURITY_WARNING,
    title="The resource policy allows everybody, beside a Lambda authorizer.",
    why="If the policy of the function has no statement that matches the call, the Allow of the resource policy is "
    "enough. The function keeps nobody out unless it denies explicitly.",
    fix="remove the Allow or limit it, or let the function answer with a Deny",
    bad=api_example("GET /orders: {authorizer: tokens}", "*", _AUTHORIZER, '"*"'),
    good=api_example(
        "GET /orders: {authorizer: tokens}",
        "",
        _AUTHORIZER,
        '"*"\n    Condition: {IpAddress: {aws:SourceIp: 192.0.2.0/24}}',
    ),
    semantics=("GW-17", "GW-14"),
)


def _allows_beside_authorizers(subject: PolicySubject) -> Iterator[CheckResult]:
    return _open_to_everybody(
        subject,
        (AuthType.CUSTOM,),
        "this Allow lets a call of {routes} pass although no statement of its authorizer matches it",
    )


ALLOW_WITH_IAM = Rule(
    id="EP-API-004",
    name="allow-everybody-with-aws-iam",
    severity=Severity.SECURITY_WARNING,
    title="The resource policy allows everybody to call methods with AWS_IAM.",
    why="AWS_IAM then only means that a call is signed. Callers of other accounts get in if their own account lets "
    "them, and callers of this account need no permission of their own.",
    fix="name the accounts or roles, or add a condition on aws:PrincipalOrgID",
    bad=api_example("GET /orders: {auth: AWS_IAM}", "*", "", '"*"'),
    good=api_example("GET /orders: {auth: AWS_IAM}", "", "", '{AWS: "111122223333"}'),
    semantics=("GW-13", "EVL-4"),
)


def _allows_with_iam(subject: PolicySubject) -> Iterator[CheckResult]:
    return _open_to_everybody(
        subject, (AuthType.AWS_IAM,), "this Allow lets signed calls of any account pass at {routes}"
    )


PRINCIPAL_WITHOUT_IAM = Rule(
    id="EP-API-005",
    name="named-principal-without-aws-iam",
    severity=Severity.ERROR,
    title="An Allow names a principal, and no method has the authorization AWS_IAM.",
    why="For the policy of an API every caller is anonymous unless the method has AWS_IAM. An anonymous caller belongs "
    "to no account and has no role, so that an Allow for a named principal does not apply.",
    fix='set the authorization to AWS_IAM, or name "*" with a condition on the network',
    bad=api_example("GET /orders: {auth: NONE}", "111122223333", "", '{AWS: "111122223333"}'),
    good=api_example("GET /orders: {auth: AWS_IAM}", "", "", '{AWS: "111122223333"}'),
    semantics=("PRN-9", "GW-14"),
)


def _principals_without_iam(subject: PolicySubject) -> Iterator[CheckResult]:
    api = subject.api
    if api is None or not has_no_iam(api):
        return
    for each in subject.statements:
        element = each.statement.principal
        if each.denies or element is None or element.negated:
            continue
        if each.principal is not None and each.principal.is_everybody:
            continue
        for entry in element.entries:
            if has_unknown(entry.text.value):
                continue
            message = "no method of this API has AWS_IAM, so every caller is anonymous and this Allow never applies"
            path = f"Statement[{each.statement.number}].Principal"
            found = subject.at(entry.text, message, path, first=0, last=len(entry.text.value))
            yield found._replace(about=each.statement.number)


#: One line for each rule.
CHECKS = (
    ApiCheck(PRIVATE_WITHOUT_POLICY, _private_without_policy, show_refused),
    PolicyCheck(OPEN_PRIVATE_API, _open_private_apis, show_unsigned),
    PolicyCheck(ALLOW_BESIDE_AUTHORIZER, _allows_beside_authorizers, show_beside_authorizer),
    PolicyCheck(ALLOW_WITH_IAM, _allows_with_iam, show_signed),
    PolicyCheck(PRINCIPAL_WITHOUT_IAM, _principals_without_iam, show_no_principal),
)
