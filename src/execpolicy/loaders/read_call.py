"""A call as a text describes it, whatever the text is: what it says, where it says it, and what AWS answered."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from execpolicy.loaders.written_text import WrittenText

#: Places of no field.
NO_PLACES: Final[Mapping[str, WrittenText]] = MappingProxyType({})


class PathStart(StrEnum):
    """Where the path of a call begins, which the texts say differently."""

    #: After the host: the path has the stage or the base path, as ``$context.path`` has it.
    HOST = "host"
    #: After the stage.
    STAGE = "stage"
    #: After the host, or after the stage with the stage before it: so has ``rawPath`` of an HTTP API (LOG-3).
    RAW = "raw"


class LoggedAnswer(NamedTuple):
    """What a text says of AWS's answer to a call. A part that it does not say is None.

    Attributes:
        status: the HTTP status that the client got.
        response_type: the gateway response, such as ``ACCESS_DENIED``.
        message: the message of the error.
        authenticate_status: the status of the check of the signature.
        authenticate_error: its error.
        authorize_status: the status of the authorization by policies.
        authorize_error: its error.
        authorizer_status: the status of the authorizer.
        authorizer_error: its error.
        integration_status: the status of the integration, which only a call has that got through.
        has_no_error: True if the text says that API Gateway answered with no error of its own.
    """

    status: int | None = None
    response_type: str | None = None
    message: str | None = None
    authenticate_status: int | None = None
    authenticate_error: str | None = None
    authorize_status: int | None = None
    authorize_error: str | None = None
    authorizer_status: int | None = None
    authorizer_error: str | None = None
    integration_status: int | None = None
    has_no_error: bool = False


class ReadCall(NamedTuple):
    """A call as a text describes it. A part that the text does not say is None.

    Attributes:
        what: what the text is, in words: ``a line of an access log``.
        text: the text, and its place in the file.
        written: where the text has its parts, by the names of these attributes.
        method: the HTTP method, or the route key of a WebSocket API.
        host: the host that was called.
        path: the path; ``path_start`` says where it begins.
        path_start: where the path begins.
        route: the path of the route with its placeholders, or the route key; a call is never matched by it.
        stage: the name of the stage.
        query: the decoded query parameters with all their values.
        headers: the headers with all their values.
        body: the body as text.
        source_ip: the address of the client.
        time: the time of the call.
        token: what the header has that the TOKEN authorizer of the route reads.
        caller_arn: the ARN of the caller.
        caller_id: the unique id of the caller, where the text has no ARN.
        is_signed: whether the call is signed; a text that does not say who signed it may say that somebody did.
        client_certificate: True if the call had a valid client certificate.
        context: other condition keys that the text gives.
        absent: condition keys that the text says the call does not have.
        api_id: the id of the API.
        account: the account of the API.
        region: the region of the API.
        is_websocket: whether the call is one to a WebSocket API.
        is_of_client: whether the text is what a client sends, which says nothing of where the call arrives from.
        answer: what AWS answered, if the text says anything of it.
        notes: what is read with an assumption, or not read.
        request_id: the id of the request: the extended one, if the text has it.
    """

    what: str
    text: WrittenText
    written: Mapping[str, WrittenText] = NO_PLACES
    method: str | None = None
    host: str | None = None
    path: str | None = None
    path_start: PathStart = PathStart.HOST
    route: str | None = None
    stage: str | None = None
    query: Mapping[str, list[str]] | None = None
    headers: Mapping[str, list[str]] | None = None
    body: str | None = None
    source_ip: str | None = None
    time: datetime | None = None
    token: str | None = None
    caller_arn: str | None = None
    caller_id: str | None = None
    is_signed: bool | None = None
    client_certificate: bool | None = None
    context: Mapping[str, str] = MappingProxyType({})
    absent: tuple[str, ...] = ()
    api_id: str | None = None
    account: str | None = None
    region: str | None = None
    is_websocket: bool = False
    is_of_client: bool = False
    answer: LoggedAnswer | None = None
    notes: tuple[str, ...] = ()
    request_id: str | None = None
