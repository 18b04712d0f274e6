"""The headers of a curl command: those that are given, and those that curl adds (SRC-6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from execpolicy.document.syntax.wording import quoted
from execpolicy.gateway.flow.signature import SIGV4
from execpolicy.loaders.called_url import CalledUrl
from execpolicy.loaders.curl.arguments import CurlArguments, GivenOption
from execpolicy.loaders.curl.options import Effect
from execpolicy.loaders.sent_signature import signature_in
from execpolicy.loaders.written_text import WrittenText

#: What curl sends as User-Agent has its version, which a command does not say.
CURL_AGENT = "curl/8.5.0"
_SERVICE = "execute-api"
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BODY = (Effect.DATA, Effect.RAW_DATA, Effect.ENCODED_DATA)


def sent_headers(arguments: CurlArguments, url: CalledUrl) -> tuple[dict[str, list[str]], list[str]]:
    """All headers with their values, and what was assumed of them.

    A header that the command gives replaces the one that curl adds; ``Name:`` alone removes it.
    """
    given = [header for each in arguments.every(Effect.HEADER) if (header := _header(each.value)) is not None]
    named = {name.lower() for name, _ in given}
    named |= {each.value.value.partition(":")[0].lower() for each in arguments.every(Effect.HEADER)}
    headers: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    added = [(name, value) for name, value in _added(arguments, url) if name.lower() not in named]
    for name, value in [*added, *given]:
        headers.setdefault(spelled.setdefault(name.lower(), name), []).append(value)
    assumed = []
    if ("User-Agent", CURL_AGENT) in added:
        assumed.append(f"the version of curl is not known: User-Agent is taken as {CURL_AGENT}; curl -A gives another")
    return headers, assumed


def _header(text: WrittenText) -> tuple[str, str] | None:
    """Name and value of a header; None if it removes the one that curl adds."""
    written = text.value
    if written.startswith("@"):
        raise text.error(
            f"found the file of headers {quoted(written[1:])}", "write its headers in its place: -H 'a: b'"
        )
    bad = re.search(r"[\r\n\0]", written)
    if bad is not None:
        raise text.part(*bad.span()).error("found the end of a line in a header", "give each header by an -H")
    name, colon, value = written.partition(":")
    if not colon and written.endswith(";"):
        name, value = written[:-1], ""
    elif not colon or _NAME.fullmatch(name) is None:
        raise text.error(f"found {quoted(written)}, expected a header", "such as -H 'Authorization: Bearer abc'")
    elif not value.strip():
        return None
    return name, value.strip()


def _added(arguments: CurlArguments, url: CalledUrl) -> Iterator[tuple[str, str]]:
    """The headers that curl adds, in its order."""
    yield "Host", url.host.value
    json = arguments.first(Effect.JSON)
    authorization = _authorization(arguments)
    if authorization:
        yield "Authorization", authorization
    agent = arguments.last(Effect.USER_AGENT)
    if agent is None or agent.value.value:
        yield "User-Agent", CURL_AGENT if agent is None else agent.value.value
    yield "Accept", "*/*" if json is None else "application/json"
    yield from _named(arguments)
    if json is not None:
        yield "Content-Type", "application/json"
    elif arguments.last(Effect.GET) is None and arguments.first(*_BODY) is not None:
        yield "Content-Type", "application/x-www-form-urlencoded"
    elif arguments.first(Effect.FORM) is not None:
        yield "Content-Type", "multipart/form-data"


def _named(arguments: CurlArguments) -> Iterator[tuple[str, str]]:
    """The headers that have options of their own."""
    referer, cookies, bytes_ = (
        arguments.last(Effect.REFERER),
        arguments.every(Effect.COOKIE),
        arguments.last(Effect.RANGE),
    )
    if referer is not None and referer.value.value.removesuffix(";auto"):
        yield "Referer", referer.value.value.removesuffix(";auto")
    for each in cookies:
        if "=" not in each.value.value:
            raise each.value.error("found a file of cookies", "write the cookies in its place: -b 'name=value'")
    if cookies:
        yield "Cookie", ";".join(each.value.value for each in cookies)
    if bytes_ is not None:
        yield "Range", f"bytes={bytes_.value.value}"
    if arguments.last(Effect.COMPRESSED) is not None:
        yield "Accept-Encoding", "deflate, gzip"


def _authorization(arguments: CurlArguments) -> str:
    """The header Authorization that curl makes of -u, --oauth2-bearer or --aws-sigv4; empty without them."""
    user, bearer = arguments.last(Effect.USER), arguments.last(Effect.BEARER)
    if arguments.last(Effect.SIGNATURE) is not None:
        return SIGV4
    if bearer is not None:
        return f"Bearer {bearer.value.value}"
    if user is None:
        return ""
    if ":" not in user.value.value:
        raise user.value.error("found a user without a password, for which curl asks", "write it as -u user:password")
    from base64 import b64encode

    return f"Basic {b64encode(user.value.value.encode('utf-8', 'surrogateescape')).decode('ascii')}"


def signature_of(arguments: CurlArguments, url: CalledUrl) -> str | None:
    """What signs the call: an option, a header or a query parameter; None if nothing does."""
    option = arguments.last(Effect.SIGNATURE)
    if option is not None:
        _check_scope(option, url)
        return option.name.value
    given = [header for each in arguments.every(Effect.HEADER) if (header := _header(each.value)) is not None]
    return signature_in({name: [value] for name, value in given}, url.query)


def _check_scope(option: GivenOption, url: CalledUrl) -> None:
    """Check that --aws-sigv4 signs for execute-api in the region of the host; without both curl reads the host."""
    text, host = option.value, url.host.value.lower()
    _, _, region, service = (*text.value.split(":"), "", "", "", "")[:4]
    labels = host.split(".")
    own = labels[2] if len(labels) > 3 and labels[1] == _SERVICE else ""
    advice = f"write --aws-sigv4 aws:amz:{own or 'REGION'}:{_SERVICE}"
    if not service:
        signed = f"{labels[0]} in the region {region or labels[1]}"
        message = f"found no service in --aws-sigv4: curl takes it from the host and signs for the service {signed}"
        raise text.error(message, advice)
    if service != _SERVICE:
        raise text.error(f"--aws-sigv4 signs for the service {service}, and the URL calls {_SERVICE}", advice)
    if own and region != own:
        raise text.error(f"--aws-sigv4 signs for the region {region}, and the host of the URL is in {own}", advice)
