"""Finds cases that would detect the mutants that survive: requests that a policy and a mutant decide differently."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.document.action_name import INVOKE
from execpolicy.document.model import Statement
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.full.layer_evaluation import evaluate_statement
from execpolicy.engine.layers import Outcome
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.principal import Principal
from execpolicy.testing.case_file.calls import CallCase
from execpolicy.testing.case_file.model import Case, Expectation, Item
from execpolicy.testing.mutation.documents import held_policies
from execpolicy.testing.mutation.kills import KillCandidates
from execpolicy.testing.mutation.mutant import Mutant
from execpolicy.testing.mutation.replaced_policies import ReplacedPolicies
from execpolicy.testing.mutation.request_variations import NUMBERS_OF_CHANGES, TestedRequest, variations
from execpolicy.testing.mutation.versions import StatementVersions
from execpolicy.testing.run.items import run_item

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

#: The maximum number of requests that are tried for a mutant, and of requests that they are variations of.
_TRIED: Final = 3000
_BASES: Final = 60


class Survivor(NamedTuple):
    """A mutant that no case detects: the versions of its statement, and its policies in place of the old ones."""

    mutant: Mutant
    versions: Sequence[StatementVersions]
    replaced: ReplacedPolicies


class MissingCase(NamedTuple):
    """A case that passes, with the mutants that it would detect."""

    case: Case
    detects: tuple[Mutant, ...]


def find_missing_cases(items: Sequence[Item], survivors: Sequence[Survivor], policies: set[int]) -> list[MissingCase]:
    """Cases that detect mutants of one document; nothing for a mutant for which no request was found.

    Args:
        items: the items that use the document.
        survivors: its mutants.
        policies: the ``id`` of each policy that was read from the document.
    """
    bases = list(islice(_bases(items, policies), _BASES))
    found: list[tuple[Case, list[Mutant]]] = []
    for survivor in survivors:
        known = next((detects for case, detects in found if _detects(case, survivor)), None)
        if known is not None:
            known.append(survivor.mutant)
            continue
        case = _case(bases, survivor)
        if case is not None:
            found.append((case, [survivor.mutant]))
    cases = [MissingCase(case, tuple(detects)) for case, detects in found]
    controls = _controls(bases, [each.case for each in cases])
    return [*cases, *(MissingCase(case, ()) for case in controls)]


def _controls(bases: Sequence[tuple[TestedRequest, Item]], cases: Sequence[Case]) -> Iterator[Case]:
    """An allowed request for each policy that allows everything: without one, its mutants would survive."""
    for kind in ("identity", "resource"):
        policy = _allows_everything(kind)
        if not any(policy in held_policies(case) for case in cases):
            continue
        for tested, item in bases:
            case = _as_case(item, *tested, Outcome.ALLOW)
            if policy in held_policies(case) and run_item(case).passed:
                yield case
                break


def _bases(items: Sequence[Item], policies: set[int]) -> Iterator[tuple[TestedRequest, Item]]:
    """The requests of items that use one of the policies; of a call, the request that IAM would decide."""
    found = [(tested, item) for item in items if (tested := _tested(item)) is not None]
    permissive = ((each, item) for tested, item in found for each in _permissive(tested))
    for tested, item in (*found, *permissive):
        held = held_policies(_as_case(item, *tested, Outcome.ALLOW))
        if any(id(policy) in policies for policy in held):
            yield tested, item


def _permissive(tested: TestedRequest) -> Iterator[TestedRequest]:
    """The same request where the other side allows everything: then one policy decides alone."""
    request, target = tested
    yield TestedRequest(request, Target(resource=_allows_everything("resource"), vpc_endpoint=target.vpc_endpoint))
    caller = request.caller
    try:
        open_caller = Caller(caller.principal, identity=_allows_everything("identity"))
        opened = Request(caller=open_caller, action=request.action, resource=request.resource, context=request.context)
    except ExecPolicyError:
        return
    yield TestedRequest(opened, target)


@cache
def _allows_everything(kind: PolicyKindName) -> Policy:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    named = {"Principal": "*"} if kind == "resource" else {}
    return Policy.parse({"Version": "2012-10-17", "Statement": {**statement, **named}}, kind=kind)


def _tested(item: Item) -> TestedRequest | None:
    if isinstance(item, Case):
        if item.request is None or _has_unknown_name(item.request.caller):
            return None
        return TestedRequest(item.request, item.target)
    if not isinstance(item, CallCase) or item.call is None or item.api is None:
        return None
    response = run_item(item).response
    if response is None or not response.arn or "/@connections" in response.arn:
        return None
    caller, endpoint = item.call.caller or Caller(Principal.anonymous()), item.call.vpc_endpoint
    if isinstance(caller, Variants) or isinstance(endpoint, Variants) or _has_unknown_name(caller):
        return None  # a request has one caller
    target = Target(resource=item.api.resource_policy, vpc_endpoint=endpoint)
    try:
        request = Request(caller=caller, action=INVOKE, resource=response.arn, context=item.call.context)
    except ExecPolicyError:
        return None
    return TestedRequest(request, target)


def _has_unknown_name(caller: Caller) -> bool:
    """Whether no case file can name a caller, because a part of the name is not known (SRC-10)."""
    return caller.principal.name_in_template is not None


def _as_case(item: Item, request: Request, target: Target, outcome: Outcome) -> Case:
    expected = Expectation(outcome.value)
    return Case(
        request=request,
        target=target,
        expected=expected,
        name=_name(request, outcome),
        source=item.source,
        span=item.span,
    )


def _name(request: Request, outcome: Outcome) -> str:
    """The request in words, and its outcome."""
    who = request.caller.principal.arn.rpartition(":")[2]
    context = request.context.values
    values = "".join(f", {key} {' and '.join(each)}" if each else f", without {key}" for key, each in context.items())
    where = request.resource.rpartition(":")[2]
    return f"{who} {request.action.rpartition(':')[2]} {where}{values}: {outcome.value}"


def _case(bases: Sequence[tuple[TestedRequest, Item]], survivor: Survivor) -> Case | None:
    """The first case that detects a mutant: few parts of its request differ from one of the bases."""
    return next(
        (
            case
            for tested, item, request in islice(_requests(bases, survivor), _TRIED)
            if (case := _detecting(tested, item, request, survivor)) is not None
        ),
        None,
    )


def _requests(
    bases: Sequence[tuple[TestedRequest, Item]], survivor: Survivor
) -> Iterator[tuple[TestedRequest, Item, Request]]:
    statements: list[Statement] = []
    for each in survivor.versions:
        statements.extend(one.statement for one in (each.old, each.new) if one is not None)
    # A request that the statement applies to is closest to what the change is about.
    nearest = sorted(bases, key=lambda base: not _applies(survivor, base[0].request))
    for changed in NUMBERS_OF_CHANGES:
        for tested, item in nearest:
            for request in variations(tested, statements, changed):
                yield tested, item, request


def _applies(survivor: Survivor, request: Request) -> bool:
    view = request.view()
    return any(evaluate_statement(each.old, view).applies is not False for each in survivor.versions)


def _detecting(tested: TestedRequest, item: Item, request: Request, survivor: Survivor) -> Case | None:
    probe = _as_case(item, request, tested.target, Outcome.ALLOW)
    # A new one: it keeps results by the id of a request, which another request can have later.
    if not KillCandidates().may_fail(probe, survivor.versions):
        return None
    try:
        outcome = authorize(request, tested.target).outcome
    except ExecPolicyError:
        return None
    if outcome is Outcome.INDETERMINATE:
        return None
    case = _as_case(item, request, tested.target, outcome)
    return case if not run_item(survivor.replaced.item(case)).passed else None


def _detects(case: Case, survivor: Survivor) -> bool:
    return KillCandidates().may_fail(case, survivor.versions) and not run_item(survivor.replaced.item(case)).passed
