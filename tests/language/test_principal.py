"""The principal of a request: the forms of its name, and its details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from execpolicy import Caller, Policy, Principal, Request, RequestError, UsageError, authorize
from tests.refused import Refusal, refused

ACCOUNT = "111122223333"
ANN = f"arn:aws:iam::{ACCOUNT}:user/Ann"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/staff/Clerk"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/Bob"
CALLERS = (
    "a caller is the ARN of a user (arn:aws:iam::111122223333:user/Ann), of a role session "
    "(arn:aws:sts::111122223333:assumed-role/Role/session), of a role, root user or federated user, a service "
    "(states.amazonaws.com), or anonymous"
)


@pytest.mark.rule("PRN-3", "KEY-2")
@pytest.mark.parametrize(
    ("text", "kind", "account", "name", "path", "is_iam"),
    [
        (ANN, "user", ACCOUNT, "Ann", "/", True),
        (f"arn:aws-cn:iam::{ACCOUNT}:user/a/b/Ann", "user", ACCOUNT, "Ann", "/a/b/", True),
        (f"arn:aws:iam::{ACCOUNT}:root", "root", ACCOUNT, "", None, True),
        (ROLE, "role", ACCOUNT, "Clerk", "/staff/", True),
        (SESSION, "session", ACCOUNT, "Clerk", None, True),
        (FEDERATED, "federated-user", ACCOUNT, "Bob", None, True),
        ("states.amazonaws.com", "service", "", "states.amazonaws.com", None, False),
        ("anonymous", "anonymous", "", "", None, False),
    ],
)
def test_the_forms_of_a_caller(
    *, text: str, kind: str, account: str, name: str, path: str | None, is_iam: bool
) -> None:
    caller = Principal.parse(text)
    assert (caller.kind, caller.account, caller.name, caller.path) == (kind, account, name, path)
    assert caller.is_iam is is_iam
    assert caller.arn == text


@pytest.mark.rule("PRN-3", "GW-29")
def test_named_ways_of_making_a_caller() -> None:
    assert Principal.anonymous() == Principal.parse("anonymous")
    assert Principal.service("states.amazonaws.com") == Principal.parse("states.amazonaws.com")


@pytest.mark.rule("PRN-7")
@pytest.mark.parametrize(
    ("text", "role_path", "role_arn"),
    [
        (SESSION, None, f"arn:aws:iam::{ACCOUNT}:role/Clerk"),
        (SESSION, "/staff/", ROLE),
        (ROLE, None, ROLE),
        (ROLE, "/staff/", ROLE),
        (f"arn:aws:iam::{ACCOUNT}:role/Clerk", "/staff/", ROLE),
    ],
)
def test_the_role_behind_a_caller(text: str, role_path: str | None, role_arn: str) -> None:
    assert Principal.parse(text, role_path=role_path).role_arn == role_arn


@pytest.mark.rule("EVL-2")
@pytest.mark.parametrize(
    ("text", "role_path", "linked"),
    [
        (SESSION, "/aws-service-role/es.amazonaws.com/", True),
        (f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/es.amazonaws.com/X", None, True),
        (SESSION, None, False),
        (SESSION, "/staff/", False),
        (f"arn:aws:iam::{ACCOUNT}:user/aws-service-role/Ann", None, False),
    ],
)
def test_service_linked_roles_are_known_by_their_path(text: str, role_path: str | None, linked: bool) -> None:
    assert Principal.parse(text, role_path=role_path).is_service_linked is linked


@pytest.mark.rule("PRN-3", "PRN-4", "KEY-3")
def test_all_details_are_kept() -> None:
    tags = {"team": "blue"}
    caller = Principal.parse(
        ANN, unique_id="AIDAEXAMPLE", tags=tags, org_id="o-1", org_paths=["o-1/r-1/"], management_account=True,
        canonical_user="a" * 64,
    )  # fmt: skip
    tags["team"] = "red"
    assert (caller.unique_id, caller.tags, caller.org_id, caller.org_paths) == (
        "AIDAEXAMPLE", {"team": "blue"}, "o-1", ("o-1/r-1/",),
    )  # fmt: skip
    assert (caller.management_account, caller.canonical_user) == (True, "a" * 64)
    made_by = Principal.parse(FEDERATED, federated_by=ANN).federated_by
    assert made_by is not None
    assert made_by.name == "Ann"


def caller_refusal(message: str, underlined: str, advice: str, name: str = "principal") -> Refusal:
    return Refusal(message, f"<{name}>:1:1", underlined, advice, "PRN-3")


@pytest.mark.rule("PRN-2", "PRN-3", "PRN-5")
@pytest.mark.parametrize(
    ("text", "advice"),
    [
        (
            ACCOUNT,
            "an account is not a caller: name its root user (arn:aws:iam::111122223333:root), a user or a session",
        ),
        ("AIDACKCEVSQ6C2EXAMPLE", "a unique id does not name a caller: give the ARN, and the id as unique_id"),
        ("*", "write anonymous for a caller without credentials"),
    ],
)
def test_a_name_that_stands_for_no_caller(text: str, advice: str) -> None:
    refusal = refused(RequestError, lambda: Principal.parse(text))
    assert refusal == caller_refusal(f"{text!r} does not describe a caller", text, advice)


@pytest.mark.rule("PRN-3", "PRN-7", "EVL-8")
@pytest.mark.parametrize(
    ("text", "details", "advice"),
    [
        (ANN, {"federated_by": ANN}, "federated_by goes with the ARN of a federated user"),
        (ANN, {"role_path": "/x/"}, "role_path goes with the ARN of a role session"),
        (
            SESSION,
            {"role_path": "staff"},
            "role_path begins and ends with a slash, such as /staff/: found 'staff'",
        ),
        (SESSION, {"role_path": "/staff"}, "role_path begins and ends with a slash, such as /staff/: found '/staff'"),
        (ROLE, {"role_path": "/other/"}, "the ARN has the path /staff/, role_path says /other/"),
        ("anonymous", {"role_path": "/x/"}, "an anonymous caller has no role_path"),
        ("anonymous", {"tags": {}, "org_id": "o-1"}, "an anonymous caller has no org_id and no tags"),
        ("anonymous", {"management_account": True}, "an anonymous caller has no management_account"),
    ],
)
def test_what_does_not_go_with_a_caller(text: str, details: dict[str, Any], advice: str) -> None:
    refusal = refused(RequestError, lambda: Principal.parse(text, **details))
    assert refusal == caller_refusal(f"{text!r} does not describe a caller", text, advice)


PROVIDER = (
    "an identity provider makes no calls: give the session of the role that its token was exchanged for "
    "(arn:aws:sts::111122223333:assumed-role/Role/session)"
)


@pytest.mark.rule("EVL-8", "PRN-3")
@pytest.mark.parametrize(
    "provider",
    [
        f"arn:aws:iam::{ACCOUNT}:saml-provider/Corp",
        f"arn:aws:iam::{ACCOUNT}:oidc-provider/id.example.com",
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
    ],
)
def test_an_identity_provider_is_no_caller(provider: str) -> None:
    refusal = refused(RequestError, lambda: Principal.parse(provider))
    expected = caller_refusal(f"{provider!r} does not describe a caller", provider, PROVIDER)
    assert refusal == expected._replace(rule="EVL-8")


@pytest.mark.rule("PRN-4")
@pytest.mark.parametrize("user", ["arn:aws:iam::444455556666:user/Ann", "arn:aws-cn:iam::111122223333:user/Ann"])
def test_a_federated_user_is_of_the_account_of_its_user(user: str) -> None:
    refusal = refused(RequestError, lambda: Principal.parse(FEDERATED, federated_by=user))
    assert refusal.message == f"{user!r} does not describe a caller"
    assert refusal.advice == "a federated user has the account of the user who created the session: 111122223333"


@pytest.mark.rule("PRN-4")
def test_a_federated_user_is_made_by_a_user_or_a_root_user() -> None:
    refusal = refused(RequestError, lambda: Principal.parse(FEDERATED, federated_by=ROLE))
    advice = "federated_by is the ARN of an IAM user or a root user: arn:aws:iam::111122223333:user/Ann"
    assert refusal == caller_refusal(f"{ROLE!r} does not describe a caller", ROLE, advice)
    refusal = refused(RequestError, lambda: Principal.parse(FEDERATED, federated_by=ACCOUNT))
    assert refusal == caller_refusal(f"{ACCOUNT!r} does not describe a caller", ACCOUNT, advice)


@pytest.mark.rule("PRN-4", "EVL-8")
@pytest.mark.parametrize(
    ("caller", "acts_as_root"),
    [
        (Principal.parse(f"arn:aws:iam::{ACCOUNT}:root"), True),
        (Principal.parse(FEDERATED, federated_by=f"arn:aws:iam::{ACCOUNT}:root"), True),
        (Principal.parse(FEDERATED, federated_by=ANN), False),
        (Principal.parse(FEDERATED), False),
        (Principal.parse(ANN), False),
        (Principal.parse(SESSION), False),
        (Principal.anonymous(), False),
    ],
)
def test_a_root_user_and_its_federated_sessions_act_as_root(caller: Principal, acts_as_root: bool) -> None:
    assert caller.acts_as_root is acts_as_root


@pytest.mark.rule("PRN-3")
@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: Principal.parse("arn:aws:iam::1:user/Ann"),
            Refusal('found "1", expected an account', "<principal>:1:14", "1",
                    "write the account as 12 digits, leading zeros included", "PRN-3"),
        ),
        (
            lambda: Principal.parse("States.amazonaws.com "),
            Refusal('found "States.amazonaws.com ", expected a service principal', "<principal>:1:1",
                    "States.amazonaws.com ", CALLERS, "PRN-3"),
        ),
        (
            lambda: Principal.parse(f"arn:aws:iam::{ACCOUNT}:saml-provider/a b"),
            Refusal('found "a b", expected the name of a SAML provider', "<principal>:1:41", "a b",
                    "a name holds letters, digits and ._-", "PRN-3"),
        ),
        (
            lambda: Principal.service("Ann"),
            Refusal('found "Ann", expected a service principal', "<service>:1:1", "Ann",
                    "write the service's name in lower case, as in states.amazonaws.com", "PRN-3"),
        ),
        (
            lambda: Principal.parse(FEDERATED, federated_by="Ann"),
            Refusal('found "Ann", expected an AWS principal', "<federated_by>:1:1", "Ann",
                    "write the ARN of a user, role, session or account, or an account's 12 digits", "PRN-3"),
        ),
        (
            lambda: Principal.parse("Ann"),
            Refusal('found "Ann", expected an AWS principal', "<principal>:1:1", "Ann", CALLERS, "PRN-3"),
        ),
    ],
)  # fmt: skip
def test_a_name_that_cannot_be_read_is_refused_where_it_goes_wrong(
    make: Callable[[], Principal], expected: Refusal
) -> None:
    assert refused(RequestError, make) == expected


@pytest.mark.rule("PRN-3")
def test_a_principal_is_a_text() -> None:
    wrong: Any = 5
    assert refused(RequestError, lambda: Principal.parse(wrong)) == Refusal(
        "a principal is a text, found int", rule="PRN-3"
    )


@pytest.mark.rule("KEY-3")
@pytest.mark.parametrize(
    ("tag", "value", "outcome", "missing"),
    [
        ("team", "red", "indeterminate", {"aws:PrincipalTag/team"}),
        ("level", "high", "explicit_deny", set()),
        ("level", "low", "allow", set()),
        ("other", "x", "allow", {"aws:PrincipalTag/other"}),
    ],
)
def test_a_tag_can_be_given_without_its_value(tag: str, value: str, outcome: str, missing: set[str]) -> None:
    condition = {"StringEquals": {f"aws:PrincipalTag/{tag}": value}}
    every = {"Action": "*", "Resource": "*"}
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", **every}, {"Effect": "Deny", **every, "Condition": condition}],
    }
    principal = Principal.parse(ANN, tags={"team": None, "level": "high"})
    assert principal.tags == {"team": None, "level": "high"}
    caller = Caller(principal, identity=Policy.parse(document, kind="identity"))
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
    decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=arn))
    assert (decision.outcome.value, {*decision.missing_keys}) == (outcome, missing)


@pytest.mark.rule("KEY-3", "CND-2")
def test_tags_are_texts_and_differ_in_more_than_case() -> None:
    wrong: Any = {"team": 5}
    assert refused(RequestError, lambda: Principal.parse(ANN, tags=wrong)) == Refusal(
        "a principal tag is a text with a text value, found 'team': 5", rule="KEY-3"
    )
    assert refused(RequestError, lambda: Principal.parse(ANN, tags={"Team": "a", "team": "b"})) == Refusal(
        "the principal tags 'Team' and 'team' differ only in case",
        advice="key names are case-insensitive: keep one of them",
        rule="CND-2",
    )


@pytest.mark.rule("EVL-10")
@pytest.mark.parametrize(
    ("details", "expected"),
    [
        ({"unique_id": 5}, Refusal("unique_id is a text, found 5, an int")),
        ({"org_id": b"o-1"}, Refusal("org_id is a text, found a bytes")),
        (
            {"org_paths": b"o-1/r-1/"},
            Refusal("org_paths is a text or a list of texts, found a bytes", advice="write org_paths=[…]"),
        ),
        (
            {"org_paths": 5},
            Refusal("org_paths is a text or a list of texts, found 5, an int", advice="write org_paths=[…]"),
        ),
        ({"org_paths": [None]}, Refusal("each of org_paths is a text, found a NoneType")),
        ({"tags": ["team"]}, Refusal("tags is a mapping, found a list", advice="write tags={…: …}")),
        ({"canonical_user": 5.0}, Refusal("canonical_user is a text, found 5.0, a float")),
        ({"management_account": "no"}, Refusal("management_account is True or False, found 'no'")),
        ({"management_account": 1}, Refusal("management_account is True or False, found 1")),
        ({"role_path": 5}, Refusal("role_path is a text, found 5, an int")),
    ],
    ids=str,
)
def test_a_trait_of_the_wrong_type_is_refused(details: dict[str, Any], expected: Refusal) -> None:
    text = SESSION if "role_path" in details else ANN
    assert refused(UsageError, lambda: Principal.parse(text, **details)) == expected


@pytest.mark.rule("EVL-10", "PRN-3")
def test_the_names_of_services_and_of_who_federated_are_texts() -> None:
    wrong: Any = 5
    assert (
        refused(UsageError, lambda: Principal.service(wrong)).message
        == "the name of a service is a text, found 5, an int"
    )
    assert refused(RequestError, lambda: Principal.parse(FEDERATED, federated_by=wrong)).message == (
        "a principal is a text, found int"
    )
