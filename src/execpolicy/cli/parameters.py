"""The values of the parameters of a template, from ``--parameter`` and ``--parameters``, with their places."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.text_file import read_text
from execpolicy.errors import Diagnostic, Source, Span

_OPTION: Final = "--parameter"
_FILE: Final = "--parameters"


class GivenParameter(NamedTuple):
    """The value of a parameter, and the places of its name and of the value."""

    value: str
    source: Source
    named: Span
    span: Span
    option: str


#: By the names of the parameters.
GivenParameters = Mapping[str, GivenParameter]


def read_parameters(inputs: Inputs, arguments: argparse.Namespace) -> dict[str, GivenParameter]:
    """The values of parameters, by name: those of the file and those of the options.

    Args:
        inputs: reads the file and collects the errors.
        arguments: the parsed options.
    """
    found = {} if arguments.parameters is None else _in_file(inputs, arguments.parameters)
    for text in arguments.parameter:
        name, equals, value = text.partition("=")
        source = Source(_OPTION, text)
        if not (name and equals):
            fault = Diagnostic(f"found {text!r}, expected NAME=VALUE", source, source.span(0, len(text)))
            inputs.faults.append(fault._replace(advice=f"such as {_OPTION} Stage=prod; an empty value is NAME="))
        elif name in found:
            inputs.report(
                f"{_OPTION} gives {name}, and {found[name].option} gives it too",
                advice="give each parameter one value",
            )
        else:
            named, span = source.span(0, len(name)), source.span(len(name) + 1, len(text))
            found[name] = GivenParameter(value, source, named, span, _OPTION)
    return found


def _in_file(inputs: Inputs, path: str) -> dict[str, GivenParameter]:
    from execpolicy.document.syntax.json_or_yaml import read_any
    from execpolicy.loaders.cloudformation.values.parameter_files import parameters_from

    text = read_text(inputs, path, _FILE)
    if text is None:
        return {}

    def read() -> dict[str, GivenParameter]:
        problems, document = read_any(text.text, text.name)
        found = parameters_from(document, problems)
        problems.check()
        return {
            each.name.value: GivenParameter(
                each.value, problems.source, problems.span(each.name), problems.span(each.at), _FILE
            )
            for each in found
        }

    return inputs.attempt(read) or {}


def with_place(fault: Diagnostic, given: GivenParameters) -> Diagnostic:
    """A diagnostic about a parameter that is given, at its place; any other one as it is.

    Its source has the name ``<parameters NAME>`` and the value as its text, or ``<parameters>`` and the name.
    """
    if fault.source is None:
        return fault
    option, _, name = fault.source.name.strip("<>").partition(" ")
    found = given.get(name or fault.source.text)
    if option != "parameters" or found is None:
        return fault
    return fault._replace(source=found.source, span=found.span if name else found.named)
