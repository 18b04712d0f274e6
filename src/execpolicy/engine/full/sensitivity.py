"""Which missing keys and which assumed rules change the outcome of a request.

Each is found in the same way: the clauses that depend on the key or the rule count as unknown, and the outcome is
computed again (KEY-5). Only the statements with these clauses are evaluated, so that all keys and rules of a request
together take time in proportion to its statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from execpolicy._base.frozen import lazy_attribute
from execpolicy.engine.clause import Clause, spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.combine import Table
from execpolicy.engine.compile import CompiledStatement, Occurrence
from execpolicy.engine.full.assumed_grants import assumed_grants
from execpolicy.engine.full.assumed_keys import by_other_keys
from execpolicy.engine.full.deciding import deciding_names
from execpolicy.engine.full.layer_evaluation import LayerEvaluation
from execpolicy.engine.full.tally import RequestTally
from execpolicy.engine.layers import Layer, Outcome
from execpolicy.engine.view import View
from execpolicy.errors import RequestError
from execpolicy.language.truth import Truth

#: The results of all layers of a request.
Layers = Mapping[Layer, LayerEvaluation]
#: By layer, the results of clauses by their numbers.
_Results = Mapping[Layer, Mapping[int, Truth]]


def unknown_keys(layers: Layers, table: Table) -> frozenset[str]:
    """The unknown keys, traits of the caller and texts that decide an indeterminate outcome."""
    return frozenset(deciding_names(layers, table, _by_name(layers, lambda clause, view: clause.unknown(view))))


def absent_keys(known: KnownOutcome) -> frozenset[str]:
    """The absent keys that affect a known outcome."""
    absent = {
        key: None
        for evaluated in known.layers.values()
        for key in evaluated.table.clauses_by_key
        if evaluated.view.key_values.values(key) == ()
    }
    return frozenset(spelled(key) for key in absent if known.is_lost_by(_without(key, known.layers)))


def assumed(known: KnownOutcome, account: str) -> frozenset[str]:
    """The ids of the rules of status A that a known outcome, or a denial of either kind, depends on.

    ``account`` owns the resource.
    """
    resting = _by_name(known.layers, lambda clause, view: clause.assumptions(view))
    rules = set(assumed_grants(known.layers, known.table, account, known.possible))
    for rule, clauses in resting.items():
        if known.is_lost_by({layer: dict.fromkeys(numbers) for layer, numbers in clauses.items()}):
            rules.add(rule)
    rules |= {rule for rule, results in by_other_keys(known.layers) if known.is_lost_by(results)}
    return frozenset(rules)


def refuse_unfit_values(layers: Layers, table: Table) -> None:
    """Refuse a request whose outcome depends on a value that its operator cannot read (CND-15).

    Raises RequestError, at the condition that reads it.
    """
    unfit = {
        layer: [number for number, clause in enumerate(evaluated.table.clauses) if _is_unfit(clause, evaluated.view)]
        for layer, evaluated in layers.items()
    }
    if not deciding_names(layers, table, {"": unfit}):
        return
    statement, occurrence, clause, value = _unfit_conditions(layers)[0]
    policy = statement.policy
    raise RequestError(
        f"the request says {clause.key} is {value!r}; {clause.operator} compares {clause.condition.operator.expected}",
        source=policy.source,
        span=policy.span(occurrence),
        path=occurrence.path,
        advice=f"give {clause.key} a value of that type, or correct the operator in {policy.name}",
        rule="CND-15",
    )


def _is_unfit(clause: Clause, view: View) -> bool:
    if not isinstance(clause, ConditionClause) or clause.condition.known_type:
        return False
    return bool(clause.condition.unfit(view.key_values.values)) and clause.test(view) is None


def _unfit_conditions(layers: Layers) -> list[tuple[CompiledStatement, Occurrence, ConditionClause, str]]:
    """The conditions whose operator cannot read a value of the request, with that value, in order."""
    return [
        (row.statement, occurrence, clause, clause.condition.unfit(evaluated.view.key_values.values)[0])
        for evaluated in layers.values()
        for row in evaluated.table.rows
        for occurrence in row.statement.occurrences
        if isinstance(clause := occurrence.clause, ConditionClause) and _is_unfit(clause, evaluated.view)
    ]


def _by_name(layers: Layers, names: Callable[[Clause, View], Iterable[str]]) -> dict[str, dict[Layer, list[int]]]:
    """The clauses that each key, trait of the caller or rule concerns, by layer."""
    found: dict[str, dict[Layer, list[int]]] = {}
    for layer, evaluated in layers.items():
        view = evaluated.view
        for number, clause in enumerate(evaluated.table.clauses):
            for name in dict.fromkeys(names(clause, view)):
                found.setdefault(name, {}).setdefault(layer, []).append(number)
    return found


def _without(key: str, layers: Layers) -> _Results:
    """The results of the clauses that depend on a key, if its values are not known."""
    results: dict[Layer, dict[int, Truth]] = {}
    for layer, evaluated in layers.items():
        reading = evaluated.table.clauses_by_key.get(key)
        if reading is not None:
            view = evaluated.view.with_unknown(key)
            results[layer] = {number: evaluated.table.clauses[number].test(view) for number in reading}
    return results


# A known outcome


class KnownOutcome:
    """A known outcome, or a denial in any case, and whether it stays so if some clauses have other results.

    Args:
        layers: the results of the layers.
        table: combines them.
        possible: the outcome; both denials where the kind of denial is not known.
    """

    def __init__(self, layers: Layers, table: Table, possible: frozenset[Outcome]) -> None:
        self.layers = layers
        self.table = table
        self.possible = possible

    @lazy_attribute
    def _tally(self) -> RequestTally:
        return _tally(self.layers, self.table)

    @lazy_attribute
    def _failures(self) -> Mapping[Layer, _Failures]:
        return {layer: _Failures(evaluated) for layer, evaluated in self.layers.items()}

    def is_lost_by(self, results: _Results) -> bool:
        """Whether another outcome is possible if clauses have these results."""
        changes = {layer: self._failures[layer].applying_if(clauses) for layer, clauses in results.items()}
        return not self._tally.possible_if(changes) <= self.possible


class _Failures:
    """For each statement of a layer, how many of its clauses do not hold, and how many are unknown."""

    def __init__(self, evaluated: LayerEvaluation) -> None:
        self._evaluated = evaluated
        truths = [[evaluated.truths[number] for number in row.clause_numbers] for row in evaluated.table.rows]
        self._counts = [(each.count(False), each.count(None)) for each in truths]

    def applying_if(self, changed: Mapping[int, Truth]) -> dict[int, Truth]:
        """Whether the statements that have a changed clause apply."""
        counts: dict[int, tuple[int, int]] = {}
        for number, truth in changed.items():
            before = self._evaluated.truths[number]
            if truth is before:
                continue
            failed = (truth is False) - (before is False)
            unknown = (truth is None) - (before is None)
            for statement in self._evaluated.table.rows_by_clause[number]:
                so_far = counts.get(statement) or self._counts[statement]
                counts[statement] = (so_far[0] + failed, so_far[1] + unknown)
        return {
            statement: False if failed else None if unknown else True for statement, (failed, unknown) in counts.items()
        }


def _tally(layers: Layers, table: Table) -> RequestTally:
    """The tally of a request."""
    return RequestTally({layer: each.tally() for layer, each in layers.items()}, table)
