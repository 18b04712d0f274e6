"""Accounts, regions and API ids that have to be given where a policy names them (SRC-7)."""

from __future__ import annotations

import pytest

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.unknown_value import unknown_text
from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.loaders.literal_ids import KnownIds, check_literal_ids

PLACED = KnownIds("123456789012", "us-east-1", frozenset({"orders", "pets"}), False, False, False)
HERE = "arn:aws:execute-api:us-east-1:123456789012:orders"
REGION = 'found the region "eu-west-1", but the region of the API is not given'
ACCOUNT = 'found the account "111122223333", but the account of the API is not given'
API_ID = 'found the API id "a1b2c3", but the API id of the API is not given'


def messages(statement: str, known: KnownIds = PLACED) -> list[tuple[str, str]]:
    """Each message with the text that it points to."""
    text = f'{{"Statement": {statement}}}'
    root, _ = read_json(text, unknown_values=True)
    assert root is not None
    problems = Problems(Source("policy.json", text))
    check_literal_ids(problems, root, known)
    try:
        problems.check()
    except PolicySyntaxError as error:
        return [(one.message, text[one.span.column - 1 : one.span.end_column - 1]) for one in error.errors if one.span]
    return []


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (f"{HERE}/*", []),
        ("arn:aws:execute-api:us-east-1:123456789012:pets/prod/GET/*", []),
        ("execute-api:/prod/GET/*", []),
        ("arn:aws:execute-api:*:*:*/prod/*", []),
        ("*", []),
        ("arn:aws:s3:eu-west-1:111122223333:a1b2c3/x", []),
        ("arn:aws:execute-api:eu-west-1:*:*", [REGION]),
        ("arn:aws:execute-api:*:111122223333:*/prod", [ACCOUNT]),
        ("arn:aws:execute-api:*:*:a1b2c3", [API_ID]),
        ("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*", [REGION, ACCOUNT, API_ID]),
        ("arn:aws:execute-api:eu-*:123456789012:orders/*", [REGION.replace("eu-west-1", "eu-*")]),
        ("arn:aws:execute-api:${aws:RequestedRegion}:123456789012:orders/*", []),
    ],
)
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
@pytest.mark.rule("SRC-7")
def test_the_parts_of_an_arn(arn: str, expected: list[str], element: str) -> None:
    for written in (f'"{arn}"', f'["{HERE}", "{arn}"]'):
        found = messages(f'[{{"Effect": "Allow", "{element}": {written}}}]')
        assert found == [(message, f'"{arn}"') for message in expected]


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        ("arn:aws:execute*:eu-west-1:*:*", [REGION]),
        ("arn:aws:*:*:111122223333:*", [ACCOUNT]),
        ("a?n:aws:execute-ap?:*:*:a1b2c3/*", [API_ID]),
        ("arn:aws:execute-api:eu-west-1", [REGION]),
        ("arn:aws:execute-api:*:111122223333", [ACCOUNT]),
        ("arn:aws:execute-api", []),
        ("arn:aws:execute-api:*", []),
        ("arn:*:us-east-1:123456789012:orders/*", []),
        ("*:orders/*", []),
        ("*:a1b2c3/*", [API_ID]),
        ("*:*:*", []),
        ("*:us-east-1:*:*", []),
        ("arn:aws:s3*:eu-west-1:*:*", []),
        ("execute*", []),
    ],
)
@pytest.mark.rule("SRC-7")
def test_an_arn_with_wildcards_or_fewer_fields_names_what_it_names(arn: str, expected: list[str]) -> None:
    found = messages(f'{{"Effect": "Deny", "Resource": "{arn}"}}')
    assert found == [(message, f'"{arn}"') for message in expected]


@pytest.mark.rule("SRC-7")
@pytest.mark.parametrize("arn", ["arn:*:eu-west-1:123456789012:orders/*", "*:eu-west-1:*:*"])
def test_a_wildcard_for_several_fields_of_an_arn(arn: str) -> None:
    found = messages(f'{{"Effect": "Deny", "Resource": "{arn}"}}')
    said = f'found "{arn}", but the {{}} of the API is not given'
    assert [message for message, _ in found] == [said.format("region"), said.format("account")]
    given = PLACED._replace(region_is_given=True, account_is_given=True)
    assert messages(f'{{"Effect": "Deny", "Resource": "{arn}"}}', given) == []


@pytest.mark.parametrize(
    ("effect", "condition", "expected"),
    [
        ("Deny", '{"StringEquals": {"aws:ResourceAccount": "111122223333"}}', [ACCOUNT]),
        ("Deny", '{"StringEquals": {"AWS:requestedregion": ["us-east-1", "eu-west-1"]}}', [REGION]),
        ("Allow", '{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}', [REGION]),
        ("Deny", '{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}', [ACCOUNT]),
        ("Deny", '{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}', [ACCOUNT]),
        ("Allow", '{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}', [ACCOUNT]),
        ("Deny", '{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}', []),
        ("Allow", '{"StringEquals": {"aws:PrincipalAccount": "111122223333"}}', []),
        ("Deny", '{"StringEquals": {"aws:PrincipalAccount": "123456789012", "aws:RequestedRegion": "*"}}', []),
        ("Deny", '{"StringEquals": {"aws:PrincipalTag/account": "111122223333"}}', []),
        ("Deny", '{"StringEquals": 1}', []),
    ],
)
@pytest.mark.rule("SRC-7")
def test_a_condition_that_names_an_account_or_a_region(effect: str, condition: str, expected: list[str]) -> None:
    found = messages(f'{{"Effect": "{effect}", "Condition": {condition}}}')
    assert [message for message, _ in found] == expected


@pytest.mark.rule("SRC-7")
def test_what_is_given_is_not_needed() -> None:
    statement = '{"Effect": "Deny", "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*"}'
    region, account, api_id = (message for message, _ in messages(statement))
    assert (region, account, api_id) == (REGION, ACCOUNT, API_ID)
    assert [one for one, _ in messages(statement, PLACED._replace(region_is_given=True))] == [ACCOUNT, API_ID]
    assert [one for one, _ in messages(statement, PLACED._replace(account_is_given=True))] == [REGION, API_ID]
    assert [one for one, _ in messages(statement, PLACED._replace(api_id_is_given=True))] == [REGION, ACCOUNT]


@pytest.mark.rule("SRC-7")
def test_a_value_of_a_condition() -> None:
    arn = "arn:aws:execute-api:*:111122223333:*"
    found = messages(f'{{"Effect": "Allow", "Condition": {{"ArnLike": {{"aws:SourceArn": ["{arn}"]}}}}}}')
    assert found == [(ACCOUNT, f'"{arn}"')]


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ('{"AWS": "arn:aws:iam::111122223333:role/Partner"}', [ACCOUNT]),
        ('{"AWS": ["*", "111122223333"]}', [ACCOUNT]),
        ('{"AWS": 111122223333}', [ACCOUNT]),
        ('{"AWS": "arn:aws:iam::123456789012:root"}', []),
        ('"*"', []),
        ('{"Service": "apigateway.amazonaws.com"}', []),
    ],
)
@pytest.mark.rule("SRC-7")
def test_the_principals_of_a_deny(principal: str, expected: list[str]) -> None:
    for element in ("Principal", "NotPrincipal"):
        found = messages(f'{{"Effect": "Deny", "{element}": {principal}}}')
        assert [message for message, _ in found] == expected
    assert messages(f'{{"Effect": "Allow", "Principal": {principal}}}') == []


@pytest.mark.rule("SRC-7")
def test_an_unknown_part_is_not_literal() -> None:
    arn = f"arn:aws:execute-api:{unknown_text('the parameter Region')}:123456789012:orders/*"
    assert messages(f'{{"Effect": "Deny", "Resource": "{arn}"}}') == []
    arn = f"arn:aws:execute-api:eu-{unknown_text('the parameter Region')}:123456789012:orders/*"
    (said,) = messages(f'{{"Effect": "Deny", "Resource": "{arn}"}}')
    assert said[0] == REGION.replace("eu-west-1", "eu-*")


@pytest.mark.parametrize("policy", ["[]", "1", '"text"', '[1, {"Effect": 1, "Resource": {"a": null}}]'])
@pytest.mark.rule("SRC-7")
def test_what_is_no_policy_is_reported_elsewhere(policy: str) -> None:
    assert messages(policy) == []


@pytest.mark.parametrize("key", ["aws:PrincipalAccount", "AWS:principalaccount"])
@pytest.mark.rule("SRC-7")
def test_an_account_that_keeps_calls_out_has_to_be_given(key: str) -> None:
    def found(effect: str, operator: str, value: str) -> list[tuple[str, str]]:
        condition = f'{{"{operator}": {{"{key}": ["{value}"]}}}}'
        return messages(f'{{"Effect": "{effect}", "Resource": "*", "Condition": {condition}}}')

    expected = [(ACCOUNT, '"111122223333"')]
    assert found("Deny", "StringEquals", "111122223333") == expected
    assert found("Allow", "StringNotEquals", "111122223333") == expected
    assert found("Deny", "ForAnyValue:StringLike", "111122223333") == expected
    for effect, operator, value in (
        ("Allow", "StringEquals", "111122223333"),
        ("Deny", "StringNotEquals", "111122223333"),
        ("Deny", "StringEquals", "123456789012"),
        ("Deny", "StringLike", "1111*"),
    ):
        assert found(effect, operator, value) == []
