"""The names of files and folders: those of files as reports show them, and the folders above one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress


def relative_name(name: str, root: str) -> str:
    """The name of a file from a folder, with slashes; a name in angle brackets, such as ``<stdin>``, is no file.

    >>> relative_name("policies/../orders.json", "."), relative_name("<stdin>", ".")
    ('orders.json', '<stdin>')
    """
    if not name or name.startswith("<"):
        return name
    folder, file = os.path.split(name)
    # Only links of the folder are followed: a file that is a link is named as it is here.
    path = os.path.join(os.path.realpath(folder), file)
    with suppress(ValueError):  # on another drive
        path = os.path.relpath(path, os.path.realpath(root))
    return path.replace(os.sep, "/")


def folder_and_above(folder: str) -> Iterator[str]:
    """A folder, and those above it up to the root.

    >>> list(folder_and_above("/srv/api"))
    ['/srv/api', '/srv', '/']
    """
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above
