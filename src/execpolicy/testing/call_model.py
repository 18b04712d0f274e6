"""What a case file says of calls to an API: one by one, or in a sequence whose calls share an authorizer cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.engine.layers import Layer
from execpolicy.errors import ExecPolicyError
from execpolicy.frozen import Frozen
from execpolicy.gateway.api import Api
from execpolicy.gateway.identity_sources import Values
from execpolicy.language.context import Context
from execpolicy.source import Source, Span

#: What a case may expect of a call beside a status. ``deny`` is any answer of API Gateway itself, ``indeterminate``
#: that the status is not known, ``error`` that the call is refused as one that nobody could make.
CALL_OUTCOMES = ("allow", "deny", "indeterminate", "error")

#: What stands for null: that there is no response type, or no message.
NONE = ""


class Invocation(NamedTuple):
    """A call as ``Api.invoke`` takes it.

    A header or query parameter is a text, or a list of texts where it is sent several times. ``authorizer_output`` is
    what the function returns, as JSON with its place in the file, ``authorizer_raises`` the message of what it raises;
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
    authorizer_output: Source | None = None
    authorizer_raises: str | None = None
    claims: Mapping[str, Any] | None = None
    at: str | float | None = None


class CallExpectation(NamedTuple):
    """What must become of a call. What is None is not looked at.

    ``status`` is the answer's status, or ``outcome`` one of CALL_OUTCOMES. ``response_type`` and ``message`` are those
    of the answer, NONE where it must have none; ``gate`` is the gate that refuses, or the last one. ``sids``,
    ``layers``, ``missing_keys`` and ``assumed`` are those of the decision, each as a whole. Each text of ``explains``
    must be a part of the explanation, each of ``notes`` a part of one of the answer's notes.
    """

    status: int | None = None
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


class CallCase(Frozen):
    """One call and what must become of it.

    Attributes:
        name: unique among the cases of its file, or in its sequence.
        rules: the ids of the rules that it holds, such as ``GW-16``.
        page: the page that says so.
        api: the API that is called, or None where it could not be made.
        call: the call, or None where it could not be put together.
        refusal: why not, in a case that expects an error.
        expected: what must become of it.
        why: a remark of the author.
        source: the case file.
        span: the place of the case in it.
    """

    __slots__ = ("api", "call", "expected", "name", "page", "refusal", "rules", "source", "span", "why")
    name: str
    rules: tuple[str, ...]
    page: str
    api: Api | None
    call: Invocation | None
    refusal: ExecPolicyError | None
    expected: CallExpectation
    why: str
    source: Source
    span: Span

    def __init__(
        self,
        *,
        name: str,
        api: Api | None,
        call: Invocation | None,
        expected: CallExpectation,
        source: Source,
        span: Span,
        rules: tuple[str, ...] = (),
        page: str = "",
        refusal: ExecPolicyError | None = None,
        why: str = "",
    ) -> None:
        self._set(
            name=name,
            rules=rules,
            page=page,
            api=api,
            call=call,
            refusal=refusal,
            expected=expected,
            why=why,
            source=source,
            span=span,
        )

    @property
    def place(self) -> str:
        """``file:line:column`` of the case."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


class SequenceCase(Frozen):
    """Calls in order of their times, which share one authorizer cache.

    Attributes:
        name: unique among the cases of its file.
        rules: the ids of the rules that it holds.
        page: the page that says so.
        calls: each call, with what must become of it.
        why: a remark of the author.
        source: the case file.
        span: the place of the sequence in it.
    """

    __slots__ = ("calls", "name", "page", "rules", "source", "span", "why")
    name: str
    rules: tuple[str, ...]
    page: str
    calls: tuple[CallCase, ...]
    why: str
    source: Source
    span: Span

    def __init__(
        self,
        *,
        name: str,
        calls: tuple[CallCase, ...],
        source: Source,
        span: Span,
        rules: tuple[str, ...] = (),
        page: str = "",
        why: str = "",
    ) -> None:
        self._set(name=name, rules=rules, page=page, calls=calls, why=why, source=source, span=span)

    @property
    def place(self) -> str:
        """``file:line:column`` of the sequence."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"
