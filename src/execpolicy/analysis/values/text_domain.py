"""The texts that a property may have, divided by patterns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.analysis.values.value_set import ValueSet


class TextDomain(ABC):
    """The sets of texts that some patterns tell apart.

    Attributes:
        full: all values.
        present: all texts.
        absent: the one value that is no text, where the domain has it; else the empty set.
    """

    __slots__ = ("absent", "full", "present")
    full: ValueSet
    present: ValueSet
    absent: ValueSet

    @abstractmethod
    def matching(self, *patterns: TextPattern) -> ValueSet:
        """The texts that one of these patterns matches; each is one of those that the domain was made from."""

    @abstractmethod
    def containing(self, text: str) -> ValueSet:
        """The texts that every pattern matches or not as it does this one; none if the domain does not have it."""

    @abstractmethod
    def example(self, values: ValueSet) -> str:
        """Any text of a set that has one, found faster than a preferred one."""

    @abstractmethod
    def examples(self, values: ValueSet) -> Iterator[str]:
        """Texts of a set, one for each of its cells up to some number: preferred ones first, then short ones."""

    def among(self, patterns: Iterable[TextPattern], values: ValueSet) -> tuple[ValueSet, ValueSet]:
        """The values of a set, divided: those that one of the patterns matches, and the others."""
        matching = self.matching(*patterns)
        return values & matching, values & ~matching
