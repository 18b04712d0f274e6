"""When an API lets the calls of a route through, by the kind of its authorization (GW-12, GW-13, GW-15, GW-16).

The policies of callers are not known here. They may allow everything, and that is taken for granted: a caller of the
API's account gets through unless a policy of the API denies the call.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowCombination, AllowedRequests
from execpolicy.analysis.box import intersection
from execpolicy.analysis.calls.credentials import (
    ALLOWS,
    HAS_TOKEN,
    SAYS_NOTHING,
    TOKEN,
    answer_dimension,
    authorizer_of,
    needs_token,
)
from execpolicy.analysis.calls.token_kinds import HAS_SCOPE, kind_dimension, scope_dimension, token_kinds
from execpolicy.analysis.dimensions.dimension import ValueExample
from execpolicy.analysis.dimensions.moved_arns import MovedResourceClause
from execpolicy.analysis.dimensions.names import CALLER, RESOURCE
from execpolicy.analysis.limits import CONNECTIONS_ONLY, INVOKE_ONLY, SERVICE_CALLER, of_account
from execpolicy.analysis.side import PairSide
from execpolicy.engine.caller import Caller
from execpolicy.engine.request import Request
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.gateway.flow.call_arn import CONNECTIONS
from execpolicy.gateway.model.names import ApiType, AuthType
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.calls.route_calls import RouteCalls
    from execpolicy.analysis.dimensions.moved_arns import MovedArns
    from execpolicy.analysis.space import Space
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.compiled_policies import CompiledPolicies
    from execpolicy.engine.view import View
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.gateway.model.route import Route


class ApiAccess:
    """When an API lets calls through, route by route.

    Args:
        api: a REST or HTTP API of which every part is known.
        policies: its resource policy, compiled; None if it has none.
        callers: all callers that there are, with their policies; None if there may be any.
        moved: the ARNs that are divided, if they are those of another version; then no callers are given.
    """

    def __init__(
        self,
        api: ApiDefinition,
        policies: CompiledPolicies | None,
        callers: Iterable[Caller] | None = None,
        *,
        moved: MovedArns | None = None,
    ) -> None:
        self.api = api
        self._statements = () if policies is None else tuple(policies.statements())
        if moved is not None:
            self._statements = tuple(_moved_statement(each, moved) for each in self._statements)
        self._has_policy = policies is not None
        self._own, self._foreign = of_account(api.account, api.partition)
        self.anonymous = _anonymous_view(api)
        #: The given callers, each with the policies on both sides.
        self._pairs = None if callers is None else [PairSide(each, api.target) for each in callers]

    def statements(self) -> Iterator[CompiledStatement]:
        """Every statement that its answers depend on, and those of its limits."""
        yield from self._statements
        yield from (INVOKE_ONLY, SERVICE_CALLER, self._own, self._foreign)
        if self.api.type is ApiType.WEBSOCKET:
            yield CONNECTIONS_ONLY
        for pair in self._pairs or ():
            yield from pair.statements()

    def of_route(self, calls: RouteCalls, space: Space) -> AllowedRequests:
        """When the calls that reach a route get through."""
        reached = region(calls, space)
        if reached is None or (self.api.is_private and not self._has_policy):
            return AllowedRequests((), ())  # no call reaches a private API without a policy (GW-19)
        kind = self.api.auth_of(calls.route)
        if kind is AuthType.AWS_IAM and self._pairs is not None:
            denies, combinations = self._of_pairs(self._pairs, space)
        elif kind is AuthType.AWS_IAM:
            denies, allows = self._boxes(space, None)
            combinations = self._combinations_of_signed(space, allows)
        else:
            denies, allows = self._boxes(space, self.anonymous)
            combinations = self._combinations_of_others(calls.route, kind, allows)
        inside = ((each, intersection(each.limits, reached)) for each in combinations)
        return AllowedRequests(denies, tuple(each._replace(limits=box) for each, box in inside if box is not None))

    def _of_pairs(
        self, pairs: Iterable[PairSide], space: Space
    ) -> tuple[tuple[StatementBox, ...], Iterator[AllowCombination]]:
        """With AWS_IAM: the given callers, by their own policies and the resource policy (GW-13)."""
        denies: list[StatementBox] = []
        combinations: list[AllowCombination] = []
        for pair in pairs:
            principal = pair.caller.principal
            only: Box = {CALLER: space.dimensions[CALLER].containing(ValueExample(principal=principal))}
            found = pair.allowed(space)
            limited = ((each, intersection(each.box, only)) for each in found.denies)
            denies.extend(each._replace(box=box) for each, box in limited if box is not None)
            inside = ((each, intersection(each.limits, only)) for each in found.combinations)
            combinations.extend(
                each._replace(limits=box, callers=principal.arn) for each, box in inside if box is not None
            )
        return tuple(denies), iter(combinations)

    def _combinations_of_signed(self, space: Space, allows: tuple[StatementBox, ...]) -> Iterator[AllowCombination]:
        """With AWS_IAM: a caller of the API's account, or one of another that the resource policy allows (GW-13)."""
        account = self.api.account
        for limits, needed, callers in (
            (self._own, (), f"callers of account {account} whose own policies allow it"),
            (self._foreign, (allows,), "callers of other accounts whose own policies allow it"),
            (SERVICE_CALLER, (allows,), "AWS services"),
        ):
            box = space.box(limits)
            if box is not None:
                yield AllowCombination(box, needed, callers)

    def _combinations_of_others(
        self, route: Route, kind: AuthType, allows: tuple[StatementBox, ...]
    ) -> Iterator[AllowCombination]:
        """Without AWS_IAM the resource policy sees an anonymous caller, whoever calls (GW-12, GW-15, GW-16)."""
        of_policy: tuple[tuple[StatementBox, ...], ...] = (allows,) if self._has_policy else ()
        if kind is AuthType.NONE:
            yield AllowCombination({}, of_policy, "anybody")
            return
        authorizer = authorizer_of(self.api, route)
        token = {TOKEN: HAS_TOKEN} if needs_token(self.api, authorizer) else {}
        if kind is AuthType.CUSTOM:
            if not authorizer.invoke_permission:
                return  # API Gateway cannot call the function, and lets no call through (AUT-10)
            answer = answer_dimension(authorizer)
            yield AllowCombination(
                {**token, answer: ALLOWS}, (), f"anybody whose call the authorizer {authorizer.name} allows"
            )
            if self._has_policy and not authorizer.simple_responses:
                # One Allow is enough, that of the authorizer or that of the resource policy (GW-17).
                callers = f"anybody whose call the authorizer {authorizer.name} does not deny"
                yield AllowCombination({**token, answer: ALLOWS | SAYS_NOTHING}, (allows,), callers)
            return
        for scope, taken in product(route.scopes or ("",), token_kinds(authorizer, route)):
            limits = {kind_dimension(taken): HAS_SCOPE}
            limits |= {scope_dimension(authorizer, scope): HAS_SCOPE} if scope else {}
            callers = f"anybody with a token for {authorizer.name}"
            callers += "" if taken.expression is None else f" whose aud matches {taken.expression}"
            callers += f" with the scope {scope}" if scope else ""
            yield AllowCombination({**token, **limits}, of_policy, callers)

    def _boxes(self, space: Space, seen_as: View | None) -> tuple[tuple[StatementBox, ...], tuple[StatementBox, ...]]:
        """The Deny statements and the Allow statements of the resource policy, with the calls that they apply to."""
        found: tuple[list[StatementBox], list[StatementBox]] = ([], [])
        for statement in self._statements:
            found[0 if statement.denies else 1].extend(space.boxes(statement, seen_as=seen_as))
        return tuple(found[0]), tuple(found[1])


def region(calls: RouteCalls, space: Space) -> Box | None:
    """The calls that reach a route; None if there are none."""
    action = space.box(CONNECTIONS_ONLY if calls.route.method == CONNECTIONS else INVOKE_ONLY)
    values = space.values_of(calls.matching)
    for better in calls.better:
        values = values & ~space.values_of(better)
    return None if action is None or not values else intersection(action, {RESOURCE: values})


def _moved_statement(statement: CompiledStatement, moved: MovedArns) -> CompiledStatement:
    """A statement that is read by the ARNs of another version."""
    occurrences = (
        each._replace(clause=MovedResourceClause(each.clause, moved))
        if isinstance(each.clause, ResourceClause)
        else each
        for each in statement.occurrences
    )
    return statement._replace(occurrences=tuple(occurrences))


def _anonymous_view(api: ApiDefinition) -> View:
    """The view of a call without authentication, as the policies of the API receive it."""
    resource = f"{api.tables.arn_prefixes[api.stages[0].name]}GET/"
    request = Request(caller=Caller(Principal.anonymous()), action="execute-api:Invoke", resource=resource)
    return request.as_seen_by((False, api.is_private)).view()
