"""JSON or YAML: which of the two a text is, and the files that it names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from execpolicy import ExecPolicyError, PolicySyntaxError
from execpolicy.document.policy_file import load_policy
from execpolicy.document.syntax.json_or_yaml import beside, is_yaml, read_any
from execpolicy.document.syntax.nodes import plain
from tests.refused import refused

DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]}
YAML = 'Version: "2012-10-17"\nStatement: {Effect: Allow, Action: "a:b", Resource: "*"}\n'


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("{}", "a.json", False),
        ("a: b", "a.json", False),
        ("{}", "a.yaml", True),
        ("{}", "a.yml", True),
        ("a: b", "a", True),
        (" \n{}", "a", False),
        ("[]", "a", True),
        ("a: b", "<stdin>", True),
    ],
)
def test_which_of_the_two(text: str, name: str, expected: bool) -> None:
    assert is_yaml(text, name) is expected


@pytest.mark.parametrize(("text", "name"), [('{"a": [1]}', "x.json"), ("\ufeffa: [1]", "x.yaml"), ("a: [1]", "x")])
def test_the_root_of_a_text(text: str, name: str) -> None:
    problems, root = read_any(text, name)
    assert plain(root) == {"a": [1]}
    assert (problems.source.name, problems.count) == (name, 0)
    assert problems.source.text == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "name", "place", "first"),
    [('{"a": 1, "a": 2}', "x.json", "1:10", "1:2"), ("a: 1\na: 2\n", "x.yaml", "2:1", "1:1")],
)
def test_what_is_wrong_has_its_place(text: str, name: str, place: str, first: str) -> None:
    said = refused(PolicySyntaxError, lambda: read_any(text, name))
    assert said.message == f'found the name "a" twice in one object; the first is at {name}:{first}'
    assert (said.at, said.rule) == (f"{name}:{place}", "POL-3")
    assert said.advice == "remove one of them, or put both values in one list"


@pytest.mark.parametrize(
    ("name", "reference", "path"),
    [
        ("cases.json", "reads.json", "reads.json"),
        ("tests/cases.json", "reads.json", "tests/reads.json"),
        ("tests/cases.json", "../policies/reads.json", "policies/reads.json"),
        ("tests/cases.json", "./a//b/../reads.json", "tests/a/reads.json"),
        ("tests/cases.json", "/etc/reads.json", "/etc/reads.json"),
        ("<cases>", "reads.json", "reads.json"),
    ],
)
def test_a_file_beside_another(name: str, reference: str, path: str) -> None:
    assert beside(name, reference) == path.replace("/", os.sep)


def test_one_file_is_called_by_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("tests", "far", "far/in"):
        Path(folder).mkdir()
    for name in ("reads.json", "far/reads.json"):
        Path(name).write_text("{}", "utf-8")
    assert beside("tests/cases.json", "../reads.json") == "reads.json"
    Path("link").symlink_to(Path("far", "in"))
    assert beside("link/cases.json", "../reads.json") == os.path.join("link", "..", "reads.json")


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


def test_a_policy_in_no_file(tmp_path: Path) -> None:
    said = refused(ExecPolicyError, lambda: load_policy(f"{tmp_path}/\x1b", "identity"))
    assert said.message == f"cannot read {tmp_path}/\\x1b: No such file or directory"
    assert (said.at, said.advice) == ("", "check the path")  # the message names the file
