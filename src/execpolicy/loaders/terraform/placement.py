"""The account, the region and the ids of the APIs of a plan or a state: known, or placeholders (SRC-7)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.values.placeholders import api_ids
from execpolicy.loaders.cloudformation.values.pseudo_parameters import (
    PLACEHOLDER_ACCOUNT,
    PLACEHOLDER_REGION,
    Deployment,
)
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.terraform.address import ModuleStep
from execpolicy.loaders.terraform.attribute_values import InstanceAttributes
from execpolicy.loaders.terraform.configuration import Configuration, constant_of, references_in
from execpolicy.loaders.terraform.gateway_types import REST_API, V2_API
from execpolicy.loaders.terraform.resource_types import READ
from execpolicy.loaders.terraform.sections import TerraformFile

_ACCOUNT: Final = re.compile(r"[0-9]{12}")
_REGION: Final = re.compile("[a-z]{2,}(-[a-z]+)+-[0-9]+")
_ARNS: Final = ("execution_arn", "arn")
_APIS: Final = (REST_API, V2_API)


class Placement(NamedTuple):
    """Where the resources of a file are.

    Attributes:
        deployment: the account and the region of the file, given, known or placeholders.
        regions: the regions of the APIs that are known, by address.
        api_ids: the id of each API.
        are_ids_known: whether none of these is a placeholder.
    """

    deployment: Deployment
    regions: Mapping[str, str]
    api_ids: Mapping[str, str]
    are_ids_known: bool


def placement_of(
    file: TerraformFile,
    attributes: Iterable[InstanceAttributes],
    configuration: Configuration | None,
    options: ReadOptions,
) -> Placement:
    """Where the resources of a file are.

    Raises:
        UsageError: an option says something else than the file.
    """
    read = [each for each in attributes if each.instance.type in READ and not each.instance.is_data]
    apis = [each for each in read if each.instance.type in _APIS]
    account = _account(file, read)
    regions = {
        each.instance.id: found
        for each in apis
        if (found := _region(file, each, configuration, is_given=options.region is not None)) is not None
    }
    _refuse_other("account", options.account, [account] if account is not None else [])
    _refuse_other("region", options.region, [*dict.fromkeys(regions.values())])
    ids = api_ids([each.instance.id for each in apis])
    known = {each.instance.id: found for each in apis if (found := each.known_text("id")) is not None}
    region = options.region or next(iter(regions.values()), None)
    account = options.account or account
    deployment = Deployment(
        account or PLACEHOLDER_ACCOUNT,
        region or PLACEHOLDER_REGION,
        account is not None,
        options.region is not None or (region is not None and len(regions) == len(apis)),
        options.endpoint_ids,
    )
    return Placement(
        deployment, regions, options.with_api_id(ids | known, "file"), bool(apis) and len(known) == len(apis)
    )


def _account(file: TerraformFile, read: Iterable[InstanceAttributes]) -> str | None:
    """The account of the resources of a file; a second one is reported."""
    found: str | None = None
    for each in read:
        account = next((part for name in _ARNS if (part := _part_of_arn(each, name, 4))), None)
        if account is None or _ACCOUNT.fullmatch(account) is None or account == found:
            continue
        if found is not None:
            message = f"found {each.instance.id} in the account {account}, and other resources in {found}"
            file.problems.report(each.instance.name, message, "read the accounts one by one: split the state", "SRC-4")
            break
        found = account
    return found


def _region(
    file: TerraformFile, api: InstanceAttributes, configuration: Configuration | None, *, is_given: bool
) -> str | None:
    """The region of an API: of its ARN, its attribute ``region``, or its provider.

    Args:
        file: the plan or the state.
        api: the API.
        configuration: the configuration of the plan; None for a state.
        is_given: whether the user gives the region: then none is assumed.
    """
    known = _part_of_arn(api, "execution_arn", 3) or api.known_text("region")
    if known or configuration is None:
        return known or None
    expression, modules = configuration.provider_region(api.instance.address)
    constant = constant_of(expression)
    if constant is None and not is_given:
        constant = _of_variable(file, configuration, expression, modules)
    is_region = isinstance(constant, Text) and _REGION.fullmatch(constant.value) is not None
    return constant.value if isinstance(constant, Text) and is_region else None


def _of_variable(
    file: TerraformFile, configuration: Configuration, expression: Node | None, modules: tuple[ModuleStep, ...]
) -> Node | None:
    """The value of the variable to which alone an expression refers; that it is the expression is assumed (A)."""
    while expression is not None:
        references = references_in(expression)
        name = references[0].value.removeprefix("var.") if len(references) == 1 else ""
        if not references or references[0].value != f"var.{name}":
            return None
        if not modules:
            return member(member(file.variables, name), "value")
        *above, step = modules
        modules = tuple(above)
        module = configuration.module(modules)
        call = module.calls.get(step.name) if module is not None else None
        expression = member(member(call, "expressions"), name)
        constant = constant_of(expression)
        if constant is not None:
            return constant
    return None


def _part_of_arn(attributes: InstanceAttributes, name: str, number: int) -> str:
    fields = (attributes.known_text(name) or "").split(":")
    return fields[number] if fields[0] == "arn" and len(fields) > number else ""


def _refuse_other(option: str, given: str | None, found: list[str]) -> None:
    if given is not None and any(each != given for each in found):
        message = f"found {option}={given}, but the file has resources in the {option} {listed(found, 'and')}"
        raise UsageError(message, advice=f"leave {option}= out")
