"""The options for coverage that ``execpolicy test`` and the pytest plugin share.

Both read this module when they start: it imports nothing of the coverage.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from execpolicy.testing.coverage import CoverageReport


def _as_json(report: CoverageReport) -> str:
    import json

    return json.dumps(report.to_dict(), indent=2) + "\n"


#: The formats of the report, by the value of the option.
COVERAGE_FORMATS: dict[str, Callable[[CoverageReport], str]] = {
    "text": lambda report: report.text(),
    "json": _as_json,
    "html": lambda report: report.html(),
}


#: The default files of reports that are not text.
COVERAGE_FILES = {"json": "execpolicy-coverage.json", "html": "execpolicy-coverage.html"}


def percent(text: str) -> float:
    """The value of an option that is a percentage.

    Raises:
        argparse.ArgumentTypeError: it is not a number from 0 to 100.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:
        raise ArgumentTypeError(f"found {text!r}, expected a number from 0 to 100")
    return number
