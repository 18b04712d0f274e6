"""The data of a subscription of CloudWatch Logs: JSON that is compressed by gzip, in base64 (LOG-7)."""

from __future__ import annotations

import binascii
import zlib
from base64 import b64decode
from typing import Final

from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.errors import Source
from execpolicy.loaders.written_text import WrittenText

_RULE: Final = "LOG-7"
#: The window of zlib for a gzip header.
_GZIP: Final = 16 + zlib.MAX_WBITS
_EXPECTED: Final = "expected the data of a subscription of CloudWatch Logs: JSON, compressed by gzip, in base64"


def decompressed(data: WrittenText) -> WrittenText:
    """The text in compressed data, as a source of its own.

    Raises:
        RequestError: it is no such data, or too long; with the place.
    """
    try:
        packed = b64decode("".join(data.value.split()), validate=True)
        unpacking = zlib.decompressobj(_GZIP)
        found = unpacking.decompress(packed, MAX_DOCUMENT + 1)
        if len(found) > MAX_DOCUMENT:
            message = f"found data with more than {MAX_DOCUMENT} bytes (16 MiB) when it is decompressed"
            raise data.error(message, "give a part of the log", _RULE)
        if not unpacking.eof:
            raise data.error(f"found compressed data that is cut off, {_EXPECTED}", "give the whole data", _RULE)
        if unpacking.unused_data:
            raise data.error("found more after the end of compressed data", "give the data one by one", _RULE)
        text = found.decode("utf-8")
    except (binascii.Error, zlib.error, UnicodeDecodeError) as error:
        raise data.error(
            f"found data that cannot be decompressed, {_EXPECTED}", "give the whole data", _RULE
        ) from error
    return WrittenText(text, Source(f"{data.source.name} (decompressed)", text), 0, len(text))
