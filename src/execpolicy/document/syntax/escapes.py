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


def unescape_document(text: str, *, percent: bool = False) -> Unescaped:
    """Decode a document that is inside one or several JSON strings; most are in none.

    Args:
        text: the whole text.
        percent: whether a percent-encoded document is decoded too.
    """
    if "\\" not in text and text.lstrip(SPACE).startswith("{"):
        return Unescaped(text)
    return _without_escapes(Unescaped(text), percent=percent)


def text_in_string(outer: Unescaped, string: Text) -> Unescaped:
    """The document in a string of a larger text, decoded; offsets are those of the larger text."""
    return _without_escapes(_within(outer, string.start + 1, string.end - 1), percent=True)


def text_of_part(outer: Unescaped, start: int, end: int) -> Unescaped:
    """A part of a larger text, with offsets of the larger text."""
    from array import array

    original = outer.offsets if outer.offsets is not None else range(end + 1)
    return Unescaped(outer.text[start:end], array("I", [original[offset] for offset in range(start, end + 1)]))


def _without_escapes(found: Unescaped, *, percent: bool) -> Unescaped:
    if percent and found.text.lstrip(SPACE).startswith("%"):
        found = _percent_decoded(found)
        if found.faults:
            return found
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


def _percent_decoded(found: Unescaped) -> Unescaped:
    """A percent-encoded text, decoded as UTF-8."""
    from array import array

    parts: list[str] = []
    offsets = array("I")
    original = found.offsets if found.offsets is not None else range(len(found.text) + 1)
    for match in re.finditer(r"(?:%[0-9A-Fa-f]{2})+|[^%]+|%", found.text):
        part, start = match.group(), match.start()
        if part[0] != "%" or len(part) == 1:
            parts.append(part)
            offsets.extend(original[at] for at in range(start, match.end()))
            continue
        try:
            decoded = bytes.fromhex(part.replace("%", "")).decode("utf-8")
        except UnicodeDecodeError as error:
            at = start + 3 * error.start
            message = f"found {found.text[at : at + 3]}, which is not UTF-8, in a percent-encoded document"
            fault = Fault(message, at, at + 3, advice="give the document as JSON", rule="POL-12")
            return found._replace(faults=(fault,))
        parts.append(decoded)
        at = start
        for char in decoded:
            offsets.append(original[at])
            at += 3 * len(char.encode("utf-8"))
    offsets.append(original[len(found.text)])
    return Unescaped("".join(parts), offsets)


def _percent(start: int) -> Fault:
    advice = "IAM's API gives documents in this form: decode them, with urllib.parse.unquote in Python"
    return Fault("found a percent-encoded document, expected JSON", start, start + 1, advice=advice, rule="POL-12")
