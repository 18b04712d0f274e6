"""The callers that an analysis is given as all that there are (ANA-3)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.arguments import instances
from execpolicy.engine.caller import Caller
from execpolicy.errors import UsageError


def given_callers(callers: object) -> tuple[Caller, ...] | None:
    """The callers of an argument: None for any caller, a list of callers, or the callers of a template.

    Raises:
        UsageError: it is something else, or a caller of the template depends on what is not known, or two callers
            are one principal with different policies.
    """
    if callers is None:
        return None
    of_template = getattr(callers, "callers", None)
    if isinstance(of_template, Mapping):
        callers = of_template.values()
    given = tuple(dict.fromkeys(instances((callers,) if isinstance(callers, Caller) else callers, Caller, "callers")))
    principals = [each.principal for each in given]
    twice = next((each for each in principals if principals.count(each) > 1), None)
    if twice is not None:
        raise UsageError(
            f"two of the callers are {twice.arn}, with different policies",
            advice="give each caller once; ask about versions of its policies one by one",
        )
    return given
