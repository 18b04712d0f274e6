"""Reads what a case expects of a decision: sets of Sids, layers, keys and rules, each of which must be equal."""

from __future__ import annotations

from typing import TypedDict

from execpolicy._base.ordered import OrderedSet
from execpolicy.document.syntax.fields import Fields
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.engine.layers import Layer
from execpolicy.testing.case_file.item import rule_ids

#: The fields about a decision, which a case that expects an error cannot have.
DECISION_FIELDS = ("sid", "layer", "missing_keys", "assumed")


class ExpectedSets(TypedDict):
    """The sets as arguments of an expectation."""

    sids: frozenset[str] | None
    layers: frozenset[Layer] | None
    missing_keys: frozenset[str] | None
    assumed: frozenset[str] | None


def read_expected_sets(fields: Fields) -> ExpectedSets:
    """The expected sets of a case; None for a set that it does not check."""
    sids, missing, assumed = fields.texts("sid"), fields.texts("missing_keys"), rule_ids(fields, "assumed")
    return ExpectedSets(
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
            fields.problems.report(text, message, did_you_mean(text.value, known))
    return OrderedSet(known[text.value] for text in texts if text.value in known)
