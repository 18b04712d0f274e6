"""One call as the policies of API Gateway see it: who is who to which layer, and which keys reach it (GW-18, GW-22)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.engine.authorize import decide
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.case import Case, Part, case_of
from execpolicy.engine.combine import Table
from execpolicy.engine.compile import CompiledPolicies
from execpolicy.engine.decision import Decision
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.engine.view import View
from execpolicy.language.context import Context
from execpolicy.language.context_keys import ExecuteApi
from execpolicy.language.context_keys import lookup as catalogued
from execpolicy.language.facts import Facts
from execpolicy.language.principal import Principal

INVOKE = "execute-api:Invoke"

_ANONYMOUS = Caller(Principal.anonymous())


class Situation:
    """A call on its way through the gates: the ARN, the context, and who signed it."""

    __slots__ = ("arn", "caller", "context", "private", "target")

    def __init__(self, arn: str, context: Context, caller: Caller | None, target: Target, *, private: bool) -> None:
        self.arn = arn
        self.context = context
        #: Who signed the call; None for a call without a signature.
        self.caller = caller
        self.target = target
        self.private = private

    def iam(self, action: str = INVOKE) -> Decision:
        """The caller's own policies and the resource policy, as IAM combines them (GW-13)."""
        request = self._request(self.caller or _ANONYMOUS, action)
        facts = self._facts(request, authenticated=True)
        view = View(facts, has_boundary=request.caller.boundary is not None)
        return decide(case_of(request, self.target, view))

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
        request = self._request(caller, action, arn)
        view = View(self._facts(request, authenticated=authenticated), has_boundary=caller.boundary is not None)
        parts = {layer: Part(policies[layer], view) for layer in Layer if layer in policies}
        return decide(Case(request, self.target, parts, table, {}))

    def _request(self, caller: Caller, action: str, arn: str | None = None) -> Request:
        context = self._of_anybody if caller is _ANONYMOUS else self.context
        return Request(caller=caller, action=action, resource=arn or self.arn, context=context)

    @property
    def _of_anybody(self) -> Context:
        """What is told of the call beside who makes it: all that reaches policies where nobody is authenticated."""
        told = self.context.values
        kept = {name: values for name, values in told.items() if not _tells_of_caller(name)}
        return self.context if len(kept) == len(told) else Context(kept, complete=self.context.complete)

    def _facts(self, request: Request, *, authenticated: bool) -> Facts:
        return Facts(
            request.caller.principal,
            request.action,
            request.arn,
            request.account,
            request.context,
            authenticated=authenticated,
            private=self.private,
        )


def _tells_of_caller(name: str) -> bool:
    record = catalogued(name)
    return record is not None and record.execute_api is ExecuteApi.AWS_IAM
