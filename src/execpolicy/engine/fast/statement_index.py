"""The statements of a layer, indexed by the resources that they match."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.model import NEW_VERSION, Element
from execpolicy.document.policy import Policy
from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.fast.prepared_statement import PreparedStatement, StatementPreparer
from execpolicy.engine.fast.remaining_checks import Checks, ClauseCheck
from execpolicy.engine.fast.resource_index import ResourceIndex
from execpolicy.engine.resource_entry import plain_patterns
from execpolicy.language.glob import ANY, Tokens, normalised

if TYPE_CHECKING:
    from typing import TypeVar

    T = TypeVar("T")

#: The patterns that match every text: a whole ARN begins with no slash, what follows an API always does.
_EVERYTHING = ((ANY,), ("/", ANY))


class PatternIds:
    """Distinct patterns by number, with the resources that have them: as written, or with variables taken as ``*``."""

    def __init__(self) -> None:
        self._numbers: dict[Tokens, int] = {}
        #: The resources that have a pattern as written, by the number of the pattern; mostly one, which needs no list.
        self._plain: list[int | list[int]] = []
        #: The resources that have a pattern with variables taken as ``*``.
        self.widest: dict[int, list[int]] = {}

    def add(self, pattern: Tokens, resource: int, *, widest: bool) -> None:
        """Add a pattern of a resource."""
        number = self._numbers.setdefault(pattern, len(self._plain))
        if number == len(self._plain):
            self._plain.append([] if widest else resource)
            if not widest:
                return
        if widest:
            self.widest.setdefault(number, []).append(resource)
        else:
            _append(self._plain, number, resource)

    def with_pattern(self, number: int) -> list[int]:
        """The resources that have a pattern as written."""
        found = self._plain[number]
        return found if isinstance(found, list) else [found]

    def __len__(self) -> int:
        return len(self._plain)

    @property
    def matches_everything(self) -> bool:
        """Whether every pattern matches every text: ``*``, or of what follows an API, ``/*``."""
        return all(pattern in _EVERYTHING for pattern in self._numbers)

    def resource_index(self) -> ResourceIndex | None:
        """An index of the patterns; None where there are none."""
        return ResourceIndex(self._numbers) if self._numbers else None


def _append(lists: list[T | list[T]], place: int, item: T) -> None:
    """Add an item to what is at a place: nothing, one item, or a list of several."""
    found = lists[place]
    if not isinstance(found, list):
        lists[place] = [found, item]
    elif found:
        found.append(item)
    else:
        lists[place] = item


class StatementIndex:
    """The statements of a layer by the number of their resource. Equal resources have one number.

    A principal that names everybody is left out of its statement, unless ``evaluates_everybody`` keeps it there.
    """

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable, *, evaluates_everybody: bool) -> None:
        #: By the number of the resource; mostly one statement, which needs no list.
        self._statements: list[PreparedStatement | list[PreparedStatement]] = []
        #: The patterns of whole ARNs, and those of short forms.
        self.whole, self.short = PatternIds(), PatternIds()
        #: The resources that are evaluated for every text: those of NotResource.
        self.negated: dict[int, None] = {}
        #: The checks of resources with variables.
        self.resource_checks: dict[int, Checks] = {}
        self._table = table
        preparer = StatementPreparer(table)
        self._evaluates_everybody = evaluates_everybody
        numbers: dict[object, dict[object, int]] = {}
        for level, policies in enumerate(levels):
            for policy in policies:
                self._add_policy(policy, level, numbers.setdefault((policy.kind, policy.version), {}), preparer)
        #: The principal clauses that are evaluated for each caller, and whether one was left out.
        self.principals, self.has_everybody = preparer.principals, preparer.has_everybody

    def _add_policy(self, policy: Policy, level: int, numbers: dict[object, int], preparer: StatementPreparer) -> None:
        # A policy may hold one object for equal elements: those are recognised by identity.
        equal: dict[object, PreparedStatement] = {}
        for statement in policy.statements_without_places:
            resource, effect = statement.resource, statement.effect
            key = (resource.name, effect, *[text.value for text in resource.values])
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(self._statements)
                self._statements.append([])
                self._add_resource(number, resource, effect, policy)
            conditions = (id(statement.conditions), id(statement.empty_conditions), id(statement.unknown_parts))
            identity = (effect, id(statement.action), *conditions, id(statement.principal))
            prepared = equal.get(identity)
            if prepared is None:
                prepared = equal[identity] = preparer.prepared(
                    statement, level, policy, evaluates_everybody=self._evaluates_everybody
                )
            _append(self._statements, number, prepared)

    def with_resource(self, number: int) -> list[PreparedStatement]:
        """The statements that have a resource."""
        found = self._statements[number]
        return found if isinstance(found, list) else [found]

    def _add_resource(self, number: int, element: Element, effect: str, policy: Policy) -> None:
        # An Allow with an empty NotResource does not apply (POL-13).
        if element.negated and (element.values or effect == "Deny"):
            self.negated[number] = None
        variables = policy.version == NEW_VERSION
        if any(has_unknown(text.value) or (variables and "${" in text.value) for text in element.values):
            self._add_variables(number, element, effect, policy)
            return
        # Where a pattern has two readings, an Allow matches less and a Deny matches more (RES-2).
        strict = (effect == "Allow") is not element.negated
        for text in element.values:
            is_short, patterns = plain_patterns(text.value, kind=policy.kind, strict=strict)
            pattern_ids = self.short if is_short else self.whole
            for pattern in patterns:
                pattern_ids.add(pattern, number, widest=False)

    def _add_variables(self, number: int, element: Element, effect: str, policy: Policy) -> None:
        clause = self._table.resource(element, effect=effect, kind=policy.kind, version=policy.version)
        for entry in clause.entries:
            pattern_ids = self.short if entry.short else self.whole
            if entry.fixed is None:
                for pattern in entry.widest_patterns_of_all():
                    pattern_ids.add(pattern, number, widest=True)
                self.resource_checks[number] = (ClauseCheck(clause),)
            else:
                for tokens, _ in entry.fixed:
                    pattern_ids.add(normalised(tokens), number, widest=False)
