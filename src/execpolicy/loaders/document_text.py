"""The text of a document that a program gives as text, bytes or Python objects."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.arguments import as_builtin, described
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import decode
from execpolicy.document.syntax.json_text import json_text
from execpolicy.document.syntax.python_objects import read_objects
from execpolicy.errors import PolicySyntaxError, Source, UsageError


def text_of(document: object, name: str = "<api>") -> str:
    r"""The text of a document; that of Python objects is JSON, indented, in which they have their places.

    Args:
        document: a text, UTF-8, or a mapping.
        name: what messages call it.

    Raises:
        PolicySyntaxError: it is not UTF-8, or a mapping that JSON cannot hold.
        UsageError: it is of another type.

    >>> text_of({"schema": "execpolicy/api/1"})
    '{\n  "schema": "execpolicy/api/1"\n}'
    """
    document = as_builtin(document)
    if isinstance(document, Mapping):
        root, faults = read_objects(document)
        if root is None or faults:
            raise PolicySyntaxError(diagnostics(faults, [], None, Source(name, "")))
        return json_text(root)
    if isinstance(document, (bytes, bytearray)):
        return decode(bytes(document), name)
    if not isinstance(document, str):
        raise UsageError(f"a document is text, bytes or a mapping, found {described(document)}")
    return document
