"""The loader of case files: what it takes, and what it says, and where, of what it does not take."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from execpolicy import Diagnostic, ExecPolicyError, Layer, PolicyKind, PolicySyntaxError
from execpolicy.testing import DocumentError, Expectation, load_cases, parse_cases, run_item
from tests.document.marks import unmarked
from tests.testing import malformed_calls, malformed_matrices
from tests.testing.malformed import OF_FORM, OF_MEANING, SOUND, Malformed

NAME = "cases.json"


def errors_of(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_cases(text, name=NAME)
    return caught.value.errors


MORE = (malformed_calls, malformed_matrices)
ALL = [*OF_FORM, *OF_MEANING, *(bad for module in MORE for bad in (*module.OF_FORM, *module.OF_MEANING))]


@pytest.mark.parametrize("bad", [pytest.param(bad, id=bad.name) for bad in ALL])
def test_a_malformed_file(bad: Malformed) -> None:
    text, spans = unmarked(bad.text)
    found = errors_of(text)
    assert len(found) == len(bad.messages), "\n".join(map(str, found))
    for error, message in zip(found, bad.messages, strict=True):
        assert message in error.message
        assert error.advice
    for error, advice in zip(found, bad.advices, strict=False):
        assert error.advice.startswith(advice)
    # Three messages about one element have one mark.
    assert list(dict.fromkeys(error.span for error in found)) == spans
    assert {error.source.name for error in found if error.source is not None} == {NAME}


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize("key", ["s3:prefix", "aws:NewKey"])
@pytest.mark.parametrize("sound", [SOUND, malformed_calls.SOUND_CALLS])
def test_the_advice_accepts_a_key_that_is_not_known(sound: str, key: str) -> None:
    context = '"context": {"aws:SourceIp": "192.0.2.1"'
    text = sound.replace(context, f'{context}, "{key}": "x"')
    assert text != sound
    (error,) = errors_of(text)
    advice = f'"allow_unknown_keys": ["{key}"]'
    assert error.advice.endswith(advice)
    file = parse_cases(text.replace('"title": ', f'{advice}, "title": ', 1), name=NAME)
    assert run_item(file.items[0]).passed


def test_everything_that_is_wrong_is_told_in_the_order_of_the_file() -> None:
    text = SOUND.replace('"title"', '"titel"').replace('"allow"', '"allowed"').replace('"scp"', '"SCP"')
    found = errors_of(text.replace('"Effect": "Allow"', '"Effect": "allow"'))
    assert [(error.message.split(",")[0], error.span and error.span.line) for error in found] == [
        ('found a case file without "title"', 1),
        ('found "titel"', 3),
        ('found "allow" as Effect', 6),
        ('found "allowed" as expect', 23),
        ('found "SCP" as kind', 40),
    ]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ('{"schema": "execpolicy/cases/1",}', 'found a comma before the closing "}"', "1:32"),
        ('{\n  "title": "a",\n  "title": "b"\n}', 'found the name "title" twice in one object; the first is at', "3:3"),
        ("", "the document is empty", "1:1"),
        ('"{}"', "found a string as a case file, expected an object", "1:1"),
    ],
)
def test_what_is_no_json_object(text: str, message: str, place: str) -> None:
    (error,) = errors_of(text)
    assert message in error.message
    assert error.place == f"{NAME}:{place}"


def test_advice_names_what_was_meant() -> None:
    (error,) = errors_of(SOUND.replace('"caller": "ann"', '"caller": "anne"'))
    assert error.advice == 'did you mean "ann"?'
    (error,) = errors_of(SOUND.replace('"complete": true', '"compleat": true'))
    assert error.advice == 'did you mean "complete"?'


def test_a_sound_file() -> None:
    file = parse_cases(SOUND, name=NAME)
    assert (file.title, file.source.name) == ("Clerks and orders", NAME)
    assert [case.name for case in file.cases] == ["Ann reads", "no service"]
    case = file.cases[0]
    assert (case.rules, case.page, case.why) == (("EVL-1", "EVL-4"), "reference_policies_evaluation-logic", "she may")
    assert case.place == f"{NAME}:18:5"
    assert case.expected == Expectation("allow", frozenset({"Reads"}), frozenset(), frozenset(), frozenset())
    assert case.request is not None
    assert case.request.action == "execute-api:Invoke"
    assert case.request.context.get("aws:SourceIp") == ("192.0.2.1",)
    assert case.request.caller.principal.tags == {"team": "red"}
    assert case.request.caller.principal.org_paths == ("o-1/r-1/",)
    assert [len(level) for level in case.request.caller.scps] == [1]
    assert case.target.rcps == ((),)
    assert case.target.rcps_cover_execute_api
    assert not case.target.management_account


def test_documents_of_a_sound_file() -> None:
    as_text, as_object, loads = parse_cases(SOUND, name=NAME).documents
    assert (as_text.document, as_text.expect) == ("\n[]", "error")
    assert as_text.errors == (DocumentError("expected an object", 2, 1),)
    assert as_object.document == {"Statement": [{"Action": "*", "Resource": "*"}]}
    assert as_object.errors == (DocumentError("without Effect", path="Statement[0]"),)
    assert (loads.kind, loads.expect, loads.errors) == (PolicyKind.SCP, "loads", ())
    assert loads.place == f"{NAME}:40:5"


def test_a_policy_is_named_and_has_its_place_in_the_file() -> None:
    case = parse_cases(SOUND, name=NAME).cases[0]
    assert case.request is not None
    (policy,) = case.request.caller.identity
    assert policy.name == "reads"
    assert policy.place(policy.statements[0]) == f"{NAME}:6:7"
    assert case.target.resource is not None
    assert case.target.resource.name == f"{NAME}:15:28"


def test_policies_written_alike_at_two_places_are_two() -> None:
    text = SOUND.replace('"identity": ["reads"]', '"identity": [{"Statement": []}, {"Statement": []}]')
    case = parse_cases(text, name=NAME).cases[0]
    assert case.request is not None
    first, second = case.request.caller.identity
    assert first != second
    assert first.to_document() == second.to_document()


def test_what_is_named_is_made_once() -> None:
    text = SOUND.replace('"caller": "anonymous"', '"caller": "ann"').replace('"action": "Invoke", ', "")
    text = text.replace('"expect": "error", "error": "service:Name"', '"expect": "allow"')
    first, second = parse_cases(text, name=NAME).cases
    assert first.request is not None
    assert second.request is not None
    assert first.request.caller is second.request.caller


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"caller": "anonymous"', '"caller": "arn:aws:iam::1:root"', 'found "1", expected an account'),
        ('"caller": "anonymous"', '"caller": {"principal": "x"}', 'found "x", expected an AWS principal'),
        ('"action": "Invoke"', '"context": {"aws:SourceIp": "here"}', "aws:SourceIp is an IP address"),
        ('"action": "Invoke"', '"target": {"resource": {}}', "found a document without Statement"),
        ('"caller": "anonymous"', '"caller": {"principal": "anonymous", "boundary": "reads"}', "no boundary policy"),
        ('"action": "Invoke"', '"action": "Invoke"', "expected the name of one action as service:Name"),
    ],
)
def test_an_error_that_a_case_is_about_is_none_of_the_file(old: str, new: str, message: str) -> None:
    assert SOUND.count(old) == 1
    case = parse_cases(SOUND.replace(old, new), name=NAME).cases[1]
    assert case.request is None
    assert case.refusal is not None
    assert message in case.refusal.message


def test_an_error_in_what_is_named_is_one_of_the_file_whoever_uses_it() -> None:
    text = SOUND.replace('"ann": {', '"eve": {"principal": "eve"}, "ann": {').replace('"anonymous"', '"eve"')
    (error,) = errors_of(text)
    assert 'found "eve", expected an AWS principal' in error.message
    assert error.place == f"{NAME}:10:27"


def test_the_action_is_invoke_unless_another_is_named() -> None:
    case = parse_cases(SOUND.replace('"action": "execute-api:Invoke",', ""), name=NAME).cases[0]
    assert case.request is not None
    assert case.request.action == "execute-api:Invoke"


def test_layers_and_keys_are_read() -> None:
    text = SOUND.replace('"layer": []', '"layer": ["scp", "rcp"]').replace(
        '"missing_keys": []', '"missing_keys": "K:V"'
    )
    expected = parse_cases(text, name=NAME).cases[0].expected
    assert expected.layers == frozenset({Layer.SCP, Layer.RCP})
    assert expected.missing_keys == frozenset({"k:v"})


def test_a_partial_context() -> None:
    text = SOUND.replace('"context": {"aws:SourceIp": "192.0.2.1"}, "complete": true', '"complete": false')
    request = parse_cases(text, name=NAME).cases[0].request
    assert request is not None
    assert not request.context.complete
    assert request.context.values == {}


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_text("\ufeff" + SOUND, "utf-8")
    file = load_cases(path)
    assert file.source.name == str(path)
    assert file.cases[0].place == f"{path}:18:5"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / NAME
    with pytest.raises(ExecPolicyError) as caught:
        load_cases(path)
    assert caught.value.message == f'cannot read "{path}": No such file or directory'
    assert caught.value.advice == "check the path"


def test_a_path_that_no_file_can_have() -> None:
    with pytest.raises(ExecPolicyError, match="cannot read") as caught:
        load_cases("cases\0.json")
    assert "null" in caught.value.message


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.write_bytes(b'{"title": "\xff"}')
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(path)
    assert "found the byte 0xff at offset 11, which is not UTF-8" in caught.value.message
    assert caught.value.diagnostic.place == f"{path}:1:12"


def test_a_case_file_can_be_pickled() -> None:
    file = parse_cases(SOUND, name=NAME)
    again = pickle.loads(pickle.dumps(file))
    assert [case.name for case in again.cases] == [case.name for case in file.cases]
    assert again.cases[0].request == file.cases[0].request
    assert again.documents == file.documents
