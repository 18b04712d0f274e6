"""The request of a URL without an API file: the ARN of the call, and the condition keys that the call has (SRC-6)."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from execpolicy.cli.check.agreement import has_signer
from execpolicy.cli.check.given_call import GivenCall, read_given_call
from execpolicy.cli.inputs import Inputs
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.arn.execute_api_arn import ExecuteApiArn
from execpolicy.gateway.flow.routing import parse_own_host
from execpolicy.gateway.flow.vpc_endpoint import check_endpoint_context, endpoint_in_host
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.language.context import Context
from execpolicy.loaders.called_url import CalledUrl

#: Headers whose values are condition keys.
_KEYS = {"user-agent": "aws:UserAgent", "referer": "aws:Referer"}


class UrlRequest(NamedTuple):
    """The resource of a request, and the call that it is made of."""

    resource: str
    call: GivenCall
    notes: tuple[str, ...]

    def context(self, given: Context) -> Context:
        """The context with the keys that the host and the headers of the call give, where it has none.

        Raises:
            RequestError: the context contradicts the VPC endpoint that the host names.
        """
        url = self.call.url
        assert url is not None, "the request is that of a URL"
        check_endpoint_context(given, url.host.value)
        headers = {name.lower(): values[0] for name, values in (self.call.headers or {}).items()}
        keys = {key: headers.get(name) for name, key in _KEYS.items()}
        keys["aws:SourceVpce"] = endpoint_in_host(url.host.value)
        more = {key: value for key, value in keys.items() if value is not None and given.given(key.lower()) is None}
        return given.with_keys(more) if more else given


def read_url_request(inputs: Inputs, arguments: argparse.Namespace) -> UrlRequest | None:
    """The request that a URL or a curl command makes, or None if it cannot be read."""
    call = read_given_call(inputs, arguments)
    if call is None or call.url is None or not has_signer(inputs, arguments, call):
        return None
    url = call.url
    own = parse_own_host(url.host.value.lower())
    if own is None or own["api"] is None:
        what = "the host of a VPC endpoint" if own is not None else "a custom domain"
        message = f"found {url.host.value}, {what}: which API and stage it leads to is not known"
        advice = "give the file of the API with --api, or the ARN of the call with --on"
        inputs.faults.append(url.host.error(message, advice, "GW-28").diagnostic)
        return None
    if arguments.resource_account is None:
        advice = "give --resource-account, the 12 digits of the account that owns the API, or --api FILE"
        inputs.report("the account that owns the API is not known: a URL does not have it", advice=advice)
        return None
    call = call if url.is_websocket else call.in_upper_case()
    found = _stage_and_path(inputs, arguments.stage, url)
    if found is None:
        return None
    stage, path = found
    try:
        resource = str(
            ExecuteApiArn.build(
                region=own["region"],
                account=arguments.resource_account,
                api_id=own["api"],
                stage=stage,
                **({"route_key": call.method} if url.is_websocket else {"method": call.method, "path": path}),
            )
        )
    except ExecPolicyError as error:
        place = url.host if error.source is not None and "region" in error.source.name else url.written_path
        inputs.faults.append(place.error(error.message, error.advice, error.rule).diagnostic)
        return None
    return UrlRequest(resource, call, (*call.notes, *_notes(arguments, stage)))


def _stage_and_path(inputs: Inputs, given: str | None, url: CalledUrl) -> tuple[str, str] | None:
    """The stage is the first segment of the path; with ``--stage $default`` the path has none."""
    if given == DEFAULT_STAGE:
        return DEFAULT_STAGE, url.path
    stage, _, rest = url.path[1:].partition("/")
    if not stage:
        advice = "write the stage into the URL; for the stage $default of an HTTP API, give --stage '$default'"
        place = url.written_path if url.written_path.value else url.host
        inputs.faults.append(place.error("found a URL without a stage", advice, "GW-28").diagnostic)
        return None
    if given not in (None, stage):
        message = f"the URL has the stage {stage}, and --stage is {given}"
        advice = "leave --stage out; only $default is not in a URL"
        inputs.faults.append(url.written_path.error(message, advice, "GW-28").diagnostic)
        return None
    return stage, f"/{rest}"


def _notes(arguments: argparse.Namespace, stage: str) -> list[str]:
    taken = "" if arguments.stage is not None else f", and {stage}, the first part of the path, is taken as the stage"
    return [f"without --api no route, authorizer or API key is considered{taken}"]
