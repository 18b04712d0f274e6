"""Policy evaluations for one call: the caller and the context keys that each layer receives (GW-18, GW-22)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.document.action_name import INVOKE
from execpolicy.engine.authorize import authorize, decide, decide_by_policies
from execpolicy.engine.caller import Caller
from execpolicy.engine.combine import Table
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.decision import Decision
from execpolicy.engine.layered_request import AppliedLayer, LayeredRequest
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.language.context import Context
from execpolicy.language.context_keys import (
    IAM_FLAG,
    OF_SOME_CALLERS,
    OF_SOME_CALLERS_FLAG,
    SIGNED_FLAG,
    VIA_FLAG,
    ExecuteApi,
    find_context_key,
)
from execpolicy.language.principal import Principal

_LAYERS = tuple(Layer)
_ANONYMOUS = Caller(Principal.anonymous())


class PolicyChecks:
    """Evaluates policies for one call, by its ARN, its context and its signer."""

    __slots__ = ("arn", "caller", "context", "private", "target")

    def __init__(self, arn: str, context: Context, caller: Caller | None, api: ApiDefinition) -> None:
        self.arn = arn
        self.context = context
        #: The signer of the call; None for a call without a signature.
        self.caller = caller
        self.target = api.target
        self.private = api.is_private

    def iam(self, action: str = INVOKE) -> Decision:
        """The caller's own policies and the resource policy, as IAM combines them (GW-13)."""
        return authorize(self._request(self.caller or _ANONYMOUS, action, None, authenticated=True), self.target)

    def anonymous(
        self, policies: Mapping[Layer, CompiledPolicies], table: Table, *, action: str = INVOKE, arn: str | None = None
    ) -> Decision:
        """Policies that receive an anonymous caller even for a signed call: methods without AWS_IAM (GW-14)."""
        return self._decided(_ANONYMOUS, policies, table, action, arn, authenticated=False)

    def with_signer(self, layer: Layer, policies: Mapping[Layer, CompiledPolicies], table: Table) -> Decision:
        """As ``anonymous``, but one layer receives the signer of the call: the other reading of GW-14."""
        request = self._request(_ANONYMOUS, INVOKE, None, authenticated=False)
        signed = self._request(self.caller or _ANONYMOUS, INVOKE, None, authenticated=True)
        views = {each: (signed if each is layer else request).view() for each in policies}
        layers = {each: AppliedLayer(policies[each], views[each]) for each in _LAYERS if each in policies}
        return decide(LayeredRequest(request, self.target, layers, table, {}))

    def seen_as(
        self, caller: Caller | None, policies: Mapping[Layer, CompiledPolicies], table: Table, *, arn: str
    ) -> Decision:
        """Policies that receive the signer of the call: of a VPC endpoint and of a private domain (GW-18)."""
        return self._decided(caller or _ANONYMOUS, policies, table, INVOKE, arn, authenticated=True)

    def resource_policies(self) -> dict[Layer, CompiledPolicies]:
        """The resource policy as a layer; empty if none is attached."""
        compiled = self.target.compiled()
        return {Layer.RESOURCE: compiled[Layer.RESOURCE]} if Layer.RESOURCE in compiled else {}

    def _decided(
        self,
        caller: Caller,
        policies: Mapping[Layer, CompiledPolicies],
        table: Table,
        action: str,
        arn: str | None,
        *,
        authenticated: bool,
    ) -> Decision:
        request = self._request(caller, action, arn, authenticated=authenticated)
        return decide_by_policies(request, self.target, policies, table)

    def _request(self, caller: Caller, action: str, arn: str | None, *, authenticated: bool) -> Request:
        context = self.context
        if caller is _ANONYMOUS and context.key_flags & (IAM_FLAG | OF_SOME_CALLERS_FLAG | VIA_FLAG):
            context = _of_anybody(context, signed=self.caller is not None)
        request = Request(caller=caller, action=action, resource=arn or self.arn, context=context)
        return request.as_seen_by((authenticated, self.private))


def _of_anybody(context: Context, *, signed: bool) -> Context:
    """The context without keys that describe the caller: what policies receive without authentication.

    Of a signed call also without the keys that only some signers have.
    """
    kept = {name: values for name, values in context.values.items() if not _describes_caller(name, signed=signed)}
    found = Context(kept, complete=context.complete, allow_unknown=context.allow_unknown).with_accepted_names()
    return found.with_flags(found.key_flags | SIGNED_FLAG) if signed else found


def _describes_caller(name: str, *, signed: bool) -> bool:
    record = find_context_key(name)
    if record is None:
        return False
    return record.execute_api is ExecuteApi.AWS_IAM or (signed and record.presence in OF_SOME_CALLERS)
