"""Values and conditions without which a policy decides all requests in the same way, with the proof (ANA-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.box import intersection
from execpolicy.analysis.budget import Budget, BudgetExceededError
from execpolicy.analysis.judged_policy import JudgedPolicy, judged_policies
from execpolicy.analysis.policy_parts import PolicyPart, PolicyPartKind, conditions_of, values_of
from execpolicy.analysis.unused import StatementFinding, UnusedKind, unused_in
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledStatement, compile_statement

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.document.model import Statement
    from execpolicy.document.policy import Policy

#: The steps that a policy may take.
STEPS = 400_000
#: Comparing a list with the same one without a value takes so many steps for each of its values.
_STEPS_OF_VALUE = 40


class PartFindingKind(StrEnum):
    """What is proven about a part of a statement."""

    #: The policy decides every request in the same way without it.
    REDUNDANT = "redundant"
    #: A condition that no request fulfils.
    IMPOSSIBLE = "impossible"
    #: A condition that the requests fulfil which have its key, and no others.
    PRESENT = "present"
    #: A condition that the requests fulfil which do not have its key, and no others.
    ABSENT = "absent"


#: The values of Null that ask whether a key is there, and whether it is not.
_NULLS = {"false": PartFindingKind.PRESENT, "true": PartFindingKind.ABSENT}


class PartFinding(NamedTuple):
    """A part of a statement about which something is proven.

    Attributes:
        kind: what is proven.
        part: the part.
        covering: the other values of its list, or the condition of its statement, that have its effect by themselves.
        statements: the statements because of which it has no effect.
    """

    kind: PartFindingKind
    part: PolicyPart
    covering: tuple[PolicyPart, ...] = ()
    statements: tuple[Statement, ...] = ()


class PolicyFindings(NamedTuple):
    """What is proven about the statements of a policy and about their parts."""

    statements: tuple[StatementFinding, ...] = ()
    parts: tuple[PartFinding, ...] = ()


def unused_in_policy(policy: Policy, steps: int = STEPS) -> PolicyFindings:
    """What can be left out of a policy, each judged with all others in place.

    The parts of a statement that can be left out as a whole are not judged. What the steps are not enough for is not
    found.
    """
    if len({each.number for each in policy.statements}) < len(policy.statements):
        return PolicyFindings()  # a statement whose effect is not known stands twice, and covers nothing
    budget = Budget(steps)
    changes = _Changes(policy)
    statements: tuple[StatementFinding, ...] = ()
    found: list[PartFinding] = []
    try:
        judging = judged_policies(policy, budget, changes.first())
        statements = unused_in(policy, judging)
        unused = {each.statement.number: each.kind for each in statements}
        parts = _Parts(policy, judging, changes)
        for each in changes.conditions:
            if unused.get(each.statement.number) is UnusedKind.CONTRADICTORY:
                found.extend(parts.impossible(each))
        candidates = [each for each in (*changes.conditions, *changes.values) if each.statement.number not in unused]
        candidates = [each for each in candidates if parts.may_be_redundant(each)]
        candidates = _within(budget, candidates)
        if not candidates:
            return PolicyFindings(statements, tuple(found))
        parts = _Parts(policy, judged_policies(policy, budget, changes.second(candidates)), changes)
        for each in candidates:
            found.extend(parts.redundant(each, found))
    except BudgetExceededError:
        pass  # what was found is proven
    return PolicyFindings(statements, tuple(found))


def _within(budget: Budget, candidates: Iterable[PolicyPart]) -> list[PolicyPart]:
    """The first of some parts, as many as half of the steps that are left are enough to tell apart."""
    most, kept = budget.left // 2, []
    for each in candidates:
        most -= _STEPS_OF_VALUE * len(each.values)
        if most < 0:
            break
        kept.append(each)
    budget.take("comparing the values of a policy", sum(_STEPS_OF_VALUE * len(each.values) for each in kept))
    return kept


class _Changes:
    """The statements of a policy and the same ones without each of their parts, as clauses."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._table = ClauseTable()
        self.values = [part for each in policy.statements for part in values_of(each)]
        self.conditions = [part for each in policy.statements for part in conditions_of(each)]
        self._alone: dict[tuple[object, ...], CompiledStatement] = {}

    def statement(self, changed: Statement) -> CompiledStatement:
        return compile_statement(self._policy, changed, self._table)

    def alone(self, part: PolicyPart) -> CompiledStatement:
        """The statement with a value as the only one of its list."""
        key = (part.kind, part.statement.number, id(part.condition), part.at)
        if key not in self._alone:
            self._alone[key] = self.statement(part.alone())
        return self._alone[key]

    def clause(self, part: PolicyPart) -> CompiledStatement:
        """The clause that has a part, as a statement of its own."""
        whole = self.statement(part.statement)
        return whole._replace(occurrences=(whole.occurrences[part.clause_index],))

    def first(self) -> Iterator[CompiledStatement]:
        """What is compared with the statements of the policy to find what may be left out."""
        for each in self.values:
            yield self.alone(each)

    def second(self, candidates: Iterable[PolicyPart]) -> Iterator[CompiledStatement]:
        """What is compared with them to prove what can be left out."""
        yield from self.first()
        for each in candidates:
            yield self.statement(each.left_out())
            if each.kind is PolicyPartKind.CONDITION:
                yield from (self.statement(each.as_null(value)) for value in _NULLS)


class _Parts:
    """Judges the parts of the statements of a policy."""

    def __init__(self, policy: Policy, judging: Sequence[JudgedPolicy], changes: _Changes) -> None:
        self._policy = policy
        self._judging = judging
        self._changes = changes

    def impossible(self, part: PolicyPart) -> Iterator[PartFinding]:
        """A condition of a statement that applies to no request, if no request fulfils it."""
        clause = self._changes.clause(part)
        if all(each.is_empty(each.boxed(clause)) for each in self._judging):
            yield PartFinding(PartFindingKind.IMPOSSIBLE, part)

    def may_be_redundant(self, part: PolicyPart) -> bool:
        """Whether a part may be left out, as its values by themselves show: this is proven later."""
        if part.condition is not None and (part.kind is PolicyPartKind.CONDITION or part.condition.operator.quantifier):
            return True
        return all(_may_be_left_out(each, part, self._changes) for each in self._judging)

    def redundant(self, part: PolicyPart, before: Sequence[PartFinding]) -> Iterator[PartFinding]:
        """A part that can be left out, or that is written in a simpler way; no value of a condition found before."""
        if part.kind is PolicyPartKind.CONDITION:
            found = self._redundant(part) or self._null(part)
        else:
            conditions = (each.part.condition for each in before if each.part.kind is PolicyPartKind.CONDITION)
            found = None if any(part.condition is each for each in conditions) else self._redundant(part)
        if found is not None:
            yield found

    def _redundant(self, part: PolicyPart) -> PartFinding | None:
        changed = self._changes.statement(part.left_out())
        numbers: set[int] = set()
        for judging in self._judging:
            covers = _covers(judging, part.statement.number, changed)
            if covers is None:
                return None
            numbers.update(each.statement.statement.number for each in covers)
        statements = tuple(each for each in self._policy.statements if each.number in numbers)
        return PartFinding(PartFindingKind.REDUNDANT, part, () if statements else self._covering(part), statements)

    def _covering(self, part: PolicyPart) -> tuple[PolicyPart, ...]:
        """The fewest other parts that have the effect of one by themselves; none if it takes other elements, too."""
        if part.kind is PolicyPartKind.CONDITION:
            others = [each for each in self._changes.conditions if each.statement is part.statement]
            return next(((each,) for each in others if each is not part and self._implies(each, part)), ())
        left = part.others
        if self._has_effect_of((), part):
            return ()
        for each in left:
            if self._has_effect_of((each,), part):
                return (each,)
        if part.is_negated or not self._has_effect_of(left, part):
            return ()
        for each in part.others:
            fewer = tuple(other for other in left if other != each)
            if self._has_effect_of(fewer, part):
                left = fewer
        return left

    def _implies(self, one: PolicyPart, other: PolicyPart) -> bool:
        """Whether every request that fulfils one condition of a statement fulfils another one."""
        first, second = self._changes.clause(one), self._changes.clause(other)
        return all(each.is_empty(each.boxed(first), each.boxed(second)) for each in self._judging)

    def _has_effect_of(self, others: Sequence[PolicyPart], part: PolicyPart) -> bool:
        """Whether a statement with only other values of a list has the requests of the one with this value.

        Of an element such as NotResource, the statement with this value has the requests of the other one.
        """
        statement, *rest = (self._changes.alone(each) for each in (part, *others))
        if part.is_negated and rest:
            statement, rest = rest[0], [statement]
        return all(_is_covered(each, statement, rest) for each in self._judging)

    def _null(self, part: PolicyPart) -> PartFinding | None:
        """A condition that only asks whether its key is there."""
        if part.condition is None or part.condition.operator.base == "Null":
            return None
        whole = self._changes.statement(part.statement)
        for value, kind in _NULLS.items():
            changed = self._changes.statement(part.as_null(value))
            if all(_are_equal(each, whole, changed) for each in self._judging):
                return PartFinding(kind, part)
        return None


def _may_be_left_out(judging: JudgedPolicy, part: PolicyPart, changes: _Changes) -> bool:
    """Whether a list applies to the same requests without a value, if it does as its values by themselves say."""
    others = [judging.boxed(changes.alone(each)) for each in part.others]
    number, peers = part.statement.number, judging.peers(part.statement.number)
    if not part.is_negated:
        alone = judging.boxed(changes.alone(part))
        return alone is None or judging.is_covered(alone, [*(each for each in others if each is not None), *peers])
    whole = judging.box(number)
    common = _common(others)
    return common is None or judging.is_covered(common, [*([] if whole is None else [whole]), *peers])


def _common(boxes: Iterable[StatementBox | None]) -> StatementBox | None:
    """The requests of all of some boxes; None if there are none."""
    first, *others = boxes
    for each in others:
        box = None if first is None or each is None else intersection(first.box, each.box)
        first = None if first is None or box is None else first._replace(box=box)
    return first


def _covers(judging: JudgedPolicy, number: int, changed: CompiledStatement) -> list[StatementBox] | None:
    """The other statements because of which a policy decides alike with a statement changed; None if it does not."""
    was, now = judging.box(number), judging.boxed(changed)
    found: list[StatementBox] = []
    for one, other in ((was, now), (now, was)):
        same = [] if other is None else [other]
        if one is None or judging.is_covered(one, same):
            continue
        covers = [*judging.peers(number), *same]
        if not judging.is_covered(one, covers):
            return None
        found.extend(each for each in judging.needed(one, covers) if each is not other)
    return found


def _is_covered(judging: JudgedPolicy, one: CompiledStatement, others: Iterable[CompiledStatement]) -> bool:
    box, boxes = judging.boxed(one), [judging.boxed(each) for each in others]
    return box is None or judging.is_covered(box, [each for each in boxes if each is not None])


def _are_equal(judging: JudgedPolicy, one: CompiledStatement, other: CompiledStatement) -> bool:
    """Whether two statements apply to the same requests."""
    first, second = judging.boxed(one), judging.boxed(other)
    return judging.is_empty(first, second) and judging.is_empty(second, first)
