"""The names of files that are found in folders."""

from __future__ import annotations

import os
from typing import Final

_HERE: Final = os.curdir + os.sep
#: Lines of a log that begin so are commands of GitHub Actions.
_COMMANDS: Final = ("::", "##[")


def found_path(folder: str, name: str) -> str:
    """The path of a file or folder that was found in a folder, without ``./`` at its beginning.

    Lines of output begin with such paths. One that would begin as a command of a log keeps ``./``: whoever may add a
    file to a repository must not give commands.

    >>> found_path(".", "orders.json"), found_path("./a", "b.json"), found_path(".", "::stop-commands::a.json")
    ('orders.json', 'a/b.json', './::stop-commands::a.json')
    """
    path = os.path.join(folder, name)
    short = path.removeprefix(_HERE)
    if not short.lstrip().startswith(_COMMANDS):
        return short
    return path if os.path.isabs(path) or path.startswith(_HERE) else _HERE + path
