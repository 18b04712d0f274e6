"""Findings as Markdown: counts, a table, and nothing of a file that is a mark."""

from __future__ import annotations

from execpolicy.linter.report import LintReport
from execpolicy.render.lint_markdown import MAX_ROWS, findings_to_markdown
from tests.render.linted import FAULTY, report_of

PAGE = "https://github.com/execpolicy/execpolicy/blob/main/docs/rules/EP-ARN-003.md"


def test_the_summary_has_counts_and_a_table() -> None:
    lines = findings_to_markdown(report_of(FAULTY)).splitlines()
    assert lines[:5] == [
        "## execpolicy lint",
        "",
        "2 findings: 1 error, 1 warning.",
        "",
        "| severity | place | rule | finding |",
    ]
    assert lines[7] == (
        f"| error | policies/orders.json:4:95 | [EP-ARN-003]({PAGE}) | no call has the method get in this case, so "
        "this Deny never applies to it |"
    )
    assert lines[8:] == [
        "",
        "Not checked:",
        "",
        '- cannot read "gone.json": No such file or directory',
    ]


def test_without_findings() -> None:
    assert findings_to_markdown(LintReport(())) == "## execpolicy lint\n\nNo findings.\n"


def test_text_of_files_is_text() -> None:
    text = FAULTY.replace("Orders", "|<img src=x>`*_[a](b)~\\n&#")
    row = findings_to_markdown(report_of(text)).splitlines()[6]
    assert row.count(" | ") == 3
    assert "\\|&lt;img src=x&gt;\\`\\*\\_\\[a\\](b)\\~\\\\n&amp;\\#" in row


def test_a_long_table_is_cut_and_says_so() -> None:
    (finding, *_) = report_of(FAULTY).findings
    many = findings_to_markdown(LintReport((finding,) * (MAX_ROWS + 1)))
    assert many.count("EP-DOC-043.md") == MAX_ROWS
    assert f"{MAX_ROWS + 1} findings: {MAX_ROWS + 1} warnings." in many
    assert many.endswith(f"\nThe table has the first {MAX_ROWS} findings.\n")
