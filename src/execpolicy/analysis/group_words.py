"""Says in words whom and which calls a statement is about: its principals, the sources of calls, and other keys."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.principal_clause import PrincipalClause

if TYPE_CHECKING:
    from execpolicy.engine.compile import CompiledStatement

#: The keys that say where a call comes from, with the operators whose values are those sources.
_SOURCE_OPERATORS = {
    "aws:sourceip": ("IpAddress",),
    "aws:vpcsourceip": ("IpAddress",),
    "aws:sourcevpce": ("StringEquals", "StringLike"),
    "aws:sourcevpc": ("StringEquals", "StringLike"),
}


class StatementWords(NamedTuple):
    """What a statement is about, in words: ``principals`` and ``sources`` are alternatives, all ``keys`` must hold.

    No principal stands for everybody, and no source for any.
    """

    principals: tuple[str, ...]
    sources: tuple[str, ...]
    keys: tuple[str, ...]

    @property
    def as_one(self) -> str:
        """All of it as one phrase."""
        parts = ["calls by " + " or ".join(self.principals)] if self.principals else ["calls"]
        parts += ["from " + " or ".join(self.sources)] if self.sources else []
        holds = "hold" if len(self.keys) > 1 else "holds"
        parts += [f"for which {' and '.join(self.keys)} {holds}"] if self.keys else []
        return " ".join(parts) if len(parts) > 1 or self.principals else "all calls"


def statement_words(statement: CompiledStatement, *, sees_caller: bool = True) -> StatementWords:
    """What a statement is about besides actions and resources.

    Args:
        statement: the statement.
        sees_caller: whether it receives the caller; if not, it applies to an anonymous one whoever calls.
    """
    principals: tuple[str, ...] = ()
    sources: list[str] = []
    keys: list[str] = []
    for occurrence in statement.occurrences:
        clause = occurrence.clause
        if isinstance(clause, PrincipalClause) and sees_caller:
            principals = tuple(_principals(clause))
        elif isinstance(clause, ConditionClause):
            if not sources and str(clause.operator) in _SOURCE_OPERATORS.get(clause.key.lower(), ()):
                sources = list(clause.values)
            else:
                keys.append(f"{clause.operator} {occurrence.key} {', '.join(clause.values)}".rstrip())
    return StatementWords(principals, tuple(sources), tuple(keys))


def _principals(clause: PrincipalClause) -> Iterator[str]:
    if clause.negated:
        yield f"anybody but {', '.join(clause.values)}"
    elif not clause.is_everybody:
        yield from clause.values
