"""The authorizers of an API file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.authorizers.identity_sources import read_identity_sources
from execpolicy.gateway.authorizers.incoming_call import IncomingCall
from execpolicy.gateway.model.authorizer import FIELDS_OF_TYPE, Authorizer, Claim, Issuer
from execpolicy.gateway.model.names import ApiType, AuthorizerType
from execpolicy.loaders.api_file.assembly import Assembly, name_node

AUTHORIZER_FIELDS = ("type", *dict.fromkeys(name for names in FIELDS_OF_TYPE.values() for name in names))
#: Fields of HTTP APIs only.
_OF_HTTP_APIS = ("payload_format", "simple_responses")
ISSUER_FIELDS = ("url", "audiences", "claims")
CLAIM_FIELDS = ("name", "expected", "required")

M = TypeVar("M")


def read_authorizers(file: Fields, assembly: Assembly) -> dict[str, Authorizer | None]:
    """Add the authorizers to the API and return them by name; None for one with an error, which is reported."""
    found: dict[str, Authorizer | None] = {}
    for name, member in file.members("authorizers", "an object of authorizers by name"):
        node = name_node(name, member)
        authorizer = _authorizer(file, assembly.api_type, node, member[2])
        sound = authorizer is not None and assembly.append("authorizers", node, authorizer)
        found[name] = authorizer if sound else None
    return found


def _authorizer(file: Fields, api_type: ApiType, name: Text, node: Node) -> Authorizer | None:
    problems = file.problems
    fields = entry(problems, node, "an authorizer", AUTHORIZER_FIELDS)
    if fields is None or not fields.must("type"):
        return None
    before = problems.count
    kind = fields.choice("type", AuthorizerType)
    if kind is None:
        return None
    _refuse_what_does_not_apply(fields, api_type, AuthorizerType(kind))
    arguments = {
        "function_arn": fields.text("function_arn"),
        "validation_expression": fields.text("validation_expression"),
        "ttl": fields.count("ttl", least=0),
        "payload_format": fields.choice("payload_format", ("1.0", "2.0")),
        "simple_responses": fields.flag("simple_responses", default=False),
        "invoke_permission": fields.flag("invoke_permission", default=True),
        "identity_sources": _values(fields, "identity_sources"),
        "user_pools": _values(fields, "user_pools"),
        "issuers": [_issuer(fields, api_type, each) for each in fields.items("issuers", "a list of issuers")],
    }
    if problems.count > before:
        return None
    given: dict[str, Any] = {name: value for name, value in arguments.items() if value is not None}
    try:
        authorizer = Authorizer(name.value, type=kind, **given)
    except ExecPolicyError as error:
        problems.refused(_blamed(fields, error, name), error)
        return None
    try:
        read_identity_sources(authorizer, api_type, IncomingCall("GET", "/"))
    except ExecPolicyError as error:
        # Without AUT-4, this type of API has no such authorizer.
        about = fields.value("identity_sources" if error.rule == "AUT-4" else "type")
        problems.refused(about or name, error)
        return None
    return authorizer


def _refuse_what_does_not_apply(fields: Fields, api_type: ApiType, kind: AuthorizerType) -> None:
    known = FIELDS_OF_TYPE[kind]
    others = [name for name in AUTHORIZER_FIELDS if name not in ("type", *known)]
    fields.refuse(others, f"an authorizer of type {kind}, which does not have it", "remove it")
    if kind is AuthorizerType.REQUEST and api_type is not ApiType.HTTP:
        fields.refuse(_OF_HTTP_APIS, f"an authorizer of a {api_type} API", "it is for HTTP APIs: remove it")


def _issuer(authorizer: Fields, api_type: ApiType, node: Node) -> Issuer | None:
    fields = entry(authorizer.problems, node, "an issuer", ISSUER_FIELDS)
    if fields is None:
        return None
    before = fields.problems.count
    fields.must("url", "audiences")
    if api_type is ApiType.HTTP:
        fields.refuse(("claims",), "an issuer of an HTTP API, which checks no claims of its own", "remove it")
    url, audiences = fields.text("url"), _values(fields, "audiences")
    claims = [_claim(fields, each) for each in fields.items("claims", "a list of claims")]
    if fields.problems.count > before:
        return None
    return _made(fields, lambda: Issuer(url or "", audiences or (), [claim for claim in claims if claim is not None]))


def _claim(issuer: Fields, node: Node) -> Claim | None:
    fields = entry(issuer.problems, node, "a claim", CLAIM_FIELDS)
    if fields is None:
        return None
    before = fields.problems.count
    fields.must("name")
    name, expected = fields.text("name"), _values(fields, "expected") or ()
    required = fields.flag("required", default=False)
    if fields.problems.count > before:
        return None
    return _made(fields, lambda: Claim(name or "", expected, required))


def _made(fields: Fields, make: Callable[[], M]) -> M | None:
    """The value made of these fields; None if it is refused, which is reported at the field that the error names."""
    try:
        return make()
    except ExecPolicyError as error:
        fields.problems.refused(_blamed(fields, error, fields.node), error)
        return None


def _values(fields: Fields, name: str) -> list[str] | None:
    texts = fields.distinct(name)
    return None if texts is None else [text.value for text in texts]


def _blamed(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The field that an error of the constructor names first, or the whole."""
    return fields.value(error.message.partition(" ")[0]) or whole
