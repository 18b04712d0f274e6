"""Errors of the AWS CLI and the SDKs that name the operation but no denial (MSG-1)."""

from __future__ import annotations

import re

from execpolicy.diagnose.detailed_messages import FoundMessage
from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.known_messages import KnownMessage
from execpolicy.gateway.model.names import ApiType

_ERROR = re.compile(
    r"An error occurred \(AccessDenied(?:Exception)?\) when calling the (?P<operation>[A-Za-z0-9]{1,64}) operation"
    r"(?P<rest>[^\"<]{0,300})"
)
_CONNECTIONS = ("PostToConnection", "GetConnection", "DeleteConnection")
#: Operations that only the management API of API Gateway has.
_MANAGEMENT = re.compile(
    r"TestInvoke(?:Method|Authorizer)|(?:Create|Get|Update|Delete|Put|Import|Export|Flush)"
    r"(?:RestApi|UsagePlan|UsagePlanKey|BasePathMapping|GatewayResponse|RequestValidator|ApiMapping|VpcLink)s?"
)
_LEFT_OPEN = ("which policy it is, and whether a Deny applies or an Allow is missing", "which caller it is")
_CALLER = "the caller of the command: aws sts get-caller-identity"
_SENTENCE = "the message behind the operation, which names caller, action and resource: paste it too"

_OF_CONNECTIONS = KnownMessage(
    "IAM refuses the operation {operation} of @connections",
    (Gate.AUTHORIZATION,),
    ("IAM denies execute-api:ManageConnections to the caller",),
    (
        _SENTENCE,
        _CALLER,
        "the caller's policies: execute-api:ManageConnections on arn:…:API/STAGE/METHOD/@connections/ID, with METHOD "
        "POST, GET or DELETE",
    ),
    ("MSG-1", "GW-21", "GW-13"),
    _LEFT_OPEN,
    403,
    "ACCESS_DENIED",
    ApiType.WEBSOCKET,
    action="execute-api:ManageConnections",
)
_OF_MANAGEMENT = KnownMessage(
    "IAM refuses the operation {operation} of the management API; this is not a response to a call of an API",
    (Gate.AUTHORIZATION,),
    ("IAM denies an action of apigateway: no call to an API's URL was made",),
    (_SENTENCE, _CALLER, "the caller's policies: the action is apigateway: and the HTTP verb of the operation"),
    ("MSG-1", "EVL-1"),
    _LEFT_OPEN,
)
_OF_A_SERVICE = KnownMessage(
    "IAM refuses the operation {operation} of a service that the message does not name",
    (Gate.AUTHORIZATION,),
    ("the caller was denied the operation",),
    (_SENTENCE, _CALLER),
    ("MSG-1", "EVL-1"),
    ("which service it is, and whether an API was called at all", *_LEFT_OPEN),
)


def find_client_error(text: str) -> FoundMessage | None:
    """The first access denied error of a client in a text of one line; None if there is none.

    >>> text = "An error occurred (AccessDeniedException) when calling the PostToConnection operation: None"
    >>> find_client_error(text).meaning.action
    'execute-api:ManageConnections'
    """
    found = _ERROR.search(text)
    if found is None:
        return None
    operation = found["operation"]
    meaning = _OF_A_SERVICE
    if operation in _CONNECTIONS:
        meaning = _OF_CONNECTIONS
    elif _MANAGEMENT.fullmatch(operation):
        meaning = _OF_MANAGEMENT
    rest = found["rest"].partition(": ")[2].strip(" .")
    unread = "" if rest in ("None", "Access Denied", "Forbidden") else rest
    return FoundMessage(
        found[0].strip(), meaning._replace(summary=meaning.summary.format(operation=operation), unread=unread)
    )
