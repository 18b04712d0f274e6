"""The caller of a scenario: who signs the request or call, with its policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from execpolicy.arguments import with_article
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError
from execpolicy.language.principal import Principal

#: The policies of a caller.
_OF_THE_CALLER: Final = ("identity", "boundary", "session", "scps")


def read_caller(who: object, details: Mapping[str, Any]) -> Caller | Principal:
    """The caller or principal that ``Scenario.acting_as`` is given.

    Args:
        who: a Caller, a Principal, or the text that ``Principal.parse`` reads.
        details: what else ``Principal.parse`` takes.

    Raises:
        UsageError: ``who`` is something else, or there are details of a principal that is made already.
        RequestError: the text names no caller.
    """
    __tracebackhide__ = True
    if isinstance(who, (Caller, Principal)):
        given = [name for name, value in details.items() if value not in (None, False)]
        if given:
            raise UsageError(
                f"{' and '.join(given)} of {with_article(type(who))} that is made already",
                advice="tell them to Principal.parse, or give the ARN here",
            )
        return who
    if not isinstance(who, str):
        advice = 'write acting_as("arn:aws:iam::111122223333:user/Ann"); a call that nobody signs leaves it out'
        raise UsageError(f"who acts is an ARN, a Principal or a Caller, found {with_article(type(who))}", advice=advice)
    return Principal.parse(who, **details)


def caller_with_policies(who: Caller | Principal | None, policies: Mapping[str, Any]) -> Caller | None:
    """The caller of a request; None of a call that nobody signs.

    Args:
        who: who calls.
        policies: the policies of the scenario by kind, those of the caller among them.

    Raises:
        UsageError: nobody has the policies, or a Caller brings its own.
    """
    __tracebackhide__ = True
    given = {name: policies[name] for name in _OF_THE_CALLER if name in policies}
    if isinstance(who, Caller):
        if given:
            advice = "give them to the Caller, or name the principal alone in acting_as"
            raise UsageError(f"the Caller brings its policies, and {' and '.join(given)} is given too", advice=advice)
        return who
    if who is None:
        if given:
            advice = 'say .acting_as("arn:aws:iam::111122223333:user/Ann")'
            raise UsageError(f"the policies of {' and '.join(given)} bind nobody: who calls?", advice=advice)
        return None
    return Caller(who, **given)
