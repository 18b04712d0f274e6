"""The recipes of docs/ci.md: what they use exists, and the commands in them run."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.test_action import ACTION
from tests.ci.test_pre_commit_hooks import HOOKS
from tests.command_runs import ROOT, output_of
from tests.documented_pages import blocks
from tools.ci_oracles.scratch import write_repository

RECIPES = {block.title: block.text for block in blocks((ROOT / "docs" / "ci.md").read_text("utf-8")) if block.title}


def read(title: str) -> Any:
    return yaml.safe_load(RECIPES[title])


def test_the_workflow_uses_the_action_with_its_inputs() -> None:
    _, ours = read(".github/workflows/execpolicy.yml")["jobs"]["access"]["steps"]
    assert ours["uses"].startswith("execpolicy/execpolicy@")
    assert ours["with"].keys() <= ACTION["inputs"].keys()


def test_the_inputs_of_the_action_are_documented() -> None:
    page = (ROOT / "docs" / "ci.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| (?:`([^`]+)`|[^|]+) \|$", page, re.MULTILINE))
    assert rows == {name: each["default"] for name, each in ACTION["inputs"].items()}


@pytest.mark.skipif(os.name != "posix", reason="the command is one of a POSIX shell")
def test_the_options_in_the_workflow_are_options_of_lint(tmp_path: Path) -> None:
    _, ours = read(".github/workflows/execpolicy.yml")["jobs"]["access"]["steps"]
    write_repository("sound", tmp_path)
    options = shlex.join(ours["with"]["options"].split())
    assert output_of(f"execpolicy lint {options} policies", tmp_path) == "no findings\n"


def test_the_hooks_exist() -> None:
    (repository,) = read(".pre-commit-config.yaml")["repos"]
    assert [hook["id"] for hook in repository["hooks"]] == [*HOOKS]


def commands_of_recipes() -> list[str]:
    """The commands of execpolicy in the recipes of other systems."""
    jobs = read(".gitlab-ci.yml").values()
    lines = [line for job in jobs for line in job["script"]]
    lines += [line.replace(".venv/bin/", "") for line in re.findall(r"sh '([^']*)'", RECIPES["Jenkinsfile"])]
    return [line for line in lines if line.startswith("execpolicy ")]


def test_the_commands_are_found() -> None:
    assert len(commands_of_recipes()) == 4


@pytest.mark.skipif(os.name != "posix", reason="the commands are those of a POSIX shell")
@pytest.mark.parametrize("command", commands_of_recipes())
def test_a_command_writes_the_report_that_the_system_reads(command: str, tmp_path: Path) -> None:
    write_repository("faulty", tmp_path)
    *_, code = output_of(f"{command}; echo $?", tmp_path).splitlines()
    assert code == ("0" if "--exit-zero" in command else "1")
    found = re.search(r"--output (\S+)", command)
    assert found is not None
    assert (tmp_path / found[1]).stat().st_size > 0
    recipe = RECIPES["Jenkinsfile"] if "--exit-zero" in command else RECIPES[".gitlab-ci.yml"]
    assert recipe.count(found[1]) == 2
