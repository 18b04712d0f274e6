"""The dimension of the resource: ARNs by the patterns of Resource and NotResource, their region and their account.

Region and account of the resource are context keys too (KEY-3): aws:RequestedRegion and aws:ResourceAccount are parts
of the ARN of an API, and no other dimension has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.arn_texts import (
    ALL_RESOURCES,
    EXECUTE_API_ARNS,
    patterns_of_condition,
    patterns_of_entry,
)
from execpolicy.analysis.dimensions.conditions import check_fixed
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.moved_arns import MovedResourceClause
from execpolicy.analysis.dimensions.names import RESOURCE
from execpolicy.analysis.dimensions.resource_examples import SOME_API, KnownApi, beginnings, preferred_resources
from execpolicy.analysis.values.texts import text_domain
from execpolicy.engine.clause import spelled
from execpolicy.engine.resource_clause import ResourceClause

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.text_domain import TextDomain
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause
    from execpolicy.language.glob import Tokens


class ResourceDimension(Dimension):
    """The ARNs of resources.

    Attributes:
        of_execute_api: those of resources of execute-api.
    """

    __slots__ = ("_domain", "_patterns", "of_execute_api")

    def __init__(self, domain: TextDomain, patterns: Mapping[Clause, tuple[TextPattern, ...]]) -> None:
        self.name = RESOURCE
        self._domain = domain
        self._patterns = patterns
        self.full = domain.full
        self.absent = domain.absent
        self.of_execute_api: ValueSet = domain.matching(EXECUTE_API_ARNS)

    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        for values in self._domain.among(self._patterns[clause], self.full):
            if values:
                yield UniformSet(values, self._example(self._domain.example(values)))

    def containing(self, example: ValueExample) -> ValueSet:
        assert example.resource is not None, "an example of this dimension has a resource"
        return self._domain.containing(example.resource)

    def examples(self, values: ValueSet) -> Iterator[ValueExample]:
        return map(self._example, self._domain.examples(values))

    @staticmethod
    def _example(text: str) -> ValueExample:
        return ValueExample(resource=text)


class ResourceBuilder(DimensionBuilder):
    """Collects the clauses that test the resource, its region or its account.

    Args:
        any_service: whether requests for actions of other services are meant too, whose resources may have neither
            region nor account, or be ``*``.
        api: the API whose calls are the best examples.
        assumes_nothing: whether entries with a misplaced variable, whose meaning is assumed (POL-14), are refused.
    """

    __slots__ = ("_any_service", "_api", "_assumes_nothing", "_patterns", "_written")

    def __init__(self, *, any_service: bool = False, api: KnownApi = SOME_API, assumes_nothing: bool = False) -> None:
        self.name = RESOURCE
        self._assumes_nothing = assumes_nothing
        self._any_service = any_service
        self._api = api
        self._patterns: dict[Clause, tuple[TextPattern, ...]] = {}
        #: The patterns of policies as they are written, from which examples are made.
        self._written: list[str] = []

    def add(self, clause: Clause) -> None:
        if isinstance(clause, ResourceClause):
            self._patterns[clause] = self._of_entries(clause)
        elif isinstance(clause, MovedResourceClause):
            self._patterns[clause] = self._of_moved(clause)
        elif isinstance(clause, ArnRegion):
            self._patterns[clause] = (clause.pattern,)
        else:
            self._patterns[clause] = self._of_condition(clause)

    def _of_entries(self, clause: ResourceClause) -> tuple[TextPattern, ...]:
        for entry in clause.entries:
            if entry.misplaced and self._assumes_nothing:
                raise NotComparableError(clause, f"{clause.element} has a variable before the fifth colon")
            if entry.fixed is None:
                names = [f"${{{spelled(name)}}}" for name in dict.fromkeys(entry.template.variables)]
                unknown = [f"the unknown value {name}" for name in dict.fromkeys(entry.template.unknown)]
                raise NotComparableError(clause, f"{clause.element} has {', '.join((*names, *unknown))}")
        for entry in clause.entries:
            self._written += [_as_written(tokens) for tokens, _ in entry.fixed or ()]
        return tuple(pattern for entry in clause.entries for pattern in patterns_of_entry(entry))

    def _of_moved(self, clause: MovedResourceClause) -> tuple[TextPattern, ...]:
        try:
            return clause.patterns(self._of_entries(clause.clause))
        except NotComparableError as error:
            raise NotComparableError(clause, error.reason) from error

    def _of_condition(self, clause: Clause) -> tuple[TextPattern, ...]:
        condition = check_fixed(clause)
        if self._any_service:
            raise NotComparableError(
                clause, f"resources of other services may have no {spelled(condition.key)} in their ARN"
            )
        patterns = patterns_of_condition(condition)
        if patterns is None:
            raise NotComparableError(
                clause, f"{spelled(condition.key)} is divided by texts, and {condition.name} compares something else"
            )
        return patterns

    def build(self, budget: Budget) -> ResourceDimension:
        domain = text_domain(
            [EXECUTE_API_ARNS, *(pattern for patterns in self._patterns.values() for pattern in patterns)],
            within=ALL_RESOURCES if self._any_service else EXECUTE_API_ARNS,
            preferred=preferred_resources(self._written, self._api),
            beginnings=beginnings(self._api),
            budget=budget,
        )
        return ResourceDimension(domain, self._patterns)


def _as_written(tokens: Tokens) -> str:
    return "".join(token if isinstance(token, str) else token.value[0] for token in tokens)
