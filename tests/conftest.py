"""Hypothesis profiles, the time to fuzz, and which test holds which rule."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.examples import LONG, QUICK
from tests.needed_browser import is_required, missing, need

# The shared checks of documents show what they compared, whichever test imports them first.
pytest.register_assert_rewrite("tests.document.marks")

# Python searches for garbage after 700 new objects. With the objects of all tests that is a quarter of the time.
gc.set_threshold(100_000, 10, 10)

TESTS = Path(__file__).parent
RULE_ID = re.compile(r"[A-Z]{2,3}-[1-9][0-9]*")

# Hypothesis takes a strategy for too slow by the time of the clock: on a busy machine a sound property would fail.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")
# The quick profile draws the same examples in every run: a change that passes here passes in CI.
settings.register_profile("quick", max_examples=QUICK, derandomize=True)
settings.register_profile("few", max_examples=20, derandomize=True)  # make test-quick
settings.register_profile("long", max_examples=LONG, print_blob=True)
# Under tools/source_mutants a failure says that a change was noticed: the smallest example is of no interest there.
settings.register_profile("mutants", max_examples=100, derandomize=True, phases=(Phase.explicit, Phase.generate))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_TESTS_OF_RULES = pytest.StashKey[Mapping[str, tuple[str, ...]]]()
_FILES = pytest.StashKey[set[Path]]()


@pytest.hookimpl(tryfirst=True)  # before -k and -m take tests away
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    found: dict[str, list[str]] = {}
    for item in items:
        for mark in item.iter_markers("rule"):
            for rule in checked_rules(mark, item.nodeid):
                found.setdefault(rule, []).append(item.nodeid)
    config.stash[_TESTS_OF_RULES] = {rule: tuple(dict.fromkeys(nodes)) for rule, nodes in found.items()}
    config.stash[_FILES] = {item.path for item in items}


def pytest_configure() -> None:
    is_required()  # a wrong value of the variable is an error before any test


@pytest.hookimpl(tryfirst=True)  # before the fixtures, which start the browser
def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("browser") is not None:
        need(missing())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Before the closing line: how many tests had no browser."""
    reason = missing()
    skipped = [each for each in terminalreporter.getreports("skipped") if reason and reason in str(each.longrepr)]
    if skipped:
        terminalreporter.write_line(f"skipped without a browser: {len(skipped)} ({reason})", yellow=True)


def checked_rules(mark: pytest.Mark, nodeid: str) -> tuple[str, ...]:
    """The ids of one rule marker; pytest takes anything for an argument, so a slip would hold no rule in silence."""
    wrong = [rule for rule in mark.args if not (isinstance(rule, str) and RULE_ID.fullmatch(rule))]
    if wrong or mark.kwargs or not mark.args:
        shown = ", ".join(repr(rule) for rule in wrong) or "nothing to read"
        raise pytest.UsageError(f'{nodeid}: @pytest.mark.rule has {shown}; expected rule ids such as "POL-3"')
    return mark.args


@pytest.fixture(scope="session")
def tests_of_rules(request: pytest.FixtureRequest) -> Mapping[str, tuple[str, ...]]:
    """The node ids of the tests that hold each rule, by rule id. Skips where only a part of tests/ was collected."""
    collected = request.config.stash[_FILES]
    if missing := set(TESTS.rglob("test_*.py")) - collected:
        pytest.skip(f"needs all of tests/: {min(missing).relative_to(TESTS)} was not collected")
    return request.config.stash[_TESTS_OF_RULES]


@pytest.fixture(scope="session")
def fuzz_seconds() -> float:
    """How long a fuzz target may run: EXECPOLICY_FUZZ_SECONDS, or two seconds."""
    return float(os.environ.get("EXECPOLICY_FUZZ_SECONDS", "2"))
