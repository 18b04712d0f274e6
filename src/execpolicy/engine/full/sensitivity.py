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
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.truth import Truth, kleene_all

#: The results of all layers of a request.
Layers = Mapping[Layer, LayerEvaluation]
#: By layer, the results of clauses by their numbers.
_Results = Mapping[Layer, Mapping[int, Truth]]


def unknown_keys(layers: Layers, table: Table) -> frozenset[str]:
    """The unknown keys, traits of the caller and texts that decide an indeterminate outcome."""
    return frozenset(deciding_names(layers, table, _by_name(layers, lambda clause, view: clause.unknown(view))))


def absent_keys(known: KnownOutcome) -> frozenset[str]:
    """The absent keys that affect a known outcome."""
    absent = dict.fromkeys(key for evaluated in known.layers.values() for key in _absent_keys_of(evaluated))
    return frozenset(spelled(key) for key in absent if known.is_lost_by(_without(key, known.layers)))


def assumed(known: KnownOutcome, account: str) -> frozenset[str]:
    """The ids of the rules of status A that a known outcome, or a denial of either kind, depends on.

    ``account`` owns the resource.
    """
    resting: dict[str, dict[Layer, list[int]]] = {}
    for layer, evaluated in known.layers.items():
        for rule, numbers in _resting_on_rules(evaluated).items():
            resting.setdefault(rule, {})[layer] = numbers
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
        f"the request says {occurrence.key} is {value!r}; "
        f"{clause.operator} compares {clause.condition.operator.expected}",
        source=policy.source,
        span=policy.span(occurrence),
        path=occurrence.path,
        advice=f"give {occurrence.key} a value of that type, or correct the operator in {policy.name}",
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
        for name, numbers in _named(evaluated, range(len(evaluated.table.clauses)), names).items():
            found.setdefault(name, {})[layer] = numbers
    return found


def _named(
    evaluated: LayerEvaluation, numbers: Iterable[int], names: Callable[[Clause, View], Iterable[str]]
) -> dict[str, list[int]]:
    """Of some clauses of a layer, those that each key, trait of the caller or rule concerns."""
    found: dict[str, list[int]] = {}
    view, clauses = evaluated.view, evaluated.table.clauses
    for number in numbers:
        for name in dict.fromkeys(names(clauses[number], view)):
            found.setdefault(name, []).append(number)
    return found


def _assumptions(clause: Clause, view: View) -> tuple[str, ...]:
    return clause.assumptions(view)


def _resting_on_rules(evaluated: LayerEvaluation) -> dict[str, list[int]]:
    """The clauses of a layer that rest on each assumed rule: the constant ones are the same for any resource."""
    table = evaluated.table
    first_other = len(table.constant_clauses) + len(table.plain_resources)
    of_constant = evaluated.shared.once(
        "assumptions", lambda: _named(evaluated, range(len(table.constant_clauses)), _assumptions)
    )
    doubtful = table.doubtful_resources.numbers(evaluated.view.resource, evaluated.truths)
    varying = _named(evaluated, (*doubtful, *range(first_other, len(table.clauses))), _assumptions)
    return {rule: of_constant.get(rule, []) + varying.get(rule, []) for rule in (*of_constant, *varying)}


def _absent_keys_of(evaluated: LayerEvaluation) -> list[str]:
    """The keys that the clauses of a layer read and the request does not have."""
    values, keys = evaluated.view.key_values.values, evaluated.table.clauses_by_key
    absent = evaluated.shared.once(
        "absent keys", lambda: [key for key in keys if key not in RESOURCE_KEYS and values(key) == ()]
    )
    return absent + [key for key in RESOURCE_KEYS if key in keys and values(key) == ()]


def _without(key: str, layers: Layers) -> _Results:
    """The results of the clauses that depend on a key, if its values are not known."""
    return {
        layer: _of_layer_without(key, evaluated)
        for layer, evaluated in layers.items()
        if key in evaluated.table.clauses_by_key
    }


def _of_layer_without(key: str, evaluated: LayerEvaluation) -> Mapping[int, Truth]:
    table = evaluated.table
    first_varying = len(table.constant_clauses)

    def tested(numbers: Iterable[int]) -> dict[int, Truth]:
        view = evaluated.view.with_unknown(key)
        return {number: table.clauses[number].test(view) for number in numbers}

    reading = table.clauses_by_key[key]
    constant = evaluated.shared.once(
        ("without", key), lambda: tested([number for number in reading if number < first_varying])
    )
    varying = [number for number in reading if number >= first_varying]
    return {**constant, **tested(varying)} if varying else constant


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
        outcomes = {layer: each.outcome() for layer, each in self.layers.items()}
        return RequestTally(outcomes, lambda layer: self.layers[layer].tally(), self.table)

    def is_lost_by(self, results: _Results) -> bool:
        """Whether another outcome is possible if clauses have these results."""
        changes = {layer: _applying_if(clauses, self.layers[layer]) for layer, clauses in results.items()}
        # Where every statement applies as before, the outcome is the same.
        return any(changes.values()) and not self._tally.possible_if(changes) <= self.possible


def _applying_if(changed: Mapping[int, Truth], evaluated: LayerEvaluation) -> dict[int, Truth]:
    """Whether the statements of a layer apply that apply otherwise if some clauses have other results."""
    truths, rows, results = evaluated.truths, evaluated.table.rows, evaluated.results
    other = {number: truth for number, truth in changed.items() if truth is not truths[number]}
    affected = dict.fromkeys(row for number in other for row in evaluated.table.rows_by_clause[number])
    applying = {
        at: kleene_all([other[number] if number in other else truths[number] for number in rows[at].clause_numbers])
        for at in affected
    }
    return {at: truth for at, truth in applying.items() if truth is not results[at].applies}
