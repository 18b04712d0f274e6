"""Files of the linter with a schema and a list of entries: files of ignores, and baselines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from execpolicy.document.syntax.fields import Problems, entry, without_editor_schema
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import MAX_FAULTS, Node

_T = TypeVar("_T")


def read_entries(
    text: str, name: str, *, what: str, schema: str, listed: str, read: Callable[[Problems, Node], Iterable[_T]]
) -> tuple[_T, ...]:
    """What the entries of a file hold.

    Args:
        text: the text of the file.
        name: its path.
        what: what the file is, such as ``a baseline``.
        schema: its schema.
        listed: the field that has the entries.
        read: reads an entry, and reports what is wrong in it.

    Raises:
        PolicySyntaxError: the file is invalid; ``errors`` has all errors, each with its place.
        ExecPolicyError: it is YAML, and PyYAML is not installed.
    """
    problems, root = read_any(text, name)
    names = ("schema", listed)
    fields = entry(problems, without_editor_schema(problems, root), what, names)
    found: list[_T] = []
    if fields is not None and fields.must(*names):
        fields.choice("schema", (schema,))
        for node in fields.items(listed, f"a list of {listed}"):
            if problems.count >= MAX_FAULTS:
                break
            found += read(problems, node)
    problems.check()
    return tuple(found)
