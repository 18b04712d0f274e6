"""One request: who calls, which action, on which resource, in which context."""

from __future__ import annotations

import re

from execpolicy._base.bounded_cache import MAX_KEY_LENGTH, store
from execpolicy._base.frozen import Frozen, setter
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.arguments import as_builtin, encodable
from execpolicy.engine.caller import Caller
from execpolicy.engine.view import Setting, View
from execpolicy.errors import RequestError, Source
from execpolicy.language.arn import EVERY, read_resource
from execpolicy.language.context import Context
from execpolicy.language.context_check import check_context
from execpolicy.language.context_keys import NEEDS_CHECK, RESOURCE_KEYS
from execpolicy.language.key_values import KeyValues
from execpolicy.language.principal import ANONYMOUS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, TypeAlias

    from execpolicy.engine.fast.outcome_table import Coder
    from execpolicy.language.arn import Arn
    from execpolicy.language.principal import Principal
    from execpolicy.language.request_details import ContextValues

    #: How a service sees a request: whether it checks who calls, and whether it can be reached through VPC endpoints
    #: alone (None: that is left to the context), as in ``KeyValues``.
    Way: TypeAlias = tuple[bool, bool | None]

_ACTION = "[A-Za-z0-9-]+:[A-Za-z0-9]+"
_ACCOUNT = "[0-9]{12}"


class Site(NamedTuple):
    """What the first fields of a resource's ARN say."""

    account: str
    partition: str


class Meeting(NamedTuple):
    """What the requests of one sender for the resources of one site have in common, at one target.

    ``layers`` are those of both sides, each with the place of its code in a state, and ``state`` is the state before
    they are asked; None where it hangs on the request which layers bind. ``target`` is the Target, by identity.
    """

    target: object
    site: Site | None
    layers: tuple[tuple[Coder, int], ...] | None
    state: int


#: A service that checks who calls, and may be reached in any way.
USUAL: Way = (True, None)

#: Where a sender was that was nowhere yet.
NOWHERE = Meeting(None, None, None, 0)


class Sender(Setting):
    """The setting of all requests of one caller, for one action, in one context."""

    __slots__ = ("caller", "met", "others", "way")

    def __init__(self, caller: Caller, principal: Principal, action: str, met: Meeting | None) -> None:
        # Written out: a log has a new context, and so a new sender, for each request.
        self.caller = caller
        self.principal = principal
        self.action = action
        self.has_boundary = caller.boundary is not None
        self.known = {}
        self.truths = {}
        #: Where the caller's last request went.
        self.met = met or NOWHERE
        #: How the request is seen, and the senders of the same requests seen otherwise.
        self.way = USUAL
        self.others: dict[Way, Sender] | None = None


#: By the part of an ARN before its first slash, which is that of an API.
_sites: dict[str, Site] = {}
#: One object for each site, so that sites are told apart by identity.
_distinct: dict[Site, Site] = {}
_callers: dict[str, Caller] = {}
#: Actions that were checked.
_actions: dict[str, str] = {}

#: Stands for a key that was not asked for yet.
_NOT_ASKED: ContextValues = ("not asked",)


class Request(Frozen):
    """One call to be decided.

    Args:
        caller: a Caller with its policies, or a Principal or its text for a caller without policies.
        action: ``execute-api:Invoke`` or another action; no wildcards.
        resource: the ARN of what is called, with the path as it is sent: ``…:a1b2c3/prod/GET/pets/7``. A ``*`` in it
            is that character. ``*`` alone is for an action of another service that is on no single resource.
        context: a Context, or a mapping that becomes a complete one.
        resource_account: the account that owns the resource, where its ARN does not say so; of ``*`` it is the caller's
            unless told.

    Raises:
        RequestError: a part cannot be read, or the context contradicts the caller or the resource.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html

    >>> Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets").account
    '111122223333'
    """

    __slots__ = ("parts",)
    #: Context, resource, site, sender, key values and view once they are made: one slot is faster than six.
    parts: tuple[Context, str, Site, Sender, KeyValues | None, View | None]

    def __init__(
        self,
        *,
        caller: Caller | Principal | str,
        action: str,
        resource: str,
        context: Context | Mapping[str, Any] | None = None,
        resource_account: str | None = None,
    ) -> None:
        who = caller if isinstance(caller, Caller) else _caller(caller)
        if isinstance(context, Context):
            told = context
        else:
            told = who.without_context if context is None or context == {} else Context(context)
        site = None
        if type(resource) is not str or not resource.isascii():
            resource = _checked_text(resource, "resource")
        elif resource_account is None:
            # A resource of an API that was met before differs in nothing that could be wrong.
            site = _sites.get(resource.partition("/")[0])
        if site is None:
            site = _site(resource, resource_account, who.principal, action)
        if type(action) is not str:
            action = _checked_text(action, "action")
        sender = told.latest
        if sender is None or sender.caller is not who or sender.action != action:
            if NEEDS_CHECK[told.key_flags] or action not in _actions:
                sender = _introduced(who, action, resource, site, told)
            else:
                sender = Sender(who, who.principal, action, who._met)
                told.remember(sender)
        _set_parts(self, (told, resource, site, sender, None, None))

    @property
    def sender(self) -> Sender:
        """What the request has in common with others of its caller, for its action, in its context."""
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
        """What the request says of itself, by condition key."""
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
        context, _, _, sender, _, _ = self.parts
        found = context.given(key)
        # Of what is given, only keys that tell of an anonymous caller may not count (GW-22), unless a service says so.
        if found is not None and sender.way is USUAL and sender.principal.kind != ANONYMOUS:
            return found
        found = sender.known.get(key, _NOT_ASKED)
        return self.key_values().values(key) if found is _NOT_ASKED else found

    def key_values(self) -> KeyValues:
        """What is known of the request, key by key."""
        context, resource, site, sender, key_values, view = self.parts
        if key_values is None:
            authenticated, private = sender.way
            key_values = KeyValues(
                sender.caller.principal,
                sender.action,
                resource,
                site.account,
                context,
                authenticated=authenticated,
                private=private,
                known=sender.known,
            )
            _set_parts(self, (context, resource, site, sender, key_values, view))
        return key_values

    def view(self) -> View:
        """The request as the layers of IAM see it: with the caller as it is."""
        view = self.parts[5]
        if view is None:
            key_values = self.key_values()
            context, resource, site, sender, _, _ = self.parts
            view = View(key_values, has_boundary=sender.has_boundary, setting=sender)
            _set_parts(self, (context, resource, site, sender, key_values, view))
        return view

    def seen(self, way: Way) -> Request:
        """The same request as a service sees it."""
        context, resource, site, sender, _, _ = self.parts
        if sender.others is None:
            sender.others = {}
        other = sender.others.get(way)
        if other is None:
            other = Sender(sender.caller, sender.principal, sender.action, sender.met)
            other.way = way
            sender.others[way] = other
        request = object.__new__(Request)
        _set_parts(request, (context, resource, site, other, None, None))
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
            "way": self.parts[3].way,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        given = dict(state)
        way = given.pop("way")
        Request.__init__(self, **given)
        if way != USUAL:
            _set_parts(self, self.seen(way).parts)


_set_parts = setter(Request, "parts")


def _introduced(who: Caller, action: str, resource: str, site: Site, told: Context) -> Sender:
    """Check what is new about a request, so that the next one in its context need not be checked."""
    key_values = KeyValues(who.principal, _checked_action(action), resource, site.account, told)
    check_context(key_values)
    sender = Sender(who, key_values.principal, action, None)
    if all(told.get(key) is None for key in RESOURCE_KEYS):
        told.remember(sender)
    return sender


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
    """A caller without policies; those given as text are remembered."""
    if not isinstance(given, str):
        return Caller(given)
    caller = _callers.get(given)
    return store(_callers, given, Caller(given)) if caller is None else caller


def _site(resource: str, told: str | None, caller: Principal, action: object) -> Site:
    arn = read_resource(resource)
    if resource == EVERY:
        _refuse_every_resource_of(action)
        # What is on no single resource is done in the caller's own account, unless it is told otherwise.
        told = caller.account if told is None and caller.is_iam else told
    site = Site(_account(arn, told, caller), arn.partition or caller.partition or "aws")
    site = _distinct.get(site) or store(_distinct, site, site)
    before, slash, _ = resource.partition("/")
    return store(_sites, before, site) if arn.account and slash and len(before) <= MAX_KEY_LENGTH else site


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


def _account(arn: Arn, told: str | None, caller: Principal) -> str:
    """The account of the resource, which decides between the tables for one account and for two (EVL-4, EVL-5)."""
    if told is not None and (not isinstance(told, str) or re.fullmatch(_ACCOUNT, told) is None):
        raise RequestError(f"resource_account is an account of 12 digits, found {told!r}", rule="EVL-5")
    if arn.account and told is not None and told != arn.account:
        raise RequestError(
            f"the resource's ARN says account {arn.account}, resource_account says {told}",
            advice="leave resource_account out: it is for ARNs that name no account",
            rule="EVL-5",
        )
    account = arn.account or told or ""
    if not account and caller.is_iam:
        raise RequestError(
            f"the account of {arn.text} is not known, and whether the caller needs a grant on both sides depends on it",
            advice="give resource_account",
            rule="EVL-5",
        )
    return account
