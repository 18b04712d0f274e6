"""One request: who calls, which action, on which resource, in which context."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from execpolicy.engine.caller import Caller
from execpolicy.errors import RequestError
from execpolicy.frozen import Frozen
from execpolicy.language.arn import Arn, parse_arn
from execpolicy.language.context import Context
from execpolicy.language.facts import Facts
from execpolicy.language.principal import Principal
from execpolicy.source import Source

_ACTION = re.compile("[A-Za-z0-9-]+:[A-Za-z0-9]+")
_ACCOUNT = re.compile("[0-9]{12}")


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

    __slots__ = ("_facts", "account", "action", "arn", "caller", "context")
    caller: Caller
    action: str
    arn: Arn
    context: Context
    account: str
    _facts: Facts

    def __init__(
        self,
        *,
        caller: Caller | Principal | str,
        action: str,
        resource: str,
        context: Context | Mapping[str, Any] | None = None,
        resource_account: str | None = None,
    ) -> None:
        who = caller if isinstance(caller, Caller) else Caller(caller)
        arn = parse_arn(_checked_text(resource, "resource"))
        told = context if isinstance(context, Context) else Context(context)
        account = _account(arn, resource_account, who.principal)
        facts = Facts(who.principal, _checked_action(action), arn, account, told)
        facts.check()
        self._set(caller=who, action=action, arn=arn, context=told, account=account, _facts=facts)

    @property
    def resource(self) -> str:
        """The ARN of the resource as text."""
        return self.arn.text

    def facts(self) -> Facts:
        """What is known of the request, key by key."""
        return self._facts

    def __getstate__(self) -> dict[str, Any]:
        return {
            "caller": self.caller,
            "action": self.action,
            "resource": self.arn.text,
            "context": self.context,
            "resource_account": self.account or None,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        Request.__init__(self, **state)


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
