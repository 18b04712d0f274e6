"""Fingerprints of findings: what changes them, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.linter.finding import Finding
from execpolicy.linter.fingerprint import LENGTH, fingerprints
from execpolicy.linter.run import lint_text


def statement(resource: str, extra: str = "") -> str:
    elements = f'"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "{resource}"'
    return f"{{{extra}{elements}}}"


def findings(*statements: str, name: str = "orders.json") -> tuple[Finding, ...]:
    text = f'{{"Version": "2012-10-17", "Statement": [{", ".join(statements)}]}}'
    return lint_text(text, name, rules=["EP-ARN-001", "EP-ARN-002", "EP-ARN-003"])


def made(*statements: str, name: str = "orders.json") -> list[str]:
    return [*fingerprints(findings(*statements, name=name), ".")]


ID, TWO_SLASHES = statement("execute-api:/prod/GET/{id}"), statement("execute-api:/prod/GET//a")
OTHER = statement("execute-api:/prod/GET/a")
SID = '"Sid": "Orders", '


@given(st.text(" \t\r\n", max_size=5))
def test_blanks_and_lines_do_not_count(blanks: str) -> None:
    moved = ID.replace('"Resource"', f'{blanks}"Resource"')
    assert made(blanks + moved, OTHER) == made(ID, OTHER)


def test_the_rule_the_file_the_path_and_the_text_count() -> None:
    (first,) = made(ID)
    assert len(first) == LENGTH
    changed = [
        made(ID, name="payments.json"),
        made(OTHER, ID),
        made(ID.replace("{id}", "{order}")),
        made(TWO_SLASHES),
        made(statement("execute-api:/prod/GET/{id}", SID)),
    ]
    assert len({first, *(each for one in changed for each in one)}) == 1 + len(changed)


def test_the_sid_of_a_statement_stands_for_its_number() -> None:
    named = ID.replace("{", f"{{{SID}", 1)
    assert made(named) == made(OTHER, named)
    assert made(named) != made(named.replace("Orders", "Order"))


def test_equal_findings_are_numbered() -> None:
    twice = statement("execute-api:/prod/GET/{id}/{id}")
    first, second = made(twice)
    assert first != second
    assert [first] == made(ID)


def test_findings_without_a_text_have_fingerprints() -> None:
    (finding,) = findings(ID)
    bare = Finding(finding.rule, finding.message, source=None, span=None, path=finding.path)
    assert len({*fingerprints([finding, bare, bare], ".")}) == 3


def test_a_finding_has_the_fingerprint_of_its_file_from_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "policies").mkdir()
    monkeypatch.chdir(tmp_path / "policies")
    assert made(ID) == [*fingerprints(findings(ID, name=str(tmp_path / "policies" / "orders.json")), ".")]
