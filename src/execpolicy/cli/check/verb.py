"""``execpolicy check``: decides one request, or simulates one call to an API."""

from __future__ import annotations

import argparse
import sys
from functools import partial

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.caller_and_target import read_caller, read_target
from execpolicy.cli.check.conflicts import refuse_conflicts, url_argument
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.context import allow_key_option, read_context
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.paths_parser import is_url
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.authorize import authorize
from execpolicy.engine.decision import Decision
from execpolicy.engine.request import Request
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.cli.check.suggesting import Suggesting
    from execpolicy.cli.check.url_request import UrlRequest
    from execpolicy.engine.caller import Target


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the options, decide, write the decision."""
    refuse_conflicts(arguments)
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    if arguments.request is not None:
        from execpolicy.cli.check import recorded_calls

        return recorded_calls.run(arguments, colour=colour)
    if arguments.api is not None:
        # A request does not need what a call to an API imports.
        from execpolicy.cli.check import api_call as check_api

        return check_api.run(arguments, colour=colour)
    inputs = Inputs()
    url_request = _url_request(inputs, arguments)
    decision = _decide(inputs, arguments, url_request)
    if decision is None:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    suggesting = _suggesting(inputs, arguments, decision)
    if not arguments.quiet:
        # With --quiet, what writes the decision is not imported.
        from execpolicy.cli.check.write_decision import write_decision

        notes = () if url_request is None else url_request.notes
        write_decision(decision, arguments, notes, suggesting, colour=colour)
    exit_code = ExitCode.of(decision.outcome)
    return exit_code if suggesting is None else suggesting.write_chosen(exit_code)


def _suggesting(inputs: Inputs, arguments: argparse.Namespace, decision: Decision) -> Suggesting | None:
    if not arguments.suggest:
        return None
    from execpolicy.cli.check.suggesting import Suggesting

    return Suggesting(decision, arguments, inputs)


def _url_request(inputs: Inputs, arguments: argparse.Namespace) -> UrlRequest | None:
    """The request of a URL or a curl command; None if neither is given, or if it cannot be read."""
    if arguments.curl is None and url_argument(arguments) is None:
        return None
    from execpolicy.cli.check.url_request import read_url_request

    return read_url_request(inputs, arguments)


def _report_misplaced_method(inputs: Inputs, resource: str) -> None:
    if "/" in resource and resource.split("/", 2)[1].isupper():
        from execpolicy.cli.check.slips import misplaced_method

        fault = misplaced_method(resource)
        if fault is not None:
            inputs.faults.append(fault)


def _refuse_unnamed_keys(request: Request, target: Target) -> None:
    # Few requests have keys that the catalogue does not have.
    from execpolicy.engine.unrecognized_keys import refuse_unnamed_by

    refuse_unnamed_by(request, target, option_to_accept=allow_key_option)


def _decide(inputs: Inputs, arguments: argparse.Namespace, url_request: UrlRequest | None) -> Decision | None:
    caller = read_caller(inputs, arguments, getattr(arguments, "as"))
    target = read_target(inputs, arguments)
    given = read_context(inputs, arguments)
    context, resource = None if given is None else given.context, None if is_url(arguments.on) else arguments.on
    if url_request is not None:
        resource = url_request.resource
        context = None if context is None else inputs.attempt(partial(url_request.context, context))
    if resource is None:
        return None
    _report_misplaced_method(inputs, resource)
    request = inputs.attempt(
        lambda: Request(
            # Errors of the caller and the context are reported already; this reports those of the rest.
            caller=caller or Principal.anonymous(),
            action=arguments.action or INVOKE,
            resource=resource,
            context=context if caller else None,
            resource_account=arguments.resource_account,
        )
    )
    if inputs.faults or request is None or given is None:
        return None
    if not given.accepts_keys(inputs, partial(_refuse_unnamed_keys, request, target)):
        return None
    return inputs.attempt(lambda: authorize(request, target))
