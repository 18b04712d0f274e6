"""The context of a request: what it takes, and what it refuses."""

from __future__ import annotations

import ipaddress
import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest

from execpolicy import Context, RequestError, UsageError
from tests.refused import Refusal, refused

OR_ALLOW = (
    'leave it out; to accept a key that is newer than the catalogue, use allow_unknown=["aws:NothingLikeThatAtAll"]'
)
AS_WRITTEN = "write the key as the policy has it"
FITTING = "give a value of that type; leave the key out if the request does not have it"


class Colour(StrEnum):
    RED = "red"


@pytest.mark.rule("POL-9", "CND-8", "KEY-3")
@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("red", ("red",)),
        ("", ("",)),
        (True, ("true",)),
        (False, ("false",)),
        (5, ("5",)),
        (-0.25, ("-0.25",)),
        (1e22, ("1e+22",)),
        (Decimal("9007199254740993.10"), ("9007199254740993.10",)),
        (b"hi", ("aGk=",)),
        (ipaddress.ip_address("2001:db8::1"), ("2001:db8::1",)),
        (ipaddress.ip_network("10.0.0.0/8"), ("10.0.0.0/8",)),
        (datetime(2026, 1, 1, 12, 30), ("2026-01-01T12:30:00Z",)),
        (datetime(2026, 1, 1, tzinfo=UTC), ("2026-01-01T00:00:00+00:00",)),
        (Colour.RED, ("red",)),
        ([], ()),
        (["red", 5, True], ("red", "5", "true")),
        (("red",), ("red",)),
        ({"red"}, ("red",)),
        ((text for text in "ab"), ("a", "b")),
    ],
)
def test_what_stands_for_a_value(value: Any, texts: tuple[str, ...]) -> None:
    assert Context({"custom:colour": value}).get("custom:colour") == texts


@pytest.mark.rule("CND-2")
def test_keys_are_found_in_any_case_and_kept_as_written() -> None:
    context = Context({"aws:PrincipalTag/Team": "a"})
    assert context.get("AWS:principaltag/team") == ("a",)
    assert context.get("aws:PrincipalTag") is None
    assert dict(context.values) == {"aws:PrincipalTag/Team": ("a",)}


@pytest.mark.rule("KEY-4")
def test_a_context_is_empty_and_complete_unless_it_says_otherwise() -> None:
    assert Context() == Context({}) == Context(None, complete=True)
    assert Context(complete=False) != Context()
    assert Context(complete=False).complete is False


@pytest.mark.rule("CND-2")
def test_contexts_are_equal_by_what_they_say() -> None:
    first, second = Context({"x:a": "1", "x:B": ["2"]}), Context({"x:b": "2", "x:A": 1})
    assert first == second
    assert hash(first) == hash(second)
    assert first != Context({"x:a": "1"})
    assert first != {"x:a": "1", "x:B": "2"}


@pytest.mark.rule("CND-7", "CND-8", "CND-9", "CND-10", "KEY-1")
@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aws:SourceIp", "203.0.113.0/24", "an IP address"),
        ("AWS:vpcsourceip", "here", "an IP address"),
        ("aws:SecureTransport", "yes", "true or false"),
        ("aws:CurrentTime", "now", "a date (ISO 8601), a datetime or epoch seconds"),
        ("aws:EpochTime", "-1", "a date (ISO 8601), a datetime or epoch seconds"),
        ("aws:MultiFactorAuthAge", "1h", "a number"),
        ("aws:PrincipalArn", "arn:aws:iam", "an ARN of six fields"),
        ("aws:SourceArn", "*", "an ARN of six fields"),
    ],
)
def test_a_value_that_does_not_fit_its_key_is_refused(key: str, value: str, expected: str) -> None:
    assert refused(RequestError, lambda: Context({key: value})) == Refusal(
        f"{key} is {expected}, found {value!r}", f"<context {key}>:1:1", value, FITTING, "CND-15"
    )


@pytest.mark.rule("CND-15")
def test_the_value_of_a_list_that_does_not_fit_is_named() -> None:
    refusal = refused(RequestError, lambda: Context({"aws:SourceIp": ["203.0.113.9", "x"]}))
    assert (refusal.message, refusal.underlined) == ("aws:SourceIp is an IP address, found 'x'", "x")


@pytest.mark.rule("CND-15")
@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, "None, a NoneType"),
        (float("nan"), "nan, a float"),
        (float("inf"), "inf, a float"),
        (Decimal("NaN"), "Decimal('NaN'), a Decimal"),
        ({"a": 1}, "{'a': 1}, a dict"),
        ([["a"]], "['a'], a list"),
        (date(2026, 1, 1), "datetime.date(2026, 1, 1), a date"),
        (1j, "1j, a complex"),
    ],
)
def test_what_no_condition_compares_is_refused(value: Any, found: str) -> None:
    assert refused(RequestError, lambda: Context({"custom:colour": value})) == Refusal(
        f"custom:colour holds {found}; expected text, number, boolean, datetime, IP address, bytes, or a list of them",
        advice="leave the key out if the request does not have it",
        rule="CND-15",
    )


@pytest.mark.rule("CND-10")
@pytest.mark.parametrize("octets", [bytearray(b"hi"), memoryview(b"hi")], ids=["bytearray", "memoryview"])
def test_bytes_of_every_type_are_base64(octets: Any) -> None:
    assert Context({"x:k": octets}).get("x:k") == ("aGk=",)


@pytest.mark.rule("CND-15")
def test_a_number_too_long_to_be_written_is_refused() -> None:
    assert "x:k " in refused(RequestError, lambda: Context({"x:k": 10**5000})).message


@pytest.mark.rule("CND-2")
@pytest.mark.parametrize("name", ["", 5, None])
def test_the_name_of_a_key_is_a_text(name: Any) -> None:
    assert refused(RequestError, lambda: Context({name: "a"})) == Refusal(
        f"a context key is a text, found {name!r}", rule="CND-2"
    )


@pytest.mark.rule("CND-2")
def test_a_key_is_given_once() -> None:
    assert refused(RequestError, lambda: Context({"aws:UserName": "a", "aws:username": "b"})) == Refusal(
        "the context gives the key 'aws:username' twice",
        advice="key names are case-insensitive: give one of them, with a list of values",
        rule="CND-2",
    )


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize("values", ["aws:SourceIp=1", ["a"], 5])
def test_a_context_is_a_mapping(values: Any) -> None:
    assert refused(RequestError, lambda: Context(values)) == Refusal(
        f"a context is a mapping of keys to values, found {type(values).__name__}",
        advice='write Context({"aws:SourceIp": "203.0.113.9"})',
        rule="KEY-3",
    )


@pytest.mark.rule("KEY-4")
def test_complete_is_true_or_false() -> None:
    wrong: Any = "no"
    with pytest.raises((RequestError, TypeError), match="complete"):
        Context({}, complete=wrong)


# Keys that nobody has


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    ("key", "found", "advice"),
    [
        ("aws:SourcIp", "which is not a condition key that AWS documents", "did you mean aws:SourceIp?"),
        ("AWS:SOURCIP", "which is not a condition key that AWS documents", "did you mean aws:SourceIp?"),
        (
            "aws:PrincipalTg/team",
            "which is not a condition key that AWS documents",
            "did you mean aws:PrincipalTag/team?",
        ),
        ("aws:SourceIp/x", "which is not a condition key that AWS documents", "did you mean aws:SourceIp?"),
        ("aws:PrincipalTag/", "which names no tag", "write the key of a tag after the slash: aws:PrincipalTag/team"),
        ("aws:NothingLikeThatAtAll", "which is not a condition key that AWS documents", OR_ALLOW),
        (
            "execute-api:viaDomain",
            "which is not a condition key that AWS documents",
            "did you mean execute-api:viaDomainArn?",
        ),
        ("execute-api:SourceIp", "which is not a condition key that AWS documents", "did you mean aws:SourceIp?"),
        ("SourceIp", "expected a condition key with its service, such as aws:SourceIp", "did you mean aws:SourceIp?"),
        (":SourceIp", "expected a condition key with its service, such as aws:SourceIp", "did you mean aws:SourceIp?"),
        ("colour:", "expected a condition key with its service, such as aws:SourceIp", AS_WRITTEN),
    ],
)
def test_a_key_that_aws_does_not_have_is_refused(key: str, found: str, advice: str) -> None:
    for _ in range(2):
        refusal = refused(RequestError, lambda: Context({"aws:username": "Ann", key: "1"}))
        assert refusal == Refusal(f'found "{key}", {found}', f"<context {key}>:1:1", key, advice, "KEY-1")


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize(
    "key",
    [
        *("aws:PrincipalTag/x", "aws:ResourceTag/a/b", "execute-api:ViaDomainArn", "lambda:SourceFunctionArn"),
        *("s3:prefix", "accounts.google.com:aud", "cognito-identity.amazonaws.com:aud", "graph.facebook.com:app_id"),
        *("oidc.eks.eu-west-1.amazonaws.com/id/1:sub", "saml:sub", "custom:tier:level"),
    ],
)
def test_keys_of_other_services_and_of_identity_providers_are_taken(key: str) -> None:
    value = "arn:aws:lambda:eu-west-1:111122223333:function:f"
    assert Context({key: value}).get(key) == (value,)


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize("allowed", [["aws:newkey"], ("AWS:NewKey",), "aws:NewKey", {"aws:NewKey"}])
def test_a_key_newer_than_the_catalogue_is_taken_where_it_is_allowed(allowed: Any) -> None:
    context = Context({"aws:NewKey": "1", "aws:username": "Ann"}, allow_unknown=allowed)
    assert context.get("AWS:newkey") == ("1",)
    with pytest.raises(RequestError, match="aws:NewKey"):
        Context({"aws:NewKey": "1"})
    with pytest.raises(RequestError, match="aws:NewKye"):
        Context({"aws:NewKye": "1"}, allow_unknown=allowed)


@pytest.mark.rule("KEY-1")
def test_what_is_allowed_goes_with_the_context() -> None:
    context = Context({"aws:NewKey": "1"}, allow_unknown=["aws:NewKey", "aws:Newer"])
    more = context.with_keys({"aws:Newer": "2", "aws:username": "Ann"})
    assert more.allow_unknown == ("aws:NewKey", "aws:Newer")
    again = pickle.loads(pickle.dumps(more))
    assert again == more
    assert again.with_keys({"custom:x": "1"}).allow_unknown == more.allow_unknown
    assert again == Context(more.values, allow_unknown=["AWS:Newer", "aws:NewKey"])
    assert context != Context({"aws:NewKey": "1"}, allow_unknown=["aws:NewKey"])
    assert repr(context) == (
        "Context({'aws:NewKey': ('1',)}, complete=True, allow_unknown=('aws:NewKey', 'aws:Newer'))"
    )


@pytest.mark.rule("KEY-1")
def test_keys_outside_the_catalogue() -> None:
    context = Context({"s3:prefix": "a", "custom:x": "1", "aws:username": "Ann"}, allow_unknown="custom:X")
    assert context.uncatalogued() == ("s3:prefix",)
    assert context.needs_check
    accepted = context.with_accepted_names()
    assert (accepted, accepted.needs_check) == (context, True)  # aws:username is to be checked
    assert not Context({"s3:prefix": "a"}).with_accepted_names().needs_check
    assert not Context({"s3:prefix": "a"}, allow_unknown=["s3:prefix"]).needs_check
    plain = Context({"aws:UserAgent": "curl"})
    assert plain.with_accepted_names() is plain


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize("wrong", ["NewKey", ["aws:"], [":x"]])
def test_what_is_allowed_is_the_name_of_a_key(wrong: Any) -> None:
    refusal = refused(UsageError, lambda: Context(allow_unknown=wrong))
    name = wrong if isinstance(wrong, str) else wrong[0]
    advice = "write the key as a policy does, such as aws:NewKey"
    message = f'allow_unknown: found "{name}", which names no service'
    assert refusal == Refusal(message, advice=advice, rule="KEY-1")


@pytest.mark.rule("KEY-1")
@pytest.mark.parametrize("wrong", [5, [5], {"aws:NewKey": 1}])
def test_what_is_allowed_is_a_list_of_names(wrong: Any) -> None:
    with pytest.raises(UsageError, match="allow_unknown"):
        Context(allow_unknown=wrong)
