"""The names and the sentences of the source: each name has one meaning, and every word is one of the field."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "execpolicy"

#: Names of modules that the field does not know, with the package that held them.
RETIRED_MODULES = (
    *("engine/doubt", "engine/inquiry", "engine/evidence", "engine/case", "engine/filing", "engine/plan"),
    *("engine/evaluate", "engine/full/evaluate", "language/told", "language/facts", "document/bare"),
    *("document/draft", "gateway/situation", "gateway/arrival", "gateway/answers", "gateway/meaning"),
    *("gateway/pasted", "gateway/denial", "cli/going_together", "cli/mistakes", "cli/measures", "cli/parties"),
    *("testing/settled", "testing/decided", "testing/notice", "testing/substitute", "testing/mutation/notice"),
    *("testing/mutation/substitute", "testing/about", "testing/entries"),
)
#: Names of classes, functions and aliases that the field does not know.
RETIRED_NAMES = {
    *("Inquiry", "Sheet", "Words", "Found", "Part", "Setting", "Sender", "Meeting", "Site", "Way", "seen", "Filed"),
    *("Filing", "_Hit", "_Who", "_asker", "settled", "Judge", "Told", "_Told", "Situation", "Pasted", "Meaning"),
    *("Settled", "Decided", "Notice", "Parties", "arrived", "Facts", "Bare", "Draft", "Retold", "kept"),
}
#: Names that are defined twice, each with the reason.
DEFINED_TWICE: dict[str, str] = {}

#: A module that is longer has several subjects.
MAX_LINES = 400
#: Modules that are longer, each with the reason.
LONG_MODULES = {"diagnose/known_messages.py": "one table, with a row for each message of API Gateway"}

#: Words that stand for others: given, known, evaluates to, depends on.
METAPHORS = re.compile(r"\b(?:told|asked|c[oa]mes? to|coming to|h[au]ngs? on|hanging on)\b", re.IGNORECASE)


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def definitions(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """The kind and the name of every class, function and alias."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef(name=name):
                yield "class", name
            case ast.FunctionDef(name=name):
                yield "function", name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                yield "alias", name
            case ast.Assign(targets=[ast.Name(id=name)]) if re.fullmatch(r"_?[A-Z][A-Za-z]*[a-z][A-Za-z]*", name):
                yield "alias", name


@cache
def all_definitions() -> list[tuple[str, str, str]]:
    """The kind and the name of every definition, with its module."""
    return [
        (kind, name, path.relative_to(SOURCE).as_posix())
        for path in modules()
        for kind, name in definitions(ast.parse(path.read_text("utf-8")))
    ]


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """The texts and the comments of a module, each with its line."""
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}:
                yield from enumerate(token.string.splitlines(), token.start[0])


def test_no_module_has_a_retired_name() -> None:
    assert [module for module in RETIRED_MODULES if (SOURCE / f"{module}.py").exists()] == []


def test_no_definition_has_a_retired_name() -> None:
    found = [f"{module}: {name}" for _, name, module in all_definitions() if name in RETIRED_NAMES]
    assert found == []


def test_no_class_or_alias_is_defined_twice() -> None:
    places: dict[str, list[str]] = {}
    for kind, name, module in all_definitions():
        if kind != "function":
            places.setdefault(name, []).append(module)
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in twice.items() if name not in DEFINED_TWICE} == {}
    assert set(DEFINED_TWICE) <= set(twice), "listed, and defined once"


def test_no_module_is_too_long() -> None:
    lengths = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8").count("\n") for path in modules()}
    assert {module: length for module, length in lengths.items() if length >= MAX_LINES} == {
        module: lengths[module] for module in LONG_MODULES
    }


def test_no_sentence_has_a_metaphor() -> None:
    found = [
        f"{path.relative_to(SOURCE).as_posix()}:{number}: {line.strip()}"
        for path in modules()
        if METAPHORS.search(path.read_text("utf-8"))  # to read the tokens of every module takes long
        for number, line in sentences(path)
        if METAPHORS.search(line)
    ]
    assert "\n".join(found) == ""


@pytest.mark.parametrize("line", ["what is told of it", "ASKED", "what it came to", "it hangs on the key"])
def test_a_metaphor_is_found(line: str) -> None:
    assert METAPHORS.search(line)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("class Rule: ...", [("class", "Rule")]),
        ("class A:\n    def f(self): ...", [("class", "A"), ("function", "f")]),
        ("Rows: TypeAlias = 'dict[str, int]'", [("alias", "Rows")]),
        ("Rows = dict[str, int]\nROWS = {}\n_rows = {}", [("alias", "Rows")]),
    ],
)
def test_definitions_are_found(code: str, expected: list[tuple[str, str]]) -> None:
    assert list(definitions(ast.parse(code))) == expected
