"""Each way in which a template attaches a policy to a user or role."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

#: A resource by logical id.
Resources = Mapping[str, Mapping[str, Any]]
#: From a policy document to the resources of a template with the caller ``Caller``.
Way = Callable[[Mapping[str, Any]], Resources]

TRUST = {"Version": "2012-10-17", "Statement": []}
ARN = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/shop/Reads"}


def resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::IAM::{kind}", "Properties": properties}


def role(**properties: object) -> dict[str, Any]:
    return resource("Role", AssumeRolePolicyDocument=TRUST, RoleName="clerk", **properties)


def user(**properties: object) -> dict[str, Any]:
    return resource("User", UserName="ann", **properties)


def inline(document: object) -> list[object]:
    return [{"PolicyName": "reads", "PolicyDocument": document}]


def managed(document: object, **properties: object) -> dict[str, Any]:
    return resource("ManagedPolicy", PolicyDocument=document, **properties)


def named(document: object, **properties: object) -> dict[str, Any]:
    return resource("Policy", PolicyName="reads", PolicyDocument=document, **properties)


ROLE_WAYS: dict[str, Way] = {
    "inline": lambda document: {"Caller": role(Policies=inline(document))},
    "inline, as text": lambda document: {"Caller": role(Policies=inline(json.dumps(document)))},
    "inline, as text of a function": lambda document: {
        "Caller": role(Policies=inline({"Fn::ToJsonString": document})),
    },
    "ManagedPolicyArns with Ref": lambda document: {
        "Caller": role(ManagedPolicyArns=[{"Ref": "Reads"}]),
        "Reads": managed(document),
    },
    "ManagedPolicyArns with an ARN": lambda document: {
        "Caller": role(ManagedPolicyArns=[ARN]),
        "Reads": managed(document, ManagedPolicyName="Reads", Path="/shop/"),
    },
    "Roles of a managed policy": lambda document: {
        "Caller": role(),
        "Reads": managed(document, Roles=[{"Ref": "Caller"}]),
    },
    "Roles of a managed policy by name": lambda document: {
        "Caller": role(),
        "Reads": managed(document, Roles=["clerk", "another"]),
    },
    "Roles of a policy": lambda document: {"Caller": role(), "Reads": named(document, Roles=[{"Ref": "Caller"}])},
    "Roles of a policy by Sub": lambda document: {
        "Caller": resource("Role", AssumeRolePolicyDocument=TRUST),
        "Reads": named(document, Roles=[{"Fn::Sub": "${Caller}"}]),
    },
    "a policy of a role": lambda document: {
        "Caller": role(),
        "Reads": resource("RolePolicy", PolicyName="reads", RoleName={"Ref": "Caller"}, PolicyDocument=document),
    },
}

USER_WAYS: dict[str, Way] = {
    "inline": lambda document: {"Caller": user(Policies=inline(document))},
    "ManagedPolicyArns": lambda document: {
        "Caller": user(ManagedPolicyArns=[{"Ref": "Reads"}]),
        "Reads": managed(document),
    },
    "Users of a policy": lambda document: {"Caller": user(), "Reads": named(document, Users=["ann"])},
    "Users of a managed policy": lambda document: {
        "Caller": user(),
        "Reads": managed(document, Users=[{"Ref": "Caller"}]),
    },
    "a policy of a user": lambda document: {
        "Caller": user(),
        "Reads": resource("UserPolicy", PolicyName="reads", UserName="ann", PolicyDocument=document),
    },
    "inline, of a group": lambda document: {
        "Caller": user(Groups=[{"Ref": "Staff"}]),
        "Staff": resource("Group", Policies=inline(document)),
    },
    "inline, of a group by name": lambda document: {
        "Caller": user(Groups=["staff"]),
        "Staff": resource("Group", GroupName="staff", Policies=inline(document)),
    },
    "ManagedPolicyArns of a group": lambda document: {
        "Caller": user(),
        "Staff": resource("Group", ManagedPolicyArns=[{"Ref": "Reads"}]),
        "Reads": managed(document),
        "Members": resource("UserToGroupAddition", GroupName={"Ref": "Staff"}, Users=[{"Ref": "Caller"}]),
    },
    "Groups of a policy": lambda document: {
        "Caller": user(Groups=[{"Ref": "Staff"}]),
        "Staff": resource("Group"),
        "Reads": named(document, Groups=[{"Ref": "Staff"}]),
    },
    "Groups of a managed policy": lambda document: {
        "Caller": user(Groups=[{"Ref": "Staff"}]),
        "Staff": resource("Group"),
        "Reads": managed(document, Groups=[{"Ref": "Staff"}]),
    },
    "a policy of a group": lambda document: {
        "Caller": user(Groups=[{"Ref": "Staff"}]),
        "Staff": resource("Group"),
        "Reads": resource("GroupPolicy", PolicyName="reads", GroupName={"Ref": "Staff"}, PolicyDocument=document),
    },
}
