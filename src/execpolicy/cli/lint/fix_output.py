"""The output of the fixes of ``execpolicy lint``: what was fixed, the differences, and what was left out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from execpolicy._base.characters import printable
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.lint.fixes import Fixes
from execpolicy.cli.lint.options import COMMAND, UNSAFE
from execpolicy.cli.streams import write, write_error
from execpolicy.linter.finding import Finding
from execpolicy.render.fixes import fixed_line, unified_diff, would_fix_line


def write_diff(fixes: Fixes, left: Sequence[Finding], arguments: argparse.Namespace) -> ExitCode:
    """Write what the fixes would change; nothing else is written to standard output.

    Raises:
        OutputError: it cannot be written.
    """
    if not arguments.quiet:
        write("".join(unified_diff(each.name, each.before, each.after) for each in fixes.files))
        line = would_fix_line(fixes.number, len(fixes.files), left, unsafe=arguments.fix == UNSAFE)
        write_error(f"{COMMAND}: {line}")
    return ExitCode.DENIED if fixes.files and not arguments.exit_zero else ExitCode.ALLOWED


def summary_of_fixes(fixes: Fixes, left: Sequence[Finding], arguments: argparse.Namespace) -> str:
    """What was fixed, and what is left."""
    return fixed_line(fixes.number, len(fixes.files), left, unsafe=arguments.fix == UNSAFE)


def write_left_out(fixes: Fixes) -> None:
    """Write which fixes are not applied, and why, to standard error."""
    for finding, reason, is_internal in fixes.left_out:
        advice = "\n  this is a fault of execpolicy: please report it with the text" if is_internal else ""
        message = f"{finding.place}: the fix of {finding.rule.id} is not applied: {reason}"
        write_error(f"{printable(message)}{advice}")
