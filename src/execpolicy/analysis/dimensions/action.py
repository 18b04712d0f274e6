"""The dimension of the action: in lower case, because the case of an action does not count (ACT-1)."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.names import ACTION
from execpolicy.analysis.values.characters import one_of
from execpolicy.analysis.values.text_pattern import TextPattern, glob_pattern, literal, repeated, sequence
from execpolicy.analysis.values.texts import text_domain
from execpolicy.document.action_name import EXECUTE_API_ACTIONS
from execpolicy.engine.clauses import ActionClause
from execpolicy.language.glob import tokens_of

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_domain import TextDomain
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause

_NAME = repeated(one_of(string.ascii_lowercase + string.digits), at_least=1)
_SERVICE = repeated(one_of(string.ascii_lowercase + string.digits + "-"), at_least=1)
#: The actions that requests to APIs have; a request accepts other names of the service than the three that exist.
_OF_EXECUTE_API = sequence(literal("execute-api:"), _NAME)
_OF_ANY_SERVICE = sequence(_SERVICE, literal(":"), _NAME)
#: Stands for the actions of other services.
_OTHER_ACTION = "s3:GetObject"


class ActionDimension(Dimension):
    """The actions of requests.

    Attributes:
        of_execute_api: those of execute-api.
    """

    __slots__ = ("_domain", "_patterns", "_spelled", "of_execute_api")

    def __init__(
        self, domain: TextDomain, patterns: Mapping[Clause, tuple[TextPattern, ...]], spelled: Mapping[str, str]
    ) -> None:
        self.name = ACTION
        self._domain = domain
        self._patterns = patterns
        self._spelled = spelled
        self.full = domain.full
        self.absent = domain.absent
        self.of_execute_api: ValueSet = domain.matching(_OF_EXECUTE_API)

    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        for values in self._domain.among(self._patterns[clause], self.full):
            if values:
                yield UniformSet(values, self._example(self._domain.example(values)))

    def containing(self, example: ValueExample) -> ValueSet:
        assert example.action is not None, "an example of this dimension has an action"
        # The lower case of some other characters is in ASCII: no request has them.
        return self._domain.containing(example.action.lower()) if example.action.isascii() else self.absent

    def examples(self, values: ValueSet) -> Iterator[ValueExample]:
        return map(self._example, self._domain.examples(values))

    def _example(self, text: str) -> ValueExample:
        return ValueExample(action=self._spelled.get(text, text))


class ActionBuilder(DimensionBuilder):
    """Collects the clauses that test the action.

    Args:
        any_service: whether requests for actions of other services than execute-api are meant too.
    """

    __slots__ = ("_any_service", "_patterns", "_spelled")

    def __init__(self, *, any_service: bool = False) -> None:
        self.name = ACTION
        self._any_service = any_service
        self._patterns: dict[Clause, tuple[TextPattern, ...]] = {}
        #: By the lower case of an action, how it is written: by AWS or in a policy.
        self._spelled = {action.lower(): action for action in EXECUTE_API_ACTIONS}

    def add(self, clause: Clause) -> None:
        assert isinstance(clause, ActionClause), "only Action and NotAction test the action"
        if clause.may_match:
            names = ", ".join(dict.fromkeys(name for names, _ in clause.may_match for name in names))
            raise NotComparableError(clause, f"{clause.element} has the unknown value {names}")
        self._patterns[clause] = tuple(glob_pattern(tokens_of(value.lower())) for value in clause.values)
        for value in clause.values:
            self._spelled.setdefault(value.lower(), value)

    def build(self, budget: Budget) -> ActionDimension:
        of_execute_api = [literal(action.lower()) for action in EXECUTE_API_ACTIONS]
        of_clauses = (pattern for patterns in self._patterns.values() for pattern in patterns)
        domain = text_domain(
            [_OF_EXECUTE_API, *of_execute_api, *of_clauses],
            within=_OF_ANY_SERVICE if self._any_service else _OF_EXECUTE_API,
            preferred=[*self._spelled, _OTHER_ACTION.lower()],
            budget=budget,
        )
        return ActionDimension(domain, self._patterns, {_OTHER_ACTION.lower(): _OTHER_ACTION, **self._spelled})
