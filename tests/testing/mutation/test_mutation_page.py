"""The page on mutation shows the report that its example gives, and every operator.

``python -m tests.testing.mutation.test_mutation_page`` writes both into the page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from execpolicy.testing import parse_cases
from execpolicy.testing.mutation import mutate
from execpolicy.testing.mutation.mutant import EquivalenceProof
from execpolicy.testing.mutation.operators import MUTATION_OPERATORS

PAGE = Path(__file__).parents[3] / "docs" / "mutation.md"
_EXAMPLE = re.compile(r"(?<=^```json\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_REPORT = re.compile(r"(?<=^```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(
    r"(?<=^\| operator \| element \| change \|\n\|---\|---\|---\|\n).*?(?=^$)", re.MULTILINE | re.DOTALL
)


def report_of(page: str) -> str:
    (example,) = _EXAMPLE.findall(page)
    return mutate(parse_cases(example, name="orders.execpolicy.json").items).text()


def table() -> str:
    return "".join(f"| `{each.name}` | {each.element} | {each.words} |\n" for each in MUTATION_OPERATORS)


def renewed(page: str) -> str:
    report = report_of(page)
    return _TABLE.sub(lambda _: table(), _REPORT.sub(lambda _: report, page))


def test_the_page_shows_what_its_example_gives() -> None:
    page = PAGE.read_text("utf-8")
    assert _REPORT.findall(page) == [report_of(page)]
    assert "survived" in report_of(page)


def test_the_python_of_the_page_prints_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = PAGE.read_text("utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    (tmp_path / "orders.execpolicy.json").write_text(_EXAMPLE.findall(page)[0], "utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(PAGE), "exec"), {})
    assert capsys.readouterr().out.rstrip("\n") + "\n" == report_of(page)


def test_the_page_names_every_operator() -> None:
    assert _TABLE.findall(PAGE.read_text("utf-8")) == [table()]
    assert len({operator.name for operator in MUTATION_OPERATORS}) == len(MUTATION_OPERATORS)


def test_the_page_names_every_proof() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]* \|$", PAGE.read_text("utf-8"), re.MULTILINE)) == set(
        re.findall(r"\b[a-z]+_[a-z]+\b|contained", (EquivalenceProof.__doc__ or ""))
    )


def test_links_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8"))
    assert links
    assert [link for link in links if not (PAGE.parent / link).exists()] == []


def test_no_line_of_prose_is_too_long() -> None:
    prose = re.sub(r"^```.*?^```$", "", PAGE.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert [line for line in prose.splitlines() if len(line) > 120 and not line.startswith("|")] == []


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
