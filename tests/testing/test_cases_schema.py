"""docs/schemas/cases-1.json says the same as the loader, as far as a schema can."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from execpolicy import PolicySyntaxError
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.layers import Layer
from execpolicy.gateway.flow.arguments import CLIENT_CERTIFICATES, LIMITS, SIGNATURES
from execpolicy.gateway.model.names import ResponseType
from execpolicy.testing import parse_cases
from execpolicy.testing.case_file import (
    callers_and_targets,
    expected_values,
    item,
    load,
    matrix,
    read_call,
    read_case,
    read_document,
    read_invariant_case,
    templates,
)
from tests.document.marks import unmarked
from tests.json_changes import renamed, replaced
from tests.testing import invariant_files, malformed, malformed_calls, malformed_matrices
from tests.testing.invariant_files import SOUND_INVARIANTS
from tests.testing.malformed import SOUND, Malformed
from tests.testing.malformed_calls import SOUND_CALLS
from tests.testing.malformed_matrices import SOUND_MATRICES

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "schemas" / "cases-1.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
SOUND_FILES = [
    pytest.param(SOUND, id="requests"),
    pytest.param(SOUND_CALLS, id="calls"),
    pytest.param(SOUND_MATRICES, id="matrices"),
    pytest.param(SOUND_INVARIANTS, id="invariants"),
]
MODULES = (malformed, malformed_calls, malformed_matrices, invariant_files)
CONFORMANCE = sorted((ROOT / "tests" / "conformance").glob("*.json"))


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sound", SOUND_FILES)
def test_it_takes_a_sound_file(sound: str) -> None:
    VALIDATOR.validate(json.loads(sound))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in CONFORMANCE])
def test_it_takes_every_conformance_file(path: Path) -> None:
    VALIDATOR.validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for module in MODULES for bad in module.OF_FORM])
def test_it_refuses_the_form_that_the_loader_refuses(bad: Malformed) -> None:
    text, _ = unmarked(bad.text)
    assert not VALIDATOR.is_valid(json.loads(text))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for module in MODULES for bad in module.OF_MEANING])
def test_it_cannot_know_what_names_mean(bad: Malformed) -> None:
    text, _ = unmarked(bad.text)
    assert VALIDATOR.is_valid(json.loads(text))


def refusals(files: Iterator[Any]) -> list[PolicySyntaxError]:
    """What the loader says of each file that it refuses; those that the schema refuses must be among them."""
    found: list[PolicySyntaxError] = []
    for file in files:
        try:
            parse_cases(json.dumps(file))
        except PolicySyntaxError as error:
            found.append(error)
        else:
            assert VALIDATOR.is_valid(file), file
    return found


@pytest.mark.parametrize("sound", SOUND_FILES)
@pytest.mark.parametrize("new", [None, True, -1, "", "x", [], ["x"], {}])
def test_a_part_of_another_type(new: Any, sound: str) -> None:
    found = refusals(replaced(json.loads(sound), new))
    assert len(found) > 40
    assert all(error.span is not None for refusal in found for error in refusal.errors)


@pytest.mark.parametrize("sound", SOUND_FILES)
def test_a_part_left_out_or_called_otherwise(sound: str) -> None:
    assert len(refusals(renamed(json.loads(sound)))) > 50


def test_it_names_the_fields_that_the_loader_knows() -> None:
    definitions = SCHEMA["$defs"]
    for fields, known in [
        # Editors find the schema of a file by the member $schema, and the loader takes it out.
        (SCHEMA, (*load.FILE_FIELDS, "$schema")),
        (SCHEMA["properties"]["template"], templates.TEMPLATE_FIELDS),
        (definitions["caller"], callers_and_targets.CALLER_FIELDS),
        (definitions["target"], callers_and_targets.TARGET_FIELDS),
        (definitions["case"], read_case.CASE_FIELDS),
        (definitions["call"], read_call.CALL_FIELDS),
        (definitions["matrix"], matrix.MATRIX_FIELDS),
        (definitions["matrix_call"], matrix.REQUEST_FIELDS[True]),
        (definitions["matrix_resource"], matrix.REQUEST_FIELDS[False]),
        (definitions["sequence"], read_call.SEQUENCE_FIELDS),
        (definitions["step"], read_call.STEP_FIELDS),
        (definitions["document"], read_document.DOCUMENT_FIELDS),
        (definitions["error"], read_document.ERROR_FIELDS),
        (definitions["invariant_object"], read_invariant_case.INVARIANT_FIELDS),
    ]:
        assert set(fields["properties"]) == set(known)
        assert fields["additionalProperties"] is False
    assert set(item.ITEM_FIELDS) <= set(definitions["case"]["properties"])


def test_it_names_the_words_that_the_loader_knows() -> None:
    case, document = (SCHEMA["$defs"][name]["properties"] for name in ("case", "document"))
    call = SCHEMA["$defs"]["call"]["properties"]
    assert tuple(case["expect"]["enum"]) == item.OUTCOMES
    status, outcomes = call["expect"]["anyOf"]
    assert range(status["minimum"], status["maximum"] + 1) == expected_values.STATUSES
    assert tuple(outcomes["enum"]) == item.CALL_OUTCOMES
    assert call["response_type"]["enum"] == [None, *ResponseType]
    assert tuple(call["signature"]["enum"]) == SIGNATURES
    assert tuple(call["client_certificate"]["enum"]) == CLIENT_CERTIFICATES
    assert tuple(call["limits"]["enum"]) == LIMITS
    assert case["action"]["default"] == INVOKE
    assert SCHEMA["$defs"]["layer"]["enum"] == [layer.value for layer in Layer]
    assert document["kind"]["enum"] == [kind.value for kind in PolicyKind]
    assert SCHEMA["properties"]["schema"]["const"] == load.SCHEMA
