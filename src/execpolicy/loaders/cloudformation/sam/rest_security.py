"""The security of the methods of a REST API: authorizers and API keys (SRC-3)."""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.node_members import text_of
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.loaders.built_nodes import text_at
from execpolicy.loaders.cloudformation.sam.body import (
    ApiBody,
    named_requirement,
    requirement,
    security_of,
    set_security,
)
from execpolicy.loaders.cloudformation.sam.events import ApiEvent
from execpolicy.loaders.cloudformation.sam.rest_authorizers import api_key_scheme, authorizer_schemes, aws_iam_scheme
from execpolicy.loaders.cloudformation.sam.sam_resource import SamResource, Value
from execpolicy.loaders.cloudformation.sam.template_nodes import put
from execpolicy.loaders.cloudformation.stack import Stack

NONE: Final = "NONE"
AWS_IAM: Final = "AWS_IAM"
_KEY: Final = "api_key"
#: Stands in a list of requirements for the wish to have no API key, until the default of the API is applied.
_NO_KEY: Final = "api_key_false"
_SCHEMES: Final = ("securityDefinitions",)
EVENT_AUTH: Final = (
    *("Authorizer", "AuthorizationScopes", "ApiKeyRequired", "InvokeRole", "ResourcePolicy", "OverrideApiAuth"),
)
_API_AUTH: Final = (
    *("Authorizers", "DefaultAuthorizer", "AddDefaultAuthorizerToCorsPreflight", "AddApiKeyRequiredToCorsPreflight"),
    *("ApiKeyRequired", "InvokeRole", "ResourcePolicy", "UsagePlan"),
)


def add_event_security(
    problems: Problems, body: ApiBody, api: SamResource, event: ApiEvent, *, defines: bool = True
) -> None:
    """Add what ``Auth`` of an event says of its method.

    Args:
        problems: collects what is wrong.
        body: the definition of the API, which has the method.
        api: the API.
        event: the event.
        defines: whether the security definitions of AWS_IAM and of API keys are added.
    """
    fields = entry(problems, event.auth.value, "Auth of an event", EVENT_AUTH) if event.auth.value is not None else None
    if fields is None:
        return
    operation = body.operation(event.path.value, event.method)
    authorizer = _event_authorizer(problems, fields, api, event)
    if authorizer is not None and operation is not None:
        scopes = _scopes(event, api, authorizer.value)
        set_security(operation, [*security_of(operation), requirement(authorizer, scopes)], authorizer)
        if defines and any(AWS_IAM in item.members for item in security_of(operation)[:1]):
            _define(body, AWS_IAM, aws_iam_scheme(authorizer))
    key = event.auth.member("ApiKeyRequired")
    if key.value is None or operation is None:
        return
    if key.is_true:
        if defines:
            _define(body, _KEY, api_key_scheme(key.value))
    elif not api.property("Auth", "ApiKeyRequired").is_true:
        message = f"found ApiKeyRequired: false in {event}, whose API requires no key"
        problems.report(key.value, message, "remove it, or set ApiKeyRequired in Auth of the API")
    wanted = named_requirement(_KEY if key.is_true else _NO_KEY, key.value)
    set_security(operation, [*security_of(operation), wanted], key.value)


def _event_authorizer(problems: Problems, fields: Fields, api: SamResource, event: ApiEvent) -> Text | None:
    """The authorizer of an event, which its API has to have."""
    node = fields.value("Authorizer")
    if node is None:
        if fields.value("AuthorizationScopes") is not None:
            fields.refuse(["AuthorizationScopes"], f"Auth of {event} without Authorizer", "add Authorizer")
        return None
    name = fields.text("Authorizer")
    if name is None or not isinstance(node, Text):
        return None
    known = _authorizer_names(api)
    if name == NONE:
        if not api.property("Auth", "DefaultAuthorizer").is_true:
            message = f"found the authorizer NONE in {event}, whose API has no DefaultAuthorizer"
            problems.report(node, message, "remove it: the method is open without it")
            return None
    elif name != AWS_IAM and name not in known:
        report_missing_authorizer(problems, node, api, [*known, AWS_IAM, NONE])
        return None
    return node


def report_missing_authorizer(problems: Problems, node: Text, api: SamResource, known: list[str]) -> None:
    """Report an authorizer that an API does not have."""
    message = f"found the authorizer {quoted(node.value)}, which {api.logical_id} does not have"
    advice = did_you_mean(node.value, known) if known else "define it under Authorizers, or enable AWS_IAM"
    problems.report(node, message, advice)


def _authorizer_names(api: SamResource) -> list[str]:
    authorizers = api.property("Auth", "Authorizers").value
    return [*authorizers.members] if isinstance(authorizers, JsonObject) else []


def _scopes(event: ApiEvent, api: SamResource, authorizer: str) -> Node | None:
    """The scopes of a method: those of the event, else of its authorizer."""
    own = event.auth.member("AuthorizationScopes").value
    settings = api.property("Auth", "Authorizers", authorizer)
    if authorizer == NONE or settings.value is None:
        return None
    return own if own is not None else settings.member("AuthorizationScopes").value


def add_api_security(stack: Stack, body: ApiBody, api: SamResource) -> None:
    """Add what ``Auth`` of an API says of all of its methods."""
    auth = api.property("Auth")
    if auth.value is None:
        return
    fields = entry(stack.problems, auth.value, "Auth of AWS::Serverless::Api", _API_AUTH)
    if fields is None:
        return
    default = fields.value("DefaultAuthorizer")
    authorizers = auth.member("Authorizers")
    if isinstance(authorizers.value, JsonObject):
        body.add_schemes(_SCHEMES, authorizer_schemes(stack, authorizers))
    elif authorizers.value is not None:
        fields.wrong(authorizers.value, "Authorizers", "an object of authorizers")
    if default is not None:
        _add_default(stack.problems, body, api, default)
    if auth.member("ApiKeyRequired").is_true:
        _add_default_key(body, auth)


def _add_default(problems: Problems, body: ApiBody, api: SamResource, default: Node) -> None:
    name = text_of(default)
    known = _authorizer_names(api)
    if not isinstance(default, Text) or (name != AWS_IAM and name not in known):
        node = default if isinstance(default, Text) else text_at("", default)
        report_missing_authorizer(problems, node, api, [*known, AWS_IAM])
        return
    if name == AWS_IAM:
        _define(body, AWS_IAM, aws_iam_scheme(default))
    scopes = api.property("Auth", "Authorizers", default.value, "AuthorizationScopes").value
    preflight = api.property("Auth", "AddDefaultAuthorizerToCorsPreflight")
    with_preflight = preflight.written is None or preflight.is_true
    for path in body.paths:
        for method, operation in body.operations(path):
            if method != "options" or with_preflight:
                _set_default(body, operation, requirement(default, scopes), {*known, AWS_IAM})


def _set_default(body: ApiBody, operation: JsonObject, default: JsonObject, known: set[str]) -> None:
    """Apply the default authorizer to a method that has no authorizer, and does not want none."""
    written = security_of(operation)
    others = [item for item in written if known.isdisjoint(item.members)]
    own = [item for item in written if not known.isdisjoint(item.members)]
    without = next((item for item in others if NONE in item.members), None)
    added = [] if without is not None else own or [default]
    security = [item for item in others if item is not without] + added
    if security:
        set_security(operation, security, default)
        if AWS_IAM in security[0].members:
            _define(body, AWS_IAM, aws_iam_scheme(default))


def _add_default_key(body: ApiBody, auth: Value) -> None:
    """Require an API key for each method that does not say otherwise."""
    key = auth.member("ApiKeyRequired").value
    preflight = auth.member("AddApiKeyRequiredToCorsPreflight")
    assert key is not None, "the API requires a key"
    _define(body, _KEY, api_key_scheme(key))
    for path in body.paths:
        for method, operation in body.operations(path):
            written = security_of(operation)
            others = [item for item in written if {_KEY, _NO_KEY}.isdisjoint(item.members)]
            is_unwanted = any(_NO_KEY in item.members for item in written)
            is_preflight = method == "options" and preflight.written is not None and not preflight.is_true
            security = others if is_unwanted or is_preflight else [*others, named_requirement(_KEY, key)]
            if len(security) != len(written) or is_unwanted:
                set_security(operation, security, key)


def _define(body: ApiBody, name: str, scheme: JsonObject) -> None:
    """Add a security definition, unless the definition has one of this name."""
    _, _, found = body.document.members.get(_SCHEMES[0], (0, 0, None))
    if isinstance(found, JsonObject) and name in found.members:
        return
    added = JsonObject({}, scheme.start, scheme.end)
    put(added, name, scheme)
    body.add_schemes(_SCHEMES, added)
