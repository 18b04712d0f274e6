"""The columns of plain lines: lines with equal keys are calls of one class, so that one of them is decided (LOG-8).

Each value of a column is classified once. What no policy reads is left out; what a log may not have makes a class of
its own, so that the line is read and refused as any other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

from execpolicy.bulk.call_classes import CallClasses
from execpolicy.bulk.plain_lines import IDS, FieldValue, LineShape, PlainLine
from execpolicy.errors import RequestError
from execpolicy.loaders.access_log.call_of_variables import OF_ANSWER
from execpolicy.loaders.access_log.line import ABSENT
from execpolicy.loaders.access_log.times import time_of_text
from execpolicy.loaders.access_log.variables import VARIABLES
from execpolicy.loaders.written_text import WrittenText

#: The variables that say where a call goes.
_OF_PATHS: Final = ("domainName", "path", "stage")
_EPOCH, _TEXT = "requestTimeEpoch", "requestTime"
#: Variables of which only matters whether they have a value.
_PRESENT: Final = frozenset(
    {"identity.caller", "identity.user", "identity.accessKey", "identity.accountId"}
    | {"authenticate.error", "authorize.error", "authorizer.error", "eventType", "connectionId"}
    | {name for name in VARIABLES if name.startswith("identity.clientCert.")}
)
#: Messages of errors, of which short ones tell refusals apart.
_MESSAGES: Final = frozenset({"error.message", "error.messageString"})
_LONGEST_MESSAGE: Final = 40
#: The year 10000, in milliseconds.
LAST: Final = 253_402_300_800_000
_MOST_KEPT: Final = 200_000

#: The class of a value, as a number; equal numbers of one column are one class.
Code = int


class LineKey(NamedTuple):
    """What lines of one class share, and the time of the line in milliseconds since 1970; None if it has none."""

    codes: tuple[Code, ...]
    time: int | None


class Codes(dict[FieldValue, Code]):
    """The codes of the values of a column, each found once."""

    def __init__(self, find: Callable[[FieldValue], Hashable]) -> None:
        super().__init__()
        self._find = find
        self._numbers: dict[Hashable, Code] = {}

    def __missing__(self, value: FieldValue) -> Code:
        if len(self) >= _MOST_KEPT:
            self.clear()
        found = self._find(None if value in (ABSENT, "") else value)
        self[value] = code = self._numbers.setdefault(found, len(self._numbers))
        return code


class ShapeColumns(NamedTuple):
    """Where a shape has its columns; -1 for one that it does not have.

    The last of ``others``, as many as ``of_answer`` says, are those of AWS's answer.
    """

    number: int
    method: int
    host: int
    path: int
    stage: int
    epoch: int
    text: int
    others: tuple[tuple[int, Codes], ...]
    of_answer: int

    @property
    def where(self) -> tuple[int, int, int]:
        """The columns that say where a call goes, besides its method."""
        return self.host, self.path, self.stage

    @property
    def has_time(self) -> bool:
        """Whether lines have a time."""
        return self.epoch >= 0 or self.text >= 0


class LineColumns:
    """Finds the keys of plain lines.

    Args:
        classes: finds the classes of addresses, callers, paths and times.
        label: what stands for a caller in the result, by its ARN.
    """

    def __init__(self, classes: CallClasses, label: Callable[[str], str]) -> None:
        self._classes = classes
        self._label = label
        self._shapes: dict[int, ShapeColumns] = {}
        self._codes: dict[str, Codes] = {}
        self._path_numbers: dict[Hashable, Code] = {}
        self._paths: dict[tuple[FieldValue, ...], Code] = {}
        self._times: dict[str, int | None] = {}
        self._time_numbers: dict[Hashable, Code] = {}

    def key(self, line: PlainLine) -> LineKey | None:
        """The key of a line; None for one that has to be read with all its values.

        Args:
            line: the line.
        """
        at, values = self.of_shape(line.shape), line.values
        if values[at.method] not in self.methods:
            return None
        where = (
            None if at.host < 0 else values[at.host],
            values[at.path],
            None if at.stage < 0 else values[at.stage],
        )
        path = self._paths.get(where)
        if path is None:
            path = self.path_code(where)
            if path is None:
                return None
        time, code = None, -1
        if at.has_time:
            time = self._time(at, values)
            if time is None:
                return None
            code = self.time_code(time)
        return LineKey((at.number, path, code, *[codes[values[place]] for place, codes in at.others]), time)

    @property
    def methods(self) -> frozenset[str]:
        """The methods of lines that have keys."""
        return self._classes.paths.methods

    def path_code(self, where: tuple[FieldValue, ...]) -> Code | None:
        """The code of host, path and stage, for every one of the methods; None without a path.

        Args:
            where: the values.
        """
        host, path, stage = (None if each in (ABSENT, "") else each for each in where)
        if path is None:
            return None
        found = self._classes.paths.of_path(host, path, stage)
        if len(self._paths) >= _MOST_KEPT:
            self._paths.clear()
        # A log may not have these values, so that they count as they are.
        whole = (host, stage, path, found) if found is None else (host, stage, found)
        self._paths[where] = code = self._path_numbers.setdefault(whole, len(self._path_numbers))
        return code

    def class_code(self, where: tuple[FieldValue, ...]) -> Code | None:
        """The code of host, path and stage by the class of the path; None for a path without one, and without a path.

        Args:
            where: the values; the segments of the path after the first one can be short ones.
        """
        host, path, stage = (None if each in (ABSENT, "") else each for each in where)
        found = None if path is None else self._classes.paths.of_path(host, path, stage)
        if found is None:
            return None
        return self._path_numbers.setdefault((host, stage, found), len(self._path_numbers))

    @property
    def short_segment(self) -> str | None:
        """A regular expression that finds what policies read of a segment of a path after the first one."""
        return self._classes.paths.short_segment

    def time_code(self, time: int) -> Code:
        """The code of a time in milliseconds since 1970."""
        return self.code_of_time(self._classes.time(time / 1000))

    def code_of_time(self, found: Hashable) -> Code:
        """The code of the class of a time."""
        return self._time_numbers.setdefault(found, len(self._time_numbers))

    def moments(self) -> tuple[float, ...] | None:
        """The times that tell times apart, in seconds since 1970; None if each time is a class of its own."""
        return self._classes.moments

    def of_shape(self, shape: LineShape) -> ShapeColumns:
        """Where the lines of a shape have their columns."""
        found = self._shapes.get(shape.number)
        if found is None:
            places = shape.places
            skipped = (*_OF_PATHS, *IDS, _EPOCH, _TEXT)
            names = sorted((name for name in places if name not in skipped), key=OF_ANSWER.__contains__)
            others = tuple((places[name], self._column(name)) for name in names)
            named = (places.get(name, -1) for name in (*_OF_PATHS, _EPOCH, _TEXT))
            host, path, stage, epoch, text = named
            found = ShapeColumns(
                shape.number,
                places["httpMethod"],
                host,
                path,
                stage,
                epoch,
                text,
                others,
                len(OF_ANSWER.intersection(names)),
            )
            self._shapes[shape.number] = found
        return found

    def _column(self, name: str) -> Codes:
        if name not in self._codes:
            self._codes[name] = Codes(self._finder(name))
        return self._codes[name]

    def _finder(self, name: str) -> Callable[[FieldValue], Hashable]:
        """What finds the class of a value of a variable; a value that the variable cannot have is its own class."""
        kind = VARIABLES[name]

        def is_possible(value: str) -> bool:
            return kind.shape is None or kind.shape.fullmatch(value) is not None

        def address(value: FieldValue) -> Hashable:
            return self._classes.address(value) if value is not None and is_possible(value) else value

        def caller(value: FieldValue) -> Hashable:
            if value is None or not is_possible(value):
                return value
            try:
                return (self._classes.caller(value), self._label(value))
            except RequestError:
                return value

        def present(value: FieldValue) -> Hashable:
            return value is not None and (is_possible(value) or value)

        def message(value: FieldValue) -> Hashable:
            return value if value is None or len(value) <= _LONGEST_MESSAGE else ()

        if name == "identity.userAgent" and not self._classes.by_agent:
            return present
        if name in _MESSAGES:
            return message
        found = {"identity.sourceIp": address, "identity.userArn": caller}.get(name)
        return found or (present if name in _PRESENT else lambda value: value)

    def _time(self, at: ShapeColumns, values: tuple[FieldValue, ...]) -> int | None:
        """The time of a line; None for a line whose time is absent, wrong, or given twice with a difference."""
        time = None
        if at.epoch >= 0:
            written = values[at.epoch]
            if written is None or not (written.isascii() and written.isdigit() and len(written) <= 15):
                return None
            time = int(written)
            if time >= LAST:
                return None
        if at.text >= 0:
            as_text = self.time_of_text(values[at.text])
            if as_text is None or (time is not None and abs(time - as_text) >= 1000):
                return None
            time = as_text if time is None else time
        return time

    def time_of_text(self, written: FieldValue) -> int | None:
        """The time that a text such as ``29/Nov/2026:19:00:00 +0000`` is, in milliseconds; None if it is no time."""
        if written is None:
            return None
        if written not in self._times:
            if len(self._times) >= _MOST_KEPT:
                self._times.clear()
            shape = VARIABLES[_TEXT].shape
            assert shape is not None, "times have a shape"
            found = None
            if shape.fullmatch(written) is not None:
                try:
                    found = int(time_of_text(WrittenText.whole(written, "time")).timestamp()) * 1000
                except RequestError:
                    found = None
            self._times[written] = found
        return self._times[written]
