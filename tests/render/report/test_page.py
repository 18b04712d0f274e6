"""The page of a report as text: what stands in it without a script, and that nothing in it is markup of a file."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from execpolicy.render.report.diagram import GATES
from execpolicy.render.report.explanations import StoredExplanations
from execpolicy.render.report.model import CellState
from execpolicy.render.report.page import report_page
from execpolicy.render.report.words import CLASSES, SYMBOLS
from execpolicy.testing import load_cases, run_item
from tests.render.report.made_report import made_report
from tests.render.test_every_case import FILES

HOSTILE = '</script><script>window.bad=1</script><img src=x onerror="window.bad=1">\'javascript:alert(1)'


class _Elements(HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] not in ("script", "style"):
            self.text += data


def elements(page: str) -> _Elements:
    parser = _Elements()
    parser.feed(page)
    return parser


def test_the_parts_in_their_order() -> None:
    titles = re.findall(r"<h2 [^>]*>([^<]*)", report_page(made_report(2, 2)))
    assert titles == [
        "Summary",
        "Routes and what they ask for",
        "Who can make which calls",
        "Who reaches each route",
        "Findings",
        "Statement coverage",
        "What changed",
        "Replay of logs",
        "What the answers depend on",
    ]


def test_parts_without_data_are_left_out() -> None:
    report = made_report(1, 1)._replace(coverage=None, changes=None, replay=None)
    page = report_page(report)
    assert [name for name in ("coverage", "changes", "replay") if f'id="{name}"' in page or f'"#{name}"' in page] == []


@pytest.mark.parametrize("state", CellState)
def test_each_state_has_its_own_symbol_word_and_class(state: CellState) -> None:
    page = report_page(made_report(1, 1, only=state))
    assert f"<td class={CLASSES[state]}>{SYMBOLS[state]} {state.value}" in page
    assert len(set(SYMBOLS.values())) == len(set(CLASSES.values())) == len(CellState)


def test_the_first_cells_stand_in_the_page() -> None:
    page = report_page(made_report(120, 50, 2))
    assert page.count("<td class=") == 5000
    assert "The first 100 rows of 240" in page
    assert report_page(made_report(2, 50)).count("<td class=") == 100


def test_a_reason_stands_below_the_table_once() -> None:
    page = report_page(made_report(4, 1, only=CellState.INDETERMINATE))
    assert page.count("<sup>1</sup>") == 4
    assert page.count("<li>the reason of Name</li>") == 1


def test_the_policy_lets_its_own_style_and_script_run_and_nothing_else() -> None:
    page = report_page(made_report(1, 1))
    policy = dict(
        part.strip().split(" ", 1)
        for part in next(
            str(attributes["content"])
            for tag, attributes in elements(page).found
            if attributes.get("http-equiv") == "Content-Security-Policy"
        ).split(";")
    )

    def hash_of(tag: str) -> str:
        (text,) = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    assert policy == {
        "default-src": "'none'",
        "style-src": hash_of("style"),
        "script-src": hash_of("script"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_nothing_refers_to_another_place() -> None:
    found = elements(report_page(made_report(3, 3))).found
    assert {tag for tag, _ in found} & {"img", "link", "iframe", "object", "embed", "form", "base"} == set()
    links = {
        value for _, attributes in found for name, value in attributes.items() if name in ("href", "src", "action")
    }
    assert all(str(link).startswith("#") for link in links)
    assert not [name for _, attributes in found for name in attributes if name == "style" or name.startswith("on")]


def test_texts_of_files_are_text() -> None:
    hostile, plain = (elements(report_page(made_report(3, 3, 2, name=name))) for name in (HOSTILE, "Name"))
    assert [tag for tag, _ in hostile.found] == [tag for tag, _ in plain.found]
    assert hostile.text.count(HOSTILE) == plain.text.count("Name") > 20


def test_the_data_cannot_end_their_element() -> None:
    page = report_page(made_report(2, 2, name=HOSTILE))
    text = page.partition('type="application/json">')[2].partition("\n")[0].removesuffix("</script>")
    assert "<" not in text
    assert text.isascii()
    assert HOSTILE in json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')


def test_the_same_data_give_the_same_page() -> None:
    assert report_page(made_report(5, 4, 2)) == report_page(made_report(5, 4, 2))


def test_a_report_without_calls() -> None:
    report = made_report(1, 1)._replace(
        calls=(), cells=(), routes=(), explanations=StoredExplanations((), (), (), (), (), (), (), ())
    )
    assert "<p>There is no call.</p>" in report_page(report)


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem.startswith("gateway")], ids=lambda path: path.stem
)
def test_the_diagram_has_each_gate(path: object) -> None:
    numbers = {number for number, _ in GATES}
    for item in load_cases(str(path)).items:
        response = getattr(run_item(item), "response", None)
        assert {step.number[0] for step in (response.steps if response is not None else ())} <= numbers
