"""The statements of a layer, indexed by the resources that they match."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import NEW_VERSION, Condition, Element, Statement
from execpolicy.document.policy import Policy
from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ActionClause, ClauseTable
from execpolicy.engine.fast.remaining_checks import Checks, ClauseCheck
from execpolicy.engine.fast.resource_index import ResourceIndex
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.resource_entry import plain_patterns
from execpolicy.language.glob import ANY, Tokens, normalised


class IndexedStatement(NamedTuple):
    """A statement without its resource; ``level`` is that of its policy."""

    denies: bool
    level: int
    action: ActionClause
    principal: PrincipalClause | None
    checks: Checks


#: The patterns that match every text: a whole ARN begins with no slash, what follows an API always does.
_EVERYTHING = ((ANY,), ("/", ANY))


class PatternIds:
    """Distinct patterns by number, with the resources that have them: as written, or with variables taken as ``*``."""

    def __init__(self) -> None:
        self._numbers: dict[Tokens, int] = {}
        #: The resources that have a pattern as written, by the number of the pattern.
        self.plain: list[list[int]] = []
        #: The resources that have a pattern with variables taken as ``*``.
        self.widest: dict[int, list[int]] = {}

    def add(self, pattern: Tokens, resource: int, *, widest: bool) -> None:
        """Add a pattern of a resource."""
        number = self._numbers.setdefault(pattern, len(self.plain))
        if number == len(self.plain):
            self.plain.append([])
        if widest:
            self.widest.setdefault(number, []).append(resource)
        else:
            self.plain[number].append(resource)

    def __len__(self) -> int:
        return len(self.plain)

    @property
    def matches_everything(self) -> bool:
        """Whether every pattern matches every text: ``*``, or of what follows an API, ``/*``."""
        return all(pattern in _EVERYTHING for pattern in self._numbers)

    def resource_index(self) -> ResourceIndex | None:
        """An index of the patterns; None where there are none."""
        return ResourceIndex(self._numbers) if self._numbers else None


class StatementIndex:
    """The statements of a layer by the number of their resource. Equal resources have one number.

    A principal that names everybody is left out of its statement, unless ``evaluates_everybody`` keeps it there.
    """

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable, *, evaluates_everybody: bool) -> None:
        #: By the number of the resource.
        self.statements: list[list[IndexedStatement]] = []
        #: The patterns of whole ARNs, and those of short forms.
        self.whole, self.short = PatternIds(), PatternIds()
        #: The resources that are evaluated for every text: those of NotResource.
        self.negated: dict[int, None] = {}
        #: The checks of resources with variables.
        self.resource_checks: dict[int, Checks] = {}
        self._evaluates_everybody = evaluates_everybody
        #: Whether a principal was left out.
        self.has_everybody = False
        self._table = table
        self._principals: dict[int, PrincipalClause] = {}
        self._checks: dict[int, ClauseCheck] = {}
        numbers: dict[object, dict[object, int]] = {}
        for level, policies in enumerate(levels):
            for policy in policies:
                self._add_policy(policy, level, numbers.setdefault((policy.kind, policy.version), {}))

    @property
    def principals(self) -> tuple[PrincipalClause, ...]:
        """The principal clauses that are evaluated for each caller."""
        return tuple(self._principals.values())

    def _add_policy(self, policy: Policy, level: int, numbers: dict[object, int]) -> None:
        # A policy may hold one object for equal elements: those are recognised by identity.
        equal: dict[object, IndexedStatement] = {}
        for statement in policy.statements_without_places:
            resource, effect = statement.resource, statement.effect
            key = (resource.name, effect, *[text.value for text in resource.values])
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(self.statements)
                self.statements.append([])
                self._add_resource(number, resource, effect, policy)
            conditions = (id(statement.conditions), id(statement.empty_conditions), id(statement.unknown_parts))
            identity = (effect, id(statement.action), *conditions, id(statement.principal))
            indexed = equal.get(identity)
            if indexed is None:
                indexed = equal[identity] = self._indexed(statement, level, policy)
            self.statements[number].append(indexed)

    def _indexed(self, statement: Statement, level: int, policy: Policy) -> IndexedStatement:
        table, effect = self._table, statement.effect
        principal: PrincipalClause | None = None
        if statement.principal is not None:
            principal = table.principal(statement.principal, effect=effect, source=policy.source)
            if principal.is_everybody and not self._evaluates_everybody:
                principal = None
                self.has_everybody = True
            else:
                self._principals[id(principal)] = principal
        checks = [self._check(condition, policy, effect) for condition in statement.conditions]
        empty = (table.empty_condition(condition, effect=effect) for condition in statement.empty_conditions)
        checks.extend(map(self._clause_check, empty))
        checks.extend(self._clause_check(table.unknown_part(part)) for part in statement.unknown_parts)
        action = table.action(statement.action, effect=effect)
        return IndexedStatement(effect == "Deny", level, action, principal, tuple(checks))

    def _check(self, condition: Condition, policy: Policy, effect: str) -> ClauseCheck:
        clause = self._table.condition(condition, version=policy.version, effect=effect, source=policy.source)
        return self._clause_check(clause)

    def _clause_check(self, clause: Clause) -> ClauseCheck:
        check = self._checks.get(id(clause))
        if check is None:
            check = self._checks[id(clause)] = ClauseCheck(clause)
        return check

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
