"""Gates of private APIs: the policies of VPC endpoints and of private custom domains (GW-18, GW-19, GW-20)."""

from __future__ import annotations

from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.layers import Layer
from execpolicy.errors import UsageError
from execpolicy.gateway.authorizers.output import compiled_policy
from execpolicy.gateway.flow.call_arn import domain_arn
from execpolicy.gateway.flow.call_context import condition_context
from execpolicy.gateway.flow.call_state import CallState
from execpolicy.gateway.flow.outcomes import alone
from execpolicy.gateway.flow.policy_checks import PolicyChecks
from execpolicy.gateway.flow.refusals import Refusal, denied, not_allowed
from execpolicy.gateway.flow.signature import refuse_signature
from execpolicy.gateway.model.names import AuthType

#: Bound once: reading a member of an enumeration takes longer than passing some gates.
_NONE = AuthType.NONE
_AWS_IAM = AuthType.AWS_IAM


def check_vpc_endpoint(state: CallState) -> Refusal | None:
    """3. A private API needs a resource policy, and the policy of the endpoint allows the signer (GW-18, GW-19)."""
    api, policy = state.api, state.arguments.vpc_endpoint_policy
    if not api.is_private:
        if policy is not None:
            raise UsageError(
                f"{api.id} is {api.endpoint}: VPC endpoint policies do not apply to it",
                advice="a call through an endpoint gives aws:SourceVpce, and reaches private APIs alone",
                rule="GW-19",
            )
        return None
    refused = refuse_signature(state, "3")
    if refused is not None:
        return refused
    if api.resource_policy is None:
        signed = state.arguments.caller if api.auth_of(state.found_route) is _AWS_IAM else None
        refusal = not_allowed(api.type, signed, state.arn)
        return state.refused("3", "private API", refusal, "without a resource policy every call is denied", "GW-19")
    if policy is None:
        state.passed(
            "3", "VPC endpoint", "the endpoint has the default policy, which allows everything", "EVL-7", "GW-19"
        )
        return None
    layers = {Layer.VPC_ENDPOINT: compiled_policy(policy)}
    for arn, what in _endpoint_arns(state):
        refused = _check_policy(state, "3", layers, arn=arn, detail=f"the endpoint's policy for {what}")
        if refused is not None:
            return refused
    return None


def _endpoint_arns(state: CallState) -> list[tuple[str, str]]:
    """The policy of the endpoint has to allow the API, and the private domain of the call (GW-20)."""
    arns = [(state.arn, "the API")]
    if state.domain is not None and state.domain.is_private:
        arns.append((domain_arn(state.api, state.domain), "the private domain"))
    return arns


def check_private_domain(state: CallState) -> Refusal | None:
    """4. The endpoint is associated with the domain, whose policy denies by default (GW-20)."""
    domain = state.domain
    if domain is None or not domain.is_private:
        return None
    arn = domain_arn(state.api, domain)
    endpoint = state.policy_checks.context.get("aws:SourceVpce")
    listed = ", ".join(domain.associated_endpoints)
    if endpoint is None:
        refusal = not_allowed(state.api.type, state.arguments.caller, arn)
        detail = f"aws:SourceVpce is not known; the domain is associated with {listed}"
        state.unknown("4", "private domain", refusal, detail, "GW-20", keys=("aws:SourceVpce",))
    elif endpoint[:1] not in [(each,) for each in domain.associated_endpoints]:
        found = ", ".join(endpoint) or "none"
        detail = f"the call came through the endpoint {found}, the domain is associated with {listed}"
        return state.refused(
            "4", "private domain", not_allowed(state.api.type, state.arguments.caller, arn), detail, "GW-20"
        )
    if domain.policy is None:
        refusal = not_allowed(state.api.type, state.arguments.caller, arn)
        detail = "without a policy the domain denies every call"
        return state.refused("4", "private domain", refusal, detail, "GW-20", assumed=("GW-20",))
    layers = {Layer.DOMAIN_NAME: compiled_policy(domain.policy)}
    return _check_policy(state, "4", layers, arn=arn, detail="the domain's policy")


def _check_policy(
    state: CallState, number: str, layers: dict[Layer, CompiledPolicies], *, arn: str, detail: str
) -> Refusal | None:
    """Policies that receive the signer; by one reading they must allow an anonymous call too (GW-18)."""
    (layer,) = layers
    gate = "VPC endpoint" if layer is Layer.VPC_ENDPOINT else "private domain"
    checks, signer = _checks_for(state, arn), state.arguments.caller
    views = [signer]
    if endpoint_may_see_two(state) and state.api.readings.endpoint_identity == "both":
        views.append(None)
    for view in views:
        decision = checks.seen_as(view, layers, alone(layer), arn=arn)
        seen = (
            detail if len(views) == 1 else f"{detail}, to which the caller is {decision.request.caller.principal.arn}"
        )
        # By the other readings one of the two callers is enough.
        other = next((each for each in views if each is not view), view)
        doubted = (
            other is not view and not decision.allowed and checks.seen_as(other, layers, alone(layer), arn=arn).allowed
        )
        assumed = ("GW-18",) if doubted else ()
        refusal = state.decided(number, gate, decision, denied, seen, "GW-18", "GW-20", assumed=assumed)
        if refusal is not None:
            return refusal
    return None


def _checks_for(state: CallState, arn: str) -> PolicyChecks:
    """The policies for an ARN: those that are evaluated for the domain see viaDomainArn too (GW-20)."""
    if arn == state.arn or state.assumes("GW-20", "viaDomainArn"):
        return state.policy_checks
    return PolicyChecks(state.arn, condition_context(state, via_domain=False), state.arguments.caller, state.api)


def endpoint_may_see_two(state: CallState) -> bool:
    """Whether the caller that the policies of this call see is a matter of reading: signed, with an authorizer."""
    by_domain = state.domain is not None and state.domain.is_private
    if state.arguments.caller is None or not (by_domain or state.arguments.vpc_endpoint_policy):
        return False
    return state.api.auth_of(state.found_route) not in (_AWS_IAM, _NONE)
