"""The generated pages of the reference: of the command line, exit codes, file formats, gates and counts of rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.verbs import VERBS
from execpolicy.gateway.flow import invoke
from execpolicy.render.report.diagram import GATES
from execpolicy.testing import load_cases, run_item
from tests.command_runs import ROOT
from tests.documented_pages import anchors, blocks, commands_of, links
from tools.command_pages import meanings_of, pages, parser_of
from tools.gate_picture import STATUSES, pictures, words_at_gates
from tools.known_page import PAGE as KNOWN
from tools.known_page import RULES, counts_of, renewed, table
from tools.markdown_text import markdown_text
from tools.schema_pages import PAGE as FORMATS
from tools.schema_pages import file_formats_page, meaning

SCHEMAS = sorted((ROOT / "docs" / "schemas").glob("*.json"))

#: A page without the output of its commands, which ``tests/test_pages.py`` compares.
_OUTPUT = re.compile(r"^(?!\$ |```).*\n", re.MULTILINE)


def without_output(page: str) -> str:
    consoles = [block.text for block in blocks(page) if block.language == "console"]
    for text in consoles:
        page = page.replace(text, _OUTPUT.sub("", text))
    return page


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_a_page_of_commands_is_what_the_parsers_say(path: Path) -> None:
    assert without_output(path.read_text("utf-8")) == without_output(pages()[path]), "run make docs"


def test_each_option_of_each_command_is_on_the_page() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text("utf-8")
    for verb in VERBS:
        section = page.partition(f"\n## execpolicy {verb}\n")[2].partition("\n## ")[0]
        for option in parser_of(verb)._option_string_actions:
            assert re.search(rf"^\| `(?:.*, )?{re.escape(option)}[ ,`]", section, re.MULTILINE), (verb, option)


@pytest.mark.parametrize("verb", VERBS)
def test_a_command_says_its_exit_codes(verb: str) -> None:
    codes = meanings_of(verb)
    assert {ExitCode.ALLOWED, ExitCode.UNUSABLE_INPUT, ExitCode.INTERNAL_ERROR} <= codes.keys()
    assert codes.keys() <= {*ExitCode}
    assert all(codes.values())


def test_the_page_of_file_formats_is_what_the_schemas_say() -> None:
    page = FORMATS.read_text("utf-8")
    assert page == file_formats_page(), "run make docs"
    assert [link for link in links(page) if link.startswith("#") and link[1:] not in anchors(page)] == []


def test_each_field_of_each_schema_is_on_the_page() -> None:
    page = FORMATS.read_text("utf-8")
    for path in SCHEMAS:
        schema = json.loads(path.read_text("utf-8"))
        part = page.partition(f"\n### {path.stem}\n")[2].partition("\n### ")[0]
        for field in schema["properties"]:
            required = field in schema.get("required", ())
            assert f"\n| {'**' * required}`{field}`{'**' * required} |" in part, (path.stem, field)


def fields_without_meaning(schema: dict[str, Any], part: Any, path: str) -> Iterator[str]:
    """The fields and parts of a schema that have no description; alternatives of an object only restrict its fields."""
    if not isinstance(part, dict):
        return
    inside = [(f"{path}[]", part.get("items")), (f"{path}.NAME", part.get("additionalProperties"))]
    if "properties" not in part:
        inside += [(path, each) for each in (*part.get("oneOf", ()), *part.get("anyOf", ()))]
    named = [(f"{path}.{field}", value) for field, value in part.get("properties", {}).items()]
    named += [(f"{path}#{name}", value) for name, value in part.get("$defs", {}).items()]
    yield from (where for where, value in named if not meaning(schema, value))
    for where, value in (*named, *inside):
        yield from fields_without_meaning(schema, value, where)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_each_field_of_each_schema_has_a_meaning(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    assert schema["description"]
    assert list(fields_without_meaning(schema, schema, path.stem)) == []


def test_a_field_without_a_meaning_is_found() -> None:
    said: dict[str, Any] = {"description": "it is said", "properties": {}}
    parts = {
        "one": {"oneOf": [{"type": "null"}, {"properties": {"x": {}}}], **said} | {"properties": {"a": said, "b": {}}}
    }
    parts["two"] = {"description": "so", "oneOf": [{"properties": {"x": {}}}]}
    parts["three"] = {**said, "properties": {"a": {"$ref": "#/$defs/one/properties/a"}, "b": {"$ref": "#/$defs/one"}}}
    schema = {"properties": {"list": {**said, "items": {"properties": {"y": {}}}}}, "$defs": parts}
    expected = ["s.list[].y", "s#one.b", "s#two.x", "s#three.b"]
    assert list(fields_without_meaning(schema, schema, "s")) == expected


def test_the_pictures_of_the_gates_are_those_of_the_program() -> None:
    for path, text in pictures().items():
        assert path.read_text("utf-8") == text, "run make docs"
        assert re.findall(r"<text x=[^>]*>(\d) ([^<]+)</text>", text) == [*GATES]
    assert words_at_gates()["5"] == "refuses: 401, 403 or 500"


def test_a_gate_refuses_with_the_statuses_of_the_conformance_suite() -> None:
    """The suite has all of the statuses of the picture, and no others where the API sets none itself."""
    seen: dict[str, set[int]] = {}
    for path in sorted((ROOT / "tests" / "conformance").glob("gateway-*.json")):
        if path.name != "gateway-responses.json":
            for item in load_cases(path).items:
                response = run_item(item).response
                if response is not None and response.steps and response.steps[-1].passed is False and response.status:
                    seen.setdefault(response.steps[-1].number[0], set()).add(response.status)
    assert seen == {number: {*statuses} for number, statuses in STATUSES.items()}


def test_the_page_on_the_gates_has_the_gates_and_their_rules() -> None:
    page = (ROOT / "docs" / "how-api-gateway-decides.md").read_text("utf-8")
    assert re.findall(r"^\| (\d) ([^|]+?) \|", page, re.MULTILINE) == [*GATES]
    named = {
        f"GW-{number}"
        for first, last in re.findall(r"GW-(\d+) to GW-(\d+)", page)
        for number in range(int(first), int(last) + 1)
    }
    named |= set(re.findall(r"[A-Z]{2,3}-\d+", page))
    of_gates = set(re.findall(r"(?:GW|POL)-\d+", (invoke.__doc__ or "").replace("(GW-25)", ""))) | {"AUT-6"}
    assert of_gates - named == set()


def test_the_counts_of_rules_are_those_of_the_page_of_rules() -> None:
    page, rules = KNOWN.read_text("utf-8"), RULES.read_text("utf-8")
    assert renewed(page, rules) == page, "run make docs"
    counts = counts_of(rules)
    assert counts["all"] == rules.count("\n### ")
    rows = [
        [int(cell) for cell in row.split(" | ")]
        for row in re.findall(r"^\| \[.*?\]\(\S+\) \| (.*) \|$", table(rules), re.MULTILINE)
    ]
    assert [sum(column) for column in zip(*rows, strict=True)] == [
        counts[name] for name in ("all", "D", "O", "A", "law")
    ]


def test_the_counts_of_a_text() -> None:
    text = "## A · x\n\n### AB-1 · D · one\n\n### AB-2 · D, A · two\n\n### Other\n"
    assert counts_of(text) == {"all": 2, "D": 2, "A": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a*b_c", r"a\*b\_c"), ("`a*b`|", r"`a*b`\|"), ("<x> [y]\n {z}", r"&lt;x> \[y\] \{z\}"), ("$x", "$x")],
)
def test_a_text_keeps_its_signs(text: str, expected: str) -> None:
    assert markdown_text(text) == expected


def test_the_page_of_exit_codes_shows_one_of_each_kind() -> None:
    page = (ROOT / "docs" / "exit-codes.md").read_text("utf-8")
    assert len(commands_of(page)) == 3
    assert re.findall(r"^exit code (\d)$", page, re.MULTILINE) == ["0", "1", "2"]
