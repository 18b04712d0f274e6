"""One side of a comparison: the policies that decide, when they allow a request, and the decision on one request."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.allowed_requests import AllowCombination, AllowedRequests
from execpolicy.analysis.box import intersection
from execpolicy.analysis.dimensions.dimension import ValueExample, changed_view
from execpolicy.analysis.limits import CALLER_WITH_ACCOUNT, EXECUTE_API, in_account
from execpolicy.document.action_name import INVOKE
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.authorize import authorize, decide
from execpolicy.engine.caller import Caller, Target
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.combine import STILL_BLOCKS
from execpolicy.engine.compiled_policies import CompiledPolicies
from execpolicy.engine.layered_request import AppliedLayer, LayeredRequest, applicable_layers
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.gateway.flow.outcomes import alone
from execpolicy.language.grant import Grant
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.analysis.allowed_requests import StatementBox
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.space import Space
    from execpolicy.engine.compile import CompiledStatement
    from execpolicy.engine.decision import Decision
    from execpolicy.engine.view import View

    Statements: TypeAlias = tuple[StatementBox, ...]

#: Any API: which layers apply depends on the caller, and not on which API of execute-api is called.
ANY_API = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/GET/"
#: The layers that must allow a request of any caller, where they apply (EVL-2, EVL-7).
_ALWAYS_NEEDED = (Layer.VPC_ENDPOINT, Layer.SCP)
#: The kinds of policies that only callers with an account have.
_OF_THE_CALLER = (PolicyKind.IDENTITY, PolicyKind.BOUNDARY, PolicyKind.SESSION, PolicyKind.SCP)


#: The layers of one policy that has to allow, whatever other policies say (GW-18, GW-20, EVL-7).
_ALONE = (Layer.AUTHORIZER, Layer.DOMAIN_NAME, Layer.VPC_ENDPOINT)
#: The kinds of policies that API Gateway attaches to an API: they receive requests to execute-api only.
_OF_APIS = (PolicyKind.RESOURCE, PolicyKind.AUTHORIZER, PolicyKind.DOMAIN_NAME)


class Side(ABC):
    """One side of a comparison."""

    #: The caller of every request; None where any caller is meant.
    caller: Caller | None = None
    #: Whether requests to other services than execute-api are meant, too.
    any_service: bool = False

    @abstractmethod
    def statements(self) -> Iterator[CompiledStatement]:
        """Every statement that its decisions depend on, and those of its limits."""

    @abstractmethod
    def allowed(self, space: Space) -> AllowedRequests:
        """The requests that it allows."""

    def left_to_others(self, space: Space) -> AllowCombination | None:
        """The requests that policies which are not given may allow, where it neither allows nor denies them.

        None if there are none. The space divides by whether callers have an account.
        """
        return None

    @abstractmethod
    def decide(self, request: Request) -> Decision:
        """The decision on one request."""


class PolicySide(Side):
    """A policy by itself: it allows a request if one of its Allow statements applies, and none of its Deny.

    ``has_boundary`` says whether the callers have a permissions boundary, which no NotPrincipal exempts (PRN-6).
    """

    def __init__(self, policy: Policy, *, has_boundary: bool = False) -> None:
        self._has_boundary = has_boundary
        self._layer = Layer(policy.kind.value)
        self._policies = CompiledPolicies([[policy]], ClauseTable())
        self._of_the_caller = policy.kind in _OF_THE_CALLER
        self.any_service = policy.kind not in _OF_APIS and any(map(names_other_service, self._policies.statements()))

    def statements(self) -> Iterator[CompiledStatement]:
        yield from self._policies.statements()
        if self._of_the_caller:
            yield CALLER_WITH_ACCOUNT

    def allowed(self, space: Space) -> AllowedRequests:
        denies, allows = statement_boxes(self._policies.statements(), space, has_boundary=self._has_boundary)
        limits = _with_account(space) if self._of_the_caller else {}
        return AllowedRequests(denies, (AllowCombination(limits, (allows,)),))

    def left_to_others(self, space: Space) -> AllowCombination | None:
        if self._layer in _ALONE:
            return None
        # Other policies are about callers with an account (EVL-8). AWS attaches an RCP that allows everything.
        return AllowCombination({} if self._layer is Layer.RCP else _with_account(space), ())

    def decide(self, request: Request) -> Decision:
        layers = {self._layer: AppliedLayer(self._policies, request.view())}
        return decide(LayeredRequest(request, Target(), layers, alone(self._layer), {}))


class PairSide(Side):
    """A caller with its policies, and the policies on the resource's side, for requests to execute-api.

    Rules EVL-4, EVL-5 and EVL-8.
    """

    caller: Caller
    #: Whether a resource policy that is not given may allow requests in the caller's account (EVL-4).
    _has_others: bool

    def __init__(self, caller: Caller, target: Target) -> None:
        self.caller = caller
        self._target = target
        self._layers = _layers_of(caller, target)
        who = caller.principal
        #: The requests for resources of the caller's account, and for those of others.
        self._own, self._foreign = in_account(who.account, who.partition) if who.is_iam else (EXECUTE_API, EXECUTE_API)
        self._has_others = who.is_iam and target.resource is None

    def statements(self) -> Iterator[CompiledStatement]:
        for policies in self._layers.values():
            yield from policies.statements()
        yield from (EXECUTE_API, self._own, self._foreign)

    def allowed(self, space: Space) -> AllowedRequests:
        has_boundary = self.caller.boundary is not None
        denies: list[StatementBox] = []
        allows: dict[Layer, list[Statements]] = {}
        for layer, policies in self._layers.items():
            for level in policies.levels:
                statements = [each for policy in level for each in policy.statements]
                refused, allowed = statement_boxes(statements, space, has_boundary=has_boundary)
                denies.extend(refused)
                allows.setdefault(layer, []).append(allowed)
        found = tuple(each for each in self._combinations(allows, space) if each is not None)
        return AllowedRequests(tuple(denies), found)

    def left_to_others(self, space: Space) -> AllowCombination | None:
        if not self._has_others:
            return None
        levels = [level for layer in _ALWAYS_NEEDED if layer in self._layers for level in self._layers[layer].levels]
        allows = [
            statement_boxes([each for policy in level for each in policy.statements], space)[1] for level in levels
        ]
        return _combination(space, self._own, allows)

    def _combinations(
        self, allows: Mapping[Layer, list[Statements]], space: Space
    ) -> Iterator[AllowCombination | None]:
        """The combinations that allow: for one account (EVL-4), for two (EVL-5), for callers without one (EVL-8)."""
        always = [group for layer in _ALWAYS_NEEDED for group in allows.get(layer, ())]
        named = allows.get(Layer.RESOURCE, [()])
        if self._own is self._foreign:  # the caller has no account
            yield _combination(space, EXECUTE_API, [*always, *named])
            return
        own = [group for layer in STILL_BLOCKS[Grant.NONE] for group in allows.get(layer, ())]
        yield _combination(space, self._foreign, [*always, *own, *named])
        yield _combination(space, self._own, [*always, *own])
        for grant in (Grant.ROLE, Grant.DIRECT):
            strong = [tuple(each for each in group if self._grant(each, space) >= grant) for group in named]
            others = [group for layer in STILL_BLOCKS[grant] for group in allows.get(layer, ())]
            yield _combination(space, self._own, [*always, *strong, *others])

    def _grant(self, allow: StatementBox, space: Space) -> Grant:
        """How strongly an Allow of the resource policy names the caller."""
        view = changed_view(space.base, ValueExample(principal=self.caller.principal))
        return allow.statement.grant(view)[0]

    def decide(self, request: Request) -> Decision:
        return authorize(request, self._target)


class CallerSide(PairSide):
    """A caller by its own policies (ANA-5).

    APIs of its own account have no resource policy. Those of other accounts have one that allows its requests.
    """

    def __init__(self, caller: Caller) -> None:
        who = caller.principal
        super().__init__(caller, Target(resource=_policy_of_others(who)) if who.is_iam else Target())
        self._has_others = who.is_iam


def _policy_of_others(who: Principal) -> Policy:
    """A resource policy that leaves requests for resources of other accounts to the caller's own policies (EVL-5)."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": who.account},
        "Action": "execute-api:*",
        "NotResource": f"arn:*:execute-api:*:{who.account}:*",
    }
    document = {"Version": "2012-10-17", "Statement": statement}
    return Policy.parse(document, kind="resource", name="(the policy of an API in another account)")


def base_view(caller: Caller | None) -> View:
    """The view of a request of which an analysis changes single values: of a given caller, or of an anonymous one."""
    who = Caller(Principal.anonymous()) if caller is None else caller
    return Request(caller=who, action=INVOKE, resource=ANY_API).view()


def _with_account(space: Space) -> Box:
    found = space.box(CALLER_WITH_ACCOUNT)
    assert found is not None, "some callers have an account"
    return found


def _combination(space: Space, limits: CompiledStatement, needed: Sequence[Statements]) -> AllowCombination | None:
    """A combination that needs a statement of each group; None if there is none."""
    box = space.box(limits)
    both = None if box is None else intersection(box, space.box(EXECUTE_API) or {})
    return None if both is None else AllowCombination(both, tuple(needed))


def names_other_service(statement: CompiledStatement) -> bool:
    """Whether a statement may apply to actions of other services than execute-api."""
    action = statement.statement.action
    return action.negated or not all(each.value.lower().startswith("execute-api:") for each in action.values)


def _layers_of(caller: Caller, target: Target) -> Mapping[Layer, CompiledPolicies]:
    """The layers that apply to requests of a caller to execute-api."""
    request = Request(caller=caller, action=INVOKE, resource=ANY_API)
    return applicable_layers(request, target)[0]


def statement_boxes(
    statements: Iterable[CompiledStatement], space: Space, *, has_boundary: bool = False
) -> tuple[Statements, Statements]:
    """The Deny statements and the Allow statements, with the requests that they apply to."""
    found: tuple[list[StatementBox], list[StatementBox]] = ([], [])
    for statement in statements:
        found[0 if statement.denies else 1].extend(space.boxes(statement, has_boundary=has_boundary))
    return tuple(found[0]), tuple(found[1])
