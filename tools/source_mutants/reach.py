"""Measure with coverage which tests reach which lines, and how long the tests take."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import coverage

from tools.source_mutants.pytest_reach import TIMES
from tools.source_mutants.sample import Mutant

#: Tests that run other programs, or the whole project again. The lines that they reach are not measured.
LEFT_OUT = (
    *(
        "tests/tools",
        "tests/test_pages.py",
        "tests/test_readme.py",
        "tests/test_why_page.py",
        "tests/test_example_project.py",
    ),
    "tests/test_benchmarks.py",
)


class Reach(NamedTuple):
    """The result of one measured run of the tests."""

    data: coverage.CoverageData
    times: dict[str, float]
    root: Path

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Return the tests that reach the statement of a mutant: those of the same package first, fast before slow."""
        path = self.root / mutant.module
        by_line = self.data.contexts_by_lineno(str(path))
        tree = ast.parse(path.read_text(encoding="utf-8"))
        lines = _lines_of_statement(tree, mutant.line)
        reaching = {test for line in lines or by_line for test in by_line.get(line, ()) if test in self.times}
        package = f"tests/{Path(mutant.module).parent.name}/"
        if lines is None:
            # Definitions of a module run only once, at its first import, so the tests named after the module are added.
            own = f"{package}test_{Path(mutant.module).name}::"
            reaching.update(test for test in self.times if test.startswith(own))
        return sorted(reaching, key=lambda test: (not test.startswith(package), self.times[test], test))


def measure(root: Path, folder: Path, processes: int) -> None:
    """Run the tests with coverage, each in its own context, and write the results into a folder."""
    files = sorted(str(file.relative_to(root)) for file in (root / "tests").rglob("test_*.py"))
    kept = [file for file in files if not file.startswith(LEFT_OUT)]
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(processes) as pool:
        parts = [kept[number::processes] for number in range(processes)]
        codes = list(pool.map(lambda part: _measure_part(root, folder, *part), enumerate(parts)))
    if any(codes):
        raise SystemExit(f"the tests do not pass as they are: see {folder}/part-*.log")
    combined = coverage.CoverageData(str(folder / "coverage"))
    combined.erase()
    times: dict[str, float] = {}
    for number in range(processes):
        part = coverage.CoverageData(str(folder / f"coverage-{number}"))
        part.read()
        combined.update(part)
        times.update(json.loads((folder / f"times-{number}.json").read_text(encoding="utf-8")))
    combined.write()
    (folder / "times.json").write_text(json.dumps(times), encoding="utf-8")


def read(root: Path, folder: Path) -> Reach:
    """Read the results of ``measure``."""
    data = coverage.CoverageData(str(folder / "coverage"))
    data.read()
    return Reach(data, json.loads((folder / "times.json").read_text(encoding="utf-8")), root)


def _measure_part(root: Path, folder: Path, number: int, files: Sequence[str]) -> int:
    data = folder / f"coverage-{number}"
    command = [sys.executable, "-m", "coverage", "run", f"--data-file={data}", "-m", "pytest", "-q", "-n0"]
    command += ["-p", "tools.source_mutants.pytest_reach", "-p", "no:cacheprovider", *files]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants", TIMES: str(folder / f"times-{number}.json")}
    with (folder / f"part-{number}.log").open("wb") as log:
        return subprocess.run(command, cwd=root, env=environment, stdout=log, stderr=log, check=False).returncode


def _lines_of_statement(tree: ast.Module, line: int) -> range | None:
    """Return the lines of the innermost statement at a line (of a compound one its header); None outside functions."""
    inside = False
    found: ast.stmt | None = None
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        is_function = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        if is_function and line >= node.body[0].lineno:  # type: ignore[attr-defined]  # a function has a body
            inside = True
        if found is None or node.lineno >= found.lineno:
            found = node
    if not inside or found is None:
        return None
    body = getattr(found, "body", None)
    last = body[0].lineno - 1 if body else found.end_lineno or found.lineno
    return range(found.lineno, max(last, found.lineno) + 1)
