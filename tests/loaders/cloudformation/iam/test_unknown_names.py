"""Callers of a template whose name or path has parts that are not known (SRC-8, SRC-10)."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from execpolicy import Decision, Policy, Principal, Request, RequestError, Target, Template, authorize
from tests.loaders.cloudformation.iam.ways import TRUST, resource

pytestmark = pytest.mark.rule("SRC-8", "SRC-10")

ACCOUNT = "123456789012"
CALL = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:a1b2c3/prod/GET/orders"
ARN = {"Fn::GetAtt": ["Partner", "Arn"]}
NAME = {"Fn::Sub": "${AWS::StackName}-partner"}
STACK = "the name of the stack"


def read(caller: dict[str, Any], *statements: dict[str, Any], **resources: object) -> Template:
    """A template with a caller, and a policy with statements that name callers, as that of an endpoint."""
    endpoint = {
        "ServiceName": "com.amazonaws.us-east-1.execute-api",
        "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)},
    }
    parts = {"Partner": caller, "Endpoint": {"Type": "AWS::EC2::VPCEndpoint", "Properties": endpoint}, **resources}
    return Template.parse({"Parameters": {"Stage": {"Type": "String"}}, "Resources": parts})


def role(name: object = NAME, **properties: object) -> dict[str, Any]:
    return resource("Role", AssumeRolePolicyDocument=TRUST, RoleName=name, **properties)


def user(name: object = NAME, **properties: object) -> dict[str, Any]:
    return resource("User", UserName=name, **properties)


def statement(effect: str = "Allow", principal: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": effect, "Principal": principal, "Action": "execute-api:Invoke", "Resource": "*", **more}


def decide(template: Template, of_policy: Template | None = None, context: dict[str, Any] | None = None) -> Decision:
    """The decision with the policy of a template as that of the resource."""
    theirs = (of_policy or template).vpc_endpoints["Endpoint"]
    assert theirs.source is not None
    policy = Policy.from_node(theirs.root, kind="resource", name="theirs", source=theirs.source)
    caller = template.callers["Partner"]
    request = Request(caller=caller, action="execute-api:Invoke", resource=CALL, context=context)
    return authorize(request, Target(resource=policy))


def outcome(caller: dict[str, Any], *statements: dict[str, Any], **resources: object) -> str:
    """The outcome; ``?`` if it depends on the name of the stack and on nothing else."""
    found = decide(read(caller, *statements, **resources))
    if found.outcome.value == "indeterminate":
        assert (found.unknown_values, found.missing_keys) == ((STACK,), frozenset())
        return "?"
    assert found.unknown_values == ()
    return found.outcome.value


def arn(name: str, kind: str = "role", account: str = ACCOUNT) -> object:
    return {"Fn::Sub": f"arn:aws:iam::{account}:{kind}/{name}"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ARN, "allow"),
        (arn("${AWS::StackName}-partner", account="${AWS::AccountId}"), "allow"),
        (arn("staff/${AWS::StackName}-partner"), "allow"),
        ([arn("other"), ARN], "allow"),
        (arn("shop-partner"), "?"),
        (arn("staff/shop-partner"), "?"),
        (arn("${AWS::StackName}"), "?"),
        (arn("shop-clerk"), "implicit_deny"),
        (arn("shop-partner", "user"), "implicit_deny"),
        (arn("${AWS::StackName}-partner", "user"), "implicit_deny"),
        (arn("shop-partner", account="444455556666"), "implicit_deny"),
        ("*", "allow"),
        (f"arn:aws:iam::{ACCOUNT}:root", "implicit_deny"),
    ],
)
def test_an_entry_of_principal(entry: object, expected: str) -> None:
    assert outcome(role(), statement(principal={"AWS": entry})) == expected


@pytest.mark.parametrize(
    ("path", "entry", "expected"),
    [
        ("/", arn("${AWS::StackName}-partner", "user"), "allow"),
        # Elsewhere the value may have a slash.
        ("/staff/", arn("${AWS::StackName}-partner", "user"), "?"),
        ("/staff/", arn("staff/${AWS::StackName}-partner", "user"), "allow"),
        ("/staff/", arn("staff/shop-partner", "user"), "?"),
        ("/staff/", arn("shop-partner", "user"), "implicit_deny"),
    ],
)
def test_a_user_is_named_with_the_path(path: str, entry: object, expected: str) -> None:
    assert outcome(user(Path=path), statement(principal={"AWS": entry})) == expected


@pytest.mark.rule("PRN-6")
@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([ARN, ACCOUNT], "allow"),
        ([ARN], "explicit_deny"),
        ([arn("shop-partner", "user"), ACCOUNT], "?"),
        ([arn("shop-clerk", "user"), ACCOUNT], "explicit_deny"),
        ([arn("shop-clerk", "user"), "*"], "allow"),
    ],
)
def test_the_list_of_not_principal(listed: list[object], expected: str) -> None:
    deny = statement("Deny", NotPrincipal={"AWS": listed})
    del deny["Principal"]
    assert outcome(user(), statement(), deny) == expected


@pytest.mark.rule("PRN-6")
def test_a_role_in_not_principal() -> None:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-partner/ann"
    deny = statement("Deny", NotPrincipal={"AWS": [ARN, ACCOUNT, session]})
    del deny["Principal"]
    found = decide(read(role(), statement(), deny))
    assert (found.outcome.value, found.unknown_values) == ("indeterminate", (STACK,))
    assert found.missing_keys == {"the caller's session name"}


@pytest.mark.parametrize(
    ("operator", "key", "values", "holds"),
    [
        ("ArnEquals", "aws:PrincipalArn", ARN, True),
        ("StringEquals", "aws:PrincipalArn", [arn("other", "user"), ARN], True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/*", True),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*-partner", True),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*", False),
        ("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/staff/*", False),
        ("StringLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/shop-*", None),
        ("ArnLike", "aws:PrincipalArn", "*", None),
        ("StringEquals", "aws:PrincipalArn", arn("shop-partner", "user"), None),
        ("StringEquals", "aws:PrincipalArn", arn("shop-Partner", "user"), False),
        ("StringEqualsIgnoreCase", "aws:PrincipalArn", arn("shop-Partner", "user"), None),
        ("StringEqualsIgnoreCase", "aws:PrincipalArn", arn("shop-clerk", "user"), False),
        ("StringEquals", "aws:username", {"Ref": "Partner"}, True),
        ("StringLike", "aws:username", "*-partner", True),
        ("StringLike", "aws:username", "?*-partner", None),
        ("StringLike", "aws:username", "${aws:username}", None),
        ("StringLike", "aws:username", "${aws:PrincipalTag/none}-partner", False),
        ("StringEquals", "aws:username", "*", False),
        ("StringEquals", "aws:username", "shop-partner", None),
        ("NumericEquals", "aws:username", "5", None),
        ("Null", "aws:username", "false", True),
        ("StringEqualsIfExists", "aws:username", "shop", False),
        ("ForAnyValue:StringEquals", "aws:username", "x-partner", None),
        ("ForAllValues:StringLike", "aws:username", "*", True),
    ],
)
def test_a_condition_on_the_name(operator: str, key: str, values: object, holds: bool | None) -> None:
    condition: dict[str, Any] = {"Condition": {operator: {key: values}}}
    caller = user(Tags=[{"Key": "team", "Value": "red"}])
    expected = {True: "allow", False: "implicit_deny", None: "?"}[holds]
    assert outcome(caller, statement(**condition)) == expected
    denied = {True: "explicit_deny", False: "allow", None: "?"}[holds]
    assert outcome(caller, statement(), statement("Deny", **condition)) == denied


def test_a_negated_condition_that_keeps_all_others_out() -> None:
    deny = statement("Deny", Condition={"StringNotEquals": {"aws:PrincipalArn": ARN}})
    assert outcome(role(), statement(), deny) == "allow"
    other = statement("Deny", Condition={"ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/shop-*"}})
    assert outcome(role(), statement(), other) == "?"


def test_a_variable_with_the_name() -> None:
    of_user = statement(Resource="arn:aws:execute-api:*:*:a1b2c3/prod/GET/${aws:username}")
    assert outcome(user(), of_user) == "?"
    assert outcome(user(), {**of_user, "Resource": "arn:aws:execute-api:*:*:a1b2c3/dev/${aws:username}"}) != "?"


@pytest.mark.rule("PRN-7")
@pytest.mark.parametrize("path", [{"Ref": "Stage"}, {"Fn::Sub": "/${Stage}/"}, {"Fn::Sub": "/shop/${Stage}"}])
def test_a_path_that_is_not_known(path: object) -> None:
    caller = user("ann", Path=path)
    found = decide(read(caller, statement(principal={"AWS": arn("shop/eu/ann", "user")})))
    assert (found.outcome.value, found.unknown_values) == ("indeterminate", ("the parameter Stage",))
    assert decide(read(caller, statement(principal={"AWS": ARN}))).allowed
    assert (
        decide(read(caller, statement(principal={"AWS": arn("shop/eu/bob", "user")}))).outcome.value != "indeterminate"
    )
    # A role is named whatever its path is.
    assert decide(read(role("clerk", Path=path), statement(principal={"AWS": arn("x/clerk")}))).allowed


@pytest.mark.parametrize("path", [{"Fn::Sub": "shop/${Stage}/"}, {"Fn::Sub": "/${Stage}/shop"}, "//"])
def test_a_path_that_cannot_be_one(path: object) -> None:
    with pytest.raises(ValueError, match="as Path, expected a path that begins and ends with a slash"):
        read(role(Path=path))


def test_a_name_that_cannot_be_one() -> None:
    with pytest.raises(ValueError, match="as RoleName, expected a name without a slash"):
        read(role({"Fn::Sub": "${Stage}/partner"}))


def test_the_values_of_another_file_are_other_values() -> None:
    here = read(role(), statement(principal={"AWS": ARN}))
    there = read(role(), statement(principal={"AWS": ARN}), Other=user("bob"))
    assert decide(here).allowed
    assert decide(here, there).outcome.value == "indeterminate"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"Roles": [{"Ref": "Partner"}]}, "allow"),
        ({"Roles": [NAME]}, "allow"),
        ({"Roles": ["shop-partner"]}, "?"),
        ({"Roles": [{"Ref": "Stage"}]}, "?"),
        ({"Roles": ["clerk", "other"]}, "implicit_deny"),
        ({"Users": [NAME]}, "implicit_deny"),
    ],
)
def test_a_policy_that_is_attached_by_name(more: dict[str, Any], expected: str) -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    own = resource("Policy", PolicyName="own", PolicyDocument=document, **more)
    found = decide(read(role(), statement(Resource="arn:aws:s3:::b"), Own=own))
    assert found.outcome.value == ("indeterminate" if expected == "?" else expected)
    if expected == "?":
        assert all(name.startswith("what the policy Own, if it is attached to ") for name in found.unknown_values)


def test_a_group_with_a_name_that_is_not_known() -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    group = resource("Group", GroupName=NAME, Policies=[{"PolicyName": "own", "PolicyDocument": document}])
    silent = statement(Resource="arn:aws:s3:::b")
    for groups in ([{"Ref": "Group"}], [NAME]):
        assert outcome(user("ann", Groups=groups), silent, Group=group) == "allow"
    found = decide(read(user("ann", Groups=["shop-partner"]), silent, Group=group))
    assert found.outcome.value == "indeterminate"


def test_what_messages_say() -> None:
    template = read(role(Path="/staff/"), statement(principal={"AWS": arn("shop-partner")}))
    principal = template.callers["Partner"].principal
    assert principal.arn == principal.role_arn == f"arn:aws:iam::{ACCOUNT}:role/staff/<{STACK}>-partner"
    found = decide(template)
    assert found.message == (
        f"Whether {principal.arn} is authorized to perform: execute-api:Invoke on resource: {CALL} depends on {STACK}"
    )
    assert "; it depends on the name of the stack, which has no value" in str(found.explain())
    # The place is that of the name in the template.
    assert principal.name_in_template is not None
    assert f"no value      {STACK} ({principal.name_in_template.place})" in str(found.explain())
    assert principal.name_in_template.place.startswith("<template>:")


def test_copies_decide_alike() -> None:
    template = read(role(), statement(principal={"AWS": ARN}))
    principal = template.callers["Partner"].principal
    for made in (copy.copy(principal), copy.deepcopy(principal), pickle.loads(pickle.dumps(principal))):
        assert made == principal
        assert made.name_in_template == principal.name_in_template
    assert principal != template.callers["Partner"].principal.with_role_path("/other/")


@pytest.mark.parametrize("key", ["aws:PrincipalArn", "aws:username"])
def test_a_context_does_not_give_the_name(key: str) -> None:
    template = read(user(), statement())
    value = "x-partner" if key == "aws:username" else f"arn:aws:iam::{ACCOUNT}:user/x-partner"
    with pytest.raises(RequestError) as error:
        decide(template, context={key: value})
    assert error.value.message == (
        f"the context says {key} is {value}, the caller's name has values that are not known: "
        + ("" if key == "aws:username" else f"arn:aws:iam::{ACCOUNT}:user/")
        + f"<{STACK}>-partner"
    )
    assert error.value.advice == "leave the key out of the context, and give the values as parameters of the template"


@pytest.mark.rule("PRN-4")
def test_an_assumption_about_the_case_of_a_name() -> None:
    found = decide(read(role(), statement(principal={"AWS": arn("shop-PARTNER")})))
    assert (found.outcome.value, {*found.assumed}) == ("implicit_deny", {"PRN-4"})
    found = decide(read(role(), statement(principal={"AWS": arn("shop-CLERK")})))
    assert (found.outcome.value, {*found.assumed}) == ("implicit_deny", set())


@pytest.mark.rule("CND-10")
def test_an_assumption_about_a_condition() -> None:
    condition = {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": [ARN]}}}
    assert decide(read(role(), statement(), statement("Deny", **condition))).assumed == frozenset()


def test_details_are_added() -> None:
    known = read(role(), statement()).callers["Partner"].principal
    tagged = known.with_details(unique_id="AROAEXAMPLEID12345678", tags={"team": "red"}, org_id="o-a1", managing=True)
    assert (tagged.name, tagged.name_in_template) == (known.name, known.name_in_template)
    assert (tagged.unique_id, tagged.tags, tagged.org_id) == ("AROAEXAMPLEID12345678", {"team": "red"}, "o-a1")
    assert tagged.management_account
    assert known.with_details(unique_id=None, tags=None, org_id=None, managing=False) == known
    with pytest.raises(RequestError):
        Principal.parse(f"arn:aws:iam::{ACCOUNT}:role/{known.name}")


def test_a_condition_on_a_key_that_is_not_the_name() -> None:
    of_address = statement(
        Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}, "Null": {"aws:TokenIssueTime": "x"}}
    )
    found = decide(read(user(), of_address, statement(principal={"AWS": ARN})))
    assert (found.outcome.value, found.assumed) == ("allow", frozenset())
    known = decide(read(user(), of_address), context={"aws:SourceIp": "192.0.2.1"})
    assert known.outcome.value == "implicit_deny"
