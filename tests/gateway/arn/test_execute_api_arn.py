"""ARNs of calls: read, built, and the short forms that stand for them."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import RequestError, UsageError
from execpolicy.gateway.arn.call_path import decoded, merged_slashes, normalised_path
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn, partition_of
from execpolicy.gateway.arn.short_form import ShortForm
from execpolicy.language.arn import parse_arn
from execpolicy.language.glob import matcher, tokens_of
from tests.refused import Refusal, refused

HERE = "arn:aws:execute-api:eu-west-1:111122223333:"
CALL = (
    "the ARN of a call reads arn:partition:execute-api:region:account:api-id/stage/METHOD/path, such as "
    "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
)
DOMAIN = (
    "the ARN of a private custom domain reads arn:partition:execute-api:region:account:/domainnames/name+id, such as "
    "arn:aws:execute-api:eu-west-1:111122223333:/domainnames/private.example.com+abcd1234"
)
NO_METHOD = "this is not the ARN of a method; in a policy, end it in /*"
ONE_METHOD = "name the one method of the call; ANY belongs to a route, a wildcard to a policy"
PATH_ALONE = "give the path alone, from the slash after the stage on"
METHOD = "the method that is sent, in upper case, such as GET"
ROUTE_KEY = (
    "a route key: $connect, $disconnect, $default, or a word that is no method and has no $ at its front, * or /"
)
STAGE = "a stage of up to 128 letters, digits, _ and -, or $default"


def parts_of(arn: ExecuteApiArn) -> dict[str, str]:
    """What an ARN says beside partition, region and account."""
    names = ("kind", "api_id", "stage", "method", "path", "route_key", "connection_id", "domain_name", "domain_id")
    return {name: getattr(arn, name) for name in names if getattr(arn, name) is not None}


@pytest.mark.rule("GW-9")
@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("eu-west-1", "aws"),
        ("us-east-1", "aws"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-east-1", "aws-us-gov"),
        ("us-iso-west-1", "aws-iso"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eu-isoe-west-1", "aws-iso-e"),
        ("us-isof-south-1", "aws-iso-f"),
        ("eusc-de-east-1", "aws-eusc"),
    ],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert partition_of(region) == partition
    built = ExecuteApiArn.build(
        region=region, account="111122223333", api_id="a1", stage="prod", method="GET", path="/x"
    )
    assert str(built) == f"arn:{partition}:execute-api:{region}:111122223333:a1/prod/GET/x"
    assert built.partition == partition


@pytest.mark.rule("GW-1", "GW-3", "GW-4", "GW-6")
@pytest.mark.parametrize(
    ("resource", "parts"),
    [
        ("a1/prod/GET/pets", {"kind": "http", "api_id": "a1", "stage": "prod", "method": "GET", "path": "/pets"}),
        ("a1/prod/GET/", {"kind": "http", "api_id": "a1", "stage": "prod", "method": "GET", "path": "/"}),
        ("A1/$default/GET/a/b", {"kind": "http", "api_id": "A1", "stage": "$default", "method": "GET", "path": "/a/b"}),
        ("a1/p-_9/GET//a//", {"kind": "http", "api_id": "a1", "stage": "p-_9", "method": "GET", "path": "//a//"}),
        ("a1/p/PROPFIND/a", {"kind": "http", "api_id": "a1", "stage": "p", "method": "PROPFIND", "path": "/a"}),
        ("a1/p/GET/{id}/*:%2f", {"kind": "http", "api_id": "a1", "stage": "p", "method": "GET", "path": "/{id}/*:%2f"}),
        ("a1/p/GET/$connect", {"kind": "http", "api_id": "a1", "stage": "p", "method": "GET", "path": "/$connect"}),
        ("a1/prod/$connect", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "$connect"}),
        ("a1/prod/$disconnect", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "$disconnect"}),
        ("a1/prod/$default", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "$default"}),
        ("a1/prod/send Message", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "send Message"}),
        ("a1/prod/GETS", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "GETS"}),
        ("a1/prod/get", {"kind": "route", "api_id": "a1", "stage": "prod", "route_key": "get"}),
        ("a1/p/POST/@connections", {"kind": "connection", "api_id": "a1", "stage": "p", "method": "POST"}),
        (
            "a1/p/DELETE/@connections/L0SM9cOFvHcCIhw=",
            {
                "kind": "connection",
                "api_id": "a1",
                "stage": "p",
                "method": "DELETE",
                "connection_id": "L0SM9cOFvHcCIhw=",
            },
        ),
        (
            "a1/p/PUT/@connections/x",
            {"kind": "http", "api_id": "a1", "stage": "p", "method": "PUT", "path": "/@connections/x"},
        ),
        (
            "a1/p/GET/@connections2",
            {"kind": "http", "api_id": "a1", "stage": "p", "method": "GET", "path": "/@connections2"},
        ),
        (
            "/domainnames/private.example.com+abcd1234",
            {"kind": "domain", "domain_name": "private.example.com", "domain_id": "abcd1234"},
        ),
    ],
)
def test_an_arn_says_what_it_names(resource: str, parts: dict[str, str]) -> None:
    arn = ExecuteApiArn.parse(HERE + resource)
    assert parts_of(arn) == parts
    assert (arn.partition, arn.region, arn.account) == ("aws", "eu-west-1", "111122223333")
    assert str(arn) == HERE + resource


def test_an_arn_is_a_value() -> None:
    arn = ExecuteApiArn.parse(HERE + "a1/prod/GET/pets")
    assert arn == ExecuteApiArn.parse(str(arn))
    assert arn != ExecuteApiArn.parse(HERE + "a1/prod/GET/pets/")
    assert len({arn, ExecuteApiArn.parse(str(arn))}) == 1
    assert repr(arn) == f"ExecuteApiArn.parse('{HERE}a1/prod/GET/pets')"
    for other in (pickle.loads(pickle.dumps(arn)), copy.deepcopy(arn)):
        assert other == arn
        assert str(other) == str(arn)


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("text", "column", "underlined", "message", "advice", "rule"),
    [
        # the fields before the resource
        ("arn:aws:s3:eu-west-1:111122223333:a1/p/GET/", 9, "s3", "found 's3', expected execute-api", CALL, "GW-1"),
        (
            "arn:aws:apigateway:eu-west-1:111122223333:/domainnames/a.b+c",
            9,
            "apigateway",
            "found 'apigateway', expected execute-api",
            "apigateway is the service that changes APIs and domains; calls to them are of execute-api, in ARNs and "
            "in policies",
            "GW-1",
        ),
        (
            "arn:aws:execute-api::111122223333:a1/p/GET/",
            21,
            "",
            "found '', expected a region, such as eu-west-1",
            CALL,
            "GW-1",
        ),
        (
            "arn:aws:execute-api:west:111122223333:a1/p/GET/",
            21,
            "west",
            "found 'west', expected a region, such as eu-west-1",
            CALL,
            "GW-1",
        ),
        (
            "arn:aws:execute-api:eu-west-1::a1/p/GET/",
            31,
            "",
            "found '', expected an account of 12 digits",
            CALL,
            "GW-1",
        ),
        (
            "arn:aws:execute-api:eu-west-1:aws:a1/p/GET/",
            31,
            "aws",
            "found 'aws', expected an account of 12 digits",
            CALL,
            "GW-1",
        ),
        # the resource
        (HERE + "domainnames/a.b+c", 44, "domainnames/a.b+c", "", DOMAIN, "GW-1"),
        (HERE + "a_1/p/GET/", 44, "a_1", "found 'a_1', expected an API id of letters and digits", CALL, "GW-1"),
        (HERE + "*/p/GET/", 44, "*", "found '*', expected an API id of letters and digits", CALL, "GW-1"),
        (HERE + "a1", 46, "", "the ARN ends before its stage", NO_METHOD, "GW-8"),
        (HERE + "a1/", 47, "", "the ARN ends before its stage", NO_METHOD, "GW-8"),
        (HERE + "a1/prod", 51, "", "the ARN ends before its method and path, or its route key", NO_METHOD, "GW-8"),
        (HERE + "a1/prod/", 52, "", "the ARN ends before its method and path, or its route key", NO_METHOD, "GW-8"),
        (HERE + "a1/*/GET/x", 47, "*", f"found '*', expected {STAGE}", CALL, "GW-6"),
        (HERE + "a1//GET/x", 47, "", f"found '', expected {STAGE}", CALL, "GW-6"),
        (HERE + "a1/$prod/GET/x", 47, "$prod", f"found '$prod', expected {STAGE}", CALL, "GW-6"),
        (HERE + f"a1/{'p' * 129}/GET/", 47, "p" * 129, f"found '{'p' * 129}', expected {STAGE}", CALL, "GW-6"),
        (
            HERE + "a1/prod/GET",
            52,
            "GET",
            "found 'GET', expected a path after the method",
            "the root path is a slash: GET/",
            "GW-3",
        ),
        (
            HERE + "a1/prod/get/x",
            52,
            "get",
            f"found 'get', expected {METHOD}",
            "methods are case-sensitive: write GET",
            "GW-5",
        ),
        (HERE + "a1/prod/ANY/x", 52, "ANY", f"found 'ANY', expected {METHOD}", ONE_METHOD, "GW-5"),
        (HERE + "a1/prod/any/x", 52, "any", f"found 'any', expected {METHOD}", ONE_METHOD, "GW-5"),
        (HERE + "a1/prod/*/x", 52, "*", f"found '*', expected {METHOD}", ONE_METHOD, "GW-5"),
        (HERE + "a1/prod//x", 52, "", f"found '', expected {METHOD}", ONE_METHOD, "GW-5"),
        (
            HERE + "a1/prod/GET/x?y=1",
            55,
            "/x?y=1",
            "found '/x?y=1', expected a path, which begins with \"/\" and ends before the query string",
            "leave the query string out; it is not part of the ARN",
            "GW-2",
        ),
        (HERE + "a1/prod/$other", 52, "$other", f"found '$other', expected {ROUTE_KEY}", CALL, "GW-1"),
        (HERE + "a1/prod/*", 52, "*", f"found '*', expected {ROUTE_KEY}", CALL, "GW-1"),
        (
            HERE + "a1/prod/GET/@connections/",
            69,
            "",
            "found '', expected the id of a connection",
            CALL,
            "GW-1",
        ),
        (
            HERE + "/domainnames/a.b",
            44,
            "/domainnames/a.b",
            "found '/domainnames/a.b', expected /domainnames/name+id, or an API id, which has no slash before it",
            DOMAIN,
            "GW-1",
        ),
        (
            HERE + "/a1/prod/GET/+",
            44,
            "/a1/prod/GET/+",
            "found '/a1/prod/GET/+', expected /domainnames/name+id, or an API id, which has no slash before it",
            DOMAIN,
            "GW-1",
        ),
        (
            HERE + "/domainnames/localhost+abc",
            57,
            "localhost",
            "found 'localhost', expected a domain name in lower case",
            DOMAIN,
            "GW-1",
        ),
        (
            HERE + "/domainnames/A.b+abc",
            57,
            "A.b",
            "found 'A.b', expected a domain name in lower case",
            DOMAIN,
            "GW-1",
        ),
        (
            HERE + "/domainnames/a.b+",
            61,
            "",
            "found '', expected the id of a private custom domain, letters and digits",
            DOMAIN,
            "GW-1",
        ),
    ],
)
def test_what_is_no_arn_of_a_call_is_refused_where_it_goes_wrong(
    *, text: str, column: int, underlined: str, message: str, advice: str, rule: str
) -> None:
    message = message or f"found {underlined!r}, expected a slash before domainnames"
    refusal = refused(RequestError, lambda: ExecuteApiArn.parse(text))
    assert refusal == Refusal(message, f"<arn>:1:{column}", underlined, advice, rule)


def test_what_is_no_arn_at_all_is_refused_as_one() -> None:
    assert refused(RequestError, lambda: ExecuteApiArn.parse("a1/prod/GET/x")).at == "<arn>:1:1"
    number: Any = 7
    assert refused(UsageError, lambda: ExecuteApiArn.parse(number)) == Refusal("an ARN is a text, found 7, an int")


@pytest.mark.rule("GW-9")
@pytest.mark.parametrize(
    ("partition", "region", "expected"),
    [
        ("aws", "cn-north-1", "aws-cn"),
        ("aws-cn", "eu-west-1", "aws"),
        ("aws-iso", "us-isob-east-1", "aws-iso-b"),
        ("aws-new", "us-gov-west-1", "aws-us-gov"),
    ],
)
def test_a_partition_that_is_not_of_the_region_is_refused(partition: str, region: str, expected: str) -> None:
    text = f"arn:{partition}:execute-api:{region}:111122223333:a1/prod/GET/x"
    assert refused(RequestError, lambda: ExecuteApiArn.parse(text)) == Refusal(
        f"found '{partition}', expected {expected}, the partition of {region}",
        "<arn>:1:5",
        partition,
        "the partition follows from the region",
        "GW-9",
    )


@pytest.mark.rule("GW-9")
def test_a_partition_that_nobody_knows_yet_is_taken_as_told() -> None:
    built = ExecuteApiArn.build(
        region="xx-north-1",
        account="111122223333",
        api_id="a1",
        stage="prod",
        method="GET",
        path="/",
        partition="aws-new",
    )
    assert str(built) == "arn:aws-new:execute-api:xx-north-1:111122223333:a1/prod/GET/"


@pytest.mark.rule("GW-1", "GW-3")
@pytest.mark.parametrize(
    ("given_parts", "resource", "kind"),
    [
        ({"api_id": "a1", "stage": "prod", "method": "GET", "path": "/"}, "a1/prod/GET/", "http"),
        ({"api_id": "a1", "stage": "prod", "method": "GET", "path": "//a/"}, "a1/prod/GET//a/", "http"),
        ({"api_id": "a1", "stage": "prod", "route_key": "$connect"}, "a1/prod/$connect", "route"),
        (
            {"api_id": "a1", "stage": "p", "method": "POST", "connection_id": "x=/y"},
            "a1/p/POST/@connections/x=/y",
            "connection",
        ),
        (
            {"api_id": "a1", "stage": "p", "method": "POST", "path": "/@connections"},
            "a1/p/POST/@connections",
            "connection",
        ),
        ({"domain_name": "a.b", "domain_id": "c1"}, "/domainnames/a.b+c1", "domain"),
    ],
)
def test_an_arn_is_built_from_its_parts(given_parts: dict[str, str], resource: str, kind: str) -> None:
    arn = ExecuteApiArn.build(region="eu-west-1", account="111122223333", **given_parts)
    assert str(arn) == HERE + resource
    assert arn.kind == kind


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"region": "west"}, ("found 'west', expected a region, such as eu-west-1", "region", CALL, "GW-1")),
        ({"account": "12"}, ("found '12', expected an account of 12 digits", "account", CALL, "GW-1")),
        (
            {"partition": "AWS"},
            ("found 'AWS', expected a partition: aws, aws-cn, aws-us-gov, …", "partition", CALL, "GW-9"),
        ),
        ({"api_id": "a/b"}, ("found 'a/b', expected an API id of letters and digits", "api_id", CALL, "GW-1")),
        ({"stage": "a/b"}, (f"found 'a/b', expected {STAGE}", "stage", CALL, "GW-6")),
        ({"method": "GET/x"}, (f"found 'GET/x', expected {METHOD}", "method", ONE_METHOD, "GW-5")),
        (
            {"path": "pets"},
            (
                "found 'pets', expected a path, which begins with \"/\" and ends before the query string",
                "path",
                PATH_ALONE,
                "GW-2",
            ),
        ),
    ],
)
def test_a_part_that_cannot_stand_in_an_arn_is_refused(
    changed: dict[str, str], refusal: tuple[str, str, str, str]
) -> None:
    parts: dict[str, Any] = {
        "region": "eu-west-1",
        "account": "111122223333",
        "api_id": "a1",
        "stage": "prod",
        "method": "GET",
        "path": "/x",
    }
    message, name, advice, rule = refusal
    found = refused(RequestError, lambda: ExecuteApiArn.build(**(parts | changed)))
    assert found == Refusal(message, f"<{name}>:1:1", changed[name], advice, rule)


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "these parts do not form an ARN: region and account alone"),
        ({"api_id": "a1", "stage": "p"}, "these parts do not form an ARN: api_id, stage"),
        ({"api_id": "a1", "stage": "p", "method": "GET"}, "these parts do not form an ARN: api_id, stage, method"),
        (
            {"api_id": "a1", "stage": "p", "path": "/", "method": "GET", "route_key": "x"},
            "these parts do not form an ARN: api_id, stage, method, path, route_key",
        ),
        (
            {"api_id": "a1", "domain_name": "a.b", "domain_id": "c"},
            "these parts do not form an ARN: api_id, domain_name, domain_id",
        ),
    ],
)
def test_parts_that_do_not_go_together_are_refused(parts: dict[str, str], message: str) -> None:
    found = refused(UsageError, lambda: ExecuteApiArn.build(region="eu-west-1", account="111122223333", **parts))
    assert found.message == message
    assert found.rule == "GW-1"
    assert found.advice == (
        "beside region and account, give api_id, stage, method, path; or api_id, stage, route_key; "
        "or api_id, stage, method, connection_id; or domain_name, domain_id"
    )


@pytest.mark.rule("GW-1")
def test_a_connection_takes_three_methods() -> None:
    found = refused(
        RequestError,
        lambda: ExecuteApiArn.build(
            region="eu-west-1", account="111122223333", api_id="a1", stage="p", method="PUT", connection_id="x"
        ),
    )
    assert found == Refusal(
        "found 'PUT', expected a method of connections: DELETE, GET, POST",
        "<method>:1:1",
        "PUT",
        "POST sends to a connection, GET returns its state, DELETE ends it",
        "GW-1",
    )


def test_a_part_that_is_no_text_is_refused() -> None:
    number: Any = 111122223333
    found = refused(UsageError, lambda: ExecuteApiArn.build(region="eu-west-1", account=number, api_id="a1", stage="p"))
    assert found == Refusal("account is a text, found 111122223333, an int")


# Short forms

API = ExecuteApiArn.parse(HERE + "a1/prod/GET/pets")
PRIVATE_DOMAIN = ExecuteApiArn.parse(HERE + "/domainnames/a.example.com+abc1")


@pytest.mark.rule("GW-7")
@pytest.mark.parametrize(
    "after",
    [
        "/*",
        "/prod/*",
        "/prod/GET/pets",
        "/prod/GET/",
        "/prod/GET/*",
        "/prod/*/pets",
        "/prod/*//pets",
        "/*/GET/pets",
        "/prod*",
        "/pro?/GET/pets",
        "/prod/G?T/pets",
        "/prod/$connect",
        "/prod/sendMessage",
        "/prod/POST/@connections/*",
        "/$default/GET/a?b",
        "/${aws:PrincipalTag/stage}/GET/x",
        "/prod/${aws:PrincipalTag/key}/x",
        "/prod/GET/${aws:username}/*",
        "/test-invoke-stage/GET/pets",
    ],
)
def test_a_short_form_stands_for_an_arn_of_its_api(after: str) -> None:
    assert API.expand(f"execute-api:{after}") == ShortForm(f"{HERE}a1{after}")


@pytest.mark.rule("GW-7", "GW-8")
@pytest.mark.parametrize(
    ("after", "trap", "rule"),
    [
        ("/", "`execute-api:/` names no method, so no call matches it; write `execute-api:/*`", "GW-8"),
        ("//", "`execute-api://` names no method, so no call matches it; write `execute-api:/*`", "GW-8"),
        ("/prod", "`execute-api:/prod` names no method, so no call matches it; write `execute-api:/prod/*`", "GW-8"),
        ("/prod/", "`execute-api:/prod/` names no method, so no call matches it; write `execute-api:/prod/*`", "GW-8"),
        ("/pro?", "`execute-api:/pro?` names no method, so no call matches it; write `execute-api:/pro?/*`", "GW-8"),
        ("//GET/x", f"found '', expected {STAGE}, so no call matches it; {CALL}", "GW-6"),
        ("/a b/*", f"found 'a b', expected {STAGE}, so no call matches it; {CALL}", "GW-6"),
        ("/prod/GET", f"found 'GET', expected {ROUTE_KEY}, so no call matches it; {CALL}", "GW-1"),
        ("/prod/ANY/*", f"found 'ANY', expected {METHOD}, so no call matches it; {ONE_METHOD}", "GW-5"),
        (
            "/prod/get/*",
            f"found 'get', expected {METHOD}, so no call matches it; methods are case-sensitive: write GET",
            "GW-5",
        ),
        (
            "/prod/GET//pets",
            "the method is followed by a slash already, so write it once: `execute-api:/prod/GET/pets`",
            "GW-3",
        ),
        ("/prod/GET/pets/{id}/x", "`{id}` is literal text here, write `*`", "GW-2"),
        ("/prod/*/{proxy+}", "`{proxy+}` is literal text here, write `*`", "GW-2"),
        ("/*/{id}", "`{id}` is literal text here, write `*`", "GW-2"),
    ],
)
def test_a_short_form_that_no_call_matches_is_told_with_its_trap(after: str, trap: str, rule: str) -> None:
    assert API.expand(f"execute-api:{after}") == ShortForm(f"{HERE}a1{after}", trap, rule)


@pytest.mark.rule("GW-7")
def test_a_short_form_in_the_policy_of_a_private_domain_stands_for_the_domain() -> None:
    assert PRIVATE_DOMAIN.expand("execute-api:/*") == ShortForm(HERE + "/*")
    assert PRIVATE_DOMAIN.expand("execute-api:/${aws:username}") == ShortForm(HERE + "/${aws:username}")
    assert PRIVATE_DOMAIN.expand("execute-api:/domainnames/a.example.com+abc1").trap == ""
    assert PRIVATE_DOMAIN.expand("execute-api:/prod/GET/*") == ShortForm(
        HERE + "/prod/GET/*",
        "the ARN of this domain continues with `/domainnames/a.example.com+abc1`, which `/prod/GET/*` does not match; "
        "write `execute-api:/*`",
        "GW-7",
    )


@pytest.mark.rule("GW-7")
@pytest.mark.parametrize(
    ("text", "column", "underlined", "message", "advice"),
    [
        (
            "execute-api:*",
            13,
            "*",
            "found '*', expected a slash: without it the text is stored as it is and matches nothing",
            "write execute-api:/*",
        ),
        (
            "execute-api:prod/GET/*",
            13,
            "prod/GET/*",
            "found 'prod/GET/*', expected a slash: without it the text is stored as it is and matches nothing",
            "write execute-api:/prod/GET/*",
        ),
        (
            "*",
            1,
            "*",
            "found '*', expected a short form, which begins with execute-api:/",
            "execute-api:/* is every call of the API",
        ),
        (
            HERE + "a1/*",
            1,
            HERE + "a1/*",
            f"found '{HERE}a1/*', expected a short form, which begins with execute-api:/",
            "a whole ARN is not expanded",
        ),
    ],
)
def test_what_is_no_short_form_stands_for_nothing(
    text: str, column: int, underlined: str, message: str, advice: str
) -> None:
    found = refused(RequestError, lambda: API.expand(text))
    assert found == Refusal(message, f"<short form>:1:{column}", underlined, advice, "GW-7")


def test_a_short_form_is_a_text() -> None:
    nothing: Any = None
    assert refused(UsageError, lambda: API.expand(nothing)) == Refusal("a short form is a text, found a NoneType")


# Paths


@pytest.mark.rule("GW-4")
@pytest.mark.parametrize(
    ("path", "normalised"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/pets/", "/pets"),
        ("/pets//7///", "/pets/7"),
        ("/p%65ts", "/pets"),
        ("/%C3%A9", "/é"),
        ("/%c3%a9%41", "/éA"),
        ("/%FF", "/%FF"),
        ("/%4", "/%4"),
        ("/%zz%41", "/%zzA"),
        ("/a%2Fb%2fc%3Fd%3f", "/a%2Fb%2fc%3Fd%3f"),
        ("/a%20b%25", "/a b%"),
        ("/%2541", "/%41"),
        ("/a/../b", "/a/../b"),
    ],
)
def test_the_other_reading_of_a_path(path: str, normalised: str) -> None:
    assert normalised_path(path) == normalised


def test_percent_encoding_is_undone() -> None:
    assert decoded("%2Fa%3f%C3%A9+%") == "/a?é+%"
    assert decoded("%C3") == "%C3"
    assert merged_slashes("/%41//b/") == "/%41/b"


# Laws

REGIONS = st.sampled_from(["eu-west-1", "cn-north-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1"])
ACCOUNTS = st.from_regex(r"[0-9]{12}", fullmatch=True, alphabet=st.characters(codec="ascii"))
IDS = st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True).filter(lambda text: text != "domainnames")
STAGES = st.just("$default") | st.from_regex(r"[A-Za-z0-9_-]{1,8}", fullmatch=True)
METHODS = st.sampled_from(["GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "PROPFIND"])
ANY_TEXT = st.text(st.characters(exclude_characters="?", exclude_categories=["Cs"]), max_size=12)
PATHS = (st.text("/a%2Ff{}*$@:", max_size=12) | ANY_TEXT).map("/".__add__)
KEYS = st.sampled_from(["$connect", "$disconnect", "$default"]) | st.from_regex("[a-z][A-Za-z :.]{0,8}", fullmatch=True)
CONNECTIONS = st.sampled_from(["GET", "POST", "DELETE"])
NAMES = st.from_regex(r"[a-z0-9]{1,3}(\.[a-z]{1,3}){1,2}", fullmatch=True)

KINDS = {
    "http": {"api_id": IDS, "stage": STAGES, "method": METHODS, "path": PATHS.filter(lambda path: path[1:2] != "@")},
    "route": {"api_id": IDS, "stage": STAGES, "route_key": KEYS},
    "connection": {"api_id": IDS, "stage": STAGES, "method": CONNECTIONS, "connection_id": ANY_TEXT.filter(bool)},
    "domain": {"domain_name": NAMES, "domain_id": IDS},
}


@pytest.mark.rule("GW-1", "GW-4")
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_an_arn_that_is_built_reads_as_its_parts(kind: str, data: st.DataObject) -> None:
    parts = data.draw(st.fixed_dictionaries({"region": REGIONS, "account": ACCOUNTS, **KINDS[kind]}))
    built = ExecuteApiArn.build(**parts)
    assert parts_of(built) | {"region": built.region, "account": built.account} == parts | {"kind": kind}
    assert built.partition == partition_of(parts["region"])
    assert ExecuteApiArn.parse(str(built)) == built


def read_or_refused(text: str) -> tuple[ExecuteApiArn | None, RequestError | None]:
    try:
        return ExecuteApiArn.parse(text), None
    except RequestError as error:
        return None, error


@pytest.mark.rule("GW-1")
@given(text=st.text("a1/:$@{}?*+.GETdomainnames", max_size=20) | st.text(max_size=12))
def test_any_text_is_read_whole_or_refused_inside_it(text: str) -> None:
    whole = HERE + text
    arn, error = read_or_refused(whole)
    if arn is None:
        assert error is not None
        assert error.span is not None
        assert error.rule.startswith("GW-")
        assert error.advice
        return
    parts = {name: value for name, value in parts_of(arn).items() if name != "kind"}
    if arn.kind == "connection" and arn.connection_id is None:
        parts["path"] = "/@connections"
    assert str(ExecuteApiArn.build(region="eu-west-1", account="111122223333", **parts)) == whole


@pytest.mark.rule("GW-7")
@given(
    body=st.text("/prod*?GETa$", max_size=14).map("/".__add__),
    resource=st.sampled_from(["a1/prod/GET/a", "a1/prod/GET/", "a1/prod/$connect", "a1/p/GET/a/d/o", "a1/o/POST/"]),
)
def test_what_a_short_form_stands_for_matches_what_the_engine_matches(body: str, resource: str) -> None:
    expanded = API.expand(f"execute-api:{body}")
    arn = parse_arn(HERE + resource)
    assert arn.after_api is not None
    by_engine = matcher(tokens_of(body))(arn.after_api)
    assert matcher(tokens_of(expanded.pattern))(arn.text) is by_engine
    if by_engine:
        assert expanded.trap == "", "a trap is told of what matches none of these calls"
