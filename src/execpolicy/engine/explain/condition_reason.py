"""Why a condition does not hold."""

from __future__ import annotations

from execpolicy.engine.clause import spelled
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.explain.reasons import ClauseReason, Reason
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.context_keys import ExecuteApi, Presence, find_context_key
from execpolicy.language.operators import read_network
from execpolicy.language.request_details import FALSE_OR_ABSENT
from execpolicy.language.variables import Unresolved

_ABSENT_BECAUSE = {
    "aws:sourcevpce": "the call did not come through a VPC endpoint",
    "aws:sourcevpc": "the call did not come through a VPC endpoint",
    "aws:vpcsourceip": "the call did not come through a VPC endpoint",
    "aws:multifactorauthpresent": "requests with long-term access keys never have it, nor do those of some sessions",
    "aws:viaawsmcpservice": "no MCP service makes the call",
    "aws:multifactorauthage": "the caller did not sign in with MFA",
    "aws:useragent": "the client sent no such header",
    "aws:referer": "the client sent no such header",
    "aws:username": "only an IAM user has it",
    "aws:principalorgid": "no organization is given for the caller's account",
}


_WITHHELD_PUBLIC = "only calls to private APIs have it, and this API is not private"
_WITHHELD_ANONYMOUS = "API Gateway provides keys of the caller only where the method uses AWS_IAM (GW-22)"


def absence_note(clause: ConditionClause, view: View) -> str:
    """Why a key is absent, where that is known."""
    key = clause.condition.key
    key_values = view.key_values
    record = find_context_key(key)
    if key_values.values(key) is FALSE_OR_ABSENT:
        return " or false: the reading that denies is used (KEY-7)"
    if key == "aws:sourceip" and key_values.through_endpoint:
        return ": a call through a VPC endpoint has no aws:SourceIp, use aws:VpcSourceIp"
    if record is not None and key_values.withheld(key):
        private = record.execute_api is ExecuteApi.PRIVATE
        return f": {_WITHHELD_PUBLIC if private else _WITHHELD_ANONYMOUS}"
    if record is not None and record.execute_api is ExecuteApi.NEVER and key_values.is_execute_api:
        return ": API Gateway never supplies it"
    if record is not None and record.presence is Presence.SIGNED and view.principal.kind == kinds.ANONYMOUS:
        return ": an anonymous call does not have it"
    because = _ABSENT_BECAUSE.get(key)
    return f": {because}" if because else ""


def condition_reason(clause: ConditionClause, view: View) -> ClauseReason:
    """Why a condition does not hold."""
    condition = clause.condition
    name, actual = spelled(condition.key), view.key_values.values(condition.key)
    if not clause.values:
        return ClauseReason(Reason.EMPTY, "the list of values is empty")
    if condition.is_null:
        return _null(clause, name, actual)
    if not actual or (actual == ("",) and clause.operator.quantifier):
        return ClauseReason(Reason.KEY_ABSENT, f"{name} is absent" + absence_note(clause, view))
    if condition.needs_quantifier(actual):
        return ClauseReason(
            Reason.NEEDS_SET_OPERATOR,
            f"{name} can have several values: write ForAnyValue:{clause.operator} or ForAllValues:{clause.operator} "
            "(CND-13)",
        )
    return _compared(clause, view, actual)


def _compared(clause: ConditionClause, view: View, actual: tuple[str, ...]) -> ClauseReason:
    """Why the values of a key that is present do not satisfy the operator."""
    condition, lookup = clause.condition, view.key_values.values
    fits = condition.operator.expected
    unfit = condition.unfit(lookup)
    if unfit:
        return ClauseReason(Reason.UNFIT_VALUE, f"`{unfit[0]}` of the request is not {fits} (CND-15)")
    # In what an Allow grants, a value that is none matches by no reading (VAR-3).
    empty = not condition.grants or condition.operator.negated
    operands = [condition.operand(index, lookup, empty=empty) for index in range(len(clause.values))]
    if all(operand is Unresolved.MISSING for operand in operands):
        missing = tuple(spelled(key) for key in condition.without_value(lookup))
        return ClauseReason(Reason.NO_VALUE_FOR_VARIABLE, without_value_note(missing, view))
    if condition.operator.negated:
        return ClauseReason(Reason.EXCLUDED)
    if None in operands:
        value = clause.values[operands.index(None)]
        return ClauseReason(Reason.UNFIT_VALUE, f"`{value}` of the policy is not {fits} (CND-15)")
    return ClauseReason(Reason.DIFFERS, _value_note(clause, actual) or _empty_note(clause, view))


def _empty_note(clause: ConditionClause, view: View) -> str:
    """The note where the key of a variable has the empty text, and one of its two readings matches."""
    condition = clause.condition
    empty = [spelled(key) for key in condition.variables if view.key_values.values(key) == ("",)]
    if not condition.grants or not empty:
        return ""
    return f"{empty[0]} is empty, which is read as a value and as none: both must match (VAR-3)"


def _null(clause: ConditionClause, name: str, actual: tuple[str, ...] | None) -> ClauseReason:
    if clause.operator.quantifier:
        return ClauseReason(Reason.DIFFERS, "Null under ForAnyValue never holds (CND-12)")
    if not any(value.lower() in ("true", "false") for value in clause.values):
        return ClauseReason(Reason.UNFIT_VALUE, f"`{clause.values[0]}` of the policy is not true or false (CND-15)")
    if actual is None or actual not in ((), ("",)):
        return ClauseReason(Reason.KEY_PRESENT, f"{name} is present")
    return ClauseReason(Reason.KEY_ABSENT, f"{name} is absent")


def _value_note(clause: ConditionClause, actual: tuple[str, ...]) -> str:
    if clause.condition.operator.family == "IpAddress":
        versions = {value.version for value in map(read_network, (*clause.values, *actual)) if value is not None}
        if len(versions) > 1 and all(":" in value for value in actual):
            return "the caller has an IPv6 address, and no IPv6 range of the list contains it"
    listed = {value.lower() for value in clause.values}
    others = [value for value in actual if value not in clause.values]
    if clause.operator.base in ("StringEquals", "StringLike") and any(value.lower() in listed for value in others):
        return "the values differ in case, and the operator is case-sensitive"
    wild = any("*" in value or "?" in value for value in clause.values)
    if clause.operator.base in ("StringEquals", "StringEqualsIgnoreCase") and wild:
        return f"`*` and `?` are literal text under {clause.operator}, use StringLike"
    return ""


def without_value_note(keys: tuple[str, ...], view: View) -> str:
    """Which keys of variables have no value; a key with an empty value counts as one without (VAR-3)."""
    empty = [key for key in keys if view.key_values.values(key.lower()) == ("",)]
    note = f" ({', '.join(empty)} is empty, which counts as no value)" if empty else ""
    return f"{', '.join(keys)} has no value here{note}"
