"""The notebook of examples/notebook: its cells run in order, and show results as HTML.

The code is run as Python here, without a kernel of Jupyter: a cell shows what it displays, and its last expression.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Comparison, Decision, Finding, GatewayResponse

NOTEBOOK = Path(__file__).parents[1] / "examples" / "notebook" / "web-shop.ipynb"
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
}


def cells() -> list[dict[str, Any]]:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    found: list[dict[str, Any]] = notebook["cells"]
    return found


def shown_by(code: str, names: dict[str, Any], display: Callable[[object], None]) -> None:
    """Run a cell, and display its last expression as a kernel does."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, NOTEBOOK.name, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
        if value is not None:
            display(value)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    """What each cell shows, run in order in the folder of the notebook."""
    pytest.importorskip("yaml", reason="the extra yaml is not installed")
    monkeypatch.chdir(NOTEBOOK.parent)
    found: dict[str, list[Any]] = {}
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells():
        if cell["cell_type"] == "code":
            values = found.setdefault(cell["id"], [])
            names["display"] = values.append
            shown_by("".join(cell["source"]), names, values.append)
    return found


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


def test_the_file_is_a_notebook_without_outputs() -> None:
    identifiers = [cell["id"] for cell in cells()]
    assert len({*identifiers}) == len(identifiers)
    assert all(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", identifier) for identifier in identifiers)
    for cell in cells():
        fields = {"cell_type", "id", "metadata", "source"}
        if cell["cell_type"] == "code":
            assert (cell["outputs"], cell["execution_count"]) == ([], None)
            fields |= {"outputs", "execution_count"}
        assert set(cell) == fields


def test_each_cell_shows_its_results_as_html(shown: dict[str, list[Any]]) -> None:
    assert {name: [type(value) for value in values] for name, values in shown.items()} == {
        name: [kind for kind, _ in results] for name, results in SHOWN.items()
    }
    for value, words in _results(shown):
        found = elements(value._repr_html_())
        assert found.tags == {"div"}
        assert found.attributes == {"class", "style"}
        for word in words:
            assert word in found.text, found.text


def _results(shown: dict[str, list[Any]]) -> Iterator[tuple[Any, tuple[str, ...]]]:
    for name, results in SHOWN.items():
        yield from ((value, words) for value, (_, words) in zip(shown[name], results, strict=True))


def test_a_cell_whose_last_statement_is_no_expression_shows_nothing() -> None:
    values: list[object] = []
    shown_by("one = 1", {}, values.append)
    shown_by("one = 1\none + 1", {}, values.append)
    shown_by("None", {}, values.append)
    assert values == [2]
