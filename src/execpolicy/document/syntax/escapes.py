"""Documents as API Gateway and the AWS CLI return them: escaped text in a JSON string (POL-12)."""

from __future__ import annotations

import re

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.json_strings import unescape
from execpolicy.document.syntax.nodes import SPACE, Fault, StopReadingError, Text

if TYPE_CHECKING:
    from array import array


#: API Gateway escapes the policy of an API once, the AWS CLI's JSON output once more; one further level is accepted.
MAX_LEVELS = 3

# Compiled by ``re`` when first used: most documents are not escaped.
# A backslash where a document has its first name or bracket: no JSON text has one there.
# Possessive, so that white space is matched in linear time.
_BARE = r"[ \t\n\r]*+[{\[]?[ \t\n\r]*+\\"
_DOCUMENT = r'(?:[ \t\n\r]|\\[nrt])*(?:[{\["]|\\+")'


class Unescaped(NamedTuple):
    """The text of a document without escapes.

    ``offsets`` has the offset in the original of each character, and of the end; None where nothing was escaped.
    ``faults`` has what cannot be read, by offsets in ``text``.
    """

    text: str
    offsets: array[int] | None = None
    faults: tuple[Fault, ...] = ()


def unescape_document(text: str) -> Unescaped:
    """Decode a document that is inside one or several JSON strings; most are in none."""
    if "\\" not in text and text.lstrip(SPACE).startswith("{"):
        return Unescaped(text)
    found = Unescaped(text)
    for _ in range(MAX_LEVELS):
        inner = _unescape_once(found)
        if inner is None or inner.faults:
            return inner or found
        found = inner
    if _unescape_once(found) is not None:
        fault = Fault(f"found a document that is escaped more than {MAX_LEVELS} times", 0, 1, rule="POL-12")
        return found._replace(faults=(fault._replace(advice="decode it with a JSON parser first"),))
    return found


def _unescape_once(found: Unescaped) -> Unescaped | None:
    """The text without one level of escapes; None where it has none; with faults where it cannot be read."""
    text = found.text
    first = text.lstrip(SPACE)[:1]
    if first == "%":
        return found._replace(faults=(_percent(text.index("%")),))
    if first == '"':
        return _unescape_string(found)
    if re.match(_BARE, text):
        return _unescape_bare(found)
    return None


def _unescape_string(found: Unescaped) -> Unescaped | None:
    root, faults = read_json(found.text)
    if not isinstance(root, Text) or faults:
        return found._replace(faults=tuple(faults))
    if not re.match(_DOCUMENT, root.value):
        return None
    return _within(found, root.start + 1, root.end - 1)


def _unescape_bare(found: Unescaped) -> Unescaped:
    try:
        return _within(found, 0, len(found.text))
    except StopReadingError as stop:
        return found._replace(faults=(stop.fault,))


def _within(outer: Unescaped, start: int, end: int) -> Unescaped:
    text, offsets = unescape(outer.text, start, end)
    if outer.offsets is None:
        return Unescaped(text, offsets)
    from array import array

    original = outer.offsets
    return Unescaped(text, array("I", [original[offset] for offset in offsets]))


def _percent(start: int) -> Fault:
    advice = "IAM's API gives documents in this form: decode them, with urllib.parse.unquote in Python"
    return Fault("found a percent-encoded document, expected JSON", start, start + 1, advice=advice, rule="POL-12")
