"""An API and callers with one policy in them, in place of which they can have another one (LOG-10)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.document.kinds import PolicyKind
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType
from execpolicy.language.principal import SESSION

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.document.policy import Policy


class PolicyVersion(NamedTuple):
    """An API and callers, with a policy that is the resource policy of the API or one of the callers'.

    Attributes:
        policy: the policy.
        api: the API.
        callers: the callers whose policies are given.
    """

    policy: Policy
    api: Api
    callers: LogCallers

    @property
    def policies(self) -> tuple[Policy, ...]:
        """All policies that are known."""
        of_api = (self.api.resource_policy, *(domain.policy for domain in self.api.domains))
        of_callers = (policy for each in self._callers for policy in each.policies)
        return tuple(dict.fromkeys(each for each in chain(of_api, of_callers) if each is not None))

    @property
    def has_sessions(self) -> bool:
        """Whether the policies of a session are given."""
        return any(each.principal.kind == SESSION for each in self._callers)

    @property
    def _callers(self) -> tuple[Caller, ...]:
        return tuple(each for each in self.callers.all if isinstance(each, Caller))

    def same_caller(self, who: Any) -> Any:
        """A caller of another version with the policies of this one."""
        given = self.callers.find(who.principal) if isinstance(who, Caller) else None
        return who if given is None else given

    def with_policy(self, policy: Policy) -> PolicyVersion:
        """The same with another policy in place of this one."""
        if policy.kind is PolicyKind.RESOURCE:
            return PolicyVersion(policy, self.api.each(_with_resource_policy(policy)), self.callers)
        changed = [_with_identity(each, self.policy, policy) for each in self._callers]
        return PolicyVersion(policy, self.api, LogCallers(changed))


def version_of(policy: Policy, api: Api, callers: object) -> PolicyVersion:
    """The version with a policy that is narrowed.

    Args:
        policy: a resource policy, which takes the place of that of the API, or a policy of one of the callers.
        api: the API.
        callers: as ``replay`` takes them.

    Raises:
        UsageError: the policy is of another kind, nobody has it, or something of the API or a caller is not known.
    """
    given = LogCallers(callers)
    if api.has_variants or api.unknown_parts or not all(isinstance(each, Caller) for each in given.all):
        raise UsageError(
            "narrow needs an API and callers whose values are known", advice="give the values: --parameter, --condition"
        )
    if policy.kind is PolicyKind.RESOURCE:
        if api.type is not ApiType.REST:
            raise UsageError(
                f"an API of type {api.type} has no resource policy",
                advice="narrow the policy of a caller of kind identity",
            )
        # Statements are found by the policy that they stand in.
        return PolicyVersion(policy, api.each(_with_resource_policy(policy)), given)
    if policy.kind is not PolicyKind.IDENTITY:
        raise UsageError(f"narrow takes a policy of kind resource or identity, found one of kind {policy.kind}")
    having = [each for each in given.all if isinstance(each, Caller) and policy in each.identity]
    if not having:
        raise UsageError(
            "none of the callers has the policy as an identity-based one", advice="give callers= with who has it"
        )
    changed = [_with_identity(each, policy, policy) for each in given.all if isinstance(each, Caller)]
    return PolicyVersion(policy, api, LogCallers(changed))


def _with_resource_policy(policy: Policy) -> Callable[[ApiDefinition], ApiDefinition]:
    def change(api: ApiDefinition) -> ApiDefinition:
        parts: dict[str, Any] = {**api.__getstate__(), "resource_policy": policy}
        return ApiDefinition(**parts)

    return change


def _with_identity(caller: Caller, old: Policy, new: Policy) -> Caller:
    if old not in caller.identity:
        return caller
    return Caller(
        caller.principal,
        identity=[new if each == old else each for each in caller.identity],
        boundary=caller.boundary,
        session=caller.session,
        scps=caller.scps,
    )
