"""What a run has measured, as values and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from typing import Any, NamedTuple

from benchmarks.clock import Spread

SCHEMA_VERSION = 1


class Figure(NamedTuple):
    """One number: ``value`` is the median of the rounds, ``low`` and ``high`` the least and the greatest."""

    group: str
    name: str
    size: int | None
    value: float
    low: float
    high: float
    unit: str = "µs"
    note: str = ""


class Answers(NamedTuple):
    """How often one way of using an engine was right about the requests of one size.

    ``opened`` counts requests that it allows and must not, ``shut`` those that it denies and must not; ``traits`` says
    which statements those concerned, with their numbers.
    """

    row: str
    size: int
    asked: int
    right: int
    opened: int
    shut: int
    traits: dict[str, int]


class Verdict(NamedTuple):
    """A goal and what was measured: None where something was not there to be measured."""

    goal: str
    limit: str
    measured: float | None
    unit: str
    met: bool | None


class Report:
    """Everything that one run has found."""

    def __init__(self, settings: dict[str, Any], engines: dict[str, str]) -> None:
        self.settings = settings
        self.engines = engines
        self.figures: list[Figure] = []
        self.answers: list[Answers] = []
        self.remarks: list[str] = []
        self.goals: list[Verdict] = []

    def add(
        self, group: str, spreads: dict[str, Spread], *, size: int | None = None, unit: str = "µs", note: str = ""
    ) -> None:
        """Add the figures of one group."""
        self.figures += [Figure(group, name, size, *each, unit, note) for name, each in spreads.items()]

    def value(self, group: str, name: str, size: int | None = None) -> float | None:
        """A median, or None where it was not measured."""
        for each in self.figures:
            if (each.group, each.name, each.size) == (group, name, size):
                return each.value
        return None

    def sizes(self, group: str) -> list[int]:
        """The sizes of a group, in order."""
        return sorted({each.size for each in self.figures if each.group == group and each.size is not None})

    def names(self, group: str) -> list[str]:
        """The names in a group, in the order in which they were added."""
        return list(dict.fromkeys(each.name for each in self.figures if each.group == group))

    def to_dict(self) -> dict[str, Any]:
        """The report as plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "environment": environment(),
            "settings": self.settings,
            "engines": self.engines,
            "figures": [_record(each) for each in self.figures],
            "answers": [_record(each) for each in self.answers],
            "remarks": self.remarks,
            "goals": [_record(each) for each in self.goals],
        }

    @classmethod
    def from_dict(cls, found: dict[str, Any]) -> Report:
        """The report that ``to_dict`` wrote."""
        report = cls(found["settings"], found["engines"])
        report.figures = [Figure(**each) for each in found["figures"]]
        report.answers = [Answers(**each) for each in found["answers"]]
        report.remarks = list(found["remarks"])
        report.goals = [Verdict(**each) for each in found["goals"]]
        return report


def environment() -> dict[str, Any]:
    """What may bear on the numbers; nothing that names a machine."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cpu_count": os.cpu_count(),
    }


def _record(values: Any) -> dict[str, Any]:
    return {name: _rounded(value) for name, value in values._asdict().items()}


def _rounded(value: object) -> object:
    return float(f"{value:.4g}") if isinstance(value, float) else value


def merged(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Counts added up, the greatest first."""
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items(), key=lambda item: -item[1]))
