"""The policies on the resource's side, for callers whose own policies allow everything (EVL-4, EVL-5, EVL-8)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowCombination, AllowedRequests
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.call_arns import apis_before_stage
from execpolicy.analysis.limits import (
    ANONYMOUS_CALLER,
    INVOKE_ONLY,
    LIMITED_BY_RCPS,
    SERVICE_CALLER,
    in_account,
    of_account,
)
from execpolicy.analysis.permitted import permitted
from execpolicy.analysis.side import Side, statement_boxes
from execpolicy.analysis.values.text_pattern import literal
from execpolicy.engine.authorize import authorize
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.analysis.space import Space
    from execpolicy.engine.caller import Target
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.decision import Decision

_ARN = re.compile(r"arn:([a-z-]+):execute-api:[^:]*:([0-9]{12}):([^/]*)")
#: The id of an API; a pattern of ids has a wildcard.
_ID = re.compile("[A-Za-z0-9]+")


class TargetSide(Side):
    """A target whose API is in the account that its resource policy names.

    Raises:
        UsageError: the resource policy names no account of the API, or several.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        #: Those that apply: RCPs do not by default (EVL-3).
        self._policies = {
            layer: policies
            for layer, policies in target.compiled().items()
            if layer is not Layer.RCP or (target.rcps_cover_execute_api and not target.management_account)
        }
        self._must_allow = self._policies.get(Layer.VPC_ENDPOINT)
        self._resource = self._policies.get(Layer.RESOURCE)
        self._rcps = self._policies.get(Layer.RCP)
        self.partition, self.account, ids = _names_of(target)
        known = [literal(ids.pop())] if len(ids) == 1 and all(map(_ID.fullmatch, ids)) else []
        #: The beginning of the ARNs of calls to the API, as far as the policy names it.
        self.before_stage = apis_before_stage(literal(self.partition), literal(self.account), *known)
        self._own, self._foreign = of_account(self.account, self.partition)
        #: The requests for resources of the account: only these are meant.
        self._in_account, _ = in_account(self.account, self.partition)

    def statements(self) -> Iterator[CompiledStatement]:
        for policies in self._policies.values():
            yield from policies.statements()
        yield from (self._own, self._foreign, self._in_account, SERVICE_CALLER, ANONYMOUS_CALLER, INVOKE_ONLY)
        yield from () if self._rcps is None else LIMITED_BY_RCPS

    def allowed(self, space: Space) -> AllowedRequests:
        denies, always = statement_boxes([] if self._must_allow is None else self._must_allow.statements(), space)
        more, named = statement_boxes([] if self._resource is None else self._resource.statements(), space)
        of_endpoint = () if self._must_allow is None else (always,)
        combinations = []
        for limits, needed in (
            (self._own, of_endpoint),
            (self._foreign, (*of_endpoint, named)),
            (SERVICE_CALLER, (*of_endpoint, named)),
            (ANONYMOUS_CALLER, (*of_endpoint, named)),
        ):
            box = space.common(limits, self._in_account, INVOKE_ONLY)
            if box is not None:
                combinations.append(AllowCombination(box, needed))
        return AllowedRequests((*denies, *more, *self._refused_by_rcps(space)), tuple(combinations))

    def _refused_by_rcps(self, space: Space) -> Iterator[StatementBox]:
        """What RCPs deny; what they allow is allowed without them."""
        if self._rcps is not None:
            limits = [box for each in LIMITED_BY_RCPS if (box := space.box(each)) is not None]
            for deny, limit in product(statement_boxes(self._rcps.statements(), space)[0], limits):
                box = intersection(deny.box, limit)
                if box is not None:
                    yield deny._replace(box=box)

    def decide(self, request: Request) -> Decision:
        """The decision on the same request of a caller who may do everything by its own policies."""
        asked = Request(
            caller=permitted(request.caller.principal),
            action=request.action,
            resource=request.resource,
            context=request.context,
        )
        return authorize(asked, self._target)


def _names_of(target: Target) -> tuple[str, str, set[str]]:
    """The partition and the account of the API, and the ids of APIs, as the ARNs of the resource policy name them."""
    statements = () if target.resource is None else target.resource.statements
    values = (value.value for statement in statements for value in statement.resource.values)
    found = [match for value in values if (match := _ARN.match(value)) is not None]
    accounts = {(match[1], match[2]) for match in found}
    if len(accounts) != 1:
        raise UsageError(
            f"the resource policy of the target names {len(accounts) or 'no'} accounts of an API, expected one",
            advice="prove the invariant of an Api, which has its account, or of the resource policy by itself",
        )
    return *accounts.pop(), {match[3] for match in found}
