"""What a case says of a decision: sets of Sids, layers, keys and rules, each of which must be met exactly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypedDict

from execpolicy._base.ordered import OrderedSet
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.wording import listed, meant, quoted
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer
from execpolicy.errors import ExecPolicyError
from execpolicy.testing.case_file.item import ERROR, rule_ids

#: What can be said of a decision, and so not of an error.
DECISION_FIELDS = ("sid", "layer", "missing_keys", "assumed")

#: What is expected, what is found, and whether it will do.
Compared = tuple[str, str, bool]


class Sets(TypedDict):
    """The sets as expectations take them."""

    sids: frozenset[str] | None
    layers: frozenset[Layer] | None
    missing_keys: frozenset[str] | None
    assumed: frozenset[str] | None


class Expects(Protocol):
    """An expectation that speaks of a decision."""

    @property
    def outcome(self) -> str: ...
    @property
    def error(self) -> str: ...
    @property
    def sids(self) -> frozenset[str] | None: ...
    @property
    def layers(self) -> frozenset[Layer] | None: ...
    @property
    def missing_keys(self) -> frozenset[str] | None: ...
    @property
    def assumed(self) -> frozenset[str] | None: ...


def read_sets(fields: Fields) -> Sets:
    """The sets that a case names; None for one that it does not look at."""
    sids, missing, assumed = fields.texts("sid"), fields.texts("missing_keys"), rule_ids(fields, "assumed")
    return Sets(
        sids=OrderedSet(sid.value for sid in sids) if sids is not None else None,
        layers=_layers(fields),
        missing_keys=OrderedSet(key.value.lower() for key in missing) if missing is not None else None,
        assumed=OrderedSet(rule.value for rule in assumed) if assumed is not None else None,
    )


def _layers(fields: Fields) -> frozenset[Layer] | None:
    texts = fields.texts("layer")
    if texts is None:
        return None
    known = {layer.value: layer for layer in Layer}
    for text in texts:
        if text.value not in known:
            message = f"found {quoted(text.value)} as layer, expected {listed(known)}"
            fields.problems.report(text, message, meant(text.value, known))
    return OrderedSet(known[text.value] for text in texts if text.value in known)


def compare_error(expected: Expects, wanted: str, error: ExecPolicyError) -> Compared:
    """An error that was raised against what is expected, which ``wanted`` puts in words."""
    met = expected.outcome == ERROR and expected.error in error.message
    return wanted, f'error: "{error.message}"', met


class Decided(NamedTuple):
    """What decisions say: statements that determined them, layers that block, keys that mattered, and assumptions."""

    sids: frozenset[str] = frozenset()
    layers: frozenset[str] = frozenset()
    missing_keys: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Decided:
        """What some decisions say together; where nothing was decided, all is empty."""
        found = list(decisions)
        return cls(
            frozenset(one.sid for decision in found for one in decision.determining_statements if one.sid),
            frozenset(layer.value for decision in found for layer in decision.blocked_by),
            frozenset(key.lower() for decision in found for key in decision.missing_keys),
            frozenset(rule for decision in found for rule in decision.assumed),
        )


def compare_sets(expected: Expects, found: Decided) -> Iterable[Compared]:
    """Each set that is looked at against what was decided."""
    if expected.sids is not None:
        yield _compared("sid", expected.sids, found.sids)
    if expected.layers is not None:
        yield _compared("layer", {layer.value for layer in expected.layers}, found.layers)
    if expected.missing_keys is not None:
        yield _compared("missing_keys", expected.missing_keys, found.missing_keys)
    if expected.assumed is not None:
        yield _compared("assumed", expected.assumed, found.assumed)


def _compared(name: str, expected: Iterable[str], found: Iterable[str]) -> Compared:
    wanted, there = sorted(expected), sorted(found)
    return f"{name}: {', '.join(wanted) or 'none'}", f"{name}: {', '.join(there) or 'none'}", wanted == there
