"""Case files in YAML: the same as in JSON, with their places in the YAML text."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from execpolicy import ExecPolicyError, PolicySyntaxError
from execpolicy.testing import CallCase, CaseFile, load_cases, parse_cases, run_item
from tests.refused import refused
from tests.testing.malformed import SOUND
from tests.testing.malformed_calls import SOUND_CALLS
from tests.testing.malformed_matrices import SOUND_MATRICES

NAME = "orders.execpolicy.yaml"
CONFORMANCE = sorted((Path(__file__).parents[1] / "conformance").glob("*.json"))

CASES = """\
schema: execpolicy/cases/1
title: Orders, for those who have a token
api:
  id: a1b2c3
  type: REST
  region: eu-west-1
  account: "111122223333"
  stages: [prod]
  authorizers:
    tokens: {type: TOKEN, identity_sources: method.request.header.Authorization}
  routes:
    GET /orders: {authorizer: tokens}
cases:
  - name: the function's own policy
    call: GET /orders
    headers: {Authorization: letmein}
    at: 2026-01-01T00:00:00Z
    authorizer_output:
      principalId: ann
      policyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Own
            Effect: Allow
            Action: execute-api:Invoke
            Resource: "*"
    expect: 200
    sid: Own
"""


def shape(file: CaseFile) -> list[tuple[object, ...]]:
    """What each item is, and where."""
    return [(type(item), item.name, item.rules, item.span) for item in file.items]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CONFORMANCE])
def test_json_is_yaml(path: Path) -> None:
    text = path.read_text("utf-8")
    by_json, by_yaml = parse_cases(text, name=str(path)), parse_cases(text, name=f"{path}.yaml")
    assert shape(by_yaml) == shape(by_json)


@pytest.mark.parametrize("sound", [SOUND, SOUND_CALLS, SOUND_MATRICES], ids=["requests", "calls", "matrices"])
def test_the_same_file_in_both_formats(sound: str) -> None:
    text = yaml.safe_dump(json.loads(sound), sort_keys=False, allow_unicode=True)
    by_json, by_yaml = parse_cases(sound, name="cases.json"), parse_cases(text, name="cases.yaml")
    assert [item.name for item in by_yaml.items] == [item.name for item in by_json.items]
    results = [(run_item(one), run_item(other)) for one, other in zip(by_json.items, by_yaml.items, strict=True)]
    assert [one.found for one, _ in results] == [other.found for _, other in results]
    assert all(other.passed for _, other in results)


@pytest.mark.parametrize("name", [NAME, "orders.yml", "orders", "<stdin>"])
def test_names_of_yaml_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("\ufeff" + CASES, "utf-8")
    file = load_cases(tmp_path / name)
    assert file.items[0].place == f"{tmp_path / name}:14:5"


def test_what_an_authorizer_returns_has_its_places() -> None:
    result = run_item(parse_cases(CASES, name=NAME).items[0])
    assert result.passed, str(result)
    (decision,) = result.decisions
    (statement,) = decision.determining_statements
    assert (statement.sid, statement.span and statement.span[:2]) == ("Own", (23, 13))
    assert f"{NAME}:23:13" in str(result)


def test_a_mistake_in_what_an_authorizer_returns() -> None:
    result = run_item(parse_cases(CASES.replace("Allow", "allow"), name=NAME).items[0])
    assert result.found[0] == "500"
    assert 'found "allow" as Effect' in str(result)


def test_times_and_numbers() -> None:
    (case,) = parse_cases(CASES, name=NAME).items
    assert isinstance(case, CallCase)
    assert case.call is not None
    assert case.call.at == "2026-01-01T00:00:00Z"
    assert case.expected.status == 200


@pytest.mark.parametrize(
    ("old", "new", "message", "place", "advice"),
    [
        (
            '"111122223333"',
            "11112222333",
            "found the number 11112222333 as account, expected a string",
            "7:12",
            "put it in double quotes",
        ),
        ("expect: 200", "expect: no", 'found "no" without quotes, which is false in YAML 1.1', "27:13", "put it in"),
        ("    sid: Own", "    Sid: Own", 'found "Sid", which is not a field of a call', "28:5", 'did you mean "sid"?'),
        ("    sid: Own", "   sid: Own", "found text that is not YAML: ", "28:4", "look at indentation"),
        (
            "title: Orders,",
            "title: Orders:",
            "found text that is not YAML: mapping values",
            "2:14",
            "look at indentation",
        ),
    ],
)
def test_mistakes_have_their_places(old: str, new: str, message: str, place: str, advice: str) -> None:
    assert CASES.count(old) == 1
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(CASES.replace(old, new), name=NAME)
    error = caught.value.errors[0]
    assert error.message.startswith(message)
    assert error.place == f"{NAME}:{place}"
    assert error.advice.startswith(advice)


def test_pyyaml_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    said = refused(ExecPolicyError, lambda: parse_cases(CASES, name=NAME))
    assert (said.message, said.at) == ("reading YAML needs PyYAML, which is not installed", NAME)
    assert said.advice == "pip install 'execpolicy[yaml]', or write the file as JSON"
    assert parse_cases(SOUND, name="cases.json").items
