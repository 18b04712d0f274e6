"""The issuers of a JWT authorizer in an OpenAPI document."""

from __future__ import annotations

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.built_nodes import list_at, object_at, text_at
from execpolicy.loaders.openapi.definition import Definition
from execpolicy.loaders.openapi.scalars import flag_node

_HTTP_FIELDS = ("issuer", "audience")
_REST_FIELDS = ("issuers", "defaultAlgorithms")
_ISSUER_FIELDS = ("issuer", "audiences", "additionalClaims")
_CLAIM_FIELDS = ("claimName", "format", "expectedValues", "required")
#: What follows the issuer in the URL of its discovery document.
DISCOVERY = "/.well-known/openid-configuration"


def issuers_node(definition: Definition, scheme: Fields, authorizer: Fields, api_type: ApiType) -> Node | None:
    """The issuers of a JWT authorizer; None for any other authorizer, and after an error, which is reported."""
    node = authorizer.value("jwtConfiguration")
    if node is None:
        return None
    known = _HTTP_FIELDS if api_type is ApiType.HTTP else _REST_FIELDS
    fields = entry(authorizer.problems, node, "jwtConfiguration", known)
    if fields is None:
        return None
    if api_type is ApiType.HTTP:
        before = authorizer.problems.count
        issuer = fields.value("issuer") or _discovered(definition, scheme)
        if issuer is None and authorizer.problems.count > before:
            return None
        if issuer is None:
            message = "found a JWT authorizer without an issuer"
            authorizer.problems.report(node, message, 'give "issuer", or the scheme "openIdConnectUrl"', "SRC-1")
            return None
        return list_at([object_at({"url": issuer, "audiences": fields.value("audience")}, node)], node)
    fields.must("issuers")
    found = fields.items("issuers", "a list of issuers")
    return list_at([each for each in (_issuer(fields, item) for item in found) if each is not None], node)


def _issuer(configuration: Fields, node: Node) -> JsonObject | None:
    fields = entry(configuration.problems, node, "an issuer", _ISSUER_FIELDS)
    if fields is None:
        return None
    claims = fields.value("additionalClaims")
    read = [_claim(fields, item) for item in fields.items("additionalClaims", "a list of claims")]
    members = {
        "url": fields.value("issuer"),
        "audiences": fields.value("audiences"),
        "claims": None if claims is None else list_at([claim for claim in read if claim is not None], claims),
    }
    return object_at(members, node)


def _claim(issuer: Fields, node: Node) -> JsonObject | None:
    fields = entry(issuer.problems, node, "a claim", _CLAIM_FIELDS)
    if fields is None:
        return None
    fields.must("claimName", "format")
    fields.choice("format", ("SINGLE_STRING",))
    members = {
        "name": fields.value("claimName"),
        "expected": fields.value("expectedValues"),
        "required": flag_node(fields.value("required")),
    }
    return object_at(members, node)


def _discovered(definition: Definition, scheme: Fields) -> Text | None:
    """The issuer whose discovery document a scheme names: the URL without what follows the issuer (A)."""
    node = scheme.value("openIdConnectUrl")
    if node is None or has_unknown_part(node):
        return node if isinstance(node, Text) else None
    url = scheme.text("openIdConnectUrl")
    if url is None:
        return None
    if not url.endswith(DISCOVERY):
        message = f"found {quoted(url)} as openIdConnectUrl, expected a URL that ends in {DISCOVERY}"
        scheme.problems.report(node, message, 'write the whole URL, or give "issuer"', "SRC-1")
        return None
    issuer = url.removesuffix(DISCOVERY)
    name = f"whether the issuer {issuer} ends in a slash"
    definition.not_said(name, "openIdConnectUrl does not say it: give the issuer in jwtConfiguration", node)
    return text_at(issuer, node)
