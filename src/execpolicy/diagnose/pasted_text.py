"""The parts of a pasted text: a body, a line of a log, or a whole response with its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import MappingProxyType
from typing import Final, NamedTuple

from execpolicy.diagnose.broken_lines import join_broken_arns
from execpolicy.diagnose.log_line import ABSENT, Members, is_variable, messages_of, parse_log_line
from execpolicy.diagnose.logged_call import LoggedCall, parse_logged_call
from execpolicy.gateway.model.names import ALL_RESPONSE_TYPES, ApiType

NO_MEMBERS: Final[Members] = MappingProxyType({})


class PastedText(NamedTuple):
    """The parts of a response that were found; a missing part is empty or None."""

    #: The whole text with single spaces, its lines kept, and on one line without status line and headers.
    text: str
    body: str
    #: The values of the members that hold messages, each on one line; None for null.
    messages: tuple[str | None, ...] = ()
    status: int | None = None
    #: The exception that a header or a client names: ``ForbiddenException``.
    error_type: str = ""
    #: The gateway response that a log names: ``ACCESS_DENIED``.
    response_type: str = ""
    #: The error in the header ``www-authenticate`` and its description.
    challenge: str = ""
    #: The type of the API, if a header or a member shows it.
    api_type: ApiType | None = None
    #: The host that was called, if a header, a URL or a line of a log shows it.
    host: str = ""
    #: Whether API Gateway renamed headers of the integration's response.
    is_remapped: bool = False
    #: The ARNs that were broken over lines in the text.
    joined_arns: tuple[str, ...] = ()
    #: The members of a line of a log in JSON.
    members: Members = NO_MEMBERS
    #: The call that the text is about.
    call: LoggedCall = LoggedCall()


_RESPONSE_TYPE = re.compile(rf"\b(?:{'|'.join(ALL_RESPONSE_TYPES)})\b")
_MEMBER = re.compile(
    r"""(?P<quote>["'])[mM]essage(?P=quote)\s*:\s*"""
    r"""(?:(?P<null>null|None)\b|"(?P<double>(?:[^"\\]|\\.)*+)"|'(?P<single>(?:[^'\\]|\\.)*+)')""",
    re.DOTALL,
)
#: Headers are lines, or members of a dictionary in a log.
_ERROR_TYPES = (
    re.compile(r"""x-amzn-errortype["']?\s*[:=]\s*["']?(?P<name>[A-Za-z]+)""", re.IGNORECASE),
    re.compile(r"An error occurred \((?P<name>[A-Za-z]+)\)"),
    re.compile(r"\bError Code: (?P<name>[A-Za-z]+)"),
    re.compile(r"""["']__type["']\s*:\s*["'](?:[\w.]*#)?(?P<name>[A-Za-z]+)"""),
)
_STATUS_LINE = re.compile(r"^[<* \t]*HTTP/[0-9.]+[ \t]+(?P<status>[1-5][0-9]{2})\b", re.MULTILINE)
#: A line above a body; ``curl -v`` marks those that it received.
_ABOVE = re.compile(r"[<>* \t]*(?:HTTP/[0-9.]+ .*|[\w-]+:.*|)")
_STATUSES = (
    re.compile(r"""\bstatus(?:[ _-]?code)?["']?\s*+(?:[:=]\s*+)?["']?(?P<status>[1-5][0-9]{2})\b""", re.IGNORECASE),
    re.compile(r"\bnet::ERR_\w{1,40} (?P<status>[45][0-9]{2})\b"),
    re.compile(r"^\W*(?P<status>[45][0-9]{2})\b"),
    re.compile(r"\b(?P<status>[45][0-9]{2}) (?:Client Error|Server Error|Forbidden|Unauthorized)\b"),
)
#: The host of a request: a header that curl -v shows, or a URL.
_HOST = re.compile(r"(?:^[> \t]*host:[ \t]*|\bhttps?://)(?P<host>[a-z0-9.-]{1,253})", re.IGNORECASE | re.MULTILINE)
_HOST_MEMBERS = ("domainname", "host")
_CHALLENGE = re.compile(r"""www-authenticate["']?\s*[:=]\s*["']?(?P<value>Bearer[^\r\n]*)""", re.IGNORECASE)
_PARAMETER = re.compile(r"""\b(?P<name>error|error_description)=\\?"(?P<value>[^"\\]*)\\?\"""")

#: Messages in which API Gateway repeats a token that it could not read, in the order in which they are tried.
_SECRETS = (
    (re.compile(r"'[^']*' not a valid key=value pair"), "'…' not a valid key=value pair"),
    (re.compile(r"(Authorization header(?: \(hashed[^()]*\))?: )'.*"), r"\1'…'"),
    (re.compile(r"\bAuthorization=.*"), "Authorization=…"),
    (re.compile(r"The Canonical String for this request should have been.*"), "The Canonical String …"),
)


def parse_pasted_text(text: str) -> PastedText:
    """Parse a pasted text.

    >>> pasted = parse_pasted_text('{"message":"Forbidden"} with status code: 403')
    >>> pasted.messages, pasted.status
    (('Forbidden',), 403)
    """
    text, joined_arns = join_broken_arns(text)
    response_type = _RESPONSE_TYPE.search(text)
    members = parse_log_line(text)
    host = _host(text, members)
    messages = [on_one_line(join_broken_arns(message).text) for message in messages_of(members)]
    return PastedText(
        text="\n".join(line for line in map(on_one_line, text.splitlines()) if line),
        body=on_one_line(_below_the_headers(text)),
        # A log contains bodies as JSON strings, with escaped quotes.
        messages=tuple(dict.fromkeys((*messages, *_messages(text), *_messages(text.replace('\\"', '"'))))),
        status=_status(text),
        error_type=next((found["name"] for shape in _ERROR_TYPES if (found := shape.search(text))), ""),
        response_type=response_type[0] if response_type else "",
        challenge=_challenge(text),
        api_type=_api_type(text.lower()),
        host=host,
        call=parse_logged_call(text, members, host),
        is_remapped="x-amzn-remapped-" in text.lower(),
        joined_arns=joined_arns,
        members=members,
    )


def without_secrets(message: str) -> str:
    """A message without the token that API Gateway repeats in it.

    >>> without_secrets("'eyJhbGciOi' not a valid key=value pair (missing equal-sign) in Authorization header: 'x y'.")
    "'…' not a valid key=value pair (missing equal-sign) in Authorization header: '…'"
    """
    for shape, instead in _SECRETS:
        message = shape.sub(instead, message)
    return message


def on_one_line(text: str) -> str:
    """A text with single spaces in place of white space."""
    return " ".join(text.split())


def _below_the_headers(text: str) -> str:
    """The text without the status line and the headers, which contain no message."""
    if not _STATUS_LINE.search(text):
        return text
    return "\n".join(line for line in text.splitlines() if not _ABOVE.fullmatch(line))


def _messages(text: str) -> Iterator[str | None]:
    for found in _MEMBER.finditer(text):
        message = None if found["null"] else on_one_line(join_broken_arns(_unescaped(found)).text)
        if message is None or not is_variable(message):
            yield message


def _unescaped(found: re.Match[str]) -> str:
    import json

    if found["double"] is None:
        return str(found["single"])
    try:
        return str(json.loads(f'"{found["double"]}"', strict=False))
    except ValueError:
        return str(found["double"])


def _status(text: str) -> int | None:
    """The status; the last one if there are several responses, such as that of a proxy before that of the API."""
    lines = _STATUS_LINE.findall(text)
    if lines:
        return int(lines[-1])
    return next((int(found["status"]) for shape in _STATUSES if (found := shape.search(text))), None)


def is_default_endpoint(host: str) -> bool:
    """Whether a host is the default endpoint of an API, which AWS names.

    >>> is_default_endpoint("a1b2c3.execute-api.eu-west-1.amazonaws.com"), is_default_endpoint("api.example.com")
    (True, False)
    """
    return ".execute-api." in host and ".amazonaws.com" in host


def _host(text: str, members: Members) -> str:
    named = next((value for name, value in members.items() if name.rpartition(".")[2] in _HOST_MEMBERS), "")
    named = "" if named == ABSENT else named
    found = _HOST.search(text)
    return (named or (found["host"] if found else "")).lower()


def _challenge(text: str) -> str:
    header = _CHALLENGE.search(text)
    if header is None:
        return ""
    parameters = {found["name"]: found["value"] for found in _PARAMETER.finditer(header["value"])}
    return ": ".join(parameters[name] for name in ("error", "error_description") if parameters.get(name))


def _api_type(text: str) -> ApiType | None:
    if "apigw-requestid" in text:
        return ApiType.HTTP
    if '"connectionid"' in text:
        return ApiType.WEBSOCKET
    if "x-amz-apigw-id" in text or "x-amzn-errortype" in text:
        return ApiType.REST
    return None
