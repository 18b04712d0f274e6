"""A case that passes, one that fails, and what is said of it."""

from __future__ import annotations

import pytest

from execpolicy import UsageError
from execpolicy.testing import Case, CaseResult, DocumentCase, parse_cases, run_case, run_document
from tests.testing.malformed import SOUND


def case_of(*changes: tuple[str, str], number: int = 0) -> Case:
    text = SOUND
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_cases(text, name="cases.json").cases[number]


def document_of(*changes: tuple[str, str], number: int = 0) -> DocumentCase:
    text = SOUND
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_cases(text, name="cases.json").documents[number]


def test_a_case_that_passes() -> None:
    result = run_case(case_of())
    assert result.passed
    assert result.expected == ("allow", "sid: Reads", "layer: none", "missing_keys: none", "assumed: none")
    assert result.found == result.expected
    assert result.decision is not None
    assert result.decision.allowed
    assert result.error is None


@pytest.mark.parametrize(
    ("outcome", "passed"),
    [("deny", True), ("implicit_deny", True), ("explicit_deny", False), ("allow", False), ("indeterminate", False)],
)
def test_deny_is_either_denial(outcome: str, passed: bool) -> None:
    nobody = ('"identity": ["reads"], "boundary": "reads", "scps": [["reads"]]', '"boundary": "reads"')
    case = case_of(nobody, ('"expect": "allow", "sid": "Reads", "layer": []', f'"expect": "{outcome}"'))
    result = run_case(case)
    assert result.passed is passed
    assert result.found[0] == "implicit_deny"


def test_deny_is_an_explicit_one_too() -> None:
    case = case_of(
        ('"Effect": "Allow"', '"Effect": "Deny"'), ('"expect": "allow"', '"expect": "deny"'), ('"layer": [], ', "")
    )
    result = run_case(case)
    assert result.passed
    assert result.found[:2] == ("explicit_deny", "sid: Reads")


@pytest.mark.parametrize(
    ("old", "new", "expected", "found"),
    [
        ('"sid": "Reads"', '"sid": ["Reads", "Writes"]', "sid: Reads, Writes", "sid: Reads"),
        ('"sid": "Reads"', '"sid": []', "sid: none", "sid: Reads"),
        ('"layer": []', '"layer": "scp"', "layer: scp", "layer: none"),
        (
            '"missing_keys": []',
            '"missing_keys": "aws:SourceVpce"',
            "missing_keys: aws:sourcevpce",
            "missing_keys: none",
        ),
        ('"assumed": []', '"assumed": ["CND-13"]', "assumed: CND-13", "assumed: none"),
    ],
)
def test_a_set_must_be_met_exactly(old: str, new: str, expected: str, found: str) -> None:
    result = run_case(case_of((old, new)))
    assert not result.passed
    differing = [pair for pair in zip(result.expected, result.found, strict=True) if pair[0] != pair[1]]
    assert differing == [(expected, found)]


def test_a_failure_shows_expectation_outcome_and_explanation() -> None:
    result = run_case(case_of(('"expect": "allow"', '"expect": "deny"')))
    lines = str(result).splitlines()
    assert lines[0] == "cases.json:18:5: Ann reads [EVL-1, EVL-4]: failed"
    assert lines[1] == "  expected: deny"
    assert "  found:    allow" in lines
    assert "  why:      she may" in lines
    assert any(line.startswith("  ALLOW: the identity-based policy, the service control policy and ") for line in lines)
    assert any("cases.json:6:7" in line for line in lines)


def test_an_error_that_is_expected() -> None:
    result = run_case(case_of(number=1))
    assert result.passed
    assert result.expected == ('error: "service:Name"',)
    assert result.error is not None
    assert result.decision is None
    assert str(result).startswith("cases.json:25:5: no service: passed\n")


def test_another_error_than_expected() -> None:
    result = run_case(case_of(('"error": "service:Name"', '"error": "no such service"'), number=1))
    assert not result.passed
    assert result.found[0].startswith("error: \"found 'Invoke', expected the name of one action")
    assert "<action>:1:1:" in str(result)


def test_an_error_while_deciding() -> None:
    policy = ('"Resource": "*"}\n', '"Resource": "*", "Condition": {"NumericLessThan": {"k:n": "5"}}}\n')
    given = ('{"aws:SourceIp": "192.0.2.1"}', '{"k:n": "many"}')
    allowed = run_case(case_of(policy, given))
    assert not allowed.passed
    assert allowed.expected == ("allow",)
    assert "many" in allowed.found[0]
    sets = ('"sid": "Reads", "layer": [], "missing_keys": [], "assumed": []', '"error": "k:n"')
    refused = run_case(case_of(policy, given, sets, ('"expect": "allow"', '"expect": "error"')))
    assert refused.passed


def test_a_decision_where_an_error_is_expected() -> None:
    result = run_case(case_of(('"action": "Invoke", ', ""), number=1))
    assert not result.passed
    assert (result.expected, result.found) == (('error: "service:Name"',), ("implicit_deny",))


def test_documents_that_pass() -> None:
    results = [run_document(document_of(number=number)) for number in range(3)]
    assert [result.passed for result in results] == [True, True, True]
    assert results[0].found[0].startswith("2:1: found an empty list, expected an object")
    assert results[1].found[0].startswith("Statement[0]: found a statement without Effect")
    assert results[2].found == ("loads",)


@pytest.mark.parametrize(
    ("old", "new", "number", "expected", "found"),
    [
        ('"line": 2', '"line": 1', 0, "1:1: expected an object", "2:1: found an empty list"),
        ('"column": 1', '"column": 2', 0, "2:2: expected an object", "2:1: found an empty list"),
        ('"message": "expected an object"', '"message": "no"', 0, "2:1: no", "2:1: found an empty list"),
        ('"path": "Statement[0]"', '"path": "Statement"', 1, "Statement: without Effect", "Statement[0]: found"),
        (
            '"document": {"Version": "2012-10-17", "Statement": []}',
            '"document": {"Version": "2012-10-17"}',
            2,
            "loads",
            "found a document without Statement",
        ),
        ('{"Action": "*", "Resource": "*"}', "", 1, "Statement[0]: without Effect", "loads"),
    ],
)
def test_documents_that_fail(old: str, new: str, number: int, expected: str, found: str) -> None:
    result = run_document(document_of((old, new), number=number))
    assert not result.passed
    assert result.expected == (expected,)
    assert found in result.found[0]


def test_a_document_that_loads_though_it_should_not() -> None:
    result = run_document(document_of(('{"Action": "*", "Resource": "*"}', ""), number=1))
    assert str(result).splitlines() == [
        "cases.json:36:5: no effect: failed",
        "  expected: Statement[0]: without Effect",
        "  found:    loads",
    ]


def test_every_error_of_a_document_must_be_named() -> None:
    result = run_document(document_of(('{"Action": "*", "Resource": "*"}', '{"Action": "*"}'), number=1))
    assert not result.passed
    assert (len(result.expected), len(result.found)) == (1, 2)


def test_a_failed_document_shows_its_text_underlined() -> None:
    lines = str(run_document(document_of(('"line": 2', '"line": 1')))).splitlines()
    assert lines[0] == "cases.json:31:5: a list [POL-1]: failed"
    assert lines[1] == "  expected: 1:1: expected an object"
    assert "    2 | []" in lines
    assert "      | ^^" in lines


def test_a_result_has_no_truth_value() -> None:
    result = run_case(case_of())
    assert isinstance(result, CaseResult)
    with pytest.raises(UsageError, match="neither true nor false") as caught:
        bool(result)
    assert caught.value.advice == "ask result.passed: a case that failed would count as true"
