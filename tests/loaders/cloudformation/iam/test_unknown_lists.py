"""Lists of a user or role, and types of policies, that are not known in a template (SRC-8, SRC-10)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import Caller, PolicySyntaxError, Request, Template, authorize
from tests.loaders.cloudformation.iam.test_unknown import EVERYTHING, NOTHING, decide, permits, read
from tests.loaders.cloudformation.iam.test_ways import ACCOUNT, DOCUMENTS, REGION, REQUESTS
from tests.loaders.cloudformation.iam.ways import Resources, inline, resource, role, user

pytestmark = pytest.mark.rule("SRC-8", "SRC-10")

UNKNOWN = {"Fn::GetAtt": ["Made", "Value"]}
#: A resource whose attributes are not known.
MADE = {"Made": {"Type": "Custom::Made", "Properties": {"ServiceToken": "arn:aws:lambda:eu-west-1:111122223333:x"}}}


ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document_of(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [*statements]}


def caller_of(resources: Resources) -> Caller:
    return read({**MADE, **resources}).callers["Caller"]


@settings(max_examples=25)
@given(DOCUMENTS, st.lists(DOCUMENTS, max_size=2), REQUESTS)
def test_whatever_policies_an_unknown_list_has_are_possible(
    known: dict[str, Any], contents: list[dict[str, Any]], request: tuple[str, Any]
) -> None:
    written = [policy for document in contents for policy in inline(document)]
    whole = decide(caller_of({"Caller": role(Policies=UNKNOWN)}), request)
    assert permits(whole, decide(caller_of({"Caller": role(Policies=written)}), request))
    for content in contents:
        entry = decide(caller_of({"Caller": role(Policies=[*inline(known), UNKNOWN])}), request)
        concrete = caller_of({"Caller": role(Policies=[*inline(known), *inline(content)])})
        assert permits(entry, decide(concrete, request))


@pytest.mark.parametrize(
    ("resources", "name"),
    [
        ({"Caller": role(Policies=UNKNOWN)}, "the attribute Made.Value"),
        ({"Caller": role(Policies=[*inline(EVERYTHING), {"Ref": "Name"}])}, "the parameter Name"),
        ({"Caller": user(Policies={"Fn::ImportValue": "Shared"})}, "the import Shared"),
        (
            {"Caller": user(Groups=[{"Ref": "Staff"}]), "Staff": resource("Group", Policies=[UNKNOWN])},
            "the attribute Made.Value",
        ),
    ],
)
def test_a_policy_of_a_list_that_is_not_known_may_allow_and_deny(resources: dict[str, Any], name: str) -> None:
    template = read({**MADE, **resources})
    found = decide(template.callers["Caller"])
    assert found.outcome.value == "indeterminate"
    assert {*found.unknown_values} <= {f"what {name} allows", f"what {name} denies"}
    assert f"what {name} denies" in found.unknown_values
    assert [each.name for each in template.unknowns] == [name]


def test_what_another_policy_denies_is_denied() -> None:
    assert decide(caller_of({"Caller": role(Policies=[*inline(NOTHING), UNKNOWN])})).outcome.value == "explicit_deny"


#: Conditions on tags, of a document that allows every call.
TESTS = st.builds(
    lambda operator, key, value: {operator: {f"aws:PrincipalTag/{key}": value}},
    st.sampled_from(["StringEquals", "StringNotEquals", "StringLikeIfExists", "ForAllValues:StringEquals"]),
    st.sampled_from(["team", "Stage"]),
    st.sampled_from(["red", "blue", "r*"]),
) | st.builds(lambda value: {"Null": {"aws:PrincipalTag/team": value}}, st.sampled_from(["true", "false"]))
TAGS = st.dictionaries(st.sampled_from(["team", "stage"]), st.sampled_from(["red", "blue"]), max_size=2)


def tags_of(found: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in found.items()]


@settings(max_examples=40)
@given(TESTS, TAGS, TAGS, st.sampled_from(["Allow", "Deny"]))
def test_whatever_tags_an_unknown_list_has_are_possible(
    test: dict[str, Any], known: dict[str, str], others: dict[str, str], effect: str
) -> None:
    tested = {**ALL, "Effect": effect, "Condition": test}
    policies = inline(document_of(*([tested] if effect == "Allow" else [ALL, tested])))
    rest = {key: value for key, value in others.items() if key not in known}
    whole = decide(caller_of({"Caller": role(Policies=policies, Tags=UNKNOWN)}))
    assert permits(whole, decide(caller_of({"Caller": role(Policies=policies, Tags=tags_of(others))})))
    entry = decide(caller_of({"Caller": role(Policies=policies, Tags=[*tags_of(known), UNKNOWN])}))
    concrete = caller_of({"Caller": role(Policies=policies, Tags=tags_of({**known, **rest}))})
    assert permits(entry, decide(concrete))


def test_a_known_tag_stays_known_beside_tags_that_are_not() -> None:
    document = document_of({**ALL, "Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}})
    tags = [{"Key": "team", "Value": "red"}, UNKNOWN]
    assert decide(caller_of({"Caller": role(Policies=inline(document), Tags=tags)})).allowed
    found = decide(caller_of({"Caller": role(Policies=inline(document), Tags=UNKNOWN)}))
    assert found.outcome.value == "indeterminate"
    assert found.unknown_values or found.missing_keys


SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def guarded(type_: object, content: object) -> dict[str, Any]:
    properties = {"Name": "guard", "Type": type_, "Content": content, "TargetIds": ["r-ab12"]}
    return {
        "Parameters": {"Type": {"Type": "String"}},
        "Resources": {
            "Guard": {"Type": "AWS::Organizations::Policy", "Properties": properties},
            "Caller": role(Policies=inline(EVERYTHING)),
        },
    }


def template_of(written: dict[str, Any], **parameters: str) -> Template:
    return Template.parse(written, account=ACCOUNT, region=REGION, parameters=parameters)


def request_of(caller: Caller) -> Request:
    arn = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3/prod/GET/orders"
    return Request(caller=caller, action="execute-api:Invoke", resource=arn)


def test_a_policy_that_may_be_an_scp_gives_callers_variants() -> None:
    written = guarded({"Ref": "Type"}, NOTHING)
    found = template_of(written).callers.variants("Caller")
    assert found.depends_on == ("the parameter Type",)
    assert [authorize(request_of(each)).outcome.value for each in found.values] == ["explicit_deny", "allow"]
    for type_, outcome in ((SCP, "explicit_deny"), ("TAG_POLICY", "allow")):
        known = template_of(written, Type=type_).callers["Caller"]
        assert authorize(request_of(known)).outcome.value == outcome


def test_a_policy_that_denies_nothing_makes_no_difference_as_an_scp() -> None:
    found = template_of(guarded({"Ref": "Type"}, EVERYTHING)).callers.variants("Caller")
    assert {authorize(request_of(each)).outcome.value for each in found.values} == {"allow"}


def test_a_policy_that_is_no_valid_scp_asks_for_its_type() -> None:
    written = guarded(
        {"Ref": "Type"}, json.dumps(document_of({**ALL, "Effect": "Deny", "Action": "s3:*", "Principal": "*"}))
    )
    with pytest.raises(PolicySyntaxError) as refused:
        template_of(written)
    found = [(one.message, one.advice) for one in refused.value.errors]
    assert found[0] == (
        "found <the parameter Type> as Type, which decides whether the policy is an SCP",
        "give its value with --parameter Type=VALUE or parameters=",
    )
    assert refused.value.errors[0].span is not None
    assert refused.value.errors[0].span.line == 12
    assert not template_of(written, Type=RCP).unknowns
