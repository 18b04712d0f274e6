"""What is impossible: no box has a request that there can be, and what is in none of them is a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import Any

import pytest
from hypothesis import assume, given

from execpolicy import Context, Policy, Principal, Request, Target
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.caller import CallerBuilder, CallerDimension
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.given_callers import GivenCallersBuilder
from execpolicy.analysis.dimensions.key_builder import builder_for_key
from execpolicy.analysis.dimensions.names import CALLER, NETWORK, dimension_of_key
from execpolicy.analysis.dimensions.network import DIRECT, ENDPOINT, FORWARDED, NetworkBuilder
from execpolicy.analysis.impossible import impossible_boxes
from execpolicy.analysis.search import search
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.key_presence import Carried, carried, traits_of
from tests.model.evaluator import World
from tests.properties.worlds import OF_THE_APP, request_of, worlds


def conditions_of(request: Request, target: Target) -> list[ConditionClause]:
    """The conditions of all policies of a request, each once."""
    layers = {**target.compiled(), **request.caller.compiled()}.values()
    clauses = [
        each.clause for policies in layers for statement in policies.statements() for each in statement.occurrences
    ]
    return [clause for clause in dict.fromkeys(clauses) if isinstance(clause, ConditionClause)]


def dimensions_of(conditions: Iterable[ConditionClause], callers: DimensionBuilder) -> dict[str, Dimension]:
    """The dimensions that conditions tell apart."""
    by_key: dict[str, list[ConditionClause]] = {}
    for clause in conditions:
        by_key.setdefault(clause.condition.key, []).append(clause)
    builders: dict[str, DimensionBuilder] = {CALLER: callers, NETWORK: NetworkBuilder()}
    for key, clauses in by_key.items():
        name = dimension_of_key(key)
        builder = builders.setdefault(name, builders.get(name) or builder_for_key(key, clauses))
        for clause in clauses:
            try:
                builder.add(clause)
            except NotComparableError:
                continue
    return {name: builder.build(Budget()) for name, builder in builders.items() if name != "resource"}


def is_in(box: Mapping[str, Any], dimensions: Mapping[str, Dimension], request: Request) -> bool:
    """Whether a box has a request. A request with a value that is not known is in none that limits the key."""
    for name, values in box.items():
        found = request.values(name) if name not in (CALLER, NETWORK) else ()
        if found is None:
            return False
        keys = (
            {name: found}
            if name not in (CALLER, NETWORK)
            else {key.lower(): values for key, values in request.context.values.items()}
        )
        example = ValueExample(principal=request.caller.principal, keys=keys)
        if not dimensions[name].containing(example) & values:
            return False
    return True


def carries_what_it_gives(request: Request) -> bool:
    """Whether such a request can have the keys of its context, and lack those without a value (KEY-4).

    A context may say otherwise.
    """
    details = request.key_values()
    return not any(
        carried(details, traits_of(name.lower())) is (Carried.NEVER if given else Carried.SURELY)
        for name, given in request.context.values.items()
    )


@pytest.mark.rule("KEY-4")
@given(worlds())
def test_no_box_has_a_request(world: World) -> None:
    request, target = request_of(world)
    caller = request.caller.principal
    assume(caller.kind != "role" and carries_what_it_gives(request))
    conditions = conditions_of(request, target)
    for callers in (CallerBuilder(partitions=["aws", "aws-cn"]), GivenCallersBuilder([caller])):
        dimensions = dimensions_of(conditions, callers)
        for box in impossible_boxes(dimensions):
            assert not is_in(box, dimensions, request), (box, request)


@pytest.mark.rule("KEY-4")
@given(worlds())
def test_the_examples_that_no_box_has_are_requests(world: World) -> None:
    dimensions = dimensions_of(conditions_of(*request_of(world)), CallerBuilder())
    assume(all(len(dimensions.keys() & related) < 2 for related in RELATED) and not dimensions.keys() & OF_PATHS)
    boxes = impossible_boxes(dimensions, only_execute_api=True)
    everything = {name: dimension.full for name, dimension in dimensions.items()}
    for box in islice(search(everything, [], boxes, Budget()), _BOXES):
        examples = {name: list(dimensions[name].examples(values)) for name, values in box.items()}
        for chosen in islice(zip_longest_of(examples), _EXAMPLES):
            keys = {key: list(values) for each in chosen for key, values in each.keys.items() if values}
            principal = next(each.principal for each in chosen if each.principal is not None)
            Request(
                caller=principal,
                action="execute-api:Invoke",
                resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets",
                context=Context(keys, allow_unknown=OF_THE_APP),
            )


_BOXES, _EXAMPLES = 12, 6
#: All paths of a request are of one organization: a box does not say so of a list of them.
OF_PATHS = {"aws:principalorgpaths", "aws:resourceorgpaths"}
#: Keys whose values follow from each other: boxes do not say that two values are equal.
RELATED = (
    {"aws:principalorgid", "aws:resourceorgid"},
    {"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:calledviaawsmcp", "aws:viaawsmcpservice"},
)


def zip_longest_of(examples: Mapping[str, list[ValueExample]]) -> Iterator[list[ValueExample]]:
    """The first examples of all dimensions, then the second ones, …: of a dimension with fewer ones the last."""
    for number in range(max(map(len, examples.values()))):
        yield [each[min(number, len(each) - 1)] for each in examples.values()]


def dimensions_for(*conditions: tuple[str, str, str], callers: DimensionBuilder | None = None) -> dict[str, Dimension]:
    """The dimensions of conditions, each an operator, a key and a value."""
    block: dict[str, dict[str, str]] = {}
    for operator, key, value in conditions:
        block.setdefault(operator, {})[key] = value
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": block}
    policy = Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind="resource")
    request = Request(caller="anonymous", action="execute-api:Invoke", resource=RESOURCE)
    return dimensions_of(conditions_of(request, Target(resource=policy)), callers or CallerBuilder())


RESOURCE = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
SOURCES = (
    ("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    ("StringEquals", "aws:SourceVpce", "vpce-1"),
    ("StringEquals", "aws:SourceVpc", "vpc-1"),
)


def possible(
    dimensions: Mapping[str, Dimension], *, kind: str | None = None, **visibility: Any
) -> set[tuple[int, tuple[bool, ...]]]:
    """For the callers of a kind: how their requests may reach the service, with the keys that are then present."""
    callers = dimensions[CALLER]
    everything: dict[str, Any] = {name: dimension.full for name, dimension in dimensions.items()}
    if kind is not None:
        assert isinstance(callers, CallerDimension)
        everything[CALLER] = callers.of_kinds(kind)
    keys = [name for name in dimensions if name not in (CALLER, NETWORK)]
    found = set()
    for box in search(everything, [], impossible_boxes(dimensions, **visibility), Budget()):
        for way in (DIRECT, ENDPOINT, FORWARDED):
            if not box[NETWORK] & way:
                continue
            for presence in product(*([False, True] for _ in keys)):
                sets = {name: _those(dimensions[name], present) for name, present in zip(keys, presence, strict=True)}
                if all(box[name] & sets[name] for name in keys):
                    found.add((way, presence))
    return found


def _those(dimension: Dimension, present: bool) -> Any:
    return dimension.full & ~dimension.absent if present else dimension.absent


@pytest.mark.rule("GW-19")
def test_the_keys_of_an_endpoint_come_together_and_never_with_a_source_address() -> None:
    dimensions = dimensions_for(*SOURCES)
    assert possible(dimensions, kind="user") == {
        (DIRECT, (True, False, False)),
        (ENDPOINT, (False, True, True)),
        # It is not known whether a call that a service makes for its caller has the address (KEY-4).
        (FORWARDED, (True, False, False)),
        (FORWARDED, (False, False, False)),
    }
    assert possible(dimensions, kind="anonymous") == {(DIRECT, (True, False, False)), (ENDPOINT, (False, True, True))}


@pytest.mark.rule("KEY-4")
def test_only_a_service_may_call_from_the_internet_without_an_address() -> None:
    found = possible(dimensions_for(*SOURCES), kind="service")
    assert {presence for way, presence in found if way == DIRECT} == {(True, False, False), (False, False, False)}
    assert not [way for way, _ in found if way == FORWARDED]


@pytest.mark.rule("GW-19")
def test_a_private_api_has_no_source_address_and_a_regional_one_no_endpoint() -> None:
    dimensions = dimensions_for(*SOURCES)
    private = possible(dimensions, kind="user", visibility=(True, True))
    assert private == {(ENDPOINT, (False, True, True)), (FORWARDED, (False, False, False))}
    regional = possible(dimensions, kind="user", visibility=(True, False))
    assert {way for way, _ in regional} == {DIRECT, FORWARDED}
    assert (DIRECT, (True, False, False)) in regional
    assert not [presence for _, presence in regional if True in presence[1:]]


@pytest.mark.rule("GW-22")
def test_a_service_that_does_not_authenticate_withholds_the_keys_of_callers() -> None:
    dimensions = dimensions_for(("StringEquals", "aws:PrincipalOrgID", "o-1"), ("Null", "aws:TokenIssueTime", "true"))
    seen = possible(dimensions, kind="session", visibility=(False, None), only_execute_api=True)
    assert {presence for _, presence in seen} == {(False, False)}
    signed = possible(dimensions, kind="session", only_execute_api=True)
    assert {presence for _, presence in signed} == {(False, True), (True, True)}


@pytest.mark.rule("KEY-4")
def test_only_temporary_credentials_have_a_time_and_only_members_an_organization() -> None:
    dimensions = dimensions_for(("StringEquals", "aws:PrincipalOrgID", "o-1"), ("Null", "aws:TokenIssueTime", "true"))
    for kind in ("anonymous", "service"):
        assert not [presence for _, presence in possible(dimensions, kind=kind) if presence[0]]
    assert {presence[1] for _, presence in possible(dimensions, kind="session")} == {True}
    assert {presence[1] for _, presence in possible(dimensions, kind="user")} == {True, False}
    assert {presence[1] for _, presence in possible(dimensions, kind="anonymous")} == {False}


@pytest.mark.rule("KEY-3")
def test_tags_and_the_organization_of_given_callers_are_theirs() -> None:
    red = Principal.parse("arn:aws:iam::111122223333:user/Ann", tags={"team": "red"}, org_id="o-1")
    none = Principal.parse("arn:aws:iam::111122223333:user/Bob", tags={})
    conditions = (("StringEquals", "aws:PrincipalTag/team", "red"), ("StringEquals", "aws:PrincipalOrgID", "o-1"))
    dimensions = dimensions_for(*conditions, callers=GivenCallersBuilder([red]))
    (box,) = search({name: each.full for name, each in dimensions.items()}, [], impossible_boxes(dimensions), Budget())
    assert list(dimensions["aws:principaltag/team"].examples(box["aws:principaltag/team"])) == [
        ValueExample(keys={"aws:principaltag/team": ("red",)})
    ]
    assert {presence for _, presence in possible(dimensions)} == {(True, True)}
    dimensions = dimensions_for(*conditions, callers=GivenCallersBuilder([none]))
    assert {presence for _, presence in possible(dimensions)} == {(False, True), (False, False)}
    # Of a tag whose value is not known, anything may be so.
    some = Principal.parse("arn:aws:iam::111122223333:user/Cleo", tags={"team": None}, org_id="o-1")
    dimensions = dimensions_for(*conditions, callers=GivenCallersBuilder([some]))
    assert {presence for _, presence in possible(dimensions)} == {(True, True), (False, True)}


@pytest.mark.rule("KEY-3")
def test_the_organization_comes_with_its_paths() -> None:
    dimensions = dimensions_for(
        ("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1/*"), ("StringEquals", "aws:PrincipalOrgID", "o-1")
    )
    assert {presence for _, presence in possible(dimensions, kind="user")} == {
        (True, True),
        (False, True),
        (False, False),
    }


@pytest.mark.rule("GW-23")
def test_only_actions_of_other_services_have_the_keys_that_execute_api_does_not_supply() -> None:
    dimensions = dimensions_for(("StringEquals", "aws:VpceAccount", "111122223333"))
    assert {presence for _, presence in possible(dimensions, only_execute_api=True)} == {(False,)}
    assert (ENDPOINT, (True,)) in possible(dimensions)
    dimensions["action"] = TwoServices()
    boxes = impossible_boxes(dimensions, execute_api=TwoServices.EXECUTE_API)
    present = dimensions["aws:vpceaccount"].full & ~dimensions["aws:vpceaccount"].absent
    assert {"action": TwoServices.EXECUTE_API, "aws:vpceaccount": present} in boxes


@pytest.mark.rule("RES-6")
def test_actions_of_a_service_are_on_its_resources() -> None:
    dimensions: dict[str, Dimension] = {"action": TwoServices(), "resource": TwoServices()}
    api, others = TwoServices.EXECUTE_API, TwoServices.OTHERS
    assert impossible_boxes(dimensions, execute_api=api, apis=api) == [
        {"action": api, "resource": others},
        {"action": others, "resource": api},
    ]
    assert impossible_boxes(dimensions, execute_api=api) == []
    assert impossible_boxes(dimensions, execute_api=api, apis=api | others) == []


class TwoServices(Dimension):
    """The actions or resources of execute-api, and those of other services."""

    EXECUTE_API, OTHERS = 1, 2

    def __init__(self) -> None:
        self.name, self.full, self.absent = "action", 3, 0

    def parts(self, clause: Clause) -> Iterator[UniformSet]:
        raise NotImplementedError

    def containing(self, example: ValueExample) -> int:
        raise NotImplementedError

    def examples(self, values: Any) -> Iterator[ValueExample]:
        raise NotImplementedError
