"""Reads the caller of a scenario, with its policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from execpolicy.arguments import with_article
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.principal import Principal

#: The policies of a caller.
_OF_THE_CALLER: Final = ("identity", "boundary", "session", "scps")


def read_caller(who: object, details: Mapping[str, Any]) -> Caller | Variants[Caller] | Principal:
    """The caller or principal that ``Scenario.acting_as`` is given.

    Args:
        who: a Caller, a Principal, or the text that ``Principal.parse`` reads.
        details: the other arguments of ``Principal.parse``.

    Raises:
        UsageError: ``who`` has another type, or details are given with a Principal or Caller.
        RequestError: the text is not a principal.
    """
    if isinstance(who, (Caller, Principal, Variants)):
        given = [name for name, value in details.items() if value not in (None, False)]
        if given:
            raise UsageError(
                f"{' and '.join(given)} cannot be given with {with_article(type(who))}",
                advice="give them to Principal.parse, or give the ARN here",
            )
        return who
    if not isinstance(who, str):
        advice = 'write acting_as("arn:aws:iam::111122223333:user/Ann"); omit it for a call that is not signed'
        raise UsageError(
            f"the caller is an ARN, a Principal or a Caller, found {with_article(type(who))}", advice=advice
        )
    return Principal.parse(who, **details)


def caller_with_policies(
    who: Caller | Variants[Caller] | Principal | None, policies: Mapping[str, Any]
) -> Caller | Variants[Caller] | None:
    """The caller of a request or call; None if the call is not signed.

    Args:
        who: the caller without policies, or with all of them.
        policies: the policies of the scenario by kind.

    Raises:
        UsageError: the policies have no caller, or a Caller has its own.
    """
    given = {name: policies[name] for name in _OF_THE_CALLER if name in policies}
    if isinstance(who, (Caller, Variants)):
        if given:
            advice = "give them to the Caller, or give only the principal to acting_as"
            raise UsageError(f"the Caller has its own policies, but {' and '.join(given)} is given too", advice=advice)
        return who
    if who is None:
        if given:
            advice = 'call .acting_as("arn:aws:iam::111122223333:user/Ann")'
            raise UsageError(f"there is no caller for the policies of {' and '.join(given)}", advice=advice)
        return None
    return Caller(who, **given)
