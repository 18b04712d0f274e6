"""The dimension of the resource: entries, short forms, regions and accounts, and the examples that it gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Request, RequestError
from execpolicy.analysis.budget import Budget
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.dimension import NotComparableError, ValueExample
from execpolicy.analysis.dimensions.resource import ResourceBuilder, ResourceDimension
from execpolicy.analysis.dimensions.resource_examples import SOME_API, KnownApi, beginnings, preferred_resources
from execpolicy.analysis.values.text_pattern import glob_pattern
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ClauseTable, ConditionClause
from execpolicy.engine.compile import compile_policy
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.language.glob import tokens_of
from execpolicy.literals import PolicyKindName
from tests.analysis.dimensions.divided import assert_divided, assert_whole
from tests.engine.making import API, BUCKET, PETS, policy, stated
from tests.unknown_policies import policy_with_unknown
from tests.untyped import untyped

OWNER = "arn:aws:execute-api:eu-west-1:111122223333"
OTHER_REGION = "arn:aws:execute-api:us-east-1:111122223333"
OTHER_ACCOUNT = "arn:aws:execute-api:eu-west-1:444455556666"
REGIONS = ("eu-west-1", "eu-west-2", "us-east-1", "eu-*", "*", "EU-WEST-1", "", "eu:west", "?u-west-1")
ACCOUNTS = ("111122223333", "444455556666", "1111*", "*3333", "aws", "11112222333?")


def clauses_of(
    *statements: dict[str, Any], kind: PolicyKindName = "identity", version: str = "2012-10-17"
) -> list[Clause]:
    """The clauses of statements that test the resource, its region or its account."""
    compiled = compile_policy(policy(*statements, kind=kind, version=version), ClauseTable())
    found = dict.fromkeys(occurrence.clause for each in compiled.statements for occurrence in each.occurrences)
    return [clause for clause in found if isinstance(clause, (ResourceClause, ConditionClause))]


def of_resources(
    *entries: str, kind: PolicyKindName = "identity", effect: str = "Allow", name: str = "Resource"
) -> Clause:
    principal = {} if kind == "identity" else {"Principal": "*"}
    (clause,) = clauses_of(stated(effect, **principal, **{name: list(entries)}), kind=kind)
    return clause


def of_condition(operator: str, key: str, values: Any, effect: str = "Allow") -> Clause:
    _, clause = clauses_of(stated(effect, Condition={operator: {key: values}}))
    return clause


def built(clauses: Iterable[Clause], *, any_service: bool = False, api: KnownApi = SOME_API) -> ResourceDimension:
    builder = ResourceBuilder(any_service=any_service, api=api)
    for clause in clauses:
        builder.add(clause)
    return builder.build(Budget())


SEGMENTS = st.sampled_from(["prod", "dev", "*", "GET", "POST", "pets", "a1b2c3", "x?", "p*", "", "a:b", "é"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=5).map("/".join)
ARN_PATTERNS = st.builds(
    "arn:{}:{}:{}:{}:{}".format,
    st.sampled_from(["aws", "*", "aws-cn", "aw?"]),
    st.sampled_from(["execute-api", "*", "s3", "execute-*"]),
    st.sampled_from(REGIONS),
    st.sampled_from(ACCOUNTS),
    PATHS,
)
ENTRIES = st.one_of(
    ARN_PATTERNS,
    ARN_PATTERNS.map(lambda text: text[: len(text) * 2 // 3]),
    PATHS.map("execute-api:/{}".format),
    st.sampled_from(["*", "arn:*", "arn:aws:execute-api:*", "execute-api:/*", "execute-api:/", API, PETS, "a*"]),
)
STATEMENTS = st.builds(
    lambda name, effect, entries: stated(effect, **{name: entries}),
    st.sampled_from(["Resource", "NotResource"]),
    st.sampled_from(["Allow", "Deny"]),
    st.lists(ENTRIES, min_size=1, max_size=3),
)
CONDITIONS = st.builds(
    lambda operator, key, values, effect: stated(effect, Condition={operator: {key: values}}),
    st.sampled_from(
        [
            *("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists", "StringEqualsIgnoreCase"),
            *("ForAnyValue:StringLike", "ForAllValues:StringEquals", "ArnLike", "ArnNotEquals"),
        ]
    ),
    st.sampled_from(["aws:RequestedRegion", "aws:ResourceAccount"]),
    st.lists(st.sampled_from([*REGIONS, *ACCOUNTS]), min_size=1, max_size=2),
    st.sampled_from(["Allow", "Deny"]),
)


def resources(statements: Sequence[dict[str, Any]]) -> st.SearchStrategy[str]:
    """ARNs near the entries of statements: with wildcards replaced, and a character changed."""
    entries = [text for each in statements for name in ("Resource", "NotResource") for text in each.get(name, ())]
    whole = [text.replace("execute-api:/", API + "/", 1) for text in entries]
    filling = st.sampled_from(["", "a", "prod", "eu-west-1", "111122223333", "/", ":", "execute-api", "aws", "GET/x"])
    edits = st.sampled_from(["", "a", "/", ":", "*", "\n", "A"])
    return st.one_of(
        st.builds(filled, st.sampled_from([*whole, PETS]), st.lists(filling, min_size=8, max_size=8)),
        st.builds(edited, st.sampled_from([*whole, PETS]).map(plain), st.floats(0, 1), edits),
    )


def filled(pattern: str, texts: list[str]) -> str:
    for text in texts:
        pattern = pattern.replace("*", text, 1)
    return plain(pattern)


def plain(pattern: str) -> str:
    """An ARN that a pattern matches, if its fields have wildcards as usual."""
    fields = pattern.split(":", 5)
    usual = ("arn", "aws", "execute-api", "eu-west-1", "111122223333", "a1b2c3/prod/GET/pets")
    fields = [name if field in ("*", "") else field for field, name in zip(fields, usual, strict=False)]
    return ":".join(fields).replace("*", "").replace("?", "x")


def edited(text: str, place: float, edit: str) -> str:
    index = int(place * len(text))
    return text[:index] + edit + text[index + 1 :]


def is_of_an_api(text: str) -> bool:
    """Whether a request for execute-api can have the resource: it has a region and an account."""
    try:
        arn = Request(caller="anonymous", action="execute-api:Invoke", resource=text).arn
    except RequestError:
        return False
    return arn.service == "execute-api" and bool(arn.region) and arn.account.isdigit()


@given(st.data(), st.lists(STATEMENTS, min_size=1, max_size=4), st.lists(CONDITIONS, max_size=2), st.booleans())
@pytest.mark.rule("RES-1", "RES-2", "RES-4", "GW-7", "KEY-3")
def test_a_resource_is_in_one_part_of_each_clause(
    data: st.DataObject, statements: list[dict[str, Any]], conditions: list[dict[str, Any]], of_resource: bool
) -> None:
    kind = "resource" if of_resource else "identity"
    named = [{**each, "Principal": "*"} if of_resource else each for each in (*statements, *conditions)]
    clauses = clauses_of(*named, kind=untyped(kind))
    dimension = built(clauses)
    assert_whole(dimension, clauses)
    for _ in range(3):
        text = data.draw(resources(statements))
        example = ValueExample(resource=text)
        if is_of_an_api(text):
            assert_divided(dimension, clauses, example)
        else:
            assert not dimension.containing(example)


@given(st.data(), st.lists(STATEMENTS, min_size=1, max_size=4))
@pytest.mark.rule("RES-6")
def test_resources_of_any_service_are_divided(data: st.DataObject, statements: list[dict[str, Any]]) -> None:
    clauses = clauses_of(*statements)
    dimension = built(clauses, any_service=True)
    assert_whole(dimension, clauses)
    for text in ("*", BUCKET, "arn:aws:execute-api::aws:a", *(data.draw(resources(statements)) for _ in range(3))):
        example = ValueExample(resource=text)
        try:
            Request(caller="anonymous", action="s3:GetObject", resource=text)
        except RequestError:
            assert not dimension.containing(example)
        else:
            assert_divided(dimension, clauses, example)


@pytest.mark.parametrize("any_service", [False, True])
def test_every_example_is_the_resource_of_a_request(any_service: bool) -> None:
    clauses = [of_resources("arn:aws-*:execute-api:*:*:*"), of_resources("*:s3:*", BUCKET, "arn:aws:*:e*:a*:x")]
    dimension = built(clauses, any_service=any_service)
    action = "s3:GetObject" if any_service else "execute-api:Invoke"
    for clause in clauses:
        for part in dimension.parts(clause):
            for example in dimension.examples(part.values):
                assert example.resource is not None
                Request(caller="anonymous", action=action, resource=example.resource)


def resources_of(dimension: ResourceDimension, clause: Clause) -> list[str | None]:
    return [next(dimension.examples(part.values)).resource for part in dimension.parts(clause)]


@pytest.mark.rule("GW-7")
def test_a_short_form_is_about_what_follows_the_api() -> None:
    clause = of_resources("execute-api:/*/GET/pets", kind="resource")
    dimension = built([clause])
    assert resources_of(dimension, clause) == [f"{API}/prod/GET/pets", f"{API}/prod/GET/"]
    for text in (f"{API}/x/GET/pets", f"{API}//GET/pets", f"{API}/a/b/GET/pets"):
        assert not dimension.containing(ValueExample(resource=text)) & ~next(iter(dimension.parts(clause))).values


@pytest.mark.rule("KEY-3")
def test_region_and_account_are_parts_of_the_arn() -> None:
    region = of_condition("StringLike", "aws:RequestedRegion", ["eu-west-?", "us-w*"])
    account = of_condition("StringNotEquals", "aws:ResourceAccount", "111122223333")
    dimension = built([region, account, of_resources("arn:aws:execute-api:us-east-1:*")])
    assert resources_of(dimension, region) == [f"{API}/prod/GET/", f"{OTHER_REGION}:a1b2c3/prod/GET/"]
    assert resources_of(dimension, account) == [f"{API}/prod/GET/", f"{OTHER_ACCOUNT}:a1b2c3/prod/GET/"]


def test_a_pattern_of_the_account_does_not_match_what_follows_it() -> None:
    account = of_condition("StringLike", "aws:ResourceAccount", "*3333")
    region = of_condition("StringLike", "aws:RequestedRegion", "*-2")
    clauses = [account, region]
    dimension = built(clauses)
    for text in (f"{OTHER_ACCOUNT}:a/3333:b", f"{API}/x-2:b", "arn:aws:execute-api:eu-west-2:444455556666:3333:b"):
        assert_divided(dimension, clauses, ValueExample(resource=text))


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:execute-api:x:111122223333:/",
        "arn:aws-us-gov:execute-api:us-gov-west-1:111122223333:a1b2c3/$default/$connect",
        "arn:aws-iso-b:execute-api:us-isob-east-1:111122223333:a1b2c3/@connections",
        f"{OWNER}:/domainnames/private.example.com+abcd1234",
        f"{OWNER}:a1b2c3",
        f"{API}/prod/get/a?b=c",
        f"{API}/prod/GET/*",
        f"{API}//\n::\u00e9\0",
    ],
)
def test_each_resource_that_a_request_accepts_is_possible(text: str) -> None:
    clauses = [of_resources(f"{API}/*"), of_resources("*?/?"), of_condition("StringLike", "aws:RequestedRegion", "?")]
    assert is_of_an_api(text)
    assert_divided(built(clauses), clauses, ValueExample(resource=text))


@pytest.mark.parametrize(
    ("operator", "values", "parts"),
    [
        ("StringEqualsIgnoreCase", ["EU-West-1"], 2),
        ("StringEqualsIgnoreCase", ["é"], 1),
        ("StringEqualsIgnoreCase", ["a:b"], 1),
        ("Null", ["true"], 1),
        ("ArnLike", ["arn:aws:iam::*:role/*"], 1),
        ("StringLike", ["*"], 1),
        ("StringEquals", [], 1),
    ],
)
def test_a_condition_on_the_region_divides_only_by_what_matches(operator: str, values: list[str], parts: int) -> None:
    clause = of_condition(operator, "aws:RequestedRegion", values)
    assert len(list(built([clause]).parts(clause))) == parts


@pytest.mark.parametrize(
    ("clause", "any_service", "reason"),
    [
        (of_resources(f"{API}/prod/GET/${{aws:username}}"), False, r"Resource has ${aws:username}"),
        (
            of_resources(f"{API}/${{aws:PrincipalAccount}}", name="NotResource"),
            False,
            r"NotResource has ${aws:PrincipalAccount}",
        ),
        (
            of_condition("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
            False,
            "a condition on aws:ResourceAccount has values with ${aws:PrincipalAccount}",
        ),
        (
            of_condition("NumericEquals", "aws:ResourceAccount", "111122223333"),
            False,
            "aws:ResourceAccount is divided by texts, and NumericEquals compares something else",
        ),
        (
            of_condition("StringEquals", "aws:RequestedRegion", "eu-west-1"),
            True,
            "resources of other services may have no aws:RequestedRegion in their ARN",
        ),
    ],
)
def test_what_cannot_be_divided_is_refused(clause: Clause, any_service: bool, reason: str) -> None:
    builder = ResourceBuilder(any_service=any_service)
    with pytest.raises(NotComparableError) as caught:
        builder.add(clause)
    assert caught.value.clause is clause
    assert caught.value.reason == reason


def test_an_unknown_value_is_named() -> None:
    document = {"Version": "2012-10-17", "Statement": stated(Principal="*", Resource=f"{API}/<<Stage>>/*")}
    compiled = compile_policy(policy_with_unknown(document), ClauseTable())
    clause = next(each.clause for each in compiled.statements[0].occurrences if isinstance(each.clause, ResourceClause))
    with pytest.raises(NotComparableError, match="Resource has the unknown value the parameter Stage"):
        ResourceBuilder().add(clause)


def test_a_region_of_arns_is_divided_like_a_clause() -> None:
    region = ArnRegion("calls to pets", glob_pattern(tokens_of("*/GET/pets*")))
    clause = of_resources(f"{API}/dev/*")
    dimension = built([region, clause])
    assert resources_of(dimension, region) == [f"{API}/prod/GET/pets", f"{API}/prod/GET/"]
    assert_divided(dimension, [clause], ValueExample(resource=PETS))


def test_resources_of_execute_api_are_a_set() -> None:
    dimension = built([of_resources(BUCKET)], any_service=True)
    assert not dimension.containing(ValueExample(resource=BUCKET)) & dimension.of_execute_api
    assert dimension.containing(ValueExample(resource=PETS)) & dimension.of_execute_api
    assert not built([]).full & ~built([]).of_execute_api


def test_known_routes_are_the_best_examples() -> None:
    api = KnownApi(API, ("test", "prod"), (("POST", "/pets"), ("GET", "/pets"), ("DELETE", "/a"), ("GET", "/orders")))
    clause = of_resources("*")
    dimension = built([clause], api=api)
    assert resources_of(dimension, clause) == [f"{API}/test/DELETE/a"]
    assert list(api.calls)[:4] == [
        f"{API}/test/DELETE/a",
        f"{API}/prod/DELETE/a",
        f"{API}/test/GET/pets",
        f"{API}/prod/GET/pets",
    ]


@pytest.mark.parametrize(
    ("entry", "example"),
    [
        ("*", f"{API}/prod/GET/"),
        ("arn:aws:execute-api:*:*:*", f"{API}/prod/GET/"),
        (f"{API}/*", f"{API}/prod/GET/"),
        (f"{API}/dev/*", f"{API}/dev/GET/"),
        (f"{API}/dev*", f"{API}/dev/GET/"),
        (f"{API}/*/POST/*", f"{API}/prod/POST/"),
        (f"{API}/prod/P*", f"{API}/prod/P/"),
        (f"{API}/*/GET/pets/*", f"{API}/prod/GET/pets/"),
        (f"{API}/prod/*/books", f"{API}/prod/GET/books"),
        ("arn:aws:execute-api:us-*:4444*:zz/test/GET/a?", "arn:aws:execute-api:us-:444411112222:zz/test/GET/aa"),
        (f"{API}/prod/GET/pets", f"{API}/prod/GET/pets"),
        (
            "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/*",
            "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/",
        ),
    ],
)
def test_an_example_is_the_call_that_an_entry_was_written_for(entry: str, example: str) -> None:
    clause = of_resources(entry)
    assert resources_of(built([clause]), clause)[0] == example


def test_examples_of_the_other_methods_are_calls() -> None:
    allowed, denied = of_resources(f"{API}/prod/*"), of_resources(f"{API}/prod/GET/*", f"{API}/*/admin/*")
    dimension = built([allowed, denied])
    inside, _ = dimension.parts(allowed)
    excluded, _ = dimension.parts(denied)
    found = dimension.examples(inside.values & ~excluded.values)
    assert next(found).resource == f"{API}/prod/POST/"


def test_beginnings_are_those_of_the_known_api() -> None:
    assert beginnings(SOME_API)[:2] == (f"{API}/prod/GET/", f"{API}/prod/")
    assert all(PETS.startswith(text) for text in beginnings(SOME_API))


def test_there_are_not_too_many_preferred_resources() -> None:
    patterns = [f"{API}/stage{number}/M{number}/path{number}/*" for number in range(200)]
    assert len(list(preferred_resources(patterns, SOME_API))) < 400


def test_a_policy_of_many_routes_has_few_states() -> None:
    budget = Budget()
    builder = ResourceBuilder()
    for number in range(200):
        builder.add(of_resources(f"{API}/prod/GET/items{number}/*"))
    builder.build(budget)
    assert budget.taken < 1000
