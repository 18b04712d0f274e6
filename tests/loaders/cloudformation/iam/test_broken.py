"""What is wrong with the callers and policies of a template is said at its place (SRC-8)."""

from __future__ import annotations

from textwrap import dedent

import pytest

from execpolicy import PolicySyntaxError, Template

pytestmark = pytest.mark.rule("SRC-8")

REFERENCE = "refer to a resource of type AWS::IAM::Role"
BROKEN = {
    "a misspelled property": (
        """
        Caller:
          Type: AWS::IAM::Role
          Properties: {AssumeRolePolicyDocument: {}, ManagedPolicyARNs: [x]}
        """,
        [("4:48", 'found "ManagedPolicyARNs", which is not a field of a role', 'did you mean "ManagedPolicyArns"?')],
    ),
    "a role without a trust policy": (
        """
        Caller:
          Type: AWS::IAM::Role
        """,
        [("3:5", 'found a role without "AssumeRolePolicyDocument"', 'add "AssumeRolePolicyDocument"')],
    ),
    "a reference to another type": (
        """
        Reads:
          Type: AWS::IAM::Policy
          Properties: {PolicyName: r, PolicyDocument: {Statement: []}, Roles: [!Ref Clients]}
        Clients: {Type: AWS::IAM::Group}
        """,
        [
            (
                "4:74",
                "found a reference to Clients of type AWS::IAM::Group, expected the name of a role",
                REFERENCE,
            )
        ],
    ),
    "an ARN as a name": (
        """
        Reads:
          Type: AWS::IAM::RolePolicy
          Properties: {PolicyName: r, PolicyDocument: {Statement: []}, RoleName: !GetAtt Caller.Arn}
        Caller: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
        """,
        [
            (
                "4:76",
                'found the ARN "arn:aws:iam::123456789012:role/Caller", expected the name of a role',
                "write the name, or Ref in place of Fn::GetAtt",
            )
        ],
    ),
    "a name as an ARN": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {ManagedPolicyArns: [ReadOnlyAccess]}
        """,
        [
            (
                "4:38",
                'found "ReadOnlyAccess" as ManagedPolicyArns, expected the ARN of a managed policy',
                "write an ARN, such as arn:aws:iam::aws:policy/ReadOnlyAccess",
            )
        ],
    ),
    "a boundary that is no managed policy": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {PermissionsBoundary: !GetAtt Other.Arn}
        Other: {Type: AWS::IAM::User}
        """,
        [
            (
                "4:39",
                "found a reference to Other, which is AWS::IAM::User, as PermissionsBoundary",
                "refer to a resource of type AWS::IAM::ManagedPolicy",
            )
        ],
    ),
    "one string in place of a list": (
        """
        Reads:
          Type: AWS::IAM::ManagedPolicy
          Properties: {PolicyDocument: {Statement: []}, Users: ann}
        """,
        [("4:58", "found a string as Users, expected a list of names of users", "write a list of names of users")],
    ),
    "a list in a list": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {Groups: [[staff]]}
        """,
        [
            (
                "4:27",
                "found a list as an entry of Groups, expected a string: names of groups",
                "write a string: names of groups",
            )
        ],
    ),
    "a mistake in an inline policy": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties:
            Policies:
              - PolicyName: reads
                PolicyDocument: {Statement: {Effect: Alow, Action: "*", Resource: "*"}}
        """,
        [("7:48", 'found "Alow" as Effect, expected "Allow" or "Deny"', 'did you mean "Allow"?')],
    ),
    "an inline policy without a document": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {Policies: [{PolicyName: reads}]}
        """,
        [("4:29", 'found an inline policy without "PolicyDocument"', 'add "PolicyDocument"')],
    ),
    "a number as a document": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {Policies: [{PolicyName: reads, PolicyDocument: 5}]}
        """,
        [
            (
                "4:65",
                "found the number 5 as PolicyDocument, expected a policy document",
                "write a policy document",
            )
        ],
    ),
    "text that is not JSON": (
        """
        Reads:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument: |
              {"Version": "2012-10-17",
               "Statement": [}
        """,
        [
            (
                "7:24",
                'found "}", expected a value or "]"; the list was opened at <template>:7:23',
                'close the list with "]" first',
            )
        ],
    ),
    "a mistake in JSON text": (
        """
        Reads:
          Type: AWS::IAM::ManagedPolicy
          Properties:
            PolicyDocument: '{"Statement": {"Effect": "Allow", "Action": "*"}}'
        """,
        [("5:38", "found a statement without Resource or NotResource", 'add "Resource"')],
    ),
    "principals in an identity policy, also in a group that nobody is in": (
        """
        Staff:
          Type: AWS::IAM::Group
          Properties:
            Policies:
              - PolicyName: reads
                PolicyDocument: {Statement: {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}}
        """,
        [
            (
                "7:55",
                "found Principal in an identity policy, which cannot have it: "
                "it applies to the identities that it is attached to",
                "remove Principal, or give the kind that the document has",
            )
        ],
    ),
    "an SCP of an unknown type": (
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties: {Name: g, Type: SERVICE_CONTROL_POLICIES, Content: {}, TargetIds: [r-ab12]}
        """,
        [("4:33", 'found "SERVICE_CONTROL_POLICIES" as Type', 'did you mean "SERVICE_CONTROL_POLICY"?')],
    ),
    "an SCP with a wrong target": (
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties:
            Name: guard
            Type: SERVICE_CONTROL_POLICY
            Content: {Version: "2012-10-17", Statement: []}
            TargetIds: [Production, 111122223333]
        """,
        [
            (
                "8:19",
                'found "Production" as a target, expected the id of a root, an OU or an account',
                "write an id such as r-ab12, ou-ab12-11111111 or 111122223333",
            )
        ],
    ),
    "an SCP without Version": (
        """
        Guard:
          Type: AWS::Organizations::Policy
          Properties: {Name: g, Type: SERVICE_CONTROL_POLICY, Content: {Statement: []}}
        """,
        [
            (
                "4:66",
                'found a service control policy without Version, expected "2012-10-17"',
                'add "Version": "2012-10-17"',
            )
        ],
    ),
    "two users with one name": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {UserName: ann}
        Again:
          Type: AWS::IAM::User
          Properties: {UserName: ann}
        """,
        [("7:28", 'found "ann" as the name of a second user', "Ann has this name: give another one")],
    ),
    "a path that is no path": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties: {Path: staff}
        """,
        [
            (
                "4:24",
                'found "staff" as Path, expected a path that begins and ends with a slash',
                "write it as in /staff/",
            )
        ],
    ),
    "a tag without a value, and two that differ in case": (
        """
        Ann:
          Type: AWS::IAM::User
          Properties:
            Tags: [{Key: team}]
        Bob:
          Type: AWS::IAM::User
          Properties:
            Tags: [{Key: team, Value: a}, {Key: Team, Value: b}]
        """,
        [
            ("5:14", 'found a tag without "Value"', 'add "Value"'),
            (
                "9:13",
                "the principal tags 'team' and 'Team' differ only in case",
                "key names are case-insensitive: keep one of them",
            ),
        ],
    ),
    "a VPC endpoint whose policy has no principal": (
        """
        Endpoint:
          Type: AWS::EC2::VPCEndpoint
          Properties:
            ServiceName: com.amazonaws.eu-west-1.execute-api
            PolicyDocument: {Statement: {Effect: Allow, Action: "*", Resource: "*"}}
        """,
        [
            (
                "6:35",
                "found a statement without Principal, which a VPC endpoint policy must have",
                'add "Principal": "*", or name the principals',
            )
        ],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_has_its_place(name: str) -> None:
    template, expected = BROKEN[name]
    text = "Resources:" + dedent(template).replace("\n", "\n  ")
    with pytest.raises(PolicySyntaxError) as caught:
        Template.parse(text)
    found = [(one.place.removeprefix("<template>:"), one.message, one.advice) for one in caught.value.errors]
    assert found == expected
