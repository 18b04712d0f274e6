"""Which of several resources an attribute names that is known only after apply: only the sources show it (SRC-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import of_quick
from tests.loaders.terraform.linked import Linked, linked
from tests.loaders.terraform.reading import SourcedPlan, hcl_of, rest_api, root_method, text_of
from tests.loaders.terraform.written import Ref, Written, plan_of
from tools.terraform_plans import FOLDER, KEPT, copy_sources
from tools.terraform_states import __main__ as terraform_states

pytestmark = pytest.mark.rule("SRC-4")
API: Final = "aws_api_gateway_rest_api.orders"
RESPONSE: Final = "aws_api_gateway_gateway_response"
UNSOURCED: Final = (
    "a plan does not show which resource an expression names: give the sources with --terraform-source DIR or "
    "terraform_source=, or the state after apply"
)
GIVE: Final = "refer to one resource alone, or give the state after apply"
MAY: Final = "an expression may name another resource"
PROPERTIES: Final = ("RestApiId", "ManagedPolicyArns")

#: The gateway responses of the real plan whose API its references name.
BY_REFERENCES: Final = {"literal_index", "literal_key", "only_instance", "output", "member_of_output"}
#: Those whose expression is not plain, with its line, and the roles with such a list.
NOT_PLAIN: Final = {
    "next_index": 74,
    "sum": 79,
    "other_key": 85,
    "element": 97,
    "splat": 103,
    "condition": 108,
    "literal_or_sum": 113,
    "value_of_other_key": 136,
    "output_by_other_key": 159,
    "output_or_other": 164,
    "changed_in_local": 30,
    "other_input": 22,
}
ROLES_NOT_PLAIN: Final = {"other_index": 220, "condition": 226, "splat": 232, "one_of_them": 238}


def local_name(address: str) -> str:
    """The name of a resource, without its type and key."""
    return address.rpartition(".")[2].partition("[")[0]


@pytest.fixture(scope="module")
def state() -> Linked:
    """What the resources name after terraform applied the plan."""
    return linked(terraform_states.KEPT["links"].read_text("utf-8"), names=PROPERTIES)


@pytest.fixture(scope="module")
def sourced(tmp_path_factory: pytest.TempPathFactory) -> Linked:
    """What the resources of the plan name with its sources."""
    folder = tmp_path_factory.mktemp("links")
    copy_sources(FOLDER / "links.tf", folder)
    return linked(KEPT["links"].read_text("utf-8"), folder, names=PROPERTIES)


def test_without_the_sources_nothing_is_one_of_several_by_guess(state: Linked) -> None:
    found = linked(KEPT["links"].read_text("utf-8"), names=PROPERTIES)
    assert not state.errors
    known = {place for place, target in found.targets.items() if isinstance(target, str)}
    assert {local_name(address) for address, _ in known} == BY_REFERENCES
    assert all(found.targets[place] == state.targets[place] for place in known)
    assert {each.advice for each in found.errors} == {UNSOURCED}
    lists = {place: target for place, target in found.targets.items() if isinstance(target, list)}
    assert {*map(str, lists.values())} == {"[None]"}
    assert {found.unknowns[f"{role}.managed_policy_arns"] for role, _ in lists} == {UNSOURCED}


def test_with_the_sources_each_link_is_the_one_that_terraform_makes(state: Linked, sourced: Linked) -> None:
    assert sourced.targets.keys() == state.targets.keys()
    unclear = {place for place, target in sourced.targets.items() if target is None}
    assert {local_name(address) for address, _ in unclear} == NOT_PLAIN.keys()
    for (address, name), target in sourced.targets.items():
        expected = state.targets[address, name]
        if isinstance(target, list) and isinstance(expected, list):
            assert (None in target) == (local_name(address) in ROLES_NOT_PLAIN)
            assert {*target} - {None} <= {*expected}
            assert None in target or {*target} == {*expected}
        elif target is not None:
            assert target == expected, address


def test_what_is_not_plain_is_shown_in_its_line(sourced: Linked) -> None:
    advice = {}
    for each in sourced.errors:
        assert each.source is not None
        assert each.span is not None
        assert each.source.text.splitlines()[each.span.line - 1].split()[:2] == ["rest_api_id", "="]
        advice[local_name(each.message.removeprefix("found ").partition(".rest_api_id, ")[0])] = each.advice
    for name, line in NOT_PLAIN.items():
        assert advice.pop(name) == f"{MAY} (links.tf:{line}): {GIVE}"
    assert not advice
    lists = {name: each for name, each in sourced.unknowns.items() if name.endswith(".managed_policy_arns")}
    assert {local_name(name.rpartition(".")[0]) for name in lists} == {*ROLES_NOT_PLAIN}
    for name, reason in lists.items():
        assert reason == f"{MAY} (links.tf:{ROLES_NOT_PLAIN[local_name(name.rpartition('.')[0])]}): {GIVE}"


class Index(NamedTuple):
    """An index in HCL, the key that it is of the instance with a number, and whether a plan or a source shows it."""

    text: str
    value: Callable[[int], int]
    is_literal: bool = False
    is_own: bool = False


INDEXES: Final = (
    *(Index(str(number), lambda own, number=number: number, is_literal=True) for number in range(3)),  # type: ignore[misc]  # a default binds it
    Index("count.index", lambda own: own, is_own=True),
    Index(" count.index ", lambda own: own, is_own=True),
    Index("(count.index)", lambda own: own),
    Index("(count.index + 1) % 3", lambda own: (own + 1) % 3),
    Index("2 - count.index", lambda own: 2 - own),
    Index("count.index == 0 ? 1 : 0", lambda own: 1 if own == 0 else 0),
    Index('"${count.index}"', lambda own: own),
    Index("max(0, 1)", lambda own: 1),
    Index("0 + 2", lambda own: 2),
    Index("[2, 0, 1][count.index]", lambda own: (2, 0, 1)[own]),
)
#: What stands around a reference without changing its value, and whether it is plain.
AROUND: Final = (("{}", True), ('"${{{}}}"', True), ("({})", False), ("coalesce({})", False), ("one([{}])", False))


def references_of_index(index: Index) -> list[str]:
    """What terraform lists of a reference with an index."""
    if index.is_literal:
        return [f"{API}[{index.text}].id", f"{API}[{index.text}]", API]
    return [API, *["count.index"] * index.text.count("count.index")]


def responses(index: Index, around: str = "{}") -> SourcedPlan:
    """Three APIs, and three gateway responses whose APIs an expression gives."""
    made = Written(RESPONSE, "of", {"rest_api_id": Ref(API), "response_type": "UNAUTHORIZED"})
    resources = [rest_api(), made]
    expression = around.format(f"{API}[{index.text}].id")
    text = hcl_of(resources).replace(f"{API}.id", expression).replace('" {', '" {\n  count = 3')
    plan = SourcedPlan(
        *(each._replace(key=number) for each in resources for number in range(3)), files={"main.tf": text}
    )
    written = plan["configuration"]["root_module"]["resources"][1]
    written["expressions"]["rest_api_id"] = {"references": references_of_index(index)}
    return plan


@given(st.sampled_from(INDEXES), st.sampled_from(AROUND))
@of_quick(60)
def test_a_link_is_the_one_that_the_index_gives_or_none(index: Index, around: tuple[str, bool]) -> None:
    plan = responses(index, around[0])
    with plan.written() as path:
        sourced, unsourced = linked(text_of(plan), path.parent), linked(text_of(plan))
    for own in range(3):
        place = f"{RESPONSE}.of[{own}]", "RestApiId"
        expected = f"{API}[{index.value(own)}]"
        assert unsourced.targets[place] == (expected if index.is_literal else None)
        is_shown = index.is_literal or (index.is_own and around[1])
        assert sourced.targets[place] == (expected if is_shown else None)
    assert bool(unsourced.errors) is not index.is_literal


def one_of_two(given: str, used: str = "each.value", **files: str) -> Linked:
    """What the gateway response of each of two APIs names, where an expression gives the values of ``for_each``.

    Args:
        given: the expression.
        used: what stands for the API of a response.
        files: more sources.
    """
    made = Written(RESPONSE, "of", {"rest_api_id": Ref("each", "value"), "response_type": "UNAUTHORIZED"})
    apis = [rest_api(name) for name in ("one", "two", "other")]
    resources = [*apis, made._replace(key="a"), made._replace(key="b")]
    text = hcl_of(resources).replace("for_each = var.all", f"for_each = {given}" if given else "")
    text = text.replace("= each.value\n", f"= {used}\n")
    plan = SourcedPlan(*resources, files={"main.tf": text} | files)
    written = plan["configuration"]["root_module"]["resources"][-1]
    written["expressions"]["rest_api_id"] = {"references": [used, "each.value"] if used != "each.value" else [used]}
    names = [f"aws_api_gateway_rest_api.{name}" for name in ("one", "two")]
    references = [reference for name in names for reference in (f"{name}.id", name)]
    written["for_each_expression"] = {"references": references}
    with plan.written() as path:
        return linked(text_of(plan), path.parent)


ONE: Final = "aws_api_gateway_rest_api.one"
TWO: Final = "aws_api_gateway_rest_api.two"
DIFFERS: Final = f"the sources differ from the plan in {RESPONSE}.of (main.tf:"
NOT_ALONE: Final = f"{MAY} (main.tf:"
#: Expressions for the values of two keys, and references to a value, with what is named or how the reason begins.
VALUES: Final[dict[tuple[str, str], list[str | None] | str]] = {
    (f"{{ a = {ONE}.id, b = {TWO}.id }}", "each.value"): [ONE, TWO],
    (f"{{ b = {ONE}.id, a = {TWO}.id }}", "each.value"): [TWO, ONE],
    (f'{{ a = "${{{ONE}.id}}", b = "${{{TWO}.id}}" }}', "each.value"): [ONE, TWO],
    (f"{{ a = {ONE}.id, b = upper({TWO}.id) }}", "each.value"): [ONE, None],
    (f"{{ a = {ONE}.id, b = upper({TWO}.id) }}", "each.value.id"): NOT_ALONE,
    (f"{{ a = {{ id = {ONE}.id }}, b = {{ id = {TWO}.id }} }}", "each.value.id"): [ONE, TWO],
    (f"{{ a = {ONE}, b = lower({TWO}) }}", "each.value"): NOT_ALONE,
    (f'{{ a = "${{{ONE}.id, {TWO}.id}}", b = "" }}', "each.value"): NOT_ALONE,
    ('{ a = "${}", b = "" }', "each.value"): NOT_ALONE,
    (f"{{ a = module.shop[var.i], b = max({TWO}.id) }}", f"each.value.{ONE}.id"): NOT_ALONE,
    (f"{{ a = module.shop, b = max({TWO}.id) }}", "each.value"): NOT_ALONE,
    (f"{'{ a = ' * 25}{ONE}.id{' }' * 25}", f"each.value{'.a' * 24}"): DIFFERS,
    (f"{'{ a = ' * 25}max({ONE}.id){' }' * 25}", f"each.value{'.a' * 24}"): NOT_ALONE,
    (f"{{ a = {TWO}.id, b = {ONE}.id }}", "each.value"): DIFFERS,
    (f"{{ a = {ONE}.id }}", "each.value"): DIFFERS,
    (f"{{ a = {ONE}.id, b = {TWO}.name }}", "each.value"): DIFFERS,
    (f"{{ a = {ONE}.id, b = aws_api_gateway_rest_api.other.id }}", "each.value"): DIFFERS,
    (f"{{ a = aws_api_gateway_rest_api.other.id, b = max({TWO}.id) }}", "each.value"): DIFFERS.partition(" (")[0],
    (f"{{ a = aws_api_gateway_rest_api.no.id, b = max({TWO}.id) }}", "each.value"): DIFFERS.partition(" (")[0],
    (f"tomap({{ a = {ONE}.id, b = {TWO}.id }})", "each.value"): NOT_ALONE,
    (f"{{ for key in var.all : key => {ONE}.id }}", "each.value"): NOT_ALONE,
    ("", "each.value"): NOT_ALONE,
}


@pytest.mark.parametrize("case", VALUES, ids=str)
def test_a_value_of_for_each_is_what_stands_there(case: tuple[str, str]) -> None:
    found, expected = one_of_two(*case), VALUES[case]
    targets = [found.targets[f'{RESPONSE}.of["{key}"]', "RestApiId"] for key in ("a", "b")]
    assert targets == ([None, None] if isinstance(expected, str) else expected)
    advice = [each.advice for each in found.errors]
    if isinstance(expected, str):
        assert [each[: len(expected)] for each in advice] == [expected]
    else:
        assert len(advice) == (None in expected)


def test_several_blocks_have_to_name_one_resource() -> None:
    stages = [{"api_id": Ref(ONE), "stage": "prod"}, {"api_id": Ref(TWO), "stage": "prod"}]
    plan = Written("aws_api_gateway_usage_plan", "of", {"name": "of", "api_stages": stages})
    resources = [rest_api("one"), rest_api("two"), plan]
    with SourcedPlan(files={"main.tf": hcl_of(resources)}).written() as path:
        found = linked(text_of(plan_of(resources)), path.parent)
    # Both blocks are one error in the place of all blocks.
    advice = f"several blocks of aws_api_gateway_usage_plan.of name resources: {GIVE}"
    assert [each.advice for each in found.errors] == [advice]


def test_an_attribute_that_is_a_block_in_the_sources_names_nothing() -> None:
    plan = responses(INDEXES[3])
    block = "rest_api_id {\n references = []\n}"
    plan.files = {"main.tf": plan.files["main.tf"].replace(f"rest_api_id = {API}[count.index].id", block)}
    with plan.written() as path:
        (error,) = linked(text_of(plan), path.parent).errors
    assert error.advice == f"{MAY} (main.tf:6): {GIVE}"


PLAIN: Final = f"{{ a = {ONE}.id, b = {TWO}.id }}"
DOUBTFUL: Final = {
    "override.tf": f"another file overrides a part of {RESPONSE}.of, where {MAY}: {GIVE}",
    "main.tofu": f'{MAY} in "main.tofu", which is not read: {GIVE}',
    "more.tf": f"the sources do not have {RESPONSE}.of, where {MAY}: {GIVE}",
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_sources_that_another_file_may_change_show_nothing(name: str) -> None:
    found = one_of_two(PLAIN, **{name: f'resource "{RESPONSE}" "of" {{\n  rest_api_id = "a"\n}}\n'})
    assert [each.advice for each in found.errors] == [DOUBTFUL[name]]


def test_an_id_of_another_resource_of_the_same_type_is_not_its_own() -> None:
    def resource(name: str, parent: Ref) -> Written:
        values = {"rest_api_id": Ref(API), "parent_id": parent, "path_part": name}
        return Written("aws_api_gateway_resource", name, values, {"id": f"id-{name}"})

    outer = resource("outer", Ref(API, "root_resource_id"))
    inner = resource("inner", Ref("aws_api_gateway_resource.outer"))
    method = root_method(resource_id=Ref("aws_api_gateway_resource.inner", "parent_id"))
    plan = plan_of([rest_api(), outer, inner, method])
    found = linked(text_of(plan), names=("ParentId", "ResourceId"))
    assert found.targets["aws_api_gateway_resource.inner", "ParentId"] == "aws_api_gateway_resource.outer"
    assert found.targets["aws_api_gateway_method.get", "ResourceId"] is None
    types = "aws_api_gateway_rest_api or aws_api_gateway_resource"
    (error,) = found.errors
    assert error.message.startswith("found aws_api_gateway_method.get.resource_id, which is known only after apply and")
    assert error.advice == f"refer to one resource of the type {types}, or give the state after apply"
    # Where an index hides the attribute, it may be either.
    expressions = plan["configuration"]["root_module"]["resources"][-1]["expressions"]
    expressions["resource_id"] = {"references": ["aws_api_gateway_resource.inner"]}
    (error,) = linked(text_of(plan)).errors
    assert error.advice == UNSOURCED


def test_the_only_api_is_named_by_an_attribute_that_an_index_hides() -> None:
    plan = plan_of([rest_api(), root_method()])
    for name in ("rest_api_id", "resource_id"):
        plan["configuration"]["root_module"]["resources"][-1]["expressions"][name] = {"references": [API]}
    found = linked(text_of(plan), names=("RestApiId", "ResourceId"))
    assert {*found.targets.values()} == {API}


@pytest.mark.parametrize("attribute", ["invoke_arn", "arn"])
@pytest.mark.parametrize("index", ["count.index", "1 - count.index"])
def test_the_sources_show_which_function_an_authorizer_invokes(index: str, attribute: str) -> None:
    values = {"rest_api_id": Ref(API), "name": "users", "type": "TOKEN", "authorizer_uri": Ref("here", "uri")}
    authorizer = Written("aws_api_gateway_authorizer", "users", values, {"id": "auth01"})
    function = Written("aws_lambda_function", "of", {"function_name": "check"}, {"arn": "a", "invoke_arn": "b"})
    resources = [each._replace(key=number) for each in (function, authorizer) for number in (0, 1)]
    for number in (0, 1):
        resources[number] = resources[number]._replace(values={"function_name": f"check-{number}"})
    plan = plan_of([rest_api(), *resources])
    expressions = plan["configuration"]["root_module"]["resources"][-1]["expressions"]
    expressions["authorizer_uri"] = {"references": ["aws_lambda_function.of", "count.index"]}
    del plan["configuration"]["root_module"]["resources"][1]["expressions"]["function_name"]["constant_value"]
    plan["configuration"]["root_module"]["resources"][1]["expressions"]["function_name"]["references"] = ["count.index"]
    text = hcl_of([rest_api(), *resources]).replace("here.uri", f"aws_lambda_function.of[{index}].{attribute}")
    text = text.replace('"check-0"', '"check-${count.index}"')
    with SourcedPlan(files={"main.tf": text}).written() as path:
        sourced = linked(text_of(plan), path.parent, names=("AuthorizerUri",))
    name = "aws_api_gateway_authorizer.users[{}].authorizer_uri"
    for number in (0, 1):
        assert linked(text_of(plan)).unknowns[name.format(number)] == UNSOURCED
        target = sourced.targets[f"aws_api_gateway_authorizer.users[{number}]", "AuthorizerUri"]
        if (index, attribute) == ("count.index", "invoke_arn"):
            assert str(target).endswith(f":function:check-{number}/invocations")
        else:
            assert target is None
            assert name.format(number) in sourced.unknowns
