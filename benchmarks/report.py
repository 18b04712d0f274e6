"""The results of a run, as values and as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from typing import Any, NamedTuple

from benchmarks.clock import Spread

SCHEMA_VERSION = 1


class Figure(NamedTuple):
    """One number: ``value`` is the median of the rounds, ``low`` the minimum, ``high`` the maximum."""

    group: str
    name: str
    size: int | None
    value: float
    low: float
    high: float
    unit: str = "µs"
    note: str = ""


class Answers(NamedTuple):
    """How many answers of a row are right at one size.

    ``opened`` counts requests that are wrongly allowed, ``shut`` those that are wrongly denied. ``traits`` counts the
    wrong answers by the statements that they concern.
    """

    row: str
    size: int
    asked: int
    right: int
    opened: int
    shut: int
    traits: dict[str, int]


class Verdict(NamedTuple):
    """A goal and its result; None if it could not be measured."""

    goal: str
    limit: str
    measured: float | None
    unit: str
    met: bool | None


class Report:
    """All results of one run."""

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
        """Return a median, or None if it was not measured."""
        for each in self.figures:
            if (each.group, each.name, each.size) == (group, name, size):
                return each.value
        return None

    def sizes(self, group: str) -> list[int]:
        """Return the sizes of a group, in order."""
        return sorted({each.size for each in self.figures if each.group == group and each.size is not None})

    def names(self, group: str) -> list[str]:
        """Return the names in a group, in the order in which they were added."""
        return list(dict.fromkeys(each.name for each in self.figures if each.group == group))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain data."""
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
        """Return the report from the data of ``to_dict``."""
        report = cls(found["settings"], found["engines"])
        report.figures = [Figure(**each) for each in found["figures"]]
        report.answers = [Answers(**each) for each in found["answers"]]
        report.remarks = list(found["remarks"])
        report.goals = [Verdict(**each) for each in found["goals"]]
        return report


def environment() -> dict[str, Any]:
    """Return facts that may affect the results, without the name of the machine."""
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
    """Add up counts, the largest first."""
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.items():
            total[name] = total.get(name, 0) + count
    return dict(sorted(total.items(), key=lambda item: -item[1]))
