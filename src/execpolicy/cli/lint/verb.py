"""``execpolicy lint``: checks files, and writes what it finds."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Sequence

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.given_values import read_given_values, with_place
from execpolicy.cli.inputs import Inputs, as_option
from execpolicy.cli.lint.checking import Checking
from execpolicy.cli.lint.exclusion import PATTERN_ADVICE, Exclusion, is_pattern
from execpolicy.cli.lint.fix_output import write_diff, write_left_out
from execpolicy.cli.lint.fixes import Fixes
from execpolicy.cli.lint.ignore_files import IgnoreFiles
from execpolicy.cli.lint.judging import report_of
from execpolicy.cli.lint.options import COMMAND, UNSAFE, refuse_conflicts
from execpolicy.cli.lint.output import write_findings, write_passed_over
from execpolicy.cli.lint.settings import LintSettings, find_settings, load_settings
from execpolicy.cli.report_files import check_writable
from execpolicy.cli.template import read_given_options
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors
from execpolicy.cli.text_file import read_text
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import UsageError
from execpolicy.linter.baseline import KnownFinding, parse_baseline
from execpolicy.linter.catalogue import DEFAULT, PROVEN, selected
from execpolicy.linter.report import LintReport
from execpolicy.linter.severity import Severity


def run(arguments: argparse.Namespace) -> ExitCode:
    """Check the files, and write the findings."""
    refuse_conflicts(arguments)
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    check_writable(inputs, arguments.output, "--output")
    given = read_given_values(inputs, arguments)
    options = read_given_options(inputs, arguments, given)
    check_writable(inputs, arguments.write_baseline, "--write-baseline")
    settings = inputs.attempt(lambda: _settings(arguments)) or LintSettings()
    rules = inputs.attempt(lambda: _rules(arguments, settings))
    baseline = _baseline(inputs, arguments, settings)
    exclusion = _exclusion(inputs, arguments, settings)
    if options is None or rules is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    ignore_files = IgnoreFiles(inputs)
    fixes = _fixes(inputs, ignore_files, rules, arguments)
    checking = Checking(
        inputs,
        rules,
        options,
        arguments.policy_kind,
        defaults=settings.options,
        skips_unknown=arguments.skip_unknown,
        exclusion=exclusion,
        fixes=fixes,
    )
    checking.check(arguments.files)
    for name in checking.unused:
        inputs.report(as_option(f"found {name}=, which no file that is checked uses"), advice="leave it out")
    inputs.faults[:] = [with_place(fault, given) for fault in inputs.faults]
    report = report_of(
        inputs,
        checking,
        ignore_files=ignore_files,
        rules=rules,
        baseline=baseline,
        write_baseline=arguments.write_baseline,
        report_unused=arguments.report_unused_ignores or settings.report_unused_ignores,
    )
    ends_with = _of_fixes(fixes, report, arguments)
    if not arguments.diff:
        write_findings(report, arguments, colour=colour, fixes=fixes)
    if not arguments.quiet:
        write_passed_over(report.passed_over, verbose=arguments.verbose)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if ends_with is not None:
        return ends_with
    least = Severity(arguments.fail_on or settings.fail_on or Severity.SECURITY_WARNING)
    fails = any(finding.severity.is_at_least(least) for finding in report.findings)
    return ExitCode.DENIED if fails and not arguments.exit_zero else ExitCode.ALLOWED


def _fixes(
    inputs: Inputs, ignore_files: IgnoreFiles, rules: Collection[str], arguments: argparse.Namespace
) -> Fixes | None:
    """What applies fixes, if the user asks for it."""
    if arguments.fix is None and not arguments.diff:
        return None
    return Fixes(inputs, ignore_files, rules, unsafe=arguments.fix == UNSAFE, writes=not arguments.diff)


def _of_fixes(fixes: Fixes | None, report: LintReport, arguments: argparse.Namespace) -> ExitCode | None:
    """Write the differences, and which fixes are left out; the exit code if that decides it."""
    if fixes is None:
        return None
    code = write_diff(fixes, report.findings, arguments) if arguments.diff else None
    write_left_out(fixes)
    return ExitCode.INTERNAL_ERROR if fixes.has_internal_fault else code


def _settings(arguments: argparse.Namespace) -> LintSettings:
    """The settings of the file of ``--config``, or of the project that the command runs in."""
    if arguments.isolated:
        return LintSettings()
    return find_settings(os.curdir) if arguments.config is None else load_settings(arguments.config)


def _rules(arguments: argparse.Namespace, settings: LintSettings) -> frozenset[str]:
    """The ids of the rules to check."""
    chosen = settings.select or DEFAULT if arguments.select is None else selected(arguments.select)
    if arguments.prove:
        chosen |= PROVEN
    left = chosen - (settings.ignore if arguments.ignore is None else selected(arguments.ignore))
    if not left:
        option = "--select names no rule" if not chosen else "every rule that is selected is left out"
        raise UsageError(f"{option}: nothing would be checked", advice="name a rule, or omit --select and --ignore")
    return left


def _exclusion(inputs: Inputs, arguments: argparse.Namespace, settings: LintSettings) -> Exclusion:
    """What is not checked in folders."""
    for pattern in arguments.exclude:
        if not is_pattern(pattern):
            message = f"--exclude: found {quoted(pattern)}, expected a path from the folder"
            inputs.report(message, advice=PATTERN_ADVICE)
    return Exclusion(arguments.exclude) if arguments.exclude else Exclusion(settings.exclude, settings.folder)


def _baseline(inputs: Inputs, arguments: argparse.Namespace, settings: LintSettings) -> Sequence[KnownFinding] | None:
    """The findings of the baseline that the options or the settings name. The one that is written precedes it."""
    if arguments.write_baseline is not None or (arguments.baseline is None and settings.baseline is None):
        return None
    if arguments.baseline is not None:
        path, option = arguments.baseline, "--baseline"
    else:
        path, option = settings.baseline, "baseline in pyproject.toml"
    given = read_text(inputs, path, option)
    return None if given is None else inputs.attempt(lambda: parse_baseline(given.text, given.name))
