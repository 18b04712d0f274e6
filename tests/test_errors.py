"""What execpolicy raises: one tree, each error with its place, its advice and its rule."""

from __future__ import annotations

import pickle

import pytest

from execpolicy import (
    Diagnostic,
    ExecPolicyError,
    Policy,
    PolicySyntaxError,
    RequestError,
    Source,
    Span,
    UsageError,
)

SOURCE = Source("policy.json", '{"a": 1,\n "b": 2}')
PLACE = Span(2, 2, 2, 5)


@pytest.mark.parametrize(
    ("kind", "bases"),
    [
        (ExecPolicyError, (Exception,)),
        (PolicySyntaxError, (ExecPolicyError, ValueError)),
        (RequestError, (ExecPolicyError, ValueError)),
        (UsageError, (ExecPolicyError, TypeError)),
    ],
)
def test_the_tree_of_errors(kind: type[Exception], bases: tuple[type[Exception], ...]) -> None:
    assert kind.__bases__ == bases


def test_an_error_has_its_parts() -> None:
    error = ExecPolicyError("found b", source=SOURCE, span=PLACE, path="b", advice="remove it", rule="POL-1")
    assert (error.message, error.source, error.span, error.path) == ("found b", SOURCE, PLACE, "b")
    assert (error.advice, error.rule) == ("remove it", "POL-1")
    assert error.diagnostic == Diagnostic("found b", SOURCE, PLACE, "b", "remove it", "POL-1")
    assert error.args == ("found b",)


def test_an_error_needs_no_more_than_a_message() -> None:
    error = UsageError("found b")
    assert (error.source, error.span, error.path, error.advice, error.rule) == (None, None, "", "", "")
    assert str(error) == "found b"


@pytest.mark.rule("POL-11")
@pytest.mark.parametrize(
    ("diagnostic", "place", "text"),
    [
        (Diagnostic("found b"), "", "found b"),
        (Diagnostic("found b", advice="remove it"), "", "found b\n  remove it"),
        (Diagnostic("found b", path="Statement[0]"), "Statement[0]", "Statement[0]: found b"),
        (Diagnostic("found b", SOURCE), "policy.json", "policy.json: found b"),
        (Diagnostic("found b", SOURCE, path="b"), "policy.json: b", "policy.json: b: found b"),
        (
            Diagnostic("found b", SOURCE, PLACE, "b", "remove it"),
            "policy.json:2:2",
            'policy.json:2:2: found b\n  2 |  "b": 2}\n    |  ^^^\n  remove it',
        ),
        (Diagnostic("found b", None, PLACE), ":2:2", ":2:2: found b"),
    ],
)
def test_how_an_error_reads(diagnostic: Diagnostic, place: str, text: str) -> None:
    assert (diagnostic.place, str(diagnostic)) == (place, text)
    message, source, span, path, advice, rule, *_ = diagnostic
    assert str(ExecPolicyError(message, source=source, span=span, path=path, advice=advice, rule=rule)) == text


@pytest.mark.rule("POL-11")
def test_a_syntax_error_holds_all_that_is_wrong() -> None:
    document = '{\n "Statement": {"Effect": "allow", "Action": "*"}\n}'
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse(document, kind="identity", name="p.json")
    error = caught.value
    assert [one.place for one in error.errors] == ["p.json:2:15", "p.json:2:26"]
    assert error.diagnostic == error.errors[0]
    assert str(error) == "\n".join(str(one) for one in error.errors)


@pytest.mark.parametrize(
    "error",
    [
        ExecPolicyError("found b", source=SOURCE, span=PLACE, path="b", advice="remove it", rule="POL-1"),
        RequestError("found b"),
        UsageError("found b", advice="remove it"),
        PolicySyntaxError([Diagnostic("found b", SOURCE, PLACE), Diagnostic("found c", path="c")]),
    ],
    ids=lambda error: type(error).__name__,
)
def test_errors_survive_pickling(error: ExecPolicyError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert again.diagnostic == error.diagnostic
    assert str(again) == str(error)
    assert getattr(again, "errors", ()) == getattr(error, "errors", ())
