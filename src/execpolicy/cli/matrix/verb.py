"""``execpolicy matrix``: shows who can make which calls, and compares that with a saved matrix."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from typing import Any

from execpolicy.bulk.access_matrix import CellOutcome, CellResult, Matrix
from execpolicy.bulk.matrix import ANONYMOUS, matrix
from execpolicy.bulk.saved_matrix import CellDifference, CellNames, differences, parse_saved_matrix
from execpolicy.cli.context import GivenContext, read_context
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.matrix.options import COMMAND, CSV, HTML, JSON, MARKDOWN
from execpolicy.cli.only_callers import OF_API, names_callers, read_only_callers, with_short_names
from execpolicy.cli.policy_or_api import advise_on_policy
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.template import GivenApi, GivenFile, read_file, template_of
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.cli.text_file import read_text
from execpolicy.cli.working_line import working_line
from execpolicy.render.formats import DEFAULT_FORMAT
from execpolicy.template import Template


def run(arguments: argparse.Namespace) -> ExitCode:
    """Simulate the calls, and write the matrix or what differs."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    given = read_file(inputs, arguments, arguments.api, "FILE")
    advise_on_policy(inputs, "give the file of an API, in which the policy stands")
    context = read_context(inputs, arguments)
    expected = _expected(inputs, arguments)
    found = None
    if given is not None and context is not None and not inputs.faults:
        with working_line(arguments) as line:
            line.begin("the calls of all callers")
            found = _matrix(inputs, arguments, given, context)
    if found is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if expected is None:
        if not arguments.quiet:
            _write(found, arguments, colour=colour)
        return ExitCode.INDETERMINATE if found.counts()[CellOutcome.INDETERMINATE] else ExitCode.ALLOWED
    differing = differences(found, expected)
    if not arguments.quiet:
        _write_differences(found, differing, arguments, colour=colour)
    return ExitCode.DENIED if differing else ExitCode.ALLOWED


def _expected(inputs: Inputs, arguments: argparse.Namespace) -> Mapping[CellNames, CellResult] | None:
    """The saved matrix; None if there is none, or with an error."""
    text = None if arguments.expect is None else read_text(inputs, arguments.expect, "--expect")
    return None if text is None else inputs.attempt(lambda: parse_saved_matrix(text.text, text.name))


def _matrix(inputs: Inputs, arguments: argparse.Namespace, given: GivenFile, context: GivenContext) -> Matrix | None:
    template = inputs.attempt(lambda: template_of(given, arguments))
    if template is None:
        return None
    callers = inputs.attempt(lambda: _callers(inputs, arguments, given, template))
    if callers is None or inputs.faults:
        return None
    make = partial(matrix, template, callers, arguments.call or None, {"": context.context})
    # A key that no policy names is refused at its place.
    return inputs.attempt(make) if context.accepts_keys(inputs, make) else None


def _callers(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenFile, template: Template
) -> dict[str, Any] | None:
    """The callers by their names: one who does not sign, those of the file or of ``--callers``, those of ``--as``."""
    found: dict[str, Any] = {ANONYMOUS: None}
    name, api = next(iter(template.apis.items()))
    if names_callers(arguments):
        of_api = GivenApi(api, name, given.contents, given.options)
        named = read_only_callers(inputs, arguments, of_api, otherwise=OF_API)
        if named is None:
            return None
        found |= with_short_names(named)
    else:
        found |= {each: template.callers.variants(each).value_or_variants() for each in template.callers}
    return found | {each: each for each in getattr(arguments, "as")}


def _write(found: Matrix, arguments: argparse.Namespace, *, colour: bool) -> None:
    form = arguments.format or DEFAULT_FORMAT
    if form == DEFAULT_FORMAT:
        from execpolicy.render.matrix import matrix_lines

        write_lines(matrix_lines(found, width_of(sys.stdout), verbose=arguments.verbose), colour=colour)
    elif form == JSON:
        from execpolicy.render.json import data_to_json
        from execpolicy.render.matrix import matrix_data

        write(data_to_json(matrix_data(found)))
    else:
        from execpolicy.render.matrix_tables import matrix_to_csv, matrix_to_html, matrix_to_markdown

        write({CSV: matrix_to_csv, MARKDOWN: matrix_to_markdown, HTML: matrix_to_html}[form](found))


def _write_differences(
    found: Matrix, differing: tuple[CellDifference, ...], arguments: argparse.Namespace, *, colour: bool
) -> None:
    """What differs from the saved matrix, as text or JSON; in other formats the matrix itself."""
    form = arguments.format or DEFAULT_FORMAT
    if form == DEFAULT_FORMAT:
        from execpolicy.render.matrix_differences import difference_lines

        write_lines(difference_lines(found, differing, arguments.expect, width_of(sys.stdout)), colour=colour)
    else:
        _write(found, arguments, colour=colour)
