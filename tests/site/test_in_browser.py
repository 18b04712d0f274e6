"""The site in Chromium, from files: the search works, nothing is asked of another host, and axe-core finds no fault.

``make site`` builds it. ``.ci/run`` builds it before the tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser_pages import OpenedPages, faults_by_axe, launched_browser, needs_axe
from tests.command_runs import ROOT
from tools.site_copies import version

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SITE = ROOT / "build" / "site"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (SITE / "index.html").exists(), reason="the site is not built: make site"),
]
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_browser() as found:
        yield found


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens pages of the site from their files; at the end none has written to the console or asked another host."""
    pages = OpenedPages(browser)

    def open_page(name: str, **options: Any) -> Page:
        return pages.open((SITE / name).as_uri(), **options)

    yield open_page
    pages.close()
    assert pages.messages == []
    assert [url for url in pages.requests if not url.startswith(f"{SITE.as_uri()}/")] == []


@pytest.mark.parametrize(("page", "up"), [("index.html", ""), ("rules/EP-ARN-003.html", "../")])
def test_the_search_finds_without_a_server(opened: Open, page: str, up: str) -> None:
    found = opened(page)
    found.locator("[data-md-component=search-query]").fill("NotIpAddress")
    found.locator(".md-search-result__item").first.wait_for()
    links = found.locator(".md-search-result__link")
    targets = [link.get_attribute("href") or "" for link in links.all()]
    assert targets
    assert all(
        (SITE / target.removeprefix(f"{SITE.as_uri()}/").partition("#")[0].partition("?")[0]).exists()
        for target in targets
    )


def test_each_page_has_a_copy_its_version_and_a_place_in_the_list(opened: Open) -> None:
    listed = re.findall(r"^- \[.*?\]\(([^)]+)\)", (SITE / "llms.txt").read_text("utf-8"), re.MULTILINE)
    pages = sorted(path.relative_to(SITE) for path in SITE.rglob("*.html") if path.name != "404.html")
    copies = {path: path.with_suffix(".md") for path in pages}
    copies |= {path: path.parent / "README.md" for path, copy in copies.items() if not (SITE / copy).exists()}
    assert sorted(listed) == sorted(copy.as_posix() for copy in copies.values())
    for path in pages:
        assert version() in (SITE / path).read_text("utf-8").partition("<footer")[2], path
        assert (SITE / copies[path]).read_text("utf-8").startswith(f"<!-- {version()} -->\n")
    page = opened("rules/EP-ARN-003.html")
    page.get_by_role("link", name="This page as Markdown").click()
    assert page.url == (SITE / "rules/EP-ARN-003.md").as_uri()


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["index.html", "guides/403.html", "command-line.html"])
def test_axe_finds_no_serious_fault(opened: Open, name: str, scheme: str) -> None:
    assert faults_by_axe(opened(name, color_scheme=scheme), "serious", "critical") == []
