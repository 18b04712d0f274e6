"""The id of an organization and the paths in it agree."""

from __future__ import annotations

from itertools import product

import pytest

from execpolicy import Policy, Request, RequestError, compare
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.builders import DimensionBuilders
from execpolicy.analysis.dimensions.dimension import ValueExample
from execpolicy.analysis.organizations import organizations
from execpolicy.analysis.side import base_view
from execpolicy.analysis.space import Space
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import compile_policy


def policy(*conditions: dict[str, object]) -> Policy:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*",
    }
    statements = [{**statement, "Condition": each} for each in conditions]
    return Policy.parse({"Version": "2012-10-17", "Statement": statements}, kind="resource")


def named(document: Policy) -> list[tuple[str, ...]]:
    """The values of the conditions on the ids of the organizations that a policy names."""
    compiled = compile_policy(document, ClauseTable())
    clauses = [each.clause for statement in compiled.statements for each in statement.occurrences]
    return [each.is_it.values for each in organizations(clauses)]


BY_ID: dict[str, object] = {"StringEquals": {"aws:PrincipalOrgID": "o-one"}}
BY_PATHS: dict[str, object] = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-one/*"}}
BY_UNIT: dict[str, object] = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-one/r-1/ou-1/*"}}


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("narrow", [BY_PATHS, BY_UNIT])
def test_the_paths_of_an_organization_are_in_it(narrow: dict[str, object]) -> None:
    found = compare(policy(BY_ID), policy(narrow))
    assert (found.verdict.value, found.unknown, found.newly_allowed) == ("stricter", (), ())
    assert compare(policy(BY_ID), policy(BY_ID, narrow)).verdict.value == "equal"


@pytest.mark.rule("KEY-3")
def test_paths_of_another_organization_are_not_in_it() -> None:
    elsewhere = {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-two/*"}}
    assert compare(policy({**BY_ID, **elsewhere}), policy()).verdict.value == "equal"


@pytest.mark.parametrize(
    ("conditions", "names"),
    [
        ([BY_ID], []),
        ([BY_PATHS], []),
        ([BY_ID, BY_UNIT], [("o-one",)]),
        ([BY_ID, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-two/*", "o-*/r-1/", "o-three/r-${a}"]}}],
         [("o-one",), ("o-two",), ("o-three",)]),
        ([{"StringLike": {"aws:PrincipalOrgID": ["o-on?", "${aws:ResourceOrgID}", ""]}}, BY_PATHS], [("o-one",)]),
        ([{"Null": {"aws:ResourceOrgID": "true"}}, BY_PATHS], []),
        ([{"StringEquals": {"aws:ResourceOrgID": "o-one"}}, BY_PATHS], []),
    ],
)  # fmt: skip
def test_organizations_are_those_that_values_name(conditions: list[dict[str, object]], names: list[object]) -> None:
    assert named(policy(*conditions)) == names


IDS = (None, "o-one", "o-two", "o-three")
PATHS = ((), ("o-one/r-1/",), ("o-one/r-1/ou-1/x/",), ("o-two/r-1/",), ("o-four/r-1/",), ("o-one/r-1/", "o-two/r-1/"))
ANN, RESOURCE = "arn:aws:iam::111122223333:user/Ann", "arn:aws:execute-api:eu-west-1:999988887777:a1b2c3/prod/GET/"


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("owner", ["Principal", "Resource"])
def test_no_request_has_an_id_and_paths_that_do_not_agree(owner: str) -> None:
    id_key, paths_key = f"aws:{owner}OrgID", f"aws:{owner}OrgPaths"
    conditions: list[dict[str, object]] = [
        {"StringEquals": {id_key: ["o-one", "o-two"]}},
        {"ForAnyValue:StringLike": {paths_key: "o-one/r-1/ou-1/*"}},
    ]
    compiled = compile_policy(policy(*conditions), ClauseTable())
    space = Space(compiled.statements, base_view(None), DimensionBuilders(), Budget())
    for org_id, paths in product(IDS, PATHS):
        context = {**({id_key: org_id} if org_id else {}), **({paths_key: list(paths)} if paths else {})}
        try:
            request = Request(caller=ANN, action="execute-api:Invoke", resource=RESOURCE, context=context)
        except RequestError:
            ids: tuple[str, ...] = () if org_id is None else (org_id,)
            assert not possible(space, {id_key.lower(): ids, paths_key.lower(): paths}) or "o-four/r-1/" in paths
        else:
            found = {key: request.values(key) or () for key in (id_key.lower(), paths_key.lower())}
            assert possible(space, found), context


def possible(space: Space, keys: dict[str, tuple[str, ...]]) -> bool:
    """Whether the keys can have their values, and no box of impossible requests that limits these alone has them."""
    values = {key: space.dimensions[key].containing(ValueExample(keys={key: each})) for key, each in keys.items()}
    boxes = [box for box in space.impossible if box.keys() <= values.keys()]
    return all(values.values()) and not any(all(values[key] & box[key] for key in box) for box in boxes)
