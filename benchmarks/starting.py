"""Measure the time of an import and of a short command, each in a new interpreter, with bytecode written."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

import execpolicy
from benchmarks.clock import Measure, in_turns
from benchmarks.plan import Plan
from benchmarks.report import Report

GROUP = "import"
MODULES = ("execpolicy", "cedarpy", "moto")

_CODE = "import time; start = time.process_time(); import {}; print(time.process_time() - start)"

COMMANDS = "command"
#: What is compared with: a new interpreter with the modules that any command line needs.
BASELINE = "import argparse, json, re"
VERSION, HELP, QUIET, CHECK = "--version", "--help", "check --quiet", "check"
_ROOT = Path(__file__).parents[1]
_POLICIES = _ROOT / "examples" / "foundation"
_DENIED = (
    *("check", "--as", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    *("--on", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17"),
    *("--identity", str(_POLICIES / "identity.json"), "--resource", str(_POLICIES / "resource.json")),
    *("--context", "aws:SourceIp=203.0.113.7"),
)
_MAIN = "from execpolicy.cli.main import main; raise SystemExit(main())"


def measure_imports(plan: Plan, report: Report) -> None:
    """Time the import only, not the start of the interpreter."""
    present = [name for name in MODULES if find_spec(name) is not None]
    measures = {name: _importing(name) for name in present}
    for measure in measures.values():
        measure()  # writes bytecode
    report.add(GROUP, in_turns(measures, plan.part_rounds), note="in a new interpreter, bytecode written")


def _importing(name: str) -> Measure:
    return lambda: float(child("-c", _CODE.format(name))) * 1e6


def measure_commands(plan: Plan, report: Report) -> None:
    """Measure the processor time of short commands, the start of the interpreter included."""
    commands: dict[str, tuple[int, tuple[str, ...]]] = {
        BASELINE: (0, ("-c", BASELINE)),
        VERSION: (0, ("-c", _MAIN, "--version")),
        HELP: (0, ("-c", _MAIN, "--help")),
        QUIET: (1, ("-c", _MAIN, *_DENIED, "--quiet")),
        CHECK: (1, ("-c", _MAIN, *_DENIED)),
    }
    measures = {name: partial(_processor_time, *command) for name, command in commands.items()}
    for measure in measures.values():
        measure()  # writes bytecode
    report.add(COMMANDS, in_turns(measures, plan.part_rounds), note="the whole process, bytecode written")


def _processor_time(code: int, arguments: tuple[str, ...]) -> float:
    before = getrusage(RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, *arguments], env=_environment(), capture_output=True, check=False, timeout=600
    )
    after = getrusage(RUSAGE_CHILDREN)
    assert done.returncode == code, done.stderr
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e6


def child(*arguments: str) -> str:
    """Return the output of a new interpreter, which imports this package from the same folder as this one."""
    done = subprocess.run(
        [sys.executable, *arguments], env=_environment(), capture_output=True, encoding="utf-8", check=True, timeout=600
    )
    return done.stdout


def _environment() -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    roots = [str(Path(execpolicy.__file__).parents[1]), str(_ROOT)]
    return environment | {"PYTHONPATH": os.pathsep.join(roots)}
