"""The functions that a case file names: when they run, and that nothing of them runs without consent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy import PolicySyntaxError, UsageError
from execpolicy.testing import CallCase, CaseFile, load_cases, parse_cases, run_item
from execpolicy.testing.case_file.calls import Invocation
from execpolicy.testing.mutation import mutate
from tests.testing.pytest_runs import installed

NAME = "shop.execpolicy.json"
CONSENT = (
    "give --run-authorizers, set run_authorizers = true in [tool.execpolicy] of the pyproject.toml of the working "
    "directory, or run the file with pytest; in Python give run_authorizers=True"
)
API = {
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
    "routes": {"GET /orders": {"authorizer": "tokens"}, "GET /open": {}},
}
#: Each run of the module is a line of a file beside it.
AUTH = """
import pathlib
with pathlib.Path(__file__).with_name("runs").open("a") as runs:
    runs.write("run\\n")
def handler(event, context):
    if event["authorizationToken"] == "none":
        raise Exception("Unauthorized")
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": event["methodArn"]}
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
def denies(event, context):
    raise Exception("Unauthorized")
"""
TOKEN = {"Authorization": "abc"}
CALL = {"name": "an order", "call": "GET /orders", "headers": TOKEN, "authorizer": "auth.py:handler", "expect": 200}
WITHOUT = {name: value for name, value in CALL.items() if name != "authorizer"}
ANSWER = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": []}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the case file, below the working directory."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "auth.py").write_text(AUTH, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "tests"


def save(folder: Path, *cases: dict[str, Any], **fields: Any) -> str:
    file = {"schema": "execpolicy/cases/1", "title": "Shop", "api": API, "cases": list(cases), **fields}
    (folder / NAME).write_text(json.dumps(file, indent=1), "utf-8")
    return f"tests/{NAME}"


def passed(file: CaseFile) -> list[bool]:
    return [run_item(item).passed for item in file.items]


def runs(folder: Path) -> int:
    path = folder / "runs"
    return len(path.read_text("utf-8").splitlines()) if path.exists() else 0


# Consent


@pytest.mark.parametrize(
    "fields",
    [
        {"cases": [CALL]},
        {"cases": [WITHOUT], "authorizer": "auth.py:handler"},
        {"cases": [{"name": "s", "authorizer": "auth.py:handler", "sequence": [{**WITHOUT, "at": 1}]}]},
        {"cases": [{"name": "s", "sequence": [{**CALL, "at": 1}]}]},
        {"cases": [{"name": "m", "callers": ["anonymous"], "requests": [{**WITHOUT, "name": "r"}], "expect": 200}]},
    ],
    ids=["call", "file", "sequence", "step", "matrix"],
)
def test_nothing_runs_without_consent(folder: Path, fields: dict[str, Any]) -> None:
    if fields["cases"][0]["name"] == "m":
        request = {name: value for name, value in fields["cases"][0]["requests"][0].items() if name != "expect"}
        fields["cases"][0].update(requests=[request], authorizer="auth.py:handler")
    path = save(folder, **fields)
    for load in (load_cases, lambda name: parse_cases((folder / NAME).read_text("utf-8"), name=name)):
        with pytest.raises(PolicySyntaxError) as refused:
            load(path)
        (error,) = refused.value.errors
        assert (
            error.message == 'found the authorizer "auth.py:handler", but a case file runs code only with your consent'
        )
        assert error.advice == CONSENT
        assert error.span is not None
        assert error.source is not None
        assert error.source.excerpt(error.span).count("^") == len('"auth.py:handler"')
    assert runs(folder) == 0


def test_loading_with_consent_runs_nothing(folder: Path) -> None:
    file = load_cases(save(folder, CALL), run_authorizers=True)
    assert runs(folder) == 0
    assert passed(file) == [True]
    assert runs(folder) == 1


def test_consent_is_true_or_false(folder: Path) -> None:
    with pytest.raises(UsageError, match="run_authorizers is True or False"):
        load_cases(save(folder, CALL), run_authorizers="no")  # type: ignore[arg-type]  # what is tested
    assert runs(folder) == 0


# What runs


@pytest.mark.rule("AUT-11")
def test_the_function_of_the_file_answers_all_calls_that_give_no_output(folder: Path) -> None:
    path = save(
        folder,
        WITHOUT,
        {**WITHOUT, "name": "without a token", "headers": {"Authorization": "none"}, "expect": 401},
        {**WITHOUT, "name": "its own function", "authorizer": "auth.py:denies", "expect": 401},
        {**WITHOUT, "name": "its own output", "authorizer_output": ANSWER, "expect": 403},
        {**WITHOUT, "name": "its own error", "authorizer_raises": "bug", "expect": 500},
        {"name": "no authorizer", "call": "GET /open", "expect": 200},
        authorizer="auth.py:handler",
    )
    file = load_cases(path, run_authorizers=True)
    assert passed(file) == [True] * 6
    assert runs(folder) == 3, "once for each event of a function"


def test_a_matrix_and_a_sequence_have_a_function_for_all_their_calls(folder: Path) -> None:
    other = {"call": "GET /orders", "headers": TOKEN}
    path = save(
        folder,
        {
            "name": "m",
            "callers": ["anonymous"],
            "requests": [
                {"name": "a", **other},
                {"name": "b", **other, "authorizer_raises": "bug"},
                {"name": "c", **other, "authorizer": "auth:denies"},
            ],
            "authorizer": "auth:handler",
            "expect": {"anonymous": [200, 500, 401]},
        },
        {
            "name": "s",
            "authorizer": "auth.py:handler",
            "sequence": [
                {**other, "at": 1, "expect": 200},
                {**other, "at": 1000, "authorizer_raises": "bug", "expect": 500},
            ],
        },
    )
    assert passed(load_cases(path, run_authorizers=True)) == [True] * 4


def test_a_key_that_only_the_policy_of_the_function_names(folder: Path) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"s3:prefix": "a"}}}
    answer = {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    (folder / "auth.py").write_text(f"def handler(event, context): return {answer!r}", "utf-8")
    path = save(folder, {**CALL, "context": {"s3:prefix": "a"}})
    assert passed(load_cases(path, run_authorizers=True)) == [True]


def test_a_function_that_cannot_run_fails_the_case(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / "auth.py").write_text("import nothing_like_it", "utf-8")
    expects = {**CALL, "name": "expected", "expect": "error", "error": "cannot be imported"}
    file = load_cases(save(folder, CALL, expects), run_authorizers=True)
    first, second = map(run_item, file.items)
    assert not first.passed
    assert '"tests/auth.py" cannot be imported: ModuleNotFoundError' in first.found[0]
    assert second.passed
    assert "tests/auth.py:handler| ModuleNotFoundError" in capfd.readouterr().err


def test_mutation_runs_a_function_once_for_each_event(folder: Path) -> None:
    guarded = {
        **API,
        "resource_policy": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
            ],
        },
    }
    file = load_cases(save(folder, CALL, api=guarded), run_authorizers=True)
    assert mutate(file.items).mutants
    assert runs(folder) == 1


# What is wrong


@pytest.mark.parametrize(
    ("fields", "message", "marked"),
    [
        ({"authorizer": 5}, "found the number 5 as authorizer, expected a string such as auth.py:handler", "5"),
        ({"authorizer": "auth.py"}, 'found "auth.py" as the handler, expected auth.py:handler or', '"auth.py"'),
        ({"authorizer": ""}, 'found "" as the handler', '""'),
        ({"authorizer": "aut.py:handler"}, 'the file "tests/aut.py" of the handler does not exist', '"aut.py:handler"'),
        (
            {"authorizer": "../../auth.py:handler"},
            'found the file "../../auth.py", which lies outside of the project',
            '"../../auth.py:handler"',
        ),
        (
            {"authorizer_output": ANSWER},
            'found "authorizer_output" in a call that runs its authorizer',
            '"authorizer_output"',
        ),
        (
            {"authorizer_raises": "x"},
            'found "authorizer_raises" in a call that runs its authorizer',
            '"authorizer_raises"',
        ),
    ],
)
def test_what_is_wrong_is_shown_at_its_place(folder: Path, fields: dict[str, Any], message: str, marked: str) -> None:
    with pytest.raises(PolicySyntaxError) as refused:
        load_cases(save(folder, {**CALL, **fields}), run_authorizers=True)
    (error,) = refused.value.errors
    assert error.message.startswith(message)
    assert error.source is not None
    assert error.span is not None
    line = error.source.line(error.span.line)
    assert line[error.span.column - 1 : error.span.end_column - 1] == marked


def test_a_matrix_with_two_outputs(folder: Path) -> None:
    requests = [{"name": "r", "call": "GET /orders", "authorizer_raises": "x"}]
    both = {"authorizer": "auth.py:handler", "authorizer_raises": "y"}
    matrix = {"name": "m", "callers": ["anonymous"], "requests": requests, "expect": 500, **both}
    with pytest.raises(PolicySyntaxError, match='found "authorizer_raises" in a call that runs its authorizer'):
        load_cases(save(folder, matrix), run_authorizers=True)


def test_a_function_that_no_call_uses(folder: Path) -> None:
    path = save(folder, {**WITHOUT, "authorizer_output": ANSWER, "expect": 403}, authorizer="auth.py:handler")
    with pytest.raises(PolicySyntaxError, match='found "authorizer", the function of all calls, but no call uses it'):
        load_cases(path, run_authorizers=True)


def test_an_invocation_takes_a_handler_and_nothing_else() -> None:
    with pytest.raises(UsageError, match="authorizer_output is a text, a NodeInSource or a LocalHandler, found "):
        Invocation("GET", authorizer_output=print)  # type: ignore[arg-type]  # what is tested


def test_equal_names_are_one_handler(folder: Path) -> None:
    file = load_cases(save(folder, CALL, {**CALL, "name": "again"}), run_authorizers=True)
    first, second = (item.call for item in file.items if isinstance(item, CallCase))
    assert first is not None
    assert second is not None
    assert first.authorizer_output is second.authorizer_output


# pytest


def test_under_pytest_the_functions_run(
    pytester: pytest.Pytester, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path_factory.mktemp("site"), monkeypatch)
    tests = pytester.mkdir("tests")
    (tests / "auth.py").write_text(AUTH.replace("def handler", "print('at import')\ndef handler"), "utf-8")
    save(tests, CALL, {**CALL, "name": "refused", "headers": {"Authorization": "none"}})
    pytester.runpytest("--collect-only")
    assert runs(tests) == 0
    run = pytester.runpytest()
    run.assert_outcomes(passed=1, failed=1)
    assert "tests/auth.py:handler| at import" in run.stdout.str()
