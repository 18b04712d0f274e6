"""Reads case files: JSON or YAML of the schema ``execpolicy/cases/1`` (docs/case-files.md)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from execpolicy.arguments import flag, text_of_document
from execpolicy.arguments import path as checked_path
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.fields import Problems, entry, without_editor_schema
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.testing.case_file.definitions import Definitions
from execpolicy.testing.case_file.matrix import is_matrix, read_matrix
from execpolicy.testing.case_file.model import CaseFile, Item
from execpolicy.testing.case_file.only_callers import FIELD as ONLY_CALLERS
from execpolicy.testing.case_file.only_callers import read_only_callers
from execpolicy.testing.case_file.read_call import read_call, read_sequence
from execpolicy.testing.case_file.read_case import read_case
from execpolicy.testing.case_file.read_document import read_document
from execpolicy.testing.case_file.read_invariant_case import read_invariant_case

SCHEMA: Final = "execpolicy/cases/1"

#: An entry of a list, and the items that it describes.
_ReadEntry: TypeAlias = tuple[Node, list[Item | None]]

FILE_FIELDS = (
    "schema",
    "title",
    "api",
    "template",
    "authorizer",
    "policies",
    "callers",
    "targets",
    "apis",
    "allow_unknown_keys",
    "cases",
    "documents",
    "only_callers",
    "invariants",
)


def load_cases(path: str | os.PathLike[str], *, allow_outside: bool = False, run_authorizers: bool = False) -> CaseFile:
    """Read a case file.

    Args:
        path: a JSON or YAML file of the schema ``execpolicy/cases/1``, such as ``orders.execpolicy.yaml``. Policies and
            APIs that it names are files relative to its folder.
        allow_outside: whether these can be outside of its project, the nearest folder above it with ``.git`` or
            ``pyproject.toml``, or its own folder.
        run_authorizers: whether its cases may run the functions that it names as ``authorizer``. Loading runs none.

    Returns:
        The case file, ready to run.

    Raises:
        PolicySyntaxError: the case file is invalid; ``errors`` has all errors, each with its place.
        ExecPolicyError: the file cannot be read, or PyYAML is not installed.
        UsageError: ``path`` is not a path.
    """
    name = checked_path(path)
    with reading_within(os.path.dirname(name), allow_outside=flag(allow_outside, "allow_outside")):
        return parse_cases(read_text(name), name=name, run_authorizers=run_authorizers)


def parse_cases(text: str, *, name: str = "<cases>", run_authorizers: bool = False) -> CaseFile:
    """Read the text of a case file.

    Args:
        text: JSON or YAML of the schema ``execpolicy/cases/1``.
        name: the name of the file in messages. Policies and APIs that it names are files relative to its folder.
        run_authorizers: as for ``load_cases``.

    Returns:
        The case file, ready to run.

    Raises:
        PolicySyntaxError: the case file is invalid, as for ``load_cases``.
        ExecPolicyError: as for ``load_cases``.

    >>> from execpolicy.testing import parse_cases, run_case
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Nobody comes in", "cases": [
    ...     {"name": "no policy", "caller": "anonymous", "expect": "implicit_deny",
    ...      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"}]}''')
    >>> run_case(file.cases[0]).passed
    True
    """
    name = text_of_document(name, "name")
    problems, root = read_any(text_of_document(text, "a case file"), name)
    may_run = flag(run_authorizers, "run_authorizers")
    with reading_within(os.path.dirname(name)):
        file = _file(problems, root, run_authorizers=may_run)
    problems.check()
    assert file is not None
    return file


def _file(problems: Problems, root: Node, *, run_authorizers: bool) -> CaseFile | None:
    fields = entry(problems, without_editor_schema(problems, root), "a case file", FILE_FIELDS)
    if fields is None:
        return None
    fields.must("schema", "title")
    fields.choice("schema", (SCHEMA,))
    definitions = Definitions.of(problems, fields, run_authorizers=run_authorizers)
    nodes, more = fields.items("cases", "a list of cases"), fields.items("documents", "a list of documents")
    cases: list[_ReadEntry] = [(node, list(_read(problems, definitions, node))) for node in nodes]
    documents: list[_ReadEntry] = [(node, [read_document(problems, node)]) for node in more]
    sentences = fields.items("invariants", "a list of invariants")
    only = read_only_callers(fields, definitions)
    invariants: list[_ReadEntry] = [
        (node, [read_invariant_case(problems, definitions, node, only)]) for node in sentences
    ]
    if only is not None and not sentences:
        fields.refuse((ONLY_CALLERS,), "a case file without invariants", "it is about them: add one, or remove it")
    lists = [fields.value(name) for name in ("cases", "documents", "invariants")]
    is_empty = not (cases or documents or invariants)
    if is_empty and all(list_ is None or isinstance(list_, JsonArray) for list_ in lists):
        message = "found neither cases nor documents nor invariants"
        problems.report(root, message, "a file that tests nothing would pass: add a case")
    _check_names(problems, "cases", cases)
    _check_names(problems, "documents", documents)
    _check_names(problems, "invariants", invariants)
    definitions.report_unused()
    items = [item for _, made in (*cases, *documents, *invariants) for item in made if item is not None]
    return CaseFile(title=fields.text("title") or "", items=items, source=problems.source)


def _read(problems: Problems, definitions: Definitions, node: Node) -> Iterator[Item | None]:
    """The items of one entry of ``cases``: a call, a sequence, a matrix or a request, depending on its fields."""
    if isinstance(node, JsonObject) and "sequence" in node.members:
        yield read_sequence(problems, definitions, node)
    elif isinstance(node, JsonObject) and is_matrix(node):
        yield from read_matrix(problems, definitions, node)
    elif isinstance(node, JsonObject) and "call" in node.members:
        yield read_call(problems, definitions, node)
    else:
        yield read_case(problems, definitions, node)


def _check_names(problems: Problems, list_name: str, entries: Iterable[_ReadEntry]) -> None:
    """Report names that are used twice among the cases or documents. A matrix uses the names of its cells too."""
    seen: dict[str, Text] = {}
    for node, made in entries:
        name = _named_by(node)
        if not isinstance(name, Text):
            continue
        names = [name.value] if isinstance(node, JsonObject) and "name" in node.members else []
        for each in dict.fromkeys((*names, *(item.name for item in made if item is not None))):
            first = seen.setdefault(each, name)
            if first is not name:
                place = problems.place(first)
                message = f"found the name {quoted(each)} twice in {list_name}; the first is at {place}"
                problems.report(name, message, "give each a different name")
                break


def _named_by(node: Node) -> Node | None:
    """What gives an entry its name: its field ``name``, or the sentence of an invariant."""
    if not isinstance(node, JsonObject):
        return node
    _, _, found = node.members.get("name") or node.members.get("invariant") or (0, 0, None)
    return found
