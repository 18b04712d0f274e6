"""Divides the calls of a caller into classes whose explanations differ in the path and the route of the call alone.

Two calls are one class if their routes ask for the same, and every pattern of a resource has the same result for them
and the same words for it, apart from the path. The policies read nothing else of a plain call. A call that is not
plain, or that a policy with a variable in a resource decides, is a class by itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.access_matrix import Matrix, MatrixCall
from execpolicy.bulk.compiled_clauses import CompiledClauses
from execpolicy.bulk.known_answers import deciding_policies
from execpolicy.bulk.path_classes import is_plain_path
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.caller import Caller
from execpolicy.engine.explain.clause_reason import clause_reason
from execpolicy.engine.explain.reasons import ClauseReason
from execpolicy.engine.explain.resource_reason import agreeing_length
from execpolicy.engine.request import Request
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.gateway.flow.plain_call import PlainRoutes
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.names import AuthType
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.principal import ANONYMOUS, SERVICE
from execpolicy.language.truth import Truth

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.engine.clause import Clause
    from execpolicy.engine.view import View
    from execpolicy.gateway.model.variants import Variants

#: Explanations cut longer texts.
_LONGEST_ARN: Final = 120
#: Stands for the path of a call in the words of its class; no text that is shown has it.
_PATH: Final = "\0"
#: The gates of these methods read nothing of a call without headers but its route.
_PLAIN_METHODS: Final = frozenset({AuthType.NONE, AuthType.AWS_IAM})


class _ResourceResult(NamedTuple):
    """The result of a resource clause for a call, with all that an explanation says of it.

    Attributes:
        truth: whether the clause holds.
        reason: why, without the path of the call.
        agreement: how many characters agree with a pattern that does not match.
        assumptions: the assumed rules that the result depends on.
    """

    truth: Truth
    reason: ClauseReason
    agreement: int
    assumptions: tuple[str, ...]


class ExplanationClasses:
    """Finds the class of the explanation of a call of a caller, by their numbers in a matrix.

    Args:
        table: the matrix.
        apis: its APIs by their names.
    """

    def __init__(self, table: Matrix, apis: Mapping[str, Api]) -> None:
        self._table = table
        self._compiled = CompiledClauses()
        self._apis = {name: _CallsOfApi(api, self._compiled) for name, api in apis.items()}
        if len(apis) == 1:
            # The matrix does not name the only API.
            self._apis[""] = next(iter(self._apis.values()))

    def of(self, caller: int, call: int) -> Hashable | None:
        """The class of a call among those of a caller; None for a call by itself."""
        made = self._table.calls[call]
        return self._apis[made.api].of(caller, self._table.callers[caller].caller, made)


class _CallsOfApi:
    """The classes of the calls to one API."""

    def __init__(self, api: Api, compiled: CompiledClauses) -> None:
        self._api = api
        self._compiled = compiled
        self._has_classes = not api.has_variants and PlainRoutes(api).find is not None
        self._clauses = compiled.of(deciding_policies(api, LogCallers(None)))
        self._of_callers: dict[int, Sequence[ResourceClause] | None] = {}
        self._calls: dict[str, _PlainCall | None] = {}
        #: The number of each result, and of each route with results.
        self._numbers: dict[Hashable, int] = {}

    def of(self, number: int, caller: Caller | Variants[Caller] | None, call: MatrixCall) -> Hashable | None:
        """The class of a call of a caller; None for a call by itself."""
        if not self._has_classes:
            return None
        if number not in self._of_callers:
            self._of_callers[number] = self._resources(caller)
        clauses = self._of_callers[number]
        if clauses is None:
            return None
        if call.name not in self._calls:
            self._calls[call.name] = self._plain_call(call)
        plain = self._calls[call.name]
        return None if plain is None else (plain.route, *[plain.result(each, self._numbers) for each in clauses])

    def _resources(self, caller: Caller | Variants[Caller] | None) -> Sequence[ResourceClause] | None:
        """The resource clauses that decide the calls of a caller; None if other clauses read the resource too."""
        clauses: tuple[Clause, ...] = self._clauses
        if caller is not None:
            if not isinstance(caller, Caller) or caller.principal.name_in_template is not None:
                return None
            if caller.principal.kind == SERVICE:
                return None
            clauses = (*clauses, *self._compiled.of(caller.policies))
        found = dict.fromkeys(each for each in clauses if isinstance(each, ResourceClause))
        if any(entry.fixed is None for each in found for entry in each.entries):
            return None
        return None if any(not RESOURCE_KEYS.isdisjoint(each.keys()) for each in clauses) else tuple(found)

    def _plain_call(self, call: MatrixCall) -> _PlainCall | None:
        """A call that the policies tell from others by its path alone; None for any other."""
        api = self._api
        if call.method == "OPTIONS" or not is_plain_path(call.path):
            return None
        match = find_route(api, call.method, call.path)
        if match is None or match.route.api_key_required or api.auth_of(match.route) not in _PLAIN_METHODS:
            return None
        arn = arn_of_call(api, api.stage, call.method, call.path)
        if len(arn) > _LONGEST_ARN:
            return None
        route = match.route
        # The explanation names the path of the route, which has a hole where the call is a sample of the route.
        path = route.path == call.path if call.route.endswith(route.path) else route.path
        asks = (call.method, route.method, path, api.auth_of(route))
        return _PlainCall(self._numbers.setdefault(asks, len(self._numbers)), call.path, arn)


class _PlainCall:
    """A call with the number of what its route asks for, and the results of resource clauses for it."""

    def __init__(self, route: int, path: str, arn: str) -> None:
        self.route = route
        self._path = path.removeprefix("/")
        self._view = Request(caller=ANONYMOUS, action=INVOKE, resource=arn).view()
        #: By the identity of a clause, which is faster than its hash.
        self._known: dict[int, int] = {}

    def result(self, clause: ResourceClause, numbers: dict[Hashable, int]) -> int:
        """The number of the result of a clause."""
        found = self._known.get(id(clause))
        if found is None:
            result = _result(clause, self._view, self._path)
            found = self._known[id(clause)] = numbers.setdefault(result, len(numbers))
        return found


def _result(clause: ResourceClause, view: View, path: str) -> _ResourceResult:
    truth = clause.test(view)
    reason = clause_reason(clause, view, truth)
    return _ResourceResult(
        truth,
        reason._replace(note=reason.note.replace(path, _PATH)),
        0 if truth else agreeing_length(clause, view),
        clause.assumptions(view),
    )
