"""Pages in the Chromium that is installed: what they ask for and write, and what axe-core finds in them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.testing.coverage.browser import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

#: The script of axe-core, which ``make test-oracles`` installs.
AXE = Path(__file__).parents[1] / "build" / ".axe" / "node_modules" / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed: make test-oracles installs it")


@contextmanager
def launched_browser() -> Iterator[Browser]:
    """A browser, as long as the block runs."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=shutil.which(str(CHROMIUM)), args=["--no-sandbox"])
        yield found
        found.close()


class OpenedPages:
    """Opens addresses, and keeps what their pages say: lines of the console, errors, and requests."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.messages: list[str] = []
        self.requests: list[str] = []

    def open(self, address: str, **options: Any) -> Page:
        """A page at an address, with options of the browser's context."""
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.messages.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)
        return page

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()


def faults_by_axe(page: Page, *impacts: str) -> list[tuple[str, list[str]]]:
    """The faults that axe-core finds, each with elements that have it; of all impacts if none is given."""
    page.evaluate(AXE.read_text("utf-8"))
    # It would fetch the style sheets, which a page from a file may not.
    found = page.evaluate("axe.run({preload: false})")
    assert len(found["passes"]) > 20
    return [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found["violations"]
        if not impacts or each["impact"] in impacts
    ]
