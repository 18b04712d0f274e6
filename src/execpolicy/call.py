"""The public ``Call``: a call to an API, read from whatever describes it, ready for ``Api.invoke``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from execpolicy._base.frozen import Frozen
from execpolicy.arguments import described, text_or_none
from execpolicy.arguments import text as checked_text
from execpolicy.errors import RequestError, UsageError
from execpolicy.loaders.call_texts import read_calls

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.api_definition import ApiDefinition
    from execpolicy.loaders.read_call import LoggedAnswer, PathStart, ReadCall


def _frozen_lists(values: Mapping[str, list[str]] | None) -> Mapping[str, tuple[str, ...]] | None:
    return None if values is None else MappingProxyType({name: tuple(each) for name, each in values.items()})


class CallToMake(NamedTuple):
    """A call as ``Api.invoke`` takes it.

    Attributes:
        method: the method, or the route key.
        path: the path.
        stage: the stage to select; None if the host and the path select it.
        given: the other arguments by their names.
        notes: what of the text the API contradicts without an effect on the response.
    """

    method: str
    path: str
    stage: str | None
    given: Mapping[str, Any]
    notes: tuple[str, ...] = ()


class Call(Frozen):
    """A call to an API as a text describes it. ``Api.invoke`` takes one in place of the method and the path.

    Make one with ``Call.parse``. A part that the text does not say is None.

    ``method`` is the HTTP method, or the route key of a WebSocket API, whose calls have ``is_websocket``. ``host`` is
    the host that was called. ``path`` is the path as it was sent: ``path_start`` says whether it begins after the host,
    with the stage or the base path, or after the stage. ``route`` is the path or the key of the route, by which no call
    is matched. ``query`` and ``headers`` hold all values of each name, ``token`` is that of a TOKEN authorizer,
    ``body`` is the body as text. ``source_ip`` is the address of the client, ``time`` a ``datetime`` in UTC.
    ``caller_arn`` is the ARN of the signer; ``is_signed`` says whether anybody signed the call, and is None if the text
    does not say it. ``stage``, ``api_id``, ``account`` and ``region`` are those of the API. ``context`` has other
    condition keys that the text gives, ``absent`` the names of those that the call does not have.
    ``client_certificate`` is True for a call with a valid one. ``answer`` is what AWS answered, as a log says it
    (``status``, ``response_type``, ``message``, ``authorize_status``, …). ``what`` says what the text is,
    ``is_of_client`` whether it is what a client sends and no record of a call that arrived, ``notes`` what of it is
    read with an assumption, or not read, and ``request_id`` the id of the request, the extended one if the text has it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html

    >>> call = Call.parse("curl -X DELETE https://a1b2c3.execute-api.eu-west-1.amazonaws.com/prod/orders/7")
    >>> call.method, call.path, call.host
    ('DELETE', '/prod/orders/7', 'a1b2c3.execute-api.eu-west-1.amazonaws.com')
    """

    __slots__ = (
        "absent",
        "account",
        "answer",
        "api_id",
        "body",
        "caller_arn",
        "caller_id",
        "client_certificate",
        "context",
        "headers",
        "host",
        "is_of_client",
        "is_signed",
        "is_websocket",
        "method",
        "notes",
        "path",
        "path_start",
        "query",
        "region",
        "request_id",
        "route",
        "source_ip",
        "stage",
        "time",
        "token",
        "what",
    )
    what: str
    method: str | None
    host: str | None
    path: str | None
    path_start: PathStart
    route: str | None
    stage: str | None
    query: Mapping[str, tuple[str, ...]] | None
    headers: Mapping[str, tuple[str, ...]] | None
    body: str | None
    source_ip: str | None
    time: datetime | None
    token: str | None
    caller_arn: str | None
    caller_id: str | None
    is_signed: bool | None
    client_certificate: bool | None
    context: Mapping[str, str]
    absent: tuple[str, ...]
    api_id: str | None
    account: str | None
    region: str | None
    is_websocket: bool
    is_of_client: bool
    answer: LoggedAnswer | None
    notes: tuple[str, ...]
    request_id: str | None

    @classmethod
    def of(cls, read: ReadCall) -> Self:
        """The call that a reader of texts found.

        Args:
            read: what it read.
        """
        parts: dict[str, Any] = read._asdict()
        del parts["text"], parts["written"]
        sent = {"query": _frozen_lists(read.query), "headers": _frozen_lists(read.headers)}
        made = object.__new__(cls)
        made._set(**{**parts, **sent, "context": MappingProxyType(dict(read.context))})
        return made

    def __init__(self) -> None:
        raise UsageError("a Call is made from what describes it", advice="write Call.parse(…)")

    @classmethod
    def parse(cls, text: str, *, log_format: str | None = None) -> Self:
        """Read a call from what describes it. The content says what it is (LOG-1).

        Args:
            text: a URL, a curl command, a line of an access log, an event of a Lambda function, or a HAR file with one
                entry. Lines in JSON and XML have fields with the names of variables; CLF and CSV are those that the
                console offers.
            log_format: the format of the access log with its ``$context`` variables, for a line of any other form.

        Raises:
            RequestError: it is nothing that can be read, it describes several calls, or it contradicts itself; the
                error has the place.
            UsageError: an argument is no text.

        >>> written_by = "$context.identity.sourceIp $context.status $context.httpMethod $context.path"
        >>> call = Call.parse("203.0.113.9 403 GET /prod/orders/7", log_format=written_by)
        >>> call.source_ip, call.path, call.answer.status
        ('203.0.113.9', '/prod/orders/7', 403)
        """
        found = cls.parse_all(text, log_format=log_format)
        if len(found) > 1:
            raise RequestError(
                f"found {len(found)} calls, expected one",
                advice="call Call.parse_all, or give them one by one",
                rule="LOG-1",
            )
        return found[0]

    @classmethod
    def parse_all(cls, text: str, *, log_format: str | None = None, host: str | None = None) -> tuple[Self, ...]:
        r"""Read every call of a text, in its order: the lines of a log, or the entries of a HAR file.

        Args:
            text: as for ``parse``; with one call in each line, or all entries of a HAR file.
            log_format: as for ``parse``.
            host: the host whose entries of a HAR file are read; the entries of other hosts are left out.

        Raises:
            RequestError: one of the calls cannot be read; the error has the place of the first.
            UsageError: an argument is no text.

        >>> [call.path for call in Call.parse_all("https://shop.example/a\nhttps://shop.example/b")]
        ['/a', '/b']
        """
        document, form = checked_text(text, "a call"), text_or_none(log_format, "log_format")
        wanted = text_or_none(host, "host")
        found = read_calls(document, log_format=form, accepts=None if wanted is None else wanted.lower().__eq__)
        if found.faults:
            fault = found.faults[0]
            raise RequestError(
                fault.message, source=fault.source, span=fault.span, advice=fault.advice, rule=fault.rule
            )
        return tuple(cls.of(each) for each in found.calls)

    def completed(self, **parts: Any) -> Self:
        """The call with parts that its text does not say.

        Args:
            parts: ``headers``, ``query``, ``host``, ``time`` and ``stage``; None is none.

        Raises:
            UsageError: the text says one of them.
        """
        given = {name: value for name, value in parts.items() if value not in (None, "")}
        for name in given:
            if getattr(self, name) is not None:
                argument = _ARGUMENTS.get(name, name)
                message = f"{argument} is given besides a Call, whose text says it"
                raise UsageError(message, advice=f"leave {argument} out", rule="LOG-5")
        made = object.__new__(type(self))
        made._set(**{name: getattr(self, name) for name in self.__slots__} | given)
        return made

    def arguments(self, api: ApiDefinition, *, caller: Any, context: Any, client_certificate: str | None) -> CallToMake:
        """What ``Api.invoke`` takes for this call to an API.

        Args:
            api: the API that was called.
            caller: who signed the call; None is who the text says.
            context: condition keys besides those of the text.
            client_certificate: as ``Api.invoke`` takes it.

        Raises:
            RequestError: the text does not say enough, or it says something that is not possible in this API or that
                contradicts what is given.
        """
        from execpolicy.loaders.call_arguments import caller_of, check_api, context_of
        from execpolicy.loaders.call_destination import find_destination
        from execpolicy.loaders.call_route import headers_with_token, notes_on_route, route_of

        if self.method is None:
            raise RequestError(
                "the text does not say the method of the call", advice="log $context.httpMethod", rule="LOG-5"
            )
        check_api(api, {"api_id": self.api_id, "account": self.account, "region": self.region})
        at = find_destination(self, api)
        match = route_of(self, api, at)
        who = caller_of(caller, self.caller_arn, self.caller_id, is_signed=self.is_signed)
        keys = context_of(
            context,
            api,
            self.source_ip,
            self.context,
            self.absent,
            time=self.time,
            is_signed=who is not None or bool(self.is_signed),
            is_of_client=self.is_of_client,
        )
        certificate = "valid" if self.client_certificate and client_certificate is None else client_certificate
        given: dict[str, Any] = {
            "caller": who,
            "headers": headers_with_token(self.headers, self.token, api, match),
            "query": self.query,
            "context": keys,
            "domain_name": at.host,
            "at": self.time,
            "client_certificate": certificate,
        }
        return CallToMake(self.method, at.path, at.stage, given, notes_on_route(self, match))

    def _identity(self) -> tuple[Any, ...]:
        mappings = (self.query, self.headers, self.context)
        plain = tuple(None if each is None else tuple(each.items()) for each in mappings)
        names = ("query", "headers", "context")
        return (*(getattr(self, name) for name in self._fields() if name not in names), plain)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        mappings = {name: state[name] for name in ("query", "headers", "context")}
        return state | {name: None if each is None else dict(each) for name, each in mappings.items()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        mappings = {name: state[name] for name in ("query", "headers", "context")}
        frozen = {name: None if each is None else MappingProxyType(each) for name, each in mappings.items()}
        super().__setstate__(state | frozen)


class InvokableApi(Protocol):
    """What ``invoke_call`` needs of an ``Api``, whose module imports this one."""

    def with_stage(self, stage: str | None) -> Self:
        """The same API with the stage that is called."""

    def invoke(self, method: str, path: str = "", **given: Any) -> GatewayResponse:
        """Simulate a call."""


#: Parts of a Call, and the arguments of ``Api.invoke`` with another name.
_ARGUMENTS: Final = {"host": "domain_name", "time": "at"}


def invoke_call(api: Any, given: Mapping[str, Any], caller: Any, stage: str | None, **more: Any) -> GatewayResponse:
    """Simulate a call that a Call describes.

    Args:
        api: the API, an ``Api``.
        given: the arguments of ``Api.invoke``; the method is the Call.
        caller: who signed the call, if it is given.
        stage: the stage that is called, if it is given.
        more: the other arguments of ``Api.invoke``.

    Raises:
        RequestError: the text does not say enough, or it contradicts what is given.
        UsageError: the first argument is not a Call, or an argument is given that the Call has already.
    """
    from execpolicy.loaders.call_arguments import check_is_known

    call = given["method"]
    if not isinstance(call, Call):
        raise UsageError(f"the method is a text or a Call, found {described(call)}", advice="write Call.parse(…)")
    if given["path"]:
        raise UsageError("path is given besides a Call, which has it", advice="leave path out", rule="LOG-5")
    parts = {name: given[_ARGUMENTS.get(name, name)] for name in ("headers", "query", "host", "time")}
    call = call.completed(**parts, stage=stage)
    made = call.arguments(api, caller=caller, context=given["context"], client_certificate=given["client_certificate"])
    called: InvokableApi = api if made.stage is None else api.with_stage(made.stage)
    others = {name: value for name, value in given.items() if name not in ("method", "path", *made.given)}
    response = called.invoke(made.method, made.path, **made.given, **others, **more)
    check_is_known(
        response,
        is_signed=True if made.given["caller"] is not None else call.is_signed,
        has_headers=call.headers is not None,
        has_query=call.query is not None,
        may_be_preflight=call.method == "OPTIONS" and api.cors,
    )
    return response.with_notes(made.notes) if made.notes else response
