"""Writes a call that a version answers differently from AWS as a case of a case file (LOG-9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy.bulk.logged_networks import network_of
from execpolicy.bulk.sample_calls import sample_call
from execpolicy.document.syntax.yaml_lines import item_lines
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.flow.routing import find_route
from execpolicy.gateway.model.names import ApiType, ResponseType
from execpolicy.gateway.model.variants import Variants
from execpolicy.language.context import Context
from execpolicy.language.principal import FEDERATED_USER, SESSION, Principal
from execpolicy.loaders.call_destination import find_destination
from execpolicy.loaders.compared_answer import was_refused

if TYPE_CHECKING:
    from execpolicy.api import Api
    from execpolicy.bulk.scored_call import PossibleAnswer, ScoredCall
    from execpolicy.call import Call

_ADDRESSES: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})
#: No output has the User-Agent.
_USER_AGENT: Final = "aws:useragent"
#: Paths that stand for one that no route serves.
_HIDDEN_PATHS: Final = ("/hidden", "/hidden/hidden", "/hidden/hidden/hidden")
#: The names that stand for those of sessions.
_MASKED: Final = {SESSION: "session", FEDERATED_USER: "user"}
_DIFFERENT: Final = "# with these values the policies answer differently: --raw-values gives those of the log"
_OF_CALLER: Final = "# give the caller the policies that it has"


class _CaseCall(NamedTuple):
    """A call of a case: the arguments of ``Api.invoke``."""

    method: str
    path: str
    stage: str | None
    caller_arn: str | None
    context: Context
    others: Mapping[str, Any]


def case_of(api: Api, call: Call, found: ScoredCall, *, raw_values: bool) -> str:
    """The call as an item of ``cases`` that expects AWS's answer; empty if its path cannot be replaced.

    Args:
        api: the version that answers differently.
        call: the call.
        found: how the answers compare.
        raw_values: whether the case has the path, the session and the address of the log.
    """
    assert found.simulated is not None, "an answer that differs"
    assert found.compared is not None, "an answer that differs"
    made = _case_call(api, call, found.simulated, raw_values=raw_values)
    if made is None:
        return ""
    answered, _, simulated = found.compared.text.partition("; ")
    lines = [f"# {simulated.rpartition(': ')[0]}"]
    if isinstance(found.simulated.who, (Caller, Variants)):
        lines.append(_OF_CALLER)
    if not _is_same_answer(api, made, found.simulated):
        lines.append(_DIFFERENT)
    fields = _fields(call, made)
    return "\n".join((*lines, *item_lines({"name": f"{fields['call']}: {answered}", **fields})))


def _case_call(api: Api, call: Call, simulated: PossibleAnswer, *, raw_values: bool) -> _CaseCall | None:
    try:
        made = call.arguments(api, caller=simulated.who, context=None, client_certificate=None)
        at = find_destination(call, api)
    except ExecPolicyError:
        return None
    path: str | None = made.path
    context = made.given["context"]
    if not raw_values:
        after = at.after_stage
        path = None if after is None else _path_of_route(api, made.method, after)
        if path is not None and after is not None and at.host is not None:
            path = made.path.removesuffix(after) + path
        context = _with_networks(context)
    if path is None:
        return None
    others = {name: made.given[name] for name in ("domain_name", "at", "client_certificate") if made.given[name]}
    return _CaseCall(made.method, path, made.stage, _caller_arn(call, raw_values=raw_values), context, others)


def _path_of_route(api: Api, method: str, path: str) -> str | None:
    """Another path that takes the same route, or none as this one; None if none is found."""
    if api.type is ApiType.WEBSOCKET:
        return path
    match = find_route(api, method, path)
    if match is None:
        return next((each for each in _HIDDEN_PATHS if find_route(api, method, each) is None), None)
    sample = sample_call(api, match.route)
    if sample is None:
        return None
    found = find_route(api, method, sample.path)
    return sample.path if found is not None and found.route == match.route else None


def _with_networks(context: Context) -> Context:
    """The context with the first address of the network in place of an address, and without the User-Agent."""
    values: dict[str, Any] = {}
    for name, each in context.values.items():
        if name.lower() in _ADDRESSES:
            values[name] = [network_of(address).partition("/")[0] for address in each]
        elif name.lower() != _USER_AGENT:
            values[name] = list(each)
    return Context(values, complete=context.complete, allow_unknown=context.allow_unknown)


def _caller_arn(call: Call, *, raw_values: bool) -> str | None:
    if call.caller_arn is None or raw_values:
        return call.caller_arn
    principal = Principal.parse(call.caller_arn)
    if principal.kind not in _MASKED:
        return call.caller_arn
    return f"{call.caller_arn.rpartition('/')[0]}/{_MASKED[principal.kind]}"


def _is_same_answer(api: Api, made: _CaseCall, simulated: PossibleAnswer) -> bool:
    """Whether the call of the case gets the answer that differs from AWS's."""
    who = simulated.who if isinstance(simulated.who, (Caller, Variants)) else made.caller_arn
    called = api if made.stage is None else api.with_stage(made.stage)
    try:
        response = called.invoke(made.method, made.path, caller=who, context=made.context, **made.others)
    except ExecPolicyError:
        return False
    side = simulated.answer.side
    return side is not None and (response.outcome, response.statuses) == (side.outcome, side.statuses)


def _fields(call: Call, made: _CaseCall) -> dict[str, Any]:
    """The fields of the case after its name."""
    fields: dict[str, Any] = {}
    if made.caller_arn is not None:
        fields["caller"] = made.caller_arn
    fields["call"] = f"{made.method} {made.path}".rstrip()
    if made.stage is not None:
        fields["stage"] = made.stage
    if "domain_name" in made.others:
        fields["domain"] = made.others["domain_name"]
    if "client_certificate" in made.others:
        fields["client_certificate"] = made.others["client_certificate"]
    context = dict(_context_fields(made.context))
    if context:
        fields["context"] = context
    fields["complete"] = made.context.complete
    if call.time is not None:
        fields["at"] = call.time.isoformat().replace("+00:00", "Z")
    return {**fields, **_expected(call)}


def _context_fields(context: Context) -> Iterator[tuple[str, Any]]:
    for name, each in context.values.items():
        if name.lower() != _USER_AGENT:
            yield name, each[0] if len(each) == 1 else list(each)


def _expected(call: Call) -> dict[str, Any]:
    """AWS's answer as the expected one."""
    answer = call.answer
    assert answer is not None, "an answer that differs"
    if not was_refused(answer):
        return {"expect": "allow"}
    fields: dict[str, Any] = {"expect": answer.status if answer.status is not None else "deny"}
    if answer.response_type in [each.value for each in ResponseType]:
        fields["response_type"] = answer.response_type
    return fields
