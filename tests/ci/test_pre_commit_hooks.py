"""The hooks of ``.pre-commit-hooks.yaml``: their commands do what pre-commit did with them.

``make test-oracles`` runs pre-commit and writes ``tests/fixtures/pre_commit/runs.json``.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from execpolicy.linter.recognition import ENDINGS
from tests.command_runs import ROOT, output_of
from tools.ci_oracles.scratch import REPOSITORIES, write_repository

HOOKS: dict[str, dict[str, Any]] = {
    hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
}
RECORDED = json.loads((ROOT / "tests" / "fixtures" / "pre_commit" / "runs.json").read_text("utf-8"))


def test_the_hooks_run_our_commands_in_their_own_environment() -> None:
    assert sorted(HOOKS) == ["execpolicy-lint", "execpolicy-test"]
    for hook in HOOKS.values():
        assert shlex.split(hook["entry"])[0] == "execpolicy"
        assert (hook["language"], hook["additional_dependencies"]) == ("python", [".[templates]"])


@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_runs_for_every_file_that_is_searched_for(hook: str) -> None:
    pattern = re.compile(HOOKS[hook]["files"])
    assert all(pattern.search(f"policies/orders{ending}") for ending in ENDINGS)
    assert not pattern.search("README.md")


def files_for(hook: dict[str, Any], repository: str) -> list[str]:
    """The files that pre-commit names, in its order."""
    if not hook.get("pass_filenames", True):
        return []
    return sorted(name for name in REPOSITORIES[repository] if re.search(hook["files"], name))


def test_every_hook_ran_in_every_repository() -> None:
    ran = {(run["repository"], run["hook"]) for run in RECORDED["runs"]}
    assert ran == {(repository, hook) for repository in REPOSITORIES for hook in HOOKS}
    assert {run["exit_code"] for run in RECORDED["runs"]} == {0, 1}
    assert re.fullmatch(r"\d+\.\d+\.\d+", RECORDED["pre-commit"])


@pytest.mark.skipif(os.name != "posix", reason="the command is one of a POSIX shell")
@pytest.mark.parametrize("run", RECORDED["runs"], ids=lambda run: f"{run['hook']}-{run['repository']}")
def test_the_command_of_a_hook_does_what_pre_commit_said(run: dict[str, Any], tmp_path: Path) -> None:
    write_repository(run["repository"], tmp_path)
    hook = HOOKS[run["hook"]]
    command = shlex.join([*shlex.split(hook["entry"]), *files_for(hook, run["repository"])])
    *lines, code = output_of(f"unset COLUMNS; {command}; echo $?", tmp_path).splitlines()
    assert int(code) == run["exit_code"]
    assert run["ended"] == ("Failed" if run["exit_code"] else "Passed")
    assert not run["exit_code"] or lines[0] == run["first_line"]
