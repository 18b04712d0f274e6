"""One request: who calls, which action, on which resource, in which context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from execpolicy.engine.caller import Caller
from execpolicy.engine.slots import setter
from execpolicy.engine.view import Setting, View
from execpolicy.errors import RequestError
from execpolicy.frozen import Frozen
from execpolicy.language.arn import Arn, parse_arn
from execpolicy.language.context import Context
from execpolicy.language.facts import OF_THE_RESOURCE, Facts
from execpolicy.language.principal import Principal
from execpolicy.source import Source

_ACTION = re.compile("[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ACCOUNT = re.compile("[0-9]{12}")

#: As many APIs, and callers without policies, as are remembered.
TABLE = 1024


class Site(NamedTuple):
    """What the first fields of a resource's ARN say."""

    account: str
    partition: str


class Sender(Setting):
    """The setting of all requests of one caller, for one action, in one context."""

    __slots__ = ("caller",)

    def __init__(self, caller: Caller, principal: Principal, action: str) -> None:
        super().__init__(principal, action, has_boundary=caller.boundary is not None)
        self.caller = caller


#: By the part of an ARN before its first slash, which is that of an API.
_sites: dict[str, Site] = {}
_callers: dict[str, Caller] = {}


class Request(Frozen):
    """One call to be decided.

    Args:
        caller: a Caller with its policies, or a Principal or its text for a caller without policies.
        action: ``execute-api:Invoke`` or another action; no wildcards.
        resource: the ARN of what is called, with the path as it is sent: ``…:a1b2c3/prod/GET/pets/7``. A ``*`` in it
            is that character.
        context: a Context, or a mapping that becomes a complete one.
        resource_account: the account that owns the resource, where its ARN does not say so.

    Raises:
        RequestError: a part cannot be read, or the context contradicts the caller or the resource.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-control-access-using-iam-policies-to-invoke-api.html

    >>> Request(caller="arn:aws:iam::111122223333:user/Ann", action="execute-api:Invoke",
    ...     resource="arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets").account
    '111122223333'
    """

    __slots__ = ("_facts", "_view", "context", "resource", "sender", "site")
    context: Context
    resource: str
    site: Site
    sender: Sender
    _facts: Facts
    _view: View

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
        told = context if isinstance(context, Context) else who.without_context if not context else Context(context)
        site = None
        if isinstance(resource, str) and resource_account is None:
            # A resource of an API that was met before differs in nothing that could be wrong.
            site = _sites.get(resource[: resource.find("/")])
        if site is None:
            site = _site(_checked_text(resource, "resource"), resource_account, who.principal)
        _set_resource(self, resource)
        _set_site(self, site)
        _set_context(self, told)
        sender = told.latest
        if sender is None or sender.caller is not who or sender.action != action:
            sender = self._introduce(who, action)
        _set_sender(self, sender)

    def _introduce(self, who: Caller, action: str) -> Sender:
        """Check what is new about the request, so that the next one in its context need not be checked."""
        facts = Facts(who.principal, _checked_action(action), parse_arn(self.resource), self.account, self.context)
        facts.check()
        sender = Sender(who, facts.principal, action)
        if all(self.context.get(key) is None for key in OF_THE_RESOURCE):
            self.context.remember(sender)
        return sender

    @property
    def caller(self) -> Caller:
        """Who calls, with the caller's policies."""
        return self.sender.caller

    @property
    def action(self) -> str:
        """The action, as it was written."""
        return self.sender.action

    @property
    def account(self) -> str:
        """The account that owns the resource; empty where it is not known."""
        return self.site.account

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        return self.facts().arn

    def facts(self) -> Facts:
        """What is known of the request, key by key."""
        try:
            return self._facts
        except AttributeError:
            sender = self.sender
            arn = parse_arn(self.resource)
            principal = sender.caller.principal
            facts = Facts(principal, sender.action, arn, self.site.account, self.context, known=sender.known)
            self._set(_facts=facts)
            return facts

    def view(self) -> View:
        """The request as the layers of IAM see it: with the caller as it is."""
        try:
            return self._view
        except AttributeError:
            view = View(self.facts(), has_boundary=self.sender.has_boundary)
            self._set(_view=view)
            return view

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
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Request.__init__(self, **state)


_set_resource = setter(Request, "resource")
_set_site = setter(Request, "site")
_set_context = setter(Request, "context")
_set_sender = setter(Request, "sender")


def _caller(given: Principal | str) -> Caller:
    """A caller without policies; those given as text are remembered."""
    if not isinstance(given, str):
        return Caller(given)
    caller = _callers.get(given)
    if caller is None:
        caller = Caller(given)
        if len(_callers) >= TABLE:
            _callers.clear()
        _callers[given] = caller
    return caller


def _site(resource: str, told: str | None, caller: Principal) -> Site:
    arn = parse_arn(resource)
    site = Site(_account(arn, told, caller), arn.partition)
    slash = resource.find("/")
    if arn.account and slash >= 0:
        if len(_sites) >= TABLE:
            _sites.clear()
        _sites[resource[:slash]] = site
    return site


def _checked_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise RequestError(f"the {name} of a request is a text, found {type(value).__name__}")
    return value


def _checked_action(action: object) -> str:
    text = _checked_text(action, "action")
    if _ACTION.fullmatch(text) is None:
        source = Source("<action>", text)
        raise RequestError(
            f"found {text!r}, expected the name of one action as service:Name",
            source=source,
            span=source.span(0, len(text)),
            advice="such as execute-api:Invoke; a request has no wildcards",
            rule="ACT-1",
        )
    return text


def _account(arn: Arn, told: str | None, caller: Principal) -> str:
    """The account of the resource, which decides between the tables for one account and for two (EVL-4, EVL-5)."""
    if told is not None and (not isinstance(told, str) or _ACCOUNT.fullmatch(told) is None):
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
