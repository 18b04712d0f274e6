"""What an OpenAPI or Swagger file describes: one API, completed by what the user gives (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.loaders.api_file.contents import ONLY_API
from execpolicy.loaders.api_file.document import SCHEMA, read_api_file
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.contents import ReadOptions, TemplateContents, Unknown, Variants
from execpolicy.loaders.literal_ids import KnownIds, check_literal_ids
from execpolicy.loaders.openapi.aws_variables import with_aws_variables
from execpolicy.loaders.openapi.definition import OPENAPI, SWAGGER
from execpolicy.loaders.openapi.extensions import ENDPOINT
from execpolicy.loaders.openapi.members import DefinedApi, api_members

#: What AWS assigns, where neither the document nor the user says it (SRC-7).
PLACEHOLDER_ACCOUNT: Final = "123456789012"
PLACEHOLDER_REGION: Final = "us-east-1"
PLACEHOLDER_ID: Final = ONLY_API


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
    variants = {ONLY_API: Variants((read_api_file(problems, tree, stage=options.stage),))}
    return TemplateContents(
        "openapi", variants, unknowns=(*defined.unknowns, *_endpoint(problems, document, tree)), ignored=defined.ignored
    )


def _tree(problems: Problems, document: JsonObject, defined: DefinedApi, options: ReadOptions) -> JsonObject:
    """The document of an API file."""
    servers = defined.servers
    api_id = _said(problems, options.api_id, "api_id", [server.api_id for server in servers])
    region = _said(problems, options.region, "region", [server.region for server in servers])
    region_is_given = region is not None
    region = region or text_at(PLACEHOLDER_REGION, document)
    account = options.account or PLACEHOLDER_ACCOUNT
    members = with_aws_variables(defined.members, account, region.value).members
    stage = _stage(problems, document, defined, options)
    assigned: dict[str, Node | None] = {
        "schema": text_at(SCHEMA, document),
        "id": api_id or text_at(PLACEHOLDER_ID, document),
        "region": region,
        "account": text_at(account, document),
        "stages": list_at([stage], document) if stage is not None else None,
    }
    if "resource_policy" in members:
        known = KnownIds(
            account,
            region.value,
            frozenset({api_id.value if api_id is not None else PLACEHOLDER_ID}),
            account_is_given=options.account is not None,
            region_is_given=region_is_given,
            api_id_is_given=api_id is not None,
        )
        check_literal_ids(problems, members["resource_policy"][2], known)
    return object_at(assigned | {name: value for name, (_, _, value) in members.items()}, document)


def _stage(problems: Problems, document: JsonObject, defined: DefinedApi, options: ReadOptions) -> Text | None:
    """The stage; None if it is not known, which is reported."""
    stage = _said(problems, options.stage, "stage", [server.stage for server in defined.servers])
    _, _, kind = defined.members.members.get("type", (0, 0, None))
    if stage is not None or not isinstance(kind, Text):
        return stage
    if kind.value == ApiType.HTTP:
        return text_at(DEFAULT_STAGE, document)
    message = "found no stage, which only an export names"
    problems.report(_version(document), message, "give stage= (--stage), such as prod", "SRC-1")
    return None


def _said(problems: Problems, given: str | None, name: str, found: Iterable[Text | None]) -> Text | None:
    """What the user gives, or what the servers say; None if nothing says it."""
    known = [text for text in found if text is not None]
    values = list(dict.fromkeys(text.value for text in known))
    if given is not None:
        return Text(given, *known[0][1:]) if known else Text(given, 0, 0)
    if len(values) > 1:
        message = f"found servers with different values of {name}: {listed([quoted(each) for each in values], 'and')}"
        problems.report(known[1], message, f"give {name}=", "SRC-1")
    return known[0] if known else None


def _endpoint(problems: Problems, document: JsonObject, tree: JsonObject) -> Iterator[Unknown]:
    """Whether a REST API is private, where the document does not say it."""
    _, _, kind = tree.members["type"]
    if isinstance(kind, Text) and kind.value == ApiType.REST and "endpoint" not in tree.members:
        reason = f"it is read as public; {ENDPOINT} with vpcEndpointIds says that it is private"
        yield Unknown("whether the API is private", reason, problems.source, problems.span(_version(document)))


def _version(document: JsonObject) -> Node:
    """Where the document names its version."""
    return next(document.members[name][2] for name in (SWAGGER, OPENAPI) if name in document.members)
