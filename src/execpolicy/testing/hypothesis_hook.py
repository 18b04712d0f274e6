"""The entry point of Hypothesis: registers strategies for the types of this package, for ``from_type``.

Hypothesis imports it in every project with Hypothesis and execpolicy installed; the strategies themselves are
imported on first use.
"""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Register strategies for the types of this package."""
    from hypothesis.strategies import register_type_strategy

    from execpolicy import Caller, ExecuteApiArn, Policy, Principal, Request

    for kind, name in (
        (Policy, "policies"),
        (Principal, "principals"),
        (Caller, "callers"),
        (Request, "requests"),
        (ExecuteApiArn, "arns"),
    ):
        register_type_strategy(kind, _loaded_on_use(name))


def _loaded_on_use(name: str) -> Any:
    def strategy(_: type) -> Any:
        from execpolicy.testing import strategies

        return getattr(strategies, name)()

    return strategy
