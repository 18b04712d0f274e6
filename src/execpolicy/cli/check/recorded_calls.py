"""``execpolicy check --request``: simulates the calls that a file describes, one after the other (LOG-5)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from execpolicy._base.outline import OutlineLine
from execpolicy.cli.check.notes import next_option, notes_on_call
from execpolicy.cli.check.one_api import check_one_api
from execpolicy.cli.check.options import COMMAND
from execpolicy.cli.check.simulated_call import SimulatedCall, read_options_for_calls, simulate
from execpolicy.cli.check.words import words_for_call
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs, with_option_of_text
from execpolicy.cli.streams import write_error
from execpolicy.cli.template import GivenFile
from execpolicy.cli.terminal import write_errors, write_result
from execpolicy.cli.text_file import read_text
from execpolicy.errors import ExecPolicyError, Source
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.loaders.call_texts import ReadCalls, read_calls
from execpolicy.loaders.compared_answer import Agreement
from execpolicy.loaders.placeholders import placeholders_of
from execpolicy.render.compared_answer import compared_lines, compared_to_dict
from execpolicy.render.formats import PrintableResult
from execpolicy.render.outline import wrapped
from execpolicy.render.response import full_response_lines, response_lines
from execpolicy.render.styled_line import StyledLine, styled_line

SCHEMA_VERSION: Final = 1
#: From the best to the worst answer: a call that is denied is known to be.
_WORSE: Final = (ExitCode.ALLOWED, ExitCode.DENIED, ExitCode.INDETERMINATE, ExitCode.UNUSABLE_INPUT)


def run(arguments: argparse.Namespace, *, colour: bool) -> ExitCode:
    """Read the options and the calls, simulate each call, write the responses."""
    inputs = Inputs()
    given = read_options_for_calls(inputs, arguments)
    calls = _calls_of_file(inputs, arguments, None if given is None else given.file)
    if given is None or calls is None or inputs.faults or not check_one_api(inputs, given.file, calls.calls):
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    inputs.faults.extend(calls.faults)
    responses = (simulate(inputs, arguments, given, call) for call in calls.calls)
    answers = [answer for answer in responses if answer is not None]
    if not arguments.quiet:
        _write(answers, arguments, calls, colour=colour)
    write_errors(inputs.faults, COMMAND, arguments.color)
    codes = [ExitCode.of_response(answer.response) for answer in answers]
    return max([*codes, *([ExitCode.UNUSABLE_INPUT] * bool(inputs.faults))], key=_WORSE.index)


def _calls_of_file(inputs: Inputs, arguments: argparse.Namespace, file: GivenFile | None) -> ReadCalls | None:
    text = read_text(inputs, arguments.request, "--request")
    if text is None or file is None:
        return None
    accepts = _hosts_of(file)
    return calls_of_text(inputs, text, arguments.log_format, accepts)


def calls_of_text(
    inputs: Inputs, text: Source, log_format: str | None, accepts: Callable[[str], bool] | None = None
) -> ReadCalls | None:
    """The calls of a text; None if it cannot be read.

    Args:
        inputs: collects the errors.
        text: the text.
        log_format: the format of ``--log-format``.
        accepts: which entries of a HAR file are read, by their hosts.
    """
    try:
        return read_calls(text.text, text.name, log_format=log_format, accepts=accepts)
    except ExecPolicyError as error:
        inputs.faults.append(with_option_of_text(error.diagnostic))
        return None


def _hosts_of(given: GivenFile) -> Callable[[str], bool]:
    """Whether a host is one of the APIs of the file, of which a template may not say the ids."""
    names = set(given.contents.apis)
    domains: set[str] = set()
    ids: set[str] = set()
    any_id = False
    for name in names:
        for api in given.contents.apis[name].values:
            domains |= {domain.name.lower() for domain in api.domains}
            ids.add(api.id.lower())
            any_id = any_id or "api_id" in placeholders_of(name, api, given.contents.kind, given.options)

    def accepts(host: str) -> bool:
        own = parse_own_host(host)
        if own is not None:
            return any_id or own["api"] is None or own["api"] in ids
        return host in domains or f"*.{host.partition('.')[2]}" in domains

    return accepts


def _write(answers: list[SimulatedCall], arguments: argparse.Namespace, calls: ReadCalls, *, colour: bool) -> None:
    if calls.passed_over:
        others = ", ".join(f"{host or 'no host'} ({number})" for host, number in calls.passed_over)
        write_error(f"{COMMAND}: note: entries to other hosts are left out: {others}")
    several = len(calls.calls) + len(calls.faults) > 1
    for answer in answers:
        before = f"{answer.place}: " if several else ""
        for note in (*answer.call.notes, *notes_on_call(answer.response, arguments)):
            write_error(f"{COMMAND}: note: {before}{note}")
    if not answers:
        return
    lines = partial(_lines, answers, arguments, several=several)
    data = answers[0].response.to_dict if not several else partial(_data, answers)
    write_result(PrintableResult(lines, data), arguments.format, colour=colour)


def _data(answers: list[SimulatedCall]) -> Mapping[str, Any]:
    """The answers as plain data, by the schema ``docs/schemas/responses-1.json``."""
    found = [
        {
            "place": answer.place,
            "logged": None if answer.compared is None else compared_to_dict(answer.compared),
            "response": answer.response.to_dict(),
        }
        for answer in answers
    ]
    return {"schema_version": SCHEMA_VERSION, "answers": found}


def _compared(answer: SimulatedCall, width: int | None) -> Iterator[StyledLine]:
    """AWS's own answer, if the text has it and it is another one."""
    compared = answer.compared
    if compared is not None and compared.verdict is not Agreement.AGREES:
        yield styled_line()
        yield from compared_lines(compared, width)


def _lines(
    answers: list[SimulatedCall], arguments: argparse.Namespace, width: int | None, *, several: bool
) -> Iterator[StyledLine]:
    for number, answer in enumerate(answers):
        if number:
            yield styled_line()
        if several:
            yield from wrapped(OutlineLine(0, "heading", answer.place), width)
        response = answer.response
        if arguments.all:
            yield from full_response_lines(response, width=width)
        else:
            words = words_for_call(response, next_option(response, arguments))
            yield from response_lines(response, width=width, words=words)
        yield from _compared(answer, width)
