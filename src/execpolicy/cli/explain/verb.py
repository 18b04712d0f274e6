"""``execpolicy explain``: the page of a rule, or the list of all rules."""

from __future__ import annotations

import argparse

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.explain.options import COMMAND
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.streams import write
from execpolicy.cli.terminal import write_errors
from execpolicy.linter.catalogue import RULES, find_rule
from execpolicy.render.rule_page import rule_page


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the page of the rule, or the list."""
    inputs = Inputs()
    if arguments.list and arguments.rule is None:
        write("".join(f"{rule.id}  {rule.severity:<16}  {rule.title}\n" for rule in RULES.values()))
        return ExitCode.ALLOWED
    if arguments.rule is None or arguments.list:
        found = "found no rule" if arguments.rule is None else "found a rule besides --list"
        inputs.report(found, advice="give the id or the name of one rule, or --list")
    else:
        rule = inputs.attempt(lambda: find_rule(arguments.rule))
        if rule is not None:
            write(rule_page(rule))
            return ExitCode.ALLOWED
    write_errors(inputs.faults, COMMAND, arguments.color)
    return ExitCode.UNUSABLE_INPUT
