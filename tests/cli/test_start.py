"""What a command imports before it answers: most of the time of a short command is spent on imports."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from execpolicy.cli.main import main

ROOT = Path(__file__).parents[2]
ORDERS = (
    *("check", "--as", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    *("--on", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17"),
    *("--identity", "examples/foundation/identity.json", "--resource", "examples/foundation/resource.json"),
    *("--context", "aws:SourceIp=203.0.113.7"),
)
#: Modules of the standard library that take long to import, and that none of these commands needs.
SLOW = {
    *("dataclasses", "decimal", "email", "importlib.metadata", "inspect", "ipaddress", "lzma", "shutil", "socket"),
    *("subprocess", "typing"),
}


def imported_by(*arguments: str) -> set[str]:
    """The modules that a command imports."""
    command = [sys.executable, "-X", "importtime", "-c", "from execpolicy.cli.main import main; main()", *arguments]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=ROOT, env=variables, timeout=60, check=False
    )
    assert "internal error" not in run.stderr
    lines = [line for line in run.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.mark.parametrize(
    ("arguments", "at_most"),
    [
        pytest.param(["--version"], 12, id="version"),
        pytest.param(["--help"], 12, id="help"),
        pytest.param([*ORDERS, "--quiet"], 85, id="quiet"),
        pytest.param(ORDERS, 142, id="check"),
    ],
)
def test_the_modules_that_a_command_imports(arguments: list[str], at_most: int) -> None:
    found = imported_by(*arguments)
    own = {name for name in found if name.partition(".")[0] == "execpolicy"}
    assert "execpolicy.cli.main" in own
    assert len(own) <= at_most
    assert found & SLOW == set()


def test_a_quiet_decision_imports_nothing_that_explains() -> None:
    found = imported_by(*ORDERS, "--quiet")
    assert "execpolicy.engine.authorize" in found
    assert not [name for name in found if name.startswith(("execpolicy.engine.explain", "execpolicy.render.text"))]


def test_at_the_end_of_the_process_nothing_is_searched_for_what_can_be_freed() -> None:
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000));"
    command = [sys.executable, "-c", f"{code} from execpolicy.cli.main import main; main()", *ORDERS, "--quiet"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    run = subprocess.run(
        command, capture_output=True, encoding="utf-8", cwd=ROOT, env=variables, timeout=60, check=False
    )
    assert (run.stdout, run.stderr) == ("True\n", "")


def test_a_command_within_another_program_leaves_its_memory_alone() -> None:
    before = gc.get_threshold(), gc.get_freeze_count()
    with pytest.raises(SystemExit):
        main(["--version"])
    assert (gc.get_threshold(), gc.get_freeze_count()) == before


def test_an_api_file_imports_no_reader_of_other_files() -> None:
    found = imported_by("check", "GET", "/health", "--api", "examples/gateway/orders.api.yaml")
    assert "execpolicy.loaders.api_file.document" in found
    names = ("openapi.contents", *(f"cloudformation.{name}" for name in ("document", "apis", "iam", "sam")))
    assert not [name for name in found if name.startswith(tuple(f"execpolicy.loaders.{each}" for each in names))]
