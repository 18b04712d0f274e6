"""Reads files of ignores, for texts without comments (docs/schemas/ignores-1.json)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Final

from execpolicy.document.project import MARKERS, project_of
from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.file_names import folder_and_above
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Span, UsageError
from execpolicy.linter.entry_file import read_entries
from execpolicy.linter.ignores.day import parse_day
from execpolicy.linter.ignores.ignore import Ignore, IgnoreKind, Scope, file_key, has_word, ignored_rule
from execpolicy.linter.rule import Rule

SCHEMA: Final = "execpolicy/ignores/1"
#: The names of files of ignores. Each is about the files in its folder and below.
FILE_NAMES: Final = ("execpolicy-ignore.yaml", "execpolicy-ignore.json")

_ENTRY_FIELDS: Final = ("rule", "file", "path", "sid", "text", "reason", "until")


def ignore_files_for(names: Iterable[str]) -> tuple[str, ...]:
    """The files of ignores in the folders of files, and in those above up to their projects, or the current folder.

    Args:
        names: the paths of the files that are checked; names in angle brackets are no files.

    Returns:
        The paths of files that exist: relative to the current folder, unless all files are given by absolute paths.
    """
    folders: dict[str, str] = {}
    for name in names:
        folder = os.path.dirname(name)
        if not name.startswith("<") and "\0" not in name and folder not in folders.values():
            folders.setdefault(os.path.realpath(folder), folder)
    found: dict[str, str] = {}
    for real, folder in folders.items():
        top = _top(real)
        for above in folder_and_above(real):
            if above in found:
                break
            found[above] = above if os.path.isabs(folder) else os.path.relpath(above)
            if above == top:
                break
    paths = (os.path.join(shown, name) for shown in found.values() for name in FILE_NAMES)
    return tuple(os.path.normpath(path) for path in paths if os.path.lexists(path))


def _top(folder: str) -> str:
    """The folder of the project; where there is none, the current folder, for files in it and below."""
    project = project_of(os.path.join(folder, FILE_NAMES[0]))
    if any(os.path.lexists(os.path.join(project, marker)) for marker in MARKERS):
        return project
    with suppress(OSError):  # the current folder is gone
        here = os.getcwd()
        if folder.startswith(os.path.join(here, "")):
            return here
    return project


def load_ignore_file(path: str) -> tuple[Ignore, ...]:
    """Read a file of ignores.

    Raises:
        PolicySyntaxError: it is invalid; ``errors`` has all errors, each with its place.
        ExecPolicyError: it cannot be read, or PyYAML is not installed.
    """
    return parse_ignore_file(read_text(path), path)


def parse_ignore_file(text: str, name: str) -> tuple[Ignore, ...]:
    """Read the text of a file of ignores, as ``load_ignore_file``.

    >>> text = '''{"schema": "execpolicy/ignores/1", "ignores": [
    ...     {"rule": "EP-ARN-001", "file": "orders.json", "sid": "Orders", "reason": "a route has this name"}]}'''
    >>> (ignore,) = parse_ignore_file(text, "execpolicy-ignore.json")
    >>> ignore.rule.name, ignore.scope.sid
    ('path-parameter-in-arn', 'Orders')
    """
    return read_entries(text, name, what="a file of ignores", schema=SCHEMA, listed="ignores", read=_entry)


def _entry(problems: Problems, node: Node) -> Iterator[Ignore]:
    """The ignores of one entry, one for each rule."""
    fields = entry(problems, node, "an ignore", _ENTRY_FIELDS)
    if fields is None or not fields.must("rule", "file", "reason"):
        return
    before = problems.count
    rules = [*_rules(fields)]
    file = _file(fields)
    reason = _reason(fields)
    day, day_span = _until(fields)
    scope = Scope(file, None, *(fields.text(name) for name in ("path", "sid", "text")))
    if problems.count == before:
        for rule, span in rules:
            yield Ignore(rule, reason, day, scope, IgnoreKind.EXTERNAL, problems.source, span, day_span)


def _reason(fields: Fields) -> str:
    """The reason, of which a part is a word."""
    reason = fields.text("reason") or ""
    if reason and not has_word(reason):
        fields.problems.report(fields.node.members["reason"][2], "this ignore has no reason", "say why it is ignored")
    return reason


def _rules(fields: Fields) -> Iterator[tuple[Rule, Span]]:
    names = fields.distinct("rule")
    if names is not None and not names:
        fields.problems.report(fields.node.members["rule"][2], "found an empty list as rule", "name a rule, or several")
    for name in names or ():
        try:
            yield ignored_rule(name.value), fields.problems.span(name)
        except UsageError as error:
            fields.problems.report(name, error.message, error.advice)


def _file(fields: Fields) -> str:
    """The file that an entry is about: in the folder of the file of ignores, or below."""
    name = fields.text("file") or ""
    folder = os.path.dirname(fields.problems.source.name)
    inside = os.path.normpath(name)
    is_elsewhere = os.path.isabs(name) or inside.split(os.sep)[0] in (os.pardir, os.curdir)
    if name and is_elsewhere:
        message = f"found {quoted(name)} as file, expected a file in the folder of this one or below"
        fields.problems.report(fields.node.members["file"][2], message, "write its path from this folder")
    return file_key(os.path.join(folder, inside))


def _until(fields: Fields) -> tuple[date | None, Span | None]:
    """The last day, with its place."""
    node = fields.value("until")
    if node is None:
        return None, None
    day = parse_day(node.value) if isinstance(node, Text) else None
    if day is None:
        fields.wrong(node, "until", "a day such as 2027-01-31")
    return day, fields.problems.span(node)
