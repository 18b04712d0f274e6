"""Suggests changes of policies with which a denied request or a refused call gets through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from execpolicy.analysis.budget import budget_of
from execpolicy.arguments import described
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Outcome
from execpolicy.errors import ExecPolicyError, Source, UsageError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.suggestions.candidate import ChangeKind
from execpolicy.suggestions.instead import NOTHING_FOUND, instead_of_edits, why_no_policy, why_not_enough
from execpolicy.suggestions.order import in_order
from execpolicy.suggestions.plans import combinations
from execpolicy.suggestions.proving import EQUAL_OUTSIDE, NotProven, ProvenChange, Prover
from execpolicy.suggestions.refused import RefusedCall, RefusedRequest
from execpolicy.suggestions.suggestion import Suggestion, SuggestionResult
from execpolicy.suggestions.wanted import PRINCIPAL_ARN
from execpolicy.suggestions.written_change import NotWritten
from execpolicy.suggestions.written_values import as_json

if TYPE_CHECKING:
    from execpolicy.document.policy import Policy
    from execpolicy.linter.finding import Edit
    from execpolicy.suggestions.candidate import Candidate

#: At most so many suggestions are given, and so many are compared with each other.
MAX_SUGGESTIONS: Final = 5
_MOST_COMPARED: Final = 8
#: A call that passes one gate with the changes may be refused by the policies of so many others.
_MOST_GATES: Final = 3


def suggest(answer: Decision | GatewayResponse, *, budget: int | None = None) -> tuple[Suggestion, ...]:
    """Suggest changes of policies with which a denied request, or a refused call, gets through.

    Each suggestion is the smallest of its kind: a new statement, a value more in a list, a wider condition, the request
    excluded from a Deny; several layers that refuse need one each. It says what it opens, and it is proven that it
    opens nothing else, whatever other policies there are. Nothing is written to a file.

    Args:
        answer: the decision on a request, or the response to a call.
        budget: the number of steps of each proof; a change that it is not enough for is not suggested.

    Returns:
        At most five suggestions, those that open the least first. None for what is allowed or not known, for a call
        that no policy refuses, and where no change of the given policies is enough.

    Raises:
        UsageError: ``answer`` is neither a decision nor a response.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html

    >>> from execpolicy import Caller, Policy, Request, authorize, suggest
    >>> prod = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod"
    >>> reads = Policy.parse({"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": f"{prod}/GET/pets"}}, kind="identity", name="reads")
    >>> decision = authorize(Request(caller=Caller("arn:aws:iam::111122223333:user/Ann", identity=reads),
    ...     action="execute-api:Invoke", resource=f"{prod}/GET/dogs"))
    >>> [each.changes[0].kind.value for each in suggest(decision)]
    ['added_value', 'new_statement']
    """
    return suggested_changes(answer, budget=budget).suggestions


def suggested_changes(
    answer: Decision | GatewayResponse, *, budget: int | None = None, stand_ins: Sequence[str] = ()
) -> SuggestionResult:
    """As ``suggest``, with what must change instead where no edit of the given policies is enough.

    Args:
        answer: as for ``suggest``.
        budget: as for ``suggest``.
        stand_ins: texts in the request that only stand for what is not known, such as the id of an API that AWS gives:
            they are written into no policy.
    """
    if not isinstance(answer, (Decision, GatewayResponse)):
        raise UsageError(
            f"suggest takes a Decision or a GatewayResponse, found {described(answer)}",
            advice="as authorize and Api.invoke return them",
        )
    budget_of(budget)
    if answer.outcome in (Outcome.ALLOW, CallOutcome.ALLOWED):
        return SuggestionResult(instead=("it is allowed",))
    if answer.outcome in (Outcome.INDETERMINATE, CallOutcome.INDETERMINATE):
        return SuggestionResult(instead=("it is not known whether it is allowed: decide that first",))
    refused = _refused(answer, stand_ins)
    if isinstance(refused, str):
        return SuggestionResult(instead=(refused,))
    return _Search(refused, budget).changes()


def _refused(answer: Decision | GatewayResponse, stand_ins: Sequence[str]) -> RefusedRequest | str:
    """What policies refuse; or why no change of them can help."""
    if isinstance(answer, Decision):
        return RefusedRequest(answer, stand_ins)
    if answer.decision is None:
        return why_no_policy(answer)
    refused = RefusedCall(answer, stand_ins)
    if not refused.can_be_repeated:
        return "the API has parts that are not known, and the call cannot be simulated with other policies"
    return refused


class _Search:
    """One search for suggestions.

    Args:
        refused: the request or the call that is refused.
        budget: the steps of each proof.
    """

    def __init__(self, refused: RefusedRequest, budget: int | None) -> None:
        self._refused = refused
        self._prover = Prover(refused.policies(), budget)
        #: Why changes are not suggested, in the order in which that was found.
        self._reasons: dict[str, None] = {}

    def changes(self) -> SuggestionResult:
        """The suggestions in their order; or what must change instead."""
        refused = self._refused
        found: list[Suggestion] = []
        for each in self._found(refused, {}, ()):
            if not any(each.changes == other.changes for other in found):
                found.append(each)
            if len(found) == _MOST_COMPARED:
                break
        caller = refused.wanted(None).values(PRINCIPAL_ARN)
        best = in_order(found, "".join(caller[:1]))[:MAX_SUGGESTIONS]
        instead = () if best else (*instead_of_edits(refused), *self._reasons) or (NOTHING_FOUND,)
        return SuggestionResult(tuple(best), instead)

    def _found(
        self, refused: RefusedRequest, before: Mapping[Policy, Policy], chosen: tuple[Candidate, ...]
    ) -> Iterator[Suggestion]:
        """The suggestions for a request; ``before`` has the changes of gates that it passes with them."""
        for more in combinations(refused.decision.evaluation, refused.wanted):
            candidates = (*chosen, *more)
            if self._writes_stand_in(more, refused.stand_ins):
                continue
            if any(each.policy in before.values() for each in more):
                continue  # a policy that was changed for another gate already
            changed = self._written(candidates)
            if changed is None:
                continue
            try:
                answer = refused.again(changed)
            except ExecPolicyError as error:
                self._reasons[f"the call cannot be simulated with a change: {error.message}"] = None
                continue
            if answer.allowed:
                yield from self._proven(candidates, answer)
            elif isinstance(answer, GatewayResponse) and answer.decision is not None and len(before) < _MOST_GATES:
                yield from self._at_next_gate(refused, answer, changed, candidates)
            elif reason := why_not_enough(answer):
                self._reasons[reason] = None

    def _writes_stand_in(self, candidates: Sequence[Candidate], stand_ins: Sequence[str]) -> bool:
        """Whether changes would write what only stands for something else."""
        for each in candidates:
            written = as_json(each.change.values)
            found = next((text for text in stand_ins if text in written), None)
            if found is not None:
                reason = f"a change of {each.policy.name} would write {found}, which is only a placeholder"
                self._reasons[f"{reason}: give the real one where the file is read"] = None
                return True
        return False

    def _at_next_gate(
        self,
        refused: RefusedRequest,
        answer: GatewayResponse,
        changed: Mapping[Policy, Policy],
        candidates: tuple[Candidate, ...],
    ) -> Iterator[Suggestion]:
        """The suggestions for a call that passes a gate with some changes, and is refused by policies of another."""
        assert isinstance(refused, RefusedCall), "a call has a response"
        following = RefusedCall(answer, refused.stand_ins, refused)
        same = set(following.decision.evaluation.layers) == set(refused.decision.evaluation.layers)
        if not same and following.can_be_repeated:
            yield from self._found(following, changed, candidates)

    def _written(self, candidates: Sequence[Candidate]) -> Mapping[Policy, Policy] | None:
        """The policies that are changed, each with the one after it; None if a text cannot be changed so."""
        changed = {}
        for each in _by_policy(candidates):
            found = self._prover.written(each)
            if isinstance(found, NotWritten):
                new = next((change for change in each if change.kind is ChangeKind.NEW_STATEMENT), None)
                by_hand = f"; by hand, add the statement {as_json(new.change.values[0])}" if new is not None else ""
                self._reasons[f"{found.reason}{by_hand if found.can_be_by_hand else ''}"] = None
                return None
            changed[each[0].policy] = found.policy
        return changed

    def _proven(self, candidates: Sequence[Candidate], answer: Decision | GatewayResponse) -> Iterator[Suggestion]:
        proven: list[ProvenChange] = []
        for each in _by_policy(candidates):
            found = self._prover.proven(each)
            if isinstance(found, NotProven):
                self._reasons[found.reason] = None
                return
            proven.append(found)
        edits: dict[Source, list[Edit]] = {}
        for change in proven:
            if change.before.source is not None:
                edits.setdefault(change.before.source, []).extend(change.written.edits)
        yield Suggestion(
            (each for change in proven for each in change.changes),
            {change.before: change.written.policy for change in proven},
            edits,
            proven[0].outside if len(proven) == 1 else EQUAL_OUTSIDE,
            answer,
        )


def _by_policy(candidates: Sequence[Candidate]) -> list[tuple[Candidate, ...]]:
    """The candidates of each policy."""
    found: dict[Policy, list[Candidate]] = {}
    for each in candidates:
        found.setdefault(each.policy, []).append(each)
    return [tuple(group) for group in found.values()]
