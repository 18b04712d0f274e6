"""The conditions of a module, each with the text of the module in which it is always true, or always false."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from tools.source_mutants.sample import Mutant

#: What functions return that write a rule: its examples show what they do.
_DATA = ("Rule", "RuleExample")


class ConditionMutant(NamedTuple):
    """A mutant, and the text of its module."""

    mutant: Mutant
    source: str


def mutants_of(module: str, source: str) -> list[ConditionMutant]:
    """Return two mutants for each condition inside of a function.

    A condition is the test of an ``if`` or of a conditional expression, the filter of a comprehension, an operand of
    ``and`` and ``or``, or a comparison. Left out are the conditions of ``assert``, which state what cannot happen, and
    those of functions that write a rule.

    Args:
        module: the path of the module, as the report names it.
        source: its text.
    """
    lines = source.encode().splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found = {}
    for node in _conditions(ast.parse(source)):
        first = starts[node.lineno - 1] + node.col_offset
        last = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        found[first, last] = node
    return [
        _mutant(module, source.encode(), place, node, value)
        for place, node in sorted(found.items(), key=lambda item: item[0])
        for value in ("True", "False")
    ]


def _conditions(tree: ast.Module) -> Iterator[ast.expr]:
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        if function.returns is not None and ast.unparse(function.returns) in _DATA:
            continue
        for statement in function.body:
            yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assert):
        return
    if isinstance(node, (ast.If, ast.IfExp)):
        yield node.test
    elif isinstance(node, ast.comprehension):
        yield from node.ifs
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.Compare):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _inside(child)


def _mutant(module: str, source: bytes, place: tuple[int, int], node: ast.expr, value: str) -> ConditionMutant:
    first, last = place
    changed = source[:first] + value.encode() + source[last:]
    before = " ".join(source[first:last].decode().split())
    line = source.splitlines()[node.lineno - 1].decode().strip()
    position = ((node.lineno, node.col_offset), (node.end_lineno or node.lineno, node.end_col_offset or 0))
    # The line says which of several equal conditions it is.
    mutant = Mutant(module, f"Condition{value}", 0, position, f"{before} in: {line}", value)
    return ConditionMutant(mutant, changed.decode())
