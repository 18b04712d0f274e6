"""Functions and state machines with their roles, whose policies SAM writes (SRC-3)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.cloudformation.resource import Resource
from execpolicy.loaders.cloudformation.sam.property_names import POLICY_TEMPLATES
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.sam.template_nodes import name_node, put
from execpolicy.loaders.cloudformation.stack import Stack

_BECOMES: Final = {"Function": "AWS::Lambda::Function", "StateMachine": "AWS::StepFunctions::StateMachine"}
_PRINCIPALS: Final = {"Function": "lambda.amazonaws.com", "StateMachine": "states.amazonaws.com"}
#: AWS's policies for the execution of functions: none of them is about execute-api.
_OF_LAMBDA: Final = (
    *("AWSLambdaBasicExecutionRole", "AWSLambdaBasicDurableExecutionRolePolicy", "AWSLambdaVPCAccessExecutionRole"),
    *("AWSLambdaSQSQueueExecutionRole", "AWSLambdaDynamoDBExecutionRole", "AWSLambdaKinesisExecutionRole"),
    *("AWSLambdaMSKExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"),
)
#: Properties of the role under their names in SAM.
_OF_ROLE: Final = {
    "AssumeRolePolicyDocument": "AssumeRolePolicyDocument",
    "PermissionsBoundary": "PermissionsBoundary",
    "RolePath": "Path",
}


def function_resources(stack: Stack, owner: SamResource) -> list[Resource]:
    """A function or state machine, and its role unless it names one."""
    found = owner.properties
    names = [name for name in ("FunctionName", "Name", "Role") if name in found.members]
    properties = JsonObject({name: found.members[name] for name in names}, found.start, found.end)
    made = [owner.generated(_BECOMES[owner.kind], properties)]
    policies = owner.property("Policies").value
    if owner.property("Role").value is None:
        made.append(_role(stack, owner, policies))
    elif policies is not None:
        stack.ignore(policies, f"Policies of {owner.logical_id}, which has a Role")
    return made


def _role(stack: Stack, owner: SamResource, policies: Node | None) -> Resource:
    """The role. The policies that SAM adds itself are about logs, traces and networks, and are left out."""
    name = f"{owner.logical_id}Role"
    role = object_at({"AssumeRolePolicyDocument": _trust(owner)}, owner.properties)
    for source, target in _OF_ROLE.items():
        value = owner.property(source).value
        if value is not None and source in owner.properties.members:
            put(role, target, value, name_node(owner.properties, source))
    managed: list[Node] = []
    inline: list[Node] = []
    for index, policy in enumerate(_policies(policies)):
        if isinstance(policy, Text) and policy.value.rpartition("/")[2] in _OF_LAMBDA:
            stack.ignore(policy, f"the managed policy {policy.value} of {owner.logical_id}")
        elif isinstance(policy, Text):
            managed.append(_managed(stack, policy))
        elif isinstance(policy, JsonObject) and "Statement" in policy.members:
            named = text_at(f"{name}Policy{index}", policy)
            inline.append(object_at({"PolicyName": named, "PolicyDocument": policy}, policy))
        else:
            _list_template(stack, owner, policy)
    at = policies if policies is not None else owner.at
    if managed:
        put(role, "ManagedPolicyArns", list_at(managed, at))
    if inline:
        put(role, "Policies", list_at(inline, at))
    return owner.generated("AWS::IAM::Role", role, name)


def _policies(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.items if isinstance(node, JsonArray) else [node]


def _managed(stack: Stack, policy: Text) -> Text:
    """The ARN of a managed policy, which can be given by its name."""
    if policy.value.startswith("arn:") or not policy.value.replace("/", "").replace("-", "").isalnum():
        return policy
    return text_at(f"arn:{stack.partition}:iam::aws:policy/{policy.value}", policy)


def _list_template(stack: Stack, owner: SamResource, policy: Node) -> None:
    """List a policy template, none of which is about execute-api; anything else is reported."""
    names = [*policy.members] if isinstance(policy, JsonObject) else []
    if len(names) == 1 and names[0] in POLICY_TEMPLATES:
        stack.ignore(policy, f"the policy template {names[0]} of {owner.logical_id}")
        return
    found = quoted(names[0]) if len(names) == 1 else describe(policy)
    message = f"found {found} in Policies, which is no statement, managed policy or policy template"
    advice = did_you_mean(names[0], POLICY_TEMPLATES) if len(names) == 1 else "write a document with Statement"
    stack.problems.report(policy, message, advice)


def _trust(owner: SamResource) -> JsonObject:
    """The trust policy that SAM writes: the service may assume the role."""
    at = owner.at
    statement = object_at(
        {
            "Effect": text_at("Allow", at),
            "Action": list_at([text_at("sts:AssumeRole", at)], at),
            "Principal": object_at({"Service": list_at([text_at(_PRINCIPALS[owner.kind], at)], at)}, at),
        },
        at,
    )
    return object_at({"Version": text_at("2012-10-17", at), "Statement": list_at([statement], at)}, at)
