"""What a file is called in messages and reports."""

from __future__ import annotations

import os


def shown_path(path: str | os.PathLike[str]) -> str:
    """A path as people type it: from the current folder where it lies below that, else from the root.

    One file has one name, by whatever way it is reached: coverage counts by it.
    """
    full = os.path.abspath(path)
    try:
        relative = os.path.relpath(full)
    except ValueError:  # on another drive
        return full
    return full if relative.startswith(os.pardir) else relative
