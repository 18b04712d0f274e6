"""The callers that an analysis is given as all that there are."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.arguments import instances
from execpolicy.engine.caller import Caller


def given_callers(callers: object) -> tuple[Caller, ...] | None:
    """The callers of an argument: None for any caller, a list of callers, or the callers of a template.

    Raises:
        UsageError: it is something else, or a caller of the template depends on what is not known.
    """
    if callers is None:
        return None
    of_template = getattr(callers, "callers", None)
    if isinstance(of_template, Mapping):
        callers = of_template.values()
    return instances((callers,) if isinstance(callers, Caller) else callers, Caller, "callers")
