"""The callers of ``--callers``, which are all that there are besides anonymous ones (ANA-3)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from execpolicy.cli.given_values import read_given_values, with_place
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.options import OptionGroup, add_option
from execpolicy.cli.template import GivenApi, read_given_options
from execpolicy.cli.text_file import read_text
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError, Source
from execpolicy.loaders.kinds import is_known_kind, parse_contents, rules_of
from execpolicy.loaders.named_parts import all_callers
from execpolicy.loaders.other_files import purpose_of
from execpolicy.loaders.placeholders import placeholders_of


def add_only_callers(group: OptionGroup) -> None:
    """The option."""
    help_ = "a template whose users and roles are all callers that there are, besides anonymous ones (default: any)"
    add_option(group, "--callers", "FILE", help_)


def read_only_callers(inputs: Inputs, arguments: argparse.Namespace, given: GivenApi) -> Mapping[str, Caller] | None:
    """The callers by their logical ids; None if the option is not given or cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        given: the API, whose account and region are those of the callers if no option says them.
    """
    path = arguments.callers
    if path is None:
        return None
    if path == arguments.api:
        return inputs.attempt(lambda: all_callers(given.file))
    text = read_text(inputs, path, "--callers")
    values = read_given_values(inputs, arguments)
    options = read_given_options(inputs, arguments, values)
    if text is None or options is None:
        return None
    # The others are about APIs. Roles of another account than the API's would be other callers.
    unknown = placeholders_of(given.name, given.api, given.file.kind, given.options)
    of_callers = options._replace(
        stage=None,
        name=None,
        api_id=None,
        type=None,
        terraform_source=None,
        account=options.account or (None if "account" in unknown else given.api.account),
        region=options.region or (None if "region" in unknown else given.api.region),
    )
    first = len(inputs.faults)
    with reading_within(os.path.dirname(path), allow_outside=arguments.allow_outside):
        contents = inputs.attempt(lambda: parse_contents(text.text, of_callers, name=text.name, kind="cloudformation"))
    inputs.faults[first:] = [with_place(fault, values) for fault in inputs.faults[first:]]
    if contents is None:
        found = _purpose_of(text)
        if found:
            inputs.faults[first:] = []
            inputs.report(
                f"--callers: {text.name} is {found}, expected a template",
                advice="give a template with users and roles, in which their policies stand",
            )
        return None
    if contents.apis:
        inputs.report(
            f"--callers: {path} describes an API of its own, which is what its policies name",
            advice="give the file to --api too, or a file with nothing but users and roles to --callers",
        )
        return None
    return inputs.attempt(lambda: all_callers(contents))


def _purpose_of(text: Source) -> str:
    """What a text is, if it is something else than a template, such as ``a policy``; empty if nothing says it."""
    try:
        _, document = read_any(text.text, text.name, rules_of(text.text))
    except ExecPolicyError:
        return ""
    found = None if is_known_kind(document) else purpose_of(document)
    return "" if found is None else found.what
