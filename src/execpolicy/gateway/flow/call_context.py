"""What follows from a call itself: condition keys for policies, context variables for authorizers (KEY-3, AUT-4)."""

from __future__ import annotations

from typing import Any

from execpolicy.gateway.authorizers.incoming_call import IncomingCall, SentHeaders, values_by_lower_name
from execpolicy.gateway.flow.call_arn import domain_arn
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.vpc_endpoint import endpoint_in_host, is_endpoint_host
from execpolicy.language.context import Context
from execpolicy.language.context_keys import TIME_KEYS


def condition_context(state: CallState, *, via_domain: bool = True) -> Context:
    """The given condition keys, and those that follow from the call itself (KEY-3, KEY-6, GW-19, GW-20).

    Without ``via_domain``, the private domain of the call does not follow.
    """
    given, name = state.arguments.context, state.arguments.domain_name
    headers = state.call.headers
    if name is None and state.arguments.now is None:
        by_name = headers.by_name if type(headers) is SentHeaders else values_by_lower_name(headers)
        if "user-agent" not in by_name and "referer" not in by_name:
            return given
    derived: dict[str, Any] = {
        "aws:UserAgent": next(iter(state.call.header("user-agent")), None),
        "aws:Referer": next(iter(state.call.header("referer")), None),
        "aws:CurrentTime": None if state.arguments.now is None else str(state.arguments.now),
        "aws:SourceVpce": None if name is None else endpoint_in_host(name),
    }
    if via_domain and state.domain is not None and state.domain.is_private:
        derived["execute-api:viaDomainArn"] = domain_arn(state.api, state.domain)
    clocks = any(given.given(key) for key in TIME_KEYS)
    more = {
        key: value
        for key, value in derived.items()
        if value is not None and given.get(key) is None and not (clocks and key == "aws:CurrentTime")
    }
    return given.with_keys(more) if more else given


def call_in_context(state: CallState) -> IncomingCall:
    """The call with the context variables that follow from condition keys and from its host."""
    context = state.policy_checks.context
    values = {name: given[0] for name, given in context.values.items() if len(given) == 1}
    return state.call._replace(context={**values, **_of_host(state)}, complete=context.complete)


def _of_host(state: CallState) -> dict[str, str]:
    """The context variables that follow from the host of the call; none if the host is not given (AUT-5).

    The Host header is used if the call uses the host of a VPC endpoint, or if ``domain_name`` is not given. The path is
    the whole path of the URL, with the stage or the base path.
    """
    name = state.arguments.domain_name
    header = state.call.hosts()
    host = header[-1] if header and (name is None or is_endpoint_host(name.lower())) else name
    if host is None:
        return {}
    found = {"domainName": host, "domainPrefix": host.partition(".")[0]}
    return found if name is None else {**found, "path": state.received.path or "/"}
