"""Whether a browser is at hand for the tests that open pages, and whether they may do without one."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

from tests.testing.coverage.browser import CHROMIUM

#: The variable that says whether the tests may do without a browser, and its only value: they may not.
VARIABLE, REQUIRED = "EXECPOLICY_BROWSER", "required"


def missing() -> str:
    """What tests in a browser need and is not there; empty if nothing is."""
    if CHROMIUM is None:
        return "needs Chromium on the PATH: apt-get install chromium"
    return "" if find_spec("playwright") else "playwright is not installed: pip install -e '.[dev]'"


def is_required() -> bool:
    """Whether tests fail where no browser is found.

    Raises:
        pytest.UsageError: the variable has another value.
    """
    setting = os.environ.get(VARIABLE, "")
    if setting not in ("", REQUIRED):
        raise pytest.UsageError(f"{VARIABLE} is {setting!r}; it is {REQUIRED}, or it is not set")
    return setting == REQUIRED


def need(what_is_missing: str) -> None:
    """Skip a test for which something is missing, or fail it where a browser is required."""
    if what_is_missing and is_required():
        pytest.fail(f"{what_is_missing} ({VARIABLE}={REQUIRED})", pytrace=False)
    if what_is_missing:
        pytest.skip(what_is_missing)
