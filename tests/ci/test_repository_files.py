"""The files for GitHub: they are read, and they name what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))


def read(path: Path) -> dict[Any, Any]:
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("path", [each for each in FORMS if each.name != "config.yml"], ids=lambda path: path.name)
def test_an_issue_form_asks_for_what_is_needed(path: Path) -> None:
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    asked = [each for each in form["body"] if each["type"] != "markdown"]
    assert all(each["validations"]["required"] and each["attributes"]["label"] for each in asked)
    assert len({each["id"] for each in asked}) == len(asked)
    if path.name == "wrong-answer.yml":
        assert [each["id"] for each in asked] == ["policy", "request", "execpolicy", "aws", "version"]


def test_a_wrong_allow_is_reported_privately() -> None:
    (link,) = read(ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml")["contact_links"]
    assert link["url"].endswith("/security/advisories/new")
    assert "Report a vulnerability" in (ROOT / "SECURITY.md").read_text("utf-8")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_names_actions_by_commit_and_version(path: Path) -> None:
    used = re.findall(r"uses: *(.*)", path.read_text("utf-8"))
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


@pytest.mark.parametrize("name", ["checks.yml", "pages.yml", "release.yml"])
def test_the_tests_in_a_browser_may_not_skip(name: str) -> None:
    jobs = read(ROOT / ".github" / "workflows" / name)["jobs"].values()
    for steps in (job["steps"] for job in jobs):
        runs = [step.get("run", "") for step in steps]
        for at, step in enumerate(steps):
            if step.get("run", "").startswith((".ci/run", "make test-playground")):
                assert "required" in step["env"]["EXECPOLICY_BROWSER"]
                assert any("install --yes chromium" in run for run in runs[:at])


def test_the_checks_run_with_each_python_that_is_named() -> None:
    jobs = read(ROOT / ".github" / "workflows" / "checks.yml")["jobs"]
    named = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["classifiers"]
    versions = {each.rpartition(" ")[2] for each in named if each.startswith("Programming Language :: Python :: 3.")}
    assert versions <= set(jobs["checks"]["strategy"]["matrix"]["python"])
    assert ".ci/run" in [step.get("run") for step in jobs["checks"]["steps"]]
    for job in jobs.values():
        folders = [word for step in job["steps"] for word in step.get("run", "").split() if word.startswith("tests/")]
        assert all((ROOT / folder).is_dir() for folder in folders)
