"""Files that another file refers to: they have to be inside its project (docs/case-files.md).

A file from an untrusted source must not be able to read any file of the machine.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from execpolicy.document.syntax.file_names import folder_and_above
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.wording import printable, quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError

#: A folder with one of these is a project.
MARKERS: Final = (".git", "pyproject.toml")

#: A pattern that every document of a kind contains. Errors show no lines of a text without it.
_SIGNS: Final = {
    "policy document": r"""Statement\\*["']?\s*:""",
    "API file": (
        r"""execpolicy/api/|AWSTemplateFormatVersion|\bAWS::[A-Z]|\b(?:openapi|swagger)["']?\s*:|"format_version"\s*:"""
    ),
    "API definition": r"""(openapi|swagger)["']?\s*:""",
    # A JSON value, the text Unauthorized, or an empty text.
    "authorizer answer": r"""\A\ufeff?\s*+(?:[\[{"0-9-]|null|true|false|Unauthori[sz]ed|\Z)""",
}
_ADVICE: Final = (
    "give --allow-outside if that is meant (of pytest --execpolicy-allow-outside, in Python allow_outside=True); the "
    "project is the nearest folder above the file that holds .git or pyproject.toml"
)


class _Bounds(NamedTuple):
    """``folder`` is the project of files that are in no project; None: the folder of the file.

    ``read`` gives the text of a file.
    """

    folder: str | None = None
    allow_outside: bool = False
    read: Callable[[str], str] = read_text


_NO_BOUNDS: Final = _Bounds()
_bounds: ContextVar[_Bounds] = ContextVar("_bounds", default=_NO_BOUNDS)


@contextmanager
def reading_within(
    folder: str | os.PathLike[str], *, allow_outside: bool = False, read: Callable[[str], str] | None = None
) -> Iterator[None]:
    """Set the project of files that are read in a ``with`` block; nested blocks keep the outer project.

    Args:
        folder: the project of files that are in no project.
        allow_outside: whether files outside of the project are read.
        read: gives the text of a file by its path, as for a revision of a repository; by default the file has it.
    """
    before = _bounds.get()
    inside = os.path.realpath(folder) if before.folder is None else before.folder
    _bounds.set(_Bounds(inside, allow_outside or before.allow_outside, read or before.read))
    try:
        yield
    finally:
        _bounds.set(before)


def project_of(name: str, otherwise: str | None = None) -> str:
    """The folder of the project of a file: an absolute path without symbolic links.

    Args:
        name: the path of the file.
        otherwise: the project of a file that is in none; by default that of ``reading_within``.
    """
    folder = os.path.realpath(os.path.dirname(name))
    for above in folder_and_above(folder):
        if any(os.path.lexists(os.path.join(above, marker)) for marker in MARKERS):
            return above
    return os.path.realpath(otherwise) if otherwise is not None else _bounds.get().folder or folder


def _is_within(path: str, folder: str) -> bool:
    try:
        return os.path.commonpath([path, folder]) == folder
    except ValueError:  # on another drive
        return False


def resolve_reference(name: str, reference: str) -> str:
    """The normalized path of a file that another file refers to, from the folder of that file.

    Args:
        name: the path of the file with the reference.
        reference: the path as that file gives it.

    >>> resolve_reference("tests/orders.json", "../policies/reads.json")
    'policies/reads.json'
    """
    path = os.path.join(os.path.dirname(name), reference)
    short = os.path.normpath(path)
    try:
        # After a link to a folder, ".." may be another folder than in the normalized path.
        return short if os.path.samefile(path, short) else path
    except (OSError, ValueError):  # no such file: reading it raises the error
        return short


def resolve_in_project(name: str, reference: str, *, otherwise: str | None = None) -> str:
    """The path of a file that another file refers to.

    Args:
        name: the path of the file with the reference.
        reference: the path as that file gives it.
        otherwise: the project of a file that is in none; by default that of ``reading_within``.

    Raises:
        ExecPolicyError: the file is outside the project of the file that refers to it.
    """
    path = resolve_reference(name, reference)
    if _bounds.get().allow_outside:
        return path
    try:
        real, project = os.path.realpath(path), project_of(name, otherwise)
    except (OSError, ValueError):  # not a path: reading it raises the error
        return path
    if not _is_within(real, project):
        where = f" (a link to {printable(real)})" if real != os.path.abspath(path) else ""
        message = f"found the file {quoted(reference)}{where}, which lies outside of the project {printable(project)}"
        raise ExecPolicyError(message, advice=_ADVICE)
    return path


def read_in_project(path: str, what: str) -> str:
    """The text of a file that another file refers to.

    Args:
        path: from ``resolve_in_project``.
        what: what it should be, one of ``_SIGNS``.

    Raises:
        ExecPolicyError: the file cannot be read, or is not such a document. The error does not show its content then,
            which may be secret.
    """
    try:
        text = _bounds.get().read(path)
    except PolicySyntaxError as error:
        if error.span is None:  # too long
            raise
        raise _no_document(path, what, "it is not UTF-8") from None
    if re.search(_SIGNS[what], text) is None:
        raise _no_document(path, what, "nothing in it looks like one")
    return text


def _no_document(path: str, what: str, why: str) -> ExecPolicyError:
    article = "an" if what[0] in "aeiouA" else "a"
    return ExecPolicyError(f"{printable(path)} is not {article} {what}: {why}", advice=f"name {article} {what}")
