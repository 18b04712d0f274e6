"""docs/coverage.md is true: its example gives the report that it shows, its picture is there, its links lead somewhere.

``python tests/testing/coverage/test_coverage_page.py`` writes the report that the example gives into the page.
"""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from execpolicy.testing import load_cases, run_item
from tests.testing.coverage.browser import size_of

PAGE = Path(__file__).parents[3] / "docs" / "coverage.md"
PICTURE = PAGE.parent / "images" / "coverage.png"
_REPORT = re.compile(r"^```text\n.*?^```$", re.MULTILINE | re.DOTALL)


def block(language: str) -> str:
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(found)


def output_of_the_example(folder: Path) -> str:
    """What the Python of the page prints where the case file of the page stands."""
    (folder / "orders.execpolicy.json").write_text(block("json"), "utf-8")
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(block("python"), str(PAGE), "exec"), {})
    return printed.getvalue().rstrip("\n") + "\n"


def test_the_example_gives_the_report_that_is_shown(tmp_path: Path) -> None:
    assert output_of_the_example(tmp_path) == block("text")


def test_the_cases_of_the_example_pass(tmp_path: Path) -> None:
    file = tmp_path / "orders.execpolicy.json"
    file.write_text(block("json"), "utf-8")
    results = [run_item(item) for item in load_cases(file).items]
    assert [result.passed for result in results] == [True] * 3


def test_the_picture_is_small_enough_for_a_page() -> None:
    content = PICTURE.read_bytes()
    assert size_of(content) == (1200, 1190)
    assert len(content) < 150_000


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8")))
def test_links_lead_somewhere(target: str) -> None:
    assert (PAGE.parent / target).exists()


def test_no_line_of_prose_is_too_long() -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120 and not line.startswith(("|", "!["))] == []


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as made:
        report = output_of_the_example(Path(made).resolve())
    PAGE.write_text(_REPORT.sub(lambda _: f"```text\n{report}```", PAGE.read_text("utf-8")), "utf-8")
