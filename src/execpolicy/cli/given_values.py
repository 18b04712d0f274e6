"""The values of parameters and conditions of a template that the options give, with their places."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Final, NamedTuple

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.text_file import read_text
from execpolicy.errors import Diagnostic, Source, Span

_PARAMETER: Final = "--parameter"
_PARAMETERS: Final = "--parameters"
_CONDITION: Final = "--condition"
_TRUTHS: Final = {"true": True, "false": False}


class GivenParameter(NamedTuple):
    """The value of a parameter, and the places of its name and of the value."""

    value: str
    source: Source
    named: Span
    span: Span
    option: str


class GivenCondition(NamedTuple):
    """Whether a condition is true, and the place of its name."""

    is_true: bool
    source: Source
    named: Span


class GivenValues(NamedTuple):
    """What the options give for the parameters and the conditions of a template, by their names."""

    parameters: Mapping[str, GivenParameter]
    conditions: Mapping[str, GivenCondition]


def read_given_values(inputs: Inputs, arguments: argparse.Namespace) -> GivenValues:
    """The values that ``--parameter``, ``--parameters`` and ``--condition`` give.

    Args:
        inputs: reads the file of parameters and collects the errors.
        arguments: the parsed options.
    """
    return GivenValues(_parameters(inputs, arguments), _conditions(inputs, arguments))


def _parameters(inputs: Inputs, arguments: argparse.Namespace) -> dict[str, GivenParameter]:
    found = {} if arguments.parameters is None else _in_file(inputs, arguments.parameters)
    for text in arguments.parameter:
        name, equals, value = text.partition("=")
        source = Source(_PARAMETER, text)
        if not (name and equals):
            fault = Diagnostic(f"found {text!r}, expected NAME=VALUE", source, source.span(0, len(text)))
            inputs.faults.append(fault._replace(advice=f"such as {_PARAMETER} Stage=prod; an empty value is NAME="))
        elif name in found:
            inputs.report(
                f"{_PARAMETER} gives {name}, and {found[name].option} gives it too",
                advice="give each parameter one value",
            )
        else:
            named, span = source.span(0, len(name)), source.span(len(name) + 1, len(text))
            found[name] = GivenParameter(value, source, named, span, _PARAMETER)
    return found


def _in_file(inputs: Inputs, path: str) -> dict[str, GivenParameter]:
    from execpolicy.document.syntax.json_or_yaml import read_any
    from execpolicy.loaders.cloudformation.values.parameter_files import parameters_from

    text = read_text(inputs, path, _PARAMETERS)
    if text is None:
        return {}

    def read() -> dict[str, GivenParameter]:
        problems, document = read_any(text.text, text.name)
        found = parameters_from(document, problems)
        problems.check()
        return {
            each.name.value: GivenParameter(
                each.value, problems.source, problems.span(each.name), problems.span(each.at), _PARAMETERS
            )
            for each in found
        }

    return inputs.attempt(read) or {}


def _conditions(inputs: Inputs, arguments: argparse.Namespace) -> dict[str, GivenCondition]:
    found: dict[str, GivenCondition] = {}
    for text in arguments.condition:
        name, _, truth = text.partition("=")
        source = Source(_CONDITION, text)
        if not name or truth not in _TRUTHS:
            fault = Diagnostic(f"found {text!r}, expected NAME=true or NAME=false", source, source.span(0, len(text)))
            inputs.faults.append(fault._replace(advice=f"such as {_CONDITION} IsProd=true"))
        elif name in found:
            inputs.report(f"{_CONDITION} gives {name} twice", advice="give each condition once")
        else:
            found[name] = GivenCondition(_TRUTHS[truth], source, source.span(0, len(name)))
    return found


def with_place(fault: Diagnostic, given: GivenValues) -> Diagnostic:
    """A diagnostic about a value that is given, at its place; any other one as it is.

    Its source has the name ``<parameters NAME>`` and the value as its text; or it has the name ``<parameters>`` or
    ``<conditions>``, and as its text the name of what the template does not have.
    """
    if fault.source is None:
        return fault
    option, _, name = fault.source.name.strip("<>").partition(" ")
    if option == "conditions" and fault.source.text in given.conditions:
        condition = given.conditions[fault.source.text]
        return fault._replace(source=condition.source, span=condition.named)
    parameter = given.parameters.get(name or fault.source.text) if option == "parameters" else None
    if parameter is None:
        return fault
    return fault._replace(source=parameter.source, span=parameter.span if name else parameter.named)
