"""Why a principal does not match, where the two names do not show it."""

from __future__ import annotations

from execpolicy.document.principal_name import ANYONE_UNDER_AWS, PrincipalName
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.grant import UNIQUE_ID, USER_ID_PREFIX
from execpolicy.language.principal import Principal


def principal_note(clause: PrincipalClause, view: View) -> str:
    """The difference between the caller and a name of the list; empty where there is nothing to add."""
    caller = view.principal
    if caller.kind == kinds.ANONYMOUS:
        return "the caller is anonymous: only `*` names it"
    if any(name.kind == ANYONE_UNDER_AWS for name in clause.names):
        return "`*` under AWS names no service where it allows: write `*` alone, or name the service (PRN-1)"
    notes = [note for name in clause.names if (note := _principal_note(name, caller))]
    return notes[0] if notes else ""


def _principal_note(name: PrincipalName, caller: Principal) -> str:
    if name.kind == UNIQUE_ID:
        return _unique_id_note(name, caller)
    if name.account and name.account != caller.account:
        return f"it names account {name.account}, the caller belongs to {caller.account or 'none'}"
    if name.partition and caller.partition and name.partition != caller.partition:
        return f"it names partition {name.partition}, the caller belongs to {caller.partition}"
    if name.kind == kinds.USER and caller.kind == kinds.FEDERATED_USER and caller.federated_by is None:
        return "a federated user's ARN does not show which user created the session: set federated_by"
    if name.name != caller.name and name.name.lower() == caller.name.lower():
        return f"{name.name} and {caller.name} differ in case, and names are case-sensitive"
    if name.kind == kinds.USER and name.name == caller.name and caller.kind == kinds.USER:
        return f"it names the path {name.path}, the caller has {caller.path}"
    if name.kind == kinds.SESSION and name.name == caller.name and caller.kind == kinds.SESSION:
        return f"it names the session {name.session} of that role, the caller's is {caller.session_name}"
    return ""


def _unique_id_note(name: PrincipalName, caller: Principal) -> str:
    if caller.unique_id == name.name and caller.kind == kinds.SESSION:
        return f"it names the session {name.session} of that role, the caller's is {caller.session_name}"
    who = "user" if name.name.startswith(USER_ID_PREFIX) else "role"
    theirs = f", the caller's is {caller.unique_id}" if caller.unique_id is not None else ""
    return f"{name.name} is the unique id of another {who}, or of a deleted one{theirs}"
