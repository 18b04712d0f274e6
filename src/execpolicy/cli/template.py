"""The file of ``--api`` and what is given besides it: parameters, what AWS assigns, and the name of the API."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from execpolicy.api import Api
from execpolicy.cli.given_values import GivenValues, read_given_values, with_place
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.text_file import read_text
from execpolicy.diagnose.named_api import NamedApi
from execpolicy.document.project import reading_within
from execpolicy.errors import Source
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.given_options import read_options
from execpolicy.loaders.kinds import name_of_api, only_api, parse_contents

if TYPE_CHECKING:
    from execpolicy.template import Template


class GivenFile(NamedTuple):
    """What a file describes, what is given besides it, how to read it with other options, and its text."""

    contents: TemplateContents
    options: ReadOptions
    read: Callable[[ReadOptions], TemplateContents | None]
    text: Source

    def read_again(self, options: ReadOptions) -> GivenFile | None:
        """The same file with other options; None if it cannot be read with them."""
        contents = self.read(options)
        return None if contents is None else GivenFile(contents, options, self.read, self.text)


class GivenApi(NamedTuple):
    """The API that is called, with the file that describes it.

    Attributes:
        api: the API.
        name: its name in the file.
        file: what the file describes.
        options: what is given besides the file.
    """

    api: Api
    name: str
    file: TemplateContents
    options: ReadOptions


def read_file(inputs: Inputs, arguments: argparse.Namespace, path: str, option: str) -> GivenFile | None:
    """What a file describes, or None if it or an option cannot be used. Files that it names are inside its project.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options, with those of ``add_template_options`` and ``add_allow_outside``.
        path: the file.
        option: what gives the path, such as ``--api``.
    """
    text = read_text(inputs, path, option)
    before = len(inputs.faults)
    given = read_given_values(inputs, arguments)
    options = read_given_options(inputs, arguments, given)
    if text is None or options is None or len(inputs.faults) > before:
        return None

    known: list[tuple[ReadOptions, TemplateContents]] = []

    def read(with_options: ReadOptions) -> TemplateContents | None:
        again = next((contents for options, contents in known if options == with_options), None)
        if again is not None:
            return again
        first = len(inputs.faults)
        with reading_within(os.path.dirname(path), allow_outside=arguments.allow_outside):
            found = inputs.attempt(lambda: parse_contents(text.text, with_options, name=text.name, kind=arguments.kind))
        inputs.faults[first:] = [with_place(fault, given) for fault in inputs.faults[first:]]
        if found is not None:
            # The calls of a log name one API: a file is read again with few options.
            known[:] = [*known[-3:], (with_options, found)]
        return found

    contents = read(options)
    return None if contents is None else GivenFile(contents, options, read, text)


def template_of(given: GivenFile, arguments: argparse.Namespace) -> Template:
    """What a file describes, with the API of ``--api-name`` only if it is given.

    Raises ExecPolicyError: there is no such API, or no such stage.
    """
    from execpolicy.template import Template

    contents, options = given.contents, given.options
    if not contents.apis or arguments.api_name is not None:
        name = name_of_api(contents, options)
        contents = contents._replace(apis={name: contents.apis[name]})
    if arguments.stage is not None:
        # An API that has no such stage is an error.
        found = {name: only_api(contents, options._replace(name=name)) for name in contents.apis}
        contents = contents._replace(apis=found)
    return Template(contents, stage=arguments.stage)


def api_that_answered(inputs: Inputs, given: GivenFile, named: NamedApi | None) -> GivenApi | None:
    """The API of ``--api`` that sent a response, or None if it or an option cannot be used.

    The response names its stage: the first stage is selected if ``--stage`` is not given.

    Args:
        inputs: collects the errors.
        given: the file of ``--api``.
        named: what the response says of the API, in place of what a template does not say.
    """
    contents, options = given.contents, given.options
    name = inputs.attempt(lambda: name_of_api(contents, options))
    if name is None:
        return None
    answered: GivenFile | None = given
    if named is not None:
        if "*" in named.account and "account" in _placeholders(given, name):
            inputs.report(
                f"the response is about an API of the account {named.account}, and the file does not say its account",
                advice="give --account with all 12 digits",
            )
            return None
        answered = _deployed_as(given, name, named)
    return None if answered is None else _selected(inputs, answered, name, any_stage=True)


def select_api(
    inputs: Inputs,
    given: GivenFile,
    *,
    host: str | None = None,
    named: NamedApi | None = None,
    any_stage: bool = False,
) -> GivenApi | None:
    """The API that the options name, or the only one of a file; None if there is no such API, or no such stage.

    Args:
        inputs: collects the errors.
        given: the file.
        host: the host that a URL calls, if the call is given by one. It selects the stage, and gives the id and the
            region that a template does not say.
        named: what else the call says of the API that a template does not say.
        any_stage: whether all stages are meant, so that any one can be selected.
    """
    name = inputs.attempt(lambda: name_of_api(given.contents, given.options))
    if name is None:
        return None
    called = given if host is None else _deployed_at(given, name, host)
    if called is not None and named is not None:
        called = _deployed_as(called, name, named)
    return None if called is None else _selected(inputs, called, name, any_stage=any_stage or host is not None)


def _selected(inputs: Inputs, given: GivenFile, name: str, *, any_stage: bool) -> GivenApi | None:
    """The API with the stage that is given, else with the only one, or with the first if any will do."""
    contents, options = given.contents, given.options
    selecting = options
    if any_stage and options.stage is None and name not in contents.stages:
        selecting = options._replace(stage=contents.apis[name].values[0].stages[0].name)
    variants = inputs.attempt(lambda: only_api(contents, selecting))
    return None if variants is None else GivenApi(Api.from_variants(variants), name, contents, options)


def _deployed_at(given: GivenFile, name: str, host: str) -> GivenFile | None:
    """The file, read with the id and the region in the host of a URL in place of placeholders."""
    from execpolicy.gateway.flow.routing import parse_own_host

    own = parse_own_host(host.lower())
    return given if own is None else _deployed_as(given, name, NamedApi(own["api"] or "", own["region"]))


def _deployed_as(given: GivenFile, name: str, named: NamedApi) -> GivenFile | None:
    """The file, read with what is known of the API in place of placeholders."""
    placeholders, options = _placeholders(given, name), given.options
    called = options._replace(
        api_id=(named.id or options.api_id) if "api_id" in placeholders else options.api_id,
        region=(named.region or options.region) if "region" in placeholders else options.region,
        account=(named.account or options.account) if "account" in placeholders else options.account,
    )
    return given if called == options else given.read_again(called)


def _placeholders(given: GivenFile, name: str) -> tuple[str, ...]:
    """The options that would replace a placeholder of an API."""
    from execpolicy.loaders.placeholders import placeholders_of

    return placeholders_of(name, given.contents.apis[name].values[0], given.contents.kind, given.options)


def read_given_options(inputs: Inputs, arguments: argparse.Namespace, given: GivenValues) -> ReadOptions | None:
    """What is given besides a file, or None if an option cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        given: the values of parameters and conditions.
    """
    before = len(inputs.faults)
    options = inputs.attempt(
        lambda: read_options(
            stage=getattr(arguments, "stage", None),
            name=getattr(arguments, "api_name", None),
            parameters={name: each.value for name, each in given.parameters.items()},
            conditions={name: each.is_true for name, each in given.conditions.items()},
            account=arguments.account,
            region=arguments.region,
            api_id=arguments.api_id,
            type=arguments.type,
            terraform_source=arguments.terraform_source,
        )
    )
    return None if len(inputs.faults) > before else options
