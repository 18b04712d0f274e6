"""The VPC endpoint of a call: a policy in a file of its own, or an endpoint of the template, by its logical id."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from execpolicy.cli.context import GivenContext
from execpolicy.cli.inputs import Inputs
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.loaders.cloudformation.values.placeholders import endpoint_id
from execpolicy.loaders.contents import TemplateContents
from execpolicy.loaders.named_parts import part_in

_KEY = "aws:SourceVpce"
_OPTION = "--vpc-endpoint"


class CalledEndpoint(NamedTuple):
    """The VPC endpoint of a call.

    Attributes:
        policy: its policy; None for the default policy.
        context: the context of the call, in which ``aws:SourceVpce`` is the id of the endpoint.
        placeholder: the id that stands for an endpoint of the template; empty for any other.
    """

    policy: Policy | Variants[Policy] | None
    context: Context
    placeholder: str = ""


def read_endpoint(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenContext, file: TemplateContents
) -> CalledEndpoint | None:
    """The endpoint that ``--vpc-endpoint`` or the context names, or None if it cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        given: the context of the call.
        file: what the file of the API describes.
    """
    named: str | None = arguments.vpc_endpoint
    entry = given.given.get(_KEY.lower())
    values = () if entry is None else entry.values
    if named is None:
        found = next((name for name in file.vpc_endpoints if set(values) & {name, endpoint_id(name)}), None)
        return CalledEndpoint(None, given.context) if found is None else _of_file(inputs, arguments, given, file, found)
    if named in file.vpc_endpoints:
        return _of_file(inputs, arguments, given, file, named)
    if file.vpc_endpoints and named.isalnum():
        message = f"found {quoted(named)} as {_OPTION}, which is no VPC endpoint of the file"
        inputs.report(message, advice=f"{did_you_mean(named, file.vpc_endpoints)}; or name a file with its policy")
        return None
    policy = inputs.policy(named, "vpc_endpoint", _OPTION)
    return None if policy is None else CalledEndpoint(policy, given.context)


def _of_file(
    inputs: Inputs, arguments: argparse.Namespace, given: GivenContext, file: TemplateContents, name: str
) -> CalledEndpoint | None:
    policy = part_in(file.vpc_endpoints, name, "VPC endpoint")
    placeholder = endpoint_id(name)
    values = {entry.key: entry.values for entry in given.given.values()}
    written = next((key for key in values if key.lower() == _KEY.lower()), _KEY)
    is_other = written in values and values[written] not in ((name,), (placeholder,))
    if is_other:  # the id that AWS has given the endpoint
        return CalledEndpoint(policy, given.context)
    values[written] = (placeholder,)
    allowed = arguments.allow_unknown_key
    context = Context(values, complete=not arguments.partial, allow_unknown=allowed)
    return CalledEndpoint(policy, context, placeholder)
