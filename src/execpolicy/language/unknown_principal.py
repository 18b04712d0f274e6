"""Which names of a caller a text of Principal with unknown values may be (SRC-10)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import PrincipalEntry
from execpolicy.document.principal_name import ANYONE, ANYONE_UNDER_AWS, EVERYBODY, PrincipalName
from execpolicy.language import principal as kinds
from execpolicy.language.glob import ANY, Tokens, Wildcard, normalised
from execpolicy.language.grant import UNIQUE_ID, USER_ID_PREFIX
from execpolicy.language.principal import Principal
from execpolicy.language.variables import TextWithVariables

_ROLE_ID_PREFIX = "AROA"


class CallersName(NamedTuple):
    """A name that a policy can give a caller: its key in Principal, its texts as a pattern, and its parts."""

    type: str
    pattern: Tokens
    name: PrincipalName


def possible_names(entry: PrincipalEntry, caller: Principal) -> tuple[PrincipalName, ...]:
    """The names of a caller that an entry with unknown values may be.

    A text alone, without a key, is the whole Principal: it may name anybody under any key.
    """
    text = TextWithVariables(entry.text.value, variables=False, wildcards=False).widest_tokens()
    return tuple(
        each.name
        for each in _names(caller)
        if entry.type in (each.type, EVERYBODY) and have_a_text_in_common(text, each.pattern)
    )


def _names(caller: Principal) -> Iterator[CallersName]:
    """All names of a caller; a detail that is not known is ``*``."""
    yield CallersName(EVERYBODY, (EVERYBODY,), PrincipalName(ANYONE))
    yield CallersName("AWS", (EVERYBODY,), PrincipalName(ANYONE_UNDER_AWS))
    if caller.kind == kinds.SERVICE:
        yield CallersName("Service", (caller.name,), PrincipalName(kinds.SERVICE, name=caller.name))
    if not caller.is_iam:
        return
    partition, account = caller.partition, caller.account
    yield CallersName("AWS", (account,), PrincipalName("account", account=account))
    yield CallersName("AWS", (f"arn:{partition}:iam::{account}:root",), PrincipalName("account", partition, account))
    id_pattern: Tokens = (ANY,) if caller.canonical_user is None else (caller.canonical_user,)
    yield CallersName("CanonicalUser", id_pattern, PrincipalName("canonical", name=caller.canonical_user or ""))
    yield from _names_in_account(caller)
    yield from _unique_ids(caller)


def _names_in_account(caller: Principal) -> Iterator[CallersName]:
    partition, account, name = caller.partition, caller.account, caller.name
    iam, sts = f"arn:{partition}:iam::{account}:", f"arn:{partition}:sts::{account}:"
    if caller.kind == kinds.USER:
        path = caller.path or "/"
        yield CallersName("AWS", (f"{iam}user{path}{name}",), PrincipalName(kinds.USER, partition, account, name, path))
    by = caller.federated_by
    if by is not None and by.kind == kinds.USER:
        yield CallersName("AWS", (f"arn:{by.partition}:iam::{by.account}:user{by.path}{by.name}",), by)
    if caller.kind == kinds.FEDERATED_USER:
        named = PrincipalName(kinds.FEDERATED_USER, partition, account, name)
        yield CallersName("AWS", (f"{sts}federated-user/{name}",), named)
    if caller.kind in (kinds.SESSION, kinds.ROLE):
        path = caller.path or "/"
        role = PrincipalName(kinds.ROLE, partition, account, name, path)
        yield CallersName("AWS", (f"{iam}role{path}{name}",), role)
        # A role is named whatever the path (PRN-4), and exempted by its own only (PRN-7).
        other = role._replace(path=f"{path}other/")
        yield CallersName("AWS", (f"{iam}role/{name}",), role if path == "/" else other)
        yield CallersName("AWS", (f"{iam}role/", ANY, f"/{name}"), other)
        session = (caller.session_name,) if caller.session_name is not None else (ANY,)
        named = PrincipalName(kinds.SESSION, partition, account, name, session=caller.session_name or "any")
        yield CallersName("AWS", (f"{sts}assumed-role/{name}/", *session), named)


def _unique_ids(caller: Principal) -> Iterator[CallersName]:
    of_user = caller.kind in (kinds.USER, kinds.FEDERATED_USER)
    prefix = USER_ID_PREFIX if of_user else _ROLE_ID_PREFIX
    known = caller.unique_id is not None
    pattern: tuple[str | Wildcard, ...] = (caller.unique_id,) if caller.unique_id is not None else (prefix, ANY)
    name = PrincipalName(UNIQUE_ID, name=caller.unique_id if known and caller.unique_id else prefix)
    yield CallersName("AWS", pattern, name)
    if not of_user:
        session = (caller.session_name,) if caller.session_name is not None else (ANY,)
        with_session = name._replace(session=caller.session_name or "any")
        yield CallersName("AWS", normalised((*pattern, ":", *session)), with_session)


def have_a_text_in_common(one: Tokens, other: Tokens) -> bool:
    """Whether some text matches two patterns of text and ``*``, in time their lengths together.

    >>> have_a_text_in_common(("arn:aws:iam::", ANY, ":root"), ("arn:aws:iam::111122223333:root",))
    True
    >>> have_a_text_in_common(("arn:aws:iam::", ANY, ":root"), ("arn:aws:iam::111122223333:role/", ANY, "/Ann"))
    False
    """
    first, second = _units(one), _units(other)
    # For each place of the first pattern, whether both patterns can have been read up to it and the current place.
    reached = [False] * (len(first) + 1)
    for at in range(len(second) + 1):
        before, reached = reached, [False] * (len(first) + 1)
        reached[0] = not at or (before[0] and second[at - 1] is ANY)
        for place in range(1, len(first) + 1):
            mine, theirs = first[place - 1], second[at - 1] if at else ""
            if ANY in (mine, theirs):
                reached[place] = (before[place] and bool(at)) or reached[place - 1]
            else:
                reached[place] = mine == theirs and before[place - 1]
    return reached[-1]


def _units(tokens: Tokens) -> list[str | Wildcard]:
    """The characters and the wildcards of a pattern."""
    return [unit for token in tokens for unit in (token if isinstance(token, str) else (token,))]
