"""A rule of the family DOC about lists of NotPrincipal that leave out an ARN of those whom they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.document.model import PrincipalElement
from execpolicy.document.syntax.wording import listed
from execpolicy.linter.check import PolicyCheck
from execpolicy.linter.documents.principals import named
from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.loading.load_rule import CALLS, example
from execpolicy.linter.requests.shown_requests import shown_by_policy
from execpolicy.linter.requests.typical_call import caller_of, typical_call
from execpolicy.linter.rule import Rule, RuleExample
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import CheckResult, PolicySubject

_SESSION: Final = re.compile(r"arn:([a-z-]+):sts::([0-9]{12}):assumed-role/([^/]+)/[^/]+")
_IDENTITY: Final = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):(?:role|user)/.+")


def _example(*names: str, underlined: str = "") -> RuleExample:
    written = ", ".join(f'"{name}"' for name in names)
    statement = CALLS.replace("Allow", "Deny")
    return example(f'"NotPrincipal": {{"AWS": [{written}]}}, {statement}', underlined, "resource")


_ROLE: Final = "arn:aws:iam::111122223333:role/app"
_OF_ROLE: Final = "arn:aws:sts::111122223333:assumed-role/app/one"
_ROOT: Final = "arn:aws:iam::111122223333:root"

INCOMPLETE = Rule(
    id="EP-DOC-064",
    name="incomplete-not-principal",
    severity=Severity.WARNING,
    title="A Deny with NotPrincipal names somebody without the account or the role.",
    why="AWS exempts a caller whose ARNs are all in the list: for a session its own, that of the role and that of the "
    "account. The Deny applies to the others whom the list seems to exempt.",
    fix="add the missing ARNs, or write Principal * with ArnNotLike on aws:PrincipalArn",
    bad=_example(_OF_ROLE, _ROOT, underlined=f'"{_OF_ROLE}"'),
    good=_example(_OF_ROLE, _ROLE, _ROOT),
    semantics=("PRN-6",),
)


def _incomplete(subject: PolicySubject) -> Iterator[CheckResult]:
    exempted = _Exempted(frozenset(), frozenset())
    number = -1
    for statement, entry, path in named(subject):
        principal = statement.principal
        assert principal is not None, "an entry is a part of one"
        if not principal.negated:  # with Deny: an Allow with it does not load
            continue
        if statement.number != number:
            number, exempted = statement.number, _exempted(principal)
        missing = list(_missing(entry.text.value, exempted))
        if missing:
            message = f"this Deny applies to {entry.text.value} all the same: the list lacks {listed(missing, 'and')}"
            yield subject.at(entry.text, message, path)._replace(about=(number, caller_of(entry)))


class _Exempted(NamedTuple):
    """The accounts of a list beside its other names, and its roles by account and name: a session has no path."""

    accounts: frozenset[str]
    roles: frozenset[tuple[str, str]]


def _exempted(principal: PrincipalElement) -> _Exempted:
    names = [entry.text.value for entry in principal.entries]
    accounts = {*names, *(name.split(":")[4] for name in names if name.endswith(":root"))}
    roles = (_IDENTITY.fullmatch(name) for name in names if ":role/" in name)
    return _Exempted(
        frozenset(accounts), frozenset((role[2], role[0].rpartition("/")[2]) for role in roles if role is not None)
    )


def _missing(name: str, exempted: _Exempted) -> Iterator[str]:
    """What the list lacks beside a role, a user or a session."""
    session = _SESSION.fullmatch(name)
    identity = session or _IDENTITY.fullmatch(name)
    if identity is None:
        return
    account = identity[2]
    if session is not None and (account, session[3]) not in exempted.roles:
        yield f"arn:{session[1]}:iam::{account}:role/{session[3]}"
    if account not in exempted.accounts:
        yield account


def _show(subject: PolicySubject, found: CheckResult) -> ShownRequest | None:
    """A call of somebody whom the list names."""
    number, caller = found.about
    call = typical_call(subject, subject.statement(number))
    return shown_by_policy(subject, call._replace(caller=caller) if call is not None else None, number, applies=True)


#: One line for each rule.
CHECKS = (PolicyCheck(INCOMPLETE, _incomplete, _show),)
