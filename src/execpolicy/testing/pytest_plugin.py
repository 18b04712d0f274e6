"""The pytest plugin: collects case files, provides the fixture ``execpolicy``, explains comparisons (docs/pytest.md).

pytest loads it in every project with execpolicy installed. Therefore it imports only pytest and the modules of
shared option values, and everything else when a project uses it.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

import pytest

from execpolicy.testing.case_file.endings import ENDINGS
from execpolicy.testing.coverage_options import COVERAGE_FORMATS, percent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from execpolicy.testing.coverage import StatementCoverage
    from execpolicy.testing.scenario import Scenario

#: Counts every case that is run and every call of the fixture. It is set only if coverage is measured.
COVERAGE: pytest.StashKey[StatementCoverage] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for statement coverage and for the files that case files name."""
    group = parser.getgroup("execpolicy", "execpolicy: tests of AWS policies")
    group.addoption(
        "--execpolicy-coverage",
        nargs="?",
        const="text",
        type=_format,
        metavar="FORMAT",
        help="measure which statements of the policies decided a case: text (the default), json or html",
    )
    group.addoption(
        "--execpolicy-coverage-output",
        metavar="FILE",
        help="write the report to a file (default: text to the terminal, json and html to "
        "execpolicy-coverage.json or .html)",
    )
    group.addoption(
        "--execpolicy-coverage-fail-under",
        type=percent,
        metavar="PERCENT",
        help="fail if fewer of the statements and clauses are covered",
    )

    group.addoption(
        "--execpolicy-allow-outside",
        action="store_true",
        help="let case and API files name files outside of their project, the nearest folder above them that holds "
        ".git or pyproject.toml",
    )


def _format(text: str) -> str:
    if text in COVERAGE_FORMATS:
        return text
    # Without a value the option takes the next argument, which is often a path.
    raise ArgumentTypeError(f"expected text, json or html, found {text!r}: write --execpolicy-coverage=text")


def pytest_configure(config: pytest.Config) -> None:
    """Measure coverage if one of its options is given."""
    config.addinivalue_line("markers", "execpolicy: a case of an execpolicy case file")
    form = config.getoption("execpolicy_coverage")
    output = config.getoption("execpolicy_coverage_output")
    fail_under = config.getoption("execpolicy_coverage_fail_under")
    if form is None and output is None and fail_under is None:
        return
    from execpolicy.testing.pytest_coverage import CoveragePlugin

    measured = CoveragePlugin(form or "text", output, fail_under)
    config.stash[COVERAGE] = measured.coverage
    config.pluginmanager.register(measured, "execpolicy-coverage")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect case files, by the endings of their names."""
    if not file_path.name.endswith(ENDINGS):
        return None
    from execpolicy.testing.pytest_items import CaseFileCollector

    return CaseFileCollector.from_parent(parent, path=file_path, coverage=parent.config.stash.get(COVERAGE, None))


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Explain a failed comparison of a decision, a response or an outcome."""
    if not any(str(type(side).__module__).startswith("execpolicy.") for side in (left, right)):
        return None
    from execpolicy.testing.pytest_compare import compared

    return compared(op, left, right)


@pytest.fixture(name="execpolicy")
def _scenario(request: pytest.FixtureRequest) -> Iterator[Scenario]:
    """Builds a call to an API step by step: ``execpolicy.api("orders.api.yaml").acting_as("arn:…").get("/orders")``.

    Files are searched for in the folder of the test's file, then in pytest's root folder. See docs/pytest.md.
    """
    from execpolicy.document.project import reading_within
    from execpolicy.testing.scenario import Scenario

    item = request.node
    path, line, _ = item.location
    place = path if line is None else f"{path}:{line + 1}"
    folders = (item.path.parent, item.config.rootpath)
    allow_outside = item.config.getoption("execpolicy_allow_outside")
    with reading_within(item.config.rootpath, allow_outside=allow_outside):
        yield Scenario(*folders, coverage=item.config.stash.get(COVERAGE, None), name=item.name, place=place)
