"""What a call itself says: condition keys for policies, context variables for authorizers (KEY-3, AUT-4)."""

from __future__ import annotations

from typing import Any

from execpolicy.gateway.authorizers.identity_sources import Call
from execpolicy.gateway.flow.call_arn import domain_arn
from execpolicy.gateway.flow.gates import Flow
from execpolicy.gateway.flow.vpc_endpoint import endpoint_named_by, of_endpoint
from execpolicy.language.context import Context
from execpolicy.language.context_keys import TIME_KEYS


def condition_context(flow: Flow) -> Context:
    """What the call itself tells of the condition keys, beside what was given (KEY-3, KEY-6, GW-19, GW-20)."""
    given, name = flow.given.context, flow.given.domain_name
    if not flow.call.headers and flow.given.now is None and name is None:
        return given
    told: dict[str, Any] = {
        "aws:UserAgent": next(iter(flow.call.header("user-agent")), None),
        "aws:Referer": next(iter(flow.call.header("referer")), None),
        "aws:CurrentTime": None if flow.given.now is None else str(flow.given.now),
        "aws:SourceVpce": None if name is None else endpoint_named_by(name),
    }
    if flow.domain is not None and flow.domain.is_private:
        told["execute-api:viaDomainArn"] = domain_arn(flow.api, flow.domain)
    clocks = any(given.given(key) for key in TIME_KEYS)
    more = {
        key: value
        for key, value in told.items()
        if value is not None and given.get(key) is None and not (clocks and key == "aws:CurrentTime")
    }
    return given.adding(more) if more else given


def call_in_context(flow: Flow) -> Call:
    """The call with what the condition keys and the host that it used tell of it."""
    context = flow.found_situation.context
    values = {name: given[0] for name, given in context.values.items() if len(given) == 1}
    return flow.call._replace(context={**values, **_of_host(flow)}, complete=context.complete)


def _of_host(flow: Flow) -> dict[str, str]:
    """The context variables that follow from the host of the call; none where no host is told (AUT-5).

    The host is that of the Host header where the call came by an endpoint's own host, or where only the header tells
    it. The path is the whole path of the URL, with the stage or the base path.
    """
    told = flow.given.domain_name
    header = [sent.partition(":")[0] for sent in flow.call.header("host")]
    host = header[-1] if header and (told is None or of_endpoint(told.lower())) else told
    if host is None:
        return {}
    found = {"domainName": host, "domainPrefix": host.partition(".")[0]}
    return found if told is None else {**found, "path": flow.arrived.path or "/"}
