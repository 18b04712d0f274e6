"""Take the picture of a report for the README, ``docs/images/report.png``: a table of calls with one cell opened.

``python -m tools.report_picture`` makes the report of examples/sam and opens it in the Chromium that is installed.
``make docs`` does not run it, because fonts differ between machines: the picture is taken when the page changes.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from tests.browser_pages import OpenedPages, launched_browser
from tests.command_runs import ROOT, output_of
from tests.testing.coverage.browser import in_fewer_colours

PICTURE = ROOT / "docs" / "images" / "report.png"
WIDTH = 960
#: The context in which the chosen call is refused, and the one beside it.
CONTEXTS = {"office": "203.0.113.9", "elsewhere": "198.51.100.7"}
#: The cell that is opened: a call of PartnerRole from elsewhere.
CHOSEN = {"call": 0, "caller": 1, "context": 1}
_OPTIONS = "--stage prod --account 111122223333 --region eu-west-1 --api-id a1b2c3d4e5 --quiet"


def page_in(folder: Path) -> Path:
    """The report in a folder."""
    options = []
    for name, address in CONTEXTS.items():
        file = folder / f"{name}.json"
        file.write_text(json.dumps({"aws:SourceIp": address}), "utf-8")
        options.append(f"--in {name}={file}")
    page = folder / "report.html"
    command = f"execpolicy report --api examples/sam/template.yaml {_OPTIONS} {' '.join(options)} -o {page}"
    if output := output_of(command, ROOT):
        raise RuntimeError(output)
    return page


def picture_of_report(page: Path) -> bytes:
    """The table of calls and the opened cell, as PNG."""
    with launched_browser() as browser:
        pages = OpenedPages(browser)
        opened = pages.open(page.as_uri(), viewport={"width": WIDTH, "height": 2400}, color_scheme="light")
        for name, number in CHOSEN.items():
            opened.locator(f"#choose-{name}").select_option(str(number))
        opened.evaluate("scrollTo(0, 0)")
        table = opened.locator("#matrix-table").bounding_box()
        cell = opened.locator("#call").bounding_box()
        assert table is not None
        assert cell is not None
        top, end = table["y"] - 8, cell["y"] + cell["height"] + 8
        taken: bytes = opened.screenshot(clip={"x": 0, "y": top, "width": WIDTH, "height": end - top})
        pages.close()
    return in_fewer_colours(taken)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        PICTURE.write_bytes(picture_of_report(page_in(Path(name))))
