"""Invariants: none of some calls gets through, or every one of them does (INV)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.invariants.call_pattern import CallPattern
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet, caller_patterns
from execpolicy.analysis.invariants.canonical_text import canonical_text
from execpolicy.analysis.invariants.key_test import KeyTest
from execpolicy.analysis.invariants.membership import is_in_set
from execpolicy.analysis.invariants.parts import InvariantKind, InvariantParts
from execpolicy.analysis.invariants.reader import read_invariant, read_tests
from execpolicy.analysis.invariants.stage import checked_stage
from execpolicy.arguments import described, instance, items, one_among, texts
from execpolicy.arguments import text as checked_text
from execpolicy.engine.request import Request
from execpolicy.errors import Source, Span, UsageError


class Invariant(Frozen):
    """A claim about a set of calls: none of them gets through, or every one does.

    The set has a call if all of these hold: its caller is in ``callers``; its method and path are those of one of
    ``calls``; its stage is one of ``stages``; it comes from one of ``sources``; each test of ``when`` holds; it comes
    from none of ``unless_sources``; and not all tests of ``unless_when`` hold. An empty ``stages``, ``sources``,
    ``when``, ``unless_sources`` or ``unless_when`` leaves out no call. An invariant claims nothing about calls outside
    the set (INV-1).

    Args:
        kind: an InvariantKind, or its text: ``none`` or ``every``.
        callers: texts such as ``role/Clerk``, CallerPatterns, or a CallerSet. By default everybody.
        callers_except: callers, as texts or CallerPatterns: everybody but these is meant. Instead of ``callers``.
        calls: texts such as ``GET, POST /orders/*`` or ``anything``, or CallPatterns.
        stages: names of stages; by default every stage.
        sources: addresses, VPC endpoints and VPCs, as texts or as CallSources.
        when: tests of keys: KeyTests, or texts such as ``aws:PrincipalTag/team = blue``.
        unless_sources: the sources of calls that are excepted.
        unless_when: tests of keys; a call for which all of them hold is excepted.

    Attributes:
        source: the text that was parsed; None for an invariant made in Python. It takes no part in equality.
        span: the place of the invariant in the source.

    Raises:
        UsageError: an argument is of the wrong type.
        ExecPolicyError: a text is not valid; the error has the place.

    >>> print(Invariant("none", callers="anonymous", calls="/admin/**"))
    anonymous may not call /admin/**
    """

    __slots__ = (
        "callers",
        "calls",
        "kind",
        "source",
        "sources",
        "span",
        "stages",
        "unless_sources",
        "unless_when",
        "when",
    )
    kind: InvariantKind
    callers: CallerSet
    calls: tuple[CallPattern, ...]
    stages: tuple[str, ...]
    sources: tuple[CallSource, ...]
    when: tuple[KeyTest, ...]
    unless_sources: tuple[CallSource, ...]
    unless_when: tuple[KeyTest, ...]
    source: Source | None
    span: Span | None

    def __init__(
        self,
        kind: InvariantKind | str,
        *,
        callers: CallerSet | CallerPattern | str | Iterable[CallerPattern | str] | None = None,
        callers_except: CallerPattern | str | Iterable[CallerPattern | str] = (),
        calls: CallPattern | str | Iterable[CallPattern | str] = "anything",
        stages: str | Iterable[str] = (),
        sources: CallSource | str | Iterable[CallSource | str] = (),
        when: KeyTest | str | Iterable[KeyTest | str] = (),
        unless_sources: CallSource | str | Iterable[CallSource | str] = (),
        unless_when: KeyTest | str | Iterable[KeyTest | str] = (),
    ) -> None:
        self._set(
            kind=_checked_kind(kind),
            callers=_checked_callers(callers, callers_except),
            calls=_checked_calls(calls),
            stages=tuple(dict.fromkeys(checked_stage(stage) for stage in texts(stages, "stages"))),
            sources=_checked_sources(sources, "sources"),
            when=_checked_tests(when, "when"),
            unless_sources=_checked_sources(unless_sources, "unless_sources"),
            unless_when=_checked_tests(unless_when, "unless_when"),
            source=None,
            span=None,
        )

    @classmethod
    def parse(cls, text: str) -> Invariant:
        """Read an invariant as people write it; docs/invariants.md has the grammar.

        Args:
            text: one invariant, on one line or several.

        Raises:
            UsageError: the invariant is not a text.
            ExecPolicyError: the text is not an invariant; the error has the place.

        >>> Invariant.parse("role/Clerk may call GET /orders/* unless from 203.0.113.0/24").kind.value
        'every'
        """
        text = checked_text(text, "an invariant")
        return cls._from_text(text, Source("<invariant>", text))

    @classmethod
    def _from_text(cls, text: str, source: Source) -> Invariant:
        found = cls.__new__(cls)
        found._set(**read_invariant(text, source)._asdict(), source=source, span=source.span(0, len(text)))
        return found

    def includes(self, request: Request) -> bool:
        """Whether a request is one of the calls of which the invariant claims something.

        Args:
            request: a request for a method of an API. The account that owns its resource is the account of the API.

        Raises:
            UsageError: it is not a request, or whether it is one of the calls depends on a detail that the request does
                not give: the path of the caller's role, the caller's organization, or the value of a key.
            RequestError: its resource is not an ARN of execute-api.

        >>> request = Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
        ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets")
        >>> Invariant.parse("only user/Bob may call /pets").includes(request)
        True
        """
        found = is_in_set(self._parts(), instance(request, Request, "request"))
        if found is None:
            raise UsageError(
                "it is not known whether the invariant is about the request",
                advice="give the path of its role, its organization, and the keys that the invariant names",
            )
        return found

    def _identity(self) -> tuple[Any, ...]:
        return self._parts()

    def _parts(self) -> InvariantParts:
        return InvariantParts(*(getattr(self, name) for name in InvariantParts._fields))

    def _shown(self) -> str:
        return f"Invariant.parse({str(self)!r})"

    def __str__(self) -> str:
        return canonical_text(self._parts())


def _checked_kind(value: object) -> InvariantKind:
    found = one_among(value, [kind.value for kind in InvariantKind])
    if found is None:
        raise UsageError(f"the kind of an invariant is none or every, found {value!r}")
    return InvariantKind(found)


def _checked_callers(value: object, all_except: object) -> CallerSet:
    excepted = caller_patterns(all_except, "callers_except")
    if value is None:
        return CallerSet(excepted, all_except=True)
    if excepted:
        raise UsageError("callers and callers_except are both given", advice="give one of them")
    return value if isinstance(value, CallerSet) else CallerSet(caller_patterns(value, "callers"))


def _checked_calls(value: object) -> tuple[CallPattern, ...]:
    """The patterns, each once; at least one."""
    found = tuple(
        dict.fromkeys(
            item if isinstance(item, CallPattern) else CallPattern.parse(item)
            for item in _listed(value, CallPattern, "calls")
        )
    )
    if not found:
        raise UsageError("an invariant is about some calls, found none", advice='write calls="anything" for all calls')
    return found


def _checked_sources(value: object, name: str) -> tuple[CallSource, ...]:
    return tuple(
        dict.fromkeys(
            item if isinstance(item, CallSource) else CallSource(item) for item in _listed(value, CallSource, name)
        )
    )


def _checked_tests(value: object, name: str) -> tuple[KeyTest, ...]:
    tests: list[KeyTest] = []
    for item in _listed(value, KeyTest, name):
        tests += read_tests(item, Source(f"<{name}>", item)) if isinstance(item, str) else _checked_test(item, name)
    return tuple(dict.fromkeys(tests))


def _checked_test(value: object, name: str) -> tuple[KeyTest, ...]:
    return (instance(value, KeyTest, f"each of {name}"),)


def _listed(value: object, kind: type, name: str) -> Iterable[Any]:
    """The items of a list; one text, or one value of a class, is a list of one."""
    if isinstance(value, (str, kind)):
        return (value,)
    if isinstance(value, (bytes, dict)) or not isinstance(value, Iterable):
        raise UsageError(f"{name} is a text or a list of texts, found {described(value)}", advice=f"write {name}=[…]")
    return tuple(items(value))
