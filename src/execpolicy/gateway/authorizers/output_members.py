"""The members of what a Lambda authorizer returns: principalId, policyDocument, context and others (AUT-2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    Text,
    describe,
    to_python,
)
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Diagnostic, PolicySyntaxError, Source
from execpolicy.gateway.model.names import ApiType, ResponseType

#: The maximum length of a Resource in the policy of an authorizer, in characters.
LONGEST_RESOURCE = 512


#: The greatest size of the output for a WebSocket API, as compact JSON, in bytes.
LARGEST_OUTPUT = 8192

#: The name of the output in messages.
NAME = "<authorizer output>"


N = TypeVar("N", Text, JsonBoolean, JsonObject)


class AuthorizerFailure(NamedTuple):
    """Why output is invalid, and the status and gateway response that follow (HTTP APIs have no gateway responses)."""

    status: int
    response_type: ResponseType | None
    reason: str
    rule: str = "AUT-2"


class ResponseFormat(NamedTuple):
    """The format of a response, which depends on the API and its authorizer."""

    api_type: ApiType
    payload_format: str
    simple: bool

    def failure(self, response_type: ResponseType, reason: str, rule: str = "AUT-2") -> AuthorizerFailure:
        status = 401 if response_type is ResponseType.UNAUTHORIZED else 500
        return AuthorizerFailure(status, None if self.api_type is ApiType.HTTP else response_type, reason, rule)

    def invalid(self, reason: str) -> AuthorizerFailure:
        return self.failure(ResponseType.AUTHORIZER_CONFIGURATION_ERROR, reason)


class InvalidOutputError(Exception):
    """The output of a function cannot be used; ``AuthorizerOutput.parse`` turns it into a failure."""

    def __init__(self, reason: str, problems: tuple[Diagnostic, ...] = (), doubt: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.problems = problems
        self.doubt = doubt


#: Invalid kinds of principalId whose treatment AWS does not document. A string is listed because it may be empty.
_PRINCIPAL_IDS: dict[type, str] = {
    type(None): "no principalId",
    JsonNumber: "a number as principalId",
    Text: "an empty principalId",
}


def read_principal_id(members: Mapping[str, Node]) -> str:
    """The principalId, a string that is not empty. That others are invalid is assumed for some (AUT-2)."""
    try:
        found = member_of(members, "principalId", Text, "a string").value
        if not found:
            raise InvalidOutputError("found an empty string as principalId, expected the name of a caller")
        return found
    except InvalidOutputError as error:
        sort = _PRINCIPAL_IDS.get(type(members.get("principalId")))
        if sort is None or "policyDocument" not in members:
            raise
        raise InvalidOutputError(error.reason, doubt=f"{sort} is treated as an invalid response") from error


def is_left_out(members: Mapping[str, Node], name: str) -> bool:
    """Whether an optional member is missing or null."""
    return isinstance(members.get(name, JsonNull()), JsonNull)


def member_of(members: Mapping[str, Node], name: str, kind: type[N], expected: str) -> N:
    """A member of the output.

    Raises:
        InvalidOutputError: the member is missing, or not of this kind.
    """
    node = members.get(name)
    if isinstance(node, kind):
        return node
    if node is None:
        raise InvalidOutputError(f"the function returned no {name}, expected {expected}{_meant(members, name)}")
    found = f"the string {quoted(node.value)}" if isinstance(node, Text) else describe(node)
    near = "; it must be the object itself, not its text" if isinstance(node, Text) and kind is JsonObject else ""
    raise InvalidOutputError(f"found {found} as {name}, expected {expected}{near}")


def _meant(members: Mapping[str, Node], name: str) -> str:
    """A hint about output that lacks a member."""
    near = next((each for each in members if each.replace("_", "").lower() == name.lower()), None)
    if near is not None:
        return f"; {quoted(near)} is another name"
    if "isAuthorized" in members:
        return "; isAuthorized is for HTTP APIs with payload format 2.0 and simple responses"
    if "policyDocument" in members and name == "isAuthorized":
        return "; with simple responses, policies are ignored"
    if "statusCode" in members:
        return "; statusCode belongs to the answer of an integration"
    return ""


def read_policy(node: JsonObject, source: Source | None) -> Policy:
    """The policyDocument, of kind ``authorizer``.

    Raises:
        InvalidOutputError: API Gateway accepts no such document.
    """
    try:
        if source is not None:
            policy = Policy.from_node(node, kind=PolicyKind.AUTHORIZER, name=source.name, source=source)
        else:
            document = to_python(node)
            assert isinstance(document, dict)
            policy = Policy.parse(document, kind=PolicyKind.AUTHORIZER, name=NAME)
    except PolicySyntaxError as error:
        more = f", and {len(error.errors) - 1} more" if len(error.errors) > 1 else ""
        raise InvalidOutputError(f"its policyDocument is not valid: {error.message}{more}", error.errors) from error
    for statement in policy.statements:
        for text in statement.resource.values:
            if len(text.value) > LONGEST_RESOURCE:
                path = f"Statement[{statement.number}].{statement.resource.name}"
                reason = f"found a resource of {len(text.value)} characters, expected at most {LONGEST_RESOURCE}"
                place = Diagnostic(reason, source or Source(NAME, ""), policy.span(text), path, rule="AUT-2")
                raise InvalidOutputError(reason, (place,))
    return policy


def read_context(form: ResponseFormat, members: Mapping[str, Node]) -> dict[str, Any]:
    """The context; empty if there is none. Only payload format 2.0 of HTTP APIs takes nested values."""
    if is_left_out(members, "context"):
        return {}
    node = member_of(members, "context", JsonObject, "an object")
    nested = form.api_type is ApiType.HTTP and form.payload_format == "2.0"
    for name, (_, _, value) in node.members.items():
        if isinstance(value, (JsonObject, JsonArray)) and not nested:
            raise InvalidOutputError(
                f"found {describe(value)} as {quoted(name)} of context, expected a string, a number or a boolean"
            )
    if "claims" in node.members and form.api_type is ApiType.HTTP and not nested:
        raise InvalidOutputError(
            "found claims in context, which payload format 1.0 reserves",
            doubt="claims in the context is treated as an invalid response",
        )
    context = to_python(node)
    assert isinstance(context, dict)
    return context


def check_size(form: ResponseFormat, output: Mapping[str, Any]) -> None:
    """Refuse output that is too large for a WebSocket API; no limit of other APIs is known (AUT-2)."""
    if form.api_type is not ApiType.WEBSOCKET:
        return
    import json

    text = json.dumps(output, ensure_ascii=False, separators=(",", ":"), default=str)
    size = len(text.encode("utf-8", "replace"))
    if size > LARGEST_OUTPUT:
        raise InvalidOutputError(
            f"the output of the function has {size} bytes, expected at most {LARGEST_OUTPUT}",
            doubt=f"output of more than {LARGEST_OUTPUT} bytes is treated as an invalid response",
        )
