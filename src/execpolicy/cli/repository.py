"""The repository that a command runs in."""

from __future__ import annotations

import os


def repository_root() -> str:
    """The nearest folder at or above the current one that holds ``.git``; the current one if none does."""
    here = at = os.getcwd()
    while not os.path.lexists(os.path.join(at, ".git")):
        above = os.path.dirname(at)
        if above == at:
            return here
        at = above
    return at
