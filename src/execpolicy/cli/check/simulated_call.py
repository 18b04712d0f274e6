"""One call that a text describes, simulated with what the options give besides (LOG-5)."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any, NamedTuple

from execpolicy.call import Call
from execpolicy.cli.caller_and_target import CallerPolicies, caller_with_policies, read_caller_policies
from execpolicy.cli.check.authorizer import read_answer
from execpolicy.cli.check.call import read_claims, read_headers, read_query
from execpolicy.cli.check.recorded_context import context_of_recorded, placed
from execpolicy.cli.check.template_caller import read_caller_of_file
from execpolicy.cli.check.template_endpoint import read_endpoint, with_endpoint_id
from execpolicy.cli.check.template_notes import notes_on_template
from execpolicy.cli.context import GivenContext, read_context
from execpolicy.cli.inputs import Inputs, as_option
from execpolicy.cli.template import GivenApi, GivenFile, read_file, select_api
from execpolicy.diagnose.named_api import NamedApi
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.compared_answer import ComparedAnswer, compare_answer
from execpolicy.loaders.read_call import ReadCall


class SimulatedCall(NamedTuple):
    """The response to one call, and the call."""

    call: ReadCall
    response: GatewayResponse

    @property
    def place(self) -> str:
        """Where the call stands: ``calls.log:3``, with the column if it does not begin the line."""
        text = self.call.text
        span = text.source.span(text.start, text.start)
        return f"{text.source.name}:{span.line}" + (f":{span.column}" if span.column > 1 else "")

    @property
    def compared(self) -> ComparedAnswer | None:
        """AWS's own answer beside the response; None if the text does not have it."""
        answer = self.call.answer
        return None if answer is None else compare_answer(answer, self.response)


class GivenForCalls(NamedTuple):
    """What the options give for all calls.

    Attributes:
        file: the file of the API.
        caller: the caller of ``--as``; None if it is not given.
        policies: the policies of the callers whom the calls name.
        context: the condition keys.
        answer: the Lambda authorizer, or its output.
        claims: the claims of the token.
        headers, query: headers and query parameters.
    """

    file: GivenFile
    caller: Caller | Variants[Caller] | None
    policies: CallerPolicies
    context: GivenContext
    answer: Any
    claims: Mapping[str, object] | None
    headers: Mapping[str, list[str]]
    query: Mapping[str, list[str]]


_NO_POLICIES = CallerPolicies((), None, (), ())


def read_options_for_calls(inputs: Inputs, arguments: argparse.Namespace) -> GivenForCalls | None:
    """What the options give for all calls; None if one cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options of ``execpolicy check``.
    """
    file = read_file(inputs, arguments, arguments.api, "--api")
    context = read_context(inputs, arguments)
    answer = read_answer(inputs, arguments)
    claims = None if arguments.claims is None else read_claims(inputs, arguments.claims)
    headers, query = read_headers(inputs, arguments.header), read_query(inputs, arguments.query)
    caller, policies = None, _NO_POLICIES
    if getattr(arguments, "as") is None:
        policies = read_caller_policies(inputs, arguments) or policies
    elif file is not None:
        caller = read_caller_of_file(inputs, arguments, file)
    if file is None or context is None or inputs.faults:
        return None
    return GivenForCalls(file, caller, policies, context, answer, claims, headers, query)


def simulate(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenForCalls, read: ReadCall
) -> SimulatedCall | None:
    """The answer to one call; None if it cannot be simulated, which is reported at its place.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options of ``execpolicy check``.
        given: what the options give for all calls.
        read: the call.
    """
    before = len(inputs.faults)
    read = _with_host(arguments, read)
    file_read = with_endpoint_id(arguments, given.context, given.file, host=read.host)
    file = None if file_read is None else _select(inputs, file_read, read)
    caller = _caller(inputs, arguments, given, read)
    if file is None or file_read is None or len(inputs.faults) > before:
        return None
    context = context_of_recorded(
        inputs,
        given.context,
        read,
        is_private=file.api.is_private,
        allow_unknown=tuple(arguments.allow_unknown_key),
    )
    if context is None:
        return None
    endpoint = read_endpoint(inputs, arguments, context, file.file, file.api, host=read.host)
    if endpoint is None:
        return None
    try:
        call = Call.of(read).completed(headers=given.headers or None, query=given.query or None)
        response = endpoint.response(
            lambda through: file.api.invoke(
                call,
                caller=caller,
                context=through.context,
                vpc_endpoint_policy=through.policy,
                authorizer_output=given.answer,
                claims=given.claims,
                client_certificate=arguments.client_certificate,
                limits=arguments.limits or "within",
                signature_regions=arguments.signature_region,
            )
        )
    except ExecPolicyError as error:
        fault = placed(read, error)
        inputs.faults.append(fault._replace(message=as_option(fault.message), advice=as_option(fault.advice)))
        return None
    notes = notes_on_template(file, caller, response, endpoint.placeholder)
    return SimulatedCall(read, response.with_notes(notes))


def _with_host(arguments: argparse.Namespace, read: ReadCall) -> ReadCall:
    """The call with the host of ``--domain``, if its text has none."""
    domain: str | None = arguments.domain
    return read._replace(host=domain) if read.host is None and domain is not None else read


def _select(inputs: Inputs, given: GivenFile, read: ReadCall) -> GivenApi | None:
    """The API of the call, with what the call says of it in place of placeholders."""
    named = NamedApi(read.api_id or "", read.region or "", read.account or "")
    says_stage = read.host is not None or read.stage is not None or read.path is not None
    return select_api(inputs, given, host=read.host, named=named if any(named) else None, any_stage=says_stage)


def _caller(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenForCalls, read: ReadCall
) -> Caller | Variants[Caller] | None:
    """Who signed the call, with the policies of the options: as ``--as`` says, else as the text does."""
    if given.caller is not None or read.caller_arn is None:
        return given.caller
    before = len(inputs.faults)
    caller = caller_with_policies(inputs, arguments, read.caller_arn, given.policies)
    found = inputs.faults[before:]
    line = read.written.get("caller_arn")
    if line is not None:
        inputs.faults[before:] = [
            fault._replace(source=line.source, span=line.span)
            if fault.source is not None and fault.source.text == read.caller_arn
            else fault
            for fault in found
        ]
    return caller
