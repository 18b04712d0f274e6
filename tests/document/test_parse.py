"""Documents that are JSON: what a policy may say, element by element, and the place of everything else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy.document.model import Condition, Element, PrincipalElement, PrincipalEntry, Statement
from execpolicy.document.operator_name import OperatorName
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import Text
from execpolicy.errors import PolicySyntaxError
from execpolicy.literals import PolicyKindName
from tests.document.marks import NAME, check, errors_of

A = "111122223333"
ALLOW = '"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"'
REST = '"Action": "execute-api:Invoke", "Resource": "*"'


def parse(document: Any, kind: PolicyKindName = "identity") -> Policy:
    return Policy.parse(document, kind=kind, name=NAME)


def one(members: str, kind: PolicyKindName = "identity", version: str = "2012-10-17") -> Statement:
    """The statement with these members."""
    (statement,) = parse(f'{{"Version": "{version}", "Statement": {{{members}}}}}', kind).statements
    return statement


def statement(members: str) -> str:
    """A document of Version 2012-10-17 with one statement of these members."""
    return f'{{"Version": "2012-10-17", "Statement": [{{{members}}}]}}'


def words(texts: tuple[Text, ...]) -> list[str]:
    return [text.value for text in texts]


# --- the document -----------------------------------------------------------------------------------------------


@pytest.mark.rule("POL-1", "POL-2")
def test_every_element_is_read_in_any_order() -> None:
    text = """{"Statement": [{
        "Resource": ["arn:aws:execute-api:us-east-1:111122223333:abc/*", "*"],
        "Condition": {"StringEqualsIfExists": {"aws:SourceVpc": ["vpc-1", 2], "aws:UserAgent": "x"},
                      "ForAnyValue:Bool": {"aws:SecureTransport": true}},
        "NotAction": "execute-api:*",
        "NotPrincipal": {"AWS": ["111122223333"], "Service": "states.amazonaws.com"},
        "Effect": "Deny",
        "Sid": "one"
      }], "Id": "doc", "Version": "2012-10-17"}"""
    policy = parse(text, "resource")
    assert (policy.version, policy.id, len(policy.statements)) == ("2012-10-17", "doc", 1)
    found = policy.statements[0]

    def at(written: str, after: str = "") -> tuple[int, int]:
        start = text.index(written, text.index(after))
        return start, start + len(written)

    def piece(written: str, value: str | None = None, after: str = "") -> Text:
        return Text(json.loads(written) if value is None else value, *at(written, after))

    assert found == Statement(
        0,
        piece('"one"'),
        "Deny",
        PrincipalElement(
            "NotPrincipal",
            (
                PrincipalEntry("AWS", piece('"111122223333"')),
                PrincipalEntry("Service", piece('"states.amazonaws.com"')),
            ),
            text.index('"NotPrincipal"'),
            text.index("}", text.index('"NotPrincipal"')) + 1,
        ),
        Element("NotAction", (piece('"execute-api:*"'),), *at('"NotAction": "execute-api:*"')),
        Element(
            "Resource",
            (piece('"arn:aws:execute-api:us-east-1:111122223333:abc/*"'), piece('"*"')),
            text.index('"Resource"'),
            text.index("]") + 1,
        ),
        (
            Condition(
                OperatorName("StringEquals", "", True),
                piece('"StringEqualsIfExists"'),
                piece('"aws:SourceVpc"'),
                (piece('"vpc-1"'), piece("2", "2", '"vpc-1"')),
                piece('"aws:SourceVpc"').start,
                text.index("2]") + 2,
            ),
            Condition(
                OperatorName("StringEquals", "", True),
                piece('"StringEqualsIfExists"'),
                piece('"aws:UserAgent"'),
                (piece('"x"'),),
                piece('"aws:UserAgent"').start,
                piece('"x"').end,
            ),
            Condition(
                OperatorName("Bool", "ForAnyValue"),
                piece('"ForAnyValue:Bool"'),
                piece('"aws:SecureTransport"'),
                (piece("true", "true"),),
                piece('"aws:SecureTransport"').start,
                piece("true", "true").end,
            ),
        ),
        text.index("[") + 1,
        text.index("}]") + 1,
    )


@pytest.mark.rule("POL-1")
@pytest.mark.parametrize(
    ("document", "found"),
    [
        ("«[]»", "an empty list"),
        ("«[{}]»", "a list"),
        ('«"x"»', "a string"),
        (" «5» ", "the number 5"),
        ("«null»", "null"),
    ],
)
def test_a_document_is_an_object(document: str, found: str) -> None:
    check(
        document,
        (
            f"found {found}, expected an object with Statement",
            'write {"Version": "2012-10-17", "Statement": [...]}',
        ),
    )


@pytest.mark.rule("POL-1")
def test_a_document_has_a_statement() -> None:
    check('«{"Version": "2012-10-17"}»', ("found a document without Statement", 'add "Statement": [...]'))
    check(
        '{"Statement": «"x"»}',
        (
            "found a string as Statement, expected an object or a list of objects",
            "write an object or a list of objects",
        ),
    )
    check(
        '{"Statement": [«[]», «"x"»]}',
        "found an empty list as a statement, expected an object",
        "found a string as a statement, expected an object",
    )
    check(
        '{"Statement": «null»}',
        ("found null as Statement, expected an object or a list of objects", "leave it out, or give it a value"),
    )


@pytest.mark.rule("POL-1")
def test_an_unknown_element_is_an_error_that_names_the_nearest() -> None:
    check(
        f'{{«"version"»: "2012-10-17", "Statement": [{{{ALLOW}, «"resource"»: "*", «"Conditions"»: {{}}, «"Foo"»: 1}}],'
        ' «"Effect"»: 1}',
        ('found "version", which is not an element of a policy document', 'did you mean "Version"?'),
        ('found "resource", which is not an element of a statement', 'did you mean "Resource"?'),
        ('found "Conditions", which is not an element of a statement', 'did you mean "Condition"?'),
        (
            'found "Foo", which is not an element of a statement',
            "use Sid, Effect, Principal, NotPrincipal, Action, NotAction, Resource, NotResource or Condition",
        ),
        ('found "Effect", which is not an element of a policy document', "move it into a statement of Statement"),
    )


@pytest.mark.rule("POL-1")
def test_a_policy_without_the_object_around_it_is_explained() -> None:
    check(
        '«{«"Effect"»: "Allow"}»',
        "found a document without Statement",
        ('found "Effect", which is not an element of a policy document', "move it into a statement of Statement"),
    )


@pytest.mark.rule("POL-12")
@pytest.mark.parametrize("name", ["policyDocument", "policy", "Document", "ResourcePolicy"])
def test_an_answer_of_aws_around_the_document_is_named(name: str) -> None:
    check(
        f'{{"RoleName": "x", «"{name}"»: {{}}}}',
        (f'found "{name}", expected a policy document with Statement', f'pass the value of "{name}" alone'),
    )


@pytest.mark.rule("POL-3")
def test_a_duplicate_name_is_an_error_that_names_both_places() -> None:
    check(
        f'{{"Statement": [{{{ALLOW},\n «"Effect"»: "Deny"}}],\n «"Statement"»: [], "Id": "x"}}',
        (
            'found the name "Effect" twice in one object; the first is at policy.json:1:17',
            "remove one of them, or put both values in one list",
        ),
        'found the name "Statement" twice in one object; the first is at policy.json:1:2',
    )
    assert {error.rule for error in errors_of('{"Statement": [], "Statement": []}')} == {"POL-3"}


@pytest.mark.rule("POL-3", "CND-2")
def test_condition_keys_that_differ_only_in_case_are_duplicates() -> None:
    document = statement(f'{ALLOW}, "Condition": {{"StringLike": {{"aws:UserAgent": "a", «"AWS:useragent"»: "b"}}}}')
    message = 'found the keys "aws:UserAgent" and "AWS:useragent" in one operator, which are the same key'
    advice = "put the values of both in one list: the case of a key does not matter"
    check(document, (f"{message}; the first is at policy.json:1:139", advice))
    conditions = {"StringLike": {"aws:UserAgent": "a", "AWS:useragent": "b"}}
    (error,) = errors_of(_allow(Condition=conditions))
    assert error.message == f'{message}; the first is at Statement.Condition.StringLike["aws:UserAgent"]'
    assert error.place == 'policy.json: Statement.Condition.StringLike["AWS:useragent"]'
    two_operators = {"StringLike": {"aws:UserAgent": "a"}, "StringEquals": {"AWS:useragent": "b"}}
    assert len(parse(_allow(Condition=two_operators)).statements[0].conditions) == 2


def _allow(**members: object) -> dict[str, object]:
    """A document whose one statement allows everything, with these members too."""
    return {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", **members},
    }


@pytest.mark.rule("POL-4")
def test_the_version_is_one_of_two() -> None:
    assert parse('{"Version": "2008-10-17", "Statement": []}').version == "2008-10-17"
    policy = parse('{"Version": "2012-10-17", "Statement": []}')
    assert (policy.version, policy.version_text) == ("2012-10-17", Text("2012-10-17", 12, 24))
    policy = parse('{"Statement": []}')
    assert (policy.version, policy.version_text) == ("2008-10-17", None)
    check(
        '{"Version": «"2012-10-18"», "Statement": []}',
        (
            'found "2012-10-18" as Version, expected "2012-10-17" or "2008-10-17"',
            'write "2012-10-17": it is the version of the policy language, not of your policy',
        ),
    )
    check(
        '{"Version": «2012», "Statement": []}',
        ("found the number 2012 as Version, expected a string", "put it in double quotes"),
    )
    check(
        '{"Version": «null», "Statement": []}',
        ("found null as Version, expected a string", "leave it out, or give it a value"),
    )


@pytest.mark.rule("POL-4", "VAR-1")
def test_without_the_new_version_a_variable_is_plain_text() -> None:
    broken = '"Effect": "Allow", "Action": "a:b", "Resource": "${", "Condition": {"StringLike": {"k": "${}"}}'
    assert words(one(broken, version="2008-10-17").resource.values) == ["${"]
    assert len(errors_of(statement(broken))) == 2


@pytest.mark.rule("POL-5")
@pytest.mark.parametrize(
    ("effect", "message", "advice"),
    [
        ('"allow"', 'found "allow" as Effect, expected "Allow" or "Deny"', 'did you mean "Allow"?'),
        ('"DENY"', 'found "DENY" as Effect, expected "Allow" or "Deny"', 'did you mean "Deny"?'),
        ('"Permit"', 'found "Permit" as Effect, expected "Allow" or "Deny"', "use Allow or Deny"),
        ('" Allow"', 'found " Allow" as Effect, expected "Allow" or "Deny"', 'did you mean "Allow"?'),
        ("true", "found true as Effect, expected a string", "put it in double quotes"),
        ('["Allow"]', "found a list as Effect, expected a string", "write a string"),
    ],
)
def test_the_effect_is_exactly_allow_or_deny(effect: str, message: str, advice: str) -> None:
    check(statement(f'"Effect": «{effect}», {REST}'), (message, advice))


@pytest.mark.rule("POL-5")
def test_a_statement_has_an_effect() -> None:
    document = f'{{"Statement": «{{{REST}}}»}}'
    check(document, ("found a statement without Effect", 'add "Effect": "Allow" or "Effect": "Deny"'))


@pytest.mark.rule("POL-6", "POL-14")
def test_sids_and_ids_that_aws_refuses_load() -> None:
    document = {"Id": "", "Statement": [_statement(Sid=sid) for sid in ("a b", "a b", "", "é!")]}
    policy = parse(document)
    assert [found.sid for found in policy.statements] == [Text("a b"), Text("a b"), Text(""), Text("é!")]
    assert policy.id == ""
    assert one(ALLOW).sid is None
    check(
        f'{{"Id": «5», "Statement": [{{"Sid": «null», {ALLOW}}}]}}',
        ("found the number 5 as Id, expected a string", "put it in double quotes"),
        ("found null as Sid, expected a string", "leave it out, or give it a value"),
    )


def _statement(**members: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*", **members}


@pytest.mark.rule("POL-7")
@pytest.mark.parametrize("name", ["Action", "Resource"])
def test_a_statement_has_one_of_each_pair(name: str) -> None:
    other = {"Action": '"Resource": "*"', "Resource": '"Action": "a:b"'}[name]
    check(
        statement(f'"Effect": "Deny", {other}, "Not{name}": "x:y", «"{name}"»: "x:y"'),
        (
            f"found {name} and Not{name} in one statement, expected one of them; the first is at policy.json:1:"
            + str(statement(f'"Effect": "Deny", {other}, ').index("}") + 1),
            "split the statement in two, or remove one",
        ),
    )
    check(
        f'{{"Statement": «{{"Effect": "Deny", {other}}}»}}',
        (f"found a statement without {name} or Not{name}", f'add "{name}"'),
    )
    (error,) = errors_of({"Statement": [_statement(**{f"Not{name}": "x:y"})]})
    assert error.message.endswith(f"; the first is at Statement[0].{name}")
    assert error.path == f"Statement[0].Not{name}"


@pytest.mark.rule("POL-7")
def test_a_statement_has_at_most_one_of_principal_and_not_principal() -> None:
    check(
        statement(f'"Effect": "Deny", "Principal": "*", «"NotPrincipal"»: "*", {REST}'),
        (
            "found Principal and NotPrincipal in one statement, expected one of them; the first is at policy.json:1:60",
            "remove one of them",
        ),
        kind="resource",
    )


# --- the element matrix -----------------------------------------------------------------------------------------

NOBODY = {
    "identity": ("an identity policy", "it applies to the identities that it is attached to"),
    "boundary": ("a permissions boundary", "it applies to the identities that it is set on"),
    "session": ("a session policy", "it applies to the session that it is passed to"),
    "scp": ("a service control policy", "it applies to every principal of the accounts that it is attached to"),
    "authorizer": ("an authorizer's policy", "it applies to the caller that the function's principalId names"),
}


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize("kind", NOBODY)
def test_these_documents_name_no_principal(kind: PolicyKindName) -> None:
    name, binds = NOBODY[kind]
    assert one(ALLOW, kind).principal is None
    check(
        statement(f'{ALLOW}, «"Principal"»: "*", «"NotPrincipal"»: null'),
        (
            f"found Principal in {name}, which cannot have it: {binds}",
            "remove Principal, or give the kind that the document has",
        ),
        (
            f"found NotPrincipal in {name}, which cannot have it: {binds}",
            "remove NotPrincipal, or give the kind that the document has",
        ),
        kind=kind,
    )


NAMING = {
    "resource": "a resource policy",
    "vpc_endpoint": "a VPC endpoint policy",
    "domain_name": "a domain name's policy",
}


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize("kind", NAMING)
def test_these_documents_name_a_principal(kind: PolicyKindName) -> None:
    name = NAMING[kind]
    check(
        f'{{"Statement": [«{{{ALLOW}}}»]}}',
        (
            f"found a statement without Principal, which {name} must have",
            'add "Principal": "*", or name the principals',
        ),
        kind=kind,
    )
    denied = one(f'"Effect": "Deny", "NotPrincipal": {{"AWS": "{A}"}}, {REST}', kind)
    assert denied.principal is not None
    assert denied.principal.negated
    check(
        statement(f'{ALLOW}, «"NotPrincipal"»: {{"AWS": "{A}"}}'),
        (
            "found NotPrincipal with Allow, which would allow everyone else, including anonymous callers",
            "name the allowed principals in Principal",
        ),
        kind=kind,
    )


@pytest.mark.rule("POL-8")
def test_a_service_control_policy_may_allow_with_every_element() -> None:
    members = '"Effect": "Allow", "NotAction": "s3:Get*x", "NotResource": "a", "Condition": {"Bool": {"a": "true"}}'
    found = one(members, "scp")
    assert (found.action.negated, found.resource.negated, len(found.conditions)) == (True, True, 1)


RCP = "a resource control policy"
FULL_ACCESS = '"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"'


@pytest.mark.rule("POL-8", "EVL-3")
def test_a_resource_control_policy_denies() -> None:
    assert one('"Effect": "Deny", "Principal": "*", "Action": "s3:*", "NotResource": "x"', "rcp").effect == "Deny"
    assert one(FULL_ACCESS, "rcp").effect == "Allow"
    listed = FULL_ACCESS.replace('"*"', '["*"]').replace('["*"]', '"*"', 1)
    assert one(listed + ', "Sid": "x"', "rcp").effect == "Allow"


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize("principal", ['{"AWS": "*"}', '{"AWS": ["*"]}', "{}", '{"AWS": []}'])
def test_the_principal_of_a_resource_control_policy_is_a_text(principal: str) -> None:
    check(
        statement(f'"Effect": "Deny", "Principal": «{principal}», "Action": "s3:*", "Resource": "*"'),
        (f'found an object as Principal in {RCP}, expected "*"', 'write "Principal": "*"'),
        kind="rcp",
    )


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("kind", "name", "principal"),
    [("scp", "a service control policy", ""), ("rcp", RCP, '"Principal": "*", ')],
)
def test_organizations_need_the_current_version(kind: PolicyKindName, name: str, principal: str) -> None:
    members = f'"Statement": {{"Effect": "Deny", {principal}"Action": "s3:*", "Resource": "*"}}'
    assert parse(f'{{"Version": "2012-10-17", {members}}}', kind).version == "2012-10-17"
    missing = f'found {name} without Version, expected "2012-10-17"'
    check(f"«{{{members}}}»", (missing, 'add "Version": "2012-10-17"'), kind=kind)
    check(
        f'{{"Version": «"2008-10-17"», {members}}}',
        (f'found "2008-10-17" as Version of {name}, expected "2012-10-17"',
         'write "2012-10-17", in which ${…} is a variable'),
        kind=kind,
    )  # fmt: skip
    wrong = 'found "2012" as Version, expected "2012-10-17" or "2008-10-17"'
    check(
        f'{{"Version": «"2012"», {members}}}',
        (wrong, 'write "2012-10-17": it is the version of the policy language, not of your policy'),
        kind=kind,
    )
    (error,) = errors_of({"Statement": []}, kind)
    assert (error.path, error.message, error.rule) == ("", missing, "POL-8")


ONLY_DENIES = (
    f"found Allow in {RCP}, which only denies",
    "write Deny; the only Allow is the statement of RCPFullAWSAccess, exactly as AWS writes it",
)
LONE_STAR = (f'found "*" as Action in {RCP}, expected a service before it', "write the service, as in s3:*")


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("members", "mistakes"),
    [
        ('"Effect": «"Allow"», "Principal": "*", "Action": "s3:*", "Resource": "*"', [ONLY_DENIES]),
        ('"Effect": «"Allow"», "Principal": "*", "Action": «"*"», "Resource": "x"', [ONLY_DENIES, LONE_STAR]),
        ('"Effect": «"Allow"», "Principal": "*", "Action": «"*"», "NotResource": "*"', [ONLY_DENIES, LONE_STAR]),
        (
            '"Effect": «"Allow"», "Principal": "*", "Action": [«"*"», «"*"»], "Resource": "*"',
            [ONLY_DENIES, LONE_STAR, LONE_STAR],
        ),
        (
            '"Effect": «"Allow"», "Principal":"*", "Action": «"*"», "Resource": "*", "Condition": {"Null": {"a": 1}}',
            [ONLY_DENIES, LONE_STAR],
        ),
        ('"Effect": "Deny", "Principal": "*", "Action": ["s3:*", «"*"»], "Resource": "*"', [LONE_STAR]),
        (
            '"Effect": "Deny", "Principal": "*", «"NotAction"»: "s3:*", "Resource": "*"',
            [(f"found NotAction in {RCP}, which cannot have it", "list the actions in Action")],
        ),
        (
            f'"Effect": "Deny", "Principal": {{"AWS": ["*", «"{A}"»]}}, "Action": "s3:*", "Resource": "*"',
            [(f'found "{A}" in {RCP}, expected "*"', 'write "*", and a Condition on aws:PrincipalArn')],
        ),
        (
            '"Effect": "Deny", «"NotPrincipal"»: {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"',
            [
                (
                    f"found NotPrincipal in {RCP}, which cannot have it",
                    'write "Principal": "*" and a Condition on aws:PrincipalArn',
                )
            ],
        ),
    ],
)
def test_what_a_resource_control_policy_cannot_say(members: str, mistakes: list[tuple[str, str]]) -> None:
    check(statement(members), *mistakes, kind="rcp")
    assert {error.rule for error in errors_of(statement(members).replace("«", "").replace("»", ""), "rcp")} == {"POL-8"}


@pytest.mark.rule("POL-8")
def test_a_resource_control_policy_needs_its_principal() -> None:
    check(
        '{"Version": "2012-10-17", "Statement": [«{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}»]}',
        (f"found a statement without Principal, which {RCP} must have", 'add "Principal": "*", or name the principals'),
        kind="rcp",
    )


# --- principals -------------------------------------------------------------------------------------------------

FORMS = '"*" or an object such as {"AWS": "111122223333"}'


@pytest.mark.rule("PRN-1")
def test_principals_are_read_by_type() -> None:
    found = one(f'{ALLOW}, "Principal": "*"', "resource").principal
    assert found is not None
    assert not found.negated
    assert [(entry.type, entry.text.value) for entry in found.entries] == [("*", "*")]
    principal = f'{{"Service": ["a.amazonaws.com"], "AWS": ["*", "{A}"], "Federated": "accounts.google.com"}}'
    found = one(f'{ALLOW}, "Principal": {principal}', "resource").principal
    assert found is not None
    assert [(entry.type, entry.text.value) for entry in found.entries] == [
        ("Service", "a.amazonaws.com"),
        ("AWS", "*"),
        ("AWS", A),
        ("Federated", "accounts.google.com"),
    ]


@pytest.mark.rule("PRN-1")
@pytest.mark.parametrize(
    ("principal", "message", "advice"),
    [
        (f'«"{A}"»', f'found "{A}" as Principal, expected {FORMS}', f'write {{"AWS": "{A}"}}'),
        (
            '«"ec2.amazonaws.com"»',
            f'found "ec2.amazonaws.com" as Principal, expected {FORMS}',
            'write {"Service": "ec2.amazonaws.com"}',
        ),
        ('«"Ann"»', f'found "Ann" as Principal, expected {FORMS}', 'write {"AWS": "Ann"}'),
        ('«["*"]»', f"found a list as Principal, expected {FORMS}", f"write {FORMS}"),
        ("«null»", f"found null as Principal, expected {FORMS}", "leave it out, or give it a value"),
        ('{«"aws"»: "*"}', 'found "aws" in Principal, which is not a type of principal', 'did you mean "AWS"?'),
        (
            '{«"*"»: "*"}',
            'found "*" in Principal, which is not a type of principal',
            "use AWS, Service, Federated or CanonicalUser",
        ),
        (
            f'{{"AWS": «{A}»}}',
            f"found the number {A} as AWS in Principal, expected a string or a list of them",
            "put it in double quotes",
        ),
        (
            '{"AWS": ["*", «null»]}',
            "found null as an entry of AWS in Principal, expected a string",
            "leave it out, or give it a value",
        ),
        (
            f'{{"AWS": "arn:aws:iam::{A}:role/«*»"}}',
            'found a wildcard in a principal, where only "*" alone is allowed',
            'use "*" with a Condition of ArnLike on aws:PrincipalArn',
        ),
        (
            f'{{"AWS": ["arn:aws:\\u0069am::{A}:«group\\/Admins»"]}}',
            "found a group, which is not a principal",
            "name its users, or attach the policy to the group",
        ),
    ],
)
def test_what_is_no_principal_is_refused(principal: str, message: str, advice: str) -> None:
    check(statement(f'{ALLOW}, "Principal": {principal}'), (message, advice), kind="resource")


@pytest.mark.rule("PRN-1", "PRN-3")
def test_a_principal_mistake_names_its_rule() -> None:
    (wildcard,) = errors_of({"Statement": _statement(Principal={"AWS": "a*"})}, "resource")
    (group,) = errors_of({"Statement": _statement(Principal={"AWS": f"arn:aws:iam::{A}:group/x"})}, "resource")
    assert (wildcard.rule, group.rule) == ("PRN-1", "PRN-3")
    assert group.place == "policy.json: Statement.Principal.AWS"


# --- actions and resources --------------------------------------------------------------------------------------


@pytest.mark.rule("POL-2")
@pytest.mark.parametrize("name", ["Action", "NotAction", "Resource", "NotResource"])
def test_a_string_and_a_list_of_one_are_the_same(name: str) -> None:
    other = '"Resource": "*"' if "Action" in name else '"Action": "a:b"'
    for written in ('"a:b"', '["a:b"]'):
        found = one(f'"Effect": "Deny", {other}, "{name}": {written}')
        element = found.action if "Action" in name else found.resource
        assert (element.name, words(element.values)) == (name, ["a:b"])
        assert element.negated == name.startswith("Not")
    check(
        statement(f'"Effect": "Deny", {other}, "{name}": [«1», "a:b", «["a:b"]»]'),
        (f"found the number 1 as an entry of {name}, expected a string", "put it in double quotes"),
        (f"found a list as an entry of {name}, expected a string", "write a string"),
    )
    check(
        statement(f'"Effect": "Deny", {other}, "{name}": «{{}}»'),
        (f"found an object as {name}, expected a string or a list of them", "write a string or a list of them"),
    )


@pytest.mark.rule("ACT-1")
def test_an_action_has_a_service_unless_it_is_the_star() -> None:
    actions = ["execute-api:Invoke", "*", "execute-api:*", "execute-api:?n*", "EXECUTE-API:invoke", "s3:Get*"]
    assert words(parse(_allow(Action=actions)).statements[0].action.values) == actions
    check(
        statement('"Effect": "Deny", "Action": [«"Invoke"», «""»], "Resource": "*"'),
        ('found "Invoke" as Action, expected service:Name', "write it with its service, as in execute-api:Invoke"),
        ("found an empty string as Action", "name an action, or remove it"),
    )
    for wrong in ("execute-api:Invoke:x", "execute-api: Invoke", "a b:c", "s3:*:*", "execute-api:*\t", "* "):
        for document in (
            {"Statement": [{"Effect": "Deny", "Action": ["*", wrong], "Resource": "*"}]},
            f'{{"Statement": [{{"Effect": "Deny", "Action": {json.dumps(["*", wrong])}, "Resource": "*"}}]}}',
        ):
            (error,) = errors_of(document)
            assert error.message.endswith("as Action, expected service:Name")
    (error,) = errors_of({"Statement": [{"Effect": "Deny", "NotAction": "Invoke", "Resource": "*"}]})
    assert error.message == 'found "Invoke" as NotAction, expected service:Name'
    assert (error.path, error.rule) == ("Statement[0].NotAction", "ACT-1")


@pytest.mark.rule("ACT-1", "POL-14")
@pytest.mark.parametrize("name", ["Action", "NotAction"])
@pytest.mark.parametrize(
    "action",
    ["*:*", "?:?", "*:Invoke", "e?ecute-api:Invoke", "execute-api*:Invoke", "execute-api*", "*nvoke", "execute*", "**",
     "?", "*?"],
)  # fmt: skip
def test_wildcards_stand_in_the_name_of_an_action_only(name: str, action: str) -> None:
    message = f'found "{action}" as {name}, expected service:Name'
    for kind in ("identity", "scp", "boundary", "session", "authorizer"):
        check(
            statement(f'"Effect": "Deny", "{name}": ["execute-api:*", «"{action}"»], "Resource": "*"'),
            (message, "write the service, as in execute-api:*"),
            kind=kind,
        )
    (error,) = errors_of({"Statement": [{"Effect": "Deny", name: [action], "Resource": "*"}]})
    assert (error.path, error.message, error.rule) == (f"Statement[0].{name}[0]", message, "ACT-1")


@pytest.mark.rule("POL-13", "POL-14")
@pytest.mark.parametrize("kind", ["identity", "resource"])
def test_empty_lists_load(kind: PolicyKindName) -> None:
    principal: dict[str, object] = {"Principal": {"AWS": []}} if kind == "resource" else {}
    members = {"Effect": "Deny", "Action": [], "Resource": [], "Condition": {"StringEquals": {"a": []}}, **principal}
    (found,) = parse({"Statement": [members]}, kind).statements
    assert (found.action.values, found.resource.values) == ((), ())
    assert [condition.values for condition in found.conditions] == [()]
    assert parse({"Statement": []}, kind).statements == ()
    assert one(f'{ALLOW}, "Condition": {{}}').conditions == ()
    assert one(f'{ALLOW}, "Condition": {{"Bool": {{}}}}').conditions == ()
    (found,) = parse({"Statement": {**members, "Principal": {}}}, "resource").statements
    assert found.principal == PrincipalElement("Principal", ())


@pytest.mark.rule("POL-13")
def test_empty_conditions_are_kept_with_their_places() -> None:
    text = statement(f'{ALLOW}, "Condition": {{}}')
    (found,) = parse(text).statements
    assert found.conditions == ()
    assert [(each.operator_text, text[each.start : each.end]) for each in found.empty_conditions] == [
        (None, '"Condition": {}')
    ]
    text = statement(f'{ALLOW}, "Condition": {{"Bool": {{}}, "Null": {{"a": true}}, "StringLike": {{}}}}')
    (found,) = parse(text).statements
    assert [condition.key.value for condition in found.conditions] == ["a"]
    shown = [(each.operator_text, text[each.start : each.end]) for each in found.empty_conditions]
    assert [(name.value, part) for name, part in shown if name is not None] == [
        ("Bool", '"Bool": {}'),
        ("StringLike", '"StringLike": {}'),
    ]
    (found,) = parse(_allow()).statements
    assert found.empty_conditions == ()


@pytest.mark.rule("POL-8", "POL-13")
def test_full_access_with_an_empty_condition_is_not_as_aws_writes_it() -> None:
    members = FULL_ACCESS.replace('"Allow"', '«"Allow"»').replace('"Action": "*"', '"Action": «"*"»')
    check(statement(members + ', "Condition": {}'), ONLY_DENIES, LONE_STAR, kind="rcp")


@pytest.mark.rule("POL-9")
@pytest.mark.parametrize(
    ("number", "has_other_texts"),
    [
        *((text, True) for text in ("1.0", "1.50", "-2.0", "0.0", "1e3", "1E-3", "-0", "1234567890.123456", "9" * 16)),
        *((text, False) for text in ("0", "-1", "10", "1.05", "-0.5", "9" * 15, "12345678901234.5", "true", '"1.0"')),
    ],
)
def test_a_condition_keeps_which_numbers_have_other_texts(number: str, has_other_texts: bool) -> None:
    def numbers_of(operator: str, values: str) -> tuple[int, ...]:
        (condition,) = one(f'{ALLOW}, "Condition": {{"{operator}": {{"k": {values}}}}}').conditions
        return condition.numbers

    assert numbers_of("StringLike", f'["x", {number}, 1]') == ((1,) if has_other_texts else ())
    assert numbers_of("ForAnyValue:StringEquals", number) == ((0,) if has_other_texts else ())
    assert [numbers_of(other, number) for other in ("NumericEquals", "ArnLike", "Null")] == [(), (), ()]


@pytest.mark.rule("POL-14", "CND-15")
def test_what_aws_refuses_but_means_something_loads() -> None:
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws-moon:iam::111122223333:root"},
            "Action": "execute-api:NoSuchAction",
            "Resource": ["", "no arn", "arn:aws-moon:*", "execute-api:*"],
            "Condition": {
                "DateLessThan": {"aws:CurrentTime": "tomorrow"},
                "NumericEquals": {"x": "${aws:username}"},
                "IpAddress": {"aws:SourceIp": "${"},
            },
        },
    }
    (found,) = parse(document, "resource").statements
    assert words(found.resource.values) == ["", "no arn", "arn:aws-moon:*", "execute-api:*"]
    assert [words(condition.values) for condition in found.conditions] == [["tomorrow"], ["${aws:username}"], ["${"]]


@pytest.mark.rule("VAR-1", "VAR-2", "POL-14")
@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:execute-api:us-east-1:111122223333:${aws:PrincipalTag/api}/prod/*",
        "arn:aws:execute-api:us-east-1:111122223333:api/prod/GET/${aws:username, 'x'}",
        "arn:aws:${*}:us-east-1:111122223333:api/${$}{x}",
        "execute-api:/prod/GET/${aws:username}",
        "::::a:${a}",
        "arn:*:kms:*:${aws:PrincipalAccount}:key/*",
        "arn:aws:execute-api:${aws:RequestedRegion, 'eu-west-1'}:*:x",
        "${aws:username}",
        "execute-api:${aws:username}",
    ],
)
def test_a_variable_may_stand_anywhere_in_a_resource(resource: str) -> None:
    assert words(one(f'"Effect": "Deny", "Action": "a:b", "NotResource": "{resource}"').resource.values) == [resource]


@pytest.mark.rule("VAR-1", "VAR-2")
@pytest.mark.parametrize(
    ("resource", "message", "rule"),
    [
        ("arn:aws:execute-api:us-east-1:«${}»:x", "found ${} without a key", "VAR-2"),
        ("arn:aws:execute-api:us-east-1:1:x/«${aws:username»", "found ${ without a closing brace", "VAR-2"),
        ("execute-api:/x/«${}»", "found ${} without a key", "VAR-2"),
    ],
)
def test_what_is_no_variable_in_a_resource_is_refused(resource: str, message: str, rule: str) -> None:
    document = statement(f'"Effect": "Deny", "Action": "a:b", "Resource": ["*", "{resource}"]')
    check(document, message)
    (error,) = errors_of(document.replace("«", "").replace("»", ""))
    assert (error.rule, error.path) == (rule, "Statement[0].Resource[1]")


# --- conditions -------------------------------------------------------------------------------------------------


@pytest.mark.rule("POL-9", "CND-8")
def test_values_are_strings_numbers_and_booleans_as_written() -> None:
    found = one(f'{ALLOW}, "Condition": {{"NumericEquals": {{"a": [1, 1.10, -1E+2, true, "x", false]}}}}')
    assert words(found.conditions[0].values) == ["1", "1.10", "-1E+2", "true", "x", "false"]
    (same,) = parse(_allow(Condition={"NumericEquals": {"a": [1, True, 1.5]}})).statements
    assert words(same.conditions[0].values) == ["1", "true", "1.5"]


@pytest.mark.rule("POL-9", "CND-5", "POL-11")
@pytest.mark.parametrize(
    ("condition", "message", "advice"),
    [
        (
            "«null»",
            'found null as Condition, expected an object such as {"StringEquals": {"aws:SourceVpc": "vpc-1"}}',
            "leave it out, or give it a value",
        ),
        (
            "«[]»",
            'found an empty list as Condition, expected an object such as {"StringEquals": {"aws:SourceVpc": "vpc-1"}}',
            'write an object such as {"StringEquals": {"aws:SourceVpc": "vpc-1"}}',
        ),
        (
            '{"Bool": «"x"»}',
            'found a string as Bool, expected an object such as {"aws:SourceVpc": "vpc-1"}',
            'write an object such as {"aws:SourceVpc": "vpc-1"}',
        ),
        (
            '{«"stringequals"»: {"a": "b"}}',
            'found "stringequals", which is not a condition operator',
            'did you mean "StringEquals"?',
        ),
        (
            '{«"NullIfExists"»: {"a": "true"}}',
            'found "NullIfExists", and Null takes no IfExists',
            'write "Null": it tests whether a key exists',
        ),
        ('{"Bool": {«""»: "x"}}', "found an empty condition key", "name a key, such as aws:SourceIp"),
        (
            '{"Bool": {"a": «null»}}',
            'found null as a value of "a", expected a string, number or boolean, or a list of them',
            "leave it out, or give it a value",
        ),
        (
            '{"Bool": {"a": [«null», true]}}',
            'found null as a value of "a", expected a string, number or boolean',
            "leave it out, or give it a value",
        ),
        (
            '{"Bool": {"a": «{"b": "c"}»}}',
            'found an object as a value of "a", expected a string, number or boolean, or a list of them',
            "write a string, number or boolean, or a list of them",
        ),
        (
            '{"Bool": {"a": [«["b"]»]}}',
            'found a list as a value of "a", expected a string, number or boolean',
            "write a string, number or boolean",
        ),
        (
            '{"StringLike": {"a": ["x", "${aws:username, \'«${b}»\'}"]}}',
            "found a variable in a default",
            "a default is plain text: variables do not nest",
        ),
        (
            '{"ForAllValues:ArnNotEqualsIfExists": {"a": "x\\n«${b»"}}',
            "found ${ without a closing brace",
            "close it, or write ${$}{ for the text ${",
        ),
    ],
)
def test_what_is_no_condition_is_refused(condition: str, message: str, advice: str) -> None:
    check(statement(f'{ALLOW}, "Condition": {condition}'), (message, advice))


@pytest.mark.rule("VAR-1")
@pytest.mark.parametrize("operator", ["StringNotLike", "ForAnyValue:StringEqualsIfExists", "ArnLike"])
def test_variables_stand_in_string_and_arn_values(operator: str) -> None:
    (found,) = parse(_allow(Condition={operator: {"a": "${b}"}})).statements
    assert words(found.conditions[0].values) == ["${b}"]
    assert len(errors_of(_allow(Condition={operator: {"a": "${"}}))) == 1


# --- all of them ------------------------------------------------------------------------------------------------


@pytest.mark.rule("POL-11")
def test_all_mistakes_are_collected_in_document_order() -> None:
    check(
        """{
  "Statement": [
    {"Resource": «{}», "Condition": {"Bool": {"a": «null»}}, "Action": «"x"», "Effect": «"no"», «"sid"»: "1"},
    «5»,
    ««{"Effect": "Allow", «"Principal"»: "*"}»»
  ],
  "Version": «"1"», «"Version"»: "2"
}""",
        "found an object as Resource, expected a string or a list of them",
        'found null as a value of "a", expected a string, number or boolean, or a list of them',
        'found "x" as Action, expected service:Name',
        'found "no" as Effect, expected "Allow" or "Deny"',
        'found "sid", which is not an element of a statement',
        "found the number 5 as a statement, expected an object",
        "found a statement without Action or NotAction",
        "found a statement without Resource or NotResource",
        "found Principal in an identity policy, which cannot have it: "
        "it applies to the identities that it is attached to",
        'found "1" as Version, expected "2012-10-17" or "2008-10-17"',
        'found the name "Version" twice in one object; the first is at policy.json:7:3',
    )


@pytest.mark.rule("POL-11")
def test_mistakes_in_objects_are_named_by_their_paths_in_document_order() -> None:
    found = errors_of(
        {
            "Statement": [
                {"Resource": {}, "Condition": {"Bool": {"aws:x": None}}, "Action": ["x"], "Effect": "no", "sid": "1"},
                5,
            ],
            "Version": "1",
        }
    )
    assert [(error.place, error.message) for error in found] == [
        (f"{NAME}: Statement[0].Resource", "found an object as Resource, expected a string or a list of them"),
        (
            f'{NAME}: Statement[0].Condition.Bool["aws:x"]',
            'found null as a value of "aws:x", expected a string, number or boolean, or a list of them',
        ),
        (f"{NAME}: Statement[0].Action[0]", 'found "x" as Action, expected service:Name'),
        (f"{NAME}: Statement[0].Effect", 'found "no" as Effect, expected "Allow" or "Deny"'),
        (f"{NAME}: Statement[0].sid", 'found "sid", which is not an element of a statement'),
        (f"{NAME}: Statement[1]", "found the number 5 as a statement, expected an object"),
        (f"{NAME}: Version", 'found "1" as Version, expected "2012-10-17" or "2008-10-17"'),
    ]
    assert all(error.span is None and error.advice for error in found)


@pytest.mark.rule("POL-10")
def test_size_is_no_matter_of_loading() -> None:
    document = {"Statement": [_statement(Sid=str(index)) for index in range(1000)]}
    assert len(parse(document).statements) == 1000


@pytest.mark.rule("ACT-1", "POL-14")
@pytest.mark.parametrize(
    "action",
    [":Invoke", "execute-api:", ":", ":*", "*:", "execute-api:Inv\u200boke", "\ufeffexecute-api:Invoke",
     "execute-api:Invoke\u200d", "execute-api:Inv\u034foke", "execute-api:Invoke\u3164", "execute\u00a0api:Invoke",
     "execute-api:Invo\u212ae", "\u00e9:Invoke", "execute-api:\u0130nvoke", "execute-api:Invo\uff4be"],
)  # fmt: skip
def test_an_action_has_a_service_and_a_name_that_show(action: str) -> None:
    statement = {"Effect": "Deny", "Action": ["execute-api:Invoke", action], "Resource": "*"}
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse({"Statement": statement}, kind="identity")
    assert [(error.path, error.rule) for error in caught.value.errors] == [("Statement.Action[1]", "ACT-1")]
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse(json.dumps({"Statement": statement}, ensure_ascii=False), kind="identity")
    assert [error.rule for error in caught.value.errors] == ["ACT-1"]
    assert caught.value.errors[0].span is not None


@pytest.mark.rule("ACT-1")
def test_the_advice_names_the_character_that_is_not_in_ascii() -> None:
    text = '{"Statement": {"Effect": "Allow", "Action": "execute-api:Invo\u212ae", "Resource": "*"}}'
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.parse(text, kind="identity")
    assert caught.value.place == "<policy>:1:45"
    assert "remove the character U+212A" in str(caught.value)


@pytest.mark.rule("ACT-1")
@pytest.mark.parametrize("action", ["a:b", "a:*", "a:?", "*", "a:b_c", "a-b:c"])
def test_an_action_that_shows_is_taken(action: str) -> None:
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    assert len(Policy.parse({"Statement": statement}, kind="identity").statements) == 1
