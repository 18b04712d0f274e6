"""The definition of an API: of the template, of a file that it names, or one that SAM writes (SRC-3)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.project import read_in_project, resolve_in_project
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.node_members import member, text_of
from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text, describe
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import has_unknown
from execpolicy.errors import ExecPolicyError
from execpolicy.loaders.built_nodes import object_at, text_at
from execpolicy.loaders.cloudformation.sam.body import ApiBody
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource
from execpolicy.loaders.cloudformation.stack import Stack

_OPENAPI_3: Final = re.compile(r"3(\.\d)(\.\d)?")
_VERSIONS: Final = re.compile(r"[2-3](\.\d)(\.\d)?")
#: The version of OpenAPI in which SAM writes the definition of an HTTP API.
_HTTP_VERSION: Final = "3.0.1"


def definition_of(stack: Stack, api: SamResource) -> ApiBody | None:
    """The definition of an API; None if it cannot be read, which is reported."""
    body, uri = api.property("DefinitionBody"), api.property("DefinitionUri")
    if uri.is_true and uri.value is not None:
        if body.is_true or member(api.resource.node, "Properties", "DefinitionUri") is None:
            message = f"found DefinitionUri beside a definition of {api.logical_id}: the transform takes only one"
            stack.problems.report(uri.value, message, "remove it, or DefinitionBody")
            return None
        return _from_file(stack, api, uri.value)
    if not body.is_true or body.value is None:
        return ApiBody(_empty(api), is_managed=True)
    if _is_definition(body.value, api.kind):
        assert isinstance(body.value, JsonObject), "a definition is an object"
        return ApiBody(body.value, is_managed=False)
    expected = "OpenAPI 3" if api.kind == "HttpApi" else "Swagger 2 or OpenAPI 3"
    found = describe(body.value)
    message = f"found {found} as DefinitionBody, expected a definition in {expected} with paths"
    stack.problems.report(body.value, message, "write the definition here, or leave DefinitionBody out")
    return None


def _is_definition(node: Node, kind: str) -> bool:
    if not isinstance(member(node, "paths"), JsonObject):
        return False
    if kind == "Api" and member(node, "swagger") is not None:
        return True
    return _OPENAPI_3.match(version_text(member(node, "openapi"))) is not None


def version_text(node: Node | None) -> str:
    """A version, which YAML may read as a number."""
    return node.value if isinstance(node, Text) else node.text if isinstance(node, JsonNumber) else ""


def is_openapi_3(version: str) -> bool:
    """Whether a version is one of OpenAPI 3, as the transform reads it."""
    return _OPENAPI_3.fullmatch(version) is not None


def open_api_version(stack: Stack, api: SamResource) -> str:
    """The property OpenApiVersion of a REST API; empty if it has none."""
    found = api.property("OpenApiVersion").value
    version = version_text(found)
    if found is not None and version and _VERSIONS.fullmatch(version) is None:
        message = f"found {quoted(version)} as OpenApiVersion"
        stack.problems.report(found, message, 'write "3.0.1", or leave it out')
    return version


def _empty(api: SamResource) -> JsonObject:
    at = api.at
    version = version_text(api.property("OpenApiVersion").value)
    if api.kind == "HttpApi":
        version = _HTTP_VERSION
    is_3 = is_openapi_3(version)
    info = object_at({"version": text_at("1.0", at), "title": text_at(api.logical_id, at)}, at)
    fields: dict[str, Node | None] = {"openapi": text_at(version, at)} if is_3 else {"swagger": text_at("2.0", at)}
    return object_at({**fields, "info": info, "paths": JsonObject({}, at.start, at.end)}, at)


def _from_file(stack: Stack, api: SamResource, uri: Node) -> ApiBody | None:
    """The definition in a file of the project. All of it has the place of its name in the template."""
    name = text_of(uri)
    if name is None or has_unknown(name) or "://" in name:
        found = quoted(name) if name is not None and not has_unknown(name) else "a definition that is not known"
        message = f"found {found} as DefinitionUri, which is not read"
        stack.problems.report(uri, message, "give the name of a file in the project, or write DefinitionBody")
        return None
    for other in ("Auth", "Cors", "CorsConfiguration", "DisableExecuteApiEndpoint", "GatewayResponses", "Models"):
        property_ = api.property(other)
        if property_.is_true and property_.value is not None:
            message = f"found {other} beside DefinitionUri, which the transform does not read"
            stack.problems.report(property_.value, message, "write DefinitionBody, or put it into the definition")
    try:
        path = resolve_in_project(stack.problems.source.name, name)
        problems, document = read_any(read_in_project(path, "API definition"), path)
        problems.check()
    except ExecPolicyError as error:
        stack.problems.refused(uri, error)
        return None
    if not isinstance(document, JsonObject) or not _is_definition(document, api.kind):
        message = f"found no definition with paths in the file {quoted(name)}"
        stack.problems.report(uri, message, "name a file in OpenAPI 3 or Swagger 2")
        return None
    moved = _moved(document, uri)
    assert isinstance(moved, JsonObject), "an object stays one"
    return ApiBody(moved, is_managed=False)


def _moved(node: Node, at: Node) -> Node:
    """A node of another file, at the place where the template names that file."""
    match node:
        case JsonArray(items):
            return JsonArray([_moved(item, at) for item in items], at.start, at.end)
        case JsonObject(found):
            moved = {name: (at.start, at.end, _moved(value, at)) for name, (_, _, value) in found.items()}
            return JsonObject(moved, at.start, at.end)
        case Text():
            return Text(node.value, at.start, at.end)
        case _:
            return node._replace(start=at.start, end=at.end)
