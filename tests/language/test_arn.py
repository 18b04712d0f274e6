"""ARNs of requests, and what patterns in a policy match of them."""

from __future__ import annotations

import pytest

from execpolicy import RequestError
from execpolicy.language.arn import Arn, bounded, completed, component_matcher, fields_of, parse_arn
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, matcher, tokens_of
from tests.refused import Refusal, refused

ADVICE = (
    "an ARN reads arn:partition:service:region:account:resource, such as "
    "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
)
PETS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"


@pytest.mark.rule("GW-1")
def test_an_arn_has_six_fields() -> None:
    assert parse_arn(PETS) == Arn(PETS, "aws", "execute-api", "eu-west-1", "111122223333", "a1b2c3/prod/GET/pets")


@pytest.mark.rule("GW-1", "PRN-8")
@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("arn:aws-us-gov:execute-api:us-gov-west-1:111122223333:a/b", "partition", "aws-us-gov"),
        ("arn:aws-iso-b:execute-api:us-isob-east-1:111122223333:a/b", "partition", "aws-iso-b"),
        ("arn:aws:s3:::bucket/key", "account", ""),
        ("arn:aws:s3:::bucket/key", "region", ""),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "account", "aws"),
        ("arn:aws:lambda:eu-west-1:111122223333:function:f:1", "resource", "function:f:1"),
        ("arn:aws:execute-api:eu-west-1:111122223333:a/b/GET/x\ny*?", "resource", "a/b/GET/x\ny*?"),
    ],
)
def test_a_field_of_an_arn(text: str, field: str, value: str) -> None:
    assert getattr(parse_arn(text), field) == value


@pytest.mark.rule("GW-1")
@pytest.mark.parametrize(
    ("text", "column", "underlined", "message"),
    [
        ("", 1, "", "found '', expected an ARN, which begins with \"arn:\""),
        ("ARN:aws:s3:::b", 1, "ARN", "found 'ARN', expected an ARN, which begins with \"arn:\""),
        ("arn:AWS:s3:::b", 5, "AWS", "found 'AWS', expected a partition: aws, aws-cn, aws-us-gov, …"),
        ("arn:aws-:s3:::b", 5, "aws-", "found 'aws-', expected a partition: aws, aws-cn, aws-us-gov, …"),
        ("arn:aws:S3:::b", 9, "S3", "found 'S3', expected a service in lower case, such as execute-api"),
        ("arn:aws::::b", 9, "", "found '', expected a service in lower case, such as execute-api"),
        ("arn:aws:s3:*::b", 12, "*", "found '*', expected a region in lower case, such as eu-west-1, or nothing"),
        ("arn:aws:s3::12:b", 13, "12", "found '12', expected an account of 12 digits, or nothing"),
        ("arn:aws:s3:::", 14, "", "found '', expected the name of a resource"),
        ("arn:aws:s3", 11, "", "the ARN ends before its region"),
        ("arn:aws:s3::111122223333", 25, "", "the ARN ends before its resource"),
        ("arn", 4, "", "the ARN ends before its partition"),
    ],
)
def test_what_is_no_arn_is_refused_where_it_goes_wrong(text: str, column: int, underlined: str, message: str) -> None:
    refusal = refused(RequestError, lambda: parse_arn(text))
    assert refusal == Refusal(message, f"<resource>:1:{column}", underlined, ADVICE, "GW-1")


def test_an_error_names_the_text() -> None:
    assert refused(RequestError, lambda: parse_arn("x", name="method")).at == "<method>:1:1"


@pytest.mark.rule("GW-7")
@pytest.mark.parametrize(
    ("resource", "after"),
    [
        ("a1b2c3/prod/GET/pets", "/prod/GET/pets"),
        ("a1b2c3/", "/"),
        ("a1b2c3", None),
        ("/domainnames/x+1", "/domainnames/x+1"),
    ],
)
def test_a_short_form_speaks_of_what_follows_the_api_id(resource: str, after: str | None) -> None:
    assert parse_arn(f"arn:aws:execute-api:eu-west-1:111122223333:{resource}").after_api == after


@pytest.mark.rule("GW-7")
def test_a_short_form_speaks_of_no_other_service() -> None:
    assert parse_arn("arn:aws:s3:::bucket/key").after_api is None


@pytest.mark.rule("RES-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arn:aws:execute-api", "arn:aws:execute-api:*:*:*"),
        ("arn:", "arn::*:*:*:*"),
        ("arn:aws:execute-api:*", "arn:aws:execute-api:*:*:*"),
        ("arn:aws:s3:::b", "arn:aws:s3:::b"),
        ("*", "*"),
        ("", ""),
        ("?rn:aws", "?rn:aws"),
        ("execute-api:/prod", "execute-api:/prod"),
    ],
)
def test_an_arn_cut_short_ends_in_wildcards(text: str, expected: str) -> None:
    spelled = [token if isinstance(token, str) else token.value for token in completed(tokens_of(text))]
    assert "".join(spelled) == expected


@pytest.mark.rule("RES-2")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*", (ANY,)),
        ("arn:a*:b", ("arn:a", ANY, ":b")),
        ("arn:a*b:c", ("arn:a", ANY_IN_FIELD, "b:c")),
        ("arn:?:b", ("arn:", ONE_IN_FIELD, ":b")),
        ("arn:*?", ("arn:", ANY_IN_FIELD, ONE_IN_FIELD)),
        ("arn:aws:s3:::a*b?", ("arn:aws:s3:::a", ANY, "b", ONE)),
        ("arn:aws:s3::1*2:a", ("arn:aws:s3::1", ANY_IN_FIELD, "2:a")),
    ],
)
def test_wildcards_of_the_first_five_fields_stay_inside(text: str, expected: Tokens) -> None:
    assert bounded(tokens_of(text)) == expected


@pytest.mark.rule("RES-2", "RES-3", "RES-4")
@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("*", True),
        ("arn:aws:execute-api:*", True),
        ("arn:aws:execute-api:*:a1b2c3/*", True),
        ("arn:*:pets", False),
        ("arn:a*s:execute-api:*:*:a1b2c3/*", True),
        ("arn:a*:eu-west-1:111122223333:a1b2c3/*", True),
        ("arn:a*1:111122223333:a1b2c3/*", False),
        ("arn:aws:execute-api:eu-west-?:111122223333:*/GET/pets", True),
        ("arn:aws:execute-api?eu-west-1:111122223333:*", False),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/pet?", True),
    ],
)
def test_a_resource_pattern_against_an_arn(pattern: str, matches: bool) -> None:
    assert matcher(bounded(tokens_of(pattern)))(PETS) is matches


@pytest.mark.rule("CND-6")
@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        (PETS, True),
        ("arn:aws:execute-api:*:*:a1b2c3/*", True),
        ("arn:aws:*:*:a1b2c3/*", None),
        ("*", None),
        ("arn:aws:execute-api:*:*:*:*", False),
        ("arn:?ws:execute-api:eu-west-1:111122223333:a1b2c3/prod/*/pets", True),
        ("arn:aws:execute-api:eu-*:111122223333:A1B2C3/prod/GET/pets", False),
        ("::::*:*", False),
        ("*:*:*:*:*:*", True),
    ],
)
def test_arn_operators_compare_field_by_field(pattern: str, matches: bool | None) -> None:
    match = component_matcher(tokens_of(pattern))
    assert (None if match is None else match(PETS)) is matches


@pytest.mark.rule("CND-6")
def test_the_last_field_holds_further_colons() -> None:
    match = component_matcher(tokens_of("arn:aws:lambda:*:*:function:*"))
    assert match is not None
    assert match("arn:aws:lambda:eu-west-1:111122223333:function:f:1")
    assert not match("arn:aws:lambda:eu-west-1:111122223333:layer:f")
    assert not match("arn:aws:lambda:eu-west-1:111122223333")


@pytest.mark.rule("VAR-1", "POL-14")
@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("arn:*:kms:*:${aws:PrincipalAccount}:key/a:b", ["arn", "*", "kms", "*", "${aws:PrincipalAccount}", "key/a:b"]),
        ("arn:aws:x", ["arn", "aws", "x"]),
        ("${a:b", ["${a", "b"]),
        ("", [""]),
    ],
)
def test_a_colon_in_a_variable_parts_no_fields(text: str, fields: list[str]) -> None:
    assert fields_of(text) == fields
