"""The steps of ``action.yml``, run by bash in a repository of their own; nothing is installed."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.command_runs import ROOT
from tools.ci_oracles.scratch import write_repository

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
_EXPRESSION = re.compile(r"\$\{\{ (.*?) \}\}")
pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the steps are run by bash")


class Job(NamedTuple):
    """What the steps of a run of the action did."""

    code: int
    log: str
    summary: str
    outputs: dict[str, dict[str, str]]
    used: dict[str, dict[str, str]]


def expressions(value: object) -> list[str]:
    """The expressions in a part of the action."""
    return _EXPRESSION.findall(json.dumps(value))


def stub_python(path: Path) -> None:
    """A Python whose ``venv`` makes a copy of it, whose ``pip`` only notes what it would install."""
    real = f"PYTHONPATH={shlex.quote(str(ROOT / 'src'))} exec {shlex.quote(sys.executable)}"
    script = (
        '#!/bin/sh\ncase "$1 $2" in\n'
        '"-m venv") mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;\n'
        f'"-m pip") shift 2; printf "%s\\n" "$@" > {shlex.quote(str(path.parent / "pip.txt"))} ;;\n'
        f'*) {real} "$@" ;;\nesac\n'
    )
    path.write_text(script, "utf-8")
    path.chmod(0o755)


def run_action(folder: Path, repository: Path, **inputs: str) -> Job:
    """Run the steps as GitHub does: each with its variables, until one fails."""
    folder.mkdir()
    stub_python(folder / "python")
    values = {
        f"inputs.{name}": inputs.get(name.replace("-", "_"), each["default"]) for name, each in ACTION["inputs"].items()
    }
    values |= {"github.action_path": str(ROOT), "steps.python.outputs.python-path": str(folder / "python")}
    log, outputs, used = "", dict[str, dict[str, str]](), dict[str, dict[str, str]]()
    summary = folder / "summary.md"
    summary.touch()

    def filled(text: str) -> str:
        return _EXPRESSION.sub(lambda found: values.get(found[1], ""), text)

    for step in STEPS:
        if not holds(step.get("if", ""), values):
            continue
        if "uses" in step:
            used[step["uses"]] = {name: filled(str(text)) for name, text in step.get("with", {}).items()}
            continue
        file = folder / "output.txt"
        file.write_text("", "utf-8")
        variables = {name: filled(text) for name, text in step["env"].items()}
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=repository,
            env={
                "PATH": os.environ["PATH"],
                "RUNNER_TEMP": str(folder),
                "GITHUB_OUTPUT": str(file),
                "GITHUB_STEP_SUMMARY": str(summary),
                **variables,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        log += run.stdout
        if "id" in step:
            written = dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())
            outputs[step["id"]] = written
            values |= {f"steps.{step['id']}.outputs.{name}": value for name, value in written.items()}
        if run.returncode:
            return Job(run.returncode, log, summary.read_text("utf-8"), outputs, used)
    return Job(0, log, summary.read_text("utf-8"), outputs, used)


def holds(condition: str, values: dict[str, str]) -> bool:
    """Whether a condition of equalities holds."""
    for part in condition.split(" && ") if condition else ():
        name, operator, expected = part.split(" ")
        if (values.get(name, "") == expected.strip("'")) is not (operator == "=="):
            return False
    return True


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    return folder


def test_what_the_action_uses_is_pinned_by_its_major_version() -> None:
    uses = [step["uses"] for step in STEPS if "uses" in step]
    assert uses == ["actions/setup-python@v6", "github/codeql-action/upload-sarif@v4"]


def test_inputs_reach_the_shell_as_variables_only() -> None:
    assert not any(expressions(step.get("run", "")) for step in STEPS)
    known = {f"inputs.{name}" for name in ACTION["inputs"]} | {"github.action_path", "steps.python.outputs.python-path"}
    known |= {f"steps.{step}.outputs.{name}" for step, name in (("install", "python"), ("lint", "sarif"))}
    known |= {"steps.lint.outputs.code", "steps.test.outputs.code"}
    assert {*expressions(ACTION)} == known - {"inputs.upload-sarif"}


def test_a_sound_repository(tmp_path: Path, repository: Path) -> None:
    write_repository("sound", repository)
    job = run_action(tmp_path / "job", repository, tests=".")
    assert job.code == 0
    assert "no findings\n" in job.log
    assert "1 passed" in job.log
    assert job.summary.startswith("## execpolicy lint\n\nNo findings.\n")
    assert job.summary.endswith("\n## execpolicy test\n\nall cases passed\n")
    sarif = job.outputs["lint"]["sarif"]
    assert json.loads(Path(sarif).read_text("utf-8"))["runs"][0]["results"] == []
    assert job.used["github/codeql-action/upload-sarif@v4"] == {"sarif_file": sarif, "category": "execpolicy"}
    assert (tmp_path / "job" / "pip.txt").read_text("utf-8").splitlines()[-1] == f"{ROOT}[cli,templates]"


def test_a_faulty_repository(tmp_path: Path, repository: Path) -> None:
    write_repository("faulty", repository)
    job = run_action(tmp_path / "job", repository, tests="tests", version="0.1.0")
    assert job.code == 1
    assert "::error file=policies/clerk.json,line=3,endLine=3,col=83,endColumn=87,title=EP-ARN-001 " in job.log
    assert "::error file=tests/orders.execpolicy.yaml,line=6,col=5,title=Ann reads an order%3A failed::" in job.log
    assert "passed over" in job.log
    assert "execpolicy lint ended with exit code 1\n" in job.log
    assert "2 findings: 2 errors.\n" in job.summary
    assert "a case failed" in job.summary
    results = json.loads(Path(job.outputs["lint"]["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    assert [result["ruleId"] for result in results] == ["EP-ARN-001", "EP-DOC-006"]
    assert "github/codeql-action/upload-sarif@v4" in job.used
    assert (tmp_path / "job" / "pip.txt").read_text("utf-8").splitlines()[-1] == "execpolicy[cli,templates]==0.1.0"


def test_inputs_choose_what_is_checked(tmp_path: Path, repository: Path) -> None:
    write_repository("faulty", repository)
    shutil.copy(repository / "policies" / "guest.json", repository / "with space.json")
    job = run_action(tmp_path / "one", repository, paths="\nwith space.json\n\n", upload_sarif="false")
    assert job.code == 1
    assert [line.split(":")[0] for line in job.log.splitlines() if " error EP-" in line] == ["with space.json"]
    assert "test" not in job.outputs
    assert [*job.used] == ["actions/setup-python@v6"]
    sound = repository / "policies" / "clerk.json"
    sound.write_text(sound.read_text("utf-8").replace('"Version": "2012-10-17", ', "").replace("{id}", "*"), "utf-8")
    assert run_action(tmp_path / "two", repository, paths="policies/clerk.json").code == 0
    assert run_action(tmp_path / "three", repository, paths="policies/clerk.json", fail_on="warning").code == 1
    (repository / "pyproject.toml").write_text('[tool.execpolicy.lint]\nfail-on = "warning"\n', "utf-8")
    assert run_action(tmp_path / "settings", repository, paths="policies/clerk.json").code == 1
    given = {"paths": "policies/clerk.json", "fail_on": "warning", "options": "\n--ignore=EP-DOC-040\n"}
    assert run_action(tmp_path / "four", repository, **given).code == 0


@pytest.mark.parametrize("inputs", [{"paths": "missing.json"}, {"paths": "\n"}, {"fail_on": "never"}])
def test_what_cannot_be_used_fails_the_job(tmp_path: Path, repository: Path, inputs: dict[str, str]) -> None:
    write_repository("sound", repository)
    assert run_action(tmp_path / "job", repository, **inputs).code == 2


@pytest.mark.parametrize("text", ["$(touch pwned)", "`touch pwned`", "a'; touch pwned '", '"; touch pwned; "'])
def test_inputs_are_never_commands(tmp_path: Path, repository: Path, text: str) -> None:
    write_repository("sound", repository)
    assert run_action(tmp_path / "one", repository, paths=text, options=text, tests=text, version=text).code == 2
    assert run_action(tmp_path / "two", repository, fail_on=text).code == 2
    assert not [*tmp_path.rglob("pwned")]
