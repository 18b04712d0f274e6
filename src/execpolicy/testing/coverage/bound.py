"""Which policies an item binds, whether or not a request reaches them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.model import Case, Item

#: What binds policies.
Binding = Item | Caller | Target | Api | Policy

#: A policy, and the ARN of the API that it belongs to, up to its id; empty where that is not one API.
Bound = tuple[Policy, str]


def policies_of(binding: Binding) -> Iterator[Bound]:
    """Every policy that binds a caller, target, API or call, and those of all that an item names.

    What an authorizer's function returns, and the documents that a case file only reads, are nobody's policies.
    """
    match binding:
        case Policy():
            yield binding, ""
        case Caller():
            yield from _free((*binding.identity, binding.boundary, *binding.session, *_flat(binding.scps)))
        case Target():
            yield from _free((binding.resource, *_flat(binding.rcps), binding.vpc_endpoint))
        case Api():
            yield from ((policy, home_of(binding)) for policy in (binding.resource_policy,) if policy is not None)
            yield from _free(domain.policy for domain in binding.domains)
        case Case() | CallCase() | SequenceCase():
            for party in _parties(binding):
                yield from policies_of(party)


def _parties(item: Case | CallCase | SequenceCase) -> Iterator[Binding]:
    """Whom and what an item names. One that expects an error may lack them."""
    match item:
        case Case():
            yield from (() if item.request is None else (item.request.caller,))
            yield item.target
        case CallCase():
            yield from (() if item.api is None else (item.api,))
            if item.call is not None:
                yield from (each for each in (item.call.caller, item.call.vpc_endpoint) if each is not None)
        case SequenceCase():
            yield from item.calls


def home_of(api: Api) -> str:
    """The ARN of an API, up to its id."""
    return f"arn:{api.partition}:execute-api:{api.region}:{api.account}:{api.id}"


def _free(policies: Iterable[Policy | None]) -> Iterator[Bound]:
    return ((policy, "") for policy in policies if policy is not None)


def _flat(levels: Iterable[Iterable[Policy]]) -> Iterator[Policy]:
    return (policy for level in levels for policy in level)
