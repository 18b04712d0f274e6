"""Paths as they are sent: percent-encoding and slashes (GW-4)."""

from __future__ import annotations

import re

_ESCAPES = re.compile("(?:%[0-9A-Fa-f]{2})+")
#: All but a slash and a question mark: decoded, the first would end a segment and the second the path.
_NO_SEPARATORS = re.compile("(?:%(?!2[Ff]|3[Ff])[0-9A-Fa-f]{2})+")
_SLASHES = re.compile("/{2,}")


def decoded(text: str, *, separators: bool = True) -> str:
    """The percent-decoded text; bytes that are not UTF-8 stay encoded.

    >>> decoded("a%2Fb%20c%C3%A9"), decoded("a%2Fb%20c%C3%A9", separators=False)
    ('a/b cé', 'a%2Fb cé')
    """
    return (_ESCAPES if separators else _NO_SEPARATORS).sub(_unescaped, text) if "%" in text else text


def merged_slashes(path: str) -> str:
    """A path without repeated or trailing slashes; the root path keeps its slash.

    >>> merged_slashes("//pets//7/")
    '/pets/7'
    """
    return _SLASHES.sub("/", path).rstrip("/") or "/"


def normalised_path(path: str) -> str:
    """A path in the other reading of GW-4: percent-decoded, without repeated or trailing slashes.

    An encoded slash or question mark stays encoded, because decoding it would make another path.

    >>> normalised_path("//p%65ts/a%2Fb/")
    '/pets/a%2Fb'
    """
    return merged_slashes(decoded(path, separators=False))


def _unescaped(run: re.Match[str]) -> str:
    try:
        return bytes.fromhex(run.group().replace("%", "")).decode("utf-8")
    except UnicodeDecodeError:
        return run.group()
