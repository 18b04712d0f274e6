"""A small change of a policy, and the result of running the cases with it."""

from __future__ import annotations

from typing import Any, NamedTuple

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen


class Killer(NamedTuple):
    """The first item that fails with a mutant instead of the policy."""

    name: str
    place: str

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.name}")


class EquivalenceProof(NamedTuple):
    """The reason why a mutant is equivalent to the policy: ``name`` is never_applies, same_requests or contained."""

    name: str
    reason: str

    def __str__(self) -> str:
        return self.reason


class Mutant(Frozen):
    """A small change of a policy, and the result of running the cases with it.

    Attributes:
        operator: the name of the mutation operator, such as ``drop_statement``.
        policy: the name of the policy.
        statement: the number of its statement, counted from 0.
        sid: the Sid of the statement, or None.
        place: ``file:line:column`` of the changed part, or the name of the policy and a path if there are no lines.
        words: the change in words.
        advice: the kind of case that would detect the change.
        diff: a unified diff of the text of the policy.
        killed_by: the first item that detected the change, or None.
        equivalent: the reason why no item can detect the change, or None.
    """

    __slots__ = (
        "advice",
        "diff",
        "equivalent",
        "killed_by",
        "operator",
        "place",
        "policy",
        "sid",
        "statement",
        "words",
    )
    operator: str
    policy: str
    statement: int
    sid: str | None
    place: str
    words: str
    advice: str
    diff: str
    killed_by: Killer | None
    equivalent: EquivalenceProof | None

    def __init__(
        self,
        *,
        operator: str,
        policy: str,
        statement: int,
        place: str,
        words: str,
        diff: str,
        advice: str = "",
        sid: str | None = None,
        killed_by: Killer | None = None,
        equivalent: EquivalenceProof | None = None,
    ) -> None:
        self._set(
            operator=operator,
            policy=policy,
            statement=statement,
            sid=sid,
            place=place,
            words=words,
            advice=advice,
            diff=diff,
            killed_by=killed_by,
            equivalent=equivalent,
        )

    @property
    def fate(self) -> str:
        """``killed``, ``equivalent`` or ``survived``."""
        if self.killed_by is not None:
            return "killed"
        return "survived" if self.equivalent is None else "equivalent"

    def to_dict(self) -> dict[str, Any]:
        """The mutant as plain data, in the schema ``docs/schemas/mutation-1.json``."""
        return {
            "fate": self.fate,
            "operator": self.operator,
            "policy": self.policy,
            "statement": self.statement,
            "sid": self.sid,
            "place": self.place,
            "words": self.words,
            "advice": self.advice,
            "diff": self.diff,
            "killed_by": self.killed_by._asdict() if self.killed_by is not None else None,
            "equivalent": self.equivalent._asdict() if self.equivalent is not None else None,
        }
