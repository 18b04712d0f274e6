"""Sets of callers: those that are named, or all except those (INV-3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.invariants.caller_text import CallerPatternKind, read_caller
from execpolicy.arguments import described, encodable, flag, items
from execpolicy.arguments import text as checked_text
from execpolicy.errors import UsageError

#: The kinds of which a caller belongs to an account.
_OF_ACCOUNTS: Final = frozenset(
    {
        CallerPatternKind.ROLE,
        CallerPatternKind.USER,
        CallerPatternKind.ROOT,
        CallerPatternKind.SESSION,
        CallerPatternKind.FEDERATED_USER,
        CallerPatternKind.ACCOUNT,
    }
)


class CallerPattern(Frozen):
    """Some callers: a role, a user, an account, ….

    Args:
        text: ``anonymous``; ``role/NAME`` or ``user/NAME``, with a path if it has one, and ``of`` and an account if it
            is not the account of the API; ``account 111122223333``; ``this account``; ``accounts inside o-exampleorg``;
            ``service apigateway.amazonaws.com``; or the ARN of a role, user, session, root user or federated user.

    Attributes:
        kind: what is named.
        name: of a role, user, federated user or service; of a session, that of its role; of an organization, its id.
        path: of a role or user, from slash to slash (``/team/``). None stands for any path: the name of a role or user
            is unique in its account.
        session: of a session, its name.
        account: the 12 digits of the account; None for the account that owns the API, and for a kind without account.
        partition: where an ARN names it; None for any.

    Raises:
        UsageError: the caller is not a text.
        ExecPolicyError: the text names no caller; the error has the place.

    >>> CallerPattern("role/team/Clerk of 111122223333").path
    '/team/'
    """

    __slots__ = ("account", "kind", "name", "partition", "path", "session")
    kind: CallerPatternKind
    name: str
    path: str | None
    session: str
    account: str | None
    partition: str | None

    def __init__(self, text: str) -> None:
        self._set(**read_caller(encodable(checked_text(text, "a caller"), "a caller"))._asdict())

    @property
    def is_of_own_account(self) -> bool:
        """Whether the account is the one that owns the API, whichever it is."""
        return self.account is None and self.kind in _OF_ACCOUNTS

    def __str__(self) -> str:
        match self.kind:
            case CallerPatternKind.ANONYMOUS:
                return "anonymous"
            case CallerPatternKind.ACCOUNT:
                return "this account" if self.account is None else f"account {self.account}"
            case CallerPatternKind.ORGANIZATION:
                return f"accounts inside {self.name}"
            case CallerPatternKind.SERVICE:
                return f"service {self.name}"
        if self.partition is not None:
            return self._arn()
        of = "" if self.account is None else f" of {self.account}"
        return f"{self.kind}{self.path or '/'}{self.name}{of}"

    def _arn(self) -> str:
        service = "sts" if self.kind in (CallerPatternKind.SESSION, CallerPatternKind.FEDERATED_USER) else "iam"
        resource = {
            CallerPatternKind.ROOT: "root",
            CallerPatternKind.SESSION: f"assumed-role/{self.name}/{self.session}",
        }.get(self.kind, f"{self.kind}{self.path or '/'}{self.name}")
        return f"arn:{self.partition}:{service}::{self.account}:{resource}"

    def _shown(self) -> str:
        return f"CallerPattern({str(self)!r})"


class CallerSet(Frozen):
    """A set of callers: the members, or all callers except the members.

    Args:
        members: caller patterns, or their texts.
        all_except: whether all other callers are meant, anonymous ones and AWS services too.

    Raises:
        UsageError: an argument is of the wrong type, or no caller is in the set.
        ExecPolicyError: a text names no caller; the error has the place.

    >>> str(CallerSet(["role/Admin", "role/Clerk"], all_except=True))
    'anybody but role/Admin, role/Clerk'
    """

    __slots__ = ("all_except", "members")
    members: tuple[CallerPattern, ...]
    all_except: bool

    def __init__(
        self,
        members: CallerPattern | str | Iterable[CallerPattern | str] = (),
        *,
        all_except: bool = False,
    ) -> None:
        found = caller_patterns(members, "members")
        if not found and not all_except:
            raise UsageError(
                "a set of callers has members, found none", advice="for all callers write CallerSet.everybody()"
            )
        self._set(members=found, all_except=flag(all_except, "all_except"))

    @classmethod
    def everybody(cls) -> CallerSet:
        """All callers: of every account, AWS services, and anonymous ones.

        >>> CallerSet.everybody().members
        ()
        """
        return cls((), all_except=True)

    @property
    def is_everybody(self) -> bool:
        """Whether every caller is in the set."""
        return self.all_except and not self.members

    def __str__(self) -> str:
        members = ", ".join(map(str, self.members))
        if not self.all_except:
            return members
        return f"anybody but {members}" if members else "anybody"


def caller_patterns(value: object, name: str) -> tuple[CallerPattern, ...]:
    """Check a list of callers, each a pattern or its text; each is in the result once.

    Raises:
        UsageError: it is something else.
        ExecPolicyError: a text names no caller.
    """
    if isinstance(value, (str, CallerPattern)):
        value = (value,)
    if isinstance(value, (bytes, Mapping)) or not isinstance(value, Iterable):
        raise UsageError(f"{name} is a text or a list of texts, found {described(value)}", advice=f"write {name}=[…]")
    return tuple(
        dict.fromkeys(item if isinstance(item, CallerPattern) else CallerPattern(item) for item in items(value))
    )
