"""The model of calls in case files: single calls, and sequences whose calls share an authorizer cache."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, Unpack

from execpolicy._base.records import NamedTuple
from execpolicy.api import Api
from execpolicy.arguments import (
    as_builtin,
    described,
    instance,
    instance_or_none,
    instances,
    mapping_or_none,
    text,
    text_of_document,
    text_or_none,
    texts,
    texts_or_none,
)
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Caller
from execpolicy.engine.layers import Layer
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.authorizers.incoming_call import SentValues
from execpolicy.gateway.model.variants import Variants
from execpolicy.handler.local_handler import LocalHandler
from execpolicy.language.context import Context
from execpolicy.testing.case_file.expected_values import (
    layers_or_none,
    lowered_or_none,
    set_or_none,
    status_of,
    statuses_or_none,
)
from execpolicy.testing.case_file.item import CALL_OUTCOMES, ITEM_SLOTS, CaseFileItem, ItemFields

if TYPE_CHECKING:
    from execpolicy.literals import CallLimits, ClientCertificate, Signature

#: The value for null: no response type, or no message.
NONE = ""

_EMPTY = Context()

S = TypeVar("S", bound=str)


def _text(value: S, name: str) -> S:
    """Check a text, which keeps its type."""
    text_of_document(value, name)
    return as_builtin(value)


class _Invocation(NamedTuple):
    method: str
    path: str
    caller: Caller | Variants[Caller] | None
    signature: Signature
    headers: Mapping[str, SentValues] | None
    query: Mapping[str, SentValues] | None
    context: Context
    vpc_endpoint: Policy | Variants[Policy] | None
    domain: str | None
    authorizer_output: LocalHandler | NodeInSource | str | None
    authorizer_raises: str | None
    claims: Mapping[str, Any] | None
    at: str | float | None
    client_certificate: ClientCertificate | None
    limits: CallLimits
    signature_regions: tuple[str, ...] | None


class Invocation(_Invocation):
    """A call as ``Api.invoke`` takes it.

    Args:
        method: the method, or the route key of a WebSocket API.
        path: the path after the stage.
        caller: the caller that signed the call.
        signature: ``valid``, ``invalid`` or ``expired``.
        headers: by name, a text, or a list of texts for a header that is sent several times.
        query: query parameters in the same form.
        context: the context keys of the call.
        vpc_endpoint: the policy of the VPC endpoint.
        domain: the host of the call.
        authorizer_output: what the function returns, with its place in the file, or ``Unauthorized`` if a file has that
            message; or the function, which the call runs.
        authorizer_raises: the message of the error that the function raises.
        claims: the claims of the token.
        at: a date as text or a number of seconds.
        client_certificate: ``valid`` or ``absent``.
        limits: ``within``, ``throttled`` or ``quota_exceeded``.
        signature_regions: the regions in which a signature of SigV4a is valid.

    Raises:
        UsageError: an argument is of the wrong type. ``Api.invoke`` checks the values.
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0917  # a record is made of its fields in order
        cls,
        method: str,
        path: str = "",
        caller: Caller | Variants[Caller] | None = None,
        signature: Signature = "valid",
        headers: Mapping[str, SentValues] | None = None,
        query: Mapping[str, SentValues] | None = None,
        context: Context = _EMPTY,
        vpc_endpoint: Policy | Variants[Policy] | None = None,
        domain: str | None = None,
        authorizer_output: LocalHandler | NodeInSource | str | None = None,
        authorizer_raises: str | None = None,
        claims: Mapping[str, Any] | None = None,
        at: str | float | None = None,
        client_certificate: ClientCertificate | None = None,
        limits: CallLimits = "within",
        signature_regions: str | Iterable[str] | None = None,
    ) -> Self:
        for value, name in ((headers, "headers"), (query, "query"), (claims, "claims")):
            mapping_or_none(value, name)
        for given, name in (
            (domain, "domain"),
            (authorizer_raises, "authorizer_raises"),
            (client_certificate, "client_certificate"),
        ):
            if given is not None:
                text_of_document(given, name)
        if at is not None and (isinstance(at, bool) or not isinstance(at, (str, int, float))):
            raise UsageError(f"at is a date as text or a number of seconds, found {described(at)}")
        if authorizer_output is not None and not isinstance(authorizer_output, (LocalHandler, NodeInSource, str)):
            found = described(authorizer_output)
            raise UsageError(f"authorizer_output is a text, a NodeInSource or a LocalHandler, found {found}")
        return super().__new__(
            cls,
            text_of_document(method, "method"),
            text_of_document(path, "path"),
            caller if isinstance(caller, Variants) else instance_or_none(caller, Caller, "caller"),
            _text(signature, "signature"),
            headers,
            query,
            instance(context, Context, "context"),
            vpc_endpoint
            if isinstance(vpc_endpoint, Variants)
            else instance_or_none(vpc_endpoint, Policy, "vpc_endpoint"),
            domain,
            authorizer_output,
            authorizer_raises,
            claims,
            at,
            client_certificate,
            _text(limits, "limits"),
            texts_or_none(signature_regions, "signature_regions"),
        )


class _CallExpectation(NamedTuple):
    status: int | None
    statuses: frozenset[int] | None
    outcome: str
    response_type: str | None
    message: str | None
    gate: str | None
    sids: frozenset[str] | None
    layers: frozenset[Layer] | None
    missing_keys: frozenset[str] | None
    assumed: frozenset[str] | None
    explains: tuple[str, ...]
    notes: tuple[str, ...]
    error: str


class CallExpectation(_CallExpectation):
    """The expected response to a call: its status or outcome, and more. None means that anything is accepted.

    Args:
        status: the status of the response; either this or ``outcome`` is given.
        statuses: all possible statuses; one status is a set of one.
        outcome: one of OUTCOMES or NO_ROUTE.
        response_type: the type of the gateway response; NONE if it must have none.
        message: the message of the response; NONE if it must have none.
        gate: the gate that refuses the call, or the last one.
        sids: the Sids of all statements that determine the decision; one text is a set of one, as in all sets and
            lists of texts.
        layers: all layers that block, each a Layer or its value.
        missing_keys: all missing context keys that affect the outcome; the field has them in lower case.
        assumed: the ids of all assumed rules that the outcome depends on.
        explains: texts, each of which must be a part of the explanation.
        notes: texts, each of which must be a part of one of the notes of the response.
        error: a part of the message of the error.

    Raises:
        UsageError: an argument is of the wrong type, the outcome is unknown, or not exactly one of status and
            outcome is given.
        RequestError: a text contains half a surrogate pair.

    >>> CallExpectation(status=403, explains="an explicit deny").explains
    ('an explicit deny',)
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0917  # a record is made of its fields in order
        cls,
        status: int | None = None,
        statuses: Iterable[int] | int | None = None,
        outcome: str = "",
        response_type: str | None = None,
        message: str | None = None,
        gate: str | None = None,
        sids: Iterable[str] | str | None = None,
        layers: Iterable[Layer | str] | Layer | str | None = None,
        missing_keys: Iterable[str] | str | None = None,
        assumed: Iterable[str] | str | None = None,
        explains: Iterable[str] | str = (),
        notes: Iterable[str] | str = (),
        error: str = "",
    ) -> Self:
        if text(outcome, "outcome") not in ("", *CALL_OUTCOMES):
            raise UsageError(f"outcome is {listed(CALL_OUTCOMES)}, found {outcome!r}")
        if (status is None) is not bool(outcome):
            found = "neither" if status is None else "both"
            raise UsageError(
                f"a CallExpectation has a status or an outcome, found {found}",
                advice='write CallExpectation(status=403) or CallExpectation(outcome="deny")',
            )
        return super().__new__(
            cls,
            None if status is None else status_of(status, "status"),
            statuses_or_none(statuses),
            text(outcome, "outcome"),
            text_or_none(response_type, "response_type"),
            text_or_none(message, "message"),
            text_or_none(gate, "gate"),
            set_or_none(sids, "sids"),
            layers_or_none(layers),
            lowered_or_none(missing_keys, "missing_keys"),
            set_or_none(assumed, "assumed"),
            texts(explains, "explains"),
            texts(notes, "notes"),
            text(error, "error"),
        )


class CallCase(CaseFileItem):
    """One call with its expected response.

    Attributes, beside those of every ``CaseFileItem``:
        api: the API, or None if it is invalid.
        call: the call, or None if it is invalid.
        refusal: the error, in a case that expects one.
        expected: the expected response.
    """

    __slots__ = (*ITEM_SLOTS, "api", "call", "expected", "refusal")
    api: Api | None
    call: Invocation | None
    refusal: ExecPolicyError | None
    expected: CallExpectation

    def __init__(
        self,
        *,
        api: Api | None,
        call: Invocation | None,
        expected: CallExpectation,
        refusal: ExecPolicyError | None = None,
        **about: Unpack[ItemFields],
    ) -> None:
        self._set_item(**about)
        self._set(
            api=instance_or_none(api, Api, "api"),
            call=instance_or_none(call, Invocation, "call"),
            refusal=instance_or_none(refusal, ExecPolicyError, "refusal"),
            expected=instance(expected, CallExpectation, "expected"),
        )


class SequenceCase(CaseFileItem):
    """Calls in the order of their times that share one authorizer cache.

    Attributes, beside those of every ``CaseFileItem``:
        calls: the calls, each with its expected response.
    """

    __slots__ = (*ITEM_SLOTS, "calls")
    calls: tuple[CallCase, ...]

    def __init__(self, *, calls: tuple[CallCase, ...], **about: Unpack[ItemFields]) -> None:
        self._set_item(**about)
        self._set(calls=instances(calls, CallCase, "calls"))
