"""The sample project as a new user has it: the built package in a clean environment, then pytest; green, then red.

It needs a package index, where pip's own configuration says: without one it fails.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "orders-service"
README = (SAMPLE / "README.md").read_text("utf-8")

#: What would let the environment of these tests into the new one.
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


def run(*command: str | Path, cwd: Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """A command as its user would run it, with another folder first on the path."""
    kept = {name: value for name, value in os.environ.items() if name not in _OURS and not name.startswith("PYTEST_")}
    if path is not None:
        kept["PATH"] = f"{path}{os.pathsep}{kept.get('PATH', os.defpath)}"
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**kept, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )


def done(*command: str | Path, cwd: Path) -> None:
    """Run a command that must succeed: what it said is the message where it does not."""
    result = run(*command, cwd=cwd)
    assert result.returncode == 0, f"{shlex.join(map(str, command))}\n{result.stdout}"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment with the built package in it."""
    folder = tmp_path_factory.mktemp("installed")
    done(sys.executable, "-m", "venv", folder / "venv", cwd=folder)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    done(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder / "dist", ROOT, cwd=folder)
    (wheel,) = (folder / "dist").glob("execpolicy-*.whl")
    (wanted,) = (SAMPLE / "requirements-dev.txt").read_text("utf-8").split()
    assert wanted == "execpolicy[testing]"
    done(python, "-m", "pip", "install", "--quiet", f"{wanted} @ {wheel.as_uri()}", cwd=folder)
    return programs


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project, outside of this checkout."""
    return shutil.copytree(SAMPLE, tmp_path / "orders-service", ignore=shutil.ignore_patterns("__pycache__", ".*"))


def test_the_sample_project_is_green(programs: Path, project: Path) -> None:
    commands = [line.removeprefix("$ ") for line in README.splitlines() if line.startswith("$ ")]
    assert commands.pop(0) == "pip install -r requirements-dev.txt"
    results = {
        command: run(programs / words[0], *words[1:], cwd=project, path=programs)
        for command, words in ((command, shlex.split(command)) for command in commands)
    }
    assert {command: result.returncode for command, result in results.items()} == dict.fromkeys(commands, 0), results
    assert re.search(r"^=+ 58 passed in ", results["pytest"].stdout, re.MULTILINE)
    assert "policies/resource.json (resource) " in results["pytest --execpolicy-coverage"].stdout
    assert "50 passed in " in results["execpolicy test tests"].stdout
    assert "Mutation score: 100.0% " in results["execpolicy test --mutate --mutation-fail-under 100"].stdout


def test_a_mistake_in_a_policy_makes_it_red(programs: Path, project: Path) -> None:
    policy = project / "policies" / "resource.json"
    text = policy.read_text("utf-8")
    ((mistake, number),) = [
        (line.strip(), text[: text.index('"Resource": "execute-api:/prod/GET/health"')].count("\n") + 1)
        for line in README.splitlines()
        if line.startswith('"Resource": ')
    ]
    policy.write_text(text.replace('"Resource": "execute-api:/prod/GET/health"', mistake), "utf-8")
    result = run(programs / "pytest", cwd=project, path=programs)
    assert result.returncode == 1, result.stdout
    assert re.search(r"^=+ 3 failed, 55 passed in ", result.stdout, re.MULTILINE), result.stdout
    told = [re.sub("^E +", "", line) for line in result.stdout.splitlines() if line.startswith("E ")]
    assert "AssertionError: expected an implicit denial, found 200" in told
    assert "policies/resource.json:4:5: Allow HealthChecks applies" in told
    assert f"{number} | {mistake}" in told
    assert any("the resource policy does, and either is enough (GW-17)" in line for line in told)


def test_a_case_file_fails_with_the_lines_of_the_policy(programs: Path, project: Path) -> None:
    policy = project / "policies" / "resource.json"
    policy.write_text(policy.read_text("utf-8").replace("203.0.113.0/24", "203.0.113.0/32"), "utf-8")
    result = run(programs / "pytest", "tests/orders.execpolicy.yaml", cwd=project, path=programs)
    assert result.returncode == 1, result.stdout
    lines = result.stdout.splitlines()
    (name,) = [line.strip("_ ") for line in lines if line.startswith("___")]
    assert name == "in the office [clerk \N{MULTIPLICATION SIGN} PUT /orders/17]"
    assert f"tests/orders.execpolicy.yaml:19:45: {name}: failed" in lines
    assert lines[lines.index("  expected: allow") + 1] == "  found:    403"
    assert any("policies/resource.json:18:5: Deny ChangesOnlyFromTheOffice applies" in line for line in lines)
    assert any('"aws:SourceIp": "203.0.113.0/32"' in line for line in lines)
