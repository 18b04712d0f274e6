"""A strategy for calls that match or nearly match the routes of an API."""

from __future__ import annotations

import re
from typing import NamedTuple

from hypothesis import strategies as st

from execpolicy.api import Api
from execpolicy.errors import UsageError
from execpolicy.gateway.model.names import ApiType
from execpolicy.testing.strategies.resources import METHODS
from execpolicy.testing.strategies.words import near_edits

_PARAMETER = re.compile(r"\{[^{}/]+\+?\}")
_FILLS = st.sampled_from(("7", "orders", "a", "a:b", "ORDERS"))


class CallNear(NamedTuple):
    """A method and a path, as ``Api.invoke`` takes them: ``api.invoke(*call)``."""

    method: str
    path: str


def calls_near(api: Api) -> st.SearchStrategy[CallNear]:
    """Calls to an API that its routes match, or nearly match.

    Args:
        api: a REST or HTTP API with at least one route.

    Returns:
        A strategy of CallNear: method and path.

    Raises:
        UsageError: ``api`` is not such an API.

    >>> from hypothesis import given
    >>> from execpolicy import Api, Route
    >>> from execpolicy.testing import strategies
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=[Route("GET", "/orders/{id}", auth="AWS_IAM")])
    >>> @given(strategies.calls_near(api))
    ... def nobody_comes_in_unsigned(call):
    ...     assert not api.invoke(*call).allowed
    >>> nobody_comes_in_unsigned()
    """
    if not isinstance(api, Api) or api.type is ApiType.WEBSOCKET or not api.routes:
        raise UsageError(
            "calls_near takes a REST or HTTP API with routes", advice="the routes of a WebSocket API have no paths"
        )
    return st.sampled_from(api.routes).flatmap(lambda route: _near(route.method, route.path))


@st.composite
def _near(draw: st.DrawFn, method: str, path: str) -> CallNear:
    usual = METHODS if method in ("ANY", "$default") else (method,) * 6 + METHODS
    declared = path if path.startswith("/") else "/"
    # A greedy parameter matches several segments.
    called = _PARAMETER.sub(
        lambda found: "/".join(draw(st.lists(_FILLS, min_size=1, max_size=3 if "+" in found.group() else 1))), declared
    )
    edited = draw(near_edits(called)) or "/"
    return CallNear(draw(st.sampled_from(usual)), edited if edited.startswith("/") else f"/{edited}")
