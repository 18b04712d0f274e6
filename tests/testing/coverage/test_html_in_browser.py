"""The HTML report as a browser reads and shows it.

``python tests/testing/coverage/test_html_in_browser.py`` takes the picture for docs/coverage.md.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.testing.coverage.browser import decoded, elements_of, in_fewer_colours, picture_of, size_of
from tests.testing.coverage.samples import COMPANY, GATEWAY, SHOP, covered, passed
from tests.testing.coverage.test_page import hostile

pytestmark = pytest.mark.browser

WHITE, NIGHT = (255, 255, 255), (13, 17, 23)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "coverage.html"
    files = (("shop.json", SHOP), ("company.json", COMPANY), ("gateway.json", GATEWAY))
    report = covered(*(result for name, text in files for result in passed(text, name)))
    file.write_text(report.html(), "utf-8")
    return file


def test_the_browser_reads_what_was_written(page: Path) -> None:
    read = elements_of(page)
    assert "<title>Statement coverage: 84.0%</title>" in read
    assert read.count('<section class="policy"') == 8
    assert len(re.findall(r"<u class=.c held-and-stopped.", read)) == page.read_text("utf-8").count(
        '<u class="c held-and-stopped"'
    )


def test_the_browser_finds_no_element_that_a_policy_brings(tmp_path: Path) -> None:
    file = tmp_path / "hostile.html"
    file.write_text(hostile().html(), "utf-8")
    read = elements_of(file)
    assert "<script" not in read
    assert "<img" not in read
    assert "&lt;script&gt;document.title" in read
    assert "<title>Statement coverage" in read


@pytest.mark.parametrize(("dark", "ground"), [(False, WHITE), (True, NIGHT)])
def test_the_browser_shows_it_in_the_colours_that_one_likes(page: Path, dark: bool, ground: tuple[int, ...]) -> None:
    png = picture_of(page, 1000, 900, dark=dark)
    assert size_of(png) == (1000, 900)
    picture = decoded(png)
    assert picture.pixel(2, 2) == ground
    colours = picture.colours()
    assert 0.3 < colours[ground] / sum(colours.values()) < 0.95
    assert len(colours) > 50


def test_nothing_stands_beyond_the_edge_of_a_small_screen(page: Path) -> None:
    picture = decoded(picture_of(page, 500, 1200))
    assert {picture.pixel(498, y) for y in range(1200)} == {WHITE}


if __name__ == "__main__":
    import tempfile

    from execpolicy.testing import parse_cases, run_item
    from tests.testing.coverage.test_coverage_page import PICTURE, block

    items = parse_cases(block("json"), name="orders.execpolicy.json").items
    with tempfile.TemporaryDirectory() as folder:
        example = Path(folder) / "coverage.html"
        example.write_text(covered(*map(run_item, items)).html(), "utf-8")
        PICTURE.write_bytes(in_fewer_colours(picture_of(example, 1200, 1190)))
