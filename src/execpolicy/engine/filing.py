"""The statements of a layer, filed by what their resources match."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from execpolicy.engine.chain import Check, Checks
from execpolicy.engine.clauses import ActionClause, PrincipalClause, ResourceClause
from execpolicy.engine.index import Pattern, ResourceIndex
from execpolicy.language.glob import ANY

if TYPE_CHECKING:
    from execpolicy.engine.compile import CompiledStatement


class Rule(NamedTuple):
    """A statement without its resource."""

    denies: bool
    level: int
    action: ActionClause
    principal: PrincipalClause | None
    checks: Checks


#: A whole ARN begins with no slash, what follows an API always does.
_EVERYTHING = ((ANY,), ("/", ANY))


class Filing:
    """Patterns with the resource clauses that hold one: plainly, or with variables taken as ``*``."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[object, ...], int] = {}
        self._patterns: list[Pattern] = []
        self.plain: list[list[int]] = []
        self.loose: list[list[int]] = []

    def add(self, pattern: Pattern, clause: int, *, loose: bool) -> None:
        number = self._numbers.setdefault(pattern.tokens, len(self._patterns))
        if number == len(self._patterns):
            self._patterns.append(pattern)
            self.plain.append([])
            self.loose.append([])
        (self.loose if loose else self.plain)[number].append(clause)

    def __len__(self) -> int:
        return len(self._patterns)

    @property
    def tells_nothing(self) -> bool:
        """Whether each pattern matches every text: ``*``, or of what follows an API, ``/*``."""
        return all(pattern.tokens in _EVERYTHING for pattern in self._patterns)

    def index(self) -> ResourceIndex | None:
        return ResourceIndex(self._patterns) if self._patterns else None


def rule_of(statement: CompiledStatement, level: int, shared: dict[int, Check]) -> tuple[Rule, ResourceClause]:
    """A statement apart from its resource, and its resource."""
    action: ActionClause | None = None
    resource: ResourceClause | None = None
    principal: PrincipalClause | None = None
    checks = []
    for occurrence in statement.occurrences:
        clause = occurrence.clause
        if isinstance(clause, ActionClause):
            action = clause
        elif isinstance(clause, ResourceClause):
            resource = clause
        elif isinstance(clause, PrincipalClause):
            principal = None if clause.is_everybody else clause
        else:
            check = shared.get(id(clause))
            if check is None:
                check = shared[id(clause)] = Check(clause)
            checks.append(check)
    assert action is not None
    assert resource is not None
    return Rule(statement.denies, level, action, principal, tuple(checks)), resource
