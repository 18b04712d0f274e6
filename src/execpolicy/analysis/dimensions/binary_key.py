"""The bytes that a context key can have, as base64 text (CND-1)."""

from __future__ import annotations

import string
from base64 import b64encode
from collections.abc import Iterator

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions.read_values import Scale
from execpolicy.analysis.values.ordered import BEFORE
from execpolicy.language.operators import read_binary

if TYPE_CHECKING:
    from execpolicy.analysis.values.ordered import Interval

_LETTERS = string.ascii_letters + string.digits + "+/"
_USUAL = b"\x01\x02\x03"


class Bytes(Scale):
    """All bytes that are not empty: the empty text is no value."""

    __slots__ = ()
    contents = "bytes"
    families = frozenset({"Binary"})

    def read(self, text: str) -> bytes | None:
        return read_binary(text)

    def sample(self, interval: Interval) -> tuple[tuple[bool, int], bytes] | None:
        """The usual bytes, or the first ones of the interval: no bytes are between some and the same with a zero."""
        found = _USUAL
        if not interval.has(found):
            value, side = interval.lower or (b"", BEFORE)
            found = value if value and side == BEFORE else value + b"\0"
        return ((found != _USUAL, len(found)), found) if interval.has(found) else None

    def spellings(self, place: bytes) -> Iterator[str]:
        """The usual text, and those in which the unused bits of the last letter are not zero."""
        usual = b64encode(place).decode()
        yield usual
        body = usual.rstrip("=")
        others = (f"{body[:-1]}{letter}{usual[len(body) :]}" for letter in _LETTERS)
        yield from (text for text in others if text != usual and read_binary(text) == place)
