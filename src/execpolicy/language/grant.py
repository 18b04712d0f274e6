"""Whether the principals of a policy match a caller (PRN-1, PRN-2, PRN-3), and what their Allow grants (EVL-4)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from execpolicy.document.principal_name import ANYONE, ANYONE_UNDER_AWS, PrincipalName
from execpolicy.language.principal import FEDERATED_USER, ROLE, SERVICE, SESSION, USER, Principal
from execpolicy.language.role_path import has_unknown_path

#: The kinds of principal names that mean everybody (PRN-1).
NAMES_OF_EVERYBODY = (ANYONE, ANYONE_UNDER_AWS)
#: The kinds of callers that a name of everybody does not name directly, or not always (PRN-1, EVL-9).
NAMED_OTHERWISE_BY_STAR = frozenset({FEDERATED_USER, SERVICE})
#: The kind of a principal name that is a unique id, and the prefix of the ids of users.
UNIQUE_ID, USER_ID_PREFIX = "unique-id", "AIDA"


class Grant(IntEnum):
    """How an Allow names the caller, which decides which other policies must allow (EVL-4).

    >>> Grant.ACCOUNT < Grant.ROLE < Grant.DIRECT
    True
    """

    NONE = 0
    #: It names the account: the account's own policies must allow as well.
    ACCOUNT = 1
    #: It names the role or user of a session: boundary and session policies must allow as well.
    ROLE = 2
    #: It names the caller: no other policy of the account has to allow.
    DIRECT = 3


def grant_of(entry: PrincipalName, caller: Principal, *, denies: bool = False) -> tuple[Grant, Grant]:
    """How one entry of a Principal element names the caller: certainly, and possibly (EVL-4, PRN-1, PRN-4).

    ``denies`` says that the element is that of a Deny.
    """
    if entry.kind in NAMES_OF_EVERYBODY:
        # ``*`` names the user who created a federated session, not the session (EVL-9).
        grant = Grant.ROLE if caller.kind == FEDERATED_USER else Grant.DIRECT
        return _certain_grant(grant, denies or entry.kind == ANYONE or caller.kind != SERVICE)
    if entry.kind == "canonical":
        return _canonical_grant(entry, caller)
    if entry.kind == UNIQUE_ID:
        return _grant_by_id(entry, caller)
    if entry.kind == SERVICE:
        return _certain_grant(Grant.DIRECT, _names_itself(entry, caller))
    if not _same_account(entry, caller):
        return Grant.NONE, Grant.NONE
    return _grant_in_account(entry, caller)


#: The rules of status A on how a name of a policy names a caller.
ASSUMED_OF_NAMES = ("EVL-9", "PRN-1", "PRN-2", "PRN-4", "PRN-5")


def grant_otherwise(entry: PrincipalName, caller: Principal, rule: str, *, denies: bool = False) -> Grant:
    """How one entry certainly names the caller by the other reading of an assumed rule."""
    sure = grant_of(entry, caller, denies=denies)[0]
    if rule == "EVL-9":
        return Grant.DIRECT if entry.kind in NAMES_OF_EVERYBODY and sure else sure
    if rule == "PRN-1":
        # That a Deny for ``*`` alone names services is documented.
        is_assumed = caller.kind == SERVICE and entry.kind in ((ANYONE_UNDER_AWS,) if denies else NAMES_OF_EVERYBODY)
        return (Grant.NONE if sure else Grant.DIRECT) if is_assumed else sure
    if rule == "PRN-2":
        return Grant.DIRECT if entry.kind == "canonical" and sure else sure
    if rule == "PRN-5":
        return Grant.NONE if entry.kind == UNIQUE_ID else sure
    return sure or _grant_without_case(entry, caller)


def _grant_without_case(entry: PrincipalName, caller: Principal) -> Grant:
    """As ``grant_of``, for names of roles and sessions without regard to case (PRN-4)."""
    if not _same_account(entry, caller) or entry.name.lower() != caller.name.lower():
        return Grant.NONE
    if entry.kind == ROLE and caller.kind in (SESSION, ROLE):
        return Grant.ROLE
    if entry.kind == FEDERATED_USER == caller.kind:
        return Grant.DIRECT
    if entry.kind == SESSION == caller.kind and entry.session.lower() == (caller.session_name or "").lower():
        return Grant.DIRECT
    return Grant.NONE


def _grant_in_account(entry: PrincipalName, caller: Principal) -> tuple[Grant, Grant]:
    if entry.kind == "account":
        return _certain_grant(Grant.ACCOUNT, caller.is_iam)
    if entry.kind == USER and caller.kind == USER:
        return _certain_grant(Grant.DIRECT, (entry.path, entry.name) == (caller.path, caller.name))
    if entry.kind == USER:
        return _certain_grant(Grant.ROLE, entry == caller.federated_by)
    if entry.kind == ROLE:
        return _certain_grant(Grant.ROLE, caller.kind in (SESSION, ROLE) and entry.name == caller.name)
    if entry.kind == SESSION and caller.kind == ROLE:
        return Grant.NONE, Grant.DIRECT if entry.name == caller.name else Grant.NONE
    return _certain_grant(Grant.DIRECT, _names_itself(entry, caller))


def _certain_grant(grant: Grant, named: bool) -> tuple[Grant, Grant]:
    return (grant, grant) if named else (Grant.NONE, Grant.NONE)


def _canonical_grant(entry: PrincipalName, caller: Principal) -> tuple[Grant, Grant]:
    if caller.canonical_user is not None:
        return _certain_grant(Grant.ACCOUNT, caller.canonical_user == entry.name)
    return Grant.NONE, Grant.ACCOUNT if caller.is_iam else Grant.NONE


def _grant_by_id(entry: PrincipalName, caller: Principal) -> tuple[Grant, Grant]:
    """As the ARN of the user, role or session with the id; possibly, if the caller's id is unknown (PRN-5)."""
    if not _may_have_id(entry, caller) or caller.unique_id not in (None, entry.name):
        return Grant.NONE, Grant.NONE
    if not entry.session:
        grant = Grant.DIRECT if caller.kind == USER else Grant.ROLE
        return grant if caller.unique_id is not None else Grant.NONE, grant
    if caller.kind == SESSION and entry.session != caller.session_name:
        return Grant.NONE, Grant.NONE
    known = caller.kind == SESSION and caller.unique_id is not None
    return Grant.DIRECT if known else Grant.NONE, Grant.DIRECT


def _may_have_id(entry: PrincipalName, caller: Principal) -> bool:
    """Whether the caller is of a kind that has such an id: a user, or a role; a root user has none."""
    if caller.acts_as_root:
        return False
    return caller.kind in ((USER, FEDERATED_USER) if entry.name.startswith(USER_ID_PREFIX) else (SESSION, ROLE))


def unique_id_is_unknown(entries: Iterable[PrincipalName], caller: Principal) -> bool:
    """Whether one of the entries may be the unique id of the caller, which is unknown (PRN-5)."""
    ids = (entry for entry in entries if entry.kind == UNIQUE_ID)
    return caller.unique_id is None and any(_may_have_id(entry, caller) for entry in ids)


def _same_account(entry: PrincipalName, caller: Principal) -> bool:
    # An account id without an ARN matches in any partition; engine/combine.py compares partitions (PRN-8).
    return entry.account == caller.account and entry.partition in ("", caller.partition)


def _names_itself(entry: PrincipalName, caller: Principal) -> bool:
    """Whether the entry is the caller's own full name."""
    if entry.kind != caller.kind:
        return False
    same = (entry.partition, entry.account, entry.name) == (caller.partition, caller.account, caller.name)
    return same and (entry.kind != SESSION or entry.session == caller.session_name)


def exempted(entries: Iterable[PrincipalName], caller: Principal) -> bool | None:
    """Whether a NotPrincipal list exempts the caller: it has every name of the caller (PRN-6).

    None if that depends on a session name, a unique id or a canonical user id that is unknown.
    """
    listed = _listed_names(tuple(entries), caller)
    return False if False in listed else None if None in listed else True


def partly_listed(entries: Iterable[PrincipalName], caller: Principal) -> bool:
    """Whether a NotPrincipal list has some, but not all, of the names of the caller, or may have them (PRN-6)."""
    return len(set(_listed_names(tuple(entries), caller))) > 1


def _listed_names(listed: tuple[PrincipalName, ...], caller: Principal) -> list[bool | None]:
    """For each name of the caller, whether it is listed. ``{"AWS": "*"}`` exempts no service (PRN-1)."""
    if any(entry.kind == ANYONE or (entry.kind == ANYONE_UNDER_AWS and caller.kind != SERVICE) for entry in listed):
        return [True]
    if not caller.is_iam:
        return [any(_names_itself(entry, caller) for entry in listed)]
    names = [_lists_account(listed, caller)]
    if caller.kind in (USER, SESSION, ROLE):
        names.append(_lists_entity(listed, caller))
    if caller.kind in (SESSION, ROLE, FEDERATED_USER):
        names.append(_lists_session(listed, caller))
    return names


def _lists_account(listed: Iterable[PrincipalName], caller: Principal) -> bool | None:
    found = [
        _same_account(entry, caller)
        if entry.kind == "account"
        else None
        if caller.canonical_user is None
        else caller.canonical_user == entry.name
        for entry in listed
        if entry.kind in ("account", "canonical")
    ]
    return True if True in found else None if None in found else False


def _lists_entity(listed: Iterable[PrincipalName], caller: Principal) -> bool | None:
    """Whether the user, or the role of the session, is listed; the path counts, and a missing one is ``/`` (PRN-7)."""
    if role_path_decides(listed, caller):
        return lists_by_id(listed, caller) or None
    entity = (USER if caller.kind == USER else ROLE, caller.path or "/", caller.name)
    if any((entry.kind, entry.path, entry.name) == entity and _same_account(entry, caller) for entry in listed):
        return True
    return lists_by_id(listed, caller)


def role_path_decides(listed: Iterable[PrincipalName], caller: Principal) -> bool:
    """Whether the role of the session is listed or not by its path, which is unknown (PRN-7)."""
    roles = (entry for entry in listed if (entry.kind, entry.name) == (ROLE, caller.name))
    return has_unknown_path(caller) and any(_same_account(entry, caller) for entry in roles)


def lists_by_id(listed: Iterable[PrincipalName], caller: Principal, *, session: bool = False) -> bool | None:
    """Whether the unique id of the user or role is listed, or that of the role with the session name (PRN-5)."""
    ids = (entry for entry in listed if entry.kind == UNIQUE_ID and bool(entry.session) is session)
    grants = [_grant_by_id(entry, caller) for entry in ids]
    if any(sure for sure, _ in grants):
        return True
    return None if any(possible for _, possible in grants) else False


def _lists_session(listed: Iterable[PrincipalName], caller: Principal) -> bool | None:
    kind = FEDERATED_USER if caller.kind == FEDERATED_USER else SESSION
    named = [
        entry for entry in listed if entry.kind == kind and entry.name == caller.name and _same_account(entry, caller)
    ]
    if any(_names_itself(entry, caller) for entry in named):
        return True
    by_id = lists_by_id(listed, caller, session=True)
    return None if named and caller.kind == ROLE else by_id
