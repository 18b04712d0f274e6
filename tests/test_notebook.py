"""The notebook of examples/notebook: its cells run in order, and show as HTML what is stored in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest

from execpolicy import Comparison, Decision, Finding, GatewayResponse, Matrix, Replay
from tools.notebook import NOTEBOOK, run, values_of, written
from tools.notebook_in_jupyter import outputs

#: What each cell shows: the class, and words of its HTML: the answer, and the line that decides.
SHOWN: dict[str, list[tuple[type, tuple[str, ...]]]] = {
    "decision": [(Decision, ("DENY (explicit)", "../foundation/resource.json:4:5", "OnlyThroughTheShopEndpoint"))],
    "allowed": [(Decision, ("ALLOW", "../foundation/identity.json:4:5"))],
    "response": [(GatewayResponse, ("DENY: 403", "../gateway/orders.api.yaml:29:7", "NobodyMayDeleteFromOutside"))],
    "findings": [(Finding, ("error EP-ARN-003", "draft.json:5:105", "^^^^^^"))],
    "comparison": [
        (Comparison, ("after the change: stricter", "newly denied", "(draft.json:4)")),
        (Comparison, ("after the change: laxer", "newly allowed", "(draft.json:4)")),
    ],
    "matrix": [(Matrix, ("8 cells: 1 allowed, 7 denied", "GET /orders/1 in the office", "partner", "denied 403"))],
    "witness": [(Comparison, ("after the change: laxer", "DELETE /orders/1 on prod by anonymous", "(draft.json:4)"))],
    "replay": [(Replay, ("1000 calls: 200 newly refused, 800 unchanged", "DELETE /orders/{id}", "200"))],
}


_OF_TABLES = {"table", "caption", "thead", "tbody", "tr", "th", "td"}


def cells() -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    found: list[dict[str, Any]] = notebook["cells"]
    return found


@pytest.fixture
def shown() -> dict[str, list[Any]]:
    """What each cell shows, run in order in the folder of the notebook."""
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    return {cell["id"]: [each.value for each in found] for cell, found in run(cells())}


class _Elements(HTMLParser):
    """The elements and attributes of HTML; each element is closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def elements(html: str) -> _Elements:
    parser = _Elements()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


def test_the_file_is_a_notebook_that_was_run_once() -> None:
    identifiers = [cell["id"] for cell in cells()]
    assert len({*identifiers}) == len(identifiers)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", identifier) for identifier in identifiers)
    for cell in cells():
        of_code = {"outputs", "execution_count"} if cell["cell_type"] == "code" else set()
        assert set(cell) == {"cell_type", "id", "metadata", "source", *of_code}
    counts = [cell["execution_count"] for cell in cells() if cell["cell_type"] == "code"]
    assert counts == [*range(1, len(SHOWN) + 1)]


def test_what_is_stored_is_what_the_cells_show() -> None:
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    text = NOTEBOOK.read_text("utf-8")
    assert written(text) == text, "run make docs"


def test_what_jupyter_shows_is_compared_cell_by_cell() -> None:
    """A kernel gives texts as lines, or as they are."""
    outputs_of_kernel = [{"data": {"text/plain": "a\nb"}, "metadata": {}, "output_type": "display_data"}]
    cell = {"cell_type": "code", "id": "one", "outputs": outputs_of_kernel}
    stored = [{"data": {"text/plain": ["a\n", "b"]}, "metadata": {}, "output_type": "display_data"}]
    text = {"cell_type": "markdown", "id": "two"}
    assert outputs({"cells": [cell, text]}) == outputs({"cells": [{**cell, "outputs": stored}]})
    assert outputs({"cells": [cell]}) != outputs({"cells": [{**cell, "outputs": []}]})


def test_each_cell_shows_its_results_as_html(shown: dict[str, list[Any]]) -> None:
    assert {name: [type(value) for value in values] for name, values in shown.items()} == {
        name: [kind for kind, _ in results] for name, results in SHOWN.items()
    }
    for value, words in _results(shown):
        found = elements(value._repr_html_())
        is_table = isinstance(value, Matrix | Replay)
        assert found.tags == (_OF_TABLES if is_table else {"div"})
        assert found.attributes == {"class", "style", *(["scope"] if is_table else [])}
        for word in words:
            assert word in found.text, found.text


def _results(shown: dict[str, list[Any]]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for name, results in SHOWN.items():
        yield from ((value, words) for value, (_, words) in zip(shown[name], results, strict=True))


def test_a_cell_whose_last_statement_is_no_expression_shows_nothing() -> None:
    assert values_of("one = 1", {}) == []
    assert values_of("one = 1\none + 1", {}) == [(2, True)]
    assert values_of("None", {}) == []
    assert values_of("display(1)", {}) == [(1, False)]
