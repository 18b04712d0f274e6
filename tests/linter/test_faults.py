"""Typical faults, each put into sound documents in every format, are found at the place where they were put."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from execpolicy.linter.finding import Finding
from execpolicy.linter.run import lint_text
from execpolicy.linter.severity import Severity
from execpolicy.loaders.contents import ReadOptions

FOLDER = Path(__file__).parent / "faults"
DATA: Mapping[str, Any] = yaml.safe_load((FOLDER / "faults.yaml").read_text("utf-8"))
FORMATS = ("policy", "api", "template", "sam", "openapi")
SYNTAXES = {"json": json.dumps, "yaml": lambda data: yaml.safe_dump(data, sort_keys=False, width=1000)}
#: What AWS assigns, where a format does not say it.
ASSIGNED = {
    "template": ReadOptions(account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5"),
    "sam": ReadOptions(account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5"),
    "openapi": ReadOptions(account="111122223333"),
}
PROPERTIES = ("Resources", "OrdersApi", "Properties")
#: Where the policy stands in the bases, by base and format.
POLICIES: Mapping[str, Mapping[str, Sequence[str | int]]] = {
    "signed": {
        "policy": (),
        "api": ("resource_policy",),
        "template": (*PROPERTIES, "Policy"),
        "sam": (*PROPERTIES, "Auth", "ResourcePolicy"),
        "openapi": ("x-amazon-apigateway-policy",),
    },
    "caller": {
        "policy": (),
        "template": ("Resources", "ReaderRole", "Properties", "Policies", 0, "PolicyDocument"),
        "sam": ("Resources", "ReaderFunction", "Properties", "Policies", 0),
    },
}


class Edit(NamedTuple):
    """What is put at a path; nothing, to remove what stands there."""

    path: tuple[str | int, ...]
    value: tuple[object, ...]


class Fault(NamedTuple):
    """A fault in one format: the base, what changes, and the finding."""

    name: str
    base: str
    format: str
    edits: tuple[Edit, ...]
    rule: str
    underlined: str


def base(name: str, format: str) -> Any:
    return yaml.safe_load((FOLDER / "bases" / f"{name}.{format}.yaml").read_text("utf-8"))


def faulty(document: Any, edits: Sequence[Edit]) -> Any:
    """A base with the fault in it."""
    root = {"": copy.deepcopy(document)}
    for edit in edits:
        *before, last = ("", *edit.path)
        parent: Any = root
        for key in before:
            parent = parent[key]
        if edit.value:
            parent[last] = copy.deepcopy(edit.value[0])
        else:
            del parent[last]
    return root[""]


def faults() -> Iterator[Fault]:
    for base_name, section in (("signed", "policies"), ("caller", "policies of callers")):
        for entry in DATA[section]:
            for format, root in POLICIES[base_name].items():
                path = tuple(entry["at"])
                if format == "policy" and not entry.get("alone", True):
                    continue
                if format == "sam" and base_name == "signed":
                    # SAM writes the document itself, around statements of the template.
                    if path[:1] != ("Statement",):
                        continue
                    path = ("CustomStatements", *path[1:])
                edit = Edit((*root, *path), (entry["put"],))
                yield Fault(entry["name"], base_name, format, (edit,), entry["rule"], entry["underlined"])
    for entry in DATA.get("apis", ()):
        for format, changes in entry["in"].items():
            edits = tuple(Edit(tuple(path), tuple(value)) for path, *value in changes["change"])
            yield Fault(entry["name"], entry["base"], format, edits, entry["rule"], changes["underlined"])


FAULTS = [*faults()]


def findings(document: Any, fault_base: str, format: str, syntax: str) -> tuple[Finding, ...]:
    kind = {"signed": "resource", "caller": "identity"}[fault_base] if format == "policy" else None
    options = ASSIGNED.get(format, ReadOptions())
    if fault_base == "caller":
        options = ReadOptions(account="111122223333", region="eu-west-1") if format != "policy" else ReadOptions()
    return lint_text(SYNTAXES[syntax](document), f"{format}.{syntax}", kind=kind, options=options)


def underlined(finding: Finding) -> str:
    source, span = finding.source, finding.span
    assert source is not None
    assert span is not None
    text = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
    return text.strip("\"'")


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.name}, {fault.format}")
def test_a_fault_is_found_where_it_was_put(fault: Fault, syntax: str) -> None:
    document = faulty(base(fault.base, fault.format), fault.edits)
    found = [(each.rule.id, underlined(each)) for each in findings(document, fault.base, fault.format, syntax)]
    assert (fault.rule, fault.underlined) in found


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("path", sorted((FOLDER / "bases").iterdir()), ids=lambda path: path.stem)
def test_the_bases_are_sound(path: Path, syntax: str) -> None:
    name, format = path.stem.split(".")
    found = findings(base(name, format), name, format, syntax)
    assert [str(each) for each in found if each.severity is not Severity.SUGGESTION] == []


def test_every_fault_is_in_every_format_that_can_have_it() -> None:
    assert len({(fault.base, fault.name) for fault in FAULTS}) >= 40
    formats = {name: {each.format for each in FAULTS if each.name == name} for name in {each.name for each in FAULTS}}
    assert {format for of_one in formats.values() for format in of_one} == {*FORMATS}
