"""Rules of the family CND about keys: names that AWS does not have, and keys that no call brings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.wording import nearest, quoted
from execpolicy.language.as_of import AWS_AS_OF
from execpolicy.language.context_keys import CATALOGUE, ExecuteApi
from execpolicy.linter.apis.calls import has_no_iam
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.forms import FAMILIES, OLD_ARN_KEY
from execpolicy.linter.conditions.requests import show_through_endpoint, show_without_key
from execpolicy.linter.conditions.tested import (
    Tested,
    api_condition_example,
    condition_example,
    identity_condition_example,
    known_tests,
    tests,
)
from execpolicy.linter.rule import FixSafety, Rule
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_TAGS: Final = "aws:resourcetag/"
_SOURCE_IP: Final = "aws:sourceip"


def _unknown_names(subject: PolicySubject, service: str) -> Iterator[CheckResult]:
    for tested in tests(subject):
        name = tested.key.partition("/")[0]
        if tested.record is not None or not name.startswith(service) or name in (*FAMILIES, OLD_ARN_KEY):
            continue
        near = nearest(name, [known for known in CATALOGUE if known.startswith(service)])
        meant = CATALOGUE[near].name if near is not None and not near.endswith("/") else ""
        advice = f'; did you mean "{meant}"?' if meant else ""
        message = f"AWS has no key {quoted(tested.condition.key.value)} ({AWS_AS_OF}), {tested.consequence}{advice}"
        yield tested.at_key(message, meant)


UNKNOWN_GLOBAL_KEY = Rule(
    id="EP-CND-001",
    name="unknown-global-key",
    severity=Severity.ERROR,
    title="A condition names a key with `aws:` that does not exist.",
    why="No request has the key. Most operators do not hold then, so that an Allow allows nothing; a negated operator "
    "always holds.",
    fix="write the name of a global condition key",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example('"StringEquals": {"aws:SourceVpcEndpoint": "vpce-1a2b3c4d"}', "aws:SourceVpcEndpoint"),
    good=condition_example('"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}'),
    semantics=("KEY-1",),
    issue_code="INVALID_GLOBAL_CONDITION_KEY",
)


def _unknown_global_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    return _unknown_names(subject, "aws:")


UNKNOWN_SERVICE_KEY = Rule(
    id="EP-CND-002",
    name="unknown-execute-api-key",
    severity=Severity.ERROR,
    title="A condition names a key with `execute-api:` that does not exist.",
    why="execute-api has one key of its own, execute-api:viaDomainArn. No request has another.",
    fix="write execute-api:viaDomainArn, or a global key",
    fix_safety=FixSafety.UNSAFE,
    bad=condition_example(
        '"ArnLike": {"execute-api:viaDomainArns": "arn:aws:apigateway:*::/domainnames/*"}', "execute-api:viaDomainArns"
    ),
    good=condition_example('"ArnLike": {"execute-api:viaDomainArn": "arn:aws:apigateway:*::/domainnames/*"}'),
    semantics=("KEY-1",),
    issue_code="INVALID_SERVICE_CONDITION_KEY",
)


def _unknown_service_keys(subject: PolicySubject) -> Iterator[CheckResult]:
    return _unknown_names(subject, "execute-api:")


KEY_OF_OTHER_SERVICES = Rule(
    id="EP-CND-003",
    name="key-of-other-services",
    severity=Severity.WARNING,
    title="A condition on calls of an API names a key that execute-api does not supply.",
    why="aws:VpceAccount, aws:VpceOrgID, aws:VpceOrgPaths, aws:SourceVpcArn and the keys of tags of requests come with "
    "calls of some services only. API Gateway is not among them.",
    fix="compare aws:SourceVpce or aws:SourceVpc",
    bad=condition_example('"StringEquals": {"aws:VpceOrgID": "o-a1b2c3d4e5"}', "aws:VpceOrgID"),
    good=condition_example('"StringEquals": {"aws:SourceVpce": "vpce-1a2b3c4d"}'),
    semantics=("GW-23",),
    issue_code="USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
)


def _keys_of_other_services(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.execute_api is not ExecuteApi.NEVER or record.name.lower() == _TAGS or not tested.is_about_calls:
            continue
        if _matters(tested):
            yield tested.at_key(f"no call of an API has {tested.condition.key.value}, {tested.consequence}")


TAG_IN_DENY = Rule(
    id="EP-CND-004",
    name="resource-tag-in-deny",
    severity=Severity.SECURITY_WARNING,
    title="A Deny on calls of an API compares a tag of the resource.",
    why="execute-api does not supply aws:ResourceTag, so the Deny does not depend on the tags of the API.",
    fix="name the APIs in Resource",
    bad=condition_example('"StringEquals": {"aws:ResourceTag/stage": "test"}', "aws:ResourceTag/stage", effect="Deny"),
    good=condition_example('"StringEquals": {"aws:ResourceTag/stage": "test"}'),
    semantics=("GW-23",),
    issue_code="DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
)

TAG_IN_ALLOW = Rule(
    id="EP-CND-005",
    name="resource-tag-in-allow",
    severity=Severity.SUGGESTION,
    title="An Allow of calls of an API compares a tag of the resource.",
    why="execute-api does not supply aws:ResourceTag, so the Allow does not depend on the tags of the API.",
    fix="name the APIs in Resource",
    bad=condition_example('"StringEquals": {"aws:ResourceTag/stage": "test"}', "aws:ResourceTag/stage"),
    good=condition_example('"StringEquals": {"aws:PrincipalTag/stage": "test"}'),
    semantics=("GW-23",),
    issue_code="ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
)


def _tags(subject: PolicySubject, effect: str) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.name.lower() == _TAGS and tested.is_about_calls and _is_listed(tested, effect):
            yield tested.at_key(f"no call of an API has tags of the resource, {tested.consequence}")


def _is_listed(tested: Tested, effect: str) -> bool:
    """Whether a statement has the effect and lists its actions; another rule is about NotAction."""
    return tested.statement.effect == effect and not tested.statement.action.negated


def _tags_in_denies(subject: PolicySubject) -> Iterator[CheckResult]:
    return _tags(subject, "Deny")


def _tags_in_allows(subject: PolicySubject) -> Iterator[CheckResult]:
    return _tags(subject, "Allow")


KEY_OF_SIGNED_CALLS = Rule(
    id="EP-CND-006",
    name="caller-key-without-aws-iam",
    severity=Severity.ERROR,
    title="The policy of an API compares a key of the caller, and no method has the authorization AWS_IAM.",
    why="For the policy of an API the caller is anonymous unless the method is authorized with AWS_IAM, even where an "
    "authorizer knows the caller. Such a call has no keys of the caller.",
    fix="set the authorization of the methods to AWS_IAM, or compare a key of the network",
    bad=api_condition_example("StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}", "aws:PrincipalOrgID", auth="NONE"),
    good=api_condition_example("StringEquals: {aws:PrincipalOrgID: o-a1b2c3d4e5}"),
    semantics=("GW-22", "GW-14"),
)


def _keys_of_signed_calls(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        api = tested.api
        if api is None or record.execute_api is not ExecuteApi.AWS_IAM or not _matters(tested):
            continue
        if has_no_iam(api):
            key = tested.condition.key.value
            found = tested.at_key(f"no call of this API has {key}: no method has AWS_IAM, {tested.consequence}")
            route = api.routes[0].key
            yield found._replace(related=subject.related_part(f"the route {route}", "routes", route))


ENDPOINT_KEY_OF_PUBLIC_API = Rule(
    id="EP-CND-007",
    name="endpoint-key-on-public-api",
    severity=Severity.ERROR,
    title="The policy of a public API compares a key of VPC endpoints.",
    why="Only calls of private APIs have aws:SourceVpce, aws:SourceVpc, aws:VpcSourceIp and execute-api:viaDomainArn. "
    "VPC endpoints do not reach other APIs.",
    fix="compare aws:SourceIp, or make the API private",
    bad=api_condition_example("StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}", "aws:SourceVpce"),
    good=api_condition_example("StringEquals: {aws:SourceVpce: vpce-1a2b3c4d}", api="endpoint: PRIVATE"),
    semantics=("GW-19", "GW-22"),
)


def _endpoint_keys_of_public_apis(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        api = tested.api
        if api is not None and not api.is_private and record.execute_api is ExecuteApi.PRIVATE and _matters(tested):
            key = tested.condition.key.value
            message = f"no call of this API has {key}: its endpoint is {api.endpoint}, {tested.consequence}"
            yield tested.at_key(message)._replace(related=subject.related_part("the endpoint", "endpoint"))


SOURCE_IP_OF_PRIVATE_API = Rule(
    id="EP-CND-008",
    name="source-ip-behind-vpc-endpoint",
    severity=Severity.ERROR,
    title="A policy for calls through VPC endpoints compares aws:SourceIp.",
    why="A call through a VPC endpoint has the address of the caller in aws:VpcSourceIp, and no aws:SourceIp.",
    fix="compare aws:SourceVpce or aws:SourceVpc, and aws:VpcSourceIp beside them",
    bad=api_condition_example("IpAddress: {aws:SourceIp: 198.51.100.0/24}", "aws:SourceIp", api="endpoint: PRIVATE"),
    good=api_condition_example("IpAddress: {aws:SourceIp: 198.51.100.0/24}"),
    semantics=("GW-19", "GW-22"),
)


def _source_ips_of_private_apis(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if tested.key == _SOURCE_IP and tested.only_through_endpoints and tested.is_about_calls and _matters(tested):
            found = tested.at_key(f"a call through a VPC endpoint has no aws:SourceIp, {tested.consequence}")
            yield found._replace(related=subject.related_part("the endpoint", "endpoint"))


DENY_OF_ENDPOINT_CALLS = Rule(
    id="EP-CND-009",
    name="deny-of-endpoint-calls",
    severity=Severity.SUGGESTION,
    title="A Deny with NotIpAddress on aws:SourceIp applies to every call through a VPC endpoint.",
    why="Calls through VPC endpoints have no aws:SourceIp, and a negated operator holds where its key is missing.",
    fix='add "Null": {"aws:SourceIp": "false"} so that the Deny leaves these calls alone',
    fix_safety=FixSafety.UNSAFE,
    bad=identity_condition_example('"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}', "NotIpAddress"),
    good=identity_condition_example(
        '"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}, "Null": {"aws:SourceIp": "false"}'
    ),
    semantics=("GW-19", "CND-12"),
)
_OF_CALLERS: Final = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SCP, PolicyKind.SESSION)


def _denies_of_endpoint_calls(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind not in _OF_CALLERS:
        return
    for tested, _ in known_tests(subject):
        if tested.key != _SOURCE_IP or tested.allows or tested.holds_without_key is not True:
            continue
        if tested.is_about_calls and not _excepts_endpoints(tested):
            message = "a call through a VPC endpoint has no aws:SourceIp, so this Deny applies to it"
            yield tested.at_operator(message)._replace(fix=tested.null_fix())


def _excepts_endpoints(tested: Tested) -> bool:
    return bool(tested.is_required or tested.others("aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"))


KEY_IN_TWO_CASES = Rule(
    id="EP-CND-010",
    name="condition-key-in-two-cases",
    severity=Severity.ERROR,
    title="Two operators of a statement name one condition key in different case.",
    why="The case of a key does not matter, so both conditions must hold for its values. AWS's check of policies calls "
    "two spellings of one key an error.",
    fix="write the key in one spelling",
    bad=identity_condition_example(
        '"StringLike": {"aws:PrincipalTag/team": "red*"}, "StringNotEquals": {"aws:principalTag/team": "redwood"}',
        "aws:principalTag/team",
    ),
    good=identity_condition_example(
        '"StringLike": {"aws:PrincipalTag/team": "red*"}, "StringNotEquals": {"aws:PrincipalTag/team": "redwood"}'
    ),
    semantics=("POL-3", "CND-2"),
    issue_code="DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
)


def _keys_in_two_cases(subject: PolicySubject) -> Iterator[CheckResult]:
    spelled: dict[tuple[int, str], str] = {}
    for tested in tests(subject):
        key = tested.condition.key.value
        first = spelled.setdefault((id(tested.statement), tested.key), key)
        if key != first:
            yield tested.at_key(
                f"{quoted(key)} and {quoted(first)} are one key, which the statement spells in two ways"
            )


def _matters(tested: Tested) -> bool:
    """Whether it matters that the key is missing: IfExists says that it can be, unless a Deny then hits every call."""
    if not tested.condition.operator.if_exists:
        return True
    return not tested.allows and tested.holds_without_key is True and not tested.is_required


#: One line for each rule.
CHECKS = (
    PolicyCheck(UNKNOWN_GLOBAL_KEY, _unknown_global_keys, show_without_key),
    PolicyCheck(UNKNOWN_SERVICE_KEY, _unknown_service_keys, show_without_key),
    PolicyCheck(KEY_OF_OTHER_SERVICES, _keys_of_other_services, show_without_key),
    PolicyCheck(TAG_IN_DENY, _tags_in_denies, show_without_key),
    PolicyCheck(TAG_IN_ALLOW, _tags_in_allows, show_without_key),
    PolicyCheck(KEY_OF_SIGNED_CALLS, _keys_of_signed_calls, show_without_key),
    PolicyCheck(ENDPOINT_KEY_OF_PUBLIC_API, _endpoint_keys_of_public_apis, show_without_key),
    PolicyCheck(SOURCE_IP_OF_PRIVATE_API, _source_ips_of_private_apis, show_without_key),
    PolicyCheck(DENY_OF_ENDPOINT_CALLS, _denies_of_endpoint_calls, show_through_endpoint),
    PolicyCheck(KEY_IN_TWO_CASES, _keys_in_two_cases),
)
