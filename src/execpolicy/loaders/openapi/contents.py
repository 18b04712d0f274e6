"""What an OpenAPI or Swagger file describes: one API, completed by what the user gives (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.loaders.api_file.contents import ONLY_API
from execpolicy.loaders.api_file.document import SCHEMA, read_api_file
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.contents import ReadOptions, TemplateContents, Variants
from execpolicy.loaders.openapi.members import DefinedApi, api_members

#: What AWS assigns, where neither the document nor the user says it.
PLACEHOLDERS = {"account": "123456789012", "region": "us-east-1", "api_id": "api"}


def read_openapi_contents(problems: Problems, document: Node, options: ReadOptions) -> TemplateContents:
    """What an OpenAPI file describes.

    Args:
        problems: collects everything that is wrong in the file, each with its place.
        document: the whole content of the file.
        options: ``stage``, ``account``, ``region``, ``api_id`` and ``type`` precede what the document says.

    Raises:
        PolicySyntaxError: the file describes no API.
    """
    if not isinstance(document, JsonObject):
        wrong_type(problems, document, "an OpenAPI document", "an object")
        problems.check()
        raise AssertionError("the problem is reported")
    defined = api_members(problems, document, api_type=options.type)
    tree = _tree(problems, document, defined, options)
    problems.check()
    api = read_api_file(problems, tree, stage=options.stage)
    variants = {ONLY_API: Variants((api,))}
    return TemplateContents("openapi", variants, unknowns=defined.unknowns, ignored=defined.ignored)


def _tree(problems: Problems, document: JsonObject, defined: DefinedApi, options: ReadOptions) -> JsonObject:
    """The document of an API file."""
    servers = defined.servers
    stage = _said(problems, options.stage, "stage", [server.stage for server in servers])
    _, _, kind = defined.members.members.get("type", (0, 0, None))
    if stage is None and isinstance(kind, Text) and kind.value == ApiType.HTTP:
        stage = text_at(DEFAULT_STAGE, document)
    elif stage is None:
        message = "found a document that names no stage, as an export does"
        problems.report(document, message, "give stage= (--stage): a REST API is called by a stage", "SRC-1")
    api_id = _said(problems, options.api_id, "api_id", [server.api_id for server in servers])
    region = _said(problems, options.region, "region", [server.region for server in servers])
    members: dict[str, Node | None] = {
        "schema": text_at(SCHEMA, document),
        "id": api_id or text_at(PLACEHOLDERS["api_id"], document),
        "region": region or text_at(PLACEHOLDERS["region"], document),
        "account": text_at(options.account or PLACEHOLDERS["account"], document),
        "stages": list_at([stage], document) if stage is not None else None,
    }
    named = {name: value for name, (_, _, value) in defined.members.members.items()}
    return object_at(members | named, document)


def _said(problems: Problems, given: str | None, name: str, found: Iterable[Text | None]) -> Text | None:
    """What the user gives, or what the servers say; None if nothing says it."""
    known = [text for text in found if text is not None]
    values = list(dict.fromkeys(text.value for text in known))
    if given is not None:
        return Text(given, *(known[0][1:] if known else (0, 0)))
    if len(values) > 1:
        message = f"found servers with different values of {name}: {listed([quoted(each) for each in values], 'and')}"
        problems.report(known[1], message, f"give {name}=", "SRC-1")
    return known[0] if known else None
