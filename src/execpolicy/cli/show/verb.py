"""``execpolicy show``: prints what a file describes, or writes one of its APIs as an API file."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import Any

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.show.options import COMMAND, JSON, TEXT
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.template import GivenFile, read_file
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.errors import UsageError
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import known_api, name_of_api, only_api
from execpolicy.loaders.placeholders import placeholders_of
from execpolicy.render.file_outline import file_lines
from execpolicy.render.outline import wrapped
from execpolicy.render.styled_line import StyledLine


def run(arguments: argparse.Namespace) -> ExitCode:
    """Read the file, and print it."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    if arguments.changes and arguments.format not in (None, TEXT):
        inputs.report(
            f"--changes is written as text, and --format is {arguments.format}", advice="leave one of them out"
        )
    given = read_file(inputs, arguments, arguments.file, "FILE")
    show = _shown_changes if arguments.changes else _shown
    shown = None if given is None or inputs.faults else inputs.attempt(lambda: show(given, arguments, colour=colour))
    if shown is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    return ExitCode.ALLOWED


def _shown(given: GivenFile, arguments: argparse.Namespace, *, colour: bool) -> bool:
    form = arguments.format or TEXT
    if form == TEXT:
        write_lines(_lines(given, verbose=arguments.verbose), colour=colour)
    else:
        write(_written(_document(given), form))
    return True


def _shown_changes(given: GivenFile, arguments: argparse.Namespace, *, colour: bool) -> bool:
    from execpolicy.loaders.kinds import parse_prior
    from execpolicy.render.plan_changes import change_lines

    before = parse_prior(given.text.text, given.options, name=given.text.name)
    width = width_of(sys.stdout)
    lines = change_lines(before, given.contents)
    write_lines((part for line in lines for part in wrapped(line, width)), colour=colour)
    return True


def _lines(given: GivenFile, *, verbose: bool) -> Iterator[StyledLine]:
    contents, options = given.contents, given.options
    if options.name is not None:
        name = name_of_api(contents, options)
        contents = contents._replace(apis={name: contents.apis[name]})
    if options.stage is not None:
        contents = _at_stage(contents, options)
    placeholders = {
        name: placeholders_of(name, found.values[0], contents.kind, options) for name, found in contents.apis.items()
    }
    width = width_of(sys.stdout)
    for line in file_lines(contents, placeholders, verbose=verbose):
        yield from wrapped(line, width)


def _at_stage(contents: TemplateContents, options: ReadOptions) -> TemplateContents:
    """The same file, each API with the stage that is called; the APIs must have it."""
    found = {}
    for name in contents.apis:
        try:
            found[name] = only_api(contents, options._replace(name=name))
        except UsageError as error:
            if len(contents.apis) == 1:
                raise
            advice = f"give --api-name with the API that has the stage {options.stage}"
            raise UsageError(f"{name}: {error.message}", advice=advice) from None
    return contents._replace(apis=found)


def _document(given: GivenFile) -> dict[str, Any]:
    from execpolicy.loaders.api_file.write import api_document

    contents, options = given.contents, given.options
    name = name_of_api(contents, options)
    selected = options.stage or contents.stages.get(name)
    if selected is not None:
        return api_document(known_api(contents, options))
    # A template selects no stage of several, and nor does the file that is written.
    first = contents.apis[name].values[0].stages[0].name
    document = api_document(known_api(contents, options._replace(stage=first)))
    document.pop("stage", None)
    return document


def _written(document: dict[str, Any], form: str) -> str:
    if form == JSON:
        from execpolicy.render.json import data_to_json

        return data_to_json(document)
    from execpolicy.render.yaml import data_to_yaml

    return data_to_yaml(document)
