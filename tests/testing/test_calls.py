"""The loader of case files: calls and sequences of calls, with the APIs that they go to."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from execpolicy import Caller, Diagnostic, PolicySyntaxError
from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.engine.layers import Layer
from execpolicy.testing import CallCase, CallExpectation, SequenceCase, load_cases, parse_cases, run_sequence
from tests.testing.malformed_calls import SOUND_CALLS

NAME = "cases.json"


def read(*changes: tuple[str, str]) -> tuple[tuple[CallCase, ...], tuple[SequenceCase, ...]]:
    text = SOUND_CALLS
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = parse_cases(text, name=NAME)
    return file.calls, file.sequences


def errors_of(*changes: tuple[str, str]) -> tuple[Diagnostic, ...]:
    with pytest.raises(PolicySyntaxError) as caught:
        read(*changes)
    return caught.value.errors


def test_calls_and_sequences_stand_among_the_cases() -> None:
    file = parse_cases(SOUND_CALLS, name=NAME)
    assert file.cases == ()
    assert [call.name for call in file.calls] == [
        "Ann asks for the stock",
        "a private API",
        "a wrong answer",
        "claims alone",
    ]
    assert [sequence.name for sequence in file.sequences] == ["a cached answer"]


def test_a_call_in_full() -> None:
    case = read()[0][0]
    assert (case.rules, case.page, case.why) == (("GW-13",), "apigateway-authorization-flow", "she may")
    assert case.place == f"{NAME}:25:5"
    assert case.api is not None
    assert (case.api.id, case.api.stage.name) == ("a1b2c3", "prod")
    call = case.call
    assert call is not None
    assert (call.method, call.path, call.signature) == ("GET", "/stock", "valid")
    assert (call.headers, call.query) == ({"Accept": "text/html"}, {"page": ["1", "2"]})
    assert (call.context.get("aws:SourceIp"), call.context.complete) == (("192.0.2.1",), True)
    assert isinstance(call.caller, Caller)
    assert call.caller.principal.arn == "arn:aws:iam::111122223333:user/Ann"
    assert call.at == "2026-01-01T00:00:00Z"
    assert (call.vpc_endpoint, call.domain, call.claims) == (None, None, None)
    assert (call.authorizer_output, call.authorizer_raises) == (None, None)


def test_an_expectation_in_full() -> None:
    expected = read()[0][0].expected
    assert expected == CallExpectation(
        status=200,
        response_type="",
        message="",
        gate="IAM",
        sids=frozenset({"Invokes"}),
        layers=frozenset(),
        missing_keys=frozenset(),
        assumed=frozenset(),
        explains=("Invokes", "the call reaches"),
    )


def test_what_is_left_out_is_not_looked_at() -> None:
    case = read()[0][3]
    assert case.expected == CallExpectation(outcome="deny")
    assert case.call is not None
    assert (case.call.caller, case.call.headers, case.call.query) == (None, None, None)
    assert case.call.context.complete
    assert (case.call.claims, case.call.at) == ({"sub": "ann"}, 5)


def test_layers_keys_and_notes_are_read() -> None:
    (case, *_), _ = read(
        ('"layer": []', '"layer": "scp"'),
        ('"missing_keys": []', '"missing_keys": "aws:SourceIp"'),
        ('"note": []', '"note": "path"'),
    )
    assert case.expected.layers == frozenset({Layer.SCP})
    assert case.expected.missing_keys == frozenset({"aws:sourceip"})
    assert case.expected.notes == ("path",)


@pytest.mark.parametrize(("call", "parts"), [("$connect", ("$connect", "")), ("GET /a b", ("GET", "/a b"))])
def test_a_route_key_and_a_path_with_a_space(call: str, parts: tuple[str, str]) -> None:
    case = read(('"GET /stock", "caller"', f'"{call}", "caller"'))[0][0]
    assert case.call is not None
    assert (case.call.method, case.call.path) == parts


@pytest.mark.parametrize(
    ("output", "text"),
    [("null", "null"), ('{"a":  [1.50]}', '{"a":  [1.50]}'), ('"Unauthorized"', '"Unauthorized"'), ("5", "5")],
)
def test_an_answer_is_kept_as_it_is_written(output: str, text: str) -> None:
    case = read(('"authorizer_output": null', f'"authorizer_output": {output}'))[0][2]
    assert case.call is not None
    found = case.call.authorizer_output
    assert isinstance(found, NodeInSource)
    # It stands where it stands in the file, so that what is said of it names that place.
    assert found.source is case.source
    assert found.source.text[found.node.start : found.node.end] == text
    assert found.source.span(found.node.start, found.node.end).line == 41


@pytest.mark.parametrize(("at", "value"), [("1.5", 1.5), ("-1", -1), ('"2026"', "2026"), ("1e3", 1000)])
def test_times(at: str, value: object) -> None:
    case = read(('"at": 5', f'"at": {at}'))[0][3]
    assert case.call is not None
    assert case.call.at == value


@pytest.mark.rule("AUT-2")
def test_a_policy_that_is_returned_has_its_place_in_the_file() -> None:
    response = run_sequence(read()[1][0]).calls[0].response
    assert response is not None
    decision = response.steps[-1].decision
    assert decision is not None
    (statement,) = decision.determining_statements
    assert statement.policy == NAME
    assert statement.span is not None
    assert (statement.span.line, statement.span.column) == (53, 13)


def test_an_error_may_have_an_empty_message() -> None:
    case = read(('"authorizer_output": null', '"authorizer_raises": ""'))[0][2]
    assert case.call is not None
    assert (case.call.authorizer_output, case.call.authorizer_raises) == (None, "")


def test_a_sequence_in_full() -> None:
    (sequence,) = read()[1]
    assert (sequence.rules, sequence.why) == (("AUT-5",), "it is reused")
    assert sequence.page == "api-gateway-lambda-authorizer-output"
    assert sequence.place == f"{NAME}:47:5"
    first, second = sequence.calls
    assert (first.name, second.name) == ("call 1", "the other method")
    assert (first.place, second.place) == (f"{NAME}:50:9", f"{NAME}:55:9")
    assert (first.rules, first.page) == (sequence.rules, sequence.page)
    assert first.api is second.api
    assert first.call is not None
    assert second.call is not None
    assert (first.call.at, second.call.at) == (0, 10.5)


def test_a_call_of_a_sequence_may_have_a_stage_and_an_api_of_its_own() -> None:
    other = (
        '{"id": "z9", "type": "REST", "region": "eu-west-1", "account": "111122223333", "routes": {}, "stages": ["x"]}'
    )
    (sequence,) = read(
        ('"call": "POST /orders"', '"stage": "dev", "call": "POST /orders"'),
        ('"at": 0', f'"at": 0, "stage": "x", "api": {other}'),
    )[1]
    found = [(call.api.id, call.api.stage.name) for call in sequence.calls if call.api is not None]
    assert found == [("z9", "x"), ("a1b2c3", "dev")]


def test_an_api_is_made_once_for_each_stage() -> None:
    calls, (sequence,) = read()
    prod, answer, dev = calls[0].api, calls[2].api, calls[3].api
    assert prod is not None
    assert prod is answer
    assert prod is sequence.calls[0].api
    assert dev is not None
    assert dev is not prod
    assert dev.stage.name == "dev"


def test_a_policy_of_an_api_has_its_place_in_the_file() -> None:
    policy = '{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}'
    case = read(('"stages": ["prod", "dev"],', f'"stages": ["prod", "dev"], "resource_policy": {policy},'))[0][0]
    assert case.api is not None
    found = case.api.resource_policy
    assert found is not None
    assert found.place(found.statements[0]).startswith(f"{NAME}:18:")


def test_a_policy_file_is_looked_for_beside_the_case_file(tmp_path: Path) -> None:
    (tmp_path / "open.json").write_text('{"Statement": []}', "utf-8")
    text = SOUND_CALLS.replace(
        '"stages": ["prod", "dev"],', '"stages": ["prod", "dev"], "resource_policy": "open.json",'
    )
    (tmp_path / NAME).write_text(text, "utf-8")
    api = load_cases(tmp_path / NAME).calls[0].api
    assert api is not None
    assert api.resource_policy is not None
    assert api.resource_policy.statements == ()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"endpoint": "PRIVATE"', '"endpoint": "private"', 'found "private" as endpoint'),
        ('"call": "GET /",', '"call": "GET /", "stage": "dead",', "which stage is called? The API has live"),
        ('"call": "GET /",', '"call": "GET /", "context": {"aws:SourceIp": "here"},', "aws:SourceIp is an IP address"),
        ('"call": "GET /",', '"call": "GET /", "caller": {"principal": "x"},', 'found "x", expected an AWS principal'),
    ],
)
def test_an_error_that_a_call_is_about_is_none_of_the_file(old: str, new: str, message: str) -> None:
    case = read((old, new))[0][1]
    assert case.refusal is not None
    assert message in case.refusal.message


def test_an_error_in_a_named_api_is_one_of_the_file_and_told_once() -> None:
    (error,) = errors_of(('"auth": "AWS_IAM"', '"auth": "IAM"'))
    assert error.place == f"{NAME}:21:32"


def test_a_sequence_without_calls() -> None:
    start, end = SOUND_CALLS.index('"sequence": ['), SOUND_CALLS.index("\n      ]")
    (error,) = errors_of((SOUND_CALLS[start:end], '"sequence": ['))
    assert error.message == "found a sequence without calls"
    assert error.advice == "add calls, such as {call: GET /orders, expect: 200}"
    assert error.place == f"{NAME}:47:5"


def test_calls_can_be_pickled() -> None:
    file = parse_cases(SOUND_CALLS, name=NAME)
    again = pickle.loads(pickle.dumps(file))
    assert again.calls == file.calls
    assert again.sequences == file.sequences
