"""Tests in a browser skip where there is none, and fail where one is required."""

from __future__ import annotations

import pytest

from tests import needed_browser


def without_browser(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, setting: str) -> pytest.RunResult:
    """A run of one test in a browser, where none is on the path."""
    monkeypatch.setattr(needed_browser, "CHROMIUM", None)
    monkeypatch.setenv(needed_browser.VARIABLE, setting)
    pytester.makeini("[pytest]\nmarkers = browser\n")
    names = "pytest_configure, pytest_runtest_setup, pytest_terminal_summary"
    pytester.makeconftest(f"from tests.conftest import {names}")
    pytester.makepyfile("import pytest\n\n@pytest.mark.browser\ndef test_page():\n    raise ValueError\n")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:execpolicy")


def test_without_a_browser_they_skip_and_the_last_lines_say_so(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = without_browser(pytester, monkeypatch, "")
    run.assert_outcomes(skipped=1)
    assert run.outlines[-2] == "skipped without a browser: 1 (needs Chromium on the PATH: apt-get install chromium)"


def test_where_a_browser_is_required_they_fail(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    run = without_browser(pytester, monkeypatch, "required")
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["*needs Chromium on the PATH: apt-get install chromium (EXECPOLICY_BROWSER=required)*"])


def test_another_setting_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(needed_browser.VARIABLE, "yes")
    with pytest.raises(pytest.UsageError, match="EXECPOLICY_BROWSER is 'yes'; it is required, or it is not set"):
        needed_browser.is_required()
