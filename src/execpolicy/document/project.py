"""Files that another file names: where they may lie, and what is told of one that is no document (docs/case-files.md).

A file that somebody else wrote must not be a way to read any file of the machine: what it names lies in its project.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.wording import printable, quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError

#: What marks the folder of a project.
MARKERS: Final = (".git", "pyproject.toml")

#: What the text of a document has somewhere, by what the document is: without it none of its lines is told.
_SIGNS: Final = {
    "policy document": r"""Statement\\*["']?\s*:""",
    "API file": r"execpolicy/api/",
    # A JSON value, the one text that is an error of its own, or nothing at all.
    "authorizer answer": r"""\A\ufeff?\s*+(?:[\[{"0-9-]|null|true|false|Unauthori[sz]ed|\Z)""",
}
_ADVICE: Final = (
    "give --allow-outside if that is meant (of pytest --execpolicy-allow-outside, in Python allow_outside=True); the "
    "project is the nearest folder above the file that holds .git or pyproject.toml"
)


class _Bounds(NamedTuple):
    """``folder`` is the project of files that lie in none; None: the folder of the file."""

    folder: str | None = None
    allow_outside: bool = False


_NO_BOUNDS: Final = _Bounds()
_bounds: ContextVar[_Bounds] = ContextVar("_bounds", default=_NO_BOUNDS)


@contextmanager
def reading_within(folder: str | os.PathLike[str], *, allow_outside: bool = False) -> Iterator[None]:
    """Say where the files lie that are named by what is read; what was said before goes on to hold.

    Args:
        folder: the project of files that have none above them.
        allow_outside: whether files outside of the project are read.
    """
    before = _bounds.get()
    inside = os.path.realpath(folder) if before.folder is None else before.folder
    _bounds.set(_Bounds(inside, allow_outside or before.allow_outside))
    try:
        yield
    finally:
        _bounds.set(before)


def project_of(name: str) -> str:
    """The folder of the project of a file: an absolute path without symbolic links."""
    folder = os.path.realpath(os.path.dirname(name))
    at = folder
    while not any(os.path.lexists(os.path.join(at, marker)) for marker in MARKERS):
        above = os.path.dirname(at)
        if above == at:
            return _bounds.get().folder or folder
        at = above
    return at


def _is_within(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:  # on another drive
        return False


def beside(name: str, reference: str) -> str:
    """The path of a file that another one names: from that one's folder, and always spelled alike.

    Args:
        name: the path of the file that names it.
        reference: how it does.

    >>> beside("tests/orders.json", "../policies/reads.json")
    'policies/reads.json'
    """
    path = os.path.join(os.path.dirname(name), reference)
    short = os.path.normpath(path)
    try:
        # Behind a link to a folder, ".." is another folder than the one before.
        return short if os.path.samefile(path, short) else path
    except (OSError, ValueError):  # there is none, which the one who reads it says
        return short


def named_file(name: str, reference: str) -> str:
    """The path of a file that another one names.

    Args:
        name: the path of the file that names it.
        reference: how it does.

    Raises:
        ExecPolicyError: it lies outside of the project of the file that names it.
    """
    path = beside(name, reference)
    if _bounds.get().allow_outside:
        return path
    try:
        real, project = os.path.realpath(path), project_of(name)
    except (OSError, ValueError):  # no path at all, which the one who reads it says
        return path
    if not _is_within(real, project):
        where = f" (a link to {printable(real)})" if real != os.path.abspath(path) else ""
        message = f"found the file {quoted(reference)}{where}, which lies outside of the project {printable(project)}"
        raise ExecPolicyError(message, advice=_ADVICE)
    return path


def read_named(path: str, what: str) -> str:
    """The text of a file that another one names.

    Args:
        path: from ``named_file``.
        what: what it should be: a ``policy document``, an ``API file`` or an ``authorizer answer``.

    Raises:
        ExecPolicyError: it cannot be read, or is no such document. The error does not show its content then: it may
            be any file.
    """
    try:
        text = read_text(path)
    except PolicySyntaxError as error:
        if error.span is None:  # too long
            raise
        raise _no_document(path, what, "it is not UTF-8") from None
    if re.search(_SIGNS[what], text) is None:
        raise _no_document(path, what, "nothing in it looks like one")
    return text


def _no_document(path: str, what: str, why: str) -> ExecPolicyError:
    article = "an" if what[0] in "aeiouA" else "a"
    return ExecPolicyError(f"{printable(path)} is no {what}: {why}", advice=f"name {article} {what}")
