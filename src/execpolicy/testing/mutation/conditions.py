"""Changes of the conditions of a statement: each operator and key separately."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.document.model import Condition
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.syntax.nodes import JsonBoolean, JsonObject, Member, Node
from execpolicy.language.operators import OPERATORS, read_network
from execpolicy.testing.mutation import operators, tree
from execpolicy.testing.mutation.change import Change, StatementEditor, in_quotes
from execpolicy.testing.mutation.operators import MutationOperator, Reach
from execpolicy.testing.mutation.tree import NodePath

_NEGATIONS = (
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("NumericLessThan", "NumericGreaterThanEquals"),
    ("NumericLessThanEquals", "NumericGreaterThan"),
    ("DateEquals", "DateNotEquals"),
    ("DateLessThan", "DateGreaterThanEquals"),
    ("DateLessThanEquals", "DateGreaterThan"),
    ("IpAddress", "NotIpAddress"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
)
NEGATION = {**dict(_NEGATIONS), **{other: one for one, other in _NEGATIONS}}
#: Operators that exclude their bound, each with the operator that includes it.
BOUND = {
    f"{family}{name}": f"{family}{name}Equals" for family in ("Numeric", "Date") for name in ("LessThan", "GreaterThan")
}
#: Operators that read ``*`` and ``?`` as characters, each with the operator that reads them as wildcards.
WILDCARDS = {"StringEquals": "StringLike", "StringNotEquals": "StringNotLike"}
QUANTIFIED = {"ForAnyValue": "ForAllValues", "ForAllValues": "ForAnyValue"}
TRUTH = {"true": "false", "false": "true"}

_VARIABLE = re.compile(r"\$\{[^}]*\}")
#: The number of bits of an address, and by how many bits a range is widened.
_WIDTHS = {4: (32, 8), 6: (128, 16)}
_ALL_ADDRESSES = {4: "0.0.0.0/0", 6: "::/0"}


class OperatorSwap(NamedTuple):
    """The replacement of an operator."""

    operator: MutationOperator
    name: OperatorName
    reach: Reach


def change_conditions(editor: StatementEditor) -> Iterator[Change]:
    """Drop each condition, narrow and widen its values, replace its operator."""
    for condition in editor.statement.conditions:
        path = (*editor.path, "Condition", condition.operator_text.value, condition.key.value)
        words = f"{operators.DROP_CONDITION.words}: {condition.operator} {condition.key.value}"
        without = _without(editor.root, path)
        yield editor.change(operators.DROP_CONDITION, path, without, words, Reach.MORE, node=condition.key)
        yield from _changed_values(editor, condition, path)
        for swap in _swaps(condition):
            root = _with_operator(editor, path, str(swap.name))
            if root is not None:
                words = f"{swap.operator.words}: {condition.operator} → {swap.name}, of {condition.key.value}"
                yield editor.change(swap.operator, path, root, words, swap.reach, node=condition.operator_text)


def _changed_values(editor: StatementEditor, condition: Condition, path: NodePath) -> Iterator[Change]:
    base = condition.operator.base
    more = Reach.MORE.unless(OPERATORS[base].negated)
    found = tree.values(editor.root, path)
    if len(found) > 1:
        for at, _ in found:
            yield editor.drop(operators.DROP_VALUE, at, more.unless(True))
    elif base in ("Bool", "Null"):
        yield from _flipped(editor, *found[0]) if found else ()
    if base in ("IpAddress", "NotIpAddress"):
        for at, node in found:
            yield from _widened_range(editor, at, str(node[0]), more)


def _flipped(editor: StatementEditor, path: NodePath, node: Node) -> Iterator[Change]:
    value = str(node[0])
    other = TRUTH.get(value.lower())
    if other is None:
        return
    new = JsonBoolean(other, node.start, node.end) if isinstance(node, JsonBoolean) else tree.retext(node, other)
    words = f"{operators.FLIP_TRUTH.words}: {in_quotes(value)} → {in_quotes(other)}"
    yield editor.change(operators.FLIP_TRUTH, path, tree.replaced(editor.root, path, new), words, Reach.LESS)


def _widened_range(editor: StatementEditor, path: NodePath, text: str, reach: Reach) -> Iterator[Change]:
    network = read_network(text)
    if network is None or not network.mask:
        return
    width, step = _WIDTHS[network.version]
    bits = network.mask.bit_count()
    wider = bits - 1 if bits == width else (bits - 1) // step * step
    if wider:
        address = text.partition("/")[0]
        yield editor.revalue(operators.WIDEN_CIDR, path, f"{address}/{wider}", reach)
    yield editor.revalue(operators.WIDEN_TO_ALL_ADDRESSES, path, _ALL_ADDRESSES[network.version], reach)


def _swaps(condition: Condition) -> Iterator[OperatorSwap]:
    name = condition.operator
    negated = OPERATORS[name.base].negated
    if name.base in NEGATION:
        yield OperatorSwap(operators.NEGATE_OPERATOR, name._replace(base=NEGATION[name.base]), Reach.LESS)
    yield from _others(name, BOUND, operators.MOVE_BOUND, Reach.MORE)
    if any("*" in text or "?" in text for text in (_VARIABLE.sub("", value.value) for value in condition.values)):
        yield from _others(name, WILDCARDS, operators.READ_WILDCARDS, Reach.MORE.unless(negated))
    if name.quantifier:
        reach = Reach.LESS if name.quantifier == "ForAnyValue" else Reach.MORE
        yield OperatorSwap(operators.SWAP_QUANTIFIER, name._replace(quantifier=QUANTIFIED[name.quantifier]), reach)
    elif name.base != "Null" and not negated:
        # It has no effect with a set operator or a negated one (CND-3, CND-12).
        reach = Reach.LESS if name.if_exists else Reach.MORE
        yield OperatorSwap(operators.TOGGLE_IF_EXISTS, name._replace(if_exists=not name.if_exists), reach)


def _others(
    name: OperatorName, wider: dict[str, str], operator: MutationOperator, reach: Reach
) -> Iterator[OperatorSwap]:
    """The operator that includes more, or the one that includes less."""
    narrower = {other: one for one, other in wider.items()}
    if name.base in wider:
        yield OperatorSwap(operator, name._replace(base=wider[name.base]), reach)
    elif name.base in narrower:
        yield OperatorSwap(operator, name._replace(base=narrower[name.base]), reach.unless(True))


def _without(root: Node, path: NodePath) -> Node:
    """The document without a condition, and without an operator or a Condition element that is empty then."""
    for end in (len(path) - 1, len(path) - 2):
        block = tree.at(root, path[:end])
        assert isinstance(block, JsonObject)
        if len(block.members) > 1:
            return tree.removed(root, path[: end + 1])
    return tree.removed(root, path[:-2])


def _with_operator(editor: StatementEditor, path: NodePath, name: str) -> Node | None:
    """The document with another operator for a key; None if that operator has the key already."""
    root, above = editor.root, path[:-2]
    key = str(path[-1])
    block, keys = tree.at(root, above), tree.at(root, path[:-1])
    assert isinstance(block, JsonObject)
    assert isinstance(keys, JsonObject)
    member = keys.members[key]
    if name in block.members:
        others = block.members[name][2]
        assert isinstance(others, JsonObject)
        if key.lower() in (other.lower() for other in others.members) or not others.members:
            return None
        first = next(iter(others.members))
        return _without(tree.added_before(root, (*above, name, first), key, member[2]), path)
    if len(keys.members) == 1:
        return tree.renamed(root, path[:-1], name)
    start = block.members[str(path[-2])][0]
    alone: dict[str, Member] = {key: member}
    return _without(tree.added_before(root, path[:-1], name, JsonObject(alone, start, start)), path)
