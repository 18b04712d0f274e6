"""The mutants of a set of modules, and a sample of them that depends on a seed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from tools.source_mutants.operators import Position, operators


class Mutant(NamedTuple):
    """One change of one module."""

    module: str
    operator: str
    occurrence: int
    position: Position
    #: The lines of the module that the change replaces, and the lines that replace them, without indentation.
    before: str
    after: str

    @property
    def line(self) -> int:
        """The line of the change, counted from 1."""
        return self.position[0][0]

    def __str__(self) -> str:
        return f"{self.module}:{self.line}: {self.before!r} -> {self.after!r}"


def sample_of(root: Path, modules: Iterable[str], seed: int, count: int) -> list[Mutant]:
    """Return the given number of mutants, at most one for each position.

    They are ordered by a hash of seed, module and changed lines, so an edit of one function does not change the sample
    of the others.
    """
    ranked = sorted(
        (_rank(seed, module, text), module, place, text)
        for module in modules
        for place, text in _places((root / module).read_text(encoding="utf-8")).items()
    )
    chosen: list[Mutant] = []
    for _, module, place, _ in ranked:
        if len(chosen) == count:
            break
        mutant = _mutant_at(root, module, place, seed)
        if mutant is not None:
            chosen.append(mutant)
    return chosen


def mutated(root: Path, mutant: Mutant) -> str:
    """Return the text of the module with the change."""
    source = (root / mutant.module).read_text(encoding="utf-8")
    changed: str | None = mutate_code(source, operators()[mutant.operator], mutant.occurrence)
    assert changed is not None, "a mutant is made from a place that its operator can change"
    return changed


def _rank(seed: int, *parts: str) -> str:
    return sha256("\0".join((str(seed), *parts)).encode()).hexdigest()


def _places(source: str) -> dict[Position, str]:
    """Return every position that an operator can change, with its text and its number among equal texts."""
    lines = source.splitlines()
    seen: dict[str, int] = {}
    places: dict[Position, str] = {}
    for position in sorted({position for _, _, position in _changes(source)}):
        (line, column), (end, end_column) = position
        text = f"{lines[line - 1].strip()}\0{column}\0{end - line}\0{end_column}"
        seen[text] = seen.get(text, 0) + 1
        places[position] = f"{text}\0{seen[text]}"
    return places


@cache
def _changes(source: str) -> tuple[tuple[str, int, Position], ...]:
    """Return every change: the operator, its occurrence in the order of cosmic-ray, and the position."""
    nodes = list(ast_nodes(get_ast(source)))
    return tuple(
        (name, occurrence, position)
        for name, operator in operators().items()
        for occurrence, position in enumerate(
            position for node in nodes for position in operator.mutation_positions(node)
        )
    )


def _mutant_at(root: Path, module: str, place: Position, seed: int) -> Mutant | None:
    """Return one of the changes of a position that result in a different program, or None."""
    source = (root / module).read_text(encoding="utf-8")
    here = [(name, number) for name, number, position in _changes(source) if position == place]
    for name, number in sorted(here, key=lambda change: _rank(seed, module, str(place), *map(str, change))):
        changed = mutate_code(source, operators()[name], number)
        if changed is not None and _is_another_program(source, changed):
            return Mutant(module, name, number, place, *_difference(source, changed))
    return None


def _difference(source: str, changed: str) -> tuple[str, str]:
    """Return the lines in which two texts differ."""
    before, after = source.splitlines(), changed.splitlines()
    start = 0
    while before[start] == after[start]:
        start += 1
    end = 1
    while before[-end] == after[-end] and len(before) - end > start and len(after) - end > start:
        end += 1
    return (
        "\n".join(line.strip() for line in before[start : len(before) - end + 1]),
        "\n".join(line.strip() for line in after[start : len(after) - end + 1]),
    )


def _is_another_program(source: str, changed: str) -> bool:
    """Return whether a text compiles and differs in more than annotations, which nothing evaluates."""
    try:
        tree = ast.parse(changed)
    except SyntaxError:
        return False
    return ast.dump(_Bare().visit(tree)) != ast.dump(_Bare().visit(ast.parse(source)))


class _Bare(ast.NodeTransformer):
    """Removes annotations and code for type checkers from a program."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        self.generic_visit(node)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(None)
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        if any(isinstance(name, ast.Name) and name.id == "TYPE_CHECKING" for name in ast.walk(node.test)):
            return ast.Pass()
        self.generic_visit(node)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        """Remove the assertion. It states what cannot happen, so the program is the same without it."""
        return ast.Pass()
