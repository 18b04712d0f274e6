"""The name of a file in messages and reports."""

from __future__ import annotations

import os


def shown_path(path: str | os.PathLike[str]) -> str:
    """The path relative to the current folder if it is inside, or the absolute path.

    A file has the same name however it is given, so that coverage counts it once.
    """
    full = os.path.abspath(path)
    try:
        relative = os.path.relpath(full)
    except ValueError:  # on another drive
        return full
    return full if relative.startswith(os.pardir) else relative
