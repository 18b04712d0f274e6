"""Which names of a caller a text of Principal may be, where the text or the caller holds unknown values (SRC-10)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import NamedTuple
from execpolicy.document.model import PrincipalEntry
from execpolicy.document.principal_name import ANYONE, ANYONE_UNDER_AWS, EVERYBODY, PrincipalName
from execpolicy.document.unknown_value import has_unknown
from execpolicy.language import principal as kinds
from execpolicy.language.common_text import NameTokens, have_a_text_in_common, without_case
from execpolicy.language.glob import ANY
from execpolicy.language.grant import UNIQUE_ID, USER_ID_PREFIX
from execpolicy.language.principal import Principal
from execpolicy.language.unknown_caller import tokens_of_name, tokens_of_path
from execpolicy.language.variables import TextWithVariables

_ROLE_ID_PREFIX = "AROA"


class CallersName(NamedTuple):
    """A name that a policy can give a caller: its key in Principal, its texts as a pattern, and its parts."""

    type: str
    pattern: NameTokens
    name: PrincipalName


def possible_names(
    entry: PrincipalEntry, caller: Principal, *, ignores_case: bool = False
) -> tuple[PrincipalName, ...]:
    """The names of a caller that an entry may be, where the entry or the caller's name holds unknown values.

    Args:
        entry: an entry of Principal. A text alone with unknown values, without a key, is the whole Principal: it may
            name anybody under any key.
        caller: the caller.
        ignores_case: whether the case of letters does not count.
    """
    text: NameTokens = TextWithVariables(entry.text.value, variables=False, wildcards=False).widest_tokens()
    text = without_case(text) if ignores_case else text
    return tuple(
        each.name
        for each in _names(caller)
        if entry.type in (each.type, EVERYBODY)
        and have_a_text_in_common(text, without_case(each.pattern) if ignores_case else each.pattern)
    )


def same_name(entry: PrincipalEntry, caller: Principal) -> PrincipalName | None:
    """The name that an entry with unknown values is for each of them, because it is written as the caller's; else None.

    A role is named whatever the path is (PRN-4).
    """
    kind = kinds.USER if caller.kind == kinds.USER else kinds.ROLE
    begin, text = f"arn:{caller.partition}:iam::{caller.account}:{kind}", entry.text.value
    if entry.type != "AWS" or not (text.startswith(begin) and text.endswith(caller.name)):
        return None
    path, own = text[len(begin) : len(text) - len(caller.name)], caller.path or "/"
    is_path = path.startswith("/") and path.endswith("/") and not has_unknown(path)
    if path != own and not (is_path and kind == kinds.ROLE):
        return None
    return PrincipalName(kind, caller.partition, caller.account, caller.name, path)


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
    id_pattern: NameTokens = (ANY,) if caller.canonical_user is None else (caller.canonical_user,)
    yield CallersName("CanonicalUser", id_pattern, PrincipalName("canonical", name=caller.canonical_user or ""))
    yield from _names_in_account(caller)
    yield from _unique_ids(caller)


def _names_in_account(caller: Principal) -> Iterator[CallersName]:
    partition, account, name = caller.partition, caller.account, caller.name
    iam, sts = f"arn:{partition}:iam::{account}:", f"arn:{partition}:sts::{account}:"
    tokens = tokens_of_name(name)
    if caller.kind == kinds.USER:
        path = caller.path or "/"
        yield CallersName(
            "AWS",
            (f"{iam}user", *tokens_of_path(path), *tokens),
            PrincipalName(kinds.USER, partition, account, name, path),
        )
    by = caller.federated_by
    if by is not None and by.kind == kinds.USER:
        yield CallersName("AWS", (f"arn:{by.partition}:iam::{by.account}:user{by.path}{by.name}",), by)
    if caller.kind == kinds.FEDERATED_USER:
        named = PrincipalName(kinds.FEDERATED_USER, partition, account, name)
        yield CallersName("AWS", (f"{sts}federated-user/{name}",), named)
    if caller.kind in (kinds.SESSION, kinds.ROLE):
        path = caller.path or "/"
        role = PrincipalName(kinds.ROLE, partition, account, name, path)
        yield CallersName("AWS", (f"{iam}role", *tokens_of_path(path), *tokens), role)
        # A role is named whatever the path (PRN-4), and exempted by its own only (PRN-7).
        other = role._replace(path=f"{path}other/")
        yield CallersName("AWS", (f"{iam}role/", *tokens), role if path == "/" else other)
        yield CallersName("AWS", (f"{iam}role/", ANY, "/", *tokens), other)
        session: NameTokens = (caller.session_name,) if caller.session_name is not None else (ANY,)
        named = PrincipalName(kinds.SESSION, partition, account, name, session=caller.session_name or "any")
        yield CallersName("AWS", (f"{sts}assumed-role/", *tokens, "/", *session), named)


def _unique_ids(caller: Principal) -> Iterator[CallersName]:
    of_user = caller.kind in (kinds.USER, kinds.FEDERATED_USER)
    prefix = USER_ID_PREFIX if of_user else _ROLE_ID_PREFIX
    known = caller.unique_id is not None
    pattern: NameTokens = (caller.unique_id,) if caller.unique_id is not None else (prefix, ANY)
    name = PrincipalName(UNIQUE_ID, name=caller.unique_id if known and caller.unique_id else prefix)
    yield CallersName("AWS", pattern, name)
    if not of_user:
        session: NameTokens = (caller.session_name,) if caller.session_name is not None else (ANY,)
        with_session = name._replace(session=caller.session_name or "any")
        yield CallersName("AWS", (*pattern, ":", *session), with_session)
