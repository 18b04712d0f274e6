"""A pytest plugin that records which test reaches which line, and how long each test takes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

#: The environment variable with the path of the file for the times.
TIMES = "SOURCE_MUTANTS_TIMES"

_times: dict[str, float] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Set the test as the context of coverage, including its fixtures."""
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
