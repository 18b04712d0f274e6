"""The Lambda authorizer of a call: its output in a file, its function to run, or the event that it gets."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from execpolicy.cli.check.call import read_output
from execpolicy.cli.check.options import TWO_OUTPUTS
from execpolicy.cli.inputs import Inputs
from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.errors import Diagnostic, ExecPolicyError, Source
from execpolicy.gateway.authorizers.function_errors import FunctionNotRunError
from execpolicy.gateway.flow.response import GatewayResponse

if TYPE_CHECKING:
    from execpolicy.handler.local_handler import LocalHandler

_OPTION = "--authorizer"


def read_answer(inputs: Inputs, arguments: argparse.Namespace) -> LocalHandler | NodeInSource | str | None:
    """What ``Api.invoke`` gets as the output of the authorizer: a function to run, or what a file has."""
    if arguments.authorizer is not None and arguments.authorizer_output is not None:
        inputs.report(TWO_OUTPUTS, advice="omit one of them")
        return None
    if arguments.authorizer is not None:
        return _handler(inputs, arguments.authorizer)
    output = arguments.authorizer_output
    return None if output is None else read_output(inputs, output)


def _handler(inputs: Inputs, text: str) -> LocalHandler | None:
    # Only a call with a function to run imports what starts a process.
    from execpolicy.handler.local_handler import LocalHandler
    from execpolicy.handler.reference import HandlerReference

    try:
        return LocalHandler(HandlerReference.parse(text))
    except ExecPolicyError as error:
        source = Source(_OPTION, text)
        inputs.faults.append(Diagnostic(error.message, source, source.span(0, len(text)), advice=error.advice))
        return None


class EventRecorder:
    """Stands in for the function of a call, and keeps the event that the function would get.

    Attributes:
        event: the event; None if the call does not reach the function.
    """

    def __init__(self) -> None:
        self.event: Mapping[str, Any] | None = None

    def __call__(self, event: Mapping[str, Any], _: object) -> NoReturn:
        self.event = event
        raise FunctionNotRunError("the event is recorded, and no function is run")

    def text(self) -> str:
        """The event as JSON."""
        return json.dumps(self.event, indent=2) + "\n"


def report_no_event(inputs: Inputs, response: GatewayResponse) -> None:
    """Report that a call does not reach a function, with the gate that is the reason."""
    step = response.steps[-1]
    ended = "is answered without it" if response.allowed else "is refused before it"
    inputs.report(
        f"--show-event: no Lambda authorizer is called; the call {ended}: {step.number}. {step.gate}: {step.detail}",
        advice="call a route that has one, with its identity sources: --header, --query or --context",
    )
