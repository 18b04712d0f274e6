"""The entries of a HAR file as calls (LOG-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from execpolicy.document.syntax.node_members import member
from execpolicy.document.syntax.nodes import JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.called_url import CalledUrl, parse_url
from execpolicy.loaders.event.sent import one_header
from execpolicy.loaders.json_members import JsonMembers
from execpolicy.loaders.read_call import LoggedAnswer, ReadCall
from execpolicy.loaders.sent_signature import signature_in
from execpolicy.loaders.written_text import WrittenText

if TYPE_CHECKING:
    from datetime import datetime

RULE: Final = "LOG-4"
#: In this file or entry the headers may be those that a browser shows, and not all that it sends.
_NOTE: Final = (
    "browsers leave Authorization and Cookie out of the files that they export: if the call had one, "
    "export the file with sensitive data"
)
_HOST: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]*)")


def is_har(node: JsonObject) -> bool:
    """Whether a document is a HAR file."""
    return member(node, "log", "entries") is not None


def is_har_entry(node: JsonObject) -> bool:
    """Whether a document is one entry of a HAR file."""
    return member(node, "request", "url") is not None


def entries_of(har: JsonMembers) -> list[JsonMembers]:
    """The entries of a HAR file.

    Raises:
        RequestError: they are no list of objects; with the place.
    """
    log = har.object_of("log")
    assert log is not None, "the document is a HAR file"
    return log.objects_of("entries")


def long_texts(node: JsonObject) -> Iterator[Node]:
    """The bodies of a HAR file or an entry, which may be as long as they are."""
    entries = member(member(node, "log") or node, "entries")
    for entry in getattr(entries, "items", []) if entries is not None else [node]:
        yield from _bodies(entry)


def _bodies(entry: Node) -> Iterator[Node]:
    for path in (("request", "postData"), ("response", "content")):
        text = member(entry, *path, "text")
        if text is not None:
            yield text


def host_of_entry(entry: JsonMembers) -> str:
    """The host of the URL of an entry in lower case; empty if it has none, as a ``data:`` URL."""
    request = entry.object_of("request")
    url = None if request is None else request.node_of("url")
    match = _HOST.match(url.value) if isinstance(url, Text) else None
    return "" if match is None else match[1].lower()


def call_of_entry(entry: JsonMembers) -> ReadCall:
    """The call of an entry.

    Raises:
        RequestError: it is no entry, or its URL is none that API Gateway has; with the place.
    """
    request = entry.object_of("request")
    if request is None:
        raise entry.missing("request", "an entry of a HAR file")
    method, written = request.text_of("method"), request.text_of("url")
    if method is None or written is None:
        raise request.missing("method" if method is None else "url", "an entry of a HAR file")
    url = parse_url(written, resolve_dots=False)
    headers = _headers(request)
    text = _entry_text(entry)
    post = request.object_of("postData")
    body = None if post is None else post.text_of("text")
    sent_by_browser = one_header(headers, "authorization") is None
    return ReadCall(
        "an entry of a HAR file",
        text,
        {"method": method, "host": url.host, "path": url.written_path},
        method=_method(url, method.value),
        host=url.host.value,
        path=url.path,
        query=url.query,
        headers=headers,
        body=None if body is None else body.value,
        time=_time(entry),
        # A signature can be among the headers that browsers leave out.
        is_signed=True if signature_in(headers, dict(url.query)) is not None else None if sent_by_browser else False,
        is_websocket=url.is_websocket,
        is_of_client=True,
        answer=_answer(entry),
        notes=(_NOTE,) if sent_by_browser else (),
    )


def _entry_text(entry: JsonMembers) -> WrittenText:
    return entry.text.part(entry.node.start, entry.node.end)


def _method(url: CalledUrl, method: str) -> str:
    return "$connect" if url.is_websocket and method == "GET" else method


def _headers(request: JsonMembers) -> dict[str, list[str]]:
    """The headers with all their values, without the pseudo-headers of HTTP/2."""
    found: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for header in request.objects_of("headers"):
        name, value = header.text_of("name"), header.text_of("value")
        if name is None:
            raise header.missing("name", "a header")
        if not name.value.startswith(":"):
            found.setdefault(spelled.setdefault(name.value.lower(), name.value), []).append(
                "" if value is None else value.value
            )
    return found


def _time(entry: JsonMembers) -> datetime | None:
    """The time at which the call began."""
    written = entry.text_of("startedDateTime")
    if written is None:
        return None
    from datetime import UTC

    from dateutil.parser import isoparse

    try:
        moment = isoparse(written.value)
        if moment.tzinfo is None:
            raise ValueError("a time of no known zone")
        found: datetime = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        message = f"found {quoted(written.value)} as startedDateTime, expected a time with its zone"
        raise written.error(message, "such as 2026-11-29T19:00:00.000Z", RULE) from None
    return found


def _answer(entry: JsonMembers) -> LoggedAnswer | None:
    """The status and the message that the client got; a browser writes the status 0 for a call without an answer."""
    response = entry.object_of("response")
    status = None if response is None else response.scalar_of("status")
    if response is None or status is None or re.fullmatch("[1-5][0-9]{2}", status.value) is None:
        return None
    content = response.object_of("content")
    body = None if content is None else content.node_of("text")
    message = _message(body.value) if isinstance(body, Text) else None
    return LoggedAnswer(status=int(status.value), message=message)


def _message(body: str) -> str | None:
    """The message of a short body such as ``{"message":"Forbidden"}``."""
    import json

    if len(body) > 10_000 or not body.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    value = next((found[name] for name in ("message", "Message") if name in found), None)
    return value if isinstance(value, str) else None
