"""The mutation operators: those of cosmic-ray, and two of this project that remove code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from cosmic_ray.ast import get_ast
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    exception_replacer,
    number_replacer,
    remove_decorator,
    unary_operator_replacement,
    zero_iteration_for_loop,
)

Position = tuple[tuple[int, int], tuple[int, int]]


class Operator(Protocol):
    """The interface of cosmic-ray's operators. The nodes of parso have no types."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield the positions of a node that the operator can change, one for each change."""

    def mutate(self, node: Any, index: int) -> Any:
        """Return the node after the change with this number."""


class LeaveOutStatement:
    """Replace a statement with a side effect by ``pass``: a call, or an assignment to other than a new name."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield the position of each such statement in a function."""
        if node.type == "simple_stmt" and _is_left_out(node.children[0]) and _in_function(node):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the line with ``pass`` in place of the statement."""
        changed = get_ast("pass\n").children[0]
        changed.get_first_leaf().prefix = node.get_first_leaf().prefix
        return changed


class LeaveOutOperand:
    """Remove one operand of ``and``, ``or``, ``+``, ``|`` or ``&``, or one element of a tuple, list or set."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield the position of each operand or element."""
        for operand in _operands(node):
            yield operand.start_pos, operand.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        """Return the expression without this operand, or the display without this element."""
        place = node.children.index(_operands(node)[index])
        first = place == 0
        kept = list(node.children)
        # The preceding operator or comma is removed too; for the first operand, the following one.
        del kept[slice(0, 2) if first else slice(place - 1, place + 1)]
        code = "".join(child.get_code() for child in kept)
        if node.type == "testlist_comp" and len(kept) == 1:
            code += ","
        # Brackets allow code of several lines. The content of the brackets replaces the node.
        changed = get_ast(f"({code})").children[0].children[1]
        changed.get_first_leaf().prefix = node.get_first_leaf().prefix
        return changed


def _is_left_out(statement: Any) -> bool:
    if statement.type == "expr_stmt":
        # Without the assignment to a new name every use of it fails, so such a mutant shows nothing.
        target, sign = statement.children[:2]
        return target.type == "atom_expr" or getattr(sign, "value", "=") not in ("=", None)
    return statement.type in ("atom_expr", "power") and statement.children[-1].type == "trailer"


def _in_function(node: Any) -> bool:
    while node is not None and node.type != "funcdef":
        node = node.parent
    return node is not None


_EXPRESSIONS = ("and_test", "or_test", "arith_expr", "expr", "and_expr")
_DISPLAYS = ("testlist_comp", "dictorsetmaker")
_JOINED_BY = ("and", "or", "+", "|", "&")


def _operands(node: Any) -> Sequence[Any]:
    """Return what can be removed from an expression or a display; nothing for a comprehension, a dict or a call."""
    if node.type in _EXPRESSIONS:
        joined = all(child.value in _JOINED_BY for child in node.children[1::2])
        return node.children[::2] if joined else ()
    if node.type in _DISPLAYS and len(node.children) > 1:
        signs = [getattr(child, "value", None) for child in node.children[1::2]]
        return node.children[::2] if all(sign == "," for sign in signs) else ()
    return ()


def operators() -> dict[str, Operator]:
    """Return all operators by name."""
    classes = (
        *binary_operator_replacement.operators(),
        *comparison_operator_replacement.operators(),
        *unary_operator_replacement.operators(),
        boolean_replacer.AddNot,
        boolean_replacer.ReplaceTrueWithFalse,
        boolean_replacer.ReplaceFalseWithTrue,
        boolean_replacer.ReplaceAndWithOr,
        boolean_replacer.ReplaceOrWithAnd,
        break_continue.ReplaceBreakWithContinue,
        break_continue.ReplaceContinueWithBreak,
        exception_replacer.ExceptionReplacer,
        number_replacer.NumberReplacer,
        remove_decorator.RemoveDecorator,
        zero_iteration_for_loop.ZeroIterationForLoop,
        LeaveOutStatement,
        LeaveOutOperand,
    )
    return {each.__name__: each() for each in classes}
