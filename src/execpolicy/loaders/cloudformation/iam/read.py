"""Reads the callers and policies of a template (SRC-8)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.loaders.cloudformation.iam.attachments import Attachments
from execpolicy.loaders.cloudformation.iam.documents import PolicyDocuments
from execpolicy.loaders.cloudformation.iam.identities import Identities
from execpolicy.loaders.cloudformation.iam.managed_policies import ManagedPolicies
from execpolicy.loaders.cloudformation.iam.properties import (
    GROUP,
    MANAGED_POLICY,
    ORGANIZATIONS_POLICY,
    ROLE,
    USER,
    list_ignored,
)
from execpolicy.loaders.cloudformation.iam.service_control import ServiceControl
from execpolicy.loaders.cloudformation.iam.vpc_endpoints import vpc_endpoint_policies
from execpolicy.loaders.cloudformation.stack import Stack


class CallersAndPolicies(NamedTuple):
    """The callers and policies of a template, by logical id.

    Attributes:
        callers: the users, and a session of each role.
        policies: those that are resources: inline and managed policies, SCPs and RCPs.
        vpc_endpoints: the policies of the VPC endpoints for execute-api.
    """

    callers: Mapping[str, Caller]
    policies: Mapping[str, Policy]
    vpc_endpoints: Mapping[str, Policy]


def read_callers_and_policies(stack: Stack) -> CallersAndPolicies:
    """Read the callers and policies of a template; what is wrong with them is added to the problems of the stack."""
    documents = PolicyDocuments(stack)
    managed = ManagedPolicies(documents)
    attachments = Attachments(documents, managed)
    service_control = ServiceControl(documents)
    callers = dict(Identities(stack, attachments, managed, service_control.levels).callers())
    for group in stack.of_type(GROUP):
        attachments.of_group(group)
    policies = {**attachments.policies, **service_control.policies}
    for resource in stack.of_type(MANAGED_POLICY):
        used_as = managed.used_as.get(resource.logical_id, set())
        kind = PolicyKind.BOUNDARY if used_as == {PolicyKind.BOUNDARY} else PolicyKind.IDENTITY
        policy = managed.document(resource, kind)
        if policy is not None:
            policies[resource.logical_id] = policy
    for resource in stack.of_type(USER, ROLE, MANAGED_POLICY, ORGANIZATIONS_POLICY):
        list_ignored(stack, resource)
    return CallersAndPolicies(callers, policies, dict(vpc_endpoint_policies(documents)))
