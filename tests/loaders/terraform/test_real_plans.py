"""Plans of the real terraform, which ``tools/terraform_plans.py`` keeps. Their calls are in test_three_apis.py."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from execpolicy import Api
from tools import terraform_plans

ARNS = terraform_plans.KEPT["arns"]


@pytest.mark.rule("SRC-4", "SRC-10")
def test_a_policy_with_the_arn_of_the_new_api_depends_on_it() -> None:
    api = Api.load(ARNS, account="111122223333", region="eu-west-1")
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


@pytest.mark.parametrize("path", terraform_plans.KEPT.values(), ids=terraform_plans.KEPT)
def test_a_kept_plan_names_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text("utf-8")
    hosts = set(re.findall(r"[a-z0-9.-]+(?=/hashicorp)", text))
    assert hosts == {terraform_plans.HOST}
    assert not re.findall(r"/tmp|/root|/home|/opt|/usr|localhost|127\.0", text)
    assert {*re.findall(r"\b[0-9]{12}\b", text)} <= {"111122223333"}
    assert json.loads(text)["timestamp"] == terraform_plans.TIME


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
