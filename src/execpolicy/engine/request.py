"""One request: who calls, which action, on which resource, in which context."""

from __future__ import annotations

import re

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.frozen import Frozen, setter
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.arguments import as_builtin, encodable
from execpolicy.engine.caller import Caller
from execpolicy.engine.view import SharedCache, View
from execpolicy.errors import RequestError, Source
from execpolicy.language.arn import EVERY, read_resource
from execpolicy.language.context import Context
from execpolicy.language.context_check import check_context
from execpolicy.language.context_keys import RESOURCE_KEYS, needs_check
from execpolicy.language.key_values import KeyValues
from execpolicy.language.principal import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from execpolicy.engine.fast.prepared_layer import PreparedLayer
    from execpolicy.engine.fast.remaining_checks import LayerCode
    from execpolicy.engine.layers import Outcome
    from execpolicy.language.arn import Arn
    from execpolicy.language.principal import Principal
    from execpolicy.language.request_details import ContextValues

    #: How a service evaluates a request: whether it authenticates callers, and whether it can be reached only through
    #: VPC endpoints (None: it depends on the context), as in ``KeyValues``.
    Visibility: TypeAlias = tuple[bool, bool | None]
    #: The Target, by identity, and the owner of a resource; the layer that distinguishes its paths; and the outcome for
    #: each code of this layer (fast/shared_layers.py). A plain tuple is unpacked in a third of the time of a named one.
    SharedOutcomes: TypeAlias = tuple[object, "ResourceOwner | None", PreparedLayer | None, Mapping[object, Outcome]]

_ACTION = "[A-Za-z0-9-]+:[A-Za-z0-9]+"
_ACCOUNT = "[0-9]{12}"


class ResourceOwner(NamedTuple):
    """The account and the partition that own a resource."""

    account: str
    partition: str


class CompiledPair(NamedTuple):
    """A caller and a target, compiled together for the resources of one owner.

    ``layers`` are those of both sides, each with the place of its code in a state, and ``state`` is the state without
    their codes; None where it depends on the request which layers apply. ``target`` is the Target, by identity.
    """

    target: object
    owner: ResourceOwner | None
    layers: tuple[tuple[LayerCode, int], ...] | None
    state: int


#: A service that authenticates callers, and may be reached in any way.
DEFAULT_VISIBILITY: Visibility = (True, None)

#: A placeholder for the pair of a profile that has none yet.
NO_PAIR = CompiledPair(None, None, None, 0)
#: A placeholder for what the requests of a profile share before that is found.
NOTHING_SHARED: SharedOutcomes = (None, None, None, {})


class RequestProfile(SharedCache):
    """What all requests of one caller, for one action, in one context share."""

    __slots__ = ("by_visibility", "caller", "decided", "pair", "shared", "visibility")

    def __init__(self, caller: Caller, principal: Principal, action: str, pair: CompiledPair | None) -> None:
        # Written out, because it takes less time: a log has a new context, and so a new profile, for each request.
        self.caller = caller
        self.principal = principal
        self.action = action
        self.has_boundary = caller.boundary is not None
        self.key_values = {}
        self.results = {}
        #: The pair of the caller's latest request.
        self.pair = pair or NO_PAIR
        #: What its requests share, and the number of those that were decided without it.
        self.shared = NOTHING_SHARED
        self.decided = 0
        #: How the request is seen, and the profiles of the same requests by other visibilities.
        self.visibility = DEFAULT_VISIBILITY
        self.by_visibility: dict[Visibility, RequestProfile] | None = None


#: By the part of an ARN before its first slash, which is that of an API.
_owners: dict[str, ResourceOwner] = {}
#: One object for each owner, so that owners are compared by identity.
_distinct_owners: dict[ResourceOwner, ResourceOwner] = {}
_callers: dict[str, Caller] = {}
#: Actions that were checked.
_actions: dict[str, str] = {}

#: A placeholder for a key that was not read yet.
_NOT_READ: ContextValues = ("not read",)


class Request(Frozen):
    """One request to decide.

    Args:
        caller: a Caller with its policies, or a Principal or its text for a caller without policies.
        action: ``execute-api:Invoke`` or another action; no wildcards.
        resource: the ARN of what is called, with the path as it is sent: ``…:a1b2c3/prod/GET/pets/7``. A ``*`` in it
            is that character. ``*`` alone is for an action of another service that is on no single resource.
        context: a Context, or a mapping that becomes a complete one.
        resource_account: the account that owns the resource, where its ARN does not say so; of ``*`` it is the caller's
            unless it is given.

    Raises:
        RequestError: a part cannot be read, or the context contradicts the caller or the resource.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html

    >>> Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets").account
    '111122223333'
    """

    __slots__ = ("parts",)
    #: Context, resource, owner, profile, key values and view once they are made: one slot is faster than six.
    parts: tuple[Context, str, ResourceOwner, RequestProfile, KeyValues | None, View | None]

    def __init__(
        self,
        *,
        caller: Caller | Principal | str,
        action: str,
        resource: str,
        context: Context | Mapping[str, Any] | None = None,
        resource_account: str | None = None,
    ) -> None:
        if type(context) is Context and type(resource) is str and resource_account is None and resource.isascii():
            # Nothing is new in most requests: the caller and the action of the latest one, the resource of a known API.
            profile, owner = context.latest, _owners.get(resource.partition("/")[0])
            if (
                owner is not None
                and profile is not None
                and profile.caller is caller
                and (profile.action is action or (type(action) is str and profile.action == action))
            ):
                _set_parts(self, (context, resource, owner, profile, None, None))
                return
        who = caller if isinstance(caller, Caller) else _caller(caller)
        if isinstance(context, Context):
            request_context = context
        else:
            request_context = who.empty_context if context is None or context == {} else Context(context)
        owner = None
        if type(resource) is not str or not resource.isascii():
            resource = _checked_text(resource, "resource")
        elif resource_account is None:
            # A resource of a known API differs in nothing that could be wrong.
            owner = _owners.get(resource.partition("/")[0])
        if owner is None:
            owner = _resource_owner(resource, resource_account, who.principal, action)
        if type(action) is not str:
            action = _checked_text(action, "action")
        profile = request_context.latest
        if profile is None or profile.caller is not who or profile.action != action:
            if needs_check(request_context.key_flags) or action not in _actions:
                profile = _checked_profile(who, action, resource, owner, request_context)
            else:
                profile = RequestProfile(who, who.principal, action, who.latest_pair)
                request_context.remember(profile)
        _set_parts(self, (request_context, resource, owner, profile, None, None))

    @property
    def profile(self) -> RequestProfile:
        """What the request shares with others of its caller, for its action, in its context."""
        return self.parts[3]

    @property
    def caller(self) -> Caller:
        """Who calls, with the caller's policies."""
        return self.parts[3].caller

    @property
    def action(self) -> str:
        """The action, as it was written."""
        return self.parts[3].action

    @property
    def resource(self) -> str:
        """The ARN of what is called, as it was written."""
        return self.parts[1]

    @property
    def context(self) -> Context:
        """The context of the request, by condition key."""
        return self.parts[0]

    @property
    def account(self) -> str:
        """The account that owns the resource; empty where it is not known."""
        return self.parts[2].account

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        return self.key_values().arn

    def values(self, key: str) -> ContextValues:
        """The values of a key by its lower-case name: none when it is absent, None when that is not known."""
        context, _, _, profile, _, _ = self.parts
        found = context.given(key)
        # A given value counts unless a service withholds the key, or it describes an anonymous caller (GW-22).
        if found is not None and profile.visibility is DEFAULT_VISIBILITY and profile.principal.kind != ANONYMOUS:
            return found
        found = profile.key_values.get(key, _NOT_READ)
        return self.key_values().values(key) if found is _NOT_READ else found

    def key_values(self) -> KeyValues:
        """The values of context keys."""
        context, resource, owner, profile, key_values, view = self.parts
        if key_values is None:
            authenticated, private = profile.visibility
            key_values = KeyValues(
                profile.caller.principal,
                profile.action,
                resource,
                owner.account,
                context,
                authenticated=authenticated,
                private=private,
                known=profile.key_values,
            )
            _set_parts(self, (context, resource, owner, profile, key_values, view))
        return key_values

    def view(self) -> View:
        """The request as the layers of IAM see it: with the caller as it is."""
        view = self.parts[5]
        if view is None:
            key_values = self.key_values()
            context, resource, owner, profile, _, _ = self.parts
            view = View(key_values, has_boundary=profile.has_boundary, cache=profile)
            _set_parts(self, (context, resource, owner, profile, key_values, view))
        return view

    def as_seen_by(self, visibility: Visibility) -> Request:
        """The same request as a service evaluates it."""
        context, resource, owner, profile, _, _ = self.parts
        if profile.by_visibility is None:
            profile.by_visibility = {}
        other = profile.by_visibility.get(visibility)
        if other is None:
            other = RequestProfile(profile.caller, profile.principal, profile.action, profile.pair)
            other.visibility = visibility
            profile.by_visibility[visibility] = other
        request = object.__new__(Request)
        _set_parts(request, (context, resource, owner, other, None, None))
        return request

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return ("account", "action", "arn", "caller", "context")

    def __getstate__(self) -> dict[str, Any]:
        return {
            "caller": self.caller,
            "action": self.action,
            "resource": self.resource,
            "context": self.context,
            "resource_account": self.account or None,
            "visibility": self.parts[3].visibility,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        given = dict(state)
        visibility = given.pop("visibility")
        Request.__init__(self, **given)
        if visibility != DEFAULT_VISIBILITY:
            _set_parts(self, self.as_seen_by(visibility).parts)


_set_parts = setter(Request, "parts")


def request_of(caller: Caller, action: str, resource: str, context: Context) -> Request:
    """The request that ``Request`` makes of these, faster where it is one of many of its caller.

    Raises:
        RequestError: as ``Request`` does.
    """
    profile = context.latest
    if profile is not None and profile.caller is caller and type(action) is type(resource) is str:
        # As in Request: the resource of a known API differs in nothing that could be wrong.
        is_known = profile.action == action and resource.isascii()
        owner = _owners.get(resource.partition("/")[0]) if is_known else None
        if owner is not None:
            request = object.__new__(Request)
            _set_parts(request, (context, resource, owner, profile, None, None))
            return request
    return Request(caller=caller, action=action, resource=resource, context=context)


def _checked_profile(who: Caller, action: str, resource: str, owner: ResourceOwner, context: Context) -> RequestProfile:
    """Check a request with a new context or action, so that the next one in its context need not be checked."""
    key_values = KeyValues(who.principal, _checked_action(action), resource, owner.account, context)
    check_context(key_values)
    profile = RequestProfile(who, key_values.principal, action, None)
    if all(context.get(key) is None for key in RESOURCE_KEYS):
        context.remember(profile)
    return profile


def _refuse_every_resource_of(action: object) -> None:
    if isinstance(action, str) and action.lower().startswith("execute-api:"):
        source = Source("<resource>", EVERY)
        raise RequestError(
            f"found '*' as the resource of {action}, which is always on one",
            source=source,
            span=source.span(0, 1),
            advice="give the ARN of what is called; '*' is for actions of other services that are on no single "
            "resource, such as s3:ListAllMyBuckets",
            rule="RES-6",
        )


def _caller(given: Principal | str) -> Caller:
    """A caller without policies; those given as text are kept for the next request."""
    if not isinstance(given, str):
        return Caller(given)
    caller = _callers.get(given)
    return store(_callers, given, Caller(given)) if caller is None else caller


def _resource_owner(resource: str, given: str | None, caller: Principal, action: object) -> ResourceOwner:
    arn = read_resource(resource)
    if resource == EVERY:
        _refuse_every_resource_of(action)
        # An action on no single resource is done in the caller's own account, unless another is given.
        given = caller.account if given is None and caller.is_iam else given
    owner = ResourceOwner(_account(arn, given, caller), arn.partition or caller.partition or "aws")
    owner = _distinct_owners.get(owner) or store(_distinct_owners, owner, owner)
    before, slash, _ = resource.partition("/")
    return store(_owners, before, owner) if arn.account and slash and len(before) <= MAX_KEY_LENGTH else owner


def _checked_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise RequestError(f"the {name} of a request is a text, found {type(value).__name__}")
    return encodable(as_builtin(value), f"the {name}")


def _checked_action(action: object) -> str:
    text = _checked_text(action, "action")
    if re.fullmatch(_ACTION, text) is None:
        source = Source("<action>", text)
        raise RequestError(
            f"found {text!r}, expected the name of one action as service:Name",
            source=source,
            span=source.span(0, len(text)),
            advice="such as execute-api:Invoke; a request has no wildcards",
            rule="ACT-1",
        )
    return store(_actions, text, text) if len(text) <= MAX_KEY_LENGTH else text


def _account(arn: Arn, given: str | None, caller: Principal) -> str:
    """The account of the resource, which decides between the tables for one account and for two (EVL-4, EVL-5)."""
    if given is not None and (not isinstance(given, str) or re.fullmatch(_ACCOUNT, given) is None):
        raise RequestError(f"resource_account is an account of 12 digits, found {given!r}", rule="EVL-5")
    if arn.account and given is not None and given != arn.account:
        raise RequestError(
            f"the resource's ARN says account {arn.account}, resource_account says {given}",
            advice="leave resource_account out: it is for ARNs that name no account",
            rule="EVL-5",
        )
    account = arn.account or given or ""
    if not account and caller.is_iam:
        raise RequestError(
            f"the account of {arn.text} is not known, and whether the caller needs a grant on both sides depends on it",
            advice="give resource_account",
            rule="EVL-5",
        )
    return account
