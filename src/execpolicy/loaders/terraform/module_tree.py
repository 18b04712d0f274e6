"""The modules of a configuration as a tree, whether they are read from a plan or from sources."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from execpolicy.loaders.terraform.address import ModuleStep

_Module = TypeVar("_Module")


class ModuleTree(Generic[_Module]):
    """The modules of a configuration, each found once.

    Args:
        root: the root module; None without one.
        called: finds the module that a call leads to, by the module that has the call and the name of the call. It
            returns None for one that is not there.
    """

    def __init__(self, root: _Module | None, called: Callable[[_Module, str], _Module | None]) -> None:
        self._called = called
        self._found: dict[tuple[str, ...], _Module | None] = {(): root}

    def find(self, steps: tuple[ModuleStep, ...]) -> _Module | None:
        """The module that calls lead to, or None."""
        path = tuple(step.name for step in steps)
        for length in range(1, len(path) + 1):
            if path[:length] not in self._found:
                caller = self._found[path[: length - 1]]
                self._found[path[:length]] = self._called(caller, path[length - 1]) if caller is not None else None
        return self._found[path]
