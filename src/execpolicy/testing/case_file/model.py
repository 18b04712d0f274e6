"""The model of a case file, and of the requests and documents in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self, Unpack

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import NamedTuple
from execpolicy.arguments import as_builtin, described, instance, instance_or_none, instances, one_among, text
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.wording import listed
from execpolicy.engine.caller import Target
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError, Source, UsageError
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.expected_values import layers_or_none, lowered_or_none, set_or_none
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.item import ERROR, ITEM_SLOTS, OUTCOMES, CaseFileItem, ItemFields

#: Expected of a document that is valid.
LOADS = "loads"


class _Expectation(NamedTuple):
    outcome: str
    sids: frozenset[str] | None
    layers: frozenset[Layer] | None
    missing_keys: frozenset[str] | None
    assumed: frozenset[str] | None
    error: str


class Expectation(_Expectation):
    """The expected outcome of a request. A set that is None is not checked; any other set must be equal.

    Args:
        outcome: one of OUTCOMES.
        sids: the Sids of the determining statements; one text is a set of one, as in all sets.
        layers: the layers that block, each a Layer or its value.
        missing_keys: the missing context keys that affect the outcome; the field has them in lower case.
        assumed: the ids of the assumed rules that the outcome depends on.
        error: a part of the message of the error.

    Raises:
        UsageError: an argument is of the wrong type, or the outcome is not one of OUTCOMES.
        RequestError: a text contains half a surrogate pair.

    >>> Expectation("allow", sids="Reads").sids
    frozenset({'Reads'})
    """

    __slots__ = ()

    def __new__(  # noqa: PLR0917  # a record is made of its fields in order
        cls,
        outcome: str,
        sids: Iterable[str] | str | None = None,
        layers: Iterable[Layer | str] | Layer | str | None = None,
        missing_keys: Iterable[str] | str | None = None,
        assumed: Iterable[str] | str | None = None,
        error: str = "",
    ) -> Self:
        if text(outcome, "outcome") not in OUTCOMES:
            raise UsageError(f"outcome is {listed(OUTCOMES)}, found {outcome!r}")
        return super().__new__(
            cls,
            text(outcome, "outcome"),
            set_or_none(sids, "sids"),
            layers_or_none(layers),
            lowered_or_none(missing_keys, "missing_keys"),
            set_or_none(assumed, "assumed"),
            text(error, "error"),
        )


class Case(CaseFileItem):
    """One request with its expected outcome.

    Attributes, beside those of every ``CaseFileItem``:
        request: the request, or None if the request or its policies are invalid.
        refusal: the error, in a case that expects one.
        target: the policies on the resource's side.
        expected: the expected outcome.
    """

    __slots__ = (*ITEM_SLOTS, "expected", "refusal", "request", "target")
    request: Request | None
    refusal: ExecPolicyError | None
    target: Target
    expected: Expectation

    def __init__(
        self,
        *,
        request: Request | None,
        target: Target,
        expected: Expectation,
        refusal: ExecPolicyError | None = None,
        **about: Unpack[ItemFields],
    ) -> None:
        self._set_item(**about)
        self._set(
            request=instance_or_none(request, Request, "request"),
            refusal=instance_or_none(refusal, ExecPolicyError, "refusal"),
            target=instance(target, Target, "target"),
            expected=instance(expected, Expectation, "expected"),
        )


class _DocumentError(NamedTuple):
    message: str
    line: int | None
    column: int | None
    path: str


class DocumentError(_DocumentError):
    """One expected error of a document.

    Args:
        message: a part of its message.
        line: its line, counted from 1; a document given as an object has none.
        column: its column, counted from 1.
        path: its path inside the document; empty if it is not checked.

    Raises:
        UsageError: an argument is of the wrong type.
        RequestError: a text contains half a surrogate pair.
    """

    __slots__ = ()

    def __new__(cls, message: str, line: int | None = None, column: int | None = None, path: str = "") -> Self:
        return super().__new__(
            cls, text(message, "message"), _count(line, "line"), _count(column, "column"), text(path, "path")
        )


def _count(value: object, name: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise UsageError(f"{name} is a whole number from 1, found {value!r}")


class DocumentCase(CaseFileItem):
    """One policy document with the expected errors, if any.

    Attributes, beside those of every ``CaseFileItem``:
        kind: the kind of the policy.
        document: JSON text, or a mapping.
        expect: ``loads`` or ``error``.
        errors: all expected errors, in document order.
    """

    __slots__ = (*ITEM_SLOTS, "document", "errors", "expect", "kind")
    kind: PolicyKind
    document: str | Mapping[str, Any]
    expect: str
    errors: tuple[DocumentError, ...]

    def __init__(
        self,
        *,
        kind: PolicyKind,
        document: str | Mapping[str, Any],
        expect: str,
        errors: tuple[DocumentError, ...] = (),
        **about: Unpack[ItemFields],
    ) -> None:
        self._set_item(**about)
        if not isinstance(document, (str, Mapping)):
            raise UsageError(f"document is a text or a mapping, found {described(document)}")
        expected = one_among(expect, (LOADS, ERROR))
        if expected is None:
            raise UsageError(f"expect is {LOADS} or {ERROR}, found {expect!r}")
        self._set(
            kind=PolicyKind.parse(kind),
            document=as_builtin(document),
            expect=expected,
            errors=instances(errors, DocumentError, "errors"),
        )


#: An item of a case file.
Item = Case | CallCase | SequenceCase | DocumentCase | InvariantCase


class CaseFile(Frozen):
    """A case file: its title, and its items in the order of the file (``items``).

    A matrix results in one case or call for each cell, caller by caller. ``cases``, ``calls``, ``sequences``,
    ``documents`` and ``invariants`` are the items of each type.
    """

    __slots__ = ("items", "source", "title")
    title: str
    items: tuple[Item, ...]
    source: Source

    def __init__(self, *, title: str, items: Iterable[Item], source: Source) -> None:
        several = tuple(items) if isinstance(items, Iterable) and not isinstance(items, (str, Mapping)) else (items,)
        for item in several:
            if not isinstance(item, Item):
                raise UsageError(
                    f"items is a list of cases, documents and invariants, found {described(item)} among them"
                )
        self._set(
            title=text(title, "title"),
            items=several,
            source=instance(source, Source, "source"),
        )

    @property
    def cases(self) -> tuple[Case, ...]:
        """The requests, which IAM decides."""
        return tuple(item for item in self.items if isinstance(item, Case))

    @property
    def calls(self) -> tuple[CallCase, ...]:
        """The single calls to an API."""
        return tuple(item for item in self.items if isinstance(item, CallCase))

    @property
    def sequences(self) -> tuple[SequenceCase, ...]:
        """The sequences of calls that share an authorizer cache."""
        return tuple(item for item in self.items if isinstance(item, SequenceCase))

    @property
    def documents(self) -> tuple[DocumentCase, ...]:
        """The policy documents."""
        return tuple(item for item in self.items if isinstance(item, DocumentCase))

    @property
    def invariants(self) -> tuple[InvariantCase, ...]:
        """The invariants."""
        return tuple(item for item in self.items if isinstance(item, InvariantCase))
