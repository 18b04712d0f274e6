"""``execpolicy lint``: checks files, and writes what it finds."""

from __future__ import annotations

import argparse
import sys

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.lint.options import COMMAND, refuse_conflicts
from execpolicy.cli.lint.output import write_findings
from execpolicy.cli.report_files import check_writable
from execpolicy.cli.template import read_given_options
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors
from execpolicy.cli.text_file import read_text
from execpolicy.linter.catalogue import RULES, selected
from execpolicy.linter.finding import Finding
from execpolicy.linter.report import LintReport
from execpolicy.linter.run import lint_text
from execpolicy.linter.severity import Severity
from execpolicy.loaders.contents import ReadOptions


def run(arguments: argparse.Namespace) -> ExitCode:
    """Check the files, and write the findings."""
    refuse_conflicts(arguments)
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    check_writable(inputs, arguments.output, "--output")
    options = read_given_options(inputs, arguments)
    rules = inputs.attempt(lambda: _rules(arguments))
    if options is None or rules is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    findings: list[Finding] = []
    for path in arguments.files:
        findings.extend(_of_file(inputs, path, arguments, rules, options))
    write_findings(LintReport(tuple(findings), tuple(inputs.faults)), arguments, colour=colour)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    least = Severity(arguments.fail_on or Severity.SECURITY_WARNING)
    fails = any(finding.severity.is_at_least(least) for finding in findings)
    return ExitCode.DENIED if fails and not arguments.exit_zero else ExitCode.ALLOWED


def _rules(arguments: argparse.Namespace) -> frozenset[str]:
    """The ids of the rules to check."""
    return (selected(arguments.select) or frozenset(RULES)) - selected(arguments.ignore)


def _of_file(
    inputs: Inputs, path: str, arguments: argparse.Namespace, rules: frozenset[str], options: ReadOptions
) -> tuple[Finding, ...]:
    given = read_text(inputs, path, "FILE")
    if given is None:
        return ()

    def found() -> tuple[Finding, ...]:
        return lint_text(
            given.text,
            given.name,
            rules=rules,
            options=options,
            kind=arguments.policy_kind,
            report_unused_ignores=arguments.report_unused_ignores,
        )

    return inputs.attempt(found) or ()
