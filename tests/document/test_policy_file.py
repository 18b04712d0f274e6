"""Policies in files of their own, JSON or YAML."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy import ExecPolicyError, PolicySyntaxError
from execpolicy.document.policy_file import load_policy
from tests.refused import refused
from tests.systems import POSIX_FILES

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}
YAML = 'Version: "2012-10-17"\nStatement: {Effect: Allow, Action: "a:b", Resource: "*"}\n'


@pytest.mark.rule("POL-12")
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", json.dumps(DOCUMENT)),
        ("a.json", json.dumps(json.dumps(DOCUMENT))),
        ("a", "\ufeff" + json.dumps(json.dumps(DOCUMENT))),
        ("a", json.dumps(DOCUMENT)),
        ("a", YAML),
        ("a.yaml", YAML),
        ("a.yml", "\ufeff" + YAML.replace("Version:", '"Version":')),
    ],
)
def test_a_policy_in_a_file(tmp_path: Path, name: str, text: str) -> None:
    path = str(tmp_path / name)
    Path(path).write_text(text, "utf-8")
    policy = load_policy(path, "identity")
    assert (policy.name, policy.source and policy.source.name, policy.version) == (path, path, "2012-10-17")
    assert policy.span(policy.statements[0]) is not None


def test_a_policy_with_a_mistake_in_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "a.yaml")
    Path(path).write_text(YAML.replace("Allow", "allow"), "utf-8")
    said = refused(PolicySyntaxError, lambda: load_policy(path, "identity"))
    assert said.message == 'found "allow" as Effect, expected "Allow" or "Deny"'
    assert (said.at, said.underlined, said.advice) == (f"{path}:2:21", "allow", 'did you mean "Allow"?')


@POSIX_FILES
def test_a_policy_in_no_file(tmp_path: Path) -> None:
    said = refused(ExecPolicyError, lambda: load_policy(f"{tmp_path}/\x1b", "identity"))
    assert said.message == f'cannot read "{tmp_path}/\\x1b": No such file or directory'
    assert (said.at, said.advice) == ("", "check the path")  # the message names the file
