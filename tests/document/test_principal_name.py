"""The names that stand for a principal, in a policy and in a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.principal_name import (
    PRINCIPAL_TYPES,
    PrincipalName,
    PrincipalNameError,
    read_principal_name,
)

A = "111122223333"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

NAMES = [
    ("*", "*", PrincipalName("any")),
    ("AWS", "*", PrincipalName("any-under-aws")),
    ("AWS", A, PrincipalName("account", account=A)),
    ("AWS", f"arn:aws:iam::{A}:root", PrincipalName("account", "aws", A)),
    ("AWS", f"arn:aws-us-gov:iam::{A}:root", PrincipalName("account", "aws-us-gov", A)),
    ("AWS", f"arn:aws-iso-b:iam::{A}:root", PrincipalName("account", "aws-iso-b", A)),
    ("AWS", f"arn:aws-eusc:iam::{A}:root", PrincipalName("account", "aws-eusc", A)),
    ("AWS", f"arn:aws:iam::{A}:user/Ann", PrincipalName("user", "aws", A, "Ann")),
    ("AWS", f"arn:aws:iam::{A}:user/a/b!/Ann_+=,.@-", PrincipalName("user", "aws", A, "Ann_+=,.@-", "/a/b!/")),
    ("AWS", f"arn:aws-cn:iam::{A}:role/Reader", PrincipalName("role", "aws-cn", A, "Reader")),
    (
        "AWS",
        f"arn:aws:iam::{A}:role/aws-service-role/x.amazonaws.com/ForX",
        PrincipalName("role", "aws", A, "ForX", "/aws-service-role/x.amazonaws.com/"),
    ),
    (
        "AWS",
        f"arn:aws:sts::{A}:assumed-role/Reader/ann@example.com",
        PrincipalName("session", "aws", A, "Reader", session="ann@example.com"),
    ),
    ("AWS", f"arn:aws:sts::{A}:federated-user/Bob", PrincipalName("federated-user", "aws", A, "Bob")),
    ("AWS", "AIDACKCEVSQ6C2EXAMPLE", PrincipalName("unique-id", name="AIDACKCEVSQ6C2EXAMPLE")),
    ("AWS", "AROADBQP57FF2AEXAMPLE", PrincipalName("unique-id", name="AROADBQP57FF2AEXAMPLE")),
    ("AWS", "AROADBQP57FF2AEXAMPLE:ann", PrincipalName("unique-id", name="AROADBQP57FF2AEXAMPLE", session="ann")),
    (
        "Federated",
        f"arn:aws:iam::{A}:saml-provider/Our.SAML_1-x",
        PrincipalName("saml-provider", "aws", A, "Our.SAML_1-x"),
    ),
    ("Federated", "accounts.google.com", PrincipalName("oidc-provider", name="accounts.google.com")),
    (
        "Federated",
        "cognito-identity.amazonaws.com",
        PrincipalName("oidc-provider", name="cognito-identity.amazonaws.com"),
    ),
    (
        "Federated",
        f"arn:aws:iam::{A}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
        PrincipalName("oidc-provider", "aws", A, "oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE"),
    ),
    ("Service", "states.amazonaws.com", PrincipalName("service", name="states.amazonaws.com")),
    ("Service", "logs.us-east-1.amazonaws.com", PrincipalName("service", name="logs.us-east-1.amazonaws.com")),
    ("Service", "ec2.amazonaws.com.cn", PrincipalName("service", name="ec2.amazonaws.com.cn")),
    ("Service", "alexa-appkit.amazon.com", PrincipalName("service", name="alexa-appkit.amazon.com")),
    ("CanonicalUser", CANONICAL, PrincipalName("canonical", name=CANONICAL)),
]


@pytest.mark.rule("PRN-1", "PRN-2", "PRN-3", "PRN-5")
@pytest.mark.parametrize(("key", "text", "name"), NAMES, ids=[f"{key} {text}" for key, text, _ in NAMES])
def test_a_name_is_read(key: str, text: str, name: PrincipalName) -> None:
    assert read_principal_name(key, text) == name


ACCOUNT = "write the account as 12 digits, leading zeros included"
CHARACTERS = "a name holds letters, digits and _+=,.@-"
WILDCARD = 'use "*" with a Condition of ArnLike on aws:PrincipalArn'
ONLY_ALONE = 'found a wildcard in a principal, where only "*" alone is allowed'
IAM_FORMS = "iam::…:root, iam::…:user, iam::…:role, sts::…:assumed-role or sts::…:federated-user"
SERVICE = "write the service's name in lower case, as in states.amazonaws.com"
AWS_ADVICE = "write the ARN of a user, role, session or account, or an account's 12 digits"
SESSION = "write assumed-role/RoleName/SessionName, without the role's path"
HOST = "write the ARN of a SAML or OIDC provider, or an OIDC host such as accounts.google.com"

# The key, the text with the wrong part marked, the message, the advice.
WRONG = [
    ("AWS", "«»", "found an empty principal", "name a principal, or remove it"),
    ("AWS", f"arn:aws:iam::{A}:role/«*»", ONLY_ALONE, WILDCARD),
    ("AWS", "arn:aws:iam::«*»:root", ONLY_ALONE, WILDCARD),
    ("AWS", f"arn:aws:iam::{A}:user/Ann«?»", ONLY_ALONE, WILDCARD),
    ("AWS", "«*»*", ONLY_ALONE, WILDCARD),
    ("Service", "«*».amazonaws.com", ONLY_ALONE, WILDCARD),
    ("Service", "«*»", ONLY_ALONE, '"*" means everyone only under AWS'),
    ("Federated", "«*»", ONLY_ALONE, '"*" means everyone only under AWS'),
    ("CanonicalUser", "«*»", ONLY_ALONE, '"*" means everyone only under AWS'),
    ("AWS", "«11112222333»", "found an account of 11 digits, expected 12", ACCOUNT),
    ("AWS", "«1111222233334»", "found an account of 13 digits, expected 12", ACCOUNT),
    ("AWS", "«١١١١٢٢٢٢٣٣٣٣»", 'found "١١١١٢٢٢٢٣٣٣٣", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«Ann»", 'found "Ann", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«AIDA»", 'found "AIDA", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«AIDACKCEVSQ6C2EXAMPLE:ann»", 'found "AIDACKCEVSQ6C2EXAMPLE:ann", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«AROADBQP57FF2AEXAMPLE:»", 'found "AROADBQP57FF2AEXAMPLE:", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«AROADBQP57FF2AEXAMPLE:a/b»", 'found "AROADBQP57FF2AEXAMPLE:a/b", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«${aws:userid}»", 'found "${aws:userid}", expected an AWS principal', AWS_ADVICE),
    ("AWS", "«ec2.amazonaws.com»", "found a service under AWS", 'write {"Service": "ec2.amazonaws.com"}'),
    (
        "AWS",
        f"«arn:aws:iam::{A}»",
        "found an ARN of 5 fields, expected 6",
        "an ARN has six fields, as in arn:aws:iam::111122223333:role/Name",
    ),
    ("AWS", f"arn:«AWS»:iam::{A}:root", 'found "AWS", expected a partition', "write aws, aws-cn or aws-us-gov"),
    ("AWS", f"arn:«»:iam::{A}:root", 'found "", expected a partition', "write aws, aws-cn or aws-us-gov"),
    (
        "AWS",
        f"arn:aws:iam:«us-east-1»:{A}:root",
        'found the region "us-east-1", expected none',
        "a principal's ARN has no region",
    ),
    ("AWS", "arn:aws:iam::«1234»:root", 'found "1234", expected an account', ACCOUNT),
    ("AWS", "arn:aws:iam::«»:root", 'found "", expected an account', ACCOUNT),
    ("AWS", f"arn:aws:iam::{A}:user/«»", 'found "", expected the name of a user', CHARACTERS),
    ("AWS", f"arn:aws:iam::{A}:user/a/«»", 'found "", expected the name of a user', CHARACTERS),
    ("AWS", f"arn:aws:iam::{A}:user/a/«Ann Lee»", 'found "Ann Lee", expected the name of a user', CHARACTERS),
    ("AWS", f"arn:aws:iam::{A}:role/«Réader»", 'found "Réader", expected the name of a role', CHARACTERS),
    (
        "AWS",
        f"arn:aws:iam::{A}:role«/a b/»Reader",
        'found "/a b/", expected a path',
        "a path holds printable ASCII characters",
    ),
    (
        "AWS",
        f"arn:aws:iam::{A}:«role»",
        'found "role", expected "role/" and a name',
        "add it",
    ),
    (
        "AWS",
        f"arn:aws:iam::{A}:«root/x»",
        'found "root/x", expected "root" alone',
        "remove what follows",
    ),
    (
        "AWS",
        f"arn:aws:iam::{A}:«policy/P»",
        'found "iam::…:policy", expected ' + IAM_FORMS,
        "write the ARN that IAM shows for it",
    ),
    ("AWS", f"arn:aws:s3::{A}:«x»", 'found "s3::…:x", expected ' + IAM_FORMS, "write the ARN that IAM shows for it"),
    (
        "AWS",
        f"arn:aws:iam::{A}:«group/Admins»",
        "found a group, which is not a principal",
        "name its users, or attach the policy to the group",
    ),
    ("AWS", f"arn:aws:iam::{A}:«saml-provider/X»", 'found "saml-provider" under AWS', "put it under Federated"),
    ("Federated", f"arn:aws:iam::{A}:«role/Reader»", 'found "role" under Federated', "put it under AWS"),
    (
        "Federated",
        f"arn:aws:iam::{A}:«group/Admins»",
        "found a group, which is not a principal",
        "name its users, or attach the policy to the group",
    ),
    (
        "Federated",
        f"arn:aws:iam::{A}:«key/x»",
        'found "iam::…:key", expected iam::…:saml-provider or iam::…:oidc-provider',
        "write the ARN that IAM shows for it",
    ),
    (
        "AWS",
        f"arn:aws:«iam»::{A}:assumed-role/Reader/s",
        'found "iam" as the service of "assumed-role", expected "sts"',
        "write arn:aws:sts::111122223333:assumed-role",
    ),
    (
        "AWS",
        f"arn:aws:«sts»::{A}:role/Reader",
        'found "sts" as the service of "role", expected "iam"',
        "write arn:aws:iam::111122223333:role",
    ),
    (
        "AWS",
        f"arn:aws:sts::{A}:assumed-role/«Reader»",
        "found \"Reader\", expected a role's name and a session's",
        SESSION,
    ),
    (
        "AWS",
        f"arn:aws:sts::{A}:assumed-role/«a/Reader/s»",
        "found \"a/Reader/s\", expected a role's name and a session's",
        SESSION,
    ),
    ("AWS", f"arn:aws:sts::{A}:assumed-role/«»/s", 'found "", expected the name of a role', CHARACTERS),
    ("AWS", f"arn:aws:sts::{A}:assumed-role/Reader/«s:t»", 'found "s:t", expected the name of a session', CHARACTERS),
    ("AWS", f"arn:aws:sts::{A}:federated-user/«B b»", 'found "B b", expected the name of a federated user', CHARACTERS),
    (
        "Federated",
        "«https://accounts.google.com»",
        'found "https://accounts.google.com", expected an identity provider',
        "leave out the scheme: write the host alone",
    ),
    ("Federated", "«google»", 'found "google", expected an identity provider', HOST),
    (
        "Federated",
        f"arn:aws:iam::{A}:saml-provider/«a b»",
        'found "a b", expected the name of a SAML provider',
        "a name holds letters, digits and ._-",
    ),
    (
        "Federated",
        f"arn:aws:iam::{A}:oidc-provider/«https://x.y»",
        'found "https://x.y", expected the URL of an OIDC provider without https://',
        "write it as IAM shows it",
    ),
    ("Service", "«Lambda.amazonaws.com»", 'found "Lambda.amazonaws.com", expected a service principal', SERVICE),
    ("Service", "«lambda»", 'found "lambda", expected a service principal', SERVICE),
    ("Service", "«ec2.amazonaws.com\n»", 'found "ec2.amazonaws.com\\n", expected a service principal', SERVICE),
    (
        "CanonicalUser",
        f"«{A}»",
        f'found "{A}", expected a canonical user id',
        "write the 64 hexadecimal digits that the account's S3 settings show",
    ),
    ("aws", "«x»", 'found the principal type "aws"', 'did you mean "AWS"?'),
    ("Group", "«x»", 'found the principal type "Group"', "use AWS, Service, Federated or CanonicalUser"),
]


@pytest.mark.rule("PRN-1", "PRN-3")
@pytest.mark.parametrize(
    ("key", "marked", "message", "advice"), WRONG, ids=[f"{key} {text}" for key, text, _, _ in WRONG]
)
def test_another_text_is_refused_at_its_place(key: str, marked: str, message: str, advice: str) -> None:
    before, _, rest = marked.partition("«")
    part, _, after = rest.partition("»")
    with pytest.raises(PrincipalNameError) as caught:
        read_principal_name(key, before + part + after)
    error = caught.value
    assert (error.message, error.advice) == (message, advice)
    assert (error.start, error.end) == (len(before), len(before) + len(part))
    assert str(error) == message


PIECES = [
    "arn:",
    "aws",
    ":",
    "iam",
    "sts",
    A,
    "user/",
    "role/",
    "root",
    "assumed-role/",
    "/",
    "*",
    "?",
    "é",
    " ",
    "Ann",
]


@given(st.sampled_from(PRINCIPAL_TYPES), st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_any_text_is_a_principal_or_an_error_within_it(key: str, text: str) -> None:
    name, wrong = None, None
    try:
        name = read_principal_name(key, text)
    except PrincipalNameError as error:
        wrong = error
    if wrong is not None:
        assert 0 <= wrong.start <= wrong.end <= len(text)
        assert wrong.message
        assert wrong.advice
    else:
        assert name is not None
        assert text == "*" or ("*" not in text and "?" not in text)
        assert name.account in ("", A)
