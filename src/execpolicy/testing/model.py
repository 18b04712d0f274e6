"""What a case file says of requests and documents, each with what must become of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.caller import Target
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.frozen import Frozen
from execpolicy.source import Source, Span
from execpolicy.testing.call_model import CallCase, SequenceCase

#: What a case may expect of a request. ``deny`` is either kind of denial, ``error`` that the request is refused.
OUTCOMES = ("allow", "deny", "explicit_deny", "implicit_deny", "indeterminate", "error")

#: What a case may expect of a document.
LOADS, ERROR = "loads", "error"


class Expectation(NamedTuple):
    """What must become of a request. A set that is None is not looked at; any other must be met exactly.

    ``outcome`` is one of OUTCOMES; ``sids`` are those of the determining statements; ``layers`` are those that block;
    ``missing_keys`` are the keys that were missing and mattered, in lower case; ``assumed`` are rule ids; ``error``
    is a part of the message of the error.
    """

    outcome: str
    sids: frozenset[str] | None = None
    layers: frozenset[Layer] | None = None
    missing_keys: frozenset[str] | None = None
    assumed: frozenset[str] | None = None
    error: str = ""


class Case(Frozen):
    """One request and what must become of it.

    Attributes:
        name: unique among the cases of its file.
        rules: the ids of the rules that it holds, such as ``EVL-4``.
        page: the page that says so.
        request: what is asked, or None where it could not even be put together with its policies.
        refusal: why it could not, in a case that expects an error.
        target: the policies on the resource's side.
        expected: what must become of it.
        why: a remark of the author.
        source: the case file.
        span: the place of the case in it.
    """

    __slots__ = ("expected", "name", "page", "refusal", "request", "rules", "source", "span", "target", "why")
    name: str
    rules: tuple[str, ...]
    page: str
    request: Request | None
    refusal: ExecPolicyError | None
    target: Target
    expected: Expectation
    why: str
    source: Source
    span: Span

    def __init__(
        self,
        *,
        name: str,
        request: Request | None,
        target: Target,
        expected: Expectation,
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
            request=request,
            refusal=refusal,
            target=target,
            expected=expected,
            why=why,
            source=source,
            span=span,
        )

    @property
    def place(self) -> str:
        """``file:line:column`` of the case."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


class DocumentError(NamedTuple):
    """One error that a document must have. ``message`` is a part of it; ``path`` is empty where it is not looked at.

    A document given as JSON text has lines and columns, counted from 1; one given as an object has none.
    """

    message: str
    line: int | None = None
    column: int | None = None
    path: str = ""


class DocumentCase(Frozen):
    """One policy document and whether it must load.

    Attributes:
        name: unique among the documents of its file.
        rules: the ids of the rules that it holds.
        page: the page that says so.
        kind: what the document is for.
        document: JSON text, or the mapping that it stands for.
        expect: ``loads`` or ``error``.
        errors: everything that is wrong with it, in document order.
        why: a remark of the author.
        source: the case file.
        span: the place of the case in it.
    """

    __slots__ = ("document", "errors", "expect", "kind", "name", "page", "rules", "source", "span", "why")
    name: str
    rules: tuple[str, ...]
    page: str
    kind: PolicyKind
    document: str | Mapping[str, Any]
    expect: str
    errors: tuple[DocumentError, ...]
    why: str
    source: Source
    span: Span

    def __init__(
        self,
        *,
        name: str,
        kind: PolicyKind,
        document: str | Mapping[str, Any],
        expect: str,
        source: Source,
        span: Span,
        rules: tuple[str, ...] = (),
        page: str = "",
        errors: tuple[DocumentError, ...] = (),
        why: str = "",
    ) -> None:
        self._set(
            name=name,
            rules=rules,
            page=page,
            kind=kind,
            document=document,
            expect=expect,
            errors=errors,
            why=why,
            source=source,
            span=span,
        )

    @property
    def place(self) -> str:
        """``file:line:column`` of the case."""
        return f"{self.source.name}:{self.span.line}:{self.span.column}"


#: One thing that a case file tests.
Item = Case | CallCase | SequenceCase | DocumentCase


class CaseFile(Frozen):
    """A case file: its title, and everything that it tests in the order of the file (``items``).

    ``cases``, ``calls``, ``sequences`` and ``documents`` are the items of each sort.
    """

    __slots__ = ("items", "source", "title")
    title: str
    items: tuple[Item, ...]
    source: Source

    def __init__(self, *, title: str, items: Iterable[Item], source: Source) -> None:
        self._set(title=title, items=tuple(items), source=source)

    @property
    def cases(self) -> tuple[Case, ...]:
        """The requests, as IAM decides them."""
        return tuple(item for item in self.items if isinstance(item, Case))

    @property
    def calls(self) -> tuple[CallCase, ...]:
        """The single calls, as API Gateway answers them."""
        return tuple(item for item in self.items if isinstance(item, CallCase))

    @property
    def sequences(self) -> tuple[SequenceCase, ...]:
        """The sequences of calls that share an authorizer cache."""
        return tuple(item for item in self.items if isinstance(item, SequenceCase))

    @property
    def documents(self) -> tuple[DocumentCase, ...]:
        """The documents that load or do not."""
        return tuple(item for item in self.items if isinstance(item, DocumentCase))
