"""``execpolicy why``: explains a response of API Gateway, and decides whether policies deny the same call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from execpolicy._base.outline import OutlineLine
from execpolicy.cli.answer_words import IN_A_SHELL
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs, name_of
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_result
from execpolicy.cli.why.reproduce import Reproduction, is_requested, reproduce
from execpolicy.diagnose.diagnosis import SCHEMA_VERSION, Diagnosis
from execpolicy.diagnose.why import CalledApi, read_messages
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.render.formats import PrintableResult
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.text import decision_lines

COMMAND = "execpolicy why"
#: Options that say more about the API.
_OF_AN_API = (
    *("stage", "domain", "api_name", "parameter", "parameters", "account", "region", "api_id", "type", "kind"),
)
#: The name of a text from the arguments, in errors.
_ARGUMENT = "TEXT"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the options, explain the response."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    meanings = _meanings(inputs, arguments)
    run_of_policies = None
    if meanings and is_requested(arguments):
        run_of_policies = _with_policies(inputs, arguments, meanings)
    if meanings is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        _write_result(meanings, run_of_policies, arguments, colour=colour)
    return ExitCode.ALLOWED


def _meanings(inputs: Inputs, arguments: argparse.Namespace) -> tuple[Diagnosis, ...] | None:
    words, path = arguments.text, arguments.file
    api = _api(inputs, arguments)
    if bool(words) is (path is not None):
        found = "both TEXT and --file" if words else "nothing to read"
        inputs.report(f"found {found}, expected one response", advice="give its text, - for standard input, or --file")
        return None
    if inputs.faults:
        return None
    if words and words != [STANDARD_INPUT]:
        return inputs.attempt(lambda: read_messages(" ".join(words), name=_ARGUMENT, api=api))
    source = path or STANDARD_INPUT
    content = inputs.content(source, "--file" if path else _ARGUMENT)
    if content is None:
        return None
    return inputs.attempt(
        lambda: read_messages(decode(content, name_of(source)).removeprefix(BOM), name=name_of(source), api=api)
    )


def _api(inputs: Inputs, arguments: argparse.Namespace) -> CalledApi | None:
    """The API that was called; None if it is not given or cannot be read."""
    if arguments.api is None:
        for option in _OF_AN_API:
            if getattr(arguments, option) not in (None, []):
                inputs.report(
                    f"found --{option.replace('_', '-')} without --api",
                    advice="give the file of the API too: --api FILE",
                )
        return None
    from execpolicy.cli.template import read_api

    given = read_api(inputs, arguments)
    return None if given is None else CalledApi(given.api, arguments.api, arguments.domain)


def _with_policies(
    inputs: Inputs, arguments: argparse.Namespace, meanings: tuple[Diagnosis, ...]
) -> Reproduction | None:
    if len(meanings) > 1:
        inputs.report(
            f"found {len(meanings)} responses, expected one with options for policies",
            advice="give the responses one by one",
        )
        return None
    return reproduce(inputs, arguments, meanings[0])


def _write_result(
    meanings: tuple[Diagnosis, ...],
    run_of_policies: Reproduction | None,
    arguments: argparse.Namespace,
    *,
    colour: bool,
) -> None:
    result = PrintableResult(partial(_all_lines, meanings, run_of_policies), partial(_data, meanings, run_of_policies))
    write_result(result, arguments.format, colour=colour)


def _data(meanings: tuple[Diagnosis, ...], run_of_policies: Reproduction | None) -> Mapping[str, Any]:
    policies = {"policies": None if run_of_policies is None else run_of_policies.to_dict()}
    answers = [{**meaning.to_dict(), **policies} for meaning in meanings]
    return answers[0] if len(answers) == 1 else {"schema_version": SCHEMA_VERSION, "answers": answers}


def _all_lines(
    meanings: tuple[Diagnosis, ...], run_of_policies: Reproduction | None, width: int | None
) -> Iterator[StyledLine]:
    for number, meaning in enumerate(meanings, 1):
        if number > 1:
            yield styled_line()
        if len(meanings) > 1:
            yield from wrapped(OutlineLine(0, "heading", f"response {number} of {len(meanings)}"), width)
            yield styled_line()
        yield from _lines(meaning, width)
    if run_of_policies is not None:
        yield styled_line()
        yield from wrapped(OutlineLine(0, "heading", run_of_policies.text), width)
        yield styled_line()
        yield from decision_lines(run_of_policies.decision, width=width, words=IN_A_SHELL)


def _lines(meaning: Diagnosis, width: int | None) -> Iterator[StyledLine]:
    for number, line in enumerate(meaning.lines()):
        if number and line.depth == 0:
            yield styled_line()
        yield from wrapped(line, width)
