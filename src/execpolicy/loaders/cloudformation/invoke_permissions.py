"""Whether a template lets API Gateway invoke the functions of authorizers (AUT-10, SRC-2).

A permission can be granted outside of the template too: its absence is listed as not known, and decides no call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final, NamedTuple

from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.gateway.model.authorizer import function_of_uri
from execpolicy.language.glob import matcher, tokens_of
from execpolicy.loaders.cloudformation.stack import Stack

PERMISSION: Final = "AWS::Lambda::Permission"
_FUNCTIONS: Final = ("AWS::Lambda::Function", "AWS::Serverless::Function")
_PRINCIPAL: Final = "apigateway.amazonaws.com"
_ACTIONS: Final = ("lambda:InvokeFunction", "lambda:Invoke*", "lambda:*", "*")
#: Stands for any function or API.
_ANY: Final = ""
#: The last part of the ARN of an authorizer, with words for both ids.
_AUTHORIZER: Final = "api/authorizers/authorizer"


class InvokedFunction(NamedTuple):
    """The function of an authorizer without a role of its own.

    Attributes:
        authorizer: the name of the authorizer, with its place.
        api: the logical id of its API.
        function: the ARN of the function.
    """

    authorizer: Text
    api: str
    function: Node


def list_missing_permissions(stack: Stack, invoked: Iterable[InvokedFunction]) -> None:
    """List each function of the template that no resource of it lets API Gateway invoke.

    Args:
        stack: the template, with the permissions that SAM generates.
        invoked: the functions of authorizers.
    """
    permitted = {*_permissions(stack)}
    for each in invoked:
        function = stack.referred(each.function, *_FUNCTIONS)
        if function is None or function.type not in _FUNCTIONS:
            continue
        functions, apis = (function.logical_id, _ANY), (stack.api_id(each.api), _ANY)
        if permitted.isdisjoint(product(functions, apis)):
            what = f"whether API Gateway may invoke {function.logical_id} for the authorizer {each.authorizer.value}"
            reason = f"the template has no {PERMISSION} for it: it is read as permitted, and calls get 500 otherwise"
            stack.unknown(what, reason, each.authorizer)


def _permissions(stack: Stack) -> Iterator[tuple[str, str]]:
    """The functions that authorizers of APIs may invoke, each with the id of the API; ``_ANY`` where it may be any."""
    for resource in stack.of_type(PERMISSION):
        stack.ignore(
            resource.properties,
            f"the {PERMISSION} {resource.logical_id}, apart from its function and who may invoke it",
        )
        properties = resource.properties
        if not (_may_be(properties, "Principal", (_PRINCIPAL,)) and _may_be(properties, "Action", _ACTIONS)):
            continue
        function, source = _value(properties, "FunctionName"), _value(properties, "SourceArn")
        found = stack.referred(function, *_FUNCTIONS) if function is not None else None
        api: str | None = _ANY
        if isinstance(source, Text) and not has_unknown(source.value):
            api = _api_in(source.value, f"arn:{stack.partition}:execute-api:{stack.region}:{stack.account}")
        if api is not None:
            yield found.logical_id if found is not None else _ANY, api


def _api_in(source: str, head: str) -> str | None:
    """The id of the API whose authorizers a pattern of ARNs matches; ``_ANY`` for several, None for no authorizers.

    Args:
        source: the pattern.
        head: what precedes the id of an API of the template in an ARN.
    """
    fields = source.split(":", 5)
    if len(fields) < 6:
        return _ANY if _matches(source, f"{head}:{_AUTHORIZER}") else None
    if not _matches(":".join(fields[:5]), head):
        return None
    api, mark, rest = fields[5].partition("/")
    several = "*" in api or "?" in api
    if rest.startswith("authorizers/"):  # a permission for one authorizer of the API is taken to be for this one
        rest = _AUTHORIZER.partition("/")[2]
    pattern = f"{'*' if several else 'api'}{mark}{rest}"
    return (_ANY if several else api) if _matches(pattern, _AUTHORIZER) else None


def _matches(pattern: str, text: str) -> bool:
    return matcher(tokens_of(pattern))(text)


def _may_be(properties: JsonObject, name: str, known: tuple[str, ...]) -> bool:
    value = _value(properties, name)
    return not isinstance(value, Text) or has_unknown(value.value) or value.value in known


def _value(properties: JsonObject, name: str) -> Node | None:
    _, _, value = properties.members.get(name, (0, 0, None))
    return value


def functions_in(definition: Node | None, api: str) -> Iterator[InvokedFunction]:
    """The functions of the authorizers of an OpenAPI document.

    Args:
        definition: the document.
        api: the logical id of its API.
    """
    for name, scheme in _schemes(definition):
        _, _, authorizer = scheme.members.get("x-amazon-apigateway-authorizer", (0, 0, None))
        if isinstance(authorizer, JsonObject) and "authorizerCredentials" not in authorizer.members:
            function = function_in(_value(authorizer, "authorizerUri"))
            if function is not None:
                yield InvokedFunction(name, api, function)


def function_in(uri: Node | None) -> Text | None:
    """The ARN of the function in the URI by which API Gateway invokes it, at its place; None if there is none."""
    function = function_of_uri(uri.value) if isinstance(uri, Text) else None
    return None if function is None or uri is None else Text(function, uri.start, uri.end)


def _schemes(definition: Node | None) -> Iterator[tuple[Text, JsonObject]]:
    if not isinstance(definition, JsonObject):
        return
    components = _value(definition, "components")
    within = [_value(definition, "securityDefinitions")]
    if isinstance(components, JsonObject):
        within.append(_value(components, "securitySchemes"))
    for schemes in within:
        for name, (start, end, scheme) in schemes.members.items() if isinstance(schemes, JsonObject) else ():
            if isinstance(scheme, JsonObject):
                yield Text(name, start, end), scheme
