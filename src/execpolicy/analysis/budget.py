"""The steps that an analysis may take, counted, so that its answer does not depend on the machine (ANA-1)."""

from __future__ import annotations

from execpolicy.errors import UsageError

#: The steps that an analysis may take, where no budget is given.
DEFAULT_STEPS = 2_000_000


def budget_of(steps: object) -> Budget:
    """The budget that an argument gives; None is the default.

    Raises:
        UsageError: the number of steps is not a positive int.
    """
    if steps is None:
        return Budget()
    if not isinstance(steps, int) or isinstance(steps, bool) or steps < 1:
        raise UsageError(f"budget is a number of steps, at least 1, found {steps!r}", advice=f"such as {DEFAULT_STEPS}")
    return Budget(steps)


class BudgetExceededError(Exception):
    """An analysis needs more steps than it may take; ``reason`` says what it was doing."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Budget:
    """Counts the steps of one analysis.

    >>> budget = Budget(2)
    >>> budget.take("search"); budget.take("search"); budget.left
    0
    """

    __slots__ = ("left", "steps", "taken")

    def __init__(self, steps: int = DEFAULT_STEPS) -> None:
        self.steps = self.left = steps
        self.taken = 0

    def take(self, reason: str, steps: int = 1) -> None:
        """Count steps.

        Raises BudgetExceededError: there are not as many left.
        """
        self.left -= steps
        self.taken += steps
        if self.left < 0:
            raise BudgetExceededError(reason)
