"""Run every property with the long profile of Hypothesis, file by file.

``python -m tools.long_profile`` prints a line for each file as it ends, and the output of those that fail. It exits
with 0 if all pass. With paths of files or folders it runs only these.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
#: These take the longest: they begin first, so that no process waits for another at the end.
FIRST = ("tests/properties", "tests/gateway", "tests/analysis")


class FileRun(NamedTuple):
    """What the properties of one file did: the exit code of pytest, its output, and what it took."""

    file: Path
    exit_code: int
    output: str
    seconds: float
    cpu_seconds: float

    def line(self) -> str:
        """Return the summary of pytest, and the time."""
        summary = self.output.strip().rpartition("\n")[2].strip("= ").partition(" in ")[0]
        verdict = summary if self.exit_code == 0 else f"FAILED: {summary}"
        return f"{verdict}; {self.seconds:.0f} s, {self.cpu_seconds:.0f} s of CPU time"


def files_with_properties(paths: Sequence[Path]) -> list[Path]:
    """Return the files of tests that draw examples, in the order in which they are run."""
    files = {file for path in paths for file in (path.rglob("test_*.py") if path.is_dir() else [path])}
    drawing = sorted(file for file in files if has_properties(file))
    return sorted(drawing, key=lambda file: not str(file).startswith(tuple(str(ROOT / folder) for folder in FIRST)))


def has_properties(file: Path) -> bool:
    """Return whether a module has a function that is decorated with ``@given(…)``."""
    functions = (each for each in ast.parse(file.read_bytes()).body if isinstance(each, ast.FunctionDef))
    decorators = (decorator for function in functions for decorator in function.decorator_list)
    return any(isinstance(each, ast.Call) and ast.unparse(each.func) == "given" for each in decorators)


def run(file: Path) -> FileRun:
    """Run the properties of a file in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-m", "hypothesis", "--tb=short", str(file)]
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "HYPOTHESIS_PROFILE": "long"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    return FileRun(file, process.returncode, text, time.monotonic() - began, used.ru_utime + used.ru_stime)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tools.long_profile", description=__doc__)
    parser.add_argument("paths", nargs="*", type=Path, default=[ROOT / "tests"], help="files and folders of tests")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    files = files_with_properties([path.resolve() for path in options.paths])
    if not files:
        print("no properties in " + ", ".join(map(str, options.paths)), file=sys.stderr)
        return 1
    failed = 0
    with ThreadPoolExecutor(options.processes) as pool:
        for number, future in enumerate(as_completed([pool.submit(run, file) for file in files]), 1):
            done = future.result()
            failed += done.exit_code != 0
            print(f"{number} of {len(files)}: {os.path.relpath(done.file, ROOT)}: {done.line()}", flush=True)
            if done.exit_code:
                print(done.output, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
