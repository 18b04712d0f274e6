"""Case files: JSON of the schema ``execpolicy/cases/1``, read as strictly as a policy (docs/schemas/cases-1.json)."""

from __future__ import annotations

import os
from typing import Final

from execpolicy.document.encoding import BOM, read_text
from execpolicy.document.fields import Fields, Problems, entry
from execpolicy.document.model import Text
from execpolicy.document.nodes import Fault, JsonArray, JsonObject, Node
from execpolicy.document.reader import read_json
from execpolicy.document.wording import quoted
from execpolicy.errors import Diagnostic
from execpolicy.source import Source
from execpolicy.testing.apis import Apis
from execpolicy.testing.model import CaseFile, Item
from execpolicy.testing.parties import Parties
from execpolicy.testing.read_call import Named, read_call, read_sequence
from execpolicy.testing.read_case import read_case
from execpolicy.testing.read_document import read_document

SCHEMA: Final = "execpolicy/cases/1"

FILE_FIELDS = ("schema", "title", "policies", "callers", "targets", "apis", "cases", "documents")


def load_cases(path: str | os.PathLike[str]) -> CaseFile:
    """Read a case file.

    Args:
        path: a JSON file of the schema ``execpolicy/cases/1``.

    Returns:
        Its cases and documents, ready to be run.

    Raises:
        PolicySyntaxError: the file is no case file; ``errors`` holds everything that is wrong, each with its place.
        ExecPolicyError: it cannot be read at all.
    """
    name = os.fsdecode(path)
    return parse_cases(read_text(name), name=name)


def parse_cases(text: str, *, name: str = "<cases>") -> CaseFile:
    """Read the text of a case file.

    Args:
        text: JSON of the schema ``execpolicy/cases/1``.
        name: what messages call it.

    Returns:
        Its cases and documents, ready to be run.

    Raises:
        PolicySyntaxError: as ``load_cases``.

    >>> from execpolicy.testing import parse_cases, run_case
    >>> file = parse_cases('''{"schema": "execpolicy/cases/1", "title": "Nobody comes in", "cases": [
    ...     {"name": "no policy", "caller": "anonymous", "expect": "implicit_deny",
    ...      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"}]}''')
    >>> run_case(file.cases[0]).passed
    True
    """
    text = text.removeprefix(BOM)
    source = Source(name, text)
    problems = Problems(source)
    root, faults = read_json(text)
    for fault in faults:
        problems.add(_unreadable(fault, source))
    problems.check()
    assert root is not None
    file = _file(problems, root)
    problems.check()
    assert file is not None
    return file


def _unreadable(fault: Fault, source: Source) -> Diagnostic:
    message = fault.message
    if fault.related is not None:
        what, offset = fault.related
        place = source.span(offset, offset + 1)
        message = f"{message}; {what} {source.name}:{place.line}:{place.column}"
    return Diagnostic(message, source, source.span(fault.start, fault.end), advice=fault.advice, rule=fault.rule)


def _file(problems: Problems, root: Node) -> CaseFile | None:
    fields = entry(problems, root, "a case file", FILE_FIELDS)
    if fields is None:
        return None
    fields.must("schema", "title")
    fields.choice("schema", (SCHEMA,))
    named = Named(Parties(problems, fields), Apis(problems, fields))
    cases = [_read(problems, named, node) for node in fields.items("cases", "a list of cases")]
    documents = [read_document(problems, node) for node in fields.items("documents", "a list of documents")]
    lists = [fields.value(name) for name in ("cases", "documents")]
    if not (cases or documents) and all(list_ is None or isinstance(list_, JsonArray) for list_ in lists):
        problems.report(root, "found neither cases nor documents", "a file that tests nothing would pass: add a case")
    for name in ("cases", "documents"):
        _check_names(fields, name)
    named.parties.report_unused_policies()
    named.apis.report_unused()
    items = [item for item in (*cases, *documents) if item is not None]
    return CaseFile(title=fields.text("title") or "", items=items, source=problems.source)


def _read(problems: Problems, named: Named, node: Node) -> Item | None:
    """One of the cases: a call and a sequence are known by the field that makes them one."""
    if isinstance(node, JsonObject) and "sequence" in node.members:
        return read_sequence(problems, named, node)
    if isinstance(node, JsonObject) and "call" in node.members:
        return read_call(problems, named, node)
    return read_case(problems, named.parties, node)


def _check_names(file: Fields, list_name: str) -> None:
    """No two cases have one name, nor two documents."""
    entries = file.value(list_name)
    seen: dict[str, Text] = {}
    for node in entries.items if isinstance(entries, JsonArray) else ():
        _, _, name = node.members.get("name", (0, 0, None)) if isinstance(node, JsonObject) else (0, 0, None)
        if not isinstance(name, Text):
            continue
        first = seen.setdefault(name.value, name)
        if first is not name:
            place = file.problems.place(first)
            message = f"found the name {quoted(name.value)} twice in {list_name}; the first is at {place}"
            file.problems.report(name, message, "say what sets this one apart")
