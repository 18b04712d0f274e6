"""execpolicy lint and execpolicy explain."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from execpolicy.linter.catalogue import RULES
from tests.cli.conftest import Execute

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "lint-1.json").read_text("utf-8"))
BRACES = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
  "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/orders/{id}"}}
"""
SOUND = BRACES.replace("{id}", "*")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    texts = {"braces": BRACES, "sound": SOUND, "broken": BRACES.replace("Allow", "allow"), "context": "{}"}
    for name, text in texts.items():
        (folder / f"{name}.json").write_text(text, "utf-8")


def test_a_finding_is_one_line(execute: Execute) -> None:
    run = execute("lint", "braces.json", "sound.json")
    assert (run.code, run.err) == (1, "")
    assert run.out == (
        "braces.json:2:77: error EP-ARN-001 {id} matches these characters only, not a value, "
        "so this Allow never applies to it\n1 finding: 1 error\n1 can be fixed with --fix=unsafe\n"
    )


def test_verbose_shows_the_line_and_the_advice(execute: Execute) -> None:
    run = execute("lint", "-v", "braces.json")
    assert '    2 |   "Action"' in run.out.replace('2 | "Action"', '2 |   "Action"')
    assert "^^^^\n    execpolicy check --resource braces.json --as anonymous --on arn:aws:execute-api:" in run.out
    assert "/prod/GET/orders/7\n    write * in place of the parameter\n" in run.out


def test_each_severity_has_a_colour(execute: Execute, folder: Path) -> None:
    """An error was plain, because its style had no colour."""
    (folder / "warning.json").write_text(SOUND.replace('"Version": "2012-10-17", ', ""), "utf-8")
    gateway = Path(__file__).parents[3] / "examples" / "gateway" / "orders.api.yaml"
    found = execute("lint", "--color", "always", "braces.json", "warning.json", str(gateway)).out
    for severity, colour in (("error", "1;31"), ("security-warning", "1;31"), ("warning", "33"), ("suggestion", "36")):
        assert f"\x1b[{colour}m{severity} EP-" in found


def test_other_files_are_checked_after_one_that_does_not_load(execute: Execute) -> None:
    run = execute("lint", "broken.json", "braces.json")
    assert run.code == 1
    assert [line.split(" ")[2] for line in run.out.splitlines()[:2]] == ["EP-DOC-006", "EP-ARN-001"]


def test_a_file_that_cannot_be_used_is_exit_2(execute: Execute) -> None:
    run = execute("lint", "context.json", "braces.json", "missing.json")
    assert run.code == 2
    assert "EP-ARN-001" in run.out
    assert "context.json is of no known kind" in run.err
    assert "missing.json" in run.err
    # Of files that cannot be read it is not said that nothing is found.
    assert execute("lint", "missing.json").out == ""
    assert execute("lint", "missing.json", "sound.json").out == ""


def test_the_exit_code_follows_the_severity(execute: Execute) -> None:
    assert execute("lint", "sound.json").code == 0
    assert execute("lint", "sound.json").out == "no findings\n"
    assert execute("lint", "--exit-zero", "braces.json").code == 0
    assert execute("lint", "--fail-on", "error", "braces.json").code == 1
    assert execute("lint", "--ignore", "EP-ARN", "braces.json").code == 0
    assert execute("lint", "--select", "EP-ARN-002", "braces.json").code == 0
    run = execute("lint", "--select", "EP-ARM-001", "braces.json")
    assert (run.code, run.out) == (2, "")
    assert 'there is no rule "EP-ARM-001"' in run.err
    assert 'did you mean "EP-ARN-001"?' in run.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--select", ""), "--select names no rule: nothing would be checked"),
        (("--select", ","), "--select names no rule: nothing would be checked"),
        (("--select", "EP-ARN-001", "--ignore", "EP-ARN"), "every rule that is selected is left out: nothing would be"),
    ],
)
def test_a_run_that_would_check_nothing_is_an_error(execute: Execute, options: tuple[str, ...], message: str) -> None:
    run = execute("lint", *options, "braces.json")
    assert (run.code, run.out) == (2, "")
    assert message in run.err


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--diff=unsafe", "argument --diff: found 'unsafe', and it takes no value: use --diff"),
        ("--quiet=yes", "argument -q/--quiet: found 'yes', and it takes no value: use -q or --quiet"),
    ],
)
def test_a_value_for_an_option_that_takes_none(execute: Execute, option: str, message: str) -> None:
    run = execute("lint", option, "braces.json")
    assert (run.code, run.out) == (2, "")
    assert message in run.err


def test_the_stage_of_an_api_that_names_none_can_be_given(execute: Execute, folder: Path) -> None:
    policy = BRACES.replace("\n", " ")
    text = f"""openapi: 3.0.1
info: {{title: Orders, version: '1'}}
paths:
  /orders/{{id}}: {{get: {{x-amazon-apigateway-integration: {{type: mock}}, responses: {{}}}}}}
x-amazon-apigateway-policy: {policy}
"""
    (folder / "api.yaml").write_text(text, "utf-8")
    run = execute("lint", "-v", "api.yaml")
    assert "api.yaml:1:10: error EP-DOC-001 found no stage, which only an export names" in run.out
    assert "give stage= (--stage), such as prod" in run.out
    run = execute("lint", "--stage", "prod", "--select", "EP-ARN-001", "api.yaml", "braces.json")
    assert [line.split(" ")[0] for line in run.out.splitlines()[:2]] == ["api.yaml:5:182:", "braces.json:2:77:"]
    assert run.code == 1


def test_no_document_gives_commands_to_a_log(execute: Execute, folder: Path) -> None:
    (folder / "a ##[error]b.json").write_text(SOUND.replace("GET", "##[stop-commands]now"), "utf-8")
    run = execute("lint", "-v", ".")
    assert "a ##\\x5berror]b.json" in run.out
    assert "no call has the method ##\\x5bstop-commands]now" in run.out
    assert "/## stop-commands]now/" in run.out
    assert "--resource 'a ##''[error]b.json' --as" in run.out
    assert "##[" not in run.out + run.err


def test_json_follows_the_schema(execute: Execute) -> None:
    data = json.loads(execute("lint", "--format", "json", "braces.json", "broken.json").out)
    jsonschema.validate(data, SCHEMA)
    first = data["findings"][0]
    assert (first["rule"], first["findingType"], first["fix"]["edits"][0]["text"]) == ("EP-ARN-001", "ERROR", "*")
    start = first["locations"][0]["span"]["start"]
    assert start == {"line": 2, "column": 76, "offset": BRACES.index("{id}")}


def test_explain_prints_the_page_of_a_rule(execute: Execute) -> None:
    page = (Path(__file__).parents[3] / "docs" / "rules" / "EP-ARN-001.md").read_text("utf-8")
    assert execute("explain", "ep-arn-001").out == execute("explain", "path-parameter-in-arn").out == page
    listed = execute("explain", "--list").out.splitlines()
    assert [line.split()[0] for line in listed] == [*RULES]
    for wrong in (["explain"], ["explain", "EP-ARN-999"], ["explain", "EP-ARN-001", "--list"]):
        run = execute(*wrong)
        assert (run.code, run.out) == (2, "")
        assert run.err.startswith("execpolicy explain: error: ")


@pytest.mark.parametrize("option", ["--kind", "--api-name"])
def test_options_that_would_have_no_effect_are_unknown(execute: Execute, option: str) -> None:
    run = execute("lint", "braces.json", option, "cloudformation")
    assert (run.code, run.out) == (2, "")
    assert f"unrecognized arguments: {option}" in run.err
