"""Measure the time of an import in a new interpreter, with bytecode written."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import execpolicy
from benchmarks.clock import Measure, in_turns
from benchmarks.plan import Plan
from benchmarks.report import Report

GROUP = "import"
MODULES = ("execpolicy", "cedarpy", "moto")

_CODE = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"


def measure_imports(plan: Plan, report: Report) -> None:
    """Time the import only, not the start of the interpreter."""
    present = [name for name in MODULES if find_spec(name) is not None]
    measures = {name: _importing(name) for name in present}
    for measure in measures.values():
        measure()  # writes bytecode
    report.add(GROUP, in_turns(measures, plan.part_rounds), note="in a new interpreter, bytecode written")


def _importing(name: str) -> Measure:
    return lambda: float(child("-c", _CODE.format(name))) * 1e6


def child(*arguments: str) -> str:
    """Return the output of a new interpreter, which imports this package from the same folder as this one."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    roots = [str(Path(execpolicy.__file__).parents[1]), str(Path(__file__).parents[1])]
    environment["PYTHONPATH"] = os.pathsep.join(roots)
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True, timeout=600
    )
    return done.stdout
