"""One call as the policies of API Gateway see it: who is who to which layer, and which keys reach it (GW-18, GW-22)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.engine.authorize import authorize, decide
from execpolicy.engine.caller import Caller
from execpolicy.engine.combine import Table
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.decision import Decision
from execpolicy.engine.layered_request import AppliedLayer, LayeredRequest
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.language.context import Context
from execpolicy.language.context_keys import IAM_FLAG, ExecuteApi, find_context_key
from execpolicy.language.principal import Principal

INVOKE = "execute-api:Invoke"

_LAYERS = tuple(Layer)
_ANONYMOUS = Caller(Principal.anonymous())


class PolicyChecks:
    """A call on its way through the gates: the ARN, the context, and who signed it."""

    __slots__ = ("arn", "caller", "context", "private", "target")

    def __init__(self, arn: str, context: Context, caller: Caller | None, api: ApiDefinition) -> None:
        self.arn = arn
        self.context = context
        #: Who signed the call; None for a call without a signature.
        self.caller = caller
        self.target = api.target
        self.private = api.is_private

    def iam(self, action: str = INVOKE) -> Decision:
        """The caller's own policies and the resource policy, as IAM combines them (GW-13)."""
        return authorize(self._request(self.caller or _ANONYMOUS, action, None, authenticated=True), self.target)

    def anonymous(
        self, policies: Mapping[Layer, CompiledPolicies], table: Table, *, action: str = INVOKE, arn: str | None = None
    ) -> Decision:
        """Policies that see an anonymous caller, whoever signed: those of a method that is not AWS_IAM (GW-14)."""
        return self._decided(_ANONYMOUS, policies, table, action, arn, authenticated=False)

    def seen_as(
        self, caller: Caller | None, policies: Mapping[Layer, CompiledPolicies], table: Table, *, arn: str
    ) -> Decision:
        """Policies that see who signed the call: the VPC endpoint's and a private domain's (GW-18)."""
        return self._decided(caller or _ANONYMOUS, policies, table, INVOKE, arn, authenticated=True)

    def resource_policies(self) -> dict[Layer, CompiledPolicies]:
        """The resource policy as a layer; nothing where none is attached."""
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
        view = request.view()
        layers = {layer: AppliedLayer(policies[layer], view) for layer in _LAYERS if layer in policies}
        return decide(LayeredRequest(request, self.target, layers, table, {}))

    def _request(self, caller: Caller, action: str, arn: str | None, *, authenticated: bool) -> Request:
        context = self.context
        if caller is _ANONYMOUS and context.key_flags & IAM_FLAG:
            context = _of_anybody(context)
        request = Request(caller=caller, action=action, resource=arn or self.arn, context=context)
        return request.as_seen_by((authenticated, self.private))


def _of_anybody(context: Context) -> Context:
    """What is told of the call beside who makes it: all that reaches policies where nobody is authenticated."""
    kept = {name: values for name, values in context.values.items() if not _tells_of_caller(name)}
    return Context(kept, complete=context.complete, allow_unknown=context.allow_unknown).accepted()


def _tells_of_caller(name: str) -> bool:
    record = find_context_key(name)
    return record is not None and record.execute_api is ExecuteApi.AWS_IAM
