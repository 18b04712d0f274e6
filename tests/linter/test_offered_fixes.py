"""What fixes write, rule by rule, and where a rule offers none."""

from __future__ import annotations

import json

import pytest

from execpolicy.literals import PolicyKindName
from tests.linter.fixes import fixed

ARN = "arn:aws:execute-api:eu-west-1:111122223333:"


def fixed_text(text: str, rule: str, kind: PolicyKindName) -> str:
    result = fixed(text, "policy.json", rules=[rule], kind=kind)
    assert [each for each in result.left_out if each.is_internal] == []
    assert fixed(result.text, "policy.json", rules=[rule], kind=kind).text == result.text
    return result.text


@pytest.mark.parametrize(
    ("rule", "resource", "expected", "kind"),
    [
        ("EP-ARN-002", "execute-api:/prod/GET///orders", "execute-api:/prod/GET/orders", "resource"),
        ("EP-ARN-004", "execute-api:/prod/any/orders", "execute-api:/prod/*/orders", "resource"),
        ("EP-ARN-004", "execute-api:/prod/FETCH/orders", None, "resource"),
        ("EP-ARN-006", "execute-api:/prod/", "execute-api:/prod/*", "resource"),
        ("EP-ARN-008", "execute-api:prod/GET/a", "execute-api:/prod/GET/a", "resource"),
        ("EP-ARN-008", "execute-api:Invoke", None, "resource"),
        ("EP-ARN-008", "execute-api:*", None, "identity"),
        ("EP-ARN-010", f"{ARN}a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/*", f"{ARN}a1b2c3/prod/*", "identity"),
        ("EP-ARN-010", "https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/GET/a", None, "identity"),
        ("EP-ARN-010", f"{ARN}https://api.example.com/prod/GET/a", None, "identity"),
        ("EP-ARN-010", f"{ARN}https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod", None, "identity"),
        ("EP-ARN-011", "execute-api:/prod/GET/?a=b", "execute-api:/prod/GET/", "resource"),
        (
            "EP-ARN-024",
            "arn:aws:execute-api:*:1111 2222_3333:a/*",
            "arn:aws:execute-api:*:111122223333:a/*",
            "identity",
        ),
        ("EP-ARN-024", "arn:aws:execute-api:*:1111:a/*", None, "identity"),
        (
            "EP-ARN-026",
            "arn:x:execute-api:us-gov-west-1:1:a/*",
            "arn:aws-us-gov:execute-api:us-gov-west-1:1:a/*",
            "identity",
        ),
        ("EP-ARN-026", "arn::execute-api:eu-west-1:1:a/*", "arn:aws:execute-api:eu-west-1:1:a/*", "identity"),
        ("EP-ARN-026", "arn:x:execute-api:*:1:a/*", None, "identity"),
    ],
)
def test_entries_of_resource(rule: str, resource: str, expected: str | None, kind: PolicyKindName) -> None:
    statement = {"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": resource}
    if kind == "resource":
        statement["Principal"] = "*"
    text = json.dumps({"Version": "2012-10-17", "Statement": statement})
    assert fixed_text(text, rule, kind) == text.replace(resource, resource if expected is None else expected)


@pytest.mark.parametrize(
    ("rule", "condition", "expected"),
    [
        ("EP-CND-021", '{"StringNotEquals": {"aws:PrincipalTag/a b": "x"}}', None),
        (
            "EP-CND-021",
            '{"Null": {"aws:SourceVpce": "true"}, "StringNotEquals": {"aws:PrincipalAccount": "x"}}',
            '{"Null": {"aws:PrincipalAccount": "false", "aws:SourceVpce": "true"}, '
            '"StringNotEquals": {"aws:PrincipalAccount": "x"}}',
        ),
        (
            "EP-CND-021",
            '{"Null": {"aws:principalaccount": "true"}, "StringNotEquals": {"aws:PrincipalAccount": "x"}}',
            None,
        ),
        # The name of the operator would stand twice.
        (
            "EP-CND-020",
            '{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a"}, "StringEquals": {"aws:PrincipalTag/a": "b"}}',
            None,
        ),
        ("EP-CND-020", '{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a"}, "StringEquals": {}}', None),
        ("EP-CND-041", '{"StringEquals": {"aws:SourceVpc": ["vpce-1a2b3c4d", "x"]}}', None),
        (
            "EP-CND-041",
            '{"StringEquals": {"aws:SourceVpc": "vpce-1a2b3c4d", "aws:SourceVpce": "vpce-1a2b3c4d"}}',
            None,
        ),
        (
            "EP-CND-042",
            '{"StringNotEquals": {"aws:SourceVpce": "vpce-*"}}',
            '{"StringNotLike": {"aws:SourceVpce": "vpce-*"}}',
        ),
        ("EP-CND-042", '{"StringEqualsIgnoreCase": {"aws:SourceVpce": "vpce-*"}}', None),
        (
            "EP-CND-045",
            '{"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "198.51.100.0/24", "172.16.0.0/12", "192.168.0.0/16"]}}',
            '{"IpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}}',
        ),
        (
            "EP-CND-048",
            '{"StringNotLike": {"aws:SourceIp": "198.51.100.0/24"}}',
            '{"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}}',
        ),
        ("EP-CND-048", '{"StringLike": {"aws:SourceIp": "198.51.100.*"}}', None),
        ("EP-CND-048", '{"StringNotEquals": {"aws:SecureTransport": "false"}}', None),
        (
            "EP-CND-048",
            '{"StringEquals": {"aws:SecureTransport": "true"}}',
            '{"Bool": {"aws:SecureTransport": "true"}}',
        ),
        (
            "EP-CND-048",
            '{"StringEqualsIfExists": {"aws:MultiFactorAuthAge": "9"}}',
            '{"NumericEqualsIfExists": {"aws:MultiFactorAuthAge": "9"}}',
        ),
        ("EP-CND-049", '{"Bool": {"aws:SecureTransport": 1}}', '{"Bool": {"aws:SecureTransport": "true"}}'),
        ("EP-CND-049", '{"Bool": {"aws:SecureTransport": "perhaps"}}', None),
        (
            "EP-CND-052",
            '{"IpAddress": {"aws:SourceIp": "198.*.*.*"}}',
            '{"IpAddress": {"aws:SourceIp": "198.0.0.0/8"}}',
        ),
        ("EP-CND-052", '{"IpAddress": {"aws:SourceIp": "198.51.*.7"}}', None),
        ("EP-CND-052", '{"IpAddress": {"aws:SourceIp": "298.51.100.*"}}', None),
        (
            "EP-CND-066",
            '{"NumericLessThan": {"aws:MultiFactorAuthAge": ["1", 2, 3]}}',
            '{"NumericLessThan": {"aws:MultiFactorAuthAge": ["1", "2", "3"]}}',
        ),
        ("EP-CND-066", '{"StringEquals": {"aws:PrincipalTag/a": ["1", 2.0]}}', None),
        (
            "EP-CND-086",
            '{"StringEquals": {"aws:PrincipalServiceName": "States.amazonaws.com"}}',
            '{"StringEquals": {"aws:PrincipalServiceName": "states.amazonaws.com"}}',
        ),
        ("EP-CND-086", '{"StringEquals": {"aws:PrincipalServiceName": "states.example.com"}}', None),
        (
            "EP-CND-087",
            '{"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/app/i-*"}}',
            '{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}',
        ),
        ("EP-CND-087", '{"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/*"}}', None),
        # Another operator may compare the key that is meant.
        (
            "EP-CND-062",
            '{"ArnLike": {"aws:PrincipalArn": "*"}, "ArnEquals": {"aws:ARN": "arn:aws:iam::111122223333:role/app"}}',
            '{"ArnLike": {"aws:PrincipalArn": "*"}, "ArnEquals": {"aws:PrincipalArn": '
            '"arn:aws:iam::111122223333:role/app"}}',
        ),
        (
            "EP-CND-088",
            '{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam:eu-west-1:111122223333:role/app"}}',
            '{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}',
        ),
        ("EP-CND-063", '{"StringNotLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}', None),
        (
            "EP-CND-081",
            '{"DateLessThan": {"aws:CurrentTime": 1798761600}}',
            '{"DateLessThan": {"aws:CurrentTime": "2027-01-01T00:00:00Z"}}',
        ),
        (
            "EP-CND-083",
            '{"IpAddress": {"aws:SourceIp": ["198.51.100.7/24", "2001:db8::1/32"]}}',
            '{"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "2001:db8::/32"]}}',
        ),
    ],
)
def test_conditions(rule: str, condition: str, expected: str | None) -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, '
        f'"Action": "execute-api:Invoke", "Resource": "execute-api:/*", "Condition": {condition}}}}}'
    )
    assert fixed_text(text, rule, "resource") == text.replace(condition, condition if expected is None else expected)


def test_an_empty_condition_of_another_statement_is_no_operator() -> None:
    empty = '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*", "Condition": {}}'
    key = '{"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}'
    text = f'{{"Version": "2012-10-17", "Statement": [{empty}, {empty.replace("{}", key)}]}}'
    assert fixed_text(text, "EP-CND-020", "resource") == text.replace("ForAllValues:", "")


@pytest.mark.parametrize(
    ("rule", "resource", "expected"),
    [
        ("EP-ARN-040", "arn:aws-cn:execute-api:cn-north-1:444455556666:f6g7h8/prod/GET/a", "execute-api:/prod/GET/a"),
        ("EP-ARN-041", "arn:aws:execute-api:*:*:f6g7h8/*", "execute-api:/*"),
        ("EP-ARN-041", "arn:aws:execute-api:*:*:f6g7h8", None),
        ("EP-ARN-042", "execute-api:/production/GET/a", None),
        ("EP-ARN-042", "execute-api:/Prod/GET/a", "execute-api:/prod/GET/a"),
        ("EP-ARN-042", "execute-api:/beta1/GET/a", "execute-api:/beta/GET/a"),
    ],
)
def test_entries_of_the_policy_of_an_api(rule: str, resource: str, expected: str | None) -> None:
    text = (
        "schema: execpolicy/api/1\nid: a1b2c3d4e5\ntype: REST\nregion: eu-west-1\naccount: '111122223333'\n"
        "stages: [prod, beta]\nstage: prod\nroutes:\n  GET /a: {auth: AWS_IAM}\nresource_policy:\n"
        "  Version: '2012-10-17'\n  Statement:\n    Effect: Deny\n    Principal: '*'\n    Action: execute-api:Invoke\n"
        f"    Resource: {resource}\n"
    )
    result = fixed(text, "api.yaml", rules=[rule])
    assert result.text == text.replace(resource, resource if expected is None else expected)
    assert result.left_out == ()


def statements(*elements: str) -> str:
    each = ", ".join(
        f'{{{first}"Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*"}}' for first in elements
    )
    return f'{{"Version": "2012-10-17", "Statement": [{each}]}}'


def sids(*names: str) -> str:
    return statements(*(f'"Sid": "{name}", ' if name is not None else "" for name in names))


def test_sids_get_numbers_that_no_other_statement_has() -> None:
    assert fixed_text(sids("A", "A", "A2", "A", "A"), "EP-DOC-042", "identity") == sids("A", "A3", "A2", "A4", "A5")
    assert fixed_text(sids("a-b", "ab", "a b", "-"), "EP-DOC-044", "identity") == sids("ab2", "ab", "ab3", "-")
    assert fixed_text(sids("", "A"), "EP-DOC-049", "identity") == statements("", '"Sid": "A", ')


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        # A variable: the new version changes decisions, which another rule says.
        ("EP-DOC-040", '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "${a}"}]}', None),
        (
            "EP-DOC-055",
            '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "${aws:username}"}]}',
            ('{"S', '{"Version": "2012-10-17", "S'),
        ),
        (
            "EP-DOC-055",
            '{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": ["${aws:username}", "${"]}]}',
            None,
        ),
        ("EP-DOC-051", sids("A").replace("execute-api:", "executeapi:"), ("executeapi", "execute-api")),
        ("EP-DOC-050", sids("A").replace("Invoke", "Xyz"), None),
        ("EP-DOC-050", sids("A").replace("Invoke", "invalidatecaches"), ("invalidatecaches", "InvalidateCache")),
    ],
)
def test_documents(rule: str, text: str, expected: tuple[str, str] | None) -> None:
    assert fixed_text(text, rule, "identity") == (text if expected is None else text.replace(*expected))


@pytest.mark.parametrize(
    ("element", "removed", "rule"),
    [
        (
            '"Principal": {"AWS": ["AIDAIOSFODNN7EXAMPLE1", "111122223333", "AIDAIOSFODNN7EXAMPLE2"]}',
            None,
            "EP-DOC-062",
        ),
        (
            '"Principal": {"AWS": "AIDAIOSFODNN7EXAMPLE1"}',
            '"Principal": {"AWS": "AIDAIOSFODNN7EXAMPLE1"}',
            "EP-DOC-062",
        ),
        ('"Principal": "*", "Action": ["s3:GetObject"]', '"Principal": "*", "Action": ["s3:GetObject"]', "EP-DOC-052"),
    ],
)
def test_items_are_removed_from_lists_of_several(element: str, removed: str | None, rule: str) -> None:
    action = "" if "Action" in element else ', "Action": "execute-api:Invoke"'
    statement = f'"Effect": "Allow", {element}{action}, "Resource": "execute-api:/*"'
    text = f'{{"Version": "2012-10-17", "Statement": {{{statement}}}}}'
    expected = removed or '"Principal": {"AWS": ["111122223333"]}'
    assert fixed_text(text, rule, "resource") == text.replace(element, expected)
