"""Every text file and every pipe names its encoding: the default of Python 3.11 to 3.14 is that of the locale.

On Windows that is rarely UTF-8, and there no test of these would run first.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("src", "tests", "tools", "benchmarks", "examples", "playground")
#: Functions that open text unless the mode has a "b", with the position of the mode among the arguments.
OPENING = {"open": 1, "fdopen": 1, "NamedTemporaryFile": 0, "TemporaryFile": 0, "SpooledTemporaryFile": 1}
#: Those whose encoding may be a positional argument, with the position.
POSITIONAL = {"read_text": 0, "write_text": 1, "TextIOWrapper": 1}


#: What the text of a module with such calls has: to parse all modules takes long.
_MAY_OPEN = re.compile("|".join([*OPENING, *POSITIONAL, "text *=", "universal_newlines"]))


def without_encoding(code: str) -> Iterator[int]:
    """The lines of calls that read or write text in the encoding of the locale."""
    if not _MAY_OPEN.search(code):
        return
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and _is_without(node):
            yield node.lineno


def _is_without(call: ast.Call) -> bool:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in keywords:
        return False
    if {"text", "universal_newlines"} & {*keywords} and _name(call) in ("run", "Popen", "check_output"):
        return True
    name = _name(call)
    # The functions of this project that are called so take a path and nothing else: the encoding is theirs.
    if name in POSITIONAL and (isinstance(call.func, ast.Attribute) or name == "TextIOWrapper"):
        return len(call.args) <= POSITIONAL[name]
    return name in OPENING and _is_text(call, name, keywords.get("mode"))


def _is_text(call: ast.Call, name: str, mode: ast.expr | None) -> bool:
    method = isinstance(call.func, ast.Attribute) and name == "open"
    if method and ast.unparse(call.func) == "os.open":
        return False
    # The mode is the first argument of the method of a path.
    position = 0 if method else OPENING[name]
    found = mode if mode is not None else call.args[position] if len(call.args) > position else None
    if found is None:
        return not name.endswith("TemporaryFile")  # which is binary by default
    if not isinstance(found, ast.Constant):
        return not method  # which may be that of another class
    return "b" not in str(found.value)


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def test_all_text_has_its_encoding() -> None:
    files = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    assert len(files) > 1000
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for path in files
        for line in without_encoding(path.read_text("utf-8"))
    ]
    assert found == [], 'give encoding="utf-8", which makes text=True superfluous'


@pytest.mark.parametrize(
    "code",
    [
        "open(path)",
        "open(path, 'w')",
        "open(path, mode)",
        "open(path, mode='a', newline='')",
        "path.open()",
        "path.open('w')",
        "os.fdopen(handle, 'w')",
        "path.read_text()",
        "path.write_text(text)",
        "path.write_text(text, newline='')",
        "io.TextIOWrapper(stream)",
        "TextIOWrapper(stream, newline='')",
        "subprocess.run(command, text=True)",
        "subprocess.Popen(command, universal_newlines=True)",
        "tempfile.NamedTemporaryFile('w')",
        "NamedTemporaryFile(mode='w')",
    ],
)
def test_a_call_without_an_encoding(code: str) -> None:
    assert [*without_encoding(f"\n{code}")] == [2]


@pytest.mark.parametrize(
    "code",
    [
        "open(path, 'rb')",
        "open(path, encoding='utf-8')",
        "open(path, 'w', encoding='utf-8')",
        "path.open('rb')",
        "path.open(encoding='utf-8')",
        "os.open(path, os.O_RDONLY)",
        "session.open(work)",
        "os.fdopen(handle, 'wb')",
        "path.read_text('utf-8')",
        "path.read_text(encoding='utf-8')",
        "path.write_text(text, 'utf-8')",
        "read_text(path)",
        "io.TextIOWrapper(stream, 'utf-8')",
        "subprocess.run(command, encoding='utf-8')",
        "subprocess.run(command)",
        "tempfile.NamedTemporaryFile()",
        "tempfile.NamedTemporaryFile('wb')",
        "word(text=True)",
    ],
)
def test_a_call_that_is_not_text_or_names_its_encoding(code: str) -> None:
    assert [*without_encoding(code)] == []
