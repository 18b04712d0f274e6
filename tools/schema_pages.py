"""Write docs/file-formats.md from the schemas of docs/schemas; ``make docs`` runs it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tools.markdown_text import markdown_text, table_cell

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "file-formats.md"
#: The schemas of files that people write or keep; all others are outputs.
WRITTEN = {"api-1": "api-files.md", "cases-1": "case-files.md", "baseline-1": "lint.md", "ignores-1": "lint.md"}

_HEAD = """# File formats

The fields of the files that execpolicy reads and of the data that it writes, from their JSON Schemas. A schema is also
written by `execpolicy schema NAME` ([schema](schema.md)), for editors and for programs. A field in **bold** is
required. Unknown fields are errors. This page is generated from the schemas.

"""


def file_formats_page() -> str:
    """The text of the page."""
    schemas = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((DOCS / "schemas").glob("*.json"))}
    outputs = [name for name in schemas if name not in WRITTEN]
    return _HEAD + "\n".join(_lines(schemas, outputs))


def _lines(schemas: Mapping[str, Any], outputs: Iterable[str]) -> Iterator[str]:
    yield "## Files that you write or keep\n"
    for name, page in WRITTEN.items():
        yield from _schema(name, schemas[name], f" The page on it is [{page.removesuffix('.md')}]({page}).")
    yield "## Outputs\n"
    for name in outputs:
        yield from _schema(name, schemas[name], "")


def meaning(schema: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    """What a field means; of one that is as a field of another part, what that one means. Empty if it is not said.

    Args:
        schema: the schema that has the field.
        value: the field.
    """
    while "description" not in value and "/properties/" in value.get("$ref", ""):
        target: Any = schema
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return str(value.get("description", ""))


def _schema(name: str, schema: Mapping[str, Any], more: str) -> Iterator[str]:
    yield f"### {name}\n"
    about = markdown_text(schema.get("description", ""))
    yield f"{schema['title']}. {about}{more} [The schema](schemas/{name}.json).\n"
    yield from _table(name, schema, schema)
    for part, definition in schema.get("$defs", {}).items():
        yield f"#### {name} {part}\n"
        if "description" in definition:
            yield f"{markdown_text(definition['description'])}\n"
        if "properties" in definition:
            yield from _table(name, schema, definition)
        else:
            form = f" of the form `{definition['pattern']}`" if "pattern" in definition else ""
            yield f"{_value(name, definition)}{form}\n"


def _table(name: str, schema: Mapping[str, Any], part: Mapping[str, Any]) -> Iterator[str]:
    rows = list(_rows(name, schema, part, ""))
    if rows:
        yield "| field | value | meaning |\n|---|---|---|"
        yield from rows
        yield ""


def _rows(name: str, schema: Mapping[str, Any], part: Mapping[str, Any], above: str) -> Iterator[str]:
    """A row for each field of a part of a schema, and below a field those of the objects in it that have no name."""
    for field, value in part.get("properties", {}).items():
        shown = f"`{above}{field}`"
        required = f"**{shown}**" if field in part.get("required", ()) else shown
        yield f"| {required} | {_value(name, value)} | {markdown_text(meaning(schema, value))} |"
        yield from _rows(name, schema, value, f"{above}{field}.")
        if isinstance(value.get("items"), Mapping):
            yield from _rows(name, schema, value["items"], f"{above}{field}[].")
        if isinstance(value.get("additionalProperties"), Mapping):
            yield from _rows(name, schema, value["additionalProperties"], f"{above}{field}.NAME.")


def _value(name: str, value: Any) -> str:
    """What a field may be, in a few words."""
    if not isinstance(value, Mapping):
        return "any value"
    if "$ref" in value:
        return _reference(name, value["$ref"])
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{table_cell(json.dumps(each))}`" for each in value["enum"])
    for several in ("oneOf", "anyOf"):
        if several in value:
            return " or ".join(dict.fromkeys(_value(name, each) for each in value[several]))
    return _of_type(name, value)


def _reference(name: str, target: str) -> str:
    """A link to the part of a schema that a value has the form of."""
    found = re.fullmatch(
        r"(?P<other>[^#]*)#?(?:/\$defs/(?P<part>\w+))?(?:/properties/(?P<field>\w+))?(?:/\w+)*", target
    )
    assert found is not None, target
    schema = found["other"].rpartition(":")[2] or name
    part, field = found["part"], found["field"]
    place = f"{schema}-{part}".lower() if part else schema
    words = f"as {field} of {part or schema}" if field else part or schema
    return f"[{words}](#{place})"


def _of_type(name: str, value: Mapping[str, Any]) -> str:
    types = value.get("type", "any value")
    shown = " or ".join(types) if isinstance(types, list) else str(types)
    if "array" in shown and "items" in value:
        return shown.replace("array", f"list of: {_value(name, value['items'])}")
    if shown == "object" and isinstance(value.get("additionalProperties"), Mapping):
        return f"by name: {_value(name, value['additionalProperties'])}"
    return shown


if __name__ == "__main__":
    PAGE.write_text(file_formats_page(), "utf-8")
