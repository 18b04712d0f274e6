"""Run the notebook of examples/notebook in Jupyter, and compare what its cells show with what is stored in it.

``make test-oracles`` runs it in an environment with nbclient, nbconvert and a kernel. The notebook as pages, in the
light and in the dark theme, is written to the folder that is named.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

NOTEBOOK = Path(__file__).parents[1] / "examples" / "notebook" / "web-shop.ipynb"


def outputs(notebook: dict[str, Any]) -> dict[str, Any]:
    """What the cells of a notebook show, by their ids; texts as they are, instead of lists of lines."""
    return {cell["id"]: _joined(cell["outputs"]) for cell in notebook["cells"] if cell["cell_type"] == "code"}


def _joined(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _joined(each) for name, each in value.items()}
    if isinstance(value, list):
        texts = all(isinstance(each, str) for each in value)
        return "".join(value) if texts and value else [_joined(each) for each in value]
    return value


def main(folder: Path) -> int:
    """Execute and compare; 1 if anything is shown otherwise."""
    import nbclient
    import nbconvert
    import nbformat

    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(NOTEBOOK.parent)}}).execute()
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        page, _ = nbconvert.HTMLExporter(theme=theme).from_notebook_node(notebook)
        (folder / f"{theme}.html").write_text(page, "utf-8")
    stored, found = outputs(json.loads(NOTEBOOK.read_text("utf-8"))), outputs(notebook)
    differing = [name for name in stored if stored[name] != found[name]]
    for name in differing:
        sys.stdout.write(f"{name}: stored {stored[name]}\n{name}: shown  {found[name]}\n")
    sys.stdout.write(f"{len(differing)} of {len(stored)} cells differ; the pages are in {folder}\n")
    return int(bool(differing))


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
