"""Every decision of the conformance suite, as text and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from execpolicy import Decision
from execpolicy.engine.explain.as_data import SCHEMA_VERSION
from execpolicy.engine.explain.reasons import Reason
from execpolicy.render.json import to_json
from execpolicy.render.text import full_decision_lines, to_text
from execpolicy.testing import load_cases, run_case

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests" / "conformance").glob("*.json"))
SCHEMA = json.loads((ROOT / "docs" / "schemas" / f"decision-{SCHEMA_VERSION}.json").read_text("utf-8"))


def decisions(path: Path) -> list[Decision]:
    found = [run_case(case).decision for case in load_cases(path).cases]
    return [decision for decision in found if decision is not None]


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION
    assert set(SCHEMA["$defs"]["clause"]["properties"]["reason"]["enum"]) == {reason.value for reason in Reason}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_json_follows_the_schema(path: Path) -> None:
    validator = Draft202012Validator(SCHEMA)
    for decision in decisions(path):
        errors = [
            f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(to_json(decision)))
        ]
        assert errors == [], decision


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_text_has_every_line_of_the_explanation(path: Path) -> None:
    for decision in decisions(path):
        full = [line.text for line in full_decision_lines(decision)]
        for lines, explained in (
            (to_text(decision).splitlines(), decision.explain()),
            (full, decision.explain().full()),
        ):
            expected = str(explained).splitlines()
            assert [line for line in lines if line in expected] == expected
            assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_wrapping_breaks_lines_only_at_spaces(path: Path) -> None:
    for decision in decisions(path):
        whole = [line for line in to_text(decision).splitlines() if " | " not in line]
        wrapped = [line for line in to_text(decision, width=80).splitlines() if " | " not in line]
        assert " ".join(wrapped).split() == " ".join(whole).split()
