"""Finds the policies of callers, targets, APIs and items, whether or not a request reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import values_of
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.model import Case, Item

#: What has policies.
PolicyOwner = Item | Caller | Target | Api | Policy

#: A policy, and the ARN of the API that it is attached to, up to its id; empty if it is not attached to one API.
OwnedPolicy = tuple[Policy, str]


def policies_of(owner: PolicyOwner) -> Iterator[OwnedPolicy]:
    """All policies of a caller, target, API or item.

    The output of an authorizer and the documents that a case file tests are not among them.
    """
    match owner:
        case Policy():
            yield owner, ""
        case Caller() | Target():
            yield from _free(owner.policies)
        case Api():
            for api in owner.variants:
                yield from ((policy, api_arn_of(api)) for policy in (api.resource_policy,) if policy is not None)
                yield from _free(domain.policy for domain in api.domains)
        case Case() | CallCase() | SequenceCase():
            for part in _owners_in(owner):
                yield from policies_of(part)


def _owners_in(item: Case | CallCase | SequenceCase) -> Iterator[PolicyOwner]:
    """The callers, targets, APIs and policies of an item. An item that expects an error can lack them."""
    match item:
        case Case():
            yield from (() if item.request is None else (item.request.caller,))
            yield item.target
        case CallCase():
            yield from (() if item.api is None else (item.api,))
            if item.call is not None:
                yield from values_of(item.call.caller)
                yield from values_of(item.call.vpc_endpoint)
        case SequenceCase():
            yield from item.calls


def api_arn_of(api: ApiDefinition) -> str:
    """The ARN of an API, up to its id."""
    return f"arn:{api.partition}:execute-api:{api.region}:{api.account}:{api.id}"


def _free(policies: Iterable[Policy | None]) -> Iterator[OwnedPolicy]:
    return ((policy, "") for policy in policies if policy is not None)
