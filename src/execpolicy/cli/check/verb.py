"""``execpolicy check``: decides one request, or simulates one call to an API."""

from __future__ import annotations

import argparse
import sys

from execpolicy.cli.caller_and_target import read_caller, read_target
from execpolicy.cli.check.conflicts import refuse_conflicts
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.context import allow_key_option, read_context
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.authorize import authorize
from execpolicy.engine.decision import Decision
from execpolicy.engine.request import Request
from execpolicy.engine.unrecognized_keys import refuse_unnamed_by
from execpolicy.language.principal import Principal


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the options, decide, write the decision."""
    refuse_conflicts(arguments)
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    if arguments.api is not None:
        # A request does not need what a call to an API imports.
        from execpolicy.cli.check import api_call as check_api

        return check_api.run(arguments, colour=colour)
    inputs = Inputs()
    decision = _decide(inputs, arguments)
    if decision is None:
        write_errors(inputs.faults, COMMAND)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        # With --quiet, what writes the decision is not imported.
        from execpolicy.cli.check.write_decision import write_decision

        write_decision(decision, arguments, colour=colour)
    return ExitCode.of(decision.outcome)


def _decide(inputs: Inputs, arguments: argparse.Namespace) -> Decision | None:
    caller = read_caller(inputs, arguments, getattr(arguments, "as"))
    target = read_target(inputs, arguments)
    given = read_context(inputs, arguments)
    request = inputs.attempt(
        lambda: Request(
            # Errors of the caller and the context are reported already; this reports those of the rest.
            caller=caller or Principal.anonymous(),
            action=arguments.action or INVOKE,
            resource=arguments.on,
            context=given.context if caller and given else None,
            resource_account=arguments.resource_account,
        )
    )
    if inputs.faults or request is None or given is None:
        return None
    if not given.accepts_keys(inputs, lambda: refuse_unnamed_by(request, target, option_to_accept=allow_key_option)):
        return None
    return inputs.attempt(lambda: authorize(request, target))
