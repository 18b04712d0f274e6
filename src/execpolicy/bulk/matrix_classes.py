"""Divides the cells of a matrix into classes of one outcome, of which one is simulated (GW-25).

Callers are one class if they have the same policies and facts, and every clause that names callers names them alike.
Calls are one class if they take the same route, and the patterns of the API and of the caller match them alike. A
clause that reads more than that of a caller or of a call, such as one with a policy variable, keeps each of them by
itself.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from execpolicy.bulk.compiled_clauses import CompiledClauses
from execpolicy.bulk.known_answers import deciding_policies
from execpolicy.bulk.path_classes import is_joined, is_plain_path
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.document.action_name import INVOKE
from execpolicy.engine.caller import Caller
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.engine.request import Request
from execpolicy.engine.resource_clause import ResourceClause
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.call_arn import arn_of_call
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.names import ApiType
from execpolicy.language.context_keys import RESOURCE_KEYS, TIME_KEYS
from execpolicy.language.principal import ANONYMOUS

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.access_matrix import MatrixCaller, MatrixContext
    from execpolicy.engine.clause import Clause

#: The keys whose values do not depend on who calls.
_NOT_OF_CALLERS: Final = (
    RESOURCE_KEYS
    | set(TIME_KEYS)
    | {
        *("aws:sourceip", "aws:vpcsourceip", "aws:sourcevpce", "aws:sourcevpc", "aws:sourcevpcarn"),
        *("aws:useragent", "aws:referer", "aws:securetransport"),
    }
)
#: What of a principal may decide apart from its name.
_FACTS: Final = (
    *("account", "acts_as_root", "canonical_user", "federated_by", "kind", "management_account"),
    *("org_id", "org_paths", "partition", "path"),
)
#: The arguments of a call that is nothing but a method and a path.
_PLAIN_ARGUMENTS: Final = frozenset({"method", "path"})
_SERVICE_LINKED: Final = "AWSServiceRole"
_SOME_RESOURCE: Final = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"


class MatrixClasses:
    """Finds the class of a cell by the numbers of its caller, its call and its context.

    Args:
        callers: the callers.
        calls: the API of each call with the arguments of ``Api.invoke``; no API for a request to a Target.
        contexts: the contexts.
    """

    def __init__(
        self,
        callers: Sequence[MatrixCaller],
        calls: Sequence[tuple[Api | None, Mapping[str, Any]]],
        contexts: Sequence[MatrixContext],
    ) -> None:
        self._callers = callers
        self._calls = calls
        self._compiled = CompiledClauses()
        numbers: dict[Hashable, int] = {}
        self._contexts = [numbers.setdefault(each.context, number) for number, each in enumerate(contexts)]
        self._names_callers = [not {key.lower() for key in each.context.values} <= _NOT_OF_CALLERS for each in contexts]
        self._apis: dict[int, _ApiClasses] = {}

    def of(self, caller: int, call: int, context: int) -> Hashable | None:
        """The class of a cell; None for a cell by itself."""
        api, arguments = self._calls[call]
        if api is None or not arguments.keys() <= _PLAIN_ARGUMENTS:
            return None
        classes = self._apis.get(id(api))
        if classes is None:
            classes = self._apis[id(api)] = _ApiClasses(api, self._callers, self._compiled)
        who = classes.callers[caller]
        what = classes.call(who, call, arguments)
        # A context that names callers may contradict one of them.
        named = caller if self._names_callers[context] else -1
        return (id(api), who, named, what, self._contexts[context])


class _ApiClasses:
    """The classes of callers and calls of one API."""

    def __init__(self, api: Api, callers: Sequence[MatrixCaller], compiled: CompiledClauses) -> None:
        self._api = api
        self._is_plain = api.type is not ApiType.WEBSOCKET and not api.has_variants and not api.unknown_parts
        self._clauses = compiled.of(deciding_policies(api, LogCallers(None)))
        #: The clauses that tell calls apart, by class of callers; None if each call is one class.
        self._of_calls: list[tuple[ResourceClause, ...] | None] = []
        numbers: dict[Hashable, int] = {}
        #: The number of the class of each caller.
        self.callers: list[int] = []
        for number, each in enumerate(callers):
            own = compiled.of(each.caller.policies) if isinstance(each.caller, Caller) else ()
            key = self._caller(each, own, compiled)
            of_class = numbers.setdefault(("caller", number) if key is None else key, len(numbers))
            if of_class == len(self._of_calls):
                self._of_calls.append(self._telling_apart(own))
            self.callers.append(of_class)
        self._calls: dict[tuple[int, int], Hashable] = {}
        self._results: dict[int, _CallResults | None] = {}

    def _caller(self, given: MatrixCaller, own: Sequence[Clause], compiled: CompiledClauses) -> Hashable | None:
        """The class of a caller; None for one by itself."""
        caller = given.caller
        if caller is None:
            return ANONYMOUS
        if not isinstance(caller, Caller) or caller.principal.name_in_template is not None:
            return None
        clauses = (*self._clauses, *own)
        if any(not set(each.keys()) <= _NOT_OF_CALLERS for each in clauses):
            return None
        view = Request(caller=caller, action=INVOKE, resource=_SOME_RESOURCE).view()
        principal = caller.principal
        return (
            tuple(getattr(principal, name) for name in _FACTS),
            principal.name.startswith(_SERVICE_LINKED),
            *compiled.layers(caller),
            *((each.test(view), each.grant(view)) for each in clauses if isinstance(each, PrincipalClause)),
        )

    def _telling_apart(self, own: Sequence[Clause]) -> tuple[ResourceClause, ...] | None:
        found = dict.fromkeys(each for each in (*self._clauses, *own) if isinstance(each, ResourceClause))
        return None if not self._is_plain or any(map(is_joined, found)) else tuple(found)

    def call(self, who: int, call: int, arguments: Mapping[str, Any]) -> Hashable:
        """The class of a call of a class of callers."""
        key = (who, call)
        found = self._calls.get(key)
        if found is None:
            clauses = self._of_calls[who]
            if call not in self._results:
                self._results[call] = _results_of(self._api, arguments)
            results = self._results[call]
            found = call if clauses is None or results is None else results.of(clauses)
            self._calls[key] = found
        return found


class _CallResults:
    """The results of resource clauses for a call, each found once."""

    def __init__(self, reached: tuple[str, str], arn: str) -> None:
        self._reached = reached
        self._view = Request(caller=ANONYMOUS, action=INVOKE, resource=arn).view()
        self._known: dict[Clause, object] = {}

    def of(self, clauses: Iterable[ResourceClause]) -> Hashable:
        """The method, the route and the results."""
        known = self._known
        for each in clauses:
            if each not in known:
                known[each] = each.test(self._view)
        return (*self._reached, *[known[each] for each in clauses])


def _results_of(api: Api, arguments: Mapping[str, Any]) -> _CallResults | None:
    """What tells a call apart; None for one that is a class by itself."""
    method, path = arguments["method"], arguments.get("path", "")
    if not isinstance(method, str) or not isinstance(path, str) or not is_plain_path(path):
        return None
    try:
        match = find_route(api, method, path)
        stage = api.stage
    except ExecPolicyError:  # the call itself is refused
        return None
    if match is None:
        return None
    return _CallResults((method, match.route.key), arn_of_call(api, stage, method, path))
