"""What a run of the linter found in files."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from execpolicy.errors import Diagnostic
from execpolicy.linter.baseline import Compared
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores.ignore import Suppressed


class PassedOverReason(StrEnum):
    """Why a file or a folder inside a folder is not checked, as a message counts them."""

    NO_KIND = "of no known kind"
    OTHER_PURPOSE = "of another tool or purpose"
    LARGE = "of more than 16 MiB"
    LINK = "behind a link that leads out of the folder or nowhere"
    NOT_REGULAR = "that are pipes or devices"
    EXCLUDED = "excluded"
    #: Folders that are hidden or made by tools, with what is in them.
    FOLDER = "not searched"


class PassedOver(NamedTuple):
    """A file or a folder inside a folder that is not checked.

    Attributes:
        name: its path.
        reason: why.
        purpose: what a file of another purpose is, such as ``a project of AWS CDK``.
        advice: what to give for its API to be checked, if it may have one.
    """

    name: str
    reason: PassedOverReason
    purpose: str = ""
    advice: str = ""


class LintReport(NamedTuple):
    """A run of the linter.

    Attributes:
        findings: what the rules found, in the order of files and places.
        faults: files that cannot be read or are of no known kind.
        passed_over: what is not checked in the folders that were searched.
        suppressed: the findings that are ignored, which ``findings`` does not have.
        baseline: the findings beside those of a baseline; None without one. ``findings`` has only the new ones.
    """

    findings: tuple[Finding, ...]
    faults: tuple[Diagnostic, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    baseline: Compared | None = None

    @property
    def every_finding(self) -> tuple[Finding, ...]:
        """Also those that are ignored, and those of the baseline."""
        known = self.baseline.known if self.baseline is not None else ()
        return (*self.findings, *(each.finding for each in self.suppressed), *known)
