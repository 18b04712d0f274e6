"""A pytest plugin that records which test reaches which line, and how long each test takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

#: The file that the times are written to.
TIMES = "SOURCE_MUTANTS_TIMES"

_times: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Name the test to coverage, fixtures included."""
    measured = coverage.Coverage.current()
    assert measured is not None, "run by coverage"
    measured.switch_context(item.nodeid)
    try:
        return (yield)
    finally:
        measured.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up the phases of a test."""
    _times[report.nodeid] = _times.get(report.nodeid, 0.0) + report.duration


def pytest_sessionfinish() -> None:
    """Write the times."""
    Path(os.environ[TIMES]).write_text(json.dumps(_times), encoding="utf-8")
