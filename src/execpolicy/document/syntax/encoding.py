"""Decodes documents, which are UTF-8, and checks them for characters that are not allowed."""

from __future__ import annotations

from execpolicy._base.characters import RESERVED_ADVICE, found_reserved, lone_surrogate, reserved_character
from execpolicy.document.syntax.nodes import MAX_DOCUMENT, MAX_VALUES, Fault
from execpolicy.errors import Diagnostic, PolicySyntaxError, Source

BOM = "\ufeff"
#: The file name extensions of YAML.
YAML_ENDINGS = (".yaml", ".yml")
#: The name of a source of Terraform, which is HCL, ends with this.
HCL_ENDING = ".tf"

# The longer marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
#: What a ZIP archive begins with, such as the file that terraform plan -out writes.
_ARCHIVE = b"PK\x03\x04"


def decode(document: bytes | bytearray, name: str) -> str:
    """The text of a document given as bytes.

    Raises:
        PolicySyntaxError: they are not UTF-8, or too many.
    """
    if len(document) > MAX_DOCUMENT:
        message = f"found more than {MAX_DOCUMENT} bytes, expected at most that (16 MiB)"
        raise PolicySyntaxError([Diagnostic(message, Source(name, ""), advice="is this the right file?")])
    if document.startswith(_ARCHIVE):
        message = "found a ZIP archive, expected text"
        source = Source(name, document[:2].decode("ascii"))
        advice = "of a plan of Terraform give the JSON form: terraform show -json FILE > plan.json"
        raise PolicySyntaxError([Diagnostic(message, source, source.span(0, 1), advice=advice)])
    try:
        return document.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PolicySyntaxError([_no_utf8(document, name, error.start)]) from None


def _no_utf8(document: bytes | bytearray, name: str, offset: int) -> Diagnostic:
    encoding = next((encoding for mark, encoding in _MARKS if document.startswith(mark)), None)
    advice = "save the document as UTF-8"
    if encoding is not None:
        advice = f"it begins like {encoding}: save it as UTF-8"
    source = Source(name, document.decode("utf-8", "replace"))
    start = len(document[:offset].decode("utf-8"))
    message = f"found the byte 0x{document[offset]:02x} at offset {offset}, which is not UTF-8"
    return Diagnostic(message, source, source.span(start, start + 1), advice=advice)


def check_text(text: str, *, unknown_values: bool = False) -> Fault | None:
    """The fault of a text that is too long, or has a character that is not allowed; None if neither.

    ``unknown_values`` says that a loader made the text, in which some values may not be known (SRC-10).
    """
    if len(text) > MAX_DOCUMENT:
        message = f"found more than {MAX_DOCUMENT} characters, expected at most that (16 MiB)"
        return Fault(message, 0, 1, advice="is this the right file?")
    index = text.find("\0")
    if index >= 0:
        advice = "a text full of NUL characters is often UTF-16: save it as UTF-8"
        return Fault("found the character NUL", index, index + 1, advice=advice)
    index = lone_surrogate(text)
    if index >= 0:
        message = f"found half a surrogate pair, U+{ord(text[index]):04X}, which no UTF-8 text can hold"
        return Fault(message, index, index + 1, advice="decode the document's bytes as UTF-8, strictly")
    index = -1 if unknown_values else reserved_character(text)
    if index >= 0:
        return Fault(found_reserved(text[index]), index, index + 1, advice=RESERVED_ADVICE, rule="SRC-10")
    if len(text) > MAX_VALUES and text.count(",") > MAX_VALUES:
        return Fault(f"found more than {MAX_VALUES} values in one document", 0, 1, advice="is this the right file?")
    return None
