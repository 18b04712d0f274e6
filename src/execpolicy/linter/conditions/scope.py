"""Rules of the family CND about keys that say nothing where they stand: of services, of the API itself, of tags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import Statement
from execpolicy.document.unknown_value import has_unknown
from execpolicy.language.context_keys import Presence
from execpolicy.language.glob import matcher, tokens_of
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.conditions.requests import show_without_key
from execpolicy.linter.conditions.tested import Tested, condition_example, known_tests
from execpolicy.linter.documents.principals import SOURCES
from execpolicy.linter.loading.load_rule import CALLS, example
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

#: The documents of an API, or of a private custom domain.
_OF_API: Final = (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME)
#: The presences of keys that no call of a service as itself has.
_NOT_OF_SERVICES: Final = (
    Presence.MEMBER,
    Presence.IAM_USER,
    Presence.TEMPORARY,
    Presence.SESSION,
    Presence.FEDERATED,
    Presence.FEDERATED_STS,
    Presence.FORWARDED,
    Presence.FORWARDED_SOME,
)
#: Keys of the network and of headers: they do not say for whom a service calls.
_BESIDE_SERVICES: Final = ("aws:referer", "aws:useragent", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce")
_OF_RESOURCE: Final = ("aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths")
_TAGS: Final = "aws:resourcetag/"


def _service_example(condition: str, underlined: str = "") -> RuleExample:
    principal = '"Principal": {"Service": "states.amazonaws.com"}'
    return example(f'{principal}, {CALLS}, "Condition": {{{condition}}}', underlined, "resource")


def _names_services_only(statement: Statement) -> bool:
    principal = statement.principal
    if principal is None or principal.negated or not principal.entries:
        return False
    return all(entry.type == "Service" and not has_unknown(entry.text.value) for entry in principal.entries)


KEY_THAT_SERVICES_LACK = Rule(
    id="EP-CND-090",
    name="key-that-services-lack",
    severity=Severity.ERROR,
    title="A statement for a service compares a key that no call of a service has.",
    why="A service that calls as itself belongs to no organization and has no session: it has no "
    "aws:PrincipalOrgID, for example.",
    fix="compare aws:SourceOrgID, aws:SourceAccount or aws:SourceArn",
    bad=_service_example('"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}', "aws:PrincipalOrgID"),
    good=_service_example('"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}'),
    semantics=("KEY-4", "GW-29"),
    issue_code="UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
)


def _keys_that_services_lack(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.presence in _NOT_OF_SERVICES and _names_services_only(tested.statement):
            key = tested.condition.key.value
            yield tested.at_key(f"no call that a service makes as itself has {key}, {tested.consequence}")


KEY_BESIDE_SERVICE = Rule(
    id="EP-CND-091",
    name="key-beside-service",
    severity=Severity.SUGGESTION,
    title="An Allow for a service is limited by the network or a header, and not by whom the service calls for.",
    why="The address and the headers of a call of a service are those of the service. They are the same for whichever "
    "account lets the service call.",
    fix="compare aws:SourceArn or aws:SourceAccount",
    bad=_service_example('"StringEquals": {"aws:Referer": "states"}', "aws:Referer"),
    good=_service_example('"StringEquals": {"aws:SourceAccount": "111122223333"}'),
    semantics=("GW-29",),
    issue_code="RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
)


def _keys_beside_services(subject: PolicySubject) -> Iterator[CheckResult]:
    for tested, _ in known_tests(subject):
        if not tested.allows or tested.key not in _BESIDE_SERVICES or not _names_services_only(tested.statement):
            continue
        if not tested.others(*SOURCES):
            key = tested.condition.key.value
            yield tested.at_key(f"{key} does not say for whom the service calls, as aws:SourceArn does")


KEY_OF_RESOURCE = Rule(
    id="EP-CND-092",
    name="account-of-own-resource",
    severity=Severity.SUGGESTION,
    title="The policy of an API compares the account or the organization of the API itself.",
    why="The policy applies to calls of its own API only, so the key has the same value for every call.",
    fix="remove the condition, or compare the caller, as with aws:PrincipalAccount",
    bad=condition_example('"StringEquals": {"aws:ResourceAccount": "111122223333"}', "aws:ResourceAccount"),
    good=condition_example('"StringEquals": {"aws:PrincipalAccount": "111122223333"}'),
    semantics=("KEY-3",),
    issue_code="IRRELEVANT_CONDITION_KEY_IN_POLICY",
)


def _keys_of_resource(subject: PolicySubject) -> Iterator[CheckResult]:
    if subject.policy.kind not in _OF_API:
        return
    for tested, _ in known_tests(subject):
        # A variable compares the API with the caller.
        if tested.key in _OF_RESOURCE and not any("${" in text.value for text in tested.condition.values):
            key = tested.condition.key.value
            yield tested.at_key(f"{key} has the same value for every call that this policy is evaluated for")


def _tag_example(effect: str, key: str, underlined: str = "") -> RuleExample:
    where = f'"Effect": "{effect}", "NotAction": "iam:*", "Resource": "*"'
    condition = f'"Condition": {{"StringEquals": {{"{key}": "test"}}}}'
    return example(f"{where}, {condition}", underlined, "identity")


DENY_WITH_TAG = Rule(
    id="EP-CND-093",
    name="resource-tag-in-deny-of-the-rest",
    severity=Severity.SECURITY_WARNING,
    title="A Deny with NotAction compares a tag of the resource, and covers calls of APIs.",
    why="NotAction covers every service that it does not list. execute-api does not supply aws:ResourceTag, so the "
    "Deny does not depend on the tags of an API.",
    fix="deny calls of APIs in a statement of their own, which names the APIs in Resource",
    bad=_tag_example("Deny", "aws:ResourceTag/stage", "aws:ResourceTag/stage"),
    good=_tag_example("Deny", "aws:PrincipalTag/stage"),
    semantics=("GW-23", "ACT-3"),
    issue_code="DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
)

ALLOW_WITH_TAG = Rule(
    id="EP-CND-094",
    name="resource-tag-in-allow-of-the-rest",
    severity=Severity.SUGGESTION,
    title="An Allow with NotAction compares a tag of the resource, and covers calls of APIs.",
    why="NotAction covers every service that it does not list. execute-api does not supply aws:ResourceTag, so the "
    "Allow does not depend on the tags of an API.",
    fix="allow calls of APIs in a statement of their own, which names the APIs in Resource",
    bad=_tag_example("Allow", "aws:ResourceTag/stage", "aws:ResourceTag/stage"),
    good=_tag_example("Allow", "aws:PrincipalTag/stage"),
    semantics=("GW-23", "ACT-3"),
    issue_code="ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE",
)


def _tags_of_the_rest(subject: PolicySubject, effect: str) -> Iterator[CheckResult]:
    for tested, record in known_tests(subject):
        if record.name.lower() == _TAGS and tested.statement.effect == effect and _covers_calls(tested):
            yield tested.at_key(f"no call of an API has tags of the resource, {tested.consequence}")


def _covers_calls(tested: Tested) -> bool:
    """Whether a NotAction covers an action of execute-api."""
    action = tested.statement.action
    if not action.negated or any(has_unknown(text.value) for text in action.values):
        return False
    listed = [matcher(tokens_of(text.value.lower())) for text in action.values]
    return not all(any(matches(each.lower()) for matches in listed) for each in EXECUTE_API_ACTIONS)


def _tags_in_denies(subject: PolicySubject) -> Iterator[CheckResult]:
    return _tags_of_the_rest(subject, "Deny")


def _tags_in_allows(subject: PolicySubject) -> Iterator[CheckResult]:
    return _tags_of_the_rest(subject, "Allow")


#: One line for each rule.
CHECKS = (
    PolicyCheck(KEY_THAT_SERVICES_LACK, _keys_that_services_lack, show_without_key),
    PolicyCheck(KEY_BESIDE_SERVICE, _keys_beside_services),
    PolicyCheck(KEY_OF_RESOURCE, _keys_of_resource),
    PolicyCheck(DENY_WITH_TAG, _tags_in_denies, show_without_key),
    PolicyCheck(ALLOW_WITH_TAG, _tags_in_allows, show_without_key),
)
