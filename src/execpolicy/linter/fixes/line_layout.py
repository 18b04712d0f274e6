"""How the text of a document is laid out in lines: what edits of JSON and YAML find around a value."""

from __future__ import annotations

import re
from typing import Final

SPACE: Final = re.compile(r"[ \t\r\n]*")
INDENTATION: Final = re.compile(r" *")
#: What may follow a value on its line in YAML.
REST_OF_LINE: Final = re.compile(r"[ \t]*(?:[ \t]#[^\n]*)?")


def line_end(text: str, start: int) -> str:
    """The end of the line at an offset, or of the one before."""
    at = text.find("\n", start)
    at = text.rfind("\n", 0, start) if at < 0 else at
    return "\r\n" if text[max(0, at - 1) : at] == "\r" else "\n"
