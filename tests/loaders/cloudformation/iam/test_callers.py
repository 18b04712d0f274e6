"""Who the callers of a template are, and which policies besides those of their identity apply to them (SRC-8)."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

import pytest

from execpolicy import Caller, Decision, Request, Template, UsageError, authorize
from tests.refused import refused

pytestmark = pytest.mark.rule("SRC-8")

ARN = "arn:aws:execute-api:us-east-1:123456789012:a1b2c3/prod/GET/orders"
EVERYTHING = '{Version: "2012-10-17", Statement: {Effect: Allow, Action: "*", Resource: "*"}}'


def read(
    resources: str,
    *,
    before: str = "",
    parameters: dict[str, str] | None = None,
    account: str | None = None,
    region: str | None = None,
) -> Template:
    """A template with resources, after other sections."""
    text = f"{dedent(before)}\nResources:" + dedent(resources).replace("\n", "\n  ")
    return Template.parse(text, parameters=parameters, account=account, region=region)


def decision(caller: Caller, resource: str = ARN) -> Decision:
    return authorize(Request(caller=caller, action="execute-api:Invoke", resource=resource))


ROLE = """
    Clerk:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
"""
USER = """
    Ann:
      Type: AWS::IAM::User
      Properties:
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"]
"""


@pytest.mark.rule("PRN-7")
@pytest.mark.parametrize(
    ("more", "options", "arn"),
    [
        ("", {}, "arn:aws:iam::123456789012:role/Clerk"),
        ("RoleName: clerk-of-shop", {}, "arn:aws:iam::123456789012:role/clerk-of-shop"),
        ("Path: /staff/", {"account": "111122223333"}, "arn:aws:iam::111122223333:role/staff/Clerk"),
        ("Path: /staff/", {"region": "cn-north-1"}, "arn:aws-cn:iam::123456789012:role/staff/Clerk"),
    ],
)
def test_a_role_is_called_by_a_session_without_a_known_name(more: str, options: dict[str, Any], arn: str) -> None:
    (role,) = read(f"{ROLE}        {more}\n", **options).callers.values()
    assert (role.principal.kind, role.principal.arn, role.principal.session_name) == ("role", arn, None)


def test_a_user_has_name_and_path() -> None:
    (user,) = read(f"{USER}        UserName: ann\n        Path: /staff/\n").callers.values()
    assert user.principal.arn == "arn:aws:iam::123456789012:user/staff/ann"


def test_the_arn_of_a_role_is_that_of_its_attribute() -> None:
    template = read(f"""
    {ROLE}
        RoleName: clerk
        Path: /staff/
    Limit:
      Type: AWS::IAM::Policy
      Properties:
        PolicyName: limit
        Roles: [!Ref Clerk]
        PolicyDocument:
          Version: "2012-10-17"
          Statement:
            Effect: Deny
            Action: execute-api:*
            Resource: "*"
            Condition: {{ArnEquals: {{"aws:PrincipalArn": !GetAtt Clerk.Arn}}}}
    """)
    assert decision(template.callers["Clerk"]).outcome.value == "explicit_deny"


def test_tags_are_principal_tags() -> None:
    (user,) = read(f"{USER}        Tags: [{{Key: team, Value: red}}, {{Key: level, Value: 5}}]\n").callers.values()
    assert user.principal.tags == {"team": "red", "level": "5"}
    (user,) = read(USER).callers.values()
    assert user.principal.tags is None


@pytest.mark.rule("KEY-3")
def test_a_tag_whose_name_is_not_known_may_be_any_other() -> None:
    template = read(
        f"""
    {USER}
        Tags: [{{Key: !Sub "x-${{Team}}", Value: red}}, {{Key: level, Value: high}}]
    """,
        before="Parameters: {Team: {Type: String}}",
    )
    user = template.callers["Ann"]
    values = Request(caller=user, action="execute-api:Invoke", resource=ARN).values
    assert [values(f"aws:principaltag/{name}") for name in ("level", "x-team", "x-", "y")] == [
        ("high",),
        None,
        None,
        (),
    ]


@pytest.mark.rule("KEY-3")
def test_a_tag_whose_value_is_not_known_is_unknown() -> None:
    template = read(
        f"""
    {USER}
        Tags: [{{Key: team, Value: !Ref Team}}, {{Key: level, Value: high}}]
        Policies:
          - PolicyName: own
            PolicyDocument:
              Version: "2012-10-17"
              Statement:
                Effect: Deny
                Action: "*"
                Resource: "*"
                Condition: {{StringEquals: {{"aws:PrincipalTag/team": red}}}}
    """,
        before="Parameters: {Team: {Type: String}}",
    )
    user = template.callers["Ann"]
    assert user.principal.tags == {"team": None, "level": "high"}
    found = decision(user)
    assert (found.outcome.value, found.missing_keys) == ("indeterminate", frozenset({"aws:PrincipalTag/team"}))


def test_a_caller_that_depends_on_a_condition_needs_the_parameter() -> None:
    before = """
    Parameters: {Stage: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    """
    text = f"""
    {ROLE}
    Limit:
      Type: AWS::IAM::Policy
      Condition: IsProd
      Properties:
        PolicyName: limit
        Roles: [!Ref Clerk]
        PolicyDocument: {{Version: "2012-10-17", Statement: {{Effect: Deny, Action: "*", Resource: "*"}}}}
    """
    said = refused(UsageError, lambda: read(text, before=before).callers["Clerk"])
    assert said.message == "the caller Clerk depends on the parameter Stage, which is not known"
    assert not decision(read(text, before=before, parameters={"Stage": "prod"}).callers["Clerk"]).allowed
    assert decision(read(text, before=before, parameters={"Stage": "test"}).callers["Clerk"]).allowed


def test_two_values_of_one_policy_are_two_callers() -> None:
    before = """
    Parameters: {Stage: {Type: String}}
    Conditions: {IsProd: !Equals [!Ref Stage, prod]}
    """
    text = f"""
    {ROLE}
        Policies:
          - PolicyName: own
            PolicyDocument:
              Statement: {{Effect: Deny, Action: !If [IsProd, "execute-api:*", "s3:*"], Resource: "*"}}
    """
    assert refused(UsageError, lambda: read(text, before=before).callers["Clerk"]).message.endswith("is not known")


def test_a_policy_attached_to_another_role_is_listed() -> None:
    template = read(f"""
    {ROLE}
    Limit:
      Type: AWS::IAM::Policy
      Properties: {{PolicyName: limit, Roles: [Clerk], PolicyDocument: {EVERYTHING}}}
    """)
    assert len(template.callers["Clerk"].identity) == 1, "the role has a name that CloudFormation makes"
    assert [(each.what, each.place) for each in template.ignored] == [
        ("the attachment of Limit to the role Clerk, which the template does not have", "<template>:12:45"),
        ("a trust policy: it decides who can take the role, not what its sessions may do", "<template>:7:33"),
    ]
    assert template.policies["Limit"].kind.value == "identity"


def test_a_name_that_a_resource_of_another_type_has_too() -> None:
    template = read(f"""
    Clients:
      Type: AWS::IAM::Group
      Properties: {{GroupName: clerk}}
    {ROLE}
        RoleName: clerk
    Limit:
      Type: AWS::IAM::Policy
      Properties:
        PolicyName: limit
        Roles: [!Ref Clerk]
        Groups: [!Ref Clients]
        PolicyDocument: {EVERYTHING}
    """)
    assert len(template.callers["Clerk"].identity) == 2


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("AdministratorAccess", "allow"),
        ("PowerUserAccess", "allow"),
        ("AmazonAPIGatewayInvokeFullAccess", "allow"),
        ("AmazonAPIGatewayAdministrator", "implicit_deny"),
        ("service-role/AWSLambdaBasicExecutionRole", "implicit_deny"),
    ],
)
def test_what_policies_of_aws_allow(name: str, outcome: str) -> None:
    for region, partition in (("us-east-1", "aws"), ("cn-north-1", "aws-cn")):
        template = read(
            f"""
    Ann:
      Type: AWS::IAM::User
      Properties: {{ManagedPolicyArns: [!Sub "arn:${{AWS::Partition}}:iam::aws:policy/{name}"]}}
    """,
            region=region,
        )
        resource = f"arn:{partition}:execute-api:{region}:123456789012:a1b2c3/prod/GET/orders"
        assert decision(template.callers["Ann"], resource).outcome.value == outcome


def test_a_policy_of_aws_as_a_boundary_limits() -> None:
    template = read(f"""
    {USER}
        PermissionsBoundary: arn:aws:iam::aws:policy/AmazonAPIGatewayAdministrator
    """)
    found = decision(template.callers["Ann"])
    assert (found.outcome.value, [layer.value for layer in found.blocked_by]) == ("implicit_deny", ["boundary"])


SCP = """
    Guard:
      Type: AWS::Organizations::Policy
      Properties:
        Name: guard
        Type: SERVICE_CONTROL_POLICY
        TargetIds: {targets}
        Content: {content}
"""
DENY_POST = '{Version: "2012-10-17", Statement: {Effect: Deny, Action: "*", Resource: "*/POST/*"}}'
ALLOW_S3 = '{Version: "2012-10-17", Statement: {Effect: Allow, Action: "s3:*", Resource: "*"}}'


@pytest.mark.rule("EVL-2")
@pytest.mark.parametrize(
    ("targets", "options", "levels"),
    [
        ("[r-ab12]", {}, 1),
        ("[123456789012, r-ab12, ou-ab12-11111111]", {}, 3),
        ("[!Ref AWS::AccountId]", {}, 1),
        ("[999999999999]", {}, 1),
        ("[999999999999]", {"account": "111122223333"}, 0),
        ("[111122223333]", {"account": "111122223333"}, 1),
        ("[!ImportValue Production]", {"account": "111122223333"}, 1),
        ("[]", {}, 0),
    ],
)
def test_the_targets_of_an_scp_are_its_levels(targets: str, options: dict[str, Any], levels: int) -> None:
    template = read(USER + SCP.format(targets=targets, content=ALLOW_S3), **options)
    (ann,) = template.callers.values()
    assert len(ann.scps) == levels
    resource = ARN.replace("123456789012", options.get("account", "123456789012"))
    assert decision(ann, resource).allowed == (levels == 0), "an allow list replaces FullAWSAccess"
    assert template.policies["Guard"].kind.value == "scp"


def test_levels_are_in_order() -> None:
    template = read(USER + SCP.format(targets="[123456789012, ou-ab12-11111111, r-ab12]", content=DENY_POST))
    (ann,) = template.callers.values()
    assert [level[0].statements[0].start for level in ann.scps] == sorted(
        (level[0].statements[0].start for level in ann.scps), reverse=True
    )


def test_beside_an_scp_that_only_denies_is_full_access() -> None:
    (ann,) = read(USER + SCP.format(targets="[r-ab12]", content=DENY_POST)).callers.values()
    assert decision(ann).allowed
    found = decision(ann, ARN.replace("GET", "POST"))
    assert found.outcome.value == "explicit_deny"


@pytest.mark.rule("EVL-3")
def test_an_rcp_is_read_and_listed() -> None:
    content = '{Version: "2012-10-17", Statement: {Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*"}}'
    text = SCP.format(targets="[r-ab12]", content=content).replace("SERVICE", "RESOURCE")
    template = read(USER + text)
    assert template.policies["Guard"].kind.value == "rcp"
    assert [each.what for each in template.ignored] == [
        "the targets of Guard, because RCPs do not apply to execute-api"
    ]
    assert template.callers["Ann"].scps == ()


def test_other_policies_of_organizations_are_listed() -> None:
    text = SCP.format(targets="[r-ab12]", content="{tags: {}}").replace("SERVICE_CONTROL_POLICY", "TAG_POLICY")
    template = read(USER + text)
    assert (list(template.policies), [each.what for each in template.ignored]) == (
        [],
        ["a policy of the type TAG_POLICY"],
    )


ENDPOINT = """
    Endpoint:
      Type: AWS::EC2::VPCEndpoint
      Properties:
        VpcId: vpc-1234
        PrivateDnsEnabled: true
        VpcEndpointType: Interface
"""


@pytest.mark.rule("EVL-7")
@pytest.mark.parametrize(
    ("service", "is_read"),
    [
        ("com.amazonaws.us-east-1.execute-api", True),
        ("!Sub com.amazonaws.${AWS::Region}.execute-api", True),
        ("cn.com.amazonaws.cn-north-1.execute-api", True),
        ("!Ref Service", True),
        ("!Sub 'com.amazonaws.us-east-1.${Service}'", True),
        ("!Sub 'com.amazonaws.${Service}.s3'", False),
        ("com.amazonaws.us-east-1.s3", False),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-1234", False),
    ],
)
def test_the_policy_of_an_endpoint_for_execute_api(service: str, is_read: bool) -> None:
    template = read(f"{ENDPOINT}        ServiceName: {service}\n", before="Parameters: {Service: {Type: String}}")
    assert list(template.vpc_endpoints) == (["Endpoint"] if is_read else [])
    listed = [
        f"{name} of the AWS::EC2::VPCEndpoint Endpoint" for name in ("VpcEndpointType", "PrivateDnsEnabled", "VpcId")
    ]
    assert [each.what for each in template.ignored] == (
        listed if is_read else ["the VPC endpoint Endpoint, which is not one of execute-api"]
    )


@pytest.mark.rule("SRC-2")
def test_what_only_parts_that_are_not_read_use_is_not_unknown() -> None:
    endpoint = ENDPOINT.replace("VpcId: vpc-1234", "VpcId: !Ref Vpc\n        SecurityGroupIds: [!ImportValue Group]")
    role = """
    Partner:
      Type: AWS::IAM::Role
      Properties:
        AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}
        Description: !ImportValue Words
        MaxSessionDuration: !Ref Vpc
    """
    text = f"{endpoint}        ServiceName: com.amazonaws.us-east-1.execute-api\n{role}"
    template = read(text, before="Parameters: {Vpc: {Type: String}}")
    assert template.unknowns == ()
    listed = [each.what for each in template.ignored]
    assert "SecurityGroupIds of the AWS::EC2::VPCEndpoint Endpoint" in listed
    assert "MaxSessionDuration of the AWS::IAM::Role Partner" in listed


def test_the_default_policy_of_an_endpoint_allows_everything() -> None:
    text = f"{ENDPOINT}        ServiceName: com.amazonaws.us-east-1.execute-api\n"
    policy = read(text).vpc_endpoints["Endpoint"]
    assert policy.to_document()["Statement"] == [
        {"Effect": "Allow", "Principal": "*", "Action": ["*"], "Resource": "*"}
    ]
    own = """        PolicyDocument: {Statement: {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}}\n"""
    policy = read(text + own).vpc_endpoints["Endpoint"]
    assert policy.place(policy.statements[0]) == "<template>:10:35"
