"""Which principals of a policy name a caller, and how strongly."""

from __future__ import annotations

import pytest

from execpolicy import Grant, Principal
from execpolicy.document.principal_name import PrincipalName, read_principal_name
from execpolicy.language.grant import exempted, grant_of, grant_otherwise

ACCOUNT = "111122223333"
OTHER = "444455556666"
IAM, STS = f"arn:aws:iam::{ACCOUNT}:", f"arn:aws:sts::{ACCOUNT}:"
CANONICAL = "a" * 64

ANN = Principal.parse(f"{IAM}user/staff/Ann")
ROOT = Principal.parse(f"{IAM}root")
SESSION = Principal.parse(f"{STS}assumed-role/Clerk/ann")
STAFF_SESSION = Principal.parse(f"{STS}assumed-role/Clerk/ann", role_path="/staff/")
ROLE = Principal.parse(f"{IAM}role/Clerk")
FEDERATED = Principal.parse(f"{STS}federated-user/Bob")
BY_ANN = Principal.parse(f"{STS}federated-user/Bob", federated_by=f"{IAM}user/staff/Ann")
BY_ROOT = Principal.parse(f"{STS}federated-user/Bob", federated_by=f"{IAM}root")
SERVICE = Principal.service("states.amazonaws.com")
ANONYMOUS = Principal.anonymous()
KNOWN_CANONICAL = Principal.parse(f"{IAM}user/Ann", canonical_user=CANONICAL)

USER_ID, ROLE_ID = "AIDACKCEVSQ6C2EXAMPLE", "AROADBQP57FF2AEXAMPLE"


def with_unique_id(caller: Principal, unique_id: str) -> Principal:
    """The same caller, with a unique id."""
    by = f"{IAM}user/staff/Ann" if caller.federated_by is not None else None
    return Principal.parse(caller.arn, federated_by=by, unique_id=unique_id)


NONE, DELEGATED, BY_ROLE, DIRECT = Grant.NONE, Grant.ACCOUNT, Grant.ROLE, Grant.DIRECT


def named(text: str) -> PrincipalName:
    """A principal as a policy names it: ``Type text``, or AWS by itself; the type of ``"*"`` alone is ``*``."""
    type_, _, name = text.rpartition(" ")
    return read_principal_name(type_ or "AWS", name)


@pytest.mark.rule("PRN-1", "PRN-2", "PRN-3", "PRN-4", "PRN-5", "PRN-8", "EVL-4", "EVL-9")
@pytest.mark.parametrize(
    ("entry", "caller", "grant"),
    [
        *((text, BY_ROOT, NONE) for text in (USER_ID, ROLE_ID, f"{IAM}user/staff/Ann", f"{IAM}user/root")),
        *((text, BY_ROOT, DELEGATED) for text in (ACCOUNT, f"{IAM}root")),
        *((star, caller, BY_ROLE) for star in ("* *", "AWS *") for caller in (BY_ROOT, FEDERATED)),
        *((star, caller, DIRECT) for star in ("* *", "AWS *") for caller in (ANN, ROOT, SESSION, ANONYMOUS)),
        ("* *", SERVICE, DIRECT),
        ("AWS *", SERVICE, NONE),
        *((ACCOUNT, caller, DELEGATED) for caller in (ANN, ROOT, SESSION, ROLE, FEDERATED)),
        *((f"{IAM}root", caller, DELEGATED) for caller in (ANN, ROOT, SESSION, ROLE, FEDERATED)),
        *((ACCOUNT, caller, NONE) for caller in (SERVICE, ANONYMOUS)),
        (OTHER, ANN, NONE),
        (f"arn:aws-cn:iam::{ACCOUNT}:root", ANN, NONE),
        (f"{IAM}user/staff/Ann", ANN, DIRECT),
        (f"{IAM}user/Ann", ANN, NONE),
        (f"{IAM}user/staff/ann", ANN, NONE),
        (f"{IAM}user/staff/Ann", BY_ANN, BY_ROLE),
        (f"{IAM}user/Ann", BY_ANN, NONE),
        (f"{IAM}user/staff/Ann", FEDERATED, NONE),
        (f"{IAM}user/staff/Ann", SESSION, NONE),
        (f"{STS}federated-user/Bob", FEDERATED, DIRECT),
        (f"{STS}federated-user/bob", FEDERATED, NONE),
        (f"{IAM}role/Clerk", SESSION, BY_ROLE),
        (f"{IAM}role/any/path/Clerk", SESSION, BY_ROLE),
        (f"{IAM}role/clerk", SESSION, NONE),
        (f"{IAM}role/Clerk", ROLE, BY_ROLE),
        (f"{IAM}role/Ann", ANN, NONE),
        (f"{STS}assumed-role/Clerk/ann", SESSION, DIRECT),
        (f"{STS}assumed-role/Clerk/bob", SESSION, NONE),
        (f"{STS}assumed-role/Other/ann", SESSION, NONE),
        (f"{STS}assumed-role/Other/ann", ROLE, NONE),
        (USER_ID, with_unique_id(ANN, USER_ID), DIRECT),
        (USER_ID, with_unique_id(ANN, USER_ID + "X"), NONE),
        (USER_ID, with_unique_id(BY_ANN, USER_ID), BY_ROLE),
        (USER_ID, with_unique_id(BY_ANN, USER_ID + "X"), NONE),
        (ROLE_ID, with_unique_id(SESSION, ROLE_ID), BY_ROLE),
        (ROLE_ID, with_unique_id(ROLE, ROLE_ID), BY_ROLE),
        (ROLE_ID, with_unique_id(SESSION, ROLE_ID + "X"), NONE),
        (f"{ROLE_ID}:ann", with_unique_id(SESSION, ROLE_ID), DIRECT),
        (f"{ROLE_ID}:bob", with_unique_id(SESSION, ROLE_ID), NONE),
        (f"{ROLE_ID}:bob", SESSION, NONE),
        (f"{ROLE_ID}:ann", with_unique_id(ROLE, ROLE_ID + "X"), NONE),
        (ROLE_ID, with_unique_id(ANN, ROLE_ID), NONE),
        (USER_ID, with_unique_id(SESSION, USER_ID), NONE),
        (ROLE_ID, BY_ANN, NONE),
        *((text, caller, NONE) for text in (USER_ID, ROLE_ID) for caller in (ROOT, SERVICE, ANONYMOUS)),
        ("Service states.amazonaws.com", SERVICE, DIRECT),
        ("Service lambda.amazonaws.com", SERVICE, NONE),
        ("Service states.amazonaws.com", ANN, NONE),
        *(
            (f"Federated {name}", caller, NONE)
            for name in (f"{IAM}saml-provider/Ann", f"{IAM}saml-provider/Clerk", "accounts.google.com")
            for caller in (ANN, ROOT, SESSION, SERVICE, ANONYMOUS)
        ),
        (f"CanonicalUser {CANONICAL}", KNOWN_CANONICAL, DELEGATED),
        (f"CanonicalUser {'b' * 64}", KNOWN_CANONICAL, NONE),
        (f"CanonicalUser {CANONICAL}", SERVICE, NONE),
        (f"CanonicalUser {CANONICAL}", ANONYMOUS, NONE),
    ],
)
def test_how_strongly_an_entry_names_a_caller(entry: str, caller: Principal, grant: Grant) -> None:
    assert grant_of(named(entry), caller) == (grant, grant)


@pytest.mark.rule("PRN-1")
@pytest.mark.parametrize(
    ("entry", "denies", "grant", "otherwise"),
    [
        ("* *", False, DIRECT, NONE),
        ("* *", True, DIRECT, DIRECT),
        ("AWS *", False, NONE, DIRECT),
        ("AWS *", True, DIRECT, NONE),
        ("Service states.amazonaws.com", False, DIRECT, DIRECT),
        (ACCOUNT, False, NONE, NONE),
    ],
)
def test_a_name_of_everybody_names_services_where_it_denies(
    entry: str, denies: bool, grant: Grant, otherwise: Grant
) -> None:
    assert grant_of(named(entry), SERVICE, denies=denies) == (grant, grant)
    assert grant_otherwise(named(entry), SERVICE, "PRN-1", denies=denies) is otherwise
    of_user = grant_of(named(entry), ANN, denies=denies)[0]
    assert grant_otherwise(named(entry), ANN, "PRN-1", denies=denies) is of_user


@pytest.mark.rule("PRN-2", "PRN-4", "PRN-5")
@pytest.mark.parametrize(
    ("entry", "caller", "possible"),
    [
        (f"{STS}assumed-role/Clerk/ann", ROLE, DIRECT),
        (f"CanonicalUser {CANONICAL}", ANN, DELEGATED),
        (USER_ID, ANN, DIRECT),
        (USER_ID, FEDERATED, BY_ROLE),
        (USER_ID, BY_ANN, BY_ROLE),
        (ROLE_ID, SESSION, BY_ROLE),
        (ROLE_ID, ROLE, BY_ROLE),
        (f"{ROLE_ID}:ann", SESSION, DIRECT),
        (f"{ROLE_ID}:ann", ROLE, DIRECT),
        (f"{ROLE_ID}:ann", with_unique_id(ROLE, ROLE_ID), DIRECT),
    ],
)
def test_what_is_unknown_of_a_caller_is_possible(entry: str, caller: Principal, possible: Grant) -> None:
    assert grant_of(named(entry), caller) == (NONE, possible)


@pytest.mark.rule("EVL-4")
def test_grants_are_ordered_by_strength() -> None:
    assert list(Grant) == sorted(Grant)
    assert [grant.name for grant in Grant] == ["NONE", "ACCOUNT", "ROLE", "DIRECT"]


@pytest.mark.rule("PRN-5", "PRN-6")
@pytest.mark.parametrize(
    ("entries", "caller", "spared"),
    [
        *(([star], caller, True) for star in ("* *", "AWS *") for caller in (ANN, ANONYMOUS)),
        (["* *"], SERVICE, True),
        (["AWS *"], SERVICE, False),
        (["AWS *", "Service states.amazonaws.com"], SERVICE, True),
        ([], ANN, False),
        ([], ANONYMOUS, False),
        ([ACCOUNT], ROOT, True),
        ([f"{IAM}root"], ROOT, True),
        ([OTHER], ROOT, False),
        ([ACCOUNT, f"{IAM}user/staff/Ann"], ANN, True),
        ([f"{IAM}user/staff/Ann"], ANN, False),
        ([ACCOUNT], ANN, False),
        ([ACCOUNT, f"{IAM}user/Ann"], ANN, False),
        ([OTHER, f"{IAM}user/staff/Ann"], ANN, False),
        ([ACCOUNT, f"{IAM}role/Clerk", f"{STS}assumed-role/Clerk/ann"], SESSION, True),
        ([ACCOUNT, f"{IAM}role/staff/Clerk", f"{STS}assumed-role/Clerk/ann"], SESSION, False),
        ([ACCOUNT, f"{IAM}role/staff/Clerk", f"{STS}assumed-role/Clerk/ann"], STAFF_SESSION, True),
        ([ACCOUNT, f"{IAM}role/Clerk"], SESSION, False),
        ([ACCOUNT, f"{STS}assumed-role/Clerk/ann"], SESSION, False),
        ([ACCOUNT, f"{IAM}role/Clerk", f"{STS}assumed-role/Clerk/bob"], SESSION, False),
        ([ACCOUNT, f"{IAM}role/Clerk", f"{STS}assumed-role/Clerk/ann"], ROLE, None),
        ([ACCOUNT, f"{IAM}role/Clerk"], ROLE, False),
        ([ACCOUNT, f"{STS}assumed-role/Clerk/ann"], ROLE, False),
        ([ACCOUNT, f"{STS}federated-user/Bob"], FEDERATED, True),
        ([ACCOUNT], FEDERATED, False),
        ([f"{STS}federated-user/Bob"], FEDERATED, False),
        (["Service states.amazonaws.com"], SERVICE, True),
        (["Service lambda.amazonaws.com"], SERVICE, False),
        ([ACCOUNT, USER_ID], with_unique_id(ANN, USER_ID), True),
        ([USER_ID], with_unique_id(ANN, USER_ID), False),
        ([ACCOUNT, USER_ID], with_unique_id(ANN, USER_ID + "X"), False),
        ([ACCOUNT, ROLE_ID], with_unique_id(ANN, ROLE_ID), False),
        ([ACCOUNT, USER_ID], ANN, None),
        ([ACCOUNT, USER_ID, f"{IAM}user/staff/Ann"], ANN, True),
        ([ACCOUNT, ROLE_ID, f"{ROLE_ID}:ann"], with_unique_id(SESSION, ROLE_ID), True),
        ([ACCOUNT, ROLE_ID, f"{STS}assumed-role/Clerk/ann"], with_unique_id(SESSION, ROLE_ID), True),
        ([ACCOUNT, ROLE_ID], with_unique_id(SESSION, ROLE_ID), False),
        ([ACCOUNT, f"{ROLE_ID}:ann"], with_unique_id(SESSION, ROLE_ID), False),
        ([ACCOUNT, ROLE_ID, f"{ROLE_ID}:bob"], with_unique_id(SESSION, ROLE_ID), False),
        ([ACCOUNT, ROLE_ID, f"{ROLE_ID}:ann"], SESSION, None),
        ([ACCOUNT, ROLE_ID, f"{ROLE_ID}:bob"], SESSION, False),
        ([ACCOUNT, ROLE_ID, f"{ROLE_ID}:ann"], with_unique_id(ROLE, ROLE_ID), None),
        ([ACCOUNT, USER_ID], with_unique_id(BY_ANN, USER_ID), False),
        ([f"CanonicalUser {CANONICAL}", f"{IAM}user/Ann"], KNOWN_CANONICAL, True),
        ([f"CanonicalUser {'b' * 64}", f"{IAM}user/Ann"], KNOWN_CANONICAL, False),
        ([f"CanonicalUser {CANONICAL}", f"{IAM}user/staff/Ann"], ANN, None),
        ([f"CanonicalUser {CANONICAL}", ACCOUNT, f"{IAM}user/staff/Ann"], ANN, True),
    ],
)
def test_whom_a_not_principal_spares(entries: list[str], caller: Principal, spared: bool | None) -> None:
    assert exempted([named(entry) for entry in entries], caller) is spared
