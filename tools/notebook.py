"""Run the notebook of examples/notebook, and write what its cells show: ``python -m tools.notebook``.

The code is run as Python here, without a kernel of Jupyter: a cell shows what it displays, and its last expression.
``make test-oracles`` compares with what Jupyter shows (``tools/notebook_in_jupyter.py``).
"""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "examples" / "notebook" / "web-shop.ipynb"


class Shown(NamedTuple):
    """A value that a cell shows, and whether it is its last expression."""

    value: Any
    is_result: bool


def values_of(code: str, names: dict[str, Any]) -> list[Shown]:
    r"""Run a cell, and return what it shows.

    Args:
        code: the text of the cell.
        names: the names that the cells before it have set; those of this one are added.

    >>> values_of("one = 1\ndisplay(one)\none + 1", {})
    [Shown(value=1, is_result=False), Shown(value=2, is_result=True)]
    """
    found: list[Shown] = []
    names["display"] = lambda value: found.append(Shown(value, is_result=False))
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, NOTEBOOK.name, "exec"), names)
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names)
        if value is not None:
            found.append(Shown(value, is_result=True))
    return found


def run(cells: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], list[Shown]]]:
    """Each cell of code with what it shows, run in order in the folder of the notebook."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with _folder(NOTEBOOK.parent):
        for cell in cells:
            if cell["cell_type"] == "code":
                yield cell, values_of("".join(cell["source"]), names)


@contextmanager
def _folder(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def written(text: str) -> str:
    """The text of a notebook with what its cells show now."""
    notebook = json.loads(text)
    for count, (cell, shown) in enumerate(run(notebook["cells"]), 1):
        cell["execution_count"] = count
        cell["outputs"] = [_output(each, count) for each in shown]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _output(shown: Shown, count: int) -> dict[str, Any]:
    """An output of the form of notebooks (nbformat 4.5)."""
    data = {
        "text/html": shown.value._repr_html_().splitlines(keepends=True),
        "text/plain": repr(shown.value).splitlines(keepends=True),
    }
    if shown.is_result:
        return {"data": data, "execution_count": count, "metadata": {}, "output_type": "execute_result"}
    return {"data": data, "metadata": {}, "output_type": "display_data"}


if __name__ == "__main__":
    NOTEBOOK.write_text(written(NOTEBOOK.read_text("utf-8")), "utf-8")
