"""The text of an invariant in the one form that equal invariants have."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy.analysis.invariants.call_pattern import ANY_METHOD, ANYTHING, CONNECT, CallPattern
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerSet
from execpolicy.analysis.invariants.caller_text import CallerPatternKind
from execpolicy.analysis.invariants.key_test import KeyTest
from execpolicy.analysis.invariants.parts import InvariantKind, InvariantParts
from execpolicy.analysis.invariants.words import in_quotes_if_needed, path_in_quotes_if_needed


def canonical_text(parts: InvariantParts) -> str:
    """Write an invariant so that parsing the text gives an equal one.

    >>> calls = (CallPattern("/internal/**"),)
    >>> sources = (CallSource("vpce-0a1b2c3d"), CallSource("10.0.0.0/8"))
    >>> parts = InvariantParts(InvariantKind.NONE, CallerSet.everybody(), calls, unless_sources=sources)
    >>> canonical_text(parts)
    'every call to /internal/** comes through vpce-0a1b2c3d or from 10.0.0.0/8'
    """
    calls = f"{_calls(parts.calls)}{_limits(parts)}"
    about_all = parts.kind is InvariantKind.NONE and parts.callers.is_everybody
    if about_all and parts.unless_sources and not parts.unless_when:
        return f"every call to {calls} comes {written_sources(parts.unless_sources)}"
    if about_all and parts.unless_when and not parts.unless_sources:
        return f"every call to {calls} has {written_tests(parts.unless_when)}"
    return f"{_subject(parts.kind, parts.callers)} call {calls}{_exceptions(parts)}"


def _subject(kind: InvariantKind, callers: CallerSet) -> str:
    """The callers and the verb: ``nobody may``, ``role/Clerk may not``."""
    if kind is InvariantKind.EVERY:
        return f"{callers} may"
    if not callers.all_except:
        return f"{callers} may not"
    if callers.is_everybody:
        return "nobody may"
    members = callers.members
    if len(members) == 1 and members[0].kind is CallerPatternKind.ORGANIZATION:
        return f"no account outside {members[0].name} may"
    return f"only {', '.join(map(str, members))} may"


def _calls(calls: tuple[CallPattern, ...]) -> str:
    """The calls; where one of several has methods, all have."""
    if len(calls) == 1 and calls[0].is_anything:
        return ANYTHING
    all_named = len(calls) > 1 and any(call.methods for call in calls)
    written = []
    for call in calls:
        if call.is_connect:
            written.append(CONNECT)
            continue
        methods = ", ".join(call.methods) or (ANY_METHOD if all_named else "")
        path = path_in_quotes_if_needed(str(call.path))
        written.append(f"{methods} {path}" if methods else path)
    return ", ".join(written)


def _limits(parts: InvariantParts) -> str:
    """The stages, sources and keys of the calls that are meant."""
    written = ""
    if parts.stages:
        written += f" on {', '.join(map(in_quotes_if_needed, parts.stages))}"
    if parts.sources:
        written += f" {written_sources(parts.sources)}"
    if parts.when:
        written += f" when {written_tests(parts.when)}"
    return written


def _exceptions(parts: InvariantParts) -> str:
    sources = [written_sources(parts.unless_sources)] if parts.unless_sources else []
    tests = [f"when {written_tests(parts.unless_when)}"] if parts.unless_when else []
    return f" unless {' or '.join([*sources, *tests])}" if sources or tests else ""


def written_sources(sources: Iterable[CallSource]) -> str:
    """Sources as an invariant lists them: ``through vpce-1 or vpce-2 or from 198.51.100.0/24``."""
    written, before = [], ""
    for source in sources:
        written.append(source.text if source.preposition == before else f"{source.preposition} {source.text}")
        before = source.preposition
    return " or ".join(written)


def written_tests(tests: Iterable[KeyTest]) -> str:
    """Tests as an invariant lists them."""
    return " and ".join(map(str, tests))
