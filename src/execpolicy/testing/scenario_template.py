"""Reads the parts of a scenario that are in a template: the API, the caller and the VPC endpoint, by logical id."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from execpolicy.api import Api
from execpolicy.arguments import with_article
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.model.variants import Variants
from execpolicy.loaders.contents import ReadOptions, TemplateContents
from execpolicy.loaders.given_options import read_options
from execpolicy.loaders.kinds import load_api, load_contents
from execpolicy.loaders.named_parts import PartReference, caller_named, part_reference, vpc_endpoint_named
from execpolicy.testing.scenario_policies import find_file, find_folder


def read_scenario_api(
    folders: Iterable[str], api: object, stage: str | None, kind: str | None, given: dict[str, Any]
) -> tuple[Api, ReadOptions]:
    """The API of a scenario, and the options for the other parts of its template.

    Args:
        folders: where files are looked for.
        api: an Api, the path of a file, or ``template.yaml#OrdersApi``.
        stage: the stage that is called.
        kind: the kind of the file.
        given: the other arguments of ``Api.load``.

    Raises:
        UsageError: ``api`` has another type, or an argument has no effect.
        ExecPolicyError: the file cannot be used, with the place.
    """
    if isinstance(api, Api):
        for name, value in (("kind", kind), *given.items()):
            if value is not None:
                raise UsageError(f"{name}= is for files, and an Api is given", advice="leave it out")
        return (api if stage is None else api.with_stage(stage)), ReadOptions()
    if not isinstance(api, (str, os.PathLike)):
        raise UsageError(f"an API is an Api or the path of an API file, found {with_article(type(api))}")
    reference = part_reference(os.fspath(api))
    if reference is not None:
        if given["name"] is not None:
            raise UsageError(f"{os.fspath(api)} names the API, and name= is given too", advice="give one of them")
        api, given = reference.path, {**given, "name": reference.name}
    options = read_options(stage=stage, **given)
    if options.terraform_source is not None:
        options = options._replace(terraform_source=find_folder(folders, options.terraform_source))
    found = Api.from_variants(load_api(find_file(folders, api), options, kind=kind))
    return found, options._replace(stage=None, name=None)


def caller_in_template(folders: Iterable[str], who: object, options: ReadOptions) -> Caller | Variants[Caller] | None:
    """The caller that ``template.yaml#PartnerRole`` names; None for anything else.

    Raises:
        ExecPolicyError: the file cannot be used, or has no such caller.
    """
    reference = part_reference(who) if isinstance(who, str) else None
    return None if reference is None else caller_named(_contents(folders, reference, options), reference.name)


def endpoint_in_template(
    folders: Iterable[str], policy: object, options: ReadOptions
) -> tuple[Policy | Variants[Policy], str] | None:
    """The policy and the logical id of the VPC endpoint that ``template.yaml#Endpoint`` names; None for anything else.

    Raises:
        ExecPolicyError: the file cannot be used, or has no such VPC endpoint.
    """
    is_document = isinstance(policy, str) and policy.lstrip().startswith("{")
    reference = part_reference(policy) if isinstance(policy, str) and not is_document else None
    if reference is None:
        return None
    return vpc_endpoint_named(_contents(folders, reference, options), reference.name), reference.name


def _contents(folders: Iterable[str], reference: PartReference, options: ReadOptions) -> TemplateContents:
    return load_contents(find_file(folders, reference.path), options)
