"""The statements of a layer, filed by what their resources match."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import NEW_VERSION, Condition, Element, Statement
from execpolicy.document.policy import Policy
from execpolicy.engine.clauses import ActionClause, ClauseTable, PrincipalClause, plain_patterns
from execpolicy.engine.fast.chain import Check, Checks
from execpolicy.engine.fast.resource_index import ResourceIndex
from execpolicy.language.glob import ANY, Tokens, normalised


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
    """Patterns with the numbers of the resources that hold one: plainly, or with variables taken as ``*``."""

    def __init__(self) -> None:
        self._numbers: dict[Tokens, int] = {}
        self.plain: list[list[int]] = []
        self.widest_tokens: dict[int, list[int]] = {}

    def add(self, pattern: Tokens, resource: int, *, widest_tokens: bool) -> None:
        number = self._numbers.setdefault(pattern, len(self.plain))
        if number == len(self.plain):
            self.plain.append([])
        if widest_tokens:
            self.widest_tokens.setdefault(number, []).append(resource)
        else:
            self.plain[number].append(resource)

    def __len__(self) -> int:
        return len(self.plain)

    @property
    def tells_nothing(self) -> bool:
        """Whether each pattern matches every text: ``*``, or of what follows an API, ``/*``."""
        return all(pattern in _EVERYTHING for pattern in self._numbers)

    def index(self) -> ResourceIndex | None:
        return ResourceIndex(self._numbers) if self._numbers else None


class Filed:
    """A layer's statements as rules, by the number of their resource. Equal resources have one number.

    A principal that names everybody is left out of its rule, unless ``asks_everybody`` keeps it there.
    """

    def __init__(self, levels: Iterable[Iterable[Policy]], table: ClauseTable, *, asks_everybody: bool) -> None:
        self.rules: list[list[Rule]] = []
        self.whole, self.short = Filing(), Filing()
        #: The resources that are to be looked at for every text: those of NotResource.
        self.negated: dict[int, None] = {}
        #: What to ask of each request about a resource that holds variables.
        self.resource_checks: dict[int, Checks] = {}
        self._asks_everybody = asks_everybody
        #: Whether a principal was left out.
        self.has_everybody = False
        self._table = table
        self._names: dict[int, PrincipalClause] = {}
        self._checks: dict[int, Check] = {}
        numbers: dict[object, dict[object, int]] = {}
        for level, policies in enumerate(levels):
            for policy in policies:
                self._file(policy, level, numbers.setdefault((policy.kind, policy.version), {}))

    @property
    def names(self) -> tuple[PrincipalClause, ...]:
        """The principal clauses that are asked of each caller."""
        return tuple(self._names.values())

    def _file(self, policy: Policy, level: int, numbers: dict[object, int]) -> None:
        # Where elements are alike, a policy may hold one for all of them: then they are known by being the same object.
        alike: dict[object, Rule] = {}
        for statement in policy.statements_without_places:
            resource, effect = statement.resource, statement.effect
            key = (resource.name, effect, *[text.value for text in resource.values])
            number = numbers.get(key)
            if number is None:
                number = numbers[key] = len(self.rules)
                self.rules.append([])
                self._file_resource(number, resource, effect, policy)
            look = (effect, id(statement.action), id(statement.conditions), id(statement.principal))
            rule = alike.get(look)
            if rule is None:
                rule = alike[look] = self._rule(statement, level, policy.version)
            self.rules[number].append(rule)

    def _rule(self, statement: Statement, level: int, version: str) -> Rule:
        table, effect = self._table, statement.effect
        principal: PrincipalClause | None = None
        if statement.principal is not None:
            principal = table.principal(statement.principal, effect=effect)
            if principal.is_everybody and not self._asks_everybody:
                principal = None
                self.has_everybody = True
            else:
                self._names[id(principal)] = principal
        checks = tuple([self._check(condition, version) for condition in statement.conditions])
        return Rule(effect == "Deny", level, table.action(statement.action), principal, checks)

    def _check(self, condition: Condition, version: str) -> Check:
        clause = self._table.condition(condition, version=version)
        check = self._checks.get(id(clause))
        if check is None:
            check = self._checks[id(clause)] = Check(clause)
        return check

    def _file_resource(self, number: int, element: Element, effect: str, policy: Policy) -> None:
        if element.negated:
            self.negated[number] = None
        variables = policy.version == NEW_VERSION
        if variables and any("${" in text.value for text in element.values):
            self._file_variables(number, element, effect, policy)
            return
        # What is in doubt neither widens an Allow nor narrows a Deny.
        strict = (effect == "Allow") is not element.negated
        for text in element.values:
            is_short, patterns = plain_patterns(text.value, kind=policy.kind, strict=strict)
            filing = self.short if is_short else self.whole
            for pattern in patterns:
                filing.add(pattern, number, widest_tokens=False)

    def _file_variables(self, number: int, element: Element, effect: str, policy: Policy) -> None:
        clause = self._table.resource(element, effect=effect, kind=policy.kind, version=policy.version)
        for entry in clause.entries:
            filing = self.short if entry.short else self.whole
            if entry.fixed is None:
                # The variables that are left stand after the fifth colon, so no such ARN is cut short (RES-2, POL-14).
                filing.add(entry.template.widest_tokens(), number, widest_tokens=True)
                self.resource_checks[number] = (Check(clause),)
            else:
                for tokens, _ in entry.fixed:
                    filing.add(normalised(tokens), number, widest_tokens=False)
