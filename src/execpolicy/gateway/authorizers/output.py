"""The output of a Lambda authorizer: a policy, a simple response, or the failure that invalid output leads to."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from execpolicy._base.frozen import Frozen, unfrozen
from execpolicy.arguments import as_builtin, flag, instance_or_none, instances, mapping_or_none, one_among, text_or_none
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import (
    Fault,
    JsonBoolean,
    JsonObject,
    Node,
    NodeInSource,
    Text,
    describe,
    to_python,
)
from execpolicy.document.syntax.python_objects import read_objects
from execpolicy.document.syntax.wording import quoted
from execpolicy.engine.compiled_policies import CompiledPolicies, compiled_policies
from execpolicy.errors import Diagnostic, PolicySyntaxError, Source, UsageError
from execpolicy.gateway.authorizers.output_members import (
    NAME,
    AuthorizerFailure,
    InvalidOutputError,
    ResponseFormat,
    check_size,
    is_left_out,
    member_of,
    read_context,
    read_policy,
    read_principal_id,
)
from execpolicy.gateway.authorizers.plain_output import PlainOutput, plain_output
from execpolicy.gateway.model.names import ApiType, ResponseType, one_of

#: The error message that leads to 401; any other text before or after it leads to 500 (AUT-3).
UNAUTHORIZED = "Unauthorized"

#: Advice on the content of a file.
_IN_A_FILE = (
    f'give the JSON that the function returns, {UNAUTHORIZED} alone, or {{"errorMessage": "…"}} for another error'
)


#: The members of the response of Lambda for a function that raised an error.
_THROWN = frozenset({"cause", "errorMessage", "errorType", "requestId", "stackTrace", "trace"})


class AuthorizerOutput(Frozen):
    """The output of a Lambda authorizer, as API Gateway interprets it.

    One of three is set: ``policy``; ``is_authorized`` for a simple response; or ``failure`` for invalid output.
    ``problems`` lists everything that is wrong with an invalid policy document, each with its place. ``context`` is
    passed to the integration.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html

    >>> AuthorizerOutput.parse({"isAuthorized": True}, api_type="HTTP", payload_format="2.0",
    ...     simple_responses=True).is_authorized
    True
    >>> AuthorizerOutput.parse(None).failure.status
    500
    """

    __slots__ = (
        "_context",
        "_doubt",
        "failure",
        "is_authorized",
        "policy",
        "principal_id",
        "problems",
        "usage_identifier_key",
    )
    failure: AuthorizerFailure | None
    policy: Policy | None
    is_authorized: bool | None
    principal_id: str | None
    usage_identifier_key: str | None
    problems: tuple[Diagnostic, ...]
    _context: dict[str, Any]
    _doubt: str

    def __init__(
        self,
        *,
        failure: AuthorizerFailure | None = None,
        policy: Policy | None = None,
        is_authorized: bool | None = None,
        principal_id: str | None = None,
        context: Mapping[str, Any] | None = None,
        usage_identifier_key: str | None = None,
        problems: tuple[Diagnostic, ...] = (),
    ) -> None:
        self._set(
            failure=instance_or_none(failure, AuthorizerFailure, "failure"),
            policy=instance_or_none(policy, Policy, "policy"),
            is_authorized=None if is_authorized is None else flag(is_authorized, "is_authorized"),
            principal_id=text_or_none(principal_id, "principal_id"),
            usage_identifier_key=text_or_none(usage_identifier_key, "usage_identifier_key"),
            problems=instances(problems, Diagnostic, "problems"),
            _context=dict(mapping_or_none(context, "context") or {}),
            _doubt="",
        )

    @classmethod
    def parse(
        cls,
        value: object,
        *,
        api_type: ApiType | str = ApiType.REST,
        payload_format: str = "1.0",
        simple_responses: bool = False,
    ) -> AuthorizerOutput:
        """Read the output of a function.

        Args:
            value: the return value, as a mapping, as JSON in a text, a Source (a named text) or bytes, or as a part of
                a larger text; None if it returned nothing; the exception that it raised, or the message of the
                exception as a text that is not JSON, such as ``Unauthorized``.
            api_type: the type of the API: REST, HTTP or WEBSOCKET.
            payload_format: ``1.0`` or ``2.0``, the setting of the authorizer of an HTTP API.
            simple_responses: whether simple responses, ``{"isAuthorized": …}``, are enabled (HTTP APIs, payload format
                2.0).

        Returns:
            The output. Invalid output does not raise: its ``failure`` has the status that follows, and the reason.

        Raises:
            UsageError: the API type or the payload format does not exist, or does not support simple responses.
        """
        form = _form(api_type, payload_format, simple_responses)
        if isinstance(value, (bytes, bytearray)):
            value = value.decode("utf-8", "replace")
        value = as_builtin(value) if isinstance(value, (str, dict)) else value
        plain = None if form.simple or form.api_type is ApiType.WEBSOCKET else plain_output(value)
        if plain is not None and cls is AuthorizerOutput:
            return _of_plain_output(plain)
        thrown = _message_of(value)
        if thrown is not None:
            return cls(failure=_of_error(form, thrown))
        try:
            return _of_answer(form, *_read(value))
        except InvalidOutputError as error:
            failed = cls(failure=form.invalid(error.reason), problems=error.problems)
            failed._set(_doubt=error.doubt)
            return failed

    @property
    def doubt(self) -> str:
        """What AWS does not document about this output; empty if there is nothing."""
        if self.policy is not None and not self.policy.statements_without_places:
            return "the policy of the function has no statement, and is treated as one that allows nothing"
        return self._doubt

    @property
    def context(self) -> Mapping[str, Any]:
        """The context for the integration, as the function returned it."""
        return MappingProxyType(self._context)

    def _identity(self) -> tuple[Any, ...]:
        # The values of a context may be lists and mappings, which are not hashable.
        return *super()._identity(), repr(self._context)


_UnfrozenOutput = unfrozen(AuthorizerOutput)


def _of_plain_output(plain: PlainOutput) -> AuthorizerOutput:
    """The output of valid parts, which need no check."""
    output = _UnfrozenOutput()
    output.failure = output.is_authorized = output.usage_identifier_key = None
    output.policy = plain.policy
    output.principal_id = plain.principal_id
    output.problems = ()
    output._context = plain.context
    output._doubt = ""
    output.__class__ = AuthorizerOutput
    return output


def output_in_file(text: str, name: str) -> NodeInSource | str:
    r"""Read the output of a function from the text of a file.

    Args:
        text: the JSON that the function returns; or ``Unauthorized``, the message of the only error that leads to 401,
            with at most one line ending. Any other error is written as Lambda reports it: ``{"errorMessage": "…"}``.
        name: the name of the file in messages.

    Returns:
        A value for ``AuthorizerOutput.parse`` and ``Api.invoke``. Every JSON value is one, whether or not API Gateway
        can use it.

    Raises:
        PolicySyntaxError: the text is neither; ``errors`` holds everything that is wrong, each with its place.

    >>> output_in_file("Unauthorized\n", "answer.txt")
    'Unauthorized'
    """
    text = text.removeprefix(BOM)
    if text.removesuffix("\n").removesuffix("\r") == UNAUTHORIZED:
        return UNAUTHORIZED
    source = Source(name, text)
    node, faults = read_json(text)
    if faults or node is None:
        problems = [_diagnostic(fault, source) for fault in faults]
        if not text.lstrip().startswith(("{", "[")):
            problems[0] = problems[0]._replace(advice=_IN_A_FILE)
        raise PolicySyntaxError(problems)
    return NodeInSource(node, source)


def compiled_policy(policy: Policy) -> CompiledPolicies:
    """A policy as the only one of its layer, compiled once."""
    return compiled_policies(((policy,),))


#: The usual formats, by the type of the API.
_FORMS = {kind: ResponseFormat(kind, "1.0", simple=False) for kind in ApiType}


def _form(api_type: ApiType | str, payload_format: str, simple: bool) -> ResponseFormat:
    if type(api_type) is ApiType and type(payload_format) is str and payload_format == "1.0" and simple is False:
        return _FORMS[api_type]
    kind = one_of(ApiType, api_type, "api_type")
    form = one_among(payload_format, ("1.0", "2.0"))
    if form is None:
        raise UsageError(f'payload_format is "1.0" or "2.0", found {payload_format!r}', rule="AUT-1")
    if simple and (kind is not ApiType.HTTP or form != "2.0"):
        raise UsageError("simple responses are for HTTP APIs with payload format 2.0", rule="AUT-2")
    return ResponseFormat(kind, form, flag(simple, "simple_responses"))


def _message_of(value: object) -> str | None:
    """The message of the exception that the function raised; None if it returned."""
    if isinstance(value, BaseException):
        return str(value)
    if isinstance(value, Source):
        value = value.text
    # A text that begins like an object is output, even if it is broken JSON; "[401] no token" is a message.
    if isinstance(value, str) and not value.lstrip().startswith("{"):
        return None if read_json(value)[0] is not None else value
    if isinstance(value, Mapping) and "errorMessage" in value and _THROWN.issuperset(value):
        return str(as_builtin(value["errorMessage"]))
    return None


def _of_error(form: ResponseFormat, message: str) -> AuthorizerFailure:
    if message == UNAUTHORIZED:
        return form.failure(ResponseType.UNAUTHORIZED, "the function failed with Unauthorized", "AUT-3")
    near = f"; only the exact message {UNAUTHORIZED} leads to 401" if UNAUTHORIZED.lower() in message.lower() else ""
    return form.failure(ResponseType.AUTHORIZER_FAILURE, f"the function failed with {quoted(message)}{near}", "AUT-3")


def _read(value: object) -> tuple[JsonObject, Source | None]:
    """The output as an object, with its text if it has one."""
    source = None
    node: Node | None
    if isinstance(value, NodeInSource):
        return _object(value.node), value.source
    if isinstance(value, (str, Source)):
        source = value if isinstance(value, Source) else Source(NAME, value)
        node, faults = read_json(source.text)
    elif isinstance(value, Mapping):
        node, faults = read_objects(value)
    else:
        found = "null" if value is None else f"a value of type {type(value).__name__}"
        raise InvalidOutputError(f"the function returned {found}, expected an object")
    if faults or node is None:
        problems = tuple(_diagnostic(fault, source) for fault in faults)
        raise InvalidOutputError(f"the output of the function is not JSON: {problems[0].message}", problems)
    return _object(node), source


def _object(node: Node) -> JsonObject:
    if not isinstance(node, JsonObject):
        is_error = isinstance(node, Text) and node.value == UNAUTHORIZED
        hint = "; it leads to 401 only if the function raises it" if is_error else ""
        raise InvalidOutputError(f"the function returned {describe(node)}, expected an object{hint}")
    return node


def _diagnostic(fault: Fault, source: Source | None) -> Diagnostic:
    span = None if source is None else source.span(fault.start, fault.end)
    return Diagnostic(
        fault.message, source or Source(NAME, ""), span, fault.path, fault.advice, fault.rule, fault.issue_code
    )


def _of_answer(form: ResponseFormat, answer: JsonObject, source: Source | None) -> AuthorizerOutput:
    members = {name: node for name, (_, _, node) in answer.members.items()}
    fields = to_python(answer)
    assert isinstance(fields, dict)
    thrown = _message_of(fields)
    if thrown is not None:
        return AuthorizerOutput(failure=_of_error(form, thrown))
    check_size(form, fields)
    if form.simple:
        authorized = member_of(members, "isAuthorized", JsonBoolean, "true or false")
        return AuthorizerOutput(is_authorized=authorized.text == "true", context=read_context(form, members))
    principal_id = read_principal_id(members)
    document = member_of(members, "policyDocument", JsonObject, "an object")
    key = None
    if not is_left_out(members, "usageIdentifierKey"):
        key = member_of(members, "usageIdentifierKey", Text, "a string").value
    return AuthorizerOutput(
        policy=read_policy(document, source),
        principal_id=principal_id,
        context=read_context(form, members),
        usage_identifier_key=key,
    )
