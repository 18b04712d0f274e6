"""What a case file says of calls to an API: one by one, or in a sequence whose calls share an authorizer cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Unpack

from execpolicy.arguments import instance, instance_or_none, instances
from execpolicy.document.nodes import Written
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.engine.layers import Layer
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.api import Api
from execpolicy.gateway.identity_sources import Values
from execpolicy.language.context import Context
from execpolicy.testing.entries import ABOUT, About, Entry

#: What stands for null: that there is no response type, or no message.
NONE = ""


class Invocation(NamedTuple):
    """A call as ``Api.invoke`` takes it.

    A header or query parameter is a text, or a list of texts where it is sent several times. ``authorizer_output`` is
    what the function returns, with its place in the file, or ``Unauthorized`` where a file holds that message;
    ``authorizer_raises`` is the message of what it raises;
    ``at`` is a date as text or a number of seconds.
    """

    method: str
    path: str = ""
    caller: Caller | None = None
    signature: str = "valid"
    headers: Mapping[str, Values] | None = None
    query: Mapping[str, Values] | None = None
    context: Context = Context()
    vpc_endpoint: Policy | None = None
    domain: str | None = None
    authorizer_output: Written | str | None = None
    authorizer_raises: str | None = None
    claims: Mapping[str, Any] | None = None
    at: str | float | None = None


class CallExpectation(NamedTuple):
    """What must become of a call. What is None is not looked at.

    ``status`` is the answer's status, or ``outcome`` one of OUTCOMES or NO_ROUTE; ``statuses`` are all that are
    possible. ``response_type`` and ``message`` are those of the answer, NONE where it must have none; ``gate`` is the
    gate that refuses, or the last one. ``sids``, ``layers``, ``missing_keys`` and ``assumed`` are those of the
    decision, each as a whole. Each text of ``explains`` must be a part of the explanation, each of ``notes`` a part of
    one of the answer's notes.
    """

    status: int | None = None
    statuses: frozenset[int] | None = None
    outcome: str = ""
    response_type: str | None = None
    message: str | None = None
    gate: str | None = None
    sids: frozenset[str] | None = None
    layers: frozenset[Layer] | None = None
    missing_keys: frozenset[str] | None = None
    assumed: frozenset[str] | None = None
    explains: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str = ""


class CallCase(Entry):
    """One call and what must become of it.

    Attributes, beside those of every ``Entry``:
        api: the API that is called, or None where it could not be made.
        call: the call, or None where it could not be put together.
        refusal: why not, in a case that expects an error.
        expected: what must become of it.
    """

    __slots__ = (*ABOUT, "api", "call", "expected", "refusal")
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
        **about: Unpack[About],
    ) -> None:
        self._tell(**about)
        self._set(
            api=instance_or_none(api, Api, "api"),
            call=instance_or_none(call, Invocation, "call"),
            refusal=instance_or_none(refusal, ExecPolicyError, "refusal"),
            expected=instance(expected, CallExpectation, "expected"),
        )


class SequenceCase(Entry):
    """Calls in order of their times, which share one authorizer cache.

    Attributes, beside those of every ``Entry``:
        calls: each call, with what must become of it.
    """

    __slots__ = (*ABOUT, "calls")
    calls: tuple[CallCase, ...]

    def __init__(self, *, calls: tuple[CallCase, ...], **about: Unpack[About]) -> None:
        self._tell(**about)
        self._set(calls=instances(calls, CallCase, "calls"))
