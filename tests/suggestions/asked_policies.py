"""Requests with policies of every kind that are written as files, over the alphabet of the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from execpolicy import Caller, Policy, Principal, Request, Suggestion, Target
from execpolicy.engine.compile import CompiledStatement
from execpolicy.literals import PolicyKindName
from tests.analysis.caller_pairs import Layers
from tests.suggestions.written_documents import written


def parsed(random: Random, who: Principal, given: Layers) -> tuple[Caller, Target]:
    """The policies as if each was read from a file; each SCP is a level of its own."""

    def policies(kind: PolicyKindName) -> list[Policy]:
        texts = [written(random, each) for each in getattr(given, "scps" if kind == "scp" else kind)]
        return [
            Policy.from_file_text(text, kind=kind, name=f"{kind}-{number}.{ending}")
            for number, (text, ending) in enumerate(texts)
        ]

    boundaries, resources, endpoints = (policies(kind) for kind in ("boundary", "resource", "vpc_endpoint"))
    caller = Caller(
        who,
        identity=policies("identity"),
        boundary=boundaries[0] if boundaries else None,
        session=policies("session"),
        scps=[[each] for each in policies("scp")],
    )
    target = Target(resource=resources[0] if resources else None, vpc_endpoint=endpoints[0] if endpoints else None)
    return caller, target


def read_again(suggestion: Suggestion) -> dict[Policy, Policy]:
    """The changed policies as they are read from the changed texts."""
    texts = dict(suggestion.texts())
    assert texts.keys() == {policy.source for policy in suggestion.policies}
    return {
        policy: Policy.from_file_text(texts[policy.source], kind=policy.kind, name=policy.name)
        for policy in suggestion.policies
        if policy.source is not None
    }


def replaced(caller: Caller, target: Target, changed: Mapping[Policy, Policy]) -> tuple[Caller, Target]:
    """The same caller and target with other policies."""

    def one(policy: Policy | None) -> Policy | None:
        return None if policy is None else changed.get(policy, policy)

    def several(policies: tuple[Policy, ...]) -> list[Policy]:
        return [changed.get(each, each) for each in policies]

    other = Caller(
        caller.principal,
        identity=several(caller.identity),
        boundary=one(caller.boundary),
        session=several(caller.session),
        scps=[several(level) for level in caller.scps],
    )
    other_target = Target(
        resource=one(target.resource),
        vpc_endpoint=one(target.vpc_endpoint),
        rcps=[several(level) for level in target.rcps],
        rcps_cover_execute_api=target.rcps_cover_execute_api,
    )
    return other, other_target


def of(caller: Caller, request: Request) -> Request:
    """The same request of another caller."""
    return Request(caller=caller, action=request.action, resource=request.resource, context=request.context)


def applies(statement: CompiledStatement, request: Request) -> bool:
    """Whether a statement surely applies to a request."""
    view = request.view()
    return all(each.clause.test(view) is True for each in statement.occurrences)
