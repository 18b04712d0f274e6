"""The picture of a report: small enough for the README, and of a report that has the cell which it shows."""

from __future__ import annotations

from pathlib import Path

from tests.cli.report.made_reports import embedded
from tests.command_runs import ROOT
from tests.testing.coverage.browser import size_of
from tools.report_picture import CHOSEN, CONTEXTS, PICTURE, WIDTH, page_in


def test_the_picture_is_small() -> None:
    content = PICTURE.read_bytes()
    width, height = size_of(content)
    assert width == WIDTH
    assert 600 < height < 1200
    assert len(content) < 150_000


def test_the_readme_and_the_page_show_it() -> None:
    assert f"docs/images/{PICTURE.name}" in (ROOT / "README.md").read_text("utf-8")
    assert f"(images/{PICTURE.name})" in (ROOT / "docs" / "report.md").read_text("utf-8")


def test_the_report_has_the_cell_that_is_opened(tmp_path: Path) -> None:
    data = embedded(page_in(tmp_path).read_text("utf-8"))
    text = str(data)
    assert all(name in text and address in text for name, address in CONTEXTS.items())
    assert "at gate 5b (IAM)" in text
    assert "Deny statement 1 applies" in text
    assert CHOSEN.keys() == {"call", "caller", "context"}
