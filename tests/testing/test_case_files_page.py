"""The page on case files shows a file that loads and passes."""

from __future__ import annotations

import re
from pathlib import Path

from execpolicy.testing import parse_cases, run_call, run_case, run_sequence

PAGE = Path(__file__).parents[2] / "docs" / "case-files.md"


def test_the_example_of_the_page_passes() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    file = parse_cases(example, name="case-files.md")
    results = [
        *map(run_case, file.cases),
        *map(run_call, file.calls),
        *map(run_sequence, file.sequences),
    ]
    assert [str(result) for result in results if not result.passed] == []
    assert len(results) == 4
