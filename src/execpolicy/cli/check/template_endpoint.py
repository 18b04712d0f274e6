"""The VPC endpoint of a call: a policy in a file of its own, or an endpoint of the template, by its logical id."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final, NamedTuple

from execpolicy.cli.check.notes import CALLED_ENDPOINT
from execpolicy.cli.context import ContextEntry, GivenContext
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.template import GivenFile
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import Diagnostic
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.flow.several_answers import one_response
from execpolicy.gateway.flow.step import CallOutcome, UnknownValue
from execpolicy.gateway.flow.vpc_endpoint import endpoint_in_host
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.loaders.cloudformation.values.placeholders import endpoint_id, vpc_id
from execpolicy.loaders.contents import TemplateContents
from execpolicy.loaders.named_parts import part_in

_KEY: Final = "aws:SourceVpce"
_VPC: Final = "aws:SourceVpc"
_OPTION: Final = "--vpc-endpoint"


class EndpointOfCall(NamedTuple):
    """A VPC endpoint through which a call may come: its policy, None for the default one, and the context then."""

    policy: Policy | Variants[Policy] | None
    context: Context


class CalledEndpoint(NamedTuple):
    """The VPC endpoint of a call.

    Attributes:
        policy: its policy; None for the default policy.
        context: the context of the call, in which ``aws:SourceVpce`` is the id of the endpoint.
        placeholder: the id that stands for an endpoint of the template; empty for any other.
        others: the endpoints of the template, if it is not known whether the call comes through one of them.
    """

    policy: Policy | Variants[Policy] | None
    context: Context
    placeholder: str = ""
    others: tuple[EndpointOfCall, ...] = ()

    def response(self, invoke: Callable[[EndpointOfCall], GatewayResponse]) -> GatewayResponse:
        """The response to a call that comes through the endpoint; an answer that others do not share is not known.

        Args:
            invoke: makes the call through one endpoint.
        """
        first = invoke(EndpointOfCall(self.policy, self.context))
        if first.outcome is not CallOutcome.ALLOWED:
            return first  # the policy of an endpoint grants nothing (EVL-7)
        answers = [invoke(each) for each in self.others]
        refused = [each for each in answers if each.outcome is not CallOutcome.ALLOWED]
        return one_response([first, *refused], [UnknownValue(CALLED_ENDPOINT)]) if refused else first


class _Given(NamedTuple):
    """What is given of the endpoint of a call.

    Attributes:
        context: the context of the call.
        in_host: the id of the endpoint in the host that is called; None if there is none.
        accepted: context keys that are not in the catalogue, and are accepted.
    """

    context: GivenContext
    in_host: str | None
    accepted: tuple[str, ...]

    @property
    def entry(self) -> ContextEntry | None:
        """The context key with the id of the endpoint."""
        return self.context.given.get(_KEY.lower())

    @property
    def ids(self) -> tuple[str, ...]:
        """The logical ids and ids that the context and the host give."""
        found = () if self.entry is None else self.entry.values
        return found if self.in_host is None else (*found, self.in_host)

    def named(self, file: TemplateContents) -> str | None:
        """The endpoint of the file that the context or the host names."""
        return next((name for name in file.vpc_endpoints if {*self.ids} & {name, endpoint_id(name)}), None)

    def through(self, name: str) -> Context:
        """The context of a call through an endpoint of the file; an id that AWS has given it stays."""
        placeholder, entry = endpoint_id(name), self.entry
        has_id = entry is not None and entry.values not in ((name,), (placeholder,))
        if has_id or (entry is None and self.in_host is not None):
            return self.context.context
        written = _KEY if entry is None else entry.key
        values = {each.key: each.values for each in self.context.given.values()}
        values[written] = (placeholder,)
        return Context(values, complete=self.context.context.complete, allow_unknown=self.accepted)


def read_endpoint(
    inputs: Inputs,
    arguments: argparse.Namespace,
    context: GivenContext,
    file: TemplateContents,
    api: ApiDefinition,
    *,
    host: str | None = None,
) -> CalledEndpoint | None:
    """The endpoint that ``--vpc-endpoint``, the context or the host names, or None if it cannot be used.

    Args:
        inputs: reads the files and collects the errors.
        arguments: the parsed options.
        context: the context of the call.
        file: what the file of the API describes.
        api: the API that is called.
        host: the host that is called, if the call names one.
    """
    given = _Given(context, None if host is None else endpoint_in_host(host), tuple(arguments.allow_unknown_key))
    named: str | None = arguments.vpc_endpoint
    found = given.named(file)
    if found is not None and named not in (None, found):
        _report_two(inputs, given, str(named), found)
        return None
    if found is None and named in file.vpc_endpoints:
        found = named
    if found is not None:
        return None if _names_no_vpc(inputs, context, file) else _of_file(given, file, found)
    if _names_no_endpoint(inputs, given, file, named) or _names_no_vpc(inputs, context, file):
        return None
    if named is None:
        return CalledEndpoint(None, context.context, others=_others(given, file) if api.is_private else ())
    policy = inputs.policy(named, "vpc_endpoint", _OPTION)
    return None if policy is None else CalledEndpoint(policy, context.context)


def with_endpoint_id(
    arguments: argparse.Namespace, context: GivenContext, file: GivenFile, *, host: str | None
) -> GivenFile | None:
    """The file, read with the id that the context or the host gives to the endpoint of ``--vpc-endpoint``.

    Its policies name the endpoint by ``Ref``, and have that id then in place of the placeholder. None if the file
    cannot be read with it.
    """
    named: str | None = arguments.vpc_endpoint
    given = _Given(context, None if host is None else endpoint_in_host(host), ())
    if named is None or named not in file.contents.vpc_endpoints:
        return file
    if given.named(file.contents) is not None or len(given.ids) != 1:
        return file
    return file.read_again(file.options._replace(endpoint_ids={named: given.ids[0]}))


def _names_no_endpoint(inputs: Inputs, given: _Given, file: TemplateContents, named: str | None) -> bool:
    """Report a word that is neither a logical id of the file, nor the id of an endpoint or a file with a policy."""
    if not file.vpc_endpoints:
        return False
    if named is not None and named.isalnum():
        message = f"found {quoted(named)} as {_OPTION}, which is no VPC endpoint of the file"
        inputs.report(message, advice=f"{did_you_mean(named, file.vpc_endpoints)}; or name a file with its policy")
        return True
    entry = given.entry
    wrong = next((value for value in entry.values if value.isalnum()), None) if entry is not None else None
    if entry is None or wrong is None:
        return False
    message = f"found {quoted(wrong)} as {_KEY}, which is no VPC endpoint of the file"
    advice = f"{did_you_mean(wrong, file.vpc_endpoints)}; or give the id of an endpoint, such as vpce-0123456789abcdef0"
    inputs.faults.append(Diagnostic(message, entry.source, entry.span, advice=advice))
    return True


def _names_no_vpc(inputs: Inputs, context: GivenContext, file: TemplateContents) -> bool:
    """Report a logical id in place of the id of a VPC: a Deny of the template for the VPC would not see it."""
    entry = context.given.get(_VPC.lower())
    wrong = next((value for value in entry.values if value.isalnum()), None) if entry is not None else None
    if entry is None or wrong is None or not file.vpc_endpoints:
        return False
    message = f"found {quoted(wrong)} as {_VPC}, expected the id of a VPC"
    advice = f"a VPC {wrong} of the template has the id {vpc_id(wrong)} there"
    inputs.faults.append(Diagnostic(message, entry.source, entry.span, advice=advice))
    return True


def _report_two(inputs: Inputs, given: _Given, named: str, found: str) -> None:
    """Report two endpoints of one call: the policy of one would be evaluated with the id of the other."""
    advice, entry = "a call comes through one endpoint: leave one of them out", given.entry
    if entry is None or not {*entry.values} & {found, endpoint_id(found)}:
        inputs.report(f"{_OPTION} is {named}, and the host names the endpoint {found}", advice=advice)
        return
    message = f"{_OPTION} is {named}, and {_KEY} is the endpoint {found}"
    inputs.faults.append(Diagnostic(message, entry.source, entry.span, advice=advice))


def _others(given: _Given, file: TemplateContents) -> tuple[EndpointOfCall, ...]:
    """The endpoints of a file through which a call may come that names none of them."""
    return tuple(
        EndpointOfCall(policy, given.through(name))
        for name, policies in file.vpc_endpoints.items()
        for policy in policies.values
    )


def _of_file(given: _Given, file: TemplateContents, name: str) -> CalledEndpoint:
    policy = part_in(file.vpc_endpoints, name, "VPC endpoint")
    context, placeholder = given.through(name), endpoint_id(name)
    is_real = context is given.context.context and placeholder not in given.ids
    return CalledEndpoint(policy, context, "" if is_real else placeholder)
