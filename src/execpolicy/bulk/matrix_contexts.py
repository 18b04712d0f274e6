"""The contexts of the calls of a matrix: a copy of each for each caller.

A context keeps what its latest request shares with the next one of the same caller. The calls of a matrix take turns
between callers, and would find nothing of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.names import AuthType

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.access_matrix import MatrixContext
    from execpolicy.language.context import Context

#: Of a method without AWS_IAM the policies receive an anonymous caller, whoever calls (GW-14).
_ANYBODY = -1


class MatrixContexts:
    """Finds the context of a cell by the numbers of its caller, its call and its context.

    Args:
        contexts: the contexts.
        calls: the API of each call with the arguments of ``Api.invoke``; no API for a request to a Target.
    """

    def __init__(
        self, contexts: Sequence[MatrixContext], calls: Sequence[tuple[Api | None, Mapping[str, Any]]]
    ) -> None:
        self._contexts = contexts
        self._is_of_caller = [_is_of_caller(api, arguments) for api, arguments in calls]
        self._copies: dict[tuple[int, int], Context] = {}

    def of(self, caller: int, call: int, context: int) -> Context:
        """The context of a cell: equal to the one that was given."""
        key = (caller if self._is_of_caller[call] else _ANYBODY, context)
        found = self._copies.get(key)
        if found is None:
            given = self._contexts[context].context
            found = self._copies[key] = given.with_flags(given.key_flags)
        return found


def _is_of_caller(api: Api | None, arguments: Mapping[str, Any]) -> bool:
    """Whether policies receive the caller of a call; also where it is not certain."""
    method, path = arguments.get("method"), arguments.get("path")
    if api is None or not isinstance(method, str) or not isinstance(path, str):
        return True
    try:
        match = find_route(api, method, path)
    except ExecPolicyError:  # the call itself is refused
        return True
    return match is None or api.auth_of(match.route) is AuthType.AWS_IAM
