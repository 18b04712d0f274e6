"""What Hypothesis loads by its entry point: strategies for the types of this package, so that ``from_type`` knows them.

It is imported in every project that has both installed, so the strategies themselves load with their first use.
"""

from __future__ import annotations

from typing import Any


def register() -> None:
    """Tell Hypothesis which strategies the types of this package have."""
    from hypothesis.strategies import register_type_strategy

    from execpolicy import Caller, ExecuteApiArn, Policy, Principal, Request

    for kind, name in (
        (Policy, "policies"),
        (Principal, "principals"),
        (Caller, "callers"),
        (Request, "requests"),
        (ExecuteApiArn, "arns"),
    ):
        register_type_strategy(kind, _later(name))


def _later(name: str) -> Any:
    def strategy(_: type) -> Any:
        from execpolicy.testing import strategies

        return getattr(strategies, name)()

    return strategy
