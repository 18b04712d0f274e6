"""Case files for tests of ``execpolicy test``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from tests.cli.conftest import ANN, API, document

#: A case that passes, and one that does not.
READS = {"name": "Ann reads pets", "caller": "ann", "resource": f"{API}/prod/GET/pets", "expect": "allow"}
SELLS = {"name": "Ann sells pets", "caller": "ann", "resource": f"{API}/prod/POST/pets", "expect": "allow"}

READS_ALONE = document(Sid="ReadPets", Resource=f"{API}/prod/GET/*")


def case_file(*cases: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A case file whose caller ann may read."""
    return {
        "schema": "execpolicy/cases/1",
        "title": "Pets",
        "policies": {"reads": READS_ALONE},
        "callers": {"ann": {"principal": ANN, "identity": ["reads"]}},
        "cases": list(cases),
        **fields,
    }


def save(path: Path, *cases: dict[str, Any], **fields: Any) -> None:
    """Write a case file, and the directories that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(case_file(*cases, **fields), indent=1), "utf-8")


def place(file: str, name: str) -> str:
    """Where the case of that name begins in a file that ``save`` wrote."""
    lines = Path(file).read_text("utf-8").splitlines()
    line = lines.index(f'   "name": {json.dumps(name)},')
    return f"{file}:{line}:{lines[line - 1].index('{') + 1}"


def timeless(text: str) -> str:
    """Text without the time that a run took."""
    return re.sub(r" in (\d+ min )?\d+(\.\d\d)? s ", " in 0.00 s ", text)


def numbered(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Cases that differ in nothing but their names."""
    return [{**READS, "name": f"case {number}", **changes} for number in range(1, count + 1)]
