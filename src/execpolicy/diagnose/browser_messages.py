"""Messages of browsers about CORS, which hide the response of API Gateway (GW-27)."""

from __future__ import annotations

import re
from shlex import quote

from execpolicy.diagnose.detailed_messages import FoundMessage
from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.known_messages import KnownMessage
from execpolicy.diagnose.message_end import LONGEST_UNREAD
from execpolicy.document.syntax.wording import cut

_URL = r"(?P<url>https?://[^\s'\"<>]{1,2048})"
#: How Chrome, older browsers, Firefox and Safari begin.
_BEGINNINGS = tuple(
    re.compile(shape)
    for shape in (
        rf"Access to [\w ]{{1,40}} at '{_URL}' ",
        rf"XMLHttpRequest cannot load {_URL}",
        rf"Cross-Origin Request Blocked:? .{{0,120}}? at {_URL}",
        r"Origin (?P<origin>\S{1,300}) is not allowed by Access-Control-Allow-Origin",
    )
)
#: After the beginning, in characters.
_LONGEST = 1000
_QUERY = re.compile(r"\?[^\s'\"<>)]*")

_ASK_WITHOUT_BROWSER = (
    "send the same call without a browser and paste the whole response, which CORS does not hide: curl -i {url}"
)
_OF_REFUSALS = (
    "a REST API: give the gateway responses DEFAULT_4XX and DEFAULT_5XX the header Access-Control-Allow-Origin, so "
    "that browsers show refusals as well"
)
_OF_HTTP = "an HTTP API: its CORS configuration, which adds the headers to every response"
_RULES = ("GW-27", "MSG-3", "MSG-4")

_PREFLIGHT = KnownMessage(
    "A browser reports that the preflight request, OPTIONS, was refused or has no CORS headers",
    (Gate.ROUTE, Gate.AUTHORIZATION, Gate.AUTHORIZER, Gate.BROWSER),
    ("nothing of the call itself: the browser has not sent it",),
    (
        "send the preflight request without a browser and paste the whole response: curl -i -X OPTIONS {url}",
        "a REST API: whether the path has a method OPTIONS; without one the response is 403 Missing Authentication "
        "Token",
        "the authorization of OPTIONS: browsers send no credentials and no API key with it, so it must be NONE",
        "an HTTP API: its CORS configuration, which answers OPTIONS unless a route with an authorizer does",
    ),
    _RULES,
    ("the status and the message of the response: a browser does not show them", "whether the call would be allowed"),
)
_NO_HEADER = KnownMessage(
    "A browser hides the response, because it has no header Access-Control-Allow-Origin",
    (Gate.BROWSER,),
    ("a call was sent and answered",),
    (_ASK_WITHOUT_BROWSER, _OF_REFUSALS, _OF_HTTP, "an integration that succeeds: it must return the header itself"),
    _RULES,
    (
        "what the response says: it may be a refusal of API Gateway, which has no CORS headers unless configured, or "
        "a response of the integration",
    ),
)
_OTHER_ORIGIN = _NO_HEADER._replace(
    summary="A browser hides the response, because its Access-Control-Allow-Origin is another origin",
    check_next=(
        "the origins that are configured: scheme, host and port must be those of the page; one value, not a list",
        _ASK_WITHOUT_BROWSER,
    ),
    leaves_open=("what the response says",),
)
_WILDCARD = _NO_HEADER._replace(
    summary="A browser hides the response, because Access-Control-Allow-Origin is * and the call has credentials",
    check_next=(
        "return the origin of the page instead of *, with Access-Control-Allow-Credentials: true; or send the call "
        "without credentials",
        _ASK_WITHOUT_BROWSER,
    ),
    leaves_open=("what the response says",),
)

_NO_RESPONSE = KnownMessage(
    "A browser got no response to the call",
    (Gate.ELSEWHERE, Gate.BROWSER),
    ("nothing of the API: the browser got no response that it could read",),
    (
        "the address, its certificate and the network; a page of https cannot call http",
        "send the call without a browser to see the response itself: curl -i {url}",
    ),
    _RULES,
    ("whether the call reached an API",),
)
_UNKNOWN_REASON = KnownMessage(
    "A browser hides the response or did not send the call, for a reason in words that are not known here",
    (Gate.BROWSER,),
    ("the browser refused, by the rules of CORS",),
    (_ASK_WITHOUT_BROWSER,),
    _RULES,
    ("whether the call was sent, and what the response says",),
)


def _not_listed(what: str, header: str) -> KnownMessage:
    return KnownMessage(
        f"A browser did not send the call: {what} is not in {header} of the preflight response",
        (Gate.BROWSER,),
        ("nothing of the call itself: the browser has not sent it", "the preflight request, OPTIONS, was answered"),
        (
            f"{header} in the response to OPTIONS: add {what}; a custom header such as Authorization or x-api-key must "
            "be listed by its name",
            "send the call without a browser to see the response itself: curl -i {url}",
        ),
        _RULES,
        ("whether the call would be allowed",),
    )


_HEADERS = _not_listed("a header of the call", "Access-Control-Allow-Headers")
_METHODS = _not_listed("the method of the call", "Access-Control-Allow-Methods")

#: What the browsers say, in the order in which to look for it.
_REASONS: tuple[tuple[re.Pattern[str], KnownMessage], ...] = tuple(
    (re.compile(shape, re.IGNORECASE), meaning)
    for shape, meaning in (
        (r"is not allowed (?:by|according to header) .?Access-Control-Allow-Headers", _HEADERS),
        (r"missing token .{1,100} in CORS header .?Access-Control-Allow-Headers", _HEADERS),
        (r"is not allowed by Access-Control-Allow-Methods|Did not find method in CORS header", _METHODS),
        (r"must not be the wildcard '\*'|Credential is not supported if the CORS header", _WILDCARD),
        (r"preflight request doesn't pass access control check", _PREFLIGHT),
        (r"preflight (?:response|channel) did not succeed", _PREFLIGHT),
        (r"CORS request did not succeed", _NO_RESPONSE),
        (r"that is not equal to the supplied origin|Access-Control-Allow-Origin.? does not match", _OTHER_ORIGIN),
        (r"No 'Access-Control-Allow-Origin' header|Access-Control-Allow-Origin.? missing", _NO_HEADER),
        (r"is not allowed by Access-Control-Allow-Origin", _NO_HEADER),
    )
)
_REASON = re.compile(r"(?:CORS policy|Reason): (?P<reason>.*)")


def find_browser_message(text: str) -> FoundMessage | None:
    """The first message of a browser about CORS in a text of one line; None if there is none.

    >>> find_browser_message("Origin https://a.example is not allowed by Access-Control-Allow-Origin.").meaning.gates
    (<Gate.BROWSER: 'a browser'>,)
    """
    for shape in _BEGINNINGS:
        found = shape.search(text)
        if found is not None:
            message = text[found.start() : found.end() + _LONGEST]
            known = next((meaning for reason, meaning in _REASONS if reason.search(message)), None)
            meaning = known or _with_reason(message)
            url = quote(_QUERY.sub("", found.groupdict().get("url") or "URL").rstrip(".,;:"))
            checks = tuple(check.format(url=url) for check in meaning.check_next)
            return FoundMessage(_QUERY.sub("?…", message), meaning._replace(check_next=checks))
    return None


def _with_reason(message: str) -> KnownMessage:
    found = _REASON.search(message)
    return _UNKNOWN_REASON._replace(unread=_QUERY.sub("?…", cut(found["reason"], LONGEST_UNREAD)) if found else "")
