"""The space of all requests that some statements tell apart: its dimensions, and the box of each statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.allowed_requests import StatementBox
from execpolicy.analysis.box import intersection
from execpolicy.analysis.dimensions.action import ActionDimension
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.dimensions.dimension import ValueExample, changed_view
from execpolicy.analysis.dimensions.moved_arns import MovedResourceClause
from execpolicy.analysis.dimensions.names import ACTION, CALLER, NETWORK, RESOURCE, dimension_of_key
from execpolicy.analysis.dimensions.resource import ResourceDimension
from execpolicy.analysis.impossible import impossible_boxes
from execpolicy.analysis.not_known_values import TestedValues, can_be_left_out, union
from execpolicy.analysis.organizations import organizations
from execpolicy.analysis.relations import relation_of
from execpolicy.analysis.resource_fields import ResourceField, is_of_arn, resource_fields
from execpolicy.analysis.statement_parts import parts_of
from execpolicy.analysis.variable_values import DistinguishedValues
from execpolicy.engine.clauses import ActionClause, ConditionClause, EmptyConditionClause, UnknownPartClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.request import DEFAULT_VISIBILITY
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.key_presence import traits_of

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.dimension import Dimension
    from execpolicy.analysis.organizations import Organization
    from execpolicy.analysis.relations import VariableRelation
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.request import Visibility
    from execpolicy.engine.view import View
    from execpolicy.language.request_details import ContextValues
    from execpolicy.language.truth import Truth

#: The two values of the dimension of a clause that no other dimension can divide its values by.
_APPLIES, _DOES_NOT_APPLY = 1, 2


class UndividedClause(NamedTuple):
    """A clause that no dimension can divide its values by, the reason, and the dimension that it has alone (ANA-1).

    Whether it applies is taken as a property of its own. Equal clauses have one such dimension, so what two policies
    say about it is compared exactly; but which requests it applies to is not known.
    """

    clause: Clause
    name: str
    reason: str
    place: str = ""

    def __str__(self) -> str:
        at = f", at {self.place}" if self.place else ""
        return f"{self.clause.element} {', '.join(self.clause.values)}: {self.reason}{at}"


class Space:
    """All requests, as the statements of both sides of an analysis tell them apart.

    Args:
        statements: every statement that the analysis reads.
        regions: sets of resources besides those of the statements.
        within: the region of the resources that are meant; by default any resource.
        visibility: how the service sees the requests.
        more: dimensions besides those of requests, each with all of its values, which are bits.
        anonymous: the view of a request without a caller, which some statements receive whatever its caller is (GW-22).
        divides_statements: whether a value with variables is divided from the others of its list, and a statement is
            divided by the values of the keys of variables.
        base: the view of a request of which single values are changed to test a clause.
        builders: what makes the dimensions.
        budget: counts the steps.

    Raises:
        BudgetExceededError: a dimension has too many values.
    """

    __slots__ = (
        "_any_service",
        "_parts",
        "_places",
        "_sets",
        "_values",
        "base",
        "dimensions",
        "everything",
        "impossible",
        "undivided",
    )

    def __init__(
        self,
        statements: Iterable[CompiledStatement],
        base: View,
        builders: DimensionBuilders,
        budget: Budget,
        *,
        regions: Iterable[ArnRegion] = (),
        within: ArnRegion | None = None,
        visibility: Visibility = DEFAULT_VISIBILITY,
        more: Mapping[str, int] = MappingProxyType({}),
        anonymous: View | None = None,
        divides_statements: bool = True,
    ) -> None:
        self.base = base
        self.undivided: dict[Clause, UndividedClause] = {}
        #: The values on which a clause holds, by the clause and by whether the caller has a permissions boundary.
        self._sets: dict[tuple[Clause, bool], TestedValues] = {}
        self._any_service = builders.any_service
        statements = tuple(statements)
        #: By the id of a statement, which stays as long as it is here.
        self._parts: dict[int, tuple[CompiledStatement, tuple[CompiledStatement, ...]]] = {}
        self._values = self._distinguished(statements, builders) if divides_statements else None
        #: The place of each clause, in one of the statements that have it.
        self._places = {
            each.clause: statement.place
            for statement in statements
            for part in self._parts_of(statement)
            for each in part.occurrences
        }
        clauses: list[Clause] = [
            *self._places,
            *dict.fromkeys((*regions, *([within] if within else ()))),
        ]
        related = organizations(clauses)
        clauses.extend(clause for each in related for clause in each.clauses)
        relations = self._relations(clauses)
        clauses.extend(dict.fromkeys(clause for each in relations for clause in each.clauses))
        fields = tuple(resource_fields(clauses)) if builders.any_service else ()
        clauses.extend(dict.fromkeys(each.matching for each in fields if each.matching is not None))
        self.dimensions = self._built(clauses, builders, budget)
        for clause in clauses:
            self._test(clause)
            if anonymous is not None and _describes_caller(clause) and clause.test(anonymous) is None:
                self._leave_undivided(clause, "it is not known whether it applies to anonymous callers")
        everything: dict[str, ValueSet] = {name: each.full for name, each in self.dimensions.items()}
        for name, tested in self._by_dimension(clauses).items():
            left_out = self._left_out(name, tested)
            if left_out is not None:
                everything[name] = everything[name] & ~left_out
        everything.update(more)
        everything.update({each.name: _APPLIES | _DOES_NOT_APPLY for each in self.undivided.values()})
        if within is not None:
            everything[RESOURCE] = self.values_of(within)
        self.everything: Box = everything
        action, resource = self.dimensions[ACTION], self.dimensions[RESOURCE]
        self.impossible = impossible_boxes(
            self.dimensions,
            visibility=visibility,
            execute_api=action.of_execute_api if isinstance(action, ActionDimension) else None,
            only_execute_api=not builders.any_service,
            apis=resource.of_execute_api if isinstance(resource, ResourceDimension) else None,
        )
        for each in related:
            self.impossible.extend(self._impossible_in(each))
        for field in fields:
            self.impossible.extend(self._impossible_of_api(field))
        for relation in relations:
            self.impossible.extend(self._impossible_by_relation(relation))

    def _distinguished(
        self, statements: Iterable[CompiledStatement], builders: DimensionBuilders
    ) -> DistinguishedValues:
        """The values of the keys of variables that are distinguished, among them those of the given callers."""

        def of_callers(key: str) -> Iterator[ContextValues]:
            for caller in builders.callers:
                yield changed_view(self.base, ValueExample(principal=caller)).values(key)

        return DistinguishedValues(statements, any_service=self._any_service, of_callers=of_callers)

    def _relations(self, clauses: Iterable[Clause]) -> list[VariableRelation]:
        """What is known of the clauses with variables."""
        values = self._values
        if values is None:
            return []
        found = (relation_of(each, values) for each in clauses if each.keys_of_variables())
        return [each for each in found if each is not None]

    def _impossible_by_relation(self, relation: VariableRelation) -> Iterator[Box]:
        """The values that a clause with variables cannot apply to, or must."""
        undivided = self.undivided.get(relation.clause)
        if undivided is None or any(each in self.undivided for each in relation.clauses):
            return
        property_of = {undivided.name: _DOES_NOT_APPLY if relation.negated else _APPLIES}
        subject = self.dimensions[self._name_of(relation.clause)]
        yield from relation.impossible(property_of, self._box_of_fixed, subject)

    def _box_of_fixed(self, clause: Clause) -> Box | None:
        return self._box_of_clause(clause, has_boundary=False, seen_as=None)

    def _impossible_in(self, organization: Organization) -> Iterator[Box]:
        """The ids and the paths of an organization that do not agree."""
        if not any(clause in self.undivided for clause in organization.clauses):
            ids, paths = self.dimensions[organization.id_key], self.dimensions[organization.paths_key]
            yield from organization.impossible(ids, paths, self._where)

    def _impossible_of_api(self, field: ResourceField) -> Iterator[Box]:
        """The values of a key that do not agree with the ARN of an API."""
        resource, key = self.dimensions[RESOURCE], field.clause.condition.key
        assert isinstance(resource, ResourceDimension), "the dimension of the resource has the resources of APIs"
        dimension, apis = self.dimensions[key], resource.of_execute_api
        yield {RESOURCE: apis, key: dimension.absent}
        if field.clause in self.undivided:
            return
        holds = self._where(field.clause)
        matching = apis & ~apis if field.matching is None else apis & self.values_of(field.matching)
        for arns in (matching, apis & ~matching):
            if arns:
                truth = self._truth(field.clause, next(resource.examples(arns)), has_boundary=False)
                yield {RESOURCE: arns, key: dimension.full & ~holds if truth else holds}

    def _name_of(self, clause: Clause) -> str:
        """The name of the dimension that a clause limits."""
        if self._any_service and isinstance(clause, ConditionClause) and is_of_arn(clause):
            return clause.condition.key
        return dimension_of(clause)

    def _where(self, clause: Clause) -> ValueSet:
        return self._tested(clause, self.dimensions[self._name_of(clause)], has_boundary=False).holds

    def _by_dimension(self, clauses: Iterable[Clause]) -> dict[str, list[Clause]]:
        """The clauses that test a dimension, by its name."""
        by_dimension: dict[str, list[Clause]] = {ACTION: [], RESOURCE: [], CALLER: [], NETWORK: []}
        for clause in clauses:
            if isinstance(clause, UnknownPartClause):
                self._leave_undivided(clause, "it is not known what it says")
            elif not isinstance(clause, EmptyConditionClause):
                by_dimension.setdefault(self._name_of(clause), []).append(clause)
        return by_dimension

    def _built(self, clauses: Iterable[Clause], builders: DimensionBuilders, budget: Budget) -> dict[str, Dimension]:
        made: dict[str, Dimension] = {}
        for name, tested in self._by_dimension(clauses).items():
            made[name], refused = builders.built(name, tested, budget)
            for error in refused:
                self._leave_undivided(error.clause, error.reason)
        return made

    def _leave_undivided(self, clause: Clause, reason: str) -> None:
        if clause not in self.undivided:
            name, place = f"clause {len(self.undivided)}", self._places.get(clause, "")
            self.undivided[clause] = UndividedClause(clause, name, reason, place)

    def box(
        self, statement: CompiledStatement, *, has_boundary: bool = False, seen_as: View | None = None
    ) -> Box | None:
        """The requests that a statement applies to; None if there are none.

        Args:
            statement: one of those that the space was made for.
            has_boundary: whether the caller has a permissions boundary (PRN-6).
            seen_as: the view of a request of an anonymous caller, if the statement receives such a caller whoever calls
                (GW-22).
        """
        box: Box | None = {}
        for occurrence in statement.occurrences:
            part = self._box_of_clause(occurrence.clause, has_boundary=has_boundary, seen_as=seen_as)
            box = None if box is None or part is None else intersection(box, part)
        return box

    def boxes(
        self, statement: CompiledStatement, *, has_boundary: bool = False, seen_as: View | None = None
    ) -> Iterator[StatementBox]:
        """The requests that a statement applies to, with a box for each of its parts; as for ``box``."""
        for part in self._parts_of(statement):
            box = self.box(part, has_boundary=has_boundary, seen_as=seen_as)
            if box is not None:
                yield StatementBox(statement, box)

    def _parts_of(self, statement: CompiledStatement) -> tuple[CompiledStatement, ...]:
        """The statement as several ones: variables are divided from other values, and mostly their keys have values."""
        if self._values is None:
            return (statement,)
        found = self._parts.get(id(statement))
        if found is None:
            parts = tuple(each for part in parts_of(statement) for each in self._values.parts(part))
            self._parts[id(statement)] = found = statement, parts
        return found[1]

    def common(self, *statements: CompiledStatement) -> Box | None:
        """The requests that all statements apply to; None if there are none."""
        whole: Box | None = {}
        for each in statements:
            box = self.box(each)
            whole = None if whole is None or box is None else intersection(whole, box)
        return whole

    def values_of(self, region: ArnRegion) -> ValueSet:
        """The values of the resource that are in a region; the space was made for it."""
        return self._tested(region, self.dimensions[RESOURCE], has_boundary=False).holds

    def _test(self, clause: Clause) -> None:
        """Find the values on which a clause holds; one that is not known for an example is left undivided."""
        if isinstance(clause, EmptyConditionClause) or clause in self.undivided:
            return
        tested = self._tested(clause, self.dimensions[self._name_of(clause)], has_boundary=False)
        reads_request = isinstance(clause, ConditionClause) and not clause.condition.unknown
        if tested.not_known and not reads_request:
            self._leave_undivided(clause, "it depends on what is not known")

    def _left_out(self, name: str, clauses: Iterable[Clause]) -> ValueSet | None:
        """The values of a dimension that are left out because it is not known whether conditions hold for them.

        Where they cannot be left out, the conditions are left undivided.
        """
        tested = {each: self._sets[each, False] for each in clauses if each not in self.undivided}
        not_known = {clause: each.not_known for clause, each in tested.items() if each.not_known}
        values = union(not_known.values())
        if values is None or can_be_left_out(values, self.dimensions[name].full, tested.values()):
            return values
        for clause in not_known:
            self._leave_undivided(clause, "it depends on what is not known")
        return None

    def _box_of_clause(self, clause: Clause, *, has_boundary: bool, seen_as: View | None) -> Box | None:
        if isinstance(clause, EmptyConditionClause):
            return {} if clause.holds else None
        if seen_as is not None and _describes_caller(clause):
            truth = clause.test(seen_as)
            if truth is not None:
                return {} if truth else None
            assert clause in self.undivided, "the space was made for this view"
        undivided = self.undivided.get(clause)
        if undivided is not None:
            return {undivided.name: _APPLIES}
        name = self._name_of(clause)
        values = self._tested(clause, self.dimensions[name], has_boundary=has_boundary).holds
        if not values:
            return None
        return {name: values} if self.dimensions[name].full & ~values else {}

    def _tested(self, clause: Clause, dimension: Dimension, *, has_boundary: bool) -> TestedValues:
        """The values of a dimension on which a clause holds."""
        key = (clause, has_boundary)
        found = self._sets.get(key)
        if found is None:
            holds = not_known = dimension.full & ~dimension.full
            for part in dimension.parts(clause):
                truth = self._truth(clause, part.example, has_boundary=has_boundary)
                if truth is None:
                    not_known = not_known | part.values
                elif truth:
                    holds = holds | part.values
            self._sets[key] = found = TestedValues(holds, not_known)
        return found

    def _truth(self, clause: Clause, example: ValueExample, *, has_boundary: bool) -> Truth:
        view = changed_view(self.base, example)
        view.has_boundary = has_boundary
        return clause.test(view)


def dimension_of(clause: Clause) -> str:
    """The name of the dimension that a clause limits."""
    if isinstance(clause, ActionClause):
        return ACTION
    if isinstance(clause, (ResourceClause, MovedResourceClause, ArnRegion)):
        return RESOURCE
    if isinstance(clause, PrincipalClause):
        return CALLER
    assert isinstance(clause, ConditionClause), "every other clause limits no dimension"
    return dimension_of_key(clause.condition.key)


def _describes_caller(clause: Clause) -> bool:
    """Whether a clause reads what only the policies of methods with AWS_IAM receive of the caller (GW-22)."""
    if isinstance(clause, ConditionClause):
        return dimension_of(clause) == CALLER or traits_of(clause.condition.key).iam_only
    return isinstance(clause, PrincipalClause)
