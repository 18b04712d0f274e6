"""Plans of the real terraform, which ``tools/terraform_plans.py`` keeps. Their calls are in test_three_apis.py."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from execpolicy import Api, Template
from tools import terraform_plans
from tools.terraform_states import __main__ as terraform_states

ARNS = terraform_plans.KEPT["arns"]
STATES = terraform_states.KEPT
FILES = [*terraform_plans.KEPT.values(), *STATES.values()]


@pytest.mark.rule("SRC-4", "SRC-10")
def test_a_policy_with_the_arn_of_the_new_api_depends_on_it(tmp_path: Path) -> None:
    shutil.copy(terraform_plans.FOLDER / "arns.tf", tmp_path)
    api = Api.load(ARNS, account="111122223333", region="eu-west-1", terraform_source=tmp_path)
    name = "data.aws_iam_policy_document.shop.statement[1].resources[0]"
    for method in ("GET", "PUT"):
        response = api.invoke(method, "/")
        assert response.outcome == "indeterminate"
        assert name in str(response)
    assert api.invoke("POST", "/").status == 403


def test_the_plans_are_of_the_pinned_versions_and_of_their_sources() -> None:
    terraform, provider = terraform_plans.pinned()
    for name, path in terraform_plans.KEPT.items():
        plan = json.loads(path.read_text("utf-8"))
        assert plan["terraform_version"] == terraform
        assert plan["configuration"]["provider_config"]["aws"]["version_constraint"] == provider
        source = (terraform_plans.FOLDER / f"{name}.tf").read_text("utf-8")
        blocks = {
            f"{'data.' if kind == 'data' else ''}{type_name}.{block}"
            for kind, type_name, block in re.findall(r'^(resource|data) "(\w+)" "(\w+)"', source, re.MULTILINE)
        }
        assert {each["address"] for each in plan["configuration"]["root_module"]["resources"]} == blocks


@pytest.mark.parametrize("name", terraform_states.APIS)
def test_the_states_are_of_the_pinned_versions_and_have_what_was_planned(name: str) -> None:
    state = json.loads(STATES[name].read_text("utf-8"))
    assert state["terraform_version"] == terraform_plans.pinned()[0]
    found = {each["address"] for each in state["values"]["root_module"]["resources"]}
    plan = json.loads(terraform_plans.KEPT[name].read_text("utf-8"))
    assert found == {each["address"] for each in plan["resource_changes"]}


@pytest.mark.rule("SRC-4")
@pytest.mark.parametrize("name", terraform_states.APIS)
def test_nothing_of_a_state_is_unknown_but_what_no_file_says(name: str) -> None:
    found = Template.load(STATES[name]).unknowns
    assert all(each.name.startswith("whether API Gateway may invoke aws_lambda_function.") for each in found)


@pytest.mark.parametrize("path", FILES, ids=[each.name for each in FILES])
def test_a_kept_plan_names_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    hosts = set(re.findall(r"[a-z0-9.-]+(?=/hashicorp)", text))
    assert hosts == {terraform_plans.HOST}
    assert not re.findall(r"/tmp|/root|/home|/opt|/usr|localhost|127\.0", text)
    assert {*re.findall(r"\b[0-9]{12}\b", text)} <= {"111122223333"}
    assert {*re.findall(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[^\"]*", text)} <= {terraform_plans.TIME}


def test_without_terraform_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = ARNS.read_bytes()
    monkeypatch.setenv("PATH", "")
    terraform_plans.main()
    wanted, _ = terraform_plans.pinned()
    said = f"The plans of terraform are not made again: terraform {wanted} is not installed.\n"
    assert (capsys.readouterr().out, ARNS.read_bytes()) == (said, before)


def test_another_version_of_terraform_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = subprocess.CompletedProcess[str]([], 0, '{"terraform_version": "1.0.0"}', "")
    monkeypatch.setattr(shutil, "which", lambda _: "terraform")
    monkeypatch.setattr(terraform_plans, "run", lambda *_: found)
    terraform_plans.main()
    wanted, _ = terraform_plans.pinned()
    said = f"The plans of terraform are not made again: terraform {wanted} is needed, and 1.0.0 is installed.\n"
    assert capsys.readouterr().out == said


def test_without_terraform_or_moto_no_state_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: path.read_bytes() for name, path in STATES.items()}
    monkeypatch.setattr(terraform_states, "check_terraform", lambda: None)
    terraform_states.main(sys.executable)
    assert capsys.readouterr().out == f"The states of terraform are not made again: {sys.executable} has no moto.\n"
    monkeypatch.undo()
    monkeypatch.setenv("PATH", "")
    terraform_states.main(sys.executable)
    wanted, _ = terraform_plans.pinned()
    said = f"The states of terraform are not made again: terraform {wanted} is not installed.\n"
    assert (capsys.readouterr().out, {name: path.read_bytes() for name, path in STATES.items()}) == (said, before)
