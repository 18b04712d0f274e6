"""Messages about resources in the words of Terraform: the loader reads them as those of CloudFormation (SRC-4)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

from execpolicy.document.syntax.node_members import member, text_in
from execpolicy.document.syntax.nodes import JsonArray, JsonObject
from execpolicy.errors import Diagnostic
from execpolicy.loaders.contents import Ignored, Unknown
from execpolicy.loaders.names_in_file import OPENAPI_NAMES
from execpolicy.loaders.terraform.attribute import Attribute
from execpolicy.loaders.terraform.resource_types import NAMED, READ
from execpolicy.loaders.terraform.sections import Instance, TerraformFile

_TYPE: Final = re.compile(r"AWS::\w+::\w+")
#: The type before an address, which has it.
_TWICE: Final = re.compile(r"\bthe (aws_\w+) (?=\S*\b\1\.)")
_HUMPS: Final = re.compile(r"[a-z][A-Z]")
_WORD: Final = re.compile(r"\b[A-Z][A-Za-z0-9]*\b")
_WORDS: Final = (
    (re.compile(r"\b(this|the|a) template\b"), r"\1 file"),
    (re.compile(r"!Ref ([^\s,]+)"), r"the id of \1"),
    (re.compile(r"\bRef in place of Fn::GetAtt\b"), "the name in place of the ARN"),
    (re.compile(r"\bRootResourceId of the API\b"), "root_resource_id of the API"),
    (re.compile(r"\blogical ids?\b"), "address"),
)
#: The names of fields of API files, where they are others.
_OF_API_FILES: Final = {
    "api_key_source": "api_key_source",
    "cors": "cors_configuration",
    "identity_sources": "identity_source",
    "ip_address_type": "ip_address_type",
    "issuers": "jwt_configuration",
    "mutual_tls": "mutual_tls_authentication",
    "payload_format": "authorizer_payload_format_version",
    "resource_policy": "policy",
    "simple_responses": "enable_simple_responses",
    "ttl": "authorizer_result_ttl_in_seconds",
    "user_pools": "provider_arns",
    "validation_expression": "identity_validation_expression",
}
_FIELD: Final = re.compile(rf"\b(?:{'|'.join(_OF_API_FILES)})\b")


class Wording:
    """Rewrites messages about a file.

    Args:
        file: the plan or the state.
    """

    def __init__(self, file: TerraformFile) -> None:
        self._source = file.problems.source
        places = sorted(_places(file))
        self._starts = [start for start, _, _ in places]
        self._places = places

    def diagnostic(self, diagnostic: Diagnostic) -> Diagnostic:
        """A message with the names of Terraform."""
        source, span = diagnostic.source, diagnostic.span
        at = source.offset(span.line, span.column) if source is not None and span is not None else -1
        names = self._names_at(at)
        return diagnostic._replace(
            message=_in_words(diagnostic.message, names), advice=_in_words(diagnostic.advice, names)
        )

    def unknown(self, unknown: Unknown) -> Unknown:
        """What is not known, with a reason in the words of Terraform."""
        names = self._names_at(self._source.offset(unknown.span.line, unknown.span.column))
        return unknown._replace(reason=_in_words(unknown.reason, names))

    def ignored(self, ignored: Ignored) -> Ignored:
        """What is not read, in the words of Terraform."""
        names = self._names_at(self._source.offset(ignored.span.line, ignored.span.column))
        return ignored._replace(what=_in_words(ignored.what, names))

    def _names_at(self, at: int) -> Mapping[str, str]:
        """The attributes of the resource at a place, by the properties of CloudFormation."""
        number = bisect_right(self._starts, at) - 1
        if number < 0:
            return {}
        _, end, type_name = self._places[number]
        return _names_of(type_name) if at < end and type_name in READ else {}


def _places(file: TerraformFile) -> Iterator[tuple[int, int, str]]:
    """Where resources stand: their values, changes and expressions."""
    instances: Iterable[Instance] = file.instances.values()
    for each in instances:
        yield each.node.start, each.node.end, each.type
    for change in file.changes.values():
        yield change.instance.node.start, change.instance.node.end, change.instance.type
    waiting = [member(file.configuration, "root_module")]
    while waiting:
        module = waiting.pop()
        resources = member(module, "resources")
        for node in resources.items if isinstance(resources, JsonArray) else ():
            yield node.start, node.end, text_in(node, "type") or ""
        calls = member(module, "module_calls")
        for _, _, call in calls.members.values() if isinstance(calls, JsonObject) else ():
            waiting.append(member(call, "module"))


@cache
def _names_of(type_name: str) -> Mapping[str, str]:
    return dict(_pairs(READ[type_name].read))


@cache
def _unique_names() -> Mapping[str, str]:
    """The attributes of properties that are called so in every type, and that are no usual word."""
    found: dict[str, set[str]] = {}
    for each in READ.values():
        for to, name in _pairs(each.read):
            found.setdefault(to, set()).add(name)
    return {to: min(names) for to, names in found.items() if len(names) == 1 and (_HUMPS.search(to) or to == "Body")}


def _pairs(attributes: Mapping[str, Attribute]) -> Iterator[tuple[str, str]]:
    for name, attribute in attributes.items():
        if attribute.to:
            yield attribute.to, name
        if attribute.inner is not None:
            yield from _pairs(attribute.inner)


_TYPES: Final = {
    **{found.type: name for name, found in READ.items() if found.type},
    **{found: name for name, found in NAMED.items()},
    "AWS::ApiGateway::DomainNameV2": "aws_api_gateway_domain_name",
    "AWS::ApiGateway::BasePathMappingV2": "aws_api_gateway_base_path_mapping",
}


def _in_words(text: str, names: Mapping[str, str]) -> str:
    for pattern, words in _WORDS:
        text = pattern.sub(words, text)
    text = _TYPE.sub(lambda match: _TYPES.get(match.group(), match.group()), text)
    text = _TWICE.sub("", text)
    everywhere = _unique_names()
    text = _WORD.sub(lambda match: names.get(match.group()) or everywhere.get(match.group(), match.group()), text)
    if names:
        text = _FIELD.sub(lambda match: _field(match.group(), names), text)
    return text


def _field(name: str, names: Mapping[str, str]) -> str:
    """The name of a field of API files, if the resource has an attribute for it."""
    written = _OF_API_FILES[name]
    return written if written in names.values() else OPENAPI_NAMES.get(name, (name,))[0]
