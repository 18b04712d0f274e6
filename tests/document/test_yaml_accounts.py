"""Accounts that YAML has without quotes: twelve digits are read as they are written, fewer are an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from execpolicy import Policy, PolicySyntaxError
from execpolicy.document.syntax.nodes import JsonNumber, Text, TwelveDigits, to_python
from execpolicy.document.syntax.yaml_reader import read_yaml
from execpolicy.literals import PolicyKindName
from execpolicy.loaders.kinds import parse_api

POLICY = """Version: "2012-10-17"
Statement:
  Effect: Allow
  Principal: {AWS: %s}
  Action: execute-api:Invoke
  Resource: "*"
"""
API = """schema: execpolicy/api/1
id: a1b2c3
type: REST
region: eu-west-1
account: %s
stages: [prod]
routes: {GET /: {}}
"""

pytestmark = pytest.mark.rule("POL-12")


def policy(tmp_path: Path, account: str, kind: PolicyKindName = "resource") -> Policy:
    path = tmp_path / "policy.yaml"
    path.write_text(POLICY % account, "utf-8")
    return Policy.load(path, kind=kind)


@pytest.mark.parametrize(
    ("written", "accounts"),
    [
        ("111122223333", ["111122223333"]),
        ("012345678901", ["012345678901"]),
        ("001234567012", ["001234567012"]),
        ('"000000000000"', ["000000000000"]),
        ("[111122223333, 044455556666]", ["111122223333", "044455556666"]),
    ],
)
def test_twelve_digits_are_an_account(tmp_path: Path, written: str, accounts: list[str]) -> None:
    read = policy(tmp_path, written)
    assert read.statements[0].principal is not None
    assert [entry.text.value for entry in read.statements[0].principal.entries] == accounts
    document: Any = read.to_document()
    found = document["Statement"]["Principal"]["AWS"]
    assert (found if isinstance(found, list) else [found]) == accounts


def test_the_account_of_an_api() -> None:
    assert parse_api(API % "111122223333", name="a.yaml").account == "111122223333"
    assert parse_api(API % "012345678901", name="a.yaml").account == "012345678901"


@pytest.mark.parametrize(
    ("written", "message", "advice"),
    [
        ("12345678901", "found the number 12345678901", "put it in double quotes"),
        ("01234567890", 'found "01234567890" without quotes', "put it in quotes, as an account of fewer than twelve"),
        ("0o12345670123", 'found "0o12345670123" without quotes', "put it in quotes"),
        ("1111222233334", "found the number 1111222233334", "put it in double quotes"),
        ("+11112222333", 'found "+11112222333" without quotes', "put it in quotes"),
        ("11112222333.", 'found "11112222333." without quotes', "put it in quotes"),
    ],
)
def test_other_numbers_are_no_account(tmp_path: Path, written: str, message: str, advice: str) -> None:
    for read in (lambda: policy(tmp_path, written), lambda: parse_api(API % written, name="a.yaml")):
        with pytest.raises(PolicySyntaxError) as raised:
            read()
        assert raised.value.message.startswith(message)
        assert raised.value.advice.startswith(advice)


def test_an_account_that_is_not_expected_has_its_place(tmp_path: Path) -> None:
    with pytest.raises(PolicySyntaxError) as raised:
        policy(tmp_path, "111122223333", kind="rcp")
    assert 'found "111122223333" in a resource control policy, expected "*"' in str(raised.value)
    assert "policy.yaml:4:20: " in str(raised.value)


def test_numbers_of_json_stay_errors() -> None:
    document = {"Effect": "Allow", "Principal": {"AWS": 111122223333}, "Action": "a:b", "Resource": "*"}
    with pytest.raises(PolicySyntaxError) as raised:
        Policy.parse({"Statement": document}, kind="resource")
    assert "found the number 111122223333 as AWS in Principal" in raised.value.message


def test_twelve_digits_stay_a_number_where_one_is_expected() -> None:
    root, faults = read_yaml("[111122223333, 011122223333, 11112222333, 1]", "a.yaml")
    assert (to_python(root), faults) == ([111122223333, "011122223333", 11112222333, 1], []) if root else False
    assert isinstance(root, tuple)
    assert [type(item) for item in root[0]] == [TwelveDigits, Text, JsonNumber, JsonNumber]
