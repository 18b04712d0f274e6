"""A counter of work, for tests that hold how much there is of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Counter:
    """Counts by being put in the place of what is counted: nothing is counted where no test asks for it."""

    def __init__(self) -> None:
        self.count = 0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **more: Any) -> Any:
            self.count += 1
            return function(*args, **more)

        return counted
