"""What a run of the linter found in files."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.errors import Diagnostic
from execpolicy.linter.finding import Finding


class LintReport(NamedTuple):
    """A run of the linter.

    Attributes:
        findings: what the rules found, in the order of files and places.
        faults: files that cannot be read or are of no known kind.
    """

    findings: tuple[Finding, ...]
    faults: tuple[Diagnostic, ...] = ()
