"""``execpolicy check --api``: simulates one call to an API."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.api import Api
from execpolicy.cli.caller_and_target import read_caller
from execpolicy.cli.check.agreement import agrees_with
from execpolicy.cli.check.authorizer import EventRecorder, read_answer, report_no_event
from execpolicy.cli.check.call import read_claims
from execpolicy.cli.check.given_call import GivenCall, read_given_call
from execpolicy.cli.check.notes import next_option, notes_on_call
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.check.template_caller import read_caller_of_file, reads_like_a_principal
from execpolicy.cli.check.template_endpoint import read_endpoint, with_endpoint_id
from execpolicy.cli.check.template_notes import notes_on_template, stand_ins_of
from execpolicy.cli.check.words import words_for_call
from execpolicy.cli.context import allow_key_option, read_context
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.streams import write, write_error
from execpolicy.cli.template import GivenFile, read_file, select_api
from execpolicy.cli.terminal import write_errors, write_result
from execpolicy.engine.caller import Caller
from execpolicy.engine.explain.answer_outline import AnswerWords
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.unrecognized_keys import refuse_unrecognized_keys
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.variants import Variants
from execpolicy.render.formats import PrintableResult
from execpolicy.render.response import full_response_lines, response_lines
from execpolicy.render.styled_line import StyledLine, styled_line

if TYPE_CHECKING:
    from execpolicy.cli.check.suggesting import Suggesting


class _AnsweredCall(NamedTuple):
    """A call with its response, and the texts in it that only stand for what the file does not say."""

    call: GivenCall
    response: GatewayResponse
    stand_ins: tuple[str, ...]


def run(arguments: argparse.Namespace, *, colour: bool) -> ExitCode:
    """Read the options, simulate the call, write the response; or write the event of the authorizer."""
    inputs = Inputs()
    recorder = EventRecorder() if arguments.show_event else None
    answered = _respond(inputs, arguments, recorder)
    if recorder is not None:
        if recorder.event is not None:
            write(recorder.text())
            return ExitCode.ALLOWED
        if answered is not None:
            report_no_event(inputs, answered.response)
    if answered is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    suggesting = _suggesting(inputs, arguments, answered.response, answered.stand_ins) if arguments.suggest else None
    if not arguments.quiet:
        _write_response(answered, arguments, suggesting, colour=colour)
    exit_code = ExitCode.of_response(answered.response)
    return exit_code if suggesting is None else suggesting.write_chosen(exit_code)


def _suggesting(
    inputs: Inputs, arguments: argparse.Namespace, response: GatewayResponse, stand_ins: Iterable[str]
) -> Suggesting:
    from execpolicy.cli.check.suggesting import Suggesting

    def again(changed: Inputs) -> bool:
        answered = _respond(changed, arguments)
        return answered is not None and not changed.faults and answered.response.allowed

    # The function of an authorizer is not run a second time.
    return Suggesting(response, arguments, inputs, stand_ins, None if arguments.authorizer is not None else again)


def _respond(
    inputs: Inputs, arguments: argparse.Namespace, recorder: EventRecorder | None = None
) -> _AnsweredCall | None:
    given_file = read_file(inputs, arguments, arguments.api, "--api")
    given = read_context(inputs, arguments)
    call = read_given_call(inputs, arguments)
    host = None if call is None or call.url is None else call.url.host.value
    called = host if host is not None else arguments.domain
    if given_file is not None and given is not None:
        given_file = with_endpoint_id(arguments, given, given_file, host=called)
    caller = _caller(inputs, arguments, given_file)
    file = None if given_file is None else select_api(inputs, given_file, host=host)
    endpoint = None
    if given is not None and file is not None:
        endpoint = read_endpoint(inputs, arguments, given, file.file, file.api, host=called)
    answer = recorder or read_answer(inputs, arguments)
    claims = None if arguments.claims is None else read_claims(inputs, arguments.claims)
    if call is None or file is None or given is None or endpoint is None or inputs.faults:
        return None
    api = file.api
    if not (_has_path(inputs, api, call) and agrees_with(inputs, arguments, call, api)):
        return None
    call = call if api.type is ApiType.WEBSOCKET else call.in_upper_case()
    accepted = given.accepts_keys(
        inputs,
        lambda: refuse_unrecognized_keys(
            api,
            endpoint.context,
            caller=caller,
            vpc_endpoint_policy=endpoint.policy,
            authorizer_output=answer,
            cache=None,
            option_to_accept=allow_key_option,
        ),
    )
    if not accepted:
        return None
    try:
        response = endpoint.response(
            lambda through: api.invoke(
                call.method,
                call.path or "",
                caller=caller,
                headers=call.headers,
                query=call.query,
                context=through.context,
                vpc_endpoint_policy=through.policy,
                domain_name=called,
                authorizer_output=answer,
                claims=claims,
                client_certificate=arguments.client_certificate,
                limits=arguments.limits or "within",
                signature_regions=arguments.signature_region,
            )
        )
    except ExecPolicyError as error:
        inputs.faults.extend(call.faults(error))
        return None
    notes = notes_on_template(file, caller, response, endpoint.placeholder)
    return _AnsweredCall(call, response.with_notes(notes), stand_ins_of(file, endpoint.placeholder))


def _caller(inputs: Inputs, arguments: argparse.Namespace, file: GivenFile | None) -> Caller | Variants[Caller] | None:
    """The caller that signed the call; None if it is not signed, or cannot be used."""
    principal: str | None = getattr(arguments, "as")
    if principal is None:
        return None
    if file is None:
        # Without the file its callers are not known.
        return read_caller(inputs, arguments, principal) if reads_like_a_principal(principal) else None
    return read_caller_of_file(inputs, arguments, file)


def _has_path(inputs: Inputs, api: Api, call: GivenCall) -> bool:
    """Whether the call has a path, which only calls to a WebSocket API do not need."""
    if call.path is not None or api.type is ApiType.WEBSOCKET:
        return True
    inputs.report("found a METHOD without a PATH", advice="give the path after the stage too: GET /orders")
    return False


def _write_response(
    answered: _AnsweredCall, arguments: argparse.Namespace, suggesting: Suggesting | None, *, colour: bool
) -> None:
    call, response, _ = answered
    for note in (*call.notes, *notes_on_call(response, arguments)):
        write_error(f"{COMMAND}: note: {note}")
    words = words_for_call(response, next_option(response, arguments))
    result = PrintableResult(partial(_lines, response, words, everything=arguments.all), response.to_dict)
    result = result if suggesting is None else suggesting.with_suggestions(result)
    write_result(result, arguments.format, colour=colour)


def _lines(
    response: GatewayResponse, words: AnswerWords, width: int | None, *, everything: bool
) -> Iterator[StyledLine]:
    if not everything:
        yield from response_lines(response, width=width, words=words)
        return
    yield from full_response_lines(response, width=width)
    if words.decide:
        yield styled_line()
        yield styled_line(("advice", f"to decide it, give {words.decide}"))
    if words.next_step:
        yield styled_line()
        yield styled_line(("advice", words.next_step))
