"""Writes what contradicts an invariant as a case, which can be pasted into the case file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from execpolicy.api import Api
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.authorize import authorize
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.gateway.flow.step import CallOutcome
from execpolicy.language.arn import read_resource
from execpolicy.language.principal import ANONYMOUS
from execpolicy.testing.case_file.invariant_case import InvariantCase
from execpolicy.testing.case_file.item import NO_ROUTE
from execpolicy.testing.case_file.principal_fields import principal_fields
from execpolicy.testing.result_view import is_without_route

if TYPE_CHECKING:
    from execpolicy.analysis.witness import Witness, WitnessCall
    from execpolicy.document.policy import Policy
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.language.principal import Principal

_OK = 200


def counterexample(case: InvariantCase, witness: Witness) -> dict[str, Any] | None:
    """The entry of ``cases`` that shows that an invariant does not hold; None if no case file can name its caller.

    The case expects what happens now, so it passes until the policies are changed. Its caller is a given one, or has
    policies that allow everything, as the proof takes for granted.

    Args:
        case: the invariant.
        witness: what contradicts it.
    """
    from execpolicy.analysis.permitted import permitted

    principal = witness.call.principal if witness.call is not None else _request_of(witness).caller.principal
    given = next((each for each in (case.only_callers or {}).items() if each[1].principal == principal), None)
    if given is None and principal.name_in_template is not None:
        return None
    name = {"name": f"counterexample: {case.name}"}
    if isinstance(case.subject, Api):
        assert witness.call is not None, "an API is refuted by a call"
        caller = permitted(principal) if given is None else given[1]
        return {
            **name,
            "caller": _caller(caller) if given is None else given[0],
            **_call_fields(witness.call),
            **case.subject_fields,
            "expect": _outcome(case.subject, witness.call, caller),
        }
    return {**name, **_request_fields(case, witness, case.subject)}


def _request_of(witness: Witness) -> Request:
    assert witness.request is not None, "a witness has a request or a call"
    return witness.request


def _call_fields(call: WitnessCall) -> dict[str, Any]:
    given = {name: value for name, value in call.arguments.items() if value is not None}
    # The host and the whole path of the URL lead to the stage.
    domain = given.pop("domain_name", None)
    return {
        "call": f"{call.method} {call.path}".strip(),
        **({"stage": call.stage} if domain is None else {"domain": domain}),
        **_context(call.context),
        **given,
    }


def _outcome(api: Api, call: WitnessCall, caller: Caller) -> str | int:
    """What a case expects of a call: its outcome if it gets through, else its status."""
    response = _response(api, call, caller)
    if response.outcome is not CallOutcome.DENIED:
        return "allow" if response.allowed else response.outcome.value
    if is_without_route(response):
        return NO_ROUTE
    # A refusal that is sent with the status 200 is one all the same.
    return response.status if response.status not in (None, _OK) else "deny"


def _response(api: Api, call: WitnessCall, caller: Caller) -> GatewayResponse:
    context = {key: list(values) for key, values in call.context.items()}
    at_stage = api.with_stage(call.stage)
    return at_stage.invoke(call.method, call.path, caller=caller, context=context, **call.arguments)


def _request_fields(case: InvariantCase, witness: Witness, policy: Policy) -> dict[str, Any]:
    """The fields of a request. A caller whom the policy allows has policies that allow everything, others have none."""
    from execpolicy.analysis.permitted import permitted

    request = _request_of(witness)
    who = request.caller.principal
    caller = permitted(who) if witness.after.allowed else Caller(who)
    context = request.context.values
    account = None if read_resource(request.resource).account else request.account or None
    asked = Request(
        caller=caller,
        action=request.action,
        resource=request.resource,
        context={key: list(values) for key, values in context.items()},
        resource_account=account,
    )
    return {
        "caller": _caller(caller),
        "target": dict(case.subject_fields),
        **({} if request.action == INVOKE else {"action": request.action}),
        "resource": request.resource,
        **({} if account is None else {"resource_account": account}),
        **_context(context),
        "expect": authorize(asked, Target(resource=policy)).outcome.value,
    }


def _caller(caller: Caller) -> str | dict[str, Any]:
    """The caller by its principal, with the policies that it is taken to have."""
    fields = _principal(caller.principal)
    if caller.identity:
        fields["identity"] = [policy.to_document() for policy in caller.identity]
    if caller.session:
        fields["session"] = [policy.to_document() for policy in caller.session]
    return fields["principal"] if len(fields) == 1 else fields


def _principal(principal: Principal) -> dict[str, Any]:
    return {"principal": ANONYMOUS} if principal.kind == ANONYMOUS else principal_fields(principal)


def _context(values: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    found = {key: each[0] if len(each) == 1 else list(each) for key, each in values.items() if each}
    return {"context": found} if found else {}
