"""Findings as annotations of GitHub."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from execpolicy.errors import Source, Span
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.finding import Finding
from execpolicy.linter.report import LintReport
from execpolicy.linter.severity import Severity
from execpolicy.render.lint_github import findings_to_github
from tests.render.linted import FAULTY, report_of


def test_each_finding_and_each_file_that_cannot_be_read_is_a_command() -> None:
    sid, method, missing = findings_to_github(report_of(FAULTY), os.getcwd()).splitlines()
    assert method == (
        "::error file=policies/orders.json,line=4,endLine=4,col=95,endColumn=98,"
        "title=EP-ARN-003 method-in-lower-case::no call has the method get in this case, so this Deny never applies to "
        "it%0Awrite the method in upper case"
    )
    assert sid.startswith("::warning file=policies/orders.json,line=3,endLine=3,col=11,endColumn=19,title=EP-DOC-043 ")
    assert missing == ('::error title=not checked::cannot read "gone.json": No such file or directory%0Acheck the path')


def finding_at(span: Span, severity: Severity, name: str = "a,b:c%.json") -> Finding:
    rule = next(rule for rule in RULES.values() if rule.severity is severity)
    return Finding(rule, "50% of a::b\r\nc", source=Source(name, "{\n}"), span=span, help="none")


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        (Severity.ERROR, "error"),
        (Severity.SECURITY_WARNING, "error"),
        (Severity.WARNING, "warning"),
        (Severity.SUGGESTION, "notice"),
    ],
)
def test_the_level_follows_the_severity_and_text_is_escaped(severity: Severity, level: str) -> None:
    text = findings_to_github(LintReport((finding_at(Span(1, 1, 1, 2), severity),)), os.getcwd())
    assert text.startswith(f"::{level} file=a%2Cb%3Ac%25.json,line=1,endLine=1,col=1,endColumn=2,title=EP-")
    assert text.endswith("::50%25 of a::b%0D%0Ac%0Anone\n")


def test_a_part_of_several_lines_has_no_columns() -> None:
    text = findings_to_github(LintReport((finding_at(Span(1, 1, 2, 2), Severity.ERROR, "a.json"),)), os.getcwd())
    assert text.startswith("::error file=a.json,line=1,endLine=2,title=")


def test_paths_begin_at_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    text = findings_to_github(report_of(FAULTY), str(tmp_path))
    assert "file=infra/policies/orders.json," in text
