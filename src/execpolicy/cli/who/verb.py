"""``execpolicy who``: shows who gets through to a method and path of an API."""

from __future__ import annotations

import argparse
import sys

from execpolicy.analysis.invariants.call_pattern import CONNECT
from execpolicy.analysis.who import who
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.only_callers import read_only_callers
from execpolicy.cli.policy_or_api import advise_on_policy
from execpolicy.cli.template import read_file, select_api
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_result
from execpolicy.cli.who.options import COMMAND
from execpolicy.cli.working_line import working_line
from execpolicy.render.access import access_data, access_lines
from execpolicy.render.formats import PrintableResult


def run(arguments: argparse.Namespace) -> ExitCode:
    """Find who gets through, and print it."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    if arguments.api is None:
        inputs.report("it is not said which API is meant", advice="give --api with its file")
    given = None if arguments.api is None else read_file(inputs, arguments, arguments.api, "--api")
    advise_on_policy(inputs, "give the file of an API; execpolicy prove takes a resource policy by itself")
    selected = None if given is None else select_api(inputs, given, any_stage=True)
    method = arguments.method if arguments.method == CONNECT else arguments.method.upper()
    path = arguments.path
    called = f"{method} {path}".strip()
    found = None
    named = None if selected is None else read_only_callers(inputs, arguments, selected)
    if selected is not None and not inputs.faults:
        api, callers = selected.api, None if named is None else named.values()
        with working_line(arguments) as line:
            line.begin(f"who gets through to {called}")
            found = inputs.attempt(
                lambda: who(api, method, path, stage=arguments.stage, callers=callers, budget=arguments.budget)
            )
    if found is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    access, stage = found, f" on {arguments.stage}" if arguments.stage else ""
    result = PrintableResult(
        lambda width: access_lines(access, f"{called}{stage}", width, verbose=arguments.verbose),
        lambda: access_data(access),
    )
    if not arguments.quiet:
        write_result(result, arguments.format, colour=colour)
    return ExitCode.INDETERMINATE if access.unknown or access.anonymous is None else ExitCode.ALLOWED
