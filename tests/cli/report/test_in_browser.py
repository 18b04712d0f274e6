"""The page of a report in Chromium: what it shows, by mouse and by keyboard, and that it asks nobody for anything."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from execpolicy import Api, Template
from execpolicy.render.report.model import CellState, Report
from execpolicy.render.report.page import report_page
from tests.browser_pages import OpenedPages, faults_by_axe, launched_browser, needs_axe
from tests.cli.conftest import Execute
from tests.cli.report.made_reports import OFFICE, embedded, kept_reports, write_files
from tests.render.report.made_report import made_report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

HOSTILE = '</script><script>window.bad=1</script><img src=x onerror="window.bad=1">\'javascript:window.bad=1 \u202egnp'

PHONE = {"width": 390, "height": 844}
#: Opens a page of a text, with options of the browser.
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched_browser() as found:
        yield found


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens pages; at the end no page has written to the console or asked for anything but itself."""
    pages = OpenedPages(browser)
    file = tmp_path / "page.html"

    def open_page(text: str, **options: Any) -> Page:
        file.write_text(text, "utf-8")
        return pages.open(file.as_uri(), **options)

    yield open_page
    pages.close()
    assert pages.messages == []
    assert {*pages.requests} == {file.as_uri()}


def choose(page: Page, call: int, caller: int, context: int = 0) -> None:
    for name, number in (("call", call), ("caller", caller), ("context", context)):
        page.locator(f"#choose-{name}").select_option(str(number))


def shown_lines(page: Page) -> list[str]:
    found: list[str] = page.locator("#explanation .line").all_text_contents()
    return found


def test_each_cell_shows_its_explanation(opened: Open) -> None:
    report = made_report(4, 3, 2)
    page = opened(report_page(report))
    for call in range(4):
        for caller in range(3):
            for context in range(2):
                choose(page, call, caller, context)
                found = report.explanations.expand(report.cells[call][context][caller], call, caller)
                assert shown_lines(page) == [line.text for line in found.lines]
                state = page.locator("#call-state").text_content()
                assert state is not None
                assert found.state in state
                assert found.reason in state
                assert page.locator("#explanation pre").text_content() == "\n".join(found.lines[1].excerpt)


def test_the_text_is_that_of_the_response(
    opened: Open, execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(folder)
    report = _report_of(execute, monkeypatch)
    page = opened((folder / "r.html").read_text("utf-8"))
    api, people = Api.load("shop.json"), Template.load("people.json", account="111122223333")
    for at, call in enumerate(report.calls):
        for number, caller in enumerate(report.callers):
            choose(page, at, number)
            method, path = call.words.split(" ")
            who = people.callers[caller.name] if caller.principal else None
            lines = str(api.invoke(method, path, caller=who, context=OFFICE).explain()).split("\n")
            assert shown_lines(page) == [line.lstrip(" ") for line in lines]


def _report_of(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> Report:
    made = kept_reports(monkeypatch)
    assert (
        execute(
            "report", "--api", "shop.json", "--callers", "people.json", "--in", "o=office.json", "-o", "r.html"
        ).code
        == 0
    )
    return made.last


def test_the_diagram_shows_where_the_call_ends(opened: Open) -> None:
    page = opened(report_page(made_report(5, 5)))
    ends = {}
    for caller in range(5):
        choose(page, 0, caller)
        ends[caller] = [page.locator(f"#gate-{gate} .result").text_content() for gate in ("1", "2", "5", "8", "e")]
    assert ends[0] == [
        "nothing to check",
        "✓ passed: route",
        "✓ passed: IAM",
        "nothing to check",
        "✓ the call ends here",
    ]
    assert ends[1] == ["nothing to check", "✓ passed: route", "✕ ends here: IAM", "not reached", "not reached"]
    assert ends[3] == ["nothing to check", "✓ passed: route", "? not known: IAM", "nothing to check", "? not known"]
    choose(page, 0, 1)
    assert page.locator("#gates-title").text_content() == "The gates in their order: the call ends at Authorization"


def test_a_click_on_a_cell_opens_it(opened: Open) -> None:
    page = opened(report_page(made_report(3, 3)))
    page.locator("#matrix-table tbody tr").nth(2).locator("button").nth(1).click()
    assert page.locator("#call-title").text_content() == "GET /Name2/1 by Name1"
    assert page.locator("#matrix-table [aria-pressed=true]").count() == 1


def test_the_keyboard_alone(opened: Open) -> None:
    page = opened(report_page(made_report(4, 4)))
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('#matrix-table tbody') !== null"):
            break
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.id") == "call-title"
    assert page.locator("#call-title").text_content() == "GET /Name1/1 by Name1"
    # Beyond the edge of the table there is no cell.
    page.locator("#matrix-table tbody tr").nth(1).locator("button").nth(1).focus()
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert page.locator("#call-title").text_content() == "GET /Name0/1 by Name3"


def test_tables_sort_and_filter(opened: Open) -> None:
    page = opened(report_page(made_report(12, 2)))
    head = page.locator("#route-table thead th").first
    head.locator("button").click()
    names = page.locator("#route-table tbody th").all_text_contents()
    assert [name[9:-5] for name in names] == [str(number) for number in range(12)]
    assert head.get_attribute("aria-sort") == "ascending"
    head.locator("button").click()
    assert page.locator("#route-table tbody th").first.text_content() == "GET /Name11/{id}"
    page.get_by_label("Filter routes").fill("name1")
    assert page.locator("#route-table tbody tr:visible").count() == 3
    page.get_by_label("Filter calls").fill("NAME11")
    assert page.locator("#matrix-table tbody tr").count() == 1
    page.get_by_label("Filter calls").fill("nothing like that")
    assert page.locator("#page-words").text_content() == "No row is like that"
    page.get_by_label("Filter calls").fill("")
    page.get_by_label("Rows with a cell that is").select_option("no route")
    assert 0 < page.locator("#matrix-table tbody tr").count() < 12


def test_texts_of_files_stay_text(opened: Open) -> None:
    counts = []
    for name in ("Name", HOSTILE):
        page = opened(report_page(made_report(3, 3, 2, name=name)))
        choose(page, 1, 1, 1)
        assert page.evaluate("window.bad") is None
        assert page.locator("img").count() == 0
        counts.append(page.evaluate("document.querySelectorAll('*').length"))
    assert counts[0] == counts[1]
    assert HOSTILE.split("\u202e", maxsplit=1)[0] in shown_lines(page)[0]


def test_a_hostile_file_stays_text(opened: Open, execute: Execute, folder: Path) -> None:
    write_files(folder)
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    statement = api["resource_policy"]["Statement"][0]
    # The statement has a line of 1 MB, in which a condition holds hostile values.
    values = [HOSTILE, "203.0.113.0/24", *(f"filler-{number}-{'x' * 1000}" for number in range(1000))]
    statement["Condition"] = {"StringLike": {"aws:UserAgent": values}}
    file = "<img src=x onerror=window.bad>.json"
    (folder / file).write_text(json.dumps(api), "utf-8")
    options = ("--in", f"{HOSTILE.replace('=', ' ')}=office.json", "--context", "aws:UserAgent=a", "-o", "r.html")
    run = execute("report", "--api", file, *options)
    assert (run.code, run.err) == (0, "")
    text = (folder / "r.html").read_text("utf-8")
    assert len(text) < 100_000
    assert "more characters)" in text
    assert "\u202e" not in text + json.dumps(embedded(text), ensure_ascii=False)
    page = opened(text)
    assert page.evaluate("window.bad") is None
    assert page.locator("img").count() == 0
    choose(page, 2, 0)
    assert "</script><script>" in (page.locator("#call-title").text_content() or "")
    lines = "\n".join(shown_lines(page))
    assert file in lines
    assert HOSTILE.split(" ", maxsplit=1)[0] in lines


def test_a_high_cell_opens_its_call_wherever_it_is_touched(opened: Open) -> None:
    page = opened(report_page(made_report(2, 2, name="a-name-that-takes-several-lines-")), viewport=PHONE)
    cell = page.locator("#matrix-table td").first
    box = cell.bounding_box()
    assert box is not None
    assert box["height"] > 50
    cell.click(position={"x": box["width"] / 2, "y": box["height"] - 5})
    assert str(page.locator("#call-title").text_content()).endswith("0/1 by a-name-that-takes-several-lines-0")


def test_without_a_script_the_page_can_be_read(opened: Open) -> None:
    page = opened(report_page(made_report(120, 50, 2)), java_script_enabled=False)
    assert page.locator("#matrix-table td").count() == 5000
    assert page.locator("#route-table tbody tr").count() == 120
    assert page.locator("#finding-table tbody tr").count() == 1
    assert page.locator("#call").is_hidden()
    assert page.get_by_text("The first 100 rows of 240").is_visible()


def test_a_large_report_is_drawn_by_page(opened: Open) -> None:
    text = report_page(_large(1000, 200))
    assert len(text.encode()) < 5_000_000
    page = opened(text)
    assert page.evaluate("document.querySelectorAll('*').length") < 20_000
    assert page.locator("#page-words").text_content() == "Rows 1 to 10 of 1000"
    page.locator("#page-after").click()
    assert page.locator("#matrix-table tbody th").first.text_content() == "GET /Name10/1 id = 1"
    choose(page, 999, 199)
    assert page.locator("#call-title").text_content() == "GET /Name999/1 by Name199"


def _large(routes: int, callers: int) -> Report:
    """A report of this size whose explanations are those of a smaller one."""
    few = made_report(40, callers)
    calls = made_report(routes, 1, only=CellState.ALLOWED).calls
    values = tuple((call.words,) for call in calls)
    cells = tuple(few.cells[number % 40] for number in range(routes))
    shown = tuple(few.routes[0]._replace(key=call.route) for call in calls)
    return few._replace(
        calls=calls, routes=shown, cells=cells, explanations=few.explanations._replace(call_values=values)
    )


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(13, 17, 23)")])
def test_light_and_dark(opened: Open, scheme: str, ground: str) -> None:
    page = opened(report_page(made_report(3, 3)), color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


def test_nothing_stands_beyond_the_edge_of_a_phone(opened: Open) -> None:
    page = opened(report_page(made_report(3, 12)), viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("has_script", [True, False])
def test_folded_parts_are_open_on_paper(opened: Open, has_script: bool) -> None:
    page = opened(report_page(made_report(12, 2)), java_script_enabled=has_script)
    hidden = page.get_by_text("GET /Name11/{id}").locator("visible=true").count()
    page.emulate_media(media="print")
    assert page.get_by_text("GET /Name11/{id}").locator("visible=true").count() > hidden
    assert page.locator(".tools").locator("visible=true").count() == 0


def test_the_rows_are_on_paper_at_once(opened: Open) -> None:
    page = opened(report_page(made_report(70, 3)))
    rows = page.locator("#matrix-table tbody tr")
    page.locator("#page-after").click()
    assert rows.count() == 20
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 70
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert rows.count() == 50
    assert len(page.pdf()) > 10_000
    assert rows.count() == 50


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_fault(opened: Open, scheme: str) -> None:
    assert faults_by_axe(opened(report_page(made_report(12, 6, 2)), color_scheme=scheme)) == []
