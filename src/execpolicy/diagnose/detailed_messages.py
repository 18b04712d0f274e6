"""Messages that name their cause, most of them in execution and access logs (MSG-2, MSG-3)."""

from __future__ import annotations

import re
from typing import NamedTuple

from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.known_messages import DEPLOYED, KEY_CHECKS, LOG, KnownMessage
from execpolicy.document.syntax.wording import cut
from execpolicy.gateway.model.names import ApiType


class FoundMessage(NamedTuple):
    """A message in a text, and its meaning."""

    text: str
    meaning: KnownMessage


_NO_DENIAL = "it is no denial: no policy denied the call"
_REACHED = "the method authorized the call: the integration comes after it"
_AFTER_AUTHORIZATION = "the method authorized the call: API keys are checked after it"
_KEY_REQUIRED = "the method requires an API key"
_AUTHORIZER_RULES = ("AUT-2", "AUT-3", "MSG-3")
_KEY_RULES = ("AUT-6", "MSG-3", "GW-25")


def _key(summary: str, *checks: str) -> KnownMessage:
    return KnownMessage(
        summary,
        (Gate.API_KEY,),
        (_KEY_REQUIRED, _AFTER_AUTHORIZATION),
        (*checks, LOG),
        _KEY_RULES,
        status=403,
        response_type="INVALID_API_KEY",
    )


def _integration(summary: str, *checks: str, status: int = 500) -> KnownMessage:
    return KnownMessage(
        summary,
        (Gate.INTEGRATION,),
        (_NO_DENIAL, _REACHED),
        (*checks, LOG),
        ("MSG-3", "GW-25"),
        status=status,
        api_type=ApiType.REST,
    )


_PERMISSION_CHECKS = (
    "the resource policy of the function: lambda:InvokeFunction for apigateway.amazonaws.com, with the ARN of this API "
    "as aws:SourceArn",
    "the credentials, if a role is configured: the role must allow lambda:InvokeFunction and trust "
    "apigateway.amazonaws.com",
    "the ARN of the function: region, account, name, and the alias in a stage variable",
)
_UNREADABLE_POLICY = KnownMessage(
    "The document that the function returned cannot be read as a policy",
    (Gate.AUTHORIZER,),
    (
        "the function was called and returned a document",
        "it is no denial: the caller gets 500, and a policy that denies gives 403",
    ),
    (
        "the document, as AuthorizerOutput.parse reads it",
        "capital letters: Version, Statement, Effect, Action, Resource; Effect is Allow or Deny",
        "a Condition that is null, and members that a library adds: leave them out",
        LOG,
    ),
    _AUTHORIZER_RULES,
    ("whether the function meant to allow the call",),
    500,
    "AUTHORIZER_CONFIGURATION_ERROR",
    ApiType.REST,
)
_NOT_PERMITTED_AUTHORIZER = KnownMessage(
    "API Gateway may not invoke the function of the authorizer",
    (Gate.AUTHORIZER,),
    (_NO_DENIAL, "the method was found and has a Lambda authorizer"),
    _PERMISSION_CHECKS,
    ("AUT-10", *_AUTHORIZER_RULES),
    ("what the function would return for the caller",),
    500,
    "AUTHORIZER_CONFIGURATION_ERROR",
    ApiType.REST,
)
_NOT_PERMITTED = KnownMessage(
    "API Gateway may not invoke a Lambda function: that of the integration or that of the authorizer",
    (Gate.INTEGRATION, Gate.AUTHORIZER),
    (_NO_DENIAL,),
    ("the lines before this one: Starting authorizer stands before the call of an authorizer", *_PERMISSION_CHECKS),
    ("MSG-3", "AUT-10", "AUT-3"),
    ("which of the two functions it is",),
    500,
    api_type=ApiType.REST,
)
_BROKEN_AUTHORIZER = KnownMessage(
    "The Lambda authorizer failed, or its output is not valid",
    (Gate.AUTHORIZER,),
    (_NO_DENIAL, "the method was found and has a Lambda authorizer"),
    (
        "the function's log: whether it threw an error or timed out",
        "what it returned, as AuthorizerOutput.parse reads it",
        LOG,
    ),
    _AUTHORIZER_RULES,
    ("what the function would return for the caller",),
    500,
    "AUTHORIZER_CONFIGURATION_ERROR",
    ApiType.REST,
)
_UNKNOWN_CONFIGURATION = KnownMessage(
    "The configuration of the API has an error, which the message names in words that are not known here",
    (Gate.INTEGRATION, Gate.AUTHORIZER),
    (_NO_DENIAL,),
    (LOG, "the integration of the method, and its authorizer"),
    ("MSG-3",),
    ("whether the integration or the authorizer has the error",),
    500,
    api_type=ApiType.REST,
)

#: The causes of configuration errors in the execution log of a REST API.
_CONFIGURATION_ERRORS: tuple[tuple[str, KnownMessage], ...] = (
    ("Unable to parse given policy", _UNREADABLE_POLICY),
    ("Could not parse policy", _UNREADABLE_POLICY),
    ("Invalid permissions on Lambda function", _NOT_PERMITTED),
    (
        "Malformed Lambda proxy response",
        _integration(
            "The function of the integration returned what is not a proxy response",
            "what the function returned: an object with statusCode, headers and a text as body",
            status=502,
        ),
    ),
    *(
        (
            cause,
            _integration(
                "The address of the integration is not valid or cannot be reached",
                "the URI of the integration, with the values of its stage variables and path parameters",
                "the certificate of the host that it names",
            )._replace(response_type="API_CONFIGURATION_ERROR"),
        )
        for cause in ("Invalid endpoint address", "Host name not verified", "Illegal character")
    ),
    *((cause, _BROKEN_AUTHORIZER) for cause in ("Authorizer error", "Invalid JSON in response")),
    *(
        (
            cause,
            _integration(
                "The integration answered, and no response of the method is configured for it",
                "the integration responses and method responses: one must match the status, one is the default",
            ),
        )
        for cause in ("Output mapping refers to an invalid method response", "No match for output mapping")
    ),
)
_EXECUTION_FAILED = "Execution failed due to configuration error"
_CONFIGURATION = re.compile(rf"{_EXECUTION_FAILED}: ?(?P<cause>[^\"<]{{1,300}})")
#: The request id with which the next line of a log begins.
_NEXT_ENTRY = re.compile(r" \([\w-]{1,64}\) ")

_NO_METHOD = KnownMessage(
    "No method {verb} for the route {route}, for a caller whose signature is valid",
    (Gate.ROUTE,),
    (
        "the host leads to an API",
        "the call is signed, and the signature is valid: without one the response is Missing Authentication Token",
        "no policy was evaluated: there is no method to authorize",
    ),
    (
        "verb and path, and the methods of the deployed stage: the default endpoint needs the stage in the URL, a "
        "custom domain must not repeat it",
        DEPLOYED,
    ),
    ("MSG-3", "GW-26"),
    ("whether the caller would be allowed",),
    404,
    "RESOURCE_NOT_FOUND",
    ApiType.REST,
)
_NO_CONNECTION_ROUTE = _NO_METHOD._replace(
    check_next=(
        "the endpoint of the management client: https://API.execute-api.REGION.amazonaws.com/STAGE, once with the "
        "stage; a custom domain without it",
        "whether the endpoint repeats /@connections: the client adds it",
        DEPLOYED,
    ),
    rules=("MSG-3", "GW-26", "GW-21"),
    api_type=ApiType.WEBSOCKET,
)

_DOUBLED_NAME = KnownMessage(
    "The value of the header Authorization begins with the header's own name",
    (Gate.AUTHENTICATION,),
    ("the header was read as a signature and is none: its value begins with Authorization", "no authorizer was called"),
    (
        "take the name and the colon out of the value: Authorization: AWS4-HMAC-SHA256 …, once",
        "who can read this response: older ones contain the signature itself",
    ),
    ("MSG-3", "GW-18"),
    ("whether the method exists, and whether the signature is valid",),
    403,
)
_SIGNED_TWICE = KnownMessage(
    "The call is signed twice: the header Authorization holds two signatures",
    (Gate.AUTHENTICATION,),
    ("the header was read as a signature and is none: it holds two, joined by a comma", "no authorizer was called"),
    (
        "what signs the call: a client and a proxy or library that each add the header; let one of them sign",
        "who can read this response: older ones contain the signatures themselves",
    ),
    ("MSG-3", "GW-18"),
    ("whether the method exists, and whether one of the signatures is valid",),
    403,
)
_HEADER = re.compile(r"Authorization header: ?'(?P<value>[^']*+)")
_OWN_NAME = re.compile(r"\s*Authorization\s*:", re.IGNORECASE)

_ROLE_OF_HTTP = {
    "integration": KnownMessage(
        "An HTTP API may not call its integration",
        (Gate.INTEGRATION,),
        (_NO_DENIAL, _REACHED),
        _PERMISSION_CHECKS,
        ("MSG-3", "GW-25"),
        status=500,
        api_type=ApiType.HTTP,
    ),
    "authorizer": _NOT_PERMITTED_AUTHORIZER._replace(
        summary="An HTTP API may not call the function of its authorizer", response_type="", api_type=ApiType.HTTP
    ),
}

#: Messages with one meaning each. Their groups fill the braces in its texts.
_SHAPES: tuple[tuple[re.Pattern[str], KnownMessage], ...] = (
    (
        re.compile(r"(?:API Stage (?P<stage>[\w$/-]{1,200}): )?API Stage is not in a Usage Plan"),
        _key(
            "The stage {stage} is in no usage plan, so no API key is valid for it",
            "add the stage to a usage plan, and the key to this plan",
        ),
    ),
    (
        re.compile(r"(?:API Stage (?P<stage>[\w$/-]{1,200}): )?No Usage Plan found for key and API Stage"),
        _key(
            "The API key is in no usage plan that has the stage {stage}",
            "add the key to a usage plan that has this stage",
            "whether the client sends the key that was meant",
        ),
    ),
    (
        re.compile(r"\bNo active API Key found\b"),
        _key("The API key does not exist or is disabled", "the key: enabled, of this account and region", *KEY_CHECKS),
    ),
    (
        re.compile(r"\bAPI Key is not valid\b"),
        _key("The API key does not exist", "the value of the key, which is not its id or name", *KEY_CHECKS),
    ),
    (
        re.compile(
            r"No method found matching route (?P<route>[^\s?]{1,2048})(?P<query>\?\S{0,2048})? for http method "
            r"(?P<verb>[A-Za-z]{1,20})"
        ),
        _NO_METHOD,
    ),
    (
        re.compile(
            r"The IAM role configured on the (?P<what>integration|authorizer) or API Gateway doesn't have permissions "
            r"to call the (?P=what)"
        ),
        _ROLE_OF_HTTP["integration"],
    ),
    (
        re.compile(r"Access denied\. Reason: (?P<reason>[\w ,.'-]{0,120}?\bcert(?:ificate)?\b[\w ,'-]{0,80})"),
        KnownMessage(
            "Mutual TLS refuses the client's certificate: {reason}",
            (Gate.MUTUAL_TLS,),
            ("the custom domain and the stage were found", "no policy and no authorizer was called"),
            (
                "the truststore of the domain: it holds the whole chain of the certificate, up to four certificates",
                "the signature algorithm of every certificate in the chain: SHA-256 or stronger",
                "the version of the truststore that the domain uses",
            ),
            ("GW-31", "GW-25", "MSG-3"),
            ("whether the call would be authorized",),
            403,
        ),
    ),
    (
        re.compile(r"(?:\A|\) )The client is not authorized to perform this operation\.?\Z"),
        KnownMessage(
            "The call was refused after an authorizer or a policy",
            (Gate.AUTHORIZER, Gate.AUTHORIZATION),
            ("the call was authorized or refused by its caller: the response is not a 401 and not about an API key",),
            (
                "the lines of the execution log around it: Starting authorizer, Using valid authorizer policy",
                "the body of the response, which names the caller or says how it is refused",
            ),
            ("MSG-2", "GW-14"),
            ("which of the two it is, and whether a Deny applies or an Allow is missing",),
            403,
            "ACCESS_DENIED",
            ApiType.REST,
        ),
    ),
)


def find_detailed_message(text: str) -> FoundMessage | None:
    """The first message in a text of one line that names its cause; None if there is none.

    >>> find_detailed_message("No method found matching route pets for http method PUT.").meaning.summary
    'No method PUT for the route pets, for a caller whose signature is valid'
    """
    configuration = _CONFIGURATION.search(text)
    if configuration is not None:
        return _configuration_error(text, configuration)
    header = _HEADER.search(text)
    if header is not None and _OWN_NAME.match(header["value"]):
        return FoundMessage(text, _DOUBLED_NAME)
    if header is not None and header["value"].count("AWS4-HMAC-SHA256") > 1:
        return FoundMessage(text, _SIGNED_TWICE)
    for shape, meaning in _SHAPES:
        found = shape.search(text)
        if found is not None:
            query = found.groupdict().get("query") or "?…"
            return FoundMessage(found[0].removeprefix(") ").replace(query, "?…"), _filled(meaning, found))
    return None


def _configuration_error(text: str, found: re.Match[str]) -> FoundMessage:
    cause = _NEXT_ENTRY.split(found["cause"], maxsplit=1)[0]
    for words, meaning in _CONFIGURATION_ERRORS:
        if cause.startswith(words):
            authorizer = meaning is _NOT_PERMITTED and _is_of_an_authorizer(text, found.start())
            return FoundMessage(f"{_EXECUTION_FAILED}: {words}", _NOT_PERMITTED_AUTHORIZER if authorizer else meaning)
    return FoundMessage(f"{_EXECUTION_FAILED}: {cause}", _UNKNOWN_CONFIGURATION._replace(unread=cause.strip()))


def _is_of_an_authorizer(text: str, position: int) -> bool:
    """Whether the lines before a position are about an authorizer, and not yet about the integration."""
    return text.rfind("Starting authorizer", 0, position) > text.rfind("Endpoint request URI", 0, position)


def _filled(meaning: KnownMessage, found: re.Match[str]) -> KnownMessage:
    values = {name: cut(value or "", 200) for name, value in found.groupdict().items()}
    if "what" in values:
        return _ROLE_OF_HTTP[values["what"]]
    if "@connections" in values.get("route", ""):
        meaning = _NO_CONNECTION_ROUTE
    return meaning._replace(summary=" ".join(meaning.summary.format(**values).replace(" ,", ",").split()))
