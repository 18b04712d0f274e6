"""Run the tests that reach a mutant with a copy of the source that has the change."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.source_mutants.pytest_selection import SELECTION
from tools.source_mutants.reach import Reach
from tools.source_mutants.sample import Mutant, mutated

#: A mutant counts as killed if the tests take longer than a minute and this multiple of their usual time.
PATIENCE = 10


class Trial(NamedTuple):
    """The result of the tests for a mutant."""

    mutant: Mutant
    #: ``killed``, ``survived``, or ``unreached`` if no test reaches it.
    verdict: str
    tests: int
    seconds: float


class SourceCopy:
    """A copy of ``src`` to which one mutant at a time is applied."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))

    def run(self, mutant: Mutant, reach: Reach, most_seconds: float | None) -> Trial:
        """Run the tests that reach a mutant: those that usually end within ``most_seconds``, or all of them."""
        tests = _within(reach.tests_of(mutant), reach.times, most_seconds)
        if not tests:
            return Trial(mutant, "unreached", 0, 0.0)
        usual = sum(reach.times[test] for test in tests)
        changed = self.folder / mutant.module
        changed.write_text(mutated(self.root, mutant), encoding="utf-8")
        try:
            code = self._pytest(tests, 60 + PATIENCE * usual)
        finally:
            shutil.copy2(self.root / mutant.module, changed)
        if code == 5:
            raise SystemExit(f"none of the tests that reach {mutant} was collected: measure again")
        return Trial(mutant, "survived" if code == 0 else "killed", len(tests), usual)

    def _pytest(self, tests: Sequence[str], seconds: float) -> int:
        selection = self.folder / "selection"
        selection.write_text("\n".join(tests), encoding="utf-8")
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider"]
        command += ["-p", "tools.source_mutants.pytest_selection", *files]
        environment = {
            **os.environ,
            "HYPOTHESIS_PROFILE": "mutants",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join(filter(None, (str(self.folder / "src"), os.environ.get("PYTHONPATH")))),
            SELECTION: str(selection),
        }
        with (self.folder / "log").open("wb") as log:
            try:
                return subprocess.run(
                    command, cwd=self.root, env=environment, stdout=log, stderr=log, timeout=seconds, check=False
                ).returncode
            except subprocess.TimeoutExpired:
                return 1


def _within(tests: Sequence[str], times: dict[str, float], most_seconds: float | None) -> list[str]:
    if most_seconds is None:
        return list(tests)
    kept: list[str] = []
    left = most_seconds
    for test in tests:
        left -= times[test]
        if left < 0 and kept:
            break
        kept.append(test)
    return kept
