"""The parts of a statement that may be left out, and the statement without each of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import Condition, Statement
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.syntax.nodes import Text
from execpolicy.language.operators import OPERATORS


class PolicyPartKind(StrEnum):
    """What a part of a statement is."""

    #: An entry of Action or NotAction.
    ACTION = "action"
    #: An entry of Resource or NotResource.
    RESOURCE = "resource"
    #: An entry of Principal or NotPrincipal.
    PRINCIPAL = "principal"
    #: A value of a condition.
    VALUE = "value"
    #: A condition with all of its values.
    CONDITION = "condition"


class PolicyPart(NamedTuple):
    """A part of a statement.

    Attributes:
        kind: what it is.
        statement: the statement that has it.
        at: the index of a value in its list; -1 for a condition.
        values: all values of the list; the key of a condition.
        condition: the condition that it is, or is a value of; None for another part.
    """

    kind: PolicyPartKind
    statement: Statement
    at: int
    values: tuple[Text, ...]
    condition: Condition | None = None

    @property
    def text(self) -> Text:
        """The value; of a condition its key."""
        return self.values[self.at]

    @property
    def others(self) -> tuple[PolicyPart, ...]:
        """The other values of the list."""
        return tuple(self._replace(at=each) for each in range(len(self.values)) if each != self.at)

    @property
    def element(self) -> str:
        """The element that has the part, as in the path of a finding, such as ``Condition.StringEquals.aws:userid``."""
        condition, statement = self.condition, self.statement
        if condition is not None:
            return f"Condition.{condition.operator_text.value}.{condition.key.value}"
        if self.kind is PolicyPartKind.PRINCIPAL:
            assert statement.principal is not None, "it has this part"
            return statement.principal.name
        return (statement.action if self.kind is PolicyPartKind.ACTION else statement.resource).name

    @property
    def clause_index(self) -> int:
        """The index of the clause that has the part among those of its compiled statement."""
        statement = self.statement
        before = 0 if statement.principal is None else 1
        if self.condition is not None:
            return before + 2 + self._condition_index
        return {PolicyPartKind.PRINCIPAL: 0, PolicyPartKind.ACTION: before}.get(self.kind, before + 1)

    @property
    def is_negated(self) -> bool:
        """Whether its element or operator is about the requests that do not match, such as NotAction."""
        if self.condition is not None:
            return OPERATORS[self.condition.operator.base].negated
        if self.kind is PolicyPartKind.PRINCIPAL:
            return self.statement.principal is not None and self.statement.principal.negated
        return (self.statement.action if self.kind is PolicyPartKind.ACTION else self.statement.resource).negated

    def left_out(self) -> Statement:
        """The statement without the part."""
        if self.kind is PolicyPartKind.CONDITION:
            return self._with_conditions(())
        return self._with_values([each for each in range(len(self.values)) if each != self.at])

    def alone(self) -> Statement:
        """The statement with the value as the only one of its list."""
        return self._with_values([self.at])

    def as_null(self, value: str) -> Statement:
        """The statement with a condition with Null and this value in place of the condition."""
        condition = self.condition
        assert condition is not None, "only a condition can be written with Null"
        null = Condition(OperatorName("Null"), Text("Null"), condition.key, (Text(value),))
        return self._with_conditions((null,))

    def _with_conditions(self, replaced: tuple[Condition, ...]) -> Statement:
        """The statement with others in place of the condition."""
        before, at = self.statement.conditions, self._condition_index
        return self.statement._replace(conditions=(*before[:at], *replaced, *before[at + 1 :]))

    @property
    def _condition_index(self) -> int:
        """The index of the condition; the statement may have an equal one elsewhere."""
        return next(index for index, each in enumerate(self.statement.conditions) if each is self.condition)

    def _with_values(self, kept: Sequence[int]) -> Statement:
        statement = self.statement
        if self.kind is PolicyPartKind.ACTION:
            return statement._replace(action=statement.action.with_values_at(kept))
        if self.kind is PolicyPartKind.RESOURCE:
            return statement._replace(resource=statement.resource.with_values_at(kept))
        if self.kind is PolicyPartKind.PRINCIPAL:
            assert statement.principal is not None, "it has this part"
            entries = tuple(statement.principal.entries[index] for index in kept)
            return statement._replace(principal=statement.principal._replace(entries=entries))
        condition = self.condition
        assert condition is not None, "the value is one of a condition"
        return self._with_conditions((condition.with_values_at(kept),))


def values_of(statement: Statement) -> Iterator[PolicyPart]:
    """The values of the lists of a statement that have several."""
    lists: list[tuple[PolicyPartKind, tuple[Text, ...], Condition | None]] = [
        (PolicyPartKind.ACTION, statement.action.values, None),
        (PolicyPartKind.RESOURCE, statement.resource.values, None),
    ]
    if statement.principal is not None:
        lists.append((PolicyPartKind.PRINCIPAL, tuple(each.text for each in statement.principal.entries), None))
    lists.extend((PolicyPartKind.VALUE, each.values, each) for each in statement.conditions)
    for kind, values, condition in lists:
        for index in range(len(values)) if len(values) > 1 else ():
            yield PolicyPart(kind, statement, index, values, condition)


def conditions_of(statement: Statement) -> Iterator[PolicyPart]:
    """The conditions of a statement."""
    for each in statement.conditions:
        yield PolicyPart(PolicyPartKind.CONDITION, statement, -1, (each.key,), each)
