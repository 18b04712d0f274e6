"""The callers of ``--callers``: in an analysis all that there are besides anonymous ones (ANA-3)."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Mapping

from execpolicy.cli.callers_file import check_sources_are_used, place_of_apis, read_callers_file
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.options import OptionGroup, add_repeatable, add_source_of_callers
from execpolicy.cli.template import GivenApi
from execpolicy.engine.caller import Caller
from execpolicy.loaders.contents import TemplateContents
from execpolicy.loaders.named_parts import MARK, all_callers, caller_named, part_reference

#: The names of principals: ARNs, accounts and services. Each stands for a caller without policies.
_PRINCIPAL = re.compile(r"arn:.*|[0-9]{12}|[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?")


def add_only_callers(
    group: OptionGroup, which: str = "all callers that there are, besides anonymous ones (default: any)"
) -> None:
    """The option.

    Args:
        group: gets the option.
        which: which callers they are for the verb, and which there are without the option.
    """
    help_ = (
        f"{which}: the users and roles of a template, of a plan or a state of Terraform with their policies; FILE#NAME "
        "is one of them; an ARN, an account or a service is a caller without policies"
    )
    add_repeatable(group, "--callers", "FILE", help_)
    add_source_of_callers(group)


def names_callers(arguments: argparse.Namespace) -> bool:
    """Whether an option names all callers that there are, or their sources, which ``read_only_callers`` then reads."""
    return bool(arguments.callers) or arguments.terraform_source_callers is not None


#: Which callers there are without the option, where not all of them are known.
ANY_CALLER = "so that there may be any caller"
OF_API = "for the callers of the file of the API"


def read_only_callers(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenApi, *, otherwise: str = ANY_CALLER
) -> Mapping[str, Caller] | None:
    """The callers, by what ``--as`` of a command with the same API names them; None if none are given, or not usable.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        given: the API, whose account and region are those of the callers if nothing else says them.
        otherwise: which callers there are without the option, for the advice of an error.
    """
    before = len(inputs.faults)
    files: dict[str, TemplateContents | None] = {}
    found: dict[str, Caller] = {}
    for text in dict.fromkeys(arguments.callers):
        found |= _callers(inputs, arguments, given, text, files, otherwise=otherwise)
    check_sources_are_used(inputs, arguments, [each for path, each in files.items() if path != arguments.api])
    if not arguments.callers:
        return None
    return found if len(inputs.faults) == before else None


def with_short_names(callers: Mapping[str, Caller]) -> dict[str, Caller]:
    """The callers by their logical ids, without the file where no other file has the same one."""
    ids = [each.rpartition(MARK)[2] for each in callers]
    return {
        (short if ids.count(short) == 1 else name): caller
        for short, (name, caller) in zip(ids, callers.items(), strict=True)
    }


def _callers(
    inputs: Inputs,
    arguments: argparse.Namespace,
    given: GivenApi,
    text: str,
    files: dict[str, TemplateContents | None],
    *,
    otherwise: str,
) -> Mapping[str, Caller]:
    """The callers that one value of the option names; none if it cannot be used, which is reported."""
    is_file = os.path.exists(text)
    if not is_file and _PRINCIPAL.fullmatch(text):
        caller = inputs.attempt(lambda: Caller(text))
        return {} if caller is None else {text: caller}
    reference = None if is_file else part_reference(text)
    path = text if reference is None else reference.path
    is_of_api = path == arguments.api
    if path not in files:
        place = place_of_apis(given.file, given.options)
        files[path] = given.file if is_of_api else read_callers_file(inputs, arguments, path, "--callers", place)
    contents = files[path]
    if contents is None:
        return {}
    beginning = "" if is_of_api else f"{path}{MARK}"
    if reference is None:
        callers = inputs.attempt(lambda: all_callers(contents, otherwise=otherwise)) or {}
        return {f"{beginning}{name}": caller for name, caller in callers.items()}
    one = inputs.attempt(lambda: _named(contents, reference.name))
    return {} if one is None else {f"{beginning}{reference.name}": one}


def _named(contents: TemplateContents, name: str) -> Caller:
    """The caller with a logical id.

    Raises:
        UsageError: there is none, or it depends on what is not known.
    """
    found = caller_named(contents, name)
    return found if isinstance(found, Caller) else found.only(f"the caller {name}")
