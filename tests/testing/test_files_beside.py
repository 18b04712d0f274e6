"""Policies and APIs of a case file that are files beside it: what is read, where it is, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Diagnostic, Policy, PolicySyntaxError
from execpolicy.errors import Source
from execpolicy.testing import CallCase, Case, CaseFile, load_cases, run_item

CASES = "orders.execpolicy.json"
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7"
READS = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}],
}
YAML_READS = """\
Version: "2012-10-17"
Statement:
  - Sid: Reads
    Effect: Allow
    Action: execute-api:Invoke
    Resource: "*"
"""
API = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod", "dev"],
    "stage": "prod",
    "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}},
}
CASE = {"name": "a request", "caller": "ann", "resource": ARN, "expect": "allow", "sid": "Reads"}
CALL = {"name": "a call", "caller": "ann", "call": "GET /orders/7", "expect": 200}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the tests of a project, where they are run: policies and APIs are beside it."""
    (tmp_path / "pyproject.toml").touch()
    for name in ("policies", "apis", "tests"):
        (tmp_path / name).mkdir()
    (tmp_path / "policies" / "reads.json").write_text(json.dumps(READS), "utf-8")
    (tmp_path / "policies" / "reads.yaml").write_text(YAML_READS, "utf-8")
    (tmp_path / "apis" / "orders.api.json").write_text(json.dumps(API), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(policy: object = "../policies/reads.json", **fields: Any) -> str:
    """A case file, and where it is from the folder that the tests are run in."""
    file: dict[str, Any] = {
        "schema": "execpolicy/cases/1",
        "title": "Orders",
        "policies": {"reads": policy},
        "callers": {"ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["reads"]}},
        "cases": [CASE],
        **fields,
    }
    path = Path("tests") / CASES
    path.write_text(json.dumps(file, indent=0), "utf-8")
    return str(path)


def policy_of(file: CaseFile) -> Policy:
    request = file.cases[0].request
    assert request is not None
    (policy,) = request.caller.identity
    return policy


def errors_of(path: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(path)
    return caught.value.errors


def place_in_cases(text: str) -> str:
    """Where the case file has a text."""
    path = Path("tests", CASES)
    written = path.read_text("utf-8")
    span = Source(str(path), written).span(written.index(text), len(written))
    return f"{path}:{span.line}:{span.column}"


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(("name", "place"), [("reads.json", "1:41"), ("reads.yaml", "3:5")])
def test_a_policy_in_a_file_of_its_own(name: str, place: str) -> None:
    file = load_cases(write(f"../policies/{name}"))
    policy = policy_of(file)
    assert (policy.name, policy.source and policy.source.name) == (f"policies/{name}", f"policies/{name}")
    assert policy.place(policy.statements[0]) == f"policies/{name}:{place}"
    result = run_item(file.items[0])
    assert result.passed, str(result)
    assert f"policies/{name}:{place}" in str(result)


@pytest.mark.usefixtures("folder")
def test_a_policy_that_is_escaped_as_api_gateway_returns_it() -> None:
    Path("policies", "escaped").write_text(json.dumps(json.dumps(READS)), "utf-8")
    assert run_item(load_cases(write("../policies/escaped")).items[0]).passed


@pytest.mark.usefixtures("folder")
def test_a_policy_is_found_from_anywhere(tmp_path: Path) -> None:
    path = write()
    assert policy_of(load_cases(tmp_path / path)).name == str(tmp_path / "policies" / "reads.json")
    absolute = str(tmp_path / "policies" / "reads.yaml")
    assert policy_of(load_cases(write(absolute))).name == absolute


@pytest.mark.usefixtures("folder")
def test_a_named_policy_is_one_for_all_of_its_callers() -> None:
    callers = {
        name: {"principal": f"arn:aws:iam::111122223333:user/{name}", "identity": ["reads"], "boundary": "reads"}
        for name in ("ann", "bob")
    }
    file = load_cases(write(callers=callers, cases=[CASE, {**CASE, "name": "another", "caller": "bob"}]))
    first, second = [case.request.caller for case in file.cases if case.request is not None]
    assert first.identity[0] is second.identity[0]
    assert first.boundary is second.boundary
    assert (first.identity[0].kind, first.boundary and first.boundary.kind) == ("identity", "boundary")


@pytest.mark.usefixtures("folder")
def test_the_api_of_all_calls_in_a_file_of_its_own() -> None:
    Path("apis", "orders.api.json").write_text(json.dumps({**API, "resource_policy": "open.yaml"}), "utf-8")
    Path("apis", "open.yaml").write_text(YAML_READS.replace("    Action", '    Principal: "*"\n    Action'), "utf-8")
    calls = [CALL, {**CALL, "name": "dev", "stage": "dev"}, {**CALL, "name": "again"}]
    file = load_cases(write(api="../apis/orders.api.json", cases=calls))
    first, dev, again = [call for call in file.calls if call.api is not None]
    assert first.api is again.api
    assert (first.api and first.api.stage.name, dev.api and dev.api.stage.name) == ("prod", "dev")
    assert first.api is not None
    assert first.api.resource_policy is not None
    assert first.api.resource_policy.name == "apis/open.yaml"
    assert [run_item(item).passed for item in file.items] == [True, True, True]


@pytest.mark.usefixtures("folder")
def test_an_api_with_a_name_goes_before_that_of_all_calls() -> None:
    other = {**API, "id": "z9y8x7"}
    calls = [CALL, {**CALL, "name": "another", "api": "other"}]
    file = load_cases(
        write(
            api=API,
            apis={"other": other, "file": "../apis/orders.api.json"},
            cases=[*calls, {**CALL, "name": "a file", "api": "file"}],
        )
    )
    assert [call.api and call.api.id for call in file.calls] == ["a1b2c3", "z9y8x7", "a1b2c3"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("../policies/none.json", 'cannot read "policies/none.json": No such file or directory'),
        ("../policies/*.json", 'cannot read "policies/*.json": No such file or directory'),
        ("~/reads.json", 'cannot read "tests/~/reads.json": No such file or directory'),
        ("read", 'cannot read "tests/read": No such file or directory'),
        ("../policies", 'cannot read "policies": it is a directory, expected a regular file'),
        ("a\u001bb", 'cannot read "tests/a\\x1bb": No such file or directory'),
    ],
)
def test_a_policy_that_cannot_be_read(reference: str, message: str) -> None:
    (error,) = errors_of(write(reference))
    assert error.message == message
    assert error.place == place_in_cases(json.dumps(reference))
    assert error.advice == ("name a file in it" if "directory, expected" in message else "check the path")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("value", "message", "advice"),
    [
        (
            '{"Statement": []}',
            'found a string that holds a document as the policy "reads", expected the document itself',
            "write it as an object, or give the name of a file that holds it",
        ),
        ("", 'found an empty string as the policy "reads"', "write a policy, or the name of its file"),
        (
            5,
            'found the number 5 as the policy "reads", expected a policy document or the name of a file',
            "write a policy document or the name of a file",
        ),
    ],
)
def test_what_is_no_policy_and_no_file(value: object, message: str, advice: str) -> None:
    (error,) = errors_of(write(value))
    assert (error.message, error.advice) == (message, advice)
    assert error.place == place_in_cases(json.dumps(value) + "\n}")


@pytest.mark.usefixtures("folder")
def test_a_mistake_in_a_policy_of_its_own_has_its_place_there() -> None:
    Path("policies", "reads.yaml").write_text(YAML_READS.replace("Allow", "allow"), "utf-8")
    (error,) = errors_of(write("../policies/reads.yaml"))
    assert error.message == 'found "allow" as Effect, expected "Allow" or "Deny"'
    assert (error.place, error.advice) == ("policies/reads.yaml:4:13", 'did you mean "Allow"?')


@pytest.mark.usefixtures("folder")
def test_a_policy_of_the_wrong_kind() -> None:
    Path("policies", "reads.yaml").write_text(
        YAML_READS.replace("    Action", '    Principal: "*"\n    Action'), "utf-8"
    )
    (error,) = errors_of(write("../policies/reads.yaml"))
    assert error.message.startswith("found Principal in an identity policy")
    assert error.place == "policies/reads.yaml:5:5"
    assert error.advice


@pytest.mark.usefixtures("folder")
def test_a_file_of_another_sort() -> None:
    path = write("../apis/orders.api.json")
    (error,) = errors_of(path)
    assert error.message == "apis/orders.api.json is not a policy document: nothing in it looks like one"
    assert error.place == place_in_cases('"../apis/orders.api.json"')
    path = write(api="../policies/reads.yaml", cases=[CALL])
    (error,) = errors_of(path)[:1]
    assert error.message == "policies/reads.yaml is not an API file: nothing in it looks like one"
    assert error.place == place_in_cases('"../policies/reads.yaml"')


@pytest.mark.usefixtures("folder")
def test_mistakes_are_told_where_the_file_is_named() -> None:
    Path("policies", "reads.yaml").write_text(YAML_READS.replace("Allow", "allow"), "utf-8")
    path = write("../policies/reads.yaml", titel="x")
    assert [error.source and error.source.name for error in errors_of(path)] == ["policies/reads.yaml", path]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("value", "message", "advice"),
    [
        ("../apis/none.yaml", 'cannot read "apis/none.yaml": No such file or directory', "check the path"),
        ("../apis", 'cannot read "apis": it is a directory, expected a regular file', "name a file in it"),
        ("", "found an empty string as {what}", "write an API, or the name of its file"),
        (
            '{"id": "a1b2c3"}',
            "found a string that holds a document as {what}, expected the API itself",
            "write it as an object, or give the name of a file that holds it",
        ),
        (
            ["../apis/orders.api.json"],
            "found a list as {what}, expected an object or the name of a file",
            "write an object or the name of a file",
        ),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_what_is_no_api_and_no_file(value: object, message: str, advice: str, named: bool) -> None:
    written = write(cases=[CALL, CASE], **({"apis": {"orders": value}} if named else {"api": value}))
    (error,) = errors_of(written)
    assert error.message == message.format(what='the API "orders"' if named else "the API of all calls")
    assert error.place == place_in_cases(json.dumps(value, indent=0))
    assert error.advice == advice


@pytest.mark.usefixtures("folder")
def test_a_mistake_in_an_api_of_its_own_has_its_place_there() -> None:
    Path("apis", "orders.api.json").write_text(json.dumps({**API, "region": "nowhere"}, indent=0), "utf-8")
    (error,) = errors_of(write(api="../apis/orders.api.json", cases=[CALL]))
    assert error.place == "apis/orders.api.json:5:11"
    assert "nowhere" in error.message


@pytest.mark.usefixtures("folder")
def test_a_stage_that_an_api_of_its_own_does_not_have() -> None:
    (error,) = errors_of(write(api="../apis/orders.api.json", cases=[{**CALL, "stage": "live"}]))
    assert "live" in error.message
    assert error.place == place_in_cases('"live"')


@pytest.mark.usefixtures("folder")
def test_an_api_of_all_calls_that_nothing_calls() -> None:
    (error,) = errors_of(write(api="../apis/none.yaml"))
    assert error.message == 'found "api", the API of all calls, but no case calls it'
    assert error.place == place_in_cases('"api"')
    assert error.advice == 'add a call that names no API of its own, or remove "api"'


@pytest.mark.usefixtures("folder")
def test_an_api_by_a_name_that_there_is_not() -> None:
    call = {**CALL, "api": "orders"}
    (error,) = errors_of(write(api="../apis/orders.api.json", cases=[CALL, {**call, "name": "another"}]))
    assert error.message == 'found the API "orders", which "apis" does not have'
    assert error.place == place_in_cases('"orders"')
    assert error.advice == 'omit it to call the API of the file, or add one to "apis"'


def test_a_name_in_a_caller_is_that_of_a_policy_never_that_of_a_file(folder: Path) -> None:
    callers = {
        "ann": {
            "principal": "arn:aws:iam::111122223333:user/Ann",
            "identity": [str(folder / "policies" / "reads.json"), "reads"],
        }
    }
    (error,) = errors_of(write(callers=callers))
    assert error.message.endswith('which "policies" does not have')


@pytest.mark.usefixtures("folder")
def test_behind_a_link_the_folder_above_is_that_of_the_link_s_end(tmp_path: Path) -> None:
    (tmp_path / "far" / "policies").mkdir(parents=True)
    (tmp_path / "far" / "policies" / "reads.json").write_text(json.dumps(READS).replace("Reads", "FarReads"), "utf-8")
    (tmp_path / "far" / "tests").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "far" / "tests")
    (tmp_path / "linked" / CASES).write_text(Path(write()).read_text("utf-8"), "utf-8")
    policy = policy_of(load_cases(Path("linked", CASES)))
    assert policy.name == "linked/../policies/reads.json"
    assert [statement.sid and statement.sid.value for statement in policy.statements] == ["FarReads"]


@pytest.mark.usefixtures("folder")
def test_items_are_of_the_sort_that_their_fields_make_them() -> None:
    file = load_cases(write(api="../apis/orders.api.json", cases=[CASE, CALL]))
    assert [type(item) for item in file.items] == [Case, CallCase]


TOKENS = {
    **API,
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
    "routes": {"GET /orders/{id}": {"authorizer": "tokens"}},
}
LETS = json.dumps({"principalId": "ann", "policyDocument": READS}, indent=1)


def answered(output: object, expect: object, **fields: Any) -> str:
    """A case file with a call to an API whose Lambda authorizer gives an answer, beside a case that uses the policy."""
    call = {"call": "GET /orders/7", "headers": {"Authorization": "x"}, "authorizer_output": output}
    cases = [{"name": "a call", **call, "expect": expect, **fields}]
    return write(api=TOKENS, cases=[CASE, *cases])


@pytest.mark.rule("AUT-2")
def test_an_authorizer_s_answer_in_a_file_has_its_places_there(folder: Path) -> None:
    (folder / "tests" / "answers").mkdir()
    (folder / "tests" / "answers" / "lets.json").write_text(LETS, "utf-8")
    result = run_item(load_cases(answered("answers/lets.json", 200, sid="Reads")).items[1])
    assert result.passed, str(result)
    assert "tests/answers/lets.json:6:4: Allow Reads applies" in str(result)


@pytest.mark.rule("AUT-2")
def test_a_file_that_several_cells_name_is_read_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tests" / "lets.json").write_text(LETS, "utf-8")
    read: list[str] = []

    def read_and_count(path: str, what: str) -> str:
        assert what == "authorizer answer"
        read.append(path)
        return Path(path).read_text("utf-8")

    monkeypatch.setattr("execpolicy.testing.case_file.authorizer_outputs.read_in_project", read_and_count)
    matrix = {
        "name": "all",
        "callers": ["anonymous"],
        "requests": ["GET /orders/7", "GET /orders/8"],
        "headers": {"Authorization": "x"},
        "authorizer_output": "lets.json",
        "expect": "allow",
    }
    file = load_cases(write(api=TOKENS, cases=[CASE, matrix]))
    assert [run_item(item).passed for item in file.items] == [True, True, True]
    assert read == ["tests/lets.json"]


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize("text", ["Unauthorized", "Unauthorized\n", "Unauthorized\r\n"])
def test_a_file_that_holds_the_error_that_is_a_401(folder: Path, text: str) -> None:
    (folder / "tests" / "answer.txt").write_bytes(text.encode())
    result = run_item(
        load_cases(answered("answer.txt", 401, explains="the function failed with Unauthorized")).items[1]
    )
    assert result.passed, str(result)


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("text", ["null", '"Unauthorized"', "[]", '{"principalId": "ann"}'])
def test_a_file_whose_json_is_no_answer_is_what_a_function_can_return(folder: Path, text: str) -> None:
    (folder / "tests" / "answer.json").write_text(text, "utf-8")
    result = run_item(load_cases(answered("answer.json", 500)).items[1])
    assert result.passed, str(result)


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("name", "text", "place", "message"),
    [
        ("answers.json", "", "1:1", "the document is empty, expected a JSON object"),
        ("answers.json", '{"principalId": "ann",}', "1:22", 'found a comma before the closing "}"'),
        ("answers.txt", "Unauthorized\n\n", "1:1", 'found "Unauthorized", expected a value'),
        ("my answers.json", "Unauthorised\n", "1:1", 'found "Unauthorised", expected a value'),
    ],
)
def test_a_file_that_holds_no_answer_is_an_error_with_its_place(
    folder: Path, name: str, text: str, place: str, message: str
) -> None:
    (folder / "tests" / name).write_text(text, "utf-8")
    (error,) = errors_of(answered(name, "deny"))
    assert (error.place, error.message) == (f"tests/{name}:{place}", message)


@pytest.mark.rule("AUT-2")
def test_of_a_file_that_looks_like_no_answer_no_line_is_shown(folder: Path) -> None:
    (folder / "tests" / "authorizer.py").write_text("def handler(event, context):\n", "utf-8")
    (error,) = errors_of(answered("authorizer.py", "deny"))
    assert error.place == place_in_cases('"authorizer.py"')
    assert error.message == "tests/authorizer.py is not an authorizer answer: nothing in it looks like one"
    assert "handler" not in str(error)


@pytest.mark.parametrize("name", ["answers/none.json", "answers/none", "none.py", "no such file.json"])
@pytest.mark.usefixtures("folder")
def test_a_file_with_an_answer_that_is_not_there(name: str) -> None:
    (error,) = errors_of(answered(name, "deny"))
    assert error.message == f'cannot read "tests/{name}": No such file or directory'
    assert error.place == place_in_cases(f'"{name}"')


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    "text", ["allow", "Unauthorized", "No. Never.", '{"principalId": "x.json"}', "a.b\n", "", "see v1/2 of it"]
)
@pytest.mark.usefixtures("folder")
def test_other_text_is_what_the_function_returns(text: str) -> None:
    result = run_item(load_cases(answered(text, 500, explains="the function returned a string")).items[1])
    assert result.passed, str(result)
