"""The text of a file that an option names."""

from __future__ import annotations

from execpolicy.cli.inputs import Inputs, name_of
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.errors import Source


def read_text(inputs: Inputs, path: str, option: str) -> Source | None:
    """The text of a file, with its name for messages."""
    content = inputs.content(path, option)
    if content is None:
        return None
    text = inputs.attempt(lambda: decode(content, name_of(path)).removeprefix(BOM))
    return None if text is None else Source(name_of(path), text)
