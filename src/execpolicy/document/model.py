"""The model of a policy document: its statements as they are written, each part with its place."""

from __future__ import annotations

from collections.abc import Sequence

from execpolicy._base.records import NamedTuple
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.principal_name import EVERYBODY
from execpolicy.document.syntax.nodes import NOWHERE, Text

EFFECTS = ("Allow", "Deny")

#: The version of a document without Version.
OLD_VERSION = "2008-10-17"
#: The current version, the only one with policy variables.
NEW_VERSION = "2012-10-17"
VERSIONS = (OLD_VERSION, NEW_VERSION)


class Element(NamedTuple):
    """Action, NotAction, Resource or NotResource."""

    name: str
    values: tuple[Text, ...]
    start: int = NOWHERE
    end: int = NOWHERE

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")

    def with_values_at(self, kept: Sequence[int]) -> Element:
        """The element with the values at some indices only."""
        return self._replace(values=tuple(self.values[index] for index in kept))


class PrincipalEntry(NamedTuple):
    """One principal of a statement. ``type`` is AWS, Service, Federated, CanonicalUser, or ``*`` for ``"*"`` alone."""

    type: str
    text: Text


class PrincipalElement(NamedTuple):
    """Principal or NotPrincipal."""

    name: str
    entries: tuple[PrincipalEntry, ...]
    start: int = NOWHERE
    end: int = NOWHERE

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")

    @property
    def names_everybody(self) -> bool:
        """Whether it names every caller but services, which it may not name (PRN-1).

        It names all of them directly except a federated user's session (EVL-9).
        """
        return not self.negated and any(entry.text.value == EVERYBODY for entry in self.entries)


class Condition(NamedTuple):
    """One operator with one key and its values: the smallest part of a Condition element that is true or false.

    ``numbers`` are the indices of the values of a String operator that are written as numbers, where a number has other
    texts too (POL-9).
    """

    operator: OperatorName
    operator_text: Text
    key: Text
    values: tuple[Text, ...]
    start: int = NOWHERE
    end: int = NOWHERE
    numbers: tuple[int, ...] = ()

    def with_values_at(self, kept: Sequence[int]) -> Condition:
        """The condition with the values at some indices only."""
        numbers = tuple(place for place, index in enumerate(kept) if index in self.numbers)
        return self._replace(values=tuple(self.values[index] for index in kept), numbers=numbers)


class EmptyCondition(NamedTuple):
    """A Condition object without operators, or, with ``operator_text``, an operator without keys (POL-13)."""

    operator_text: Text | None = None
    start: int = NOWHERE
    end: int = NOWHERE


class UnknownElement(NamedTuple):
    """A part of a statement of which it is not known whether it holds, or what it is (SRC-10).

    Attributes:
        element: ``Effect``, ``Condition``, or ``Statement`` for the whole statement.
        text: the text that is not known.
        names: the names of the unknown values.
        operator: that of a condition whose key is not known.
    """

    element: str
    text: Text
    names: tuple[str, ...]
    operator: str = ""
    start: int = NOWHERE
    end: int = NOWHERE


class Statement(NamedTuple):
    """One statement. ``number`` counts from 0; ``effect`` is ``Allow`` or ``Deny``.

    Where the effect is not known, a document has two statements with one number, one of each effect (SRC-10).
    """

    number: int
    sid: Text | None
    effect: str
    principal: PrincipalElement | None
    action: Element
    resource: Element
    conditions: tuple[Condition, ...]
    start: int = NOWHERE
    end: int = NOWHERE
    empty_conditions: tuple[EmptyCondition, ...] = ()
    unknown_parts: tuple[UnknownElement, ...] = ()
