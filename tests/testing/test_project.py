"""Files that case and API files name lie in their project, unless others are allowed; only documents are shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, ExecPolicyError, PolicySyntaxError, UsageError
from execpolicy.document.project import project_of, reading_within, resolve_in_project
from execpolicy.testing import load_cases, parse_cases, run_item
from tests.cli.conftest import Execute
from tests.cli.conftest import execute as execute  # noqa: PLC0414  # a fixture

ANN = "arn:aws:iam::111122223333:user/Ann"
ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
READS = {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}
SECRET = "password = hunter2"
API = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "routes": {"GET /orders": {}},
}
ADVICE = (
    "give --allow-outside if that is meant (of pytest --execpolicy-allow-outside, in Python allow_outside=True); the "
    "project is the nearest folder above the file that holds .git or pyproject.toml"
)


def cases(policy: str) -> str:
    case = {"name": "n", "caller": {"principal": ANN, "identity": ["p"]}, "expect": "allow", "resource": ARN}
    return json.dumps({"schema": "execpolicy/cases/1", "title": "T", "policies": {"p": policy}, "cases": [case]})


def calls(api: str) -> str:
    case = {"name": "n", "call": "GET /orders", "expect": 200}
    return json.dumps({"schema": "execpolicy/cases/1", "title": "T", "api": api, "cases": [case]})


def api(policy: str) -> str:
    return json.dumps({**API, "resource_policy": policy})


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a project in it, and with files outside of that."""
    write(tmp_path / "outside" / "reads.json", json.dumps(READS))
    write(tmp_path / "outside" / "open.json", json.dumps({"Statement": {**READS["Statement"], "Principal": "*"}}))
    write(tmp_path / "outside" / "orders.api.json", json.dumps(API))
    write(tmp_path / "outside" / "secret.env", SECRET)
    write(tmp_path / "project" / "policies" / "reads.json", json.dumps(READS))
    write(tmp_path / "project" / "apis" / "orders.api.json", json.dumps(API))
    (tmp_path / "project" / "tests").mkdir()
    (tmp_path / "project" / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path


def message(path: object, load: Any = load_cases, **more: Any) -> str:
    with pytest.raises(PolicySyntaxError) as caught:
        load(path, **more)
    (error,) = caught.value.errors
    assert (error.advice, error.source and error.source.name, error.span is not None) == (ADVICE, str(path), True)
    return error.message


def test_a_file_outside_of_the_project_is_refused(home: Path) -> None:
    file = write(Path("tests/a.json"), cases("../../outside/reads.json"))
    assert message(file) == (
        f'found the file "../../outside/reads.json", which lies outside of the project {home}/project'
    )
    assert run_item(load_cases(file, allow_outside=True).items[0]).passed
    absolute = str(home / "outside" / "reads.json")
    assert message(write(file, cases(absolute))).startswith('found the file "/')
    with pytest.raises(UsageError):
        load_cases(file, allow_outside="no")  # type: ignore[arg-type]  # refused


def test_a_file_of_the_project_is_read(home: Path) -> None:
    for policy in ("../policies/reads.json", str(home / "project" / "policies" / "reads.json")):
        assert run_item(load_cases(write(Path("tests/a.json"), cases(policy))).items[0]).passed
    assert run_item(load_cases(write(Path("tests/a.json"), calls("../apis/orders.api.json"))).items[0]).passed


def test_an_api_outside_of_the_project_is_refused(home: Path) -> None:
    file = write(Path("tests/a.json"), calls("../../outside/orders.api.json"))
    assert message(file).startswith('found the file "../../outside/orders.api.json", which lies outside')
    assert run_item(load_cases(file, allow_outside=True).items[0]).passed


def test_a_policy_of_an_api_outside_of_the_project_is_refused(home: Path) -> None:
    file = write(Path("apis/b.api.json"), api("../../outside/open.json"))
    assert message(file, Api.load).startswith('found the file "../../outside/open.json", which lies outside')
    assert Api.load(file, allow_outside=True).resource_policy is not None
    with pytest.raises(PolicySyntaxError, match="which lies outside"):
        load_cases(write(Path("tests/a.json"), calls("../apis/b.api.json")))


def answers(named: str) -> str:
    authorizers = {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Auth"}}
    described = {**API, "authorizers": authorizers, "routes": {"GET /orders": {"authorizer": "tokens"}}}
    case = {"name": "n", "call": "GET /orders", "headers": {"Auth": "x"}, "authorizer_output": named, "expect": 401}
    return json.dumps({"schema": "execpolicy/cases/1", "title": "T", "api": described, "cases": [case]})


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("named", ["../../outside/answer.txt", "../answers/link.txt"])
def test_an_answer_of_an_authorizer_outside_of_the_project_is_refused(home: Path, named: str) -> None:
    write(home / "outside" / "answer.txt", "Unauthorized")
    write(Path("answers/own.txt"), "Unauthorized")
    Path("answers/link.txt").symlink_to(home / "outside" / "answer.txt")
    file = write(Path("tests/a.json"), answers(named))
    assert "which lies outside of the project" in message(file)
    assert run_item(load_cases(file, allow_outside=True).items[0]).passed
    assert run_item(load_cases(write(file, answers("../answers/own.txt"))).items[0]).passed


@pytest.mark.rule("AUT-2")
def test_no_line_of_a_file_that_is_no_answer_is_shown(home: Path) -> None:
    file = write(Path("tests/a.json"), answers("../../outside/secret.env"))
    with pytest.raises(PolicySyntaxError) as caught:
        load_cases(file, allow_outside=True)
    assert "is not an authorizer answer: nothing in it looks like one" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_links_are_resolved_first(home: Path) -> None:
    Path("policies/link.json").symlink_to(home / "outside" / "reads.json")
    Path("folder").symlink_to(home / "outside")
    file = write(Path("tests/a.json"), cases("../policies/link.json"))
    assert message(file) == (
        f'found the file "../policies/link.json" (a link to {home}/outside/reads.json), which lies outside of the '
        f"project {home}/project"
    )
    assert "which lies outside" in message(write(file, cases("../folder/reads.json")))
    Path("policies/inside.json").symlink_to("reads.json")
    assert run_item(load_cases(write(file, cases("../policies/inside.json"))).items[0]).passed


def test_a_folder_whose_name_begins_alike_is_outside(home: Path) -> None:
    write(home / "project-2" / "reads.json", json.dumps(READS))
    assert "which lies outside" in message(write(Path("tests/a.json"), cases("../../project-2/reads.json")))


@pytest.mark.parametrize("marker", [".git", "pyproject.toml"])
def test_the_project_is_the_nearest_folder_with_a_marker(home: Path, marker: str) -> None:
    inner = home / "project" / "service"
    write(inner / marker, "")
    assert project_of("tests/a.json") == str(home / "project")
    assert project_of(str(inner / "tests" / "a.json")) == str(inner)
    file = write(inner / "tests" / "a.json", cases("../../policies/reads.json"))
    assert "which lies outside" in message(file)


def test_without_a_project_it_is_the_folder_of_the_file(home: Path) -> None:
    file = write(home / "loose" / "tests" / "a.json", cases("../reads.json"))
    write(home / "loose" / "reads.json", json.dumps(READS))
    assert message(file).endswith(f"outside of the project {home}/loose/tests")
    with reading_within(home / "loose"):
        assert run_item(load_cases(file).items[0]).passed
        with reading_within(home / "loose" / "tests"):
            assert resolve_in_project(str(file), "../reads.json") == str(home / "loose" / "reads.json")
    assert parse_cases(cases("b.json").replace('"b.json"', json.dumps(READS))).items


def test_a_name_that_no_file_has_is_told_as_one(home: Path) -> None:
    with pytest.raises(PolicySyntaxError, match="cannot read"):
        load_cases(write(Path("tests/a.json"), cases("../policies/none.json")))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SECRET.encode(), "nothing in it looks like one"),
        (b"[credentials]\naws_secret_access_key = x", "nothing in it looks like one"),
        (b'{"password": "hunter2"}', "nothing in it looks like one"),
        (b"password: hunter2", "nothing in it looks like one"),
        (b"", "nothing in it looks like one"),
        (b"hunter2\xff", "it is not UTF-8"),
    ],
)
def test_nothing_of_a_file_that_is_no_document_is_shown(home: Path, content: bytes, why: str) -> None:
    Path("policies/x").write_bytes(content)
    for text, what in ((cases("../policies/x"), "a policy document"), (calls("../policies/x"), "an API file")):
        with pytest.raises(PolicySyntaxError) as caught:
            load_cases(write(Path("tests/a.json"), text))
        (error,) = caught.value.errors
        assert error.message.endswith(f"policies/x is not {what}: {why}")
        for word in ("hunter2", "password", "secret_access", "credentials"):
            assert word not in str(caught.value)


def test_a_document_with_a_mistake_is_shown(home: Path) -> None:
    write(Path("policies/x.json"), '{"Statement": {"Effect": "Alow", "Action": "a:b", "Resource": "*"}}')
    with pytest.raises(PolicySyntaxError, match='"Effect": "Alow"'):
        load_cases(write(Path("tests/a.json"), cases("../policies/x.json")))
    Path("policies/x.json").write_text("x" * (16 * 1024 * 1024 + 1), "utf-8")
    with pytest.raises(PolicySyntaxError, match="found more than 16777216 bytes"):
        load_cases(write(Path("tests/a.json"), cases("../policies/x.json")))


def test_the_option_of_the_command_line(home: Path, execute: Execute) -> None:
    write(Path("tests/a.execpolicy.json"), cases("../../outside/reads.json"))
    run = execute("test", "tests")
    assert run.code == 2
    assert "which lies outside of the project" in run.err
    assert execute("test", "tests", "--allow-outside").code == 0
    write(Path("apis/b.api.json"), api("../../outside/open.json"))
    call = ("check", "GET", "/orders", "--api", "apis/b.api.json")
    run = execute(*call)
    assert run.code == 2
    assert "which lies outside of the project" in run.err
    assert execute(*call, "--allow-outside").code == 0


def test_without_a_project_it_is_the_folder_on_the_command_line(
    home: Path, execute: Execute, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / "loose" / "tests" / "a.execpolicy.json", cases("../reads.json"))
    write(home / "loose" / "reads.json", json.dumps(READS))
    assert execute("test", str(home / "loose")).code == 0
    assert execute("test", str(home / "loose" / "tests")).code == 2
    assert execute("test", str(home / "loose" / "tests" / "a.execpolicy.json")).code == 2
    assert execute("test", "/nowhere", str(home / "loose")).code == 2
    monkeypatch.chdir(home / "loose")
    assert execute("test").code == 0


def test_another_drive_is_outside(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_another_drive(_: object) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr("os.path.commonpath", on_another_drive)
    with pytest.raises(ExecPolicyError, match="which lies outside"):
        resolve_in_project("tests/a.json", "b.json")


def test_the_option_of_pytest(pytester: pytest.Pytester) -> None:
    outside = write(pytester.path.parent / "outside.json", json.dumps(READS))
    write(pytester.path / "tests" / "a.execpolicy.json", cases(str(outside)))
    write(pytester.path / "tests" / "b.execpolicy.json", cases("../reads.json"))
    write(pytester.path / "reads.json", json.dumps(READS))
    write(pytester.path / "b.api.json", api(str(write(pytester.path.parent / "o.json", json.dumps(READS)))))
    pytester.makeini("[pytest]\n")
    pytester.makepyfile("def test_it(execpolicy):\n    execpolicy.api('b.api.json')\n")
    found = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    found.stdout.fnmatch_lines(["*which lies outside of the project*"])
    assert found.ret != 0
    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--execpolicy-allow-outside", "tests")
    outcome.assert_outcomes(passed=2)
    outcome = pytester.runpytest_subprocess("-p", "no:cacheprovider", "tests/b.execpolicy.json")
    outcome.assert_outcomes(passed=1)


def test_what_is_no_path_is_left_to_the_reader(home: Path) -> None:
    assert resolve_in_project("tests/a.json", "b\0") == "tests/b\0"
