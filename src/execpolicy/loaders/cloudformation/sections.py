"""The sections of a template (SRC-2)."""

from __future__ import annotations

from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import listed, quoted

SECTIONS: Final = (
    *("AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata", "Outputs"),
    *("Parameters", "Resources", "Rules", "Transform"),
)
SERVERLESS: Final = "AWS::Serverless-2016-10-31"
LANGUAGE_EXTENSIONS: Final = "AWS::LanguageExtensions"
#: Transforms of AWS that add nothing that bears on authorization.
_WITHOUT_EFFECT: Final = (
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
)
_ONLY_HERE: Final = ("AWSTemplateFormatVersion", "Resources", "Transform")
_FORMAT: Final = "2010-09-09"
#: The end of the type of a module, which stands for other resources.
_MODULE: Final = "::MODULE"
_PROCESSED: Final = "give the template that it makes: aws cloudformation get-template --template-stage Processed"
_RESOURCE_FIELDS: Final = (
    *("Type", "Properties", "Condition", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy", "DeletionPolicy"),
    *("UpdateReplacePolicy", "Connectors", "IgnoreGlobals"),
)


class Sections(NamedTuple):
    """The sections of a template as they are written; a section that is not there is empty."""

    document: JsonObject
    parameters: JsonObject
    mappings: JsonObject
    conditions: JsonObject
    resources: JsonObject
    outputs: JsonObject
    globals: JsonObject | None
    transforms: frozenset[str]


def is_cloudformation(document: Node) -> bool:
    """Whether a document is a template: it has a section that no other kind of file has."""
    return isinstance(document, JsonObject) and any(name in document.members for name in _ONLY_HERE)


def read_sections(problems: Problems, document: Node) -> Sections:
    """The sections of a template; unknown ones are reported.

    Raises:
        PolicySyntaxError: the document has no resources.
    """
    fields = entry(problems, document, "a template", SECTIONS)
    if fields is None or not isinstance(document, JsonObject):
        problems.check()
        raise AssertionError("what is no object is reported")
    fields.must("Resources")
    version = fields.value("AWSTemplateFormatVersion")
    if version is not None and not (isinstance(version, Text) and version.value == _FORMAT):
        problems.report(version, f"found {_shown(version)} as AWSTemplateFormatVersion", f"write {_FORMAT}")
    section = {
        name: _section(fields, name) for name in ("Parameters", "Mappings", "Conditions", "Resources", "Outputs")
    }
    for name in ("Metadata", "Rules", "Hooks", "Globals"):
        _section(fields, name)
    read = Sections(
        document,
        section["Parameters"],
        section["Mappings"],
        section["Conditions"],
        section["Resources"],
        section["Outputs"],
        _section(fields, "Globals") if fields.has("Globals") else None,
        _transforms(problems, fields.value("Transform")),
    )
    if read.globals is not None and SERVERLESS not in read.transforms:
        advice = f"write Transform: {SERVERLESS}, or remove Globals"
        problems.report_name(document.members["Globals"], f"found Globals without the transform {SERVERLESS}", advice)
    return read


def check_resources(problems: Problems, resources: JsonObject) -> None:
    """Report resources that have no type, or unknown attributes."""
    for logical_id, member in resources.members.items():
        if not (logical_id.isascii() and logical_id.isalnum()):
            problems.report_name(
                member, f"found {quoted(logical_id)} as a logical id", "use the letters A to Z, a to z, and digits"
            )
        fields = entry(problems, member[2], "a resource", _RESOURCE_FIELDS)
        if fields is None or not fields.must("Type"):
            continue
        fields.text("Type")
        kind = fields.value("Type")
        if isinstance(kind, Text) and kind.value.endswith(_MODULE):
            message = f"found the module {quoted(kind.value)}, whose resources are not in the template"
            problems.report(kind, message, _PROCESSED)
        properties = fields.value("Properties")
        if properties is not None and not isinstance(properties, JsonObject):
            fields.wrong(properties, "Properties", "an object")


def _section(fields: Fields, name: str) -> JsonObject:
    value = fields.value(name)
    if isinstance(value, JsonObject):
        return value
    if value is not None:
        fields.wrong(value, name, "an object")
    return JsonObject({}, fields.node.start, fields.node.start)


def _transforms(problems: Problems, node: Node | None) -> frozenset[str]:
    """The transforms that are read; others could change everything, and are reported."""
    found = set[str]()
    for item in node.items if isinstance(node, JsonArray) else () if node is None else (node,):
        if not isinstance(item, Text):
            message = f"found {_shown(item)} as Transform, expected the name of a transform"
            problems.report(item, message, f"use {listed((SERVERLESS, LANGUAGE_EXTENSIONS))}")
        elif item.value in (SERVERLESS, LANGUAGE_EXTENSIONS):
            found.add(item.value)
        elif item.value not in _WITHOUT_EFFECT:
            advice = f"{_PROCESSED}; {listed((SERVERLESS, LANGUAGE_EXTENSIONS), 'and')} are read"
            problems.report(item, f"found the macro {quoted(item.value)}, which is not run", advice)
    return frozenset(found)


def _shown(node: Node) -> str:
    return quoted(node.value) if isinstance(node, Text) else describe(node)
