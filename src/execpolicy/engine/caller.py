"""The two sides of a request, each with the policies that apply to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from execpolicy._base.frozen import Frozen, setter
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.arguments import flag, with_article
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.compiled_policies import CompiledPolicies, compiled_policies
from execpolicy.engine.fast.outcome_table import LayerCodes, codes_of_caller, codes_of_target
from execpolicy.engine.layers import Layer
from execpolicy.errors import UsageError
from execpolicy.language import principal as kinds
from execpolicy.language.context import Context
from execpolicy.language.grant import NAMED_OTHERWISE_BY_STAR
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from typing import Any

_PARSE = 'parse it first: Policy.parse(document, kind="{kind}")'


class Caller(Frozen):
    """Who calls, with the policies that apply to that caller. They are compiled once, here.

    Args:
        principal: a Principal, or the text that ``Principal.parse`` reads.
        identity: the identity-based policies of the user or role, and those of its groups.
        boundary: the permissions boundary.
        session: the session policies; a federated user without one is denied by an empty one (EVL-9).
        scps: the service control policies, a list of levels from the organization's root to the account, each level
            a list of policies. Each level must allow.

    Raises:
        RequestError: the principal cannot be read.
        UsageError: a policy is of another kind than its argument takes, or the principal cannot have it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

    >>> from execpolicy import Policy
    >>> reads = Policy.parse({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke",
    ...     "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"}}, kind="identity")
    >>> Caller("arn:aws:iam::111122223333:user/Ann", identity=reads).principal.name
    'Ann'
    """

    __slots__ = (
        "_compiled",
        "_context",
        "_layer_codes",
        "boundary",
        "identity",
        "latest_pair",
        "principal",
        "scps",
        "session",
    )
    principal: Principal
    identity: tuple[Policy, ...]
    boundary: Policy | None
    session: tuple[Policy, ...]
    scps: tuple[tuple[Policy, ...], ...]
    _compiled: dict[Layer, CompiledPolicies]
    _context: Context | None
    #: The latest CompiledPair of this caller and a target, for the next request; set by fast/fast_outcome.py.
    latest_pair: Any
    _layer_codes: LayerCodes | None

    def __init__(
        self,
        principal: Principal | str,
        *,
        identity: Policy | Iterable[Policy] = (),
        boundary: Policy | None = None,
        session: Policy | Iterable[Policy] = (),
        scps: Sequence[Sequence[Policy]] = (),
    ) -> None:
        who = principal if isinstance(principal, Principal) else Principal.parse(principal)
        self._set(
            principal=who,
            identity=_policies(identity, PolicyKind.IDENTITY, "identity"),
            boundary=_one(boundary, PolicyKind.BOUNDARY, "boundary"),
            session=_policies(session, PolicyKind.SESSION, "session"),
            scps=_levels(scps, PolicyKind.SCP, "scps"),
        )
        self._refuse_what_the_principal_cannot_have()
        compiled: dict[Layer, CompiledPolicies] = {}
        if who.is_iam and not who.acts_as_root:
            compiled[Layer.IDENTITY] = compiled_policies((self.identity,))
        if self.boundary is not None:
            compiled[Layer.BOUNDARY] = compiled_policies(((self.boundary,),))
        if self.session or who.kind == kinds.FEDERATED_USER:
            compiled[Layer.SESSION] = compiled_policies((self.session,))
        if self.scps:
            compiled[Layer.SCP] = compiled_policies(self.scps)
        self._set(_compiled=compiled, _context=None, _layer_codes=None, latest_pair=None)

    def _refuse_what_the_principal_cannot_have(self) -> None:
        who = self.principal
        given = {
            "identity": bool(self.identity),
            "boundary": self.boundary is not None,
            "session": bool(self.session),
        }
        impossible: tuple[str, ...] = ()
        if not who.is_iam or who.kind == kinds.ROOT:
            impossible = ("identity", "boundary", "session")
        elif who.acts_as_root:
            impossible = ("identity", "boundary")
        elif who.kind == kinds.USER:
            impossible = ("session",)
        refused = [name for name in impossible if given[name]]
        if refused:
            raise UsageError(
                f"{who.arn} is of kind {who.kind}: AWS evaluates no {' or '.join(refused)} policy for it",
                advice="leave them out; of a service or an anonymous caller only the policies on the resource's "
                "side count, a root user has neither identity policies nor a boundary, and session policies belong to "
                "role sessions and federated users",
                rule="EVL-8",
            )

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All policies, each with its ``kind``: identity, boundary, session, and the SCPs from the root on."""
        boundary = () if self.boundary is None else (self.boundary,)
        return (*self.identity, *boundary, *self.session, *chain.from_iterable(self.scps))

    def compiled(self) -> Mapping[Layer, CompiledPolicies]:
        """The layers of the caller's side, ready to be evaluated."""
        return MappingProxyType(self._compiled)

    @property
    def layer_codes(self) -> LayerCodes:
        """The layers that apply to this caller's requests, with what the tables read of the caller."""
        codes = self._layer_codes
        if codes is None:
            codes = codes_of_caller(self.principal, self._compiled)
            if codes.is_final:
                self._set(_layer_codes=codes)
        return codes

    @property
    def empty_context(self) -> Context:
        """The context of this caller's requests without one: a single object, so that they share their results."""
        context = self._context
        if context is None:
            context = Context()
            self._set(_context=context)
        return context

    def keep_pair(self, pair: object) -> None:
        """Keep the latest pair of this caller and a target."""
        _set_latest_pair(self, pair)

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("boundary", "identity", "principal", "scps", "session")

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self._fields()}

    def __setstate__(self, state: dict[str, object]) -> None:
        Caller.__init__(self, **state)  # type: ignore[arg-type]  # the state is what __init__ took


_set_latest_pair = setter(Caller, "latest_pair")


class Target(Frozen):
    """The policies on the resource's side. They are compiled once, here.

    Args:
        resource: the resource policy of the API.
        rcps: the resource control policies, a list of levels as the SCPs are. They do not cover execute-api (EVL-3).
        vpc_endpoint: the policy of the VPC endpoint that the call came through.
        management_account: whether the resource's account manages its organization: then no RCP applies.
        rcps_cover_execute_api: whether RCPs apply to execute-api nevertheless; AWS's list of services does not name it.

    Raises:
        UsageError: a policy is of another kind than its argument takes.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html

    >>> from execpolicy import Policy
    >>> open_to_all = Policy.parse({"Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",
    ...     "Resource": "execute-api:/*"}}, kind="resource")
    >>> Target(resource=open_to_all).resource.kind.value
    'resource'
    """

    __slots__ = (
        "_compiled",
        "_layer_codes",
        "management_account",
        "rcps",
        "rcps_cover_execute_api",
        "resource",
        "vpc_endpoint",
    )
    resource: Policy | None
    rcps: tuple[tuple[Policy, ...], ...]
    vpc_endpoint: Policy | None
    management_account: bool
    rcps_cover_execute_api: bool
    _compiled: dict[Layer, CompiledPolicies]
    _layer_codes: LayerCodes | None

    def __init__(
        self,
        *,
        resource: Policy | None = None,
        rcps: Sequence[Sequence[Policy]] = (),
        vpc_endpoint: Policy | None = None,
        management_account: bool = False,
        rcps_cover_execute_api: bool = False,
    ) -> None:
        self._set(
            resource=_one(resource, PolicyKind.RESOURCE, "resource"),
            rcps=_levels(rcps, PolicyKind.RCP, "rcps"),
            vpc_endpoint=_one(vpc_endpoint, PolicyKind.VPC_ENDPOINT, "vpc_endpoint"),
            management_account=flag(management_account, "management_account"),
            rcps_cover_execute_api=flag(rcps_cover_execute_api, "rcps_cover_execute_api"),
        )
        compiled: dict[Layer, CompiledPolicies] = {}
        if self.resource is not None:
            compiled[Layer.RESOURCE] = compiled_policies(((self.resource,),))
        if self.vpc_endpoint is not None:
            compiled[Layer.VPC_ENDPOINT] = compiled_policies(((self.vpc_endpoint,),))
        if self.rcps:
            compiled[Layer.RCP] = compiled_policies(self.rcps)
        self._set(_compiled=compiled, _layer_codes=None)

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All policies, each with its ``kind``: the resource policy, the RCPs from the root on, the VPC endpoint."""
        found = (self.resource, *chain.from_iterable(self.rcps), self.vpc_endpoint)
        return tuple(policy for policy in found if policy is not None)

    def compiled(self) -> Mapping[Layer, CompiledPolicies]:
        """The layers of the resource's side, ready to be evaluated."""
        return MappingProxyType(self._compiled)

    def layer_codes_for(self, caller: Principal) -> LayerCodes:
        """The layers of this side for a caller's request: the same for all that ``*`` names alike (PRN-1, EVL-9)."""
        if caller.kind in NAMED_OTHERWISE_BY_STAR:
            return codes_of_target(self._compiled, caller)
        codes = self._layer_codes
        if codes is None:
            codes = codes_of_target(self._compiled)
            if codes.is_final:
                self._set(_layer_codes=codes)
        return codes

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("management_account", "rcps", "rcps_cover_execute_api", "resource", "vpc_endpoint")

    def __getstate__(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self._fields()}

    def __setstate__(self, state: dict[str, object]) -> None:
        Target.__init__(self, **state)  # type: ignore[arg-type]  # the state is what __init__ took


def _one(policy: object, kind: PolicyKind, place: str) -> Policy | None:
    return None if policy is None else _checked(policy, kind, place)


def _policies(given: object, kind: PolicyKind, place: str) -> tuple[Policy, ...]:
    if given is None:
        return ()
    if isinstance(given, (str, bytes, dict)) or not isinstance(given, Iterable):
        return (_checked(given, kind, place),)
    return tuple(_checked(policy, kind, place) for policy in given)


def _levels(given: object, kind: PolicyKind, place: str) -> tuple[tuple[Policy, ...], ...]:
    if given is None:
        return ()
    levels = given if isinstance(given, (list, tuple)) else None
    if levels is None or not all(isinstance(level, (list, tuple)) for level in levels):
        raise UsageError(
            f"{place} is a list of levels from the organization's root to the account, each a list of policies; "
            f"found {_described(given)}",
            advice=f"for one level write {place}=[[policy, …]]",
            rule="EVL-2",
        )
    return tuple(tuple(_checked(policy, kind, place) for policy in level) for level in levels)


def _checked(policy: object, kind: PolicyKind, place: str) -> Policy:
    if not isinstance(policy, Policy):
        raise UsageError(
            f"{place} takes policies, found {_described(policy)}", advice=_PARSE.format(kind=kind.value), rule="POL-8"
        )
    if policy.kind is not kind:
        raise UsageError(
            f"{place} takes a policy of kind {kind.value}, {policy.name} was read as {policy.kind.value}",
            advice=_PARSE.format(kind=kind.value),
            rule="POL-8",
        )
    return policy


def _described(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return (
            f"{with_article(type(value))} of {', '.join(sorted({type(item).__name__ for item in value})) or 'nothing'}"
        )
    return type(value).__name__
