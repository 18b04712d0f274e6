"""``execpolicy schema``: the schemas that are published, and their first-line comment in files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from execpolicy import Api
from execpolicy.testing import load_cases
from tests.cli.conftest import Execute

ROOT = Path(__file__).parents[3]
SCHEMAS = sorted((ROOT / "docs" / "schemas").glob("*.json"))
#: What an editor with the YAML language server reads in the first line of a file.
COMMENT = "# yaml-language-server: $schema=schemas/{}.json\n"


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_a_schema_is_written_as_it_is_published(execute: Execute, path: Path) -> None:
    run = execute("schema", path.stem)
    assert (run.code, run.out, run.err) == (0, path.read_text("utf-8"), "")
    schema = json.loads(run.out)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:execpolicy:schema:{path.stem}"
    assert schema["title"]


def test_the_list_has_every_schema_with_its_title(execute: Execute) -> None:
    run = execute("schema", "--list")
    assert (run.code, run.err) == (0, "")
    assert [line.split()[0] for line in run.out.splitlines()] == [path.stem for path in SCHEMAS]
    assert "decision-1       Decision\n" in run.out


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        pytest.param(["cases"], 'there is no schema "cases"\n  did you mean "cases-1"?', id="without-version"),
        pytest.param(["case-1"], 'there is no schema "case-1"\n  did you mean "cases-1"?', id="misspelled"),
        pytest.param(
            ["../schemas/api-1"],
            'there is no schema "../schemas/api-1"\n  execpolicy schema --list shows all schemas',
            id="a-path",
        ),
        pytest.param([], "found no name\n  give the name of one schema, or --list", id="nothing"),
        pytest.param(
            ["api-1", "--list"],
            "found a name besides --list\n  give the name of one schema, or --list",
            id="both",
        ),
    ],
)
def test_what_is_no_schema(execute: Execute, arguments: list[str], error: str) -> None:
    run = execute("schema", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err == f"execpolicy schema: error: {error}\n"


def test_the_readers_take_the_comment_in_the_first_line(tmp_path: Path, execute: Execute) -> None:
    source = ROOT / "examples" / "gateway" / "orders.api.yaml"
    api = tmp_path / "orders.api.yaml"
    api.write_text(COMMENT.format("api-1") + source.read_text("utf-8"), "utf-8")
    assert [route.key for route in Api.load(str(api)).routes] == [route.key for route in Api.load(str(source)).routes]
    linted, without = execute("lint", str(api)), execute("lint", str(source))
    assert (linted.code, len(linted.out.splitlines())) == (without.code, len(without.out.splitlines()))

    cases = tmp_path / "orders.execpolicy.yaml"
    page = (ROOT / "docs" / "case-files.md").read_text("utf-8")
    shown = page.partition("```yaml\n")[2].partition("```")[0]
    cases.write_text(COMMENT.format("cases-1") + shown, "utf-8")
    assert load_cases(str(cases)).title == "Who may do what with orders"
    assert execute("test", str(cases)).code == 0


def test_files_that_the_comment_checks_in_an_editor_fit_the_schemas() -> None:
    yaml = pytest.importorskip("yaml", reason="the extra yaml is not installed")
    for name, path in (("api-1", "examples/gateway/orders.api.yaml"), ("cases-1", "")):
        page = (ROOT / "docs" / "case-files.md").read_text("utf-8")
        text = (ROOT / path).read_text("utf-8") if path else page.partition("```yaml\n")[2].partition("```")[0]
        schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text("utf-8"))
        Draft202012Validator(schema).validate(yaml.safe_load(text))
