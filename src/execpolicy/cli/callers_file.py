"""Files whose users and roles are callers: a template, or a plan or a state of Terraform."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from typing import NamedTuple

from execpolicy.cli.given_values import read_given_values, with_place
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.options import SOURCE_OF_CALLERS
from execpolicy.cli.template import read_given_options
from execpolicy.cli.text_file import read_text
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node
from execpolicy.errors import ExecPolicyError, Source
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.kinds import is_known_kind, kind_of, parse_contents, rules_of
from execpolicy.loaders.other_files import purpose_of
from execpolicy.loaders.placeholders import placeholders_of

#: The kind of a file whose content does not say it.
_TEMPLATE = "cloudformation"
_TERRAFORM = "terraform"


class ApiPlace(NamedTuple):
    """The account and the region of an API, where they are no placeholders."""

    account: str | None
    region: str | None


def place_of_apis(contents: TemplateContents, options: ReadOptions) -> ApiPlace:
    """The account and the region of the APIs of a file."""
    name, variants = next(iter(contents.apis.items()))
    api = variants.values[0]
    unknown = placeholders_of(name, api, contents.kind, options)
    return ApiPlace(
        None if "account" in unknown else api.account,
        None if "region" in unknown else api.region,
    )


def read_callers_file(
    inputs: Inputs, arguments: argparse.Namespace, path: str, option: str, place: ApiPlace
) -> TemplateContents | None:
    """What a file of callers describes; None if it cannot be read, or describes an API too.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        path: the file.
        option: what names it, such as ``--callers``.
        place: where the API is, and its callers are too if nothing else says it: roles of another account would be
            other callers.
    """
    text = read_text(inputs, path, option)
    values = read_given_values(inputs, arguments)
    options = read_given_options(inputs, arguments, values)
    if text is None or options is None:
        return None
    first = len(inputs.faults)
    document = _document_of(text)
    kind = kind_of(document).name if document is not None and is_known_kind(document) else _TEMPLATE
    source: str | None = arguments.terraform_source_callers if kind == _TERRAFORM else None
    options_of_file = options._replace(
        stage=None,
        name=None,
        api_id=None,
        type=None,
        terraform_source=source,
        source_option=f"{SOURCE_OF_CALLERS} DIR",
    )
    there = options_of_file._replace(
        account=options.account or place.account,
        region=options.region or place.region,
    )

    def read(with_options: ReadOptions) -> TemplateContents | None:
        return inputs.attempt(lambda: parse_contents(text.text, with_options, name=text.name, kind=kind))

    with reading_within(os.path.dirname(path), allow_outside=arguments.allow_outside):
        contents = read(there)
        # A plan or a state may say another account or region itself: its callers are from there.
        others = (there._replace(account=options.account), options_of_file) if kind == _TERRAFORM else ()
        for each in others:
            if contents is None:
                kept, inputs.faults[first:] = inputs.faults[first:], []
                contents = read(each)
                inputs.faults[first:] = kept if contents is None else []
    inputs.faults[first:] = [with_place(fault, values) for fault in inputs.faults[first:]]
    if contents is None:
        found = None if document is None or is_known_kind(document) else purpose_of(document)
        if found is not None:
            inputs.faults[first:] = []
            inputs.report(
                f"{option}: {text.name} is {found.what}, expected a template",
                advice="give a template with users and roles, in which their policies stand",
            )
        return None
    if contents.apis:
        inputs.report(
            f"{option}: {path} describes an API of its own, which is what its policies name",
            advice=f"give the file to --api too, or a file with nothing but users and roles to {option}",
        )
        return None
    return contents


def check_sources_are_used(
    inputs: Inputs, arguments: argparse.Namespace, files: Iterable[TemplateContents | None]
) -> None:
    """Report sources of callers that no file of callers is a plan or a state of.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        files: what the files of callers describe; None for one that could not be read.
    """
    if arguments.terraform_source_callers is not None and all(
        each is not None and each.kind != _TERRAFORM for each in files
    ):
        inputs.report(
            f"found {SOURCE_OF_CALLERS} without a plan or a state of Terraform that describes callers",
            advice="leave it out, or give the file with the callers; --terraform-source is for the file of the API",
        )


def _document_of(text: Source) -> Node | None:
    """The document of a text; None if it is neither JSON nor YAML."""
    try:
        _, document = read_any(text.text, text.name, rules_of(text.text))
    except ExecPolicyError:
        return None
    return document
