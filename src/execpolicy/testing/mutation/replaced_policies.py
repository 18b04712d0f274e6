"""Replaces the policies of items."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.request import Request
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.variants import Variants
from execpolicy.testing.case_file.calls import CallCase, SequenceCase
from execpolicy.testing.case_file.model import Case, Item

T = TypeVar("T", Caller, Target, Api, ApiDefinition)
V = TypeVar("V")


class ReplacedPolicies:
    """Replaces policies in many items. Objects that items share are made again once.

    Args:
        policies: the new policies, by the ``id`` of the old ones.
    """

    def __init__(self, policies: Mapping[int, Policy]) -> None:
        self._policies = policies
        # The old value is kept with the new one, so that no other value gets its id.
        self._replaced: dict[int, tuple[object, Any]] = {}

    def item(self, item: Item) -> Item:
        """The item with the new policies; the same item if it has none of the old ones."""
        if isinstance(item, Case):
            return self._case(item)
        if isinstance(item, CallCase):
            return self._call(item)
        if isinstance(item, SequenceCase):
            return rebuilt(item, calls=tuple(self._call(call) for call in item.calls))
        return item

    def _case(self, case: Case) -> Case:
        request = case.request
        if request is not None:
            caller = self._caller(request.caller)
            if caller is not request.caller:
                request = Request(
                    caller=caller,
                    action=request.action,
                    resource=request.resource,
                    context=request.context,
                    resource_account=request.account or None,
                )
        return rebuilt(case, request=request, target=self._target(case.target))

    def _call(self, case: CallCase) -> CallCase:
        call = case.call
        if call is not None:
            caller = call.caller
            if isinstance(caller, Variants):
                caller = caller.map(self._caller)
            elif caller is not None:
                caller = self._caller(caller)
            endpoint = call.vpc_endpoint
            of_endpoint = endpoint.map(self._new) if isinstance(endpoint, Variants) else self._one(endpoint)
            call = call._replace(caller=caller, vpc_endpoint=of_endpoint)
        return rebuilt(case, api=self._api(case.api) if case.api is not None else None, call=call)

    def _caller(self, caller: Caller) -> Caller:
        return self._once(
            caller,
            lambda: {
                "identity": self._several(caller.identity),
                "boundary": self._one(caller.boundary),
                "session": self._several(caller.session),
                "scps": self._levels(caller.scps),
            },
        )

    def _target(self, target: Target) -> Target:
        return self._once(
            target,
            lambda: {
                "resource": self._one(target.resource),
                "rcps": self._levels(target.rcps),
                "vpc_endpoint": self._one(target.vpc_endpoint),
            },
        )

    def _api(self, api: Api) -> Api:
        if api.has_variants:
            return api.each(lambda variant: self._once(variant, lambda: self._parts(variant)))
        return self._once(api, lambda: self._parts(api))

    def _parts(self, api: ApiDefinition) -> dict[str, Any]:
        return {
            "resource_policy": self._one(api.resource_policy),
            "domains": tuple(domain._replace(policy=self._one(domain.policy)) for domain in api.domains),
        }

    def _once(self, value: T, changes: Callable[[], dict[str, Any]]) -> T:
        """The value with the new policies, made once; the same value if nothing is new."""
        known = self._replaced.get(id(value))
        if known is None:
            new = changes()
            # Compared by identity: two different policies can be equal.
            same = all(_same(getattr(value, name), part) for name, part in new.items())
            known = self._replaced[id(value)] = (value, value if same else rebuilt(value, **new))
        result: T = known[1]
        return result

    def _one(self, policy: Policy | None) -> Policy | None:
        return None if policy is None else self._new(policy)

    def _new(self, policy: Policy) -> Policy:
        return self._policies.get(id(policy), policy)

    def _several(self, policies: Iterable[Policy]) -> tuple[Policy, ...]:
        return tuple(self._policies.get(id(policy), policy) for policy in policies)

    def _levels(self, levels: Iterable[Iterable[Policy]]) -> tuple[tuple[Policy, ...], ...]:
        return tuple(self._several(level) for level in levels)


def _same(old: object, new: object) -> bool:
    if isinstance(old, tuple) and isinstance(new, tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return old is new or (not isinstance(old, Policy) and old == new)


def rebuilt(value: V, **changes: Any) -> V:
    """A copy of a value with other arguments of the constructor, whose names are those of the public slots."""
    # The state has the form that the constructor takes, where the slot has another one: the stage of an API.
    state = cast("dict[str, Any]", value.__getstate__())
    kept = {name: each for name, each in state.items() if not name.startswith("_")}
    result: V = type(value)(**{**kept, **changes})
    return result
