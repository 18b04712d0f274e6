"""The formats of the report of ``execpolicy test`` that are not the text for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from execpolicy.testing.report.model import RunReport


class FinishedRun(NamedTuple):
    """What a format reads of a run.

    Args:
        report: the cases and their results.
        started: the time at which the run started.
        verdict: ``passed``, ``failed`` or ``unusable``.
        explains_all: whether passed cases are explained too.
        sections: the reports of coverage and mutation, by name.
    """

    report: RunReport
    started: datetime
    verdict: str
    explains_all: bool
    sections: Mapping[str, Any]


def _as_json(run: FinishedRun) -> str:
    from execpolicy.testing.report.as_json import report_to_json

    return report_to_json(run.report, verdict=run.verdict, every=run.explains_all, **run.sections)


def _as_junit(run: FinishedRun) -> str:
    from execpolicy.testing.report.as_junit import report_to_junit

    return report_to_junit(run.report, started=run.started)


#: The formats, by the value of the option ``--format``.
REPORT_FORMATS: dict[str, Callable[[FinishedRun], str]] = {"json": _as_json, "junit": _as_junit}
