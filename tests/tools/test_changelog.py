"""tools/changelog.py: the form of CHANGELOG.md, and what a release needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.changelog import faults_of_form, faults_of_release

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"
NEXT = "# Changelog\n\n## [Unreleased]\n\n"
RELEASED = "## [0.1.0] - 2027-01-31\n\n- New.\n"


def test_the_changelog_has_the_form() -> None:
    assert faults_of_form(CHANGELOG.read_text("utf-8")) == []


@pytest.mark.parametrize("text", [RELEASED, NEXT + RELEASED, NEXT + "## [0.2.0] - 2027-02-01\n" + RELEASED])
def test_a_release(text: str) -> None:
    assert faults_of_release(text, "0.1.0") == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (NEXT + "- New.\n" + RELEASED, ["found entries under [Unreleased]: move them under that heading"]),
        (NEXT, ["found no heading '## [0.1.0] - YYYY-MM-DD'"]),
        (
            NEXT + "## [0.1.0]\n",
            [
                "found the heading '## [0.1.0]', expected '## [VERSION] - YYYY-MM-DD'",
                "found no heading '## [0.1.0] - YYYY-MM-DD'",
            ],
        ),
        (
            "## [0.1.0] - 2027-02-30\n",
            ["found the heading '## [0.1.0] - 2027-02-30', expected '## [VERSION] - YYYY-MM-DD'"],
        ),
        (
            RELEASED + NEXT,
            ["found the heading '## [Unreleased]', expected '## [VERSION] - YYYY-MM-DD'"],
        ),
        (RELEASED + "## [0.10.0] - 2027-03-01\n", ["the versions are not in order, the newest first"]),
    ],
)
def test_what_is_no_release(text: str, faults: list[str]) -> None:
    assert faults_of_release(text, "0.1.0") == faults
