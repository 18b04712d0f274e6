"""The repository that a command runs in."""

from __future__ import annotations

import os

from execpolicy.document.syntax.file_names import folder_and_above


def repository_root() -> str:
    """The nearest folder at or above the current one that holds ``.git``; the current one if none does."""
    here = os.getcwd()
    holding = (folder for folder in folder_and_above(here) if os.path.lexists(os.path.join(folder, ".git")))
    return next(holding, here)
