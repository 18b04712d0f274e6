"""A line of an access log, read by its format: the value of each variable (LOG-1).

A value can hold the text that follows it in the format, such as a space. All ways to divide the line are found, in
one pass forwards and one backwards: for each variable the offsets at which its value can begin, and those at which it
can end. A line that can be divided in two ways is refused where the two differ in a value that is read.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from typing import Final, NamedTuple

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import RequestError
from execpolicy.loaders.access_log.log_format import LogFormat, LogVariable
from execpolicy.loaders.access_log.variables import ValueKind
from execpolicy.loaders.written_text import WrittenText

#: What a log writes for a value that is absent.
ABSENT: Final = "-"
#: The most characters of a line. CloudWatch Logs takes events of 1 MB, and no call has more than this.
MAX_LINE: Final = 262_144
_RULE: Final = "LOG-1"
#: By the characters of a kind of value: for each offset of a line where a value that ends there can begin first.
Runs = dict[str, Sequence[int] | None]


class NotOfFormatError(RequestError):
    """A line that does not have the format: a text of the format is missing, or a variable cannot have its value."""


class LoggedValue(NamedTuple):
    """The value of a variable in a line; None as the value if the log says that it is absent."""

    variable: LogVariable
    written: WrittenText

    @property
    def value(self) -> str | None:
        """The value; None if it is absent."""
        return None if self.written.value in (ABSENT, "") else self.written.value


class _Offsets(NamedTuple):
    """Where the value of a variable can begin, and where it can end."""

    starts: Sequence[int]
    ends: Sequence[int]


def read_line(
    line: WrittenText, form: LogFormat, needed: Collection[str], runs: Runs | None = None
) -> list[LoggedValue]:
    """The values of the variables in a line.

    Args:
        line: the line, without its end.
        form: the format that the log was written by.
        needed: the names of the variables that are read: the line has to say each of their values in one way.
        runs: those of the line that are known, to which others are added: a line that is tried by several formats has
            the same runs in all of them.

    Raises:
        RequestError: the line is not written by this format, or it can be read in two ways; with the place.
    """
    if len(line.value) > MAX_LINE:
        message = f"found a line of {len(line.value)} characters, expected at most {MAX_LINE}"
        raise line.part(0, 1).error(message, "is this an access log?", _RULE)
    divided = _divide(line, form, {} if runs is None else runs)
    found: list[LoggedValue] = []
    for variable, at in zip(form.variables, divided, strict=True):
        if variable.name in needed and (len(at.starts) > 1 or len(at.ends) > 1):
            raise _ambiguous(line, variable, at)
        value = LoggedValue(variable, line.part(at.starts[0], at.ends[-1]))
        if variable.name in needed:
            check_value(value)
        found.append(value)
    return found


def check_value(found: LoggedValue) -> None:
    """Refuse a value of a line that its variable cannot have."""
    if found.value is not None:
        check_text(found.variable, found.written)


_ABSENT_IN_LINE: Final = "a value that the call does not have is -"


def check_text(variable: LogVariable, written: WrittenText, advice: str = _ABSENT_IN_LINE) -> None:
    """Refuse a text that is no value of a variable; ``-`` does not stand for an absent one."""
    kind = variable.kind
    if kind.shape is not None and kind.shape.fullmatch(written.value) is None:
        message = f"found {quoted(written.value)} as $context.{variable.name}, expected {kind.words}"
        raise _not_of_format(written, message, advice, "LOG-2")


def _divide(line: WrittenText, form: LogFormat, runs: Runs) -> list[_Offsets]:
    text = line.value
    first = form.texts[0]
    if not text.startswith(first):
        found = quoted(text[: len(first)])
        place = line.part(0, min(len(text), max(len(first), 1)))
        message = f"found {found}, expected {quoted(first)}, with which the format begins"
        raise _not_of_format(place, message, _ADVICE, _RULE)
    reached: list[_Offsets] = []
    starts: Sequence[int] = (len(first),)
    for number, variable in enumerate(form.variables):
        after = form.texts[number + 1]
        is_last = number == len(form.variables) - 1
        if variable.kind.characters not in runs:
            runs[variable.kind.characters] = _starts_of_runs(text, variable.kind)
        ends = _ends(text, runs[variable.kind.characters], starts, after, is_last=is_last)
        if not ends:
            raise _not_by_format(line, variable, starts[-1], after, is_last=is_last)
        reached.append(_Offsets(starts, ends))
        starts = [end + len(after) for end in ends]
    return _without_dead_ends(reached, form, runs)


_ADVICE = "give the format that the stage had when it wrote this line"


def _starts_of_runs(text: str, kind: ValueKind) -> Sequence[int] | None:
    """For each offset where a value that ends there can begin first; None if any character can be in it."""
    if not kind.characters:
        return None
    starts = list(range(len(text) + 1))
    # The sign of an absent value is in the class.
    for run in re.finditer(rf"[{kind.characters}\-]+", text):
        starts[run.start() : run.end() + 1] = [run.start()] * (len(run.group()) + 1)
    return starts


def _ends(text: str, runs: Sequence[int] | None, starts: Sequence[int], after: str, *, is_last: bool) -> Sequence[int]:
    """The offsets at which a value can end that begins at one of the ``starts``, in ascending order."""
    if is_last:
        end = len(text) - len(after)
        return (end,) if text.endswith(after) and _can_begin(runs, starts, end) else ()
    found: list[int] = []
    end = text.find(after, starts[0])
    while end >= 0:
        if _can_begin(runs, starts, end):
            found.append(end)
        end = text.find(after, end + 1)
    return found


def _can_begin(runs: Sequence[int] | None, starts: Sequence[int], end: int) -> bool:
    """Whether one of the ``starts`` begins a value that ends at ``end``."""
    if runs is None:
        return starts[0] <= end
    # A value of a class has at least one character.
    at = bisect_left(starts, runs[end])
    return at < len(starts) and starts[at] < end


def _without_dead_ends(reached: list[_Offsets], form: LogFormat, runs: Runs) -> list[_Offsets]:
    """The offsets from which the end of the line can be reached."""
    divided: list[_Offsets] = []
    ends = reached[-1].ends
    for number in range(len(reached) - 1, -1, -1):
        starts = [
            start
            for start in reached[number].starts
            if _can_end(runs[form.variables[number].kind.characters], start, ends)
        ]
        kept = [end for end in ends if _can_begin(runs[form.variables[number].kind.characters], starts, end)]
        divided.append(_Offsets(starts, kept))
        ends = [start - len(form.texts[number]) for start in starts]
    divided.reverse()
    return divided


def _can_end(runs: Sequence[int] | None, start: int, ends: Sequence[int]) -> bool:
    """Whether a value that begins at ``start`` can end at one of the ``ends``."""
    if runs is None:
        return ends[-1] >= start
    at = bisect_right(ends, start)
    return at < len(ends) and runs[ends[at]] <= start


def _not_of_format(place: WrittenText, message: str, advice: str, rule: str) -> NotOfFormatError:
    return NotOfFormatError(message, source=place.source, span=place.span, advice=advice, rule=rule)


def _not_by_format(line: WrittenText, variable: LogVariable, start: int, after: str, *, is_last: bool) -> Exception:
    text = line.value
    found = quoted(text[start:], 30) if start < len(text) else "the end of the line"
    follows = f" and then {quoted(after)}" if after else ""
    then = f"{follows} at the end" if is_last and after else follows
    message = f"found {found}, expected the value of $context.{variable.name}, {variable.kind.words} or -,{then}"
    return _not_of_format(line.part(start, min(len(text), start + 1)), message.removesuffix(","), _ADVICE, _RULE)


def _ambiguous(line: WrittenText, variable: LogVariable, at: _Offsets) -> Exception:
    first = line.value[at.starts[0] : at.ends[0]]
    last = line.value[at.starts[-1] : at.ends[-1]]
    message = f"found a line that can be read in two ways: $context.{variable.name} is {quoted(first, 40)} or "
    return line.part(at.starts[0], at.ends[-1]).error(
        f"{message}{quoted(last, 40)}", "put another separator into the format of the stage, such as \\t", _RULE
    )
