"""Explains a pasted response of API Gateway: a body, a line of a log, or the output of ``curl -i``.

1. IAM's message for denied requests, which names caller, action and resource (MSG-1, MSG-2).
2. The message for a call that the policy of a Lambda authorizer denies (MSG-2).
3. A known message, with the gateway response and the type of the API if the text has them (MSG-3).
4. Otherwise the gateway response, the challenge or the exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from execpolicy.arguments import text as checked_text
from execpolicy.diagnose.access_denied import parse_access_denied
from execpolicy.diagnose.access_denied_diagnosis import diagnose_access_denied
from execpolicy.diagnose.browser_messages import find_browser_message
from execpolicy.diagnose.check_command import call_of_message, check_command
from execpolicy.diagnose.client_errors import find_client_error
from execpolicy.diagnose.denial_by_function import diagnose_denial_by_function
from execpolicy.diagnose.detailed_messages import find_detailed_message
from execpolicy.diagnose.diagnosis import Diagnosis, Gate
from execpolicy.diagnose.known_messages import (
    DEFAULT_ENDPOINT_OF_HTTP,
    DEFAULT_ENDPOINT_OF_REST,
    KNOWN_MESSAGES,
    OR_DISABLED,
    KnownMessage,
)
from execpolicy.diagnose.message_end import LONGEST_UNREAD
from execpolicy.diagnose.own_responses import NAMES_BY_RESPONSE_TYPE, find_own_response, unwrapped
from execpolicy.diagnose.pasted_text import PastedText, is_default_endpoint, parse_pasted_text, without_secrets
from execpolicy.diagnose.split_text import split_responses
from execpolicy.diagnose.with_api import Destination, check_is_of, destination, excluded_layers, narrow
from execpolicy.document.syntax.wording import cut, quoted
from execpolicy.errors import RequestError, Source
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import ApiType

__all__ = ["Diagnosis", "Gate", "read_message", "read_messages"]

#: The maximum length in characters; a response has a few hundred.
LONGEST = 200_000
#: The number of responses in one text.
MAX_RESPONSES = 100

_LAMBDA = re.compile("User is not authorized to access this resource".replace(" ", r"[ \n]"))

#: The messages that name their cause, before those that are more general.
_FINDERS = (find_browser_message, find_client_error, find_detailed_message)

#: Messages that mean one thing only, by what they begin with or contain.
_MESSAGES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape), name)
    for shape, name in (
        (r"Missing Authentication Token", "missing token"),
        (r"The incoming token has expired", "expired Cognito token"),
        (r"The security token included in the request is expired", "expired credentials"),
        (r"The security token included in the request is invalid", "unknown credentials"),
        (r"The request signature we calculated does not match", "signature"),
        (r"must be a 'SignedHeader' in the AWS Authorization", "signature"),
        (r"Signature (?:expired|not yet current)\b", "signature time"),
        (r"Credential should be scoped to|Date in Credential scope|Credential must have exactly", "signature scope"),
        (r"[Kk]ey=value pair \(missing equal-sign\)", "no signature"),
        (r"Authorization header requires|Unsupported AWS 'algorithm'", "no signature"),
        (r"Invalid API Key identifier specified", "API key of the management API"),
        (r"(?i:invalid api[ -]?key)", "API key"),
        (r"API Key\b.{0,200}? not authorized because", "API key"),
        (r"Invalid JSON in response|AuthorizerConfigurationException", "authorizer broken"),
        (r"Could not parse policy|Unable to parse given policy", "authorizer broken"),
        (r"Endpoint request timed out", "integration slow"),
        (r"Too Many Requests|Rate exceeded", "limits"),
        (r"Limit Exceeded", "quota"),
        (r"Request Too Long|Unsupported Media Type", "validation"),
        (r"Missing required request parameters|Invalid request body", "validation"),
        (r"Request URI too long", "long ARN"),
        (r"The request could not be satisfied", "CloudFront"),
    )
)

#: Messages with several meanings, which depend on the type of the API.
_GENERIC: dict[str, str] = {
    "Forbidden": "forbidden",
    "Unauthorized": "unauthorized",
    "Internal server error": "internal error",
    "Internal Server Error": "internal error",
    "Not Found": "not found",
    "Service Unavailable": "unavailable",
}
#: Complete messages: API Gateway did not write any text after them.
_COMPLETE = re.compile(
    r"(?:Missing Authentication Token|The incoming token has expired|Endpoint request timed out|Too Many Requests"
    r"|The security token included in the request is (?:expired|invalid)|Limit Exceeded|Invalid request body"
    r"|Request Too Long|Unsupported Media Type|Request URI too long)[.!]?"
)
_GENERIC_WORD = re.compile(rf"\b(?:{'|'.join(_GENERIC)})\b")
#: The spelling depends on the type of the API.
_SPELLED = {"Internal server error": ApiType.REST, "Internal Server Error": ApiType.HTTP}
_SUFFIXES = {ApiType.REST: " REST", ApiType.HTTP: " HTTP", ApiType.WEBSOCKET: " WebSocket"}

_BY_ERROR_TYPE: dict[str, str] = {
    "AccessDenied": "access denied of a service",
    "AccessDeniedException": "access denied",
    "AuthorizerConfigurationException": "authorizer broken",
    "AuthorizerFailureException": "authorizer failed",
    "ExpiredTokenException": "expired credentials",
    "ForbiddenException": "forbidden REST",
    "GoneException": "gone",
    "IncompleteSignatureException": "no signature",
    "InternalServerErrorException": "internal error REST",
    "InvalidSignatureException": "signature",
    "LimitExceededException": "limits",
    "MissingAuthenticationTokenException": "missing token",
    "TooManyRequestsException": "limits",
    "UnauthorizedException": "unauthorized REST",
    "UnrecognizedClientException": "unknown credentials",
}

_ADVICE = (
    "paste the body with its message, or the whole response with its headers (curl -i). A response with another "
    "message comes from the integration behind the API, or from a customized gateway response"
)

_OF_DEFAULT_ENDPOINTS = (DEFAULT_ENDPOINT_OF_REST, DEFAULT_ENDPOINT_OF_HTTP)


class CalledApi(NamedTuple):
    """The API that was called, the name of its file, and the custom domain, if it is given."""

    definition: ApiDefinition
    file: str
    domain: str | None = None


_SEVERAL = "give them one by one, or call read_messages"


def read_message(text: str, *, name: str = "<message>", api: CalledApi | None = None) -> Diagnosis:
    """Explain a response of API Gateway.

    Args:
        text: the body of the response, only its message, a line of a log, or the whole response with its headers.
        name: the name of the text in errors.
        api: the API that was called; causes that it excludes are left out.

    Raises:
        RequestError: nothing in the text is a response of API Gateway, it is about another API,
            or the text has several.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

    >>> read_message('{"message":"Missing Authentication Token"}').gates
    (<Gate.ROUTE: 'route'>, <Gate.AUTHENTICATION: 'authentication'>)
    """
    meanings = read_messages(text, name=name, api=api)
    if len(meanings) > 1:
        raise _not_understood(name, text, f"found {len(meanings)} responses, expected one", advice=_SEVERAL)
    return meanings[0]


def read_messages(text: str, *, name: str = "<message>", api: CalledApi | None = None) -> tuple[Diagnosis, ...]:
    r"""Explain each response in a text, in order. There are several where every line is a response by itself.

    Args:
        text: as for ``read_message``; also several lines or JSON objects. Lines of a log about one request are one.
        name: the name of the text in errors.
        api: the API that was called; causes that it excludes are left out.

    Raises:
        RequestError: nothing in the text is a response of API Gateway, it is about another API,
            or it has more than 100.

    >>> [each.status for each in read_messages('{"message":"Forbidden"}\n{"message":"Unauthorized"}')]
    [403, 401]
    """
    text = checked_text(text, "a response")
    if len(text) > LONGEST:
        raise _not_understood(name, text, f"found {len(text)} characters, expected one response of API Gateway")
    parts = split_responses(text)
    if len(parts) > 1:
        meanings = tuple(
            takewhile(lambda meaning: meaning is not None, (_read(part, api) for part in parts[: MAX_RESPONSES + 1]))
        )
        if len(meanings) > MAX_RESPONSES:
            raise _not_understood(name, text, f"found {len(parts)} responses, expected at most {MAX_RESPONSES}")
        if len(meanings) == len(parts):
            return tuple(meaning for meaning in meanings if meaning is not None)
    meaning = _read(text, api)
    if meaning is None:
        found = quoted(_first_line(text)) if text.strip() else "nothing"
        raise _not_understood(name, text, f"found {found}, expected a response of API Gateway")
    return (meaning,)


def _read(text: str, api: CalledApi | None) -> Diagnosis | None:
    """What one response means; None if it is not a response of API Gateway."""
    pasted = parse_pasted_text(text)
    if api is not None:
        own = unwrapped(pasted.messages, api.definition.gateway_responses)
        messages = tuple(dict.fromkeys((*own, *pasted.messages)))
        api_type = pasted.api_type or api.definition.type
        pasted = pasted._replace(api_type=api_type, host=api.domain or pasted.host, messages=messages)
    meaning = _read_parts(pasted, api)
    return None if meaning is None else _for_call(meaning, pasted, api)


def _for_call(meaning: Diagnosis, pasted: PastedText, api: CalledApi | None) -> Diagnosis:
    """The meaning for the call that the text is about, and for its API."""
    call = pasted.call
    if not call.is_complete and meaning.resource:
        call = call_of_message(meaning)
    if api is None:
        return meaning.changed(reproduce=check_command(meaning, call, None, "", Destination()))
    check_is_of(api.definition, meaning, pasted.host)
    at = destination(call, api.definition, api.domain)
    command = check_command(meaning, call, api.definition, api.file, at)
    return narrow(meaning, api.definition, call, at).changed(reproduce=command)


def _read_parts(pasted: PastedText, api: CalledApi | None) -> Diagnosis | None:
    excluded = frozenset() if api is None else excluded_layers(api.definition)
    for message in (*_texts_of_messages(pasted), pasted.text):
        denial = parse_access_denied(message)
        if denial is not None:
            return diagnose_access_denied(denial, message, pasted, excluded)
        sentence = _LAMBDA.search(message)
        if sentence is not None:
            return diagnose_denial_by_function(message, sentence, pasted)
    if api is not None:
        found = find_own_response(pasted.messages, api.definition.gateway_responses)
        if found is not None:
            return _meaning(found.meaning, found.text, pasted)
    return next((_meaning(answer, message, pasted) for message, answer in _known_messages(pasted)), None)


def _texts_of_messages(pasted: PastedText) -> list[str]:
    return [message for message in pasted.messages if message is not None]


def _known_messages(pasted: PastedText) -> Iterator[tuple[str, KnownMessage]]:
    """The known messages that match the text, the most specific first, each with the matching text."""
    messages = _texts_of_messages(pasted)
    for message in (*messages, pasted.body):
        yield from (found for find in _FINDERS if (found := find(message)) is not None)
    for message in (*messages, pasted.body):
        yield from ((message, KNOWN_MESSAGES[name]) for shape, name in _MESSAGES if shape.search(message))
    if pasted.response_type in NAMES_BY_RESPONSE_TYPE:
        yield " ".join(messages), KNOWN_MESSAGES[NAMES_BY_RESPONSE_TYPE[pasted.response_type]]
    if pasted.challenge:
        yield pasted.challenge, KNOWN_MESSAGES["no scope" if "insufficient_scope" in pasted.challenge else "bad token"]
    yield from _generic(messages, pasted)
    if None in pasted.messages and pasted.status in (None, 500):
        yield "null", KNOWN_MESSAGES["authorizer broken"]
    if pasted.error_type in _BY_ERROR_TYPE:
        yield " ".join(messages), KNOWN_MESSAGES[_BY_ERROR_TYPE[pasted.error_type]]
    if pasted.call.status in (401, 403):
        yield "", KNOWN_MESSAGES[f"status {pasted.call.status}"]


def _generic(messages: list[str], pasted: PastedText) -> Iterator[tuple[str, KnownMessage]]:
    """The known messages of one word, by the type of the API."""
    words = [word for word in messages if word.rstrip(".") in _GENERIC]
    if not messages and "<html" not in pasted.body.lower():
        words = _GENERIC_WORD.findall(pasted.body)[:1]
    for word in words:
        if pasted.is_remapped:
            yield word, KNOWN_MESSAGES["of the integration"]
        name = _GENERIC[word.rstrip(".")]
        api_type = pasted.api_type or _SPELLED.get(word.rstrip("."))
        special = KNOWN_MESSAGES.get(name + _SUFFIXES[api_type]) if api_type else None
        yield word, special or KNOWN_MESSAGES[name]


def _meaning(answer: KnownMessage, message: str, pasted: PastedText) -> Diagnosis:
    summary, check_next = _for_host(answer, pasted.host)
    challenge = (f"the WWW-Authenticate header says: {pasted.challenge}",)
    return Diagnosis(
        message=without_secrets(message),
        summary=summary,
        gates=answer.gates,
        proves=answer.proves + (challenge if pasted.challenge else ()),
        leaves_open=answer.leaves_open,
        check_next=check_next,
        rules=answer.rules,
        api_type=answer.api_type or pasted.api_type,
        status=pasted.status or answer.status,
        response_type=pasted.response_type or answer.response_type,
        unread=without_secrets(answer.unread) or _unread(message, pasted),
        action=answer.action,
    )


def _for_host(answer: KnownMessage, host: str) -> tuple[str, tuple[str, ...]]:
    """The summary and the checks, with the default endpoint first where the host is one, and left out where not."""
    of_endpoint = tuple(text for text in answer.check_next if text in _OF_DEFAULT_ENDPOINTS)
    others = tuple(text for text in answer.check_next if text not in _OF_DEFAULT_ENDPOINTS)
    if not host or not of_endpoint:
        return answer.summary, answer.check_next
    if is_default_endpoint(host):
        return answer.summary, (*of_endpoint, *others)
    return answer.summary.removesuffix(OR_DISABLED), others


def _unread(message: str, pasted: PastedText) -> str:
    """The words of a message after those that are recognised, if the message is a member's whole value."""
    found = _COMPLETE.search(message) if message in pasted.messages else None
    return without_secrets(cut(message[found.end() :].strip(" .:;"), LONGEST_UNREAD)) if found else ""


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _not_understood(name: str, text: str, message: str, *, advice: str = _ADVICE) -> RequestError:
    first = _first_line(text[:LONGEST])
    source = Source(name, text)
    start = text.find(first)
    return RequestError(
        message, source=source, span=source.span(start, start + len(first)), advice=advice, rule="MSG-3"
    )
