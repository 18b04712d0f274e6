"""``execpolicy why``: explains a response of API Gateway, and decides whether policies deny the same call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy._base.outline import OutlineLine
from execpolicy.cli.answer_words import IN_A_SHELL
from execpolicy.cli.check.options import FACTS_OF_A_CALL
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs, name_of
from execpolicy.cli.options import TEMPLATE_OPTIONS
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_result
from execpolicy.cli.why.reproduce import Reproduction, is_requested, reproduce
from execpolicy.diagnose.diagnosis import SCHEMA_VERSION, Diagnosis
from execpolicy.diagnose.named_api import named_api
from execpolicy.diagnose.why import CalledApi, read_messages
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.errors import Source
from execpolicy.loaders.contents import ReadOptions
from execpolicy.render.formats import PrintableResult
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine, styled_line
from execpolicy.render.text import decision_lines

if TYPE_CHECKING:
    from execpolicy.cli.template import GivenFile
    from execpolicy.cli.why.logged_calls import LoggedCallAnswer

COMMAND = "execpolicy why"
#: Options that say more about the API.
_OF_AN_API = ("stage", "domain", *TEMPLATE_OPTIONS)
#: The name of a text from the arguments, in errors.
_ARGUMENT = "TEXT"


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the options, explain the response."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    given = _given_text(inputs, arguments)
    if given is not None and arguments.log_format is None:
        _refuse_broken_line(inputs, given)
    logged = [] if given is None or inputs.faults else _logged(inputs, arguments, given)
    if given is not None and not logged and not inputs.faults:
        _refuse_facts_of_no_call(inputs, arguments)
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    meanings: tuple[Diagnosis, ...] | None = ()
    if len(logged) > 1:
        logged = _with_meanings(inputs, arguments, logged)
    else:
        meanings = _meanings(inputs, arguments, _messages_of(inputs, given), may_be_none=bool(logged))
    run_of_policies = None
    if meanings and not logged and is_requested(arguments):
        run_of_policies = _with_policies(inputs, arguments, meanings)
    if meanings is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        explained = _Explained(meanings, run_of_policies, logged)
        result = PrintableResult(explained.lines, explained.to_dict)
        write_result(result, arguments.format, colour=colour)
    return ExitCode.ALLOWED


def _refuse_broken_line(inputs: Inputs, given: _GivenText) -> None:
    """Report a line of a log that is broken: what it says could not be read, so it is no response either."""
    if given.text.lstrip().startswith("{"):
        from execpolicy.cli.why.broken_line import broken_log_line

        fault = broken_log_line(Source(given.name, given.text))
        inputs.faults.extend([] if fault is None else [fault])


def _logged(inputs: Inputs, arguments: argparse.Namespace, given: _GivenText) -> list[LoggedCallAnswer]:
    """The answers of the API to the calls of a log, if the text is a log and the API is given."""
    if arguments.api is None:
        if arguments.log_format is not None:
            inputs.report("found --log-format without --api", advice="give the file of the API too: --api FILE")
        return []
    from execpolicy.cli.why.logged_calls import answers_to_logged_calls

    return answers_to_logged_calls(inputs, arguments, Source(given.name, given.text))


def _refuse_facts_of_no_call(inputs: Inputs, arguments: argparse.Namespace) -> None:
    """Report options about the call of a log, where no call is simulated."""
    given = next((name for name in FACTS_OF_A_CALL if getattr(arguments, name)), None)
    if given is None:
        return
    option = f"--{given.replace('_', '-')}"
    if arguments.api is None:
        inputs.report(f"found {option} without --api", advice="give the file of the API too: --api FILE")
    else:
        message = f"found {option}, and the text is no log line or event of a call that is simulated"
        inputs.report(message, advice=f"omit {option}, or simulate the call: execpolicy check --api FILE METHOD PATH")


def _with_meanings(
    inputs: Inputs, arguments: argparse.Namespace, logged: list[LoggedCallAnswer]
) -> list[LoggedCallAnswer]:
    """The calls, each with what its response means; a call that got through has no such meaning."""
    from execpolicy.cli.template import read_file

    file = read_file(inputs, arguments, arguments.api, "--api")
    found: list[LoggedCallAnswer] = []
    for each in logged:
        given = _GivenText(each.text, _ARGUMENT) if each.text else None
        meanings = _meanings(inputs, arguments, given, file, may_be_none=True)
        found.append(each._replace(meaning=meanings[0] if meanings else None))
    return found


def _meanings(
    inputs: Inputs,
    arguments: argparse.Namespace,
    given: _GivenText | None,
    file: GivenFile | None = None,
    *,
    may_be_none: bool,
) -> tuple[Diagnosis, ...] | None:
    """What the responses mean; none if the text is a log of calls that got through."""
    api = _api(inputs, arguments, "" if given is None else given.text, file)
    if given is None or inputs.faults:
        return None
    before = len(inputs.faults)
    meanings = inputs.attempt(
        lambda: read_messages(given.text, name=given.name, api=None if api is None else api.called)
    )
    if meanings is None and may_be_none:
        del inputs.faults[before:]
        return ()
    return meanings if api is None or meanings is None else tuple(map(api.with_options, meanings))


class _GivenText(NamedTuple):
    """The response that is given, and its name in errors."""

    text: str
    name: str


def _given_text(inputs: Inputs, arguments: argparse.Namespace) -> _GivenText | None:
    """The response of the arguments or of a file, or None if it cannot be used."""
    words, path = arguments.text, arguments.file
    if bool(words) is (path is not None):
        found = "both TEXT and --file" if words else "nothing to read"
        inputs.report(f"found {found}, expected one response", advice="give its text, - for standard input, or --file")
        return None
    if words and words != [STANDARD_INPUT]:
        return _GivenText(" ".join(words), _ARGUMENT)
    source = path or STANDARD_INPUT
    content = inputs.content(source, "--file" if path else _ARGUMENT)
    if content is None:
        return None
    text = inputs.attempt(lambda: decode(content, name_of(source)).removeprefix(BOM))
    return None if text is None else _GivenText(text, name_of(source))


def _messages_of(inputs: Inputs, given: _GivenText | None) -> _GivenText | None:
    """The lines of a log in a text of CloudWatch Logs; any other text as it is."""
    if given is None or not given.text.strip():
        return given
    from execpolicy.loaders.cloudwatch_logs.messages import log_messages
    from execpolicy.loaders.written_text import WrittenText

    found = inputs.attempt(lambda: log_messages(WrittenText.whole(given.text.strip(), given.name)) or ())
    if found is None:
        return None
    return given._replace(text="\n".join(each.value for each in found)) if found else given


class _AnsweringApi(NamedTuple):
    """The API that sent the response, and the options by which its file was read."""

    called: CalledApi
    options: ReadOptions

    def with_options(self, meaning: Diagnosis) -> Diagnosis:
        """The meaning with these options in the command that simulates the call."""
        if not meaning.reproduce:
            return meaning
        return meaning.changed(reproduce=(*meaning.reproduce, *_as_options(self.options)))


def _as_options(options: ReadOptions) -> Iterator[str]:
    """The words of the options that say what a file does not say."""
    values = (("--api-name", options.name), ("--account", options.account), ("--region", options.region))
    for option, value in (
        *values,
        ("--api-id", options.api_id),
        ("--type", options.type),
        ("--terraform-source", options.terraform_source),
    ):
        if value is not None:
            yield from (option, value)
    for name, value in options.parameters.items():
        yield from ("--parameter", f"{name}={value}")
    for name, truth in options.conditions.items():
        yield from ("--condition", f"{name}={str(truth).lower()}")


def _api(
    inputs: Inputs, arguments: argparse.Namespace, text: str, file: GivenFile | None = None
) -> _AnsweringApi | None:
    """The API that sent the response; None if it is not given or cannot be read.

    ``file`` is its file, if it was read before.
    """
    if arguments.api is None:
        for option in _OF_AN_API:
            if getattr(arguments, option) not in (None, []):
                inputs.report(
                    f"found --{option.replace('_', '-')} without --api",
                    advice="give the file of the API too: --api FILE",
                )
        return None
    from execpolicy.cli.template import api_that_answered, read_file

    file = read_file(inputs, arguments, arguments.api, "--api") if file is None else file
    given = None if file is None else api_that_answered(inputs, file, named_api(text))
    if given is None:
        return None
    return _AnsweringApi(CalledApi(given.api, arguments.api, arguments.domain), given.options)


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


class _Explained(NamedTuple):
    """What the responses mean, what the policies decide, and what the simulated calls of a log answer."""

    meanings: tuple[Diagnosis, ...]
    run_of_policies: Reproduction | None
    logged: list[LoggedCallAnswer]

    def to_dict(self) -> Mapping[str, Any]:
        """The same as plain data."""
        policies = {"policies": None if self.run_of_policies is None else self.run_of_policies.to_dict()}
        answers: list[Mapping[str, Any]] = [{**meaning.to_dict(), **policies} for meaning in self.meanings]
        logged = self.logged
        if len(logged) == len(answers) == 1:
            answers, logged = [{**answers[0], "logged": logged[0].to_dict()}], []
        for each in logged:
            if each.meaning is not None:
                answers.append({**each.meaning.to_dict(), **policies, "logged": each.to_dict()})
        if len(answers) == 1 and not logged:
            return answers[0]
        others = [each.to_dict() for each in logged if each.meaning is None]
        more = {"logged": others} if others else {}
        return {"schema_version": SCHEMA_VERSION, "answers": answers, **more}

    def lines(self, width: int | None) -> Iterator[StyledLine]:
        """The same as text."""
        for number, meaning in enumerate(self.meanings, 1):
            if number > 1:
                yield styled_line()
            if len(self.meanings) > 1:
                yield from wrapped(OutlineLine(0, "heading", f"response {number} of {len(self.meanings)}"), width)
                yield styled_line()
            yield from _lines(meaning, width)
        for number, each in enumerate(self.logged, 1):
            if self.meanings or number > 1:
                yield styled_line()
            if len(self.logged) > 1:
                yield from wrapped(OutlineLine(0, "heading", f"call {number} of {len(self.logged)}"), width)
            if each.meaning is not None:
                yield from _lines(each.meaning, width)
                yield styled_line()
            yield from each.lines(width)
        if self.run_of_policies is not None:
            yield styled_line()
            yield from wrapped(OutlineLine(0, "heading", self.run_of_policies.text), width)
            yield styled_line()
            yield from decision_lines(self.run_of_policies.decision, width=width, words=IN_A_SHELL)


def _lines(meaning: Diagnosis, width: int | None) -> Iterator[StyledLine]:
    for number, line in enumerate(meaning.lines()):
        if number and line.depth == 0:
            yield styled_line()
        yield from wrapped(line, width)
