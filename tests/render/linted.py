"""Findings of policies with faults, for the formats."""

from __future__ import annotations

from execpolicy.errors import Diagnostic
from execpolicy.linter.report import LintReport
from execpolicy.linter.run import lint_text

NAME = "policies/orders.json"
#: An error with a fix, after a character that UTF-16 writes as two code units; and a warning with a second place.
FAULTY = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Orders", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"},
  {"Sid": "Orders", "Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke",
   "Condition": {"StringEquals": {"aws:PrincipalTag/a": "\U0001f4a5"}}, "Resource": "execute-api:/prod/get/orders"}
]}
"""
RULES = ("EP-ARN-003", "EP-DOC-043")
MISSING = Diagnostic('cannot read "gone.json": No such file or directory', advice="check the path")


def report_of(*texts: str) -> LintReport:
    """The report of texts, which are all in one file's name, and of a file that cannot be read."""
    found = [finding for text in texts for finding in lint_text(text, NAME, rules=RULES)]
    return LintReport(tuple(found), (MISSING,))
