"""The parts of an invariant (INV-1)."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.records import NamedTuple
from execpolicy.analysis.invariants.call_pattern import CallPattern
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerSet
from execpolicy.analysis.invariants.key_test import KeyTest


class InvariantKind(StrEnum):
    """What an invariant claims of its calls.

    >>> InvariantKind("none").name
    'NONE'
    """

    #: None of the calls gets through.
    NONE = "none"
    #: Every one of the calls gets through.
    EVERY = "every"


class InvariantParts(NamedTuple):
    """The kind of an invariant and what its set of calls is made of; ``Invariant`` describes each."""

    kind: InvariantKind
    callers: CallerSet
    calls: tuple[CallPattern, ...]
    stages: tuple[str, ...] = ()
    sources: tuple[CallSource, ...] = ()
    when: tuple[KeyTest, ...] = ()
    unless_sources: tuple[CallSource, ...] = ()
    unless_when: tuple[KeyTest, ...] = ()
