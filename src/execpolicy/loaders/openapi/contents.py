"""What an OpenAPI or Swagger file describes: one API, completed by what the user gives (SRC-1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.gateway.model.names import ApiType, EndpointType
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.api_file.contents import ONLY_API
from execpolicy.loaders.api_file.document import SCHEMA, read_api_file
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.contents import ReadOptions, TemplateContents, Unknown
from execpolicy.loaders.literal_ids import KnownIds, check_literal_ids
from execpolicy.loaders.names_in_file import OPENAPI_NAMES, with_names_of
from execpolicy.loaders.openapi.aws_variables import with_aws_variables
from execpolicy.loaders.openapi.definition import OPENAPI, SWAGGER
from execpolicy.loaders.openapi.extensions import ENDPOINT, POLICY
from execpolicy.loaders.openapi.members import DefinedApi, api_members

#: What AWS assigns, where neither the document nor the user says it (SRC-7).
PLACEHOLDER_ACCOUNT: Final = "123456789012"
PLACEHOLDER_REGION: Final = "us-east-1"
PLACEHOLDER_ID: Final = ONLY_API
_WITH_EXTENSIONS: Final = """--parameters '{"extensions": "apigateway,authorizers"}'"""


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
    _check_export(problems, document, defined)
    problems.check()
    with problems.reworded(with_names_of(OPENAPI_NAMES)):
        api = read_api_file(problems, tree, stage=options.stage)
    if api.type is ApiType.REST and not api.is_private:
        api = api.with_endpoint_not_said()
    variants = {ONLY_API: Variants((api,))}
    unknowns = (*defined.unknowns, *_not_said(problems, document, defined))
    return TemplateContents("openapi", variants, unknowns=unknowns, ignored=defined.ignored)


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
        "endpoint": _endpoint(defined),
    }
    _, _, policy = members.get("resource_policy", (0, 0, None))
    if policy is not None and not isinstance(policy, JsonObject):
        # In an API file a text would be the name of a file with the policy; an import reads no other file.
        wrong_type(problems, policy, POLICY, "a policy document")
    elif policy is not None:
        known = KnownIds(
            account,
            region.value,
            frozenset({api_id.value if api_id is not None else PLACEHOLDER_ID}),
            account_is_given=options.account is not None,
            region_is_given=region_is_given,
            api_id_is_given=api_id is not None,
        )
        check_literal_ids(problems, policy, known)
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


def _endpoint(defined: DefinedApi) -> Text | None:
    """The type of endpoint of an API whose own host names a VPC endpoint."""
    found = next((server.vpc_endpoint for server in defined.servers if server.vpc_endpoint is not None), None)
    return None if found is None else text_at(EndpointType.PRIVATE, found)


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


def _is_export(defined: DefinedApi) -> bool:
    """Whether a document names the own host of the API, as exports do."""
    return any(server.api_id is not None for server in defined.servers)


def _check_export(problems: Problems, document: JsonObject, defined: DefinedApi) -> None:
    """Refuse an export without extensions: it lacks authorizers and the resource policy, and looks open."""
    _, _, routes = defined.members.members.get("routes", (0, 0, None))
    if _is_export(defined) and isinstance(routes, JsonObject) and routes.members and not defined.has_integrations:
        message = "found an export without the extensions of API Gateway, which does not say what a call needs"
        problems.report(_version(document), message, f"export it with them: {_WITH_EXTENSIONS}", "SRC-1")


def _not_said(problems: Problems, document: JsonObject, defined: DefinedApi) -> Iterator[Unknown]:
    """What the definition of a REST API does not say about the deployed one."""
    members = defined.members.members
    _, _, kind = members["type"]
    if not isinstance(kind, Text) or kind.value != ApiType.REST:
        return
    source, span = problems.source, problems.span(_version(document))
    if "endpoint" not in members and _endpoint(defined) is None:
        reason = f"it is read as public; {ENDPOINT} with vpcEndpointIds says that it is private"
        yield Unknown("whether the API is private", reason, source, span)
    if "resource_policy" not in members and _is_export(defined):
        reason = f"it is read as without; an export has the policy if it was made with {_WITH_EXTENSIONS}"
        yield Unknown("whether the API has a resource policy", reason, source, span)


def _version(document: JsonObject) -> Node:
    """Where the document names its version."""
    return next(document.members[name][2] for name in (SWAGGER, OPENAPI) if name in document.members)
