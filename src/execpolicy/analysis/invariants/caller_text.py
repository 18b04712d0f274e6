"""The text of a caller in an invariant: a role, a user, an account, an organization, a service or an ARN (INV-3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from execpolicy._base.records import NamedTuple
from execpolicy.analysis.invariants.refusal import found_instead
from execpolicy.document.principal_name import PrincipalNameError, read_principal_name
from execpolicy.document.syntax.wording import nearest
from execpolicy.errors import ExecPolicyError

_RULE = "INV-3"
_PART = "caller"
_ADVICE = (
    "a caller is anonymous, role/NAME, user/NAME, account and 12 digits, this account, accounts inside o-…, service "
    "and its name, or an ARN; of and an account may follow a role or user"
)
_ACCOUNT: Final = re.compile("[0-9]{12}")
#: The id of an organization.
ORGANIZATION: Final = re.compile("o-[a-z0-9]{1,32}")
_OF: Final = re.compile("of")
_NAME: Final = re.compile("[A-Za-z0-9_+=,.@-]{1,64}")
#: A part of a path: a wildcard would be taken for one, and names no other path.
_PATH: Final = re.compile("[!-)+-.0->@-~]+")


class CallerPatternKind(StrEnum):
    """The kind of a caller pattern.

    >>> read_caller("role/Clerk").kind.value
    'role'
    """

    #: Callers without credentials.
    ANONYMOUS = "anonymous"
    #: Every session of a role, and the role itself.
    ROLE = "role"
    USER = "user"
    ROOT = "root"
    #: One session of a role.
    SESSION = "session"
    FEDERATED_USER = "federated-user"
    #: Every caller of an account.
    ACCOUNT = "account"
    #: Every caller of the accounts of an organization.
    ORGANIZATION = "organization"
    #: An AWS service that makes the call as itself.
    SERVICE = "service"


class CallerParts(NamedTuple):
    """The parts of a caller pattern, which describes them."""

    kind: CallerPatternKind
    name: str = ""
    path: str | None = None
    session: str = ""
    account: str | None = None
    partition: str | None = None


class _CallerWord(NamedTuple):
    """A word of the text, with its offset."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


class _CallerWords(NamedTuple):
    """The words of a text, and the text."""

    text: str
    words: list[_CallerWord]

    def error(
        self, index: int, expected: str, advice: str, *, start: int = 0, end: int | None = None
    ) -> ExecPolicyError:
        """The error for the word at an index, or for some of its characters."""
        word = self.words[index] if index < len(self.words) else _CallerWord("", len(self.text))
        return found_instead(
            expected,
            text=self.text,
            part=_PART,
            advice=advice,
            rule=_RULE,
            start=word.start + start,
            end=word.end if end is None else word.start + end,
        )

    def matching(self, index: int, pattern: re.Pattern[str], expected: str, advice: str) -> str:
        """The word at an index, if it has a form."""
        if index < len(self.words) and pattern.fullmatch(self.words[index].text):
            return self.words[index].text
        raise self.error(index, expected, advice)

    def end_after(self, number: int) -> None:
        """Raise an error if there are more words."""
        if len(self.words) > number:
            raise self.error(number, "the end of the caller", "separate callers with commas")


def read_caller(text: str) -> CallerParts:
    """Read the text of a caller.

    Raises:
        ExecPolicyError: it names no caller; the error has the place.

    >>> read_caller("role/team/Clerk of 111122223333").path
    '/team/'
    """
    words = _CallerWords(text, [_CallerWord(found.group(), found.start()) for found in re.finditer(r"\S+", text)])
    first = words.words[0].text if words.words else ""
    for beginning, read in _READERS.items():
        if first == beginning or (beginning[-1] in "/:" and first.startswith(beginning)):
            return read(words)
    known = [beginning for beginning in _READERS if beginning[-1] not in "/:"]
    kind, slash, _ = first.partition("/")
    meant = nearest(kind, ("role", "user")) if slash else nearest(first, known)
    raise words.error(0, "a caller", _ADVICE if meant is None else f'did you mean "{meant}{slash}"?')


def _anonymous(words: _CallerWords) -> CallerParts:
    words.end_after(1)
    return CallerParts(CallerPatternKind.ANONYMOUS)


def _named(words: _CallerWords) -> CallerParts:
    """``role/NAME``, ``role/path/NAME of ACCOUNT``, and the same of a user."""
    kind, *path, name = words.words[0].text.split("/")
    if any(_PATH.fullmatch(part) is None for part in path) or _NAME.fullmatch(name) is None:
        advice = "name one " + kind + "; a name has at most 64 letters, digits and _+=,.@-"
        raise words.error(0, f"the name of a {kind}", advice, start=len(kind) + 1)
    account = None
    if len(words.words) > 1:
        words.matching(1, _OF, "of and an account", "separate callers with commas")
        account = _account_at(2, words)
    words.end_after(3)
    return CallerParts(CallerPatternKind(kind), name, path=f"/{'/'.join(path)}/" if path else None, account=account)


def _account_at(index: int, words: _CallerWords) -> str:
    return words.matching(index, _ACCOUNT, "an account", "write the account as 12 digits, leading zeros included")


def _account(words: _CallerWords) -> CallerParts:
    account = _account_at(1, words)
    words.end_after(2)
    return CallerParts(CallerPatternKind.ACCOUNT, account=account)


def _this_account(words: _CallerWords) -> CallerParts:
    words.matching(1, re.compile("account"), "account", 'write "this account" for the account of the API')
    words.end_after(2)
    return CallerParts(CallerPatternKind.ACCOUNT)


def _organization(words: _CallerWords) -> CallerParts:
    advice = 'write for example "accounts inside o-exampleorg"'
    words.matching(1, re.compile("inside"), "inside and an organization", advice)
    name = words.matching(2, ORGANIZATION, "the id of an organization", advice)
    words.end_after(3)
    return CallerParts(CallerPatternKind.ORGANIZATION, name)


def _service(words: _CallerWords) -> CallerParts:
    try:
        name = read_principal_name("Service", words.words[1].text if len(words.words) > 1 else "").name
    except PrincipalNameError:
        advice = "write the service as policies name it, such as apigateway.amazonaws.com"
        raise words.error(1, "the name of a service", advice) from None
    words.end_after(2)
    return CallerParts(CallerPatternKind.SERVICE, name)


def _arn(words: _CallerWords) -> CallerParts:
    """The ARN of a caller; its account and its path are part of it."""
    text = words.words[0].text
    try:
        found = read_principal_name("AWS", text)
    except PrincipalNameError as error:
        start, end = error.start, error.end
        raise words.error(0, "the ARN of a caller", error.advice, start=start, end=end) from None
    words.end_after(1)
    kind = CallerPatternKind.ROOT if found.kind == "account" else CallerPatternKind(found.kind)
    path = found.path if kind in (CallerPatternKind.ROLE, CallerPatternKind.USER) else None
    return CallerParts(kind, found.name, path, found.session, found.account, found.partition)


_READERS: Final[dict[str, Callable[[_CallerWords], CallerParts]]] = {
    "anonymous": _anonymous,
    "role/": _named,
    "user/": _named,
    "account": _account,
    "this": _this_account,
    "accounts": _organization,
    "service": _service,
    "arn:": _arn,
}
