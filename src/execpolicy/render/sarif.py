"""Findings as SARIF 2.1.0, which code scanning of GitHub, viewers in editors and Jenkins read (``docs/adr/025``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from execpolicy._base.characters import printable
from execpolicy.errors import Diagnostic
from execpolicy.linter.baseline import marks_of
from execpolicy.linter.finding import Finding, Fix
from execpolicy.linter.fingerprint import FINGERPRINT_VERSION
from execpolicy.linter.report import LintReport
from execpolicy.linter.rule import Rule
from execpolicy.linter.severity import Severity
from execpolicy.render.passed_over import summary_of_passed_over
from execpolicy.render.rule_page import REPOSITORY, rule_address, rule_page
from execpolicy.render.sarif_places import ROOT_NAME, SarifPlaces

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
#: What fails by default is an error.
_LEVELS: Final[Mapping[Severity, str]] = {
    Severity.ERROR: "error",
    Severity.SECURITY_WARNING: "error",
    Severity.WARNING: "warning",
    Severity.SUGGESTION: "note",
}
#: From 7.0 on GitHub shows a finding of security as high.
_SECURITY_SEVERITY: Final = "8.0"
_FINGERPRINT: Final = f"execpolicyFinding/v{FINGERPRINT_VERSION}"


def findings_to_sarif(report: LintReport, *, root: str, version: str) -> dict[str, Any]:
    """A run of the linter as the data of a SARIF log. It has one run, with the rules that found something.

    Args:
        report: the run.
        root: the folder of the repository, an absolute path: files have their paths from there.
        version: that of execpolicy.

    https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
    """
    places = SarifPlaces(root)
    rules = sorted({finding.rule.id: finding.rule for finding in report.findings}.items())
    indices = {rule_id: index for index, (rule_id, _) in enumerate(rules)}
    # Findings that are ignored or known have numbers among equal ones; they are left out (docs/adr/024).
    marks = marks_of(report.every_finding, root)
    results = [
        {"ruleId": finding.rule.id, "ruleIndex": indices[finding.rule.id], **_result(finding, marks[finding], places)}
        for finding in report.findings
    ]
    driver = {
        "name": "execpolicy",
        "informationUri": REPOSITORY,
        "version": version,
        "rules": [_rule(rule) for _, rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {ROOT_NAME: {"description": _message("The folder of the repository.")}},
        "columnKind": "utf16CodeUnits",
        "invocations": [_invocation(report, places)],
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    is_security = rule.severity is Severity.SECURITY_WARNING
    properties: dict[str, Any] = {
        "tags": [rule.family, *(["security"] if is_security else [])],
        "severity": str(rule.severity),
    }
    if is_security:
        properties["security-severity"] = _SECURITY_SEVERITY
    if rule.issue_code:
        properties["issueCode"] = rule.issue_code
    return {
        "id": rule.id,
        "name": rule.name,
        "shortDescription": _message(rule.title),
        "fullDescription": _message(f"{rule.title} {rule.why}"),
        "help": {**_message(f"{rule.why} To mend it: {rule.fix}."), "markdown": rule_page(rule)},
        "helpUri": rule_address(rule),
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": properties,
    }


def _result(finding: Finding, mark: str, places: SarifPlaces) -> dict[str, Any]:
    result: dict[str, Any] = {
        "level": _LEVELS[finding.severity],
        "message": _message(finding.message),
        "locations": [_location(finding, places)] if finding.source is not None or finding.path else [],
        "partialFingerprints": {_FINGERPRINT: mark},
    }
    if finding.related:
        result["relatedLocations"] = [
            {
                "id": number,
                "message": _message(each.label),
                "physicalLocation": places.location(each.source, each.span),
            }
            for number, each in enumerate(finding.related, start=1)
        ]
    if finding.fix is not None:
        result["fixes"] = [_fix(finding, finding.fix, places)]
    result["properties"] = {"help": finding.help, **({"request": finding.request} if finding.request else {})}
    return result


def _location(finding: Finding, places: SarifPlaces) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if finding.source is not None:
        location["physicalLocation"] = places.location(finding.source, finding.span)
    if finding.path:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.path}]
    return location


def _fix(finding: Finding, fix: Fix, places: SarifPlaces) -> dict[str, Any]:
    assert finding.source is not None, "a fix changes a text"
    replacements = [
        {"deletedRegion": places.region(finding.source, edit.span), "insertedContent": {"text": edit.text}}
        for edit in fix.edits
    ]
    change = {"artifactLocation": places.artifact(finding.source), "replacements": replacements}
    return {
        "description": _message(finding.help),
        "artifactChanges": [change],
        "properties": {"safety": str(fix.safety)},
    }


def _invocation(report: LintReport, places: SarifPlaces) -> dict[str, Any]:
    """Whether everything was read, and what was not."""
    notifications = [_notification(fault, places) for fault in report.faults]
    if report.passed_over:
        notifications.append({"level": "note", "message": _message(summary_of_passed_over(report.passed_over))})
    return {
        "executionSuccessful": not report.faults,
        "toolExecutionNotifications": notifications,
    }


def _notification(fault: Diagnostic, places: SarifPlaces) -> dict[str, Any]:
    text = f"{fault.message}: {fault.advice}" if fault.advice else fault.message
    notification: dict[str, Any] = {"level": "error", "message": _message(text)}
    if fault.source is not None:
        notification["locations"] = [{"physicalLocation": places.location(fault.source, fault.span)}]
    return notification


def _message(text: str) -> dict[str, str]:
    """A message of plain text: no part of it is a link."""
    return {"text": printable(text).replace("](", "] (")}
