"""The stage, path and host of a call that a text describes, in an API (LOG-5).

Texts have the path after the host or after the stage, and not all of them have the host. What a text does not say is
not guessed: where two stages or paths are possible, the text is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, Protocol

from execpolicy.document.syntax.wording import listed, quoted
from execpolicy.errors import RequestError, Source
from execpolicy.gateway.authorizers.incoming_call import NOT_GIVEN, IncomingCall, SentValues
from execpolicy.gateway.flow.routing import (
    CallDestination,
    destination_of,
    domain_of,
    find_route,
    parse_own_host,
)
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.domain import base_of
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.stage import DEFAULT_STAGE
from execpolicy.loaders.read_call import PathStart

RULE: Final = "LOG-5"


class DescribedCall(Protocol):
    """What is known of a call: the attributes of ``ReadCall`` of the same names."""

    @property
    def method(self) -> str | None: ...
    @property
    def host(self) -> str | None: ...
    @property
    def path(self) -> str | None: ...
    @property
    def path_start(self) -> PathStart: ...
    @property
    def route(self) -> str | None: ...
    @property
    def stage(self) -> str | None: ...
    @property
    def headers(self) -> Mapping[str, SentValues] | None: ...
    @property
    def is_websocket(self) -> bool: ...


class FoundDestination(NamedTuple):
    """Where a call goes, as ``Api.invoke`` takes it.

    Attributes:
        path: the whole path if there is a host, else the path after the stage.
        host: the host; None if the text does not say it.
        stage: the stage to select; None if the host and the path select it.
        after_stage: the path after the stage, by which the route is found; None if the call leads to no stage.
    """

    path: str
    host: str | None = None
    stage: str | None = None
    after_stage: str | None = None


class _PathReading(NamedTuple):
    """A way to read the path of a call: the stage, and the path after it."""

    stage: str
    path: str


def find_destination(call: DescribedCall, api: ApiDefinition) -> FoundDestination:
    """Where a call goes.

    Args:
        call: the call.
        api: the API that was called.

    Raises:
        RequestError: the text does not say it, or says something that is not possible in this API. The source of the
            error is the part of the call, such as ``<path>``.
    """
    if call.is_websocket and api.type is not ApiType.WEBSOCKET:
        raise refused(
            "method", call.method or "", f"the call is one to a WebSocket API, and {api.id} is of type {api.type}"
        )
    _check_stage(call, api)
    if call.is_websocket and call.path is None:
        return _on_host(call, api, _PathReading(call.stage or api.stage.name, ""))
    if call.host is None:
        _check_host_does_not_matter(api)
    if call.path is not None and call.host is not None and _is_whole(call):
        return _by_url(call, api, call.path, call.host)
    return _on_host(call, api, _reading(call, api))


def _is_whole(call: DescribedCall) -> bool:
    """Whether the path is the whole path of the URL."""
    if call.path_start is PathStart.RAW:
        return call.host is not None and parse_own_host(call.host.lower()) is not None
    return call.path_start is PathStart.HOST


def _by_url(call: DescribedCall, api: ApiDefinition, path: str, host: str) -> FoundDestination:
    """The destination that host and path select, which has to be the stage of the text."""
    found = _destination(call, api, path, host)
    if found is not None and call.stage not in (None, found.stage.name):
        raise refused("path", path, f"the path leads to the stage {found.stage.name}, and the text says {call.stage}")
    return FoundDestination(path, host, after_stage=None if found is None else found.path)


def _destination(call: DescribedCall, api: ApiDefinition, path: str, host: str) -> CallDestination | None:
    """The stage that host, whole path and headers select; None if they lead to none."""
    headers = NOT_GIVEN if call.headers is None else call.headers
    found = destination_of(api, path, host, IncomingCall(call.method or "", path, headers))
    return found if isinstance(found, CallDestination) else None


def _check_stage(call: DescribedCall, api: ApiDefinition) -> None:
    names = [stage.name for stage in api.stages]
    if call.stage is not None and call.stage not in names:
        message = f"the call has the stage {call.stage}, and the API has {', '.join(api.stage_names()) or 'none'}"
        raise refused("stage", call.stage, message, "give the file of the API that was called")


def _check_host_does_not_matter(api: ApiDefinition) -> None:
    """Refuse a call without its host where the API answers calls to its hosts differently."""
    strict = any(domain.mutual_tls or domain.endpoint_access_mode for domain in api.domains)
    private = any(domain.is_private for domain in api.domains)
    if api.disable_execute_api_endpoint or strict or private:
        message = f"the text does not say which host was called, and {api.id} does not answer the same at all hosts"
        raise RequestError(message, advice="log $context.domainName, or give domain_name=", rule=RULE)


def _reading(call: DescribedCall, api: ApiDefinition) -> _PathReading:
    """The stage and the path after it; refused if none is possible, or more than one."""
    found = list(dict.fromkeys(_readings(call, api)))
    if len(found) > 1:
        found = [each for each in found if _is_of_route(call, api, each)] or found
    if len(found) == 1:
        return found[0]
    path = call.path or ""
    if not found:
        message = (
            f"found {quoted(path)}, which begins neither with a stage of {api.id} nor with a base path of its domains"
        )
        advice = "a log has the whole path as $context.path; $context.resourcePath is the path of the route"
        raise refused("path", path, message, f"{advice}; give log_format= or --log-format")
    ways = listed((f"{each.path} of the stage {each.stage}" for each in found), "and")
    raise refused(
        "path", path, f"found {quoted(path)}, which can be {ways}", "log $context.domainName and $context.stage"
    )


def _readings(call: DescribedCall, api: ApiDefinition) -> Iterator[_PathReading]:
    """Each way to read the path."""
    path = call.path
    if path is None:
        yield _PathReading(call.stage or api.stage.name, _path_of_route(call, api))
        return
    if call.path_start is PathStart.STAGE:
        yield _PathReading(call.stage or api.stage.name, path)
        return
    yield from _after_stage(call, api, path)
    yield from _after_base_path(call, api, path)


def _after_stage(call: DescribedCall, api: ApiDefinition, path: str) -> Iterator[_PathReading]:
    """The path after the name of a stage, as on the API's own host."""
    first, _, rest = path[1:].partition("/")
    names = {stage.name for stage in api.stages}
    if first in names and call.stage in (None, first) and first != DEFAULT_STAGE:
        yield _PathReading(first, f"/{rest}")
    elif DEFAULT_STAGE in names and call.stage in (None, DEFAULT_STAGE) and _can_be_at_root(call):
        yield _PathReading(DEFAULT_STAGE, path)


def _can_be_at_root(call: DescribedCall) -> bool:
    """Whether the path can be one on the API's own host, where the stage ``$default`` has no name in it."""
    return call.host is None or parse_own_host(call.host.lower()) is not None


def _after_base_path(call: DescribedCall, api: ApiDefinition, path: str) -> Iterator[_PathReading]:
    """The path after a base path of a custom domain."""
    if call.host is not None:
        found = _destination(call, api, path, call.host)
        if found is not None and call.stage in (None, found.stage.name):
            yield _PathReading(found.stage.name, found.path)
        return
    sent = path[1:].split("/")
    for domain in api.domains:
        for mapping in domain.mappings:
            base = base_of(mapping)
            fits = mapping.api_id in (None, api.id) and call.stage in (None, mapping.stage)
            if fits and sent[: len(base)] == base:
                yield _PathReading(mapping.stage, "/" + "/".join(sent[len(base) :]))


def _is_of_route(call: DescribedCall, api: ApiDefinition, reading: _PathReading) -> bool:
    """Whether a path leads to the route that the text names; every path does if it names none."""
    if call.route is None or call.method is None:
        return True
    try:
        found = find_route(api, call.method, reading.path)
    except RequestError:
        return False
    return found is not None and call.route in (found.route.path, found.route.key)


def _path_of_route(call: DescribedCall, api: ApiDefinition) -> str:
    """The path of the route, which is that of the call if it has no placeholder."""
    route = call.route
    if route is None:
        raise RequestError(
            "the text does not say the path of the call", advice="log $context.path, with the method", rule=RULE
        )
    path = route.rpartition(" ")[2]
    if "{" in path or not path.startswith("/"):
        message = f"the text has {quoted(route)}, the path of the route, and not that of the call"
        raise refused("route", route, message, "log $context.path: it has the stage and the values of the placeholders")
    if path not in {each.path for each in api.routes}:
        message = f"the text has {quoted(route)} as the path of the route, and {api.id} has no such route"
        raise refused(
            "route", route, message, "if it is $context.path, give the format of the log: log_format= or --log-format"
        )
    return path


def _on_host(call: DescribedCall, api: ApiDefinition, reading: _PathReading) -> FoundDestination:
    """The destination with the whole path of the URL, as the host has it; without a host the stage is selected."""
    if call.host is None:
        return FoundDestination(reading.path, stage=reading.stage, after_stage=reading.path)
    host = call.host.lower()
    domain = domain_of(api, host)
    if domain is None:
        before = "" if reading.stage == DEFAULT_STAGE else f"/{reading.stage}"
        return _by_url(call, api, f"{before}{reading.path}" or "/", call.host)
    bases = [mapping for mapping in domain.mappings if mapping.stage == reading.stage]
    for mapping in bases:
        path = "/" + "/".join((*base_of(mapping), *filter(None, [reading.path.removeprefix("/")])))
        path = path + "/" if reading.path.endswith("/") and not path.endswith("/") else path
        found = _destination(call, api, path, call.host)
        if found is not None and found.stage.name == reading.stage:
            return FoundDestination(path, call.host, after_stage=found.path)
    raise refused("host", call.host, f"no base path of {domain.name} leads to the stage {reading.stage}")


def refused(
    part: str, value: str, message: str, advice: str = "give the file of the API that was called"
) -> RequestError:
    """The error about a part of a call, whose source is named after it."""
    source = Source(f"<{part}>", value)
    return RequestError(message, source=source, span=source.span(0, len(value)), advice=advice, rule=RULE)
