"""Whether a call that is given by a URL agrees with the other options and with the file of the API (SRC-6)."""

from __future__ import annotations

import argparse

from execpolicy.cli.check.given_call import GivenCall
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.incoming_call import NOT_GIVEN, IncomingCall
from execpolicy.gateway.flow.routing import NoDestination, destination_of
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.loaders.called_url import CalledUrl


def agrees_with(inputs: Inputs, arguments: argparse.Namespace, call: GivenCall, api: ApiDefinition) -> bool:
    """Whether the options say the same as the URL of a call; what they contradict is reported.

    Args:
        inputs: collects the errors.
        arguments: the parsed options.
        call: the call, which may be given by METHOD and PATH.
        api: the API that is called.
    """
    before = len(inputs.faults)
    if not has_signer(inputs, arguments, call):
        return False
    url = call.url
    if url is None:
        return True
    host = url.host.value
    if arguments.domain is not None and arguments.domain.lower() != host.lower():
        error = url.host.error(
            f"the host of the URL is {host}, and --domain is {arguments.domain}", "leave --domain out"
        )
        inputs.faults.append(error.diagnostic)
    if url.is_websocket and api.type is not ApiType.WEBSOCKET:
        error = url.host.error(f"wss calls a WebSocket API, and {api.id} is of type {api.type}", "write https://")
        inputs.faults.append(error.diagnostic)
    if arguments.stage is not None:
        _check_stage(inputs, arguments.stage, url, api, call)
    return len(inputs.faults) == before


def has_signer(inputs: Inputs, arguments: argparse.Namespace, call: GivenCall) -> bool:
    """Whether the caller of a signed call is given; it is reported if not."""
    if call.signed_by is None or getattr(arguments, "as") is not None:
        return True
    message = f"{call.signed_by} signs the call, and --as does not say who calls"
    inputs.report(message, advice="give --as ARN, the user or role session that has the access key")
    return False


def _check_stage(inputs: Inputs, stage: str, url: CalledUrl, api: ApiDefinition, call: GivenCall) -> None:
    """Report a stage that is not the one that the URL leads to."""
    headers = NOT_GIVEN if call.headers is None else call.headers
    try:
        found = destination_of(api, url.path, url.host.value, IncomingCall(call.method, url.path, headers))
    except RequestError:
        return  # the call itself reports it, at its place
    place = url.written_path if url.written_path.value else url.host
    if isinstance(found, NoDestination):
        message = f"the URL leads to no stage, and --stage is {stage}: {found.reason}"
    elif found.stage.name != stage:
        message = f"the URL leads to the stage {found.stage.name}, and --stage is {stage}"
    else:
        return
    inputs.faults.append(place.error(message, "leave --stage out, or write that stage into the URL").diagnostic)
