"""The route of a call that a text describes: the route and the token that the text has beside it (LOG-2, LOG-3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.incoming_call import SentValues
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.names import AuthorizerType
from execpolicy.gateway.model.route_table import RouteMatch
from execpolicy.loaders.call_destination import DescribedCall, FoundDestination, refused

_HEADER: Final = "method.request.header."


def route_of(call: DescribedCall, api: ApiDefinition, at: FoundDestination) -> RouteMatch | None:
    """The route that a call takes in an API; None if it takes none.

    Args:
        call: the call.
        api: the API that was called.
        at: where the call goes.
    """
    if at.after_stage is None:
        return None
    try:
        return find_route(api, call.method or "", at.after_stage)
    except RequestError:  # the call itself is refused, with its place
        return None


def notes_on_route(call: DescribedCall, match: RouteMatch | None) -> tuple[str, ...]:
    """A note if the text names another route than the one that the call takes.

    Args:
        call: the call.
        match: the route that it takes.
    """
    if call.route is None or (match is not None and call.route in (match.route.path, match.route.key)):
        return ()
    taken = "no route" if match is None else match.route.key
    note = f"the text has the route {call.route}, and the call takes {taken} here: is this the API as it was deployed?"
    return (note,)


def headers_with_token(
    headers: Mapping[str, SentValues] | None, token: str | None, api: ApiDefinition, match: RouteMatch | None
) -> Mapping[str, SentValues] | None:
    """The headers of a call with the token that the event of its TOKEN authorizer has.

    Args:
        headers: the headers that are given besides the event.
        token: the token of the event.
        api: the API.
        match: the route that the call takes.

    Raises:
        RequestError: the header that the authorizer reads is given with another value.
    """
    name = None if match is None else match.route.authorizer
    reader = next((each for each in api.authorizers if each.name == name), None)
    if token is None or reader is None or reader.type is not AuthorizerType.TOKEN:
        return headers
    source = reader.identity_sources[0].removeprefix(_HEADER)
    for given, value in (headers or {}).items():
        if given.lower() == source.lower():
            if value not in (token, [token], (token,)):
                raise refused("token", token, f"the header {given} is given with another value", f"leave {given} out")
            return headers
    return {**(headers or {}), source: token}
