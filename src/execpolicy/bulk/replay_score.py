"""How often a version of an API answers logged calls as AWS did, as a value (LOG-9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.bulk.logged_verdict import NotComparable
from execpolicy.bulk.replay_example import ReplayExample
from execpolicy.bulk.unknown_cause import UnknownCause
from execpolicy.errors import UsageError

#: The attributes of a score that are mappings.
_COUNTED: Final = ("not_comparable", "causes")


class Disagreement(NamedTuple):
    """Calls that a version answers differently from AWS, of one kind: the same two answers.

    Attributes:
        text: both answers in words.
        calls: the number of calls.
        could_explain: what could explain the difference.
        case: the first of the calls as an item of ``cases`` of a case file, in YAML, with AWS's answer as the expected
            one; empty if the call cannot be written without its path.
        first, last: the times of the first and the last call, in UTC.
        examples: some of the calls.

    >>> Disagreement._fields[:2]
    ('text', 'calls')
    """

    text: str
    calls: int
    could_explain: tuple[str, ...]
    case: str
    first: datetime | None
    last: datetime | None
    examples: tuple[ReplayExample, ...]


class Score(Frozen):
    """The agreement of the old version with AWS's answers in the logs, as ``replay`` finds it.

    Attributes:
        agreeing: how many calls the version answers as AWS did.
        disagreeing: how many calls it answers differently, whoever made them.
        unknown: how many calls it may answer in both ways.
        causes: why, with the number of calls for each cause; a call can have several.
        not_comparable: how many answers of AWS say nothing about policies, for each reason.
        disagreements: the calls that it answers differently: the largest kind first.

    >>> from execpolicy import Api, replay
    >>> import tempfile, pathlib
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders"])
    >>> log = pathlib.Path(tempfile.mkdtemp()) / "access.log"
    >>> line = '{"httpMethod": "GET", "path": "/prod/orders", "ip": "203.0.113.7", "userArn": "-", "status": 200}'
    >>> _ = log.write_text(line)
    >>> replay(log, before=api, after=api, score=True).score.agreeing
    1
    """

    __slots__ = ("agreeing", "causes", "disagreeing", "disagreements", "not_comparable", "unknown")
    agreeing: int
    disagreeing: int
    unknown: int
    causes: Mapping[UnknownCause, int]
    not_comparable: Mapping[NotComparable, int]
    disagreements: tuple[Disagreement, ...]

    def __init__(
        self,
        *,
        agreeing: int,
        unknown: int,
        causes: Mapping[UnknownCause, int],
        not_comparable: Mapping[NotComparable, int],
        disagreements: Iterable[Disagreement],
    ) -> None:
        found = tuple(disagreements)
        self._set(
            agreeing=agreeing,
            disagreeing=sum(each.calls for each in found),
            unknown=unknown,
            causes=MappingProxyType({each: number for each in UnknownCause if (number := causes.get(each, 0))}),
            not_comparable=MappingProxyType(
                {each: number for each in NotComparable if (number := not_comparable.get(each, 0))}
            ),
            disagreements=found,
        )

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        return state | {name: dict(state[name]) for name in _COUNTED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set(**state | {name: MappingProxyType(state[name]) for name in _COUNTED})

    def _identity(self) -> tuple[object, ...]:
        return tuple(
            tuple(getattr(self, name).items()) if name in _COUNTED else getattr(self, name) for name in self._fields()
        )

    def _shown(self) -> str:
        numbers = (self.agreeing, self.disagreeing, self.unknown, sum(self.not_comparable.values()))
        words = ("agreeing", "disagreeing", "unknown", "not comparable")
        return f"<Score: {', '.join(f'{number} {word}' for number, word in zip(numbers, words, strict=True))}>"

    def __bool__(self) -> bool:
        raise UsageError("a Score is neither true nor false", advice="read .agreeing or .disagreements")
