"""Finds the files of a folder that may be checked. What is in them decides (``linter/recognition.py``)."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from typing import Final

from execpolicy.cli.found_path import found_path
from execpolicy.cli.lint.exclusion import Exclusion
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.linter.ignores.ignore_file import FILE_NAMES
from execpolicy.linter.recognition import ENDINGS, recognize_by_name
from execpolicy.linter.report import PassedOver, PassedOverReason

#: Folders that tools make and nobody edits. Hidden folders are not searched either, nor is a virtual environment.
MADE_BY_TOOLS: Final = frozenset({"node_modules", "__pycache__", "site-packages", "build", "dist", "target"})
_OF_ENVIRONMENT: Final = "pyvenv.cfg"


def files_of(top: str, refused: Callable[[OSError], None], exclusion: Exclusion) -> Iterator[str | PassedOver]:
    """The files in a folder that may be checked, in the order of their names; and what is passed over.

    Links to folders are not followed: what they lead to in folders that are searched is found without them.
    ``.gitignore`` is not read (``docs/adr/026``).

    Args:
        top: the folder.
        refused: is called with the error of a folder that cannot be read.
        exclusion: what is not checked.
    """
    root = os.path.realpath(top)
    for folder, folders, names in os.walk(top, onerror=refused):
        searched = []
        for name in sorted(folders):
            path = found_path(folder, name)
            reason = _why_not_searched(path, root, exclusion)
            if reason is not None:
                yield PassedOver(path, reason)
            elif not os.path.islink(path):
                searched.append(name)
        folders[:] = searched
        for name in sorted(names):
            found = _found(found_path(folder, name), root)
            if isinstance(found, str) and exclusion.has(found):
                yield PassedOver(found, PassedOverReason.EXCLUDED)
            elif found is not None:
                yield found


def _why_not_searched(path: str, root: str, exclusion: Exclusion) -> PassedOverReason | None:
    """Why a folder is not searched; None for one that is, and for a link to one that is."""
    if not os.path.islink(path):
        return PassedOverReason.FOLDER if _is_left_out(path, exclusion) else None
    at = os.path.realpath(path)
    if not _is_within(at, root):
        return PassedOverReason.LINK
    while at != root:
        if _is_left_out(at, exclusion):
            return PassedOverReason.FOLDER
        at = os.path.dirname(at)
    return None


def _is_left_out(path: str, exclusion: Exclusion) -> bool:
    name = os.path.basename(path)
    is_made = name.startswith(".") or name in MADE_BY_TOOLS or os.path.lexists(os.path.join(path, _OF_ENVIRONMENT))
    return is_made or exclusion.has(path)


def _found(path: str, root: str) -> str | PassedOver | None:
    """A file that may be checked, or one that is passed over; None for a file that nobody expects to be checked."""
    if os.path.basename(path) in FILE_NAMES:  # read with the files that it is about
        return None
    if not path.lower().endswith(ENDINGS):
        named = recognize_by_name(path)
        if not named.purpose:
            return None
        return PassedOver(path, PassedOverReason.OTHER_PURPOSE, named.purpose, named.advice)
    if os.path.islink(path) and not _is_within(path, root):
        return PassedOver(path, PassedOverReason.LINK)
    try:
        state = os.stat(path)
    except OSError:  # the link leads nowhere, or to itself; or the file is gone, or cannot be reached
        return PassedOver(path, PassedOverReason.LINK) if os.path.islink(path) else path
    if not stat.S_ISREG(state.st_mode):
        return PassedOver(path, PassedOverReason.NOT_REGULAR)
    return PassedOver(path, PassedOverReason.LARGE) if state.st_size > MAX_DOCUMENT else path


def _is_within(path: str, root: str) -> bool:
    real = os.path.realpath(path)
    return real == root or real.startswith(os.path.join(root, ""))
