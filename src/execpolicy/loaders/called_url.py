"""The URL of a call: host, path as it is sent, and query parameters (SRC-6)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from execpolicy._base.characters import lone_surrogate
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.written_text import WrittenText

#: The longest URL that is read; API Gateway takes 10 240 bytes of request line and headers together.
MAX_URL = 65_536

_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<user>[^/?#@]*@)?(?P<host>[^/?#:@]*)(?::(?P<port>[^/?#]*))?"
    r"(?P<path>/[^?#]*)?(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.DOTALL,
)
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})+")
#: A host name that lacks its scheme.
_BARE_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+(?:[/?]|\Z)")
_FORM = "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod/orders/17"
_SCHEMES = ("https", "wss")


class CalledUrl(NamedTuple):
    """A URL in its parts.

    ``path`` is what is sent after the host: clients resolve the dot segments of the ``written_path``. ``query`` has
    the decoded parameters, each with all its values in order.
    """

    host: WrittenText
    path: str
    written_path: WrittenText
    query: Mapping[str, list[str]]
    is_websocket: bool = False

    @property
    def is_normalised(self) -> bool:
        """Whether the path is sent in another form than it is written in."""
        return self.written_path.value not in ("", self.path)


def parse_url(url: WrittenText, *, resolve_dots: bool = True) -> CalledUrl:
    """The parts of the URL of a call.

    Args:
        url: the URL as it was written.
        resolve_dots: whether the client resolves the segments ``.`` and ``..`` of the path before it sends it.

    Raises:
        RequestError: API Gateway has no such URL; the error has the place.

    >>> called = parse_url(WrittenText.whole("https://shop.example/v1/a/../orders?n=1&n=2", "URL"))
    >>> called.host.value, called.path, called.query
    ('shop.example', '/v1/orders', {'n': ['1', '2']})
    """
    text = url.value
    match = _URL.fullmatch(text)
    if match is None:
        bare = _BARE_HOST.match(text) is not None
        advice = "write https:// in front of it" if bare else f"such as {_FORM}"
        raise url.error(f"found {quoted(text)}, expected a URL that begins with https://", advice)
    _check_characters(url)
    scheme = match["scheme"].lower()
    if scheme not in _SCHEMES:
        place = url.part(*match.span("scheme"))
        raise place.error(f"found {quoted(scheme)}, expected https", "API Gateway takes calls by HTTPS: write https://")
    if match["user"]:
        place = url.part(*match.span("user"))
        raise place.error("found a user name in the URL", "leave it out, and give the header Authorization")
    if match["port"] not in (None, "", "443"):
        place = url.part(*match.span("port"))
        raise place.error(
            f"found the port {quoted(match['port'])}, expected 443", "API Gateway has no other: leave it out"
        )
    host = url.part(*match.span("host"))
    if _HOST.fullmatch(host.value) is None:
        raise host.error(f"found {quoted(host.value)}, expected the host name of an API", f"such as {_FORM}")
    path = url.part(*match.span("path")) if match["path"] else url.part(match.end("host"), match.end("host"))
    sent = path.value or "/"
    sent = without_dot_segments(sent) if resolve_dots else sent
    query = url.part(*match.span("query")) if match["query"] is not None else url.part(0, 0)
    return CalledUrl(host, sent, path, parse_query(query), scheme == "wss")


def parse_query(query: WrittenText) -> dict[str, list[str]]:
    """The decoded parameters of a query string, each with all its values in order.

    Raises:
        RequestError: a parameter is not UTF-8.

    >>> parse_query(WrittenText.whole("a=1&b&a=x%20y+z", "query"))
    {'a': ['1', 'x y z'], 'b': ['']}
    """
    from urllib.parse import unquote_plus

    found: dict[str, list[str]] = {}
    start = 0
    for text in query.value.split("&"):
        if text:
            try:
                name, _, value = (unquote_plus(part, errors="strict") for part in text.partition("="))
            except UnicodeDecodeError as error:
                place = query.part(start, start + len(text))
                byte = error.object[error.start]
                message = f"found the byte 0x{byte:02x}, which is not UTF-8, in a query parameter"
                raise place.error(message, "percent-encode the UTF-8 bytes of the text") from None
            found.setdefault(name, []).append(value)
        start += len(text) + 1
    return found


def without_dot_segments(path: str) -> str:
    """A path without the segments ``.`` and ``..``, as clients send it.

    >>> without_dot_segments("/a/./b/../c/.."), without_dot_segments("/a//b")
    ('/a/', '/a//b')
    """
    segments = path.split("/")
    kept: list[str] = []
    for segment in segments:
        plain = segment.lower().replace("%2e", ".")
        if plain == "..":
            if len(kept) > 1:
                kept.pop()
        elif plain != ".":
            kept.append(segment)
    if segments[-1].lower().replace("%2e", ".") in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


def _check_characters(url: WrittenText) -> None:
    """Refuse what no client sends: white space and control characters, and bytes that are not UTF-8."""
    text = url.value
    if len(text) > MAX_URL:
        raise url.part(0, 1).error(
            f"found a URL of {len(text)} characters, expected at most {MAX_URL}", "give the URL alone"
        )
    at = lone_surrogate(text)
    if at >= 0:
        raise url.part(at, at + 1).error("found a byte that is not UTF-8", "percent-encode it")
    bad = re.search(r"[\x00-\x20\x7f]", text)
    if bad is not None:
        what = "a space" if bad.group() == " " else f"the character U+{ord(bad.group()):04X}"
        raise url.part(*bad.span()).error(f"found {what} in the URL", "percent-encode it, as %20 for a space")
