"""The files of folders, wherever they are: on this machine, or in a revision of a repository."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final, NamedTuple

from execpolicy.document.syntax.files import read_text


class FolderFiles(NamedTuple):
    """Reads the files of folders: of this machine, or of a revision of a repository.

    Attributes:
        names: the names in a folder; as ``os.listdir`` it raises an error for one that cannot be read.
        text: the text of a file, as ``read_text``.
        shown: the path of a file as messages show it.
    """

    names: Callable[[str], list[str]]
    text: Callable[[str], str]
    shown: Callable[[str], str]


#: The files of this machine.
ON_DISK: Final = FolderFiles(os.listdir, read_text, str)
