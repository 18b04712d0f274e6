"""Typical faults, each put into sound documents in every format, are found at the place where they were put."""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from execpolicy.linter.finding import Finding
from execpolicy.linter.fixes.fixing import fix_text
from execpolicy.linter.run import lint_text
from execpolicy.linter.severity import Severity
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from tests.untyped import untyped

FOLDER = Path(__file__).parent / "faults"
DATA: Mapping[str, Any] = yaml.safe_load((FOLDER / "faults.yaml").read_text("utf-8"))
SYNTAXES: Mapping[str, Callable[[Any], str]] = {
    "json": json.dumps,
    "yaml": lambda data: yaml.safe_dump(data, sort_keys=False, width=1000),
}
#: What AWS assigns. An OpenAPI file names its region and its id.
DEPLOYED = ReadOptions(account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5")
#: What an OpenAPI file does not say if it has nothing that only one kind of API has.
TYPES = {"signed": "REST", "tokens": "REST", "http": "HTTP"}
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
    form: str
    edits: tuple[Edit, ...]
    rule: str
    underlined: str


def base(name: str, form: str) -> Any:
    return yaml.safe_load((FOLDER / "bases" / f"{name}.{form}.yaml").read_text("utf-8"))


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
            for form, root in POLICIES[base_name].items():
                path = tuple(entry["at"])
                if form == "policy" and not entry.get("alone", True):
                    continue
                if form == "sam" and base_name == "signed":
                    # SAM writes the document itself, around statements of the template.
                    if path[:1] != ("Statement",):
                        continue
                    path = ("CustomStatements", *path[1:])
                edit = Edit((*root, *path), (entry["put"],))
                yield Fault(entry["name"], base_name, form, (edit,), entry["rule"], entry["underlined"])
    for entry in DATA["apis"]:
        for form, changes in entry["in"].items():
            edits = tuple(Edit(tuple(path), tuple(value)) for path, *value in changes["change"])
            yield Fault(entry["name"], entry["base"], form, edits, entry["rule"], changes["underlined"])


FAULTS = [*faults()]


def options_of(base_name: str, form: str) -> ReadOptions:
    if form == "openapi":
        return ReadOptions(account=DEPLOYED.account, type=TYPES[base_name])
    if form in ("policy", "api"):
        return NOTHING_GIVEN
    return DEPLOYED if base_name != "caller" else DEPLOYED._replace(api_id=None)


def findings(document: Any, base_name: str, form: str, syntax: str) -> tuple[Finding, ...]:
    kind = {"signed": "resource", "caller": "identity"}[base_name] if form == "policy" else None
    text = SYNTAXES[syntax](document)
    return lint_text(text, f"{form}.{syntax}", kind=untyped(kind), options=options_of(base_name, form))


def underlined(finding: Finding) -> str:
    source, span = finding.source, finding.span
    assert source is not None
    assert span is not None
    text = source.text[source.offset(span.line, span.column) : source.offset(span.end_line, span.end_column)]
    if text.startswith(("- ", "[")):  # a list of one
        (text,) = yaml.safe_load(text)
    return text.strip("\"'")


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.name}, {fault.form}")
def test_a_fault_is_found_where_it_was_put(fault: Fault, syntax: str) -> None:
    document = faulty(base(fault.base, fault.form), fault.edits)
    found = [(each.rule.id, underlined(each)) for each in findings(document, fault.base, fault.form, syntax)]
    assert (fault.rule, fault.underlined) in found


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.name}, {fault.form}")
def test_the_fix_of_a_fault_does_what_it_promises(fault: Fault, syntax: str) -> None:
    kind = {"signed": "resource", "caller": "identity"}[fault.base] if fault.form == "policy" else None
    options = options_of(fault.base, fault.form)

    def find(text: str) -> tuple[Finding, ...]:
        return lint_text(text, f"{fault.form}.{syntax}", kind=untyped(kind), options=options)

    text = SYNTAXES[syntax](faulty(base(fault.base, fault.form), fault.edits))
    result = fix_text(text, find, unsafe=True)
    assert [each for each in result.left_out if each.is_internal] == []
    left = {each.finding for each in result.left_out}
    assert [each for each in result.findings if each.fix is not None and each not in left] == []
    again = fix_text(result.text, find, unsafe=True)
    assert (again.text, again.fixed) == (result.text, ())


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("path", sorted((FOLDER / "bases").iterdir()), ids=lambda path: path.stem)
def test_the_bases_are_sound(path: Path, syntax: str) -> None:
    name, form = path.stem.split(".")
    found = findings(base(name, form), name, form, syntax)
    assert [str(each) for each in found if each.severity is not Severity.SUGGESTION] == []


def test_most_faults_are_put_into_every_format() -> None:
    forms: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for fault in FAULTS:
        forms[fault.base, fault.name].add(fault.form)
    assert len(forms) > 60
    assert sum(each == {"policy", "api", "template", "sam", "openapi"} for each in forms.values()) >= 35
