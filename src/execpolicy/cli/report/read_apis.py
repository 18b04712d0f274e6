"""The APIs of a report, and who calls them in which contexts."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from execpolicy.bulk.matrix import ANONYMOUS
from execpolicy.bulk.possible_callers import possible_callers
from execpolicy.cli.context import GivenContext, read_context
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs
from execpolicy.cli.only_callers import names_callers, read_only_callers, with_short_names
from execpolicy.cli.policy_or_api import advise_on_policy
from execpolicy.cli.template import GivenApi, GivenFile, read_file, template_of
from execpolicy.engine.caller import Caller
from execpolicy.loaders.named_parts import MARK
from execpolicy.template import Template


class ReportFile(NamedTuple):
    """A file of the report: its path, what it describes, and its APIs."""

    path: str
    given: GivenFile
    template: Template


class ReportInputs(NamedTuple):
    """What the matrix of a report is made of.

    Attributes:
        files: the files.
        callers: the callers by their names, as ``matrix`` takes them.
        unknown: for each caller whose policies are not given: the possible ones.
        contexts: the contexts by their names.
    """

    files: Sequence[ReportFile]
    callers: Mapping[str, Any]
    unknown: Mapping[str, Sequence[Caller]]
    contexts: Mapping[str, GivenContext]


def read_report_inputs(inputs: Inputs, arguments: argparse.Namespace) -> ReportInputs | None:
    """The files, callers and contexts; None if one of them cannot be used."""
    if not arguments.api:
        inputs.report("it is not said which APIs are meant", advice="give --api with their files")
    files = [_file(inputs, arguments, path) for path in dict.fromkeys(arguments.api)]
    advise_on_policy(inputs, "give the file of an API, in which the policy stands")
    contexts = _contexts(inputs, arguments)
    read = [each for each in files if each is not None]
    if not read or inputs.faults:
        return None
    callers = inputs.attempt(lambda: _callers(inputs, arguments, read))
    unknown = {} if callers is None else _without_policies(arguments, callers)
    return None if callers is None or inputs.faults else ReportInputs(read, callers, unknown, contexts)


def _file(inputs: Inputs, arguments: argparse.Namespace, path: str) -> ReportFile | None:
    if path == STANDARD_INPUT:
        inputs.report("--api: standard input has no lines that a page can name", advice="name a file")
        return None
    given = read_file(inputs, arguments, path, "--api")
    template = None if given is None else inputs.attempt(lambda: template_of(given, arguments))
    return None if given is None or template is None else ReportFile(path, given, template)


def _contexts(inputs: Inputs, arguments: argparse.Namespace) -> dict[str, GivenContext]:
    """The contexts by name: one without a name if none has one."""
    named: list[tuple[str, str]] = []
    for text in getattr(arguments, "in"):
        name, equals, path = text.partition("=")
        if not (name and equals and path) or name in dict(named):
            what = "a second context of this name" if name in dict(named) else "no name and file"
            inputs.report(f"--in: found {text!r}: {what}", advice="write --in office=office.json")
        named.append((name, path))
    found = {}
    for name, path in named or [("", "")]:
        more = argparse.Namespace(**{**vars(arguments), "context": [*arguments.context, *filter(None, [path])]})
        context = read_context(inputs, more)
        if context is not None:
            found[name] = context
    return found


def _callers(inputs: Inputs, arguments: argparse.Namespace, files: Sequence[ReportFile]) -> dict[str, Any]:
    """The callers by their names: one who does not sign, those of the files or of ``--callers``, those of ``--as``."""
    found: dict[str, Any] = {ANONYMOUS: None}
    if names_callers(arguments):
        first = files[0]
        name, api = next(iter(first.template.apis.items()))
        of_first = argparse.Namespace(**{**vars(arguments), "api": first.path})
        given = GivenApi(api, name, first.given.contents, first.given.options)
        found |= with_short_names(read_only_callers(inputs, of_first, given) or {})
    else:
        ids = [each for file in files for each in file.template.callers]
        for file in files:
            for each in file.template.callers:
                name = each if ids.count(each) == 1 else f"{file.path}{MARK}{each}"
                found[name] = file.template.callers.variants(each).value_or_variants()
    for each in dict.fromkeys(getattr(arguments, "as")):
        found[each] = Caller(each)
    return found


def _without_policies(arguments: argparse.Namespace, callers: Mapping[str, Any]) -> dict[str, Sequence[Caller]]:
    """The callers that are given by their ARN alone, each with what its policies may say of a call."""
    named = [*getattr(arguments, "as"), *(each for each in arguments.callers if not os.path.exists(each))]
    found = {name: possible_callers(callers[name].principal) for name in named if isinstance(callers.get(name), Caller)}
    return {name: possible for name, possible in found.items() if len(possible) > 1}
