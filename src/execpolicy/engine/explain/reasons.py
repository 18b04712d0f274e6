"""Why a clause did not hold: a closed list of reasons, and the near miss in plain words."""

from __future__ import annotations

import re
from enum import Enum

from execpolicy._base.records import NamedTuple
from execpolicy.document.principal_name import PrincipalName
from execpolicy.engine.clauses import (
    ActionClause,
    Clause,
    ConditionClause,
    PrincipalClause,
    ResourceClause,
    ResourceEntry,
    spelled,
)
from execpolicy.engine.view import View
from execpolicy.language import principal as kinds
from execpolicy.language.arn import FIELDS, SHORT_FORM
from execpolicy.language.condition import Truth
from execpolicy.language.context_keys import ExecuteApi, Presence, find_context_key
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, agreeing_lengths, normalised
from execpolicy.language.grant import UNIQUE_ID, USER_ID_PREFIX
from execpolicy.language.operators import read_network
from execpolicy.language.principal import Principal
from execpolicy.language.variables import Unresolved


class Reason(Enum):
    """What became of a clause.

    >>> Reason.KEY_ABSENT.value
    'key_absent'
    """

    HOLDS = "holds"
    #: A list names other values than the request's.
    DIFFERS = "differs"
    #: A Not element, or a negated operator, lists the request's value.
    EXCLUDED = "excluded"
    #: The list is empty.
    EMPTY = "empty"
    #: The request has no value for the key.
    KEY_ABSENT = "key_absent"
    #: Null asks for a key to be absent that is there.
    KEY_PRESENT = "key_present"
    #: The key has several values and the operator compares one (CND-13).
    NEEDS_SET_OPERATOR = "needs_set_operator"
    #: A value of the policy or of the request is not of the operator's type (CND-15).
    UNFIT_VALUE = "unfit_value"
    #: A policy variable has no value in this request (VAR-3).
    NO_VALUE_FOR_VARIABLE = "no_value_for_variable"
    #: It is not known whether it holds (KEY-4).
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """The reason, and where there is more to say than expected and actual values, a note in plain words."""

    reason: Reason
    note: str = ""


def finding(clause: Clause, view: View, truth: Truth) -> Finding:
    """Why a clause came to ``truth`` for a request."""
    if truth is True:
        return Finding(Reason.HOLDS, _note_on_holding(clause, view))
    if truth is None:
        return Finding(Reason.UNKNOWN, _unknown(clause, view))
    if isinstance(clause, ConditionClause):
        return _condition(clause, view)
    if isinstance(clause, (ActionClause, ResourceClause, PrincipalClause)) and clause.negated:
        return _excluded(clause, view)
    if not clause.values:
        return Finding(Reason.EMPTY, f"the list of {clause.element} is empty, so the statement never applies")
    if isinstance(clause, ResourceClause):
        return _resource(clause, view)
    if isinstance(clause, PrincipalClause):
        return Finding(Reason.DIFFERS, _principal(clause, view))
    return Finding(Reason.DIFFERS)


def _note_on_holding(clause: Clause, view: View) -> str:
    """A clause can hold because something is missing: a negated operator does, and so does IfExists (CND-3)."""
    if isinstance(clause, PrincipalClause) and clause.negated and view.has_boundary:
        return "NotPrincipal spares no caller that has a permissions boundary"
    if not isinstance(clause, ConditionClause) or view.key_values.values(clause.condition.key) != ():
        return ""
    if clause.condition.is_null:
        return ""
    return f"{spelled(clause.condition.key)} is absent, and {clause.operator} holds then" + _absence(clause, view)


def _unknown(clause: Clause, view: View) -> str:
    names = clause.unknown(view)
    if names:
        several = sorted(set(names))
        return f"{' and '.join(several)} {'is' if len(several) == 1 else 'are'} not known"
    return "a value of the request cannot be compared"


def _excluded(clause: Clause, view: View) -> Finding:
    if (
        isinstance(clause, ResourceClause)
        and clause.grants
        and any(entry.test(view) is Unresolved.MISSING for entry in clause.entries)
    ):
        return Finding(
            Reason.NO_VALUE_FOR_VARIABLE,
            "a variable of NotResource has no value here, so the Allow does not apply (VAR-5)",
        )
    return Finding(Reason.EXCLUDED)


# Resources

_SHORT_ELSEWHERE = "`{}` stands for an ARN in the resource policy of an API only, and only with a slash: execute-api:/…"
_SHORT_WITHOUT_SLASH = "`{}` has no slash after execute-api: and so is no short form; write `execute-api:/…`"
_MISPLACED = "`{}` has a variable before the fifth colon of an ARN, so that it matches nothing here (POL-14)"
_CUT_SHORT = "`{}` names an API without stage, method and path; end it in `/*`"


class _Pattern(NamedTuple):
    """A pattern that a text was held against: its literal head, and the text of all that follows."""

    tokens: Tokens
    head: str
    tail: str

    @classmethod
    def of(cls, tokens: Tokens) -> _Pattern:
        head = tokens[0] if tokens and isinstance(tokens[0], str) else ""
        return cls(tokens, head, _rest(tokens[1:] if head else tokens, 0))

    def rest(self, reached: int) -> str:
        """The text of the pattern from a place on, counted in characters that a text must give."""
        if reached <= len(self.head):
            return self.head[reached:] + self.tail
        return _rest(self.tokens, reached)


def _resource(clause: ResourceClause, view: View) -> Finding:
    entries = clause.entries
    if all(entry.fixed is None and entry.test(view) is Unresolved.MISSING for entry in entries):
        missing = _without_value(clause.without_value(view), view)
        return Finding(Reason.NO_VALUE_FOR_VARIABLE, f"{missing}, so the entry matches no resource")
    furthest, found = -1, ""
    for entry in entries:
        if entry.matches_nothing:
            found = found or _MISPLACED.format(entry.text)
            continue
        pattern = _pattern(entry, view)
        if pattern is not None:
            subject = entry.subject(view)
            reached, place = agreeing_lengths(pattern.tokens, subject or "")
            if reached > furthest:
                furthest = reached
                found = _trap(clause, entry.text, subject) or _difference(pattern, reached, subject or "", place)
    return Finding(Reason.DIFFERS, found)


def _without_value(keys: tuple[str, ...], view: View) -> str:
    """Which keys of variables have no value, and whether one of them is there and empty (VAR-3)."""
    empty = [key for key in keys if view.key_values.values(key.lower()) == ("",)]
    note = f" ({', '.join(empty)} is empty, which counts as no value)" if empty else ""
    return f"{', '.join(keys)} has no value here{note}"


def _pattern(entry: ResourceEntry, view: View) -> _Pattern | None:
    """What an entry asks of the resource; that of an entry without variables is kept. None: a variable has no value."""
    kept = entry.told
    if isinstance(kept, _Pattern):
        return kept
    tokens = entry.template.resolve(view.key_values.values)
    if isinstance(tokens, Unresolved):
        return None
    pattern = _Pattern.of(normalised(entry.patterns(tokens, entry.readings[0])[0]))
    if entry.fixed is not None:
        entry.told = pattern
    return pattern


def _trap(clause: ResourceClause, text: str, subject: str | None) -> str:
    """The known traps of resource texts (GW-7, GW-8)."""
    if subject is None:
        return f"`{text}` speaks of a path of an API, and the resource has none"
    if text.startswith("execute-api:") and not any(entry.short and entry.text == text for entry in clause.entries):
        without_slash = clause.takes_short_forms and not text.startswith(SHORT_FORM)
        return (_SHORT_WITHOUT_SLASH if without_slash else _SHORT_ELSEWHERE).format(text)
    names_api = text.startswith("arn:") and text.count(":") == len(FIELDS) - 1 and text.split(":")[2] == "execute-api"
    if names_api and "/" not in text.rsplit(":", 1)[1].rstrip("/") and "*" not in text.rsplit(":", 1)[1]:
        return _CUT_SHORT.format(text)
    return ""


def _difference(pattern: _Pattern, reached: int, subject: str, place: int) -> str:
    """Where a pattern and a text part: what agreed, and what either has then."""
    rest = pattern.rest(reached)
    if not (_begins_word(rest) and _begins_word(subject[place:])):
        reached, place = _at_a_border(pattern, reached, subject, place)
        rest = pattern.rest(reached)
    if not place:
        return f"nothing of it matches: the pattern has `{pattern.rest(0)}` and the request `{subject}`"
    same, left = _shortened(subject[:place]), subject[place:]
    if not rest:
        return f"matched up to `{same}`, where the pattern ends; the request goes on with `{left}`"
    if not left:
        return f"the request ends at `{same}`; the pattern goes on with `{rest}`"
    template = re.match(r"\{[^/{}]*\}", rest) if rest[0] == "{" else None
    if template:
        return f"matched up to `{same}`; `{template.group()}` is literal text here, use `*`"
    if rest[0] == "/" and subject[place - 1] == "/":
        return f"matched up to `{same}`; the method brings its slash, so write it once: `{rest.lstrip('/')}`"
    ours, theirs = rest.partition("/")[0], left.partition("/")[0]
    if ours != theirs and ours.lower() == theirs.lower():
        return f"matched up to `{same}`; `{ours}` and `{theirs}` differ in case, and case counts"
    return f"matched up to `{same}`; there the pattern has `{rest}` and the request `{left}`"


def _begins_word(text: str) -> bool:
    """Whether a word ends where ``text`` begins."""
    return text[:1] in ("", "/", ":", "*")


def _at_a_border(pattern: _Pattern, reached: int, subject: str, place: int) -> tuple[int, int]:
    """The same place, moved back to where the word of the pattern and of the request begins."""
    begin = max(subject.rfind("/", 0, place), subject.rfind(":", 0, place)) + 1
    length = place - begin
    text = pattern.head
    if reached > len(text):
        literal = (token for token in pattern.tokens if token not in (ANY, ANY_IN_FIELD))
        text = "".join(token if isinstance(token, str) else "\0" for token in literal)
    agrees = length and text[max(0, reached - length) : reached] == subject[begin:place]
    return (reached - length, begin) if agrees else (reached, place)


def _rest(pattern: Tokens, reached: int) -> str:
    """The text of a pattern from a place on, counted in characters that a text must give."""
    out, count = "", 0
    for token in pattern:
        if isinstance(token, str):
            out += token[max(0, reached - count) :]
            count += len(token)
        elif token in (ONE, ONE_IN_FIELD):
            out += "?" if count >= reached else ""
            count += 1
        elif count >= reached:
            out += "*"
    return out


def _shortened(agreed: str) -> str:
    """The part of an ARN that people look at: from the resource on, if the match came that far."""
    fields = agreed.split(":", len(FIELDS) - 1)
    return fields[-1] if len(fields) == len(FIELDS) and fields[-1] else agreed


# Principals


def _principal(clause: PrincipalClause, view: View) -> str:
    caller = view.principal
    if caller.kind == kinds.ANONYMOUS:
        return "the caller is anonymous: only `*` names it"
    notes = [note for name in clause.names if (note := _principal_note(name, caller))]
    return notes[0] if notes else ""


def _principal_note(name: PrincipalName, caller: Principal) -> str:
    if name.kind == UNIQUE_ID:
        return _unique_id_note(name, caller)
    if name.account and name.account != caller.account:
        return f"it names account {name.account}, the caller belongs to {caller.account or 'none'}"
    if name.partition and caller.partition and name.partition != caller.partition:
        return f"it names partition {name.partition}, the caller belongs to {caller.partition}"
    if name.kind == kinds.USER and caller.kind == kinds.FEDERATED_USER and caller.federated_by is None:
        return "a federated user's ARN does not tell which user made the session: give federated_by"
    if name.name != caller.name and name.name.lower() == caller.name.lower():
        return f"{name.name} and {caller.name} differ in case, and case counts"
    if name.kind == kinds.USER and name.name == caller.name and caller.kind == kinds.USER:
        return f"it names the path {name.path}, the caller has {caller.path}"
    if name.kind == kinds.SESSION and name.name == caller.name and caller.kind == kinds.SESSION:
        return f"it names the session {name.session} of that role, the caller's is {caller.session_name}"
    return ""


def _unique_id_note(name: PrincipalName, caller: Principal) -> str:
    if caller.unique_id == name.name and name.session and caller.kind == kinds.SESSION:
        return f"it names the session {name.session} of that role, the caller's is {caller.session_name}"
    who = "user" if name.name.startswith(USER_ID_PREFIX) else "role"
    theirs = f", the caller's is {caller.unique_id}" if caller.unique_id is not None else ""
    return f"{name.name} is the unique id of another {who}, or of a deleted one{theirs}"


# Conditions

_ABSENT_BECAUSE = {
    "aws:sourcevpce": "the call did not come through a VPC endpoint",
    "aws:sourcevpc": "the call did not come through a VPC endpoint",
    "aws:vpcsourceip": "the call did not come through a VPC endpoint",
    "aws:multifactorauthpresent": "long-term access keys never carry it, nor do some sessions",
    "aws:multifactorauthage": "the caller did not sign in with MFA",
    "aws:useragent": "the client sent no such header",
    "aws:referer": "the client sent no such header",
    "aws:username": "only an IAM user has it",
    "aws:principalorgid": "the caller's account is in no organization that was told",
}


_WITHHELD_PUBLIC = "only calls to private APIs carry it, and this API is none"
_WITHHELD_ANONYMOUS = "API Gateway tells of the caller only where the method asks for AWS_IAM (GW-22)"


def _absence(clause: ConditionClause, view: View) -> str:
    """Why a key is absent, where that can be said."""
    key = clause.condition.key
    key_values = view.key_values
    record = find_context_key(key)
    if key == "aws:sourceip" and key_values.through_endpoint:
        return ": through a VPC endpoint there is no aws:SourceIp, use aws:VpcSourceIp"
    if record is not None and key_values.withheld(key):
        private = record.execute_api is ExecuteApi.PRIVATE
        return f": {_WITHHELD_PUBLIC if private else _WITHHELD_ANONYMOUS}"
    if record is not None and record.execute_api is ExecuteApi.NEVER and key_values.is_execute_api:
        return ": API Gateway never supplies it"
    if record is not None and record.presence is Presence.SIGNED and view.principal.kind == kinds.ANONYMOUS:
        return ": an anonymous call does not carry it"
    because = _ABSENT_BECAUSE.get(key)
    return f": {because}" if because else ""


def _condition(clause: ConditionClause, view: View) -> Finding:
    condition = clause.condition
    name, actual = spelled(condition.key), view.key_values.values(condition.key)
    if not clause.values:
        return Finding(Reason.EMPTY, "the list of values is empty")
    if condition.is_null:
        return _null(clause, name, actual)
    if not actual or (actual == ("",) and clause.operator.quantifier):
        return Finding(Reason.KEY_ABSENT, f"{name} was absent" + _absence(clause, view))
    if condition.needs_quantifier(actual):
        return Finding(
            Reason.NEEDS_SET_OPERATOR,
            f"{name} can have several values: write ForAnyValue:{clause.operator} or ForAllValues:{clause.operator} "
            "(CND-13)",
        )
    return _compared(clause, view, actual)


def _compared(clause: ConditionClause, view: View, actual: tuple[str, ...]) -> Finding:
    """Why values that are there do not satisfy the operator."""
    condition, lookup = clause.condition, view.key_values.values
    fits = condition.operator.expected
    unfit = condition.unfit(lookup)
    if unfit:
        return Finding(Reason.UNFIT_VALUE, f"`{unfit[0]}` of the request is not {fits} (CND-15)")
    operands = [condition.operand(index, lookup) for index in range(len(clause.values))]
    if all(operand is Unresolved.MISSING for operand in operands):
        missing = tuple(spelled(key) for key in condition.without_value(lookup))
        return Finding(Reason.NO_VALUE_FOR_VARIABLE, _without_value(missing, view))
    if condition.operator.negated:
        return Finding(Reason.EXCLUDED)
    if None in operands:
        value = clause.values[operands.index(None)]
        return Finding(Reason.UNFIT_VALUE, f"`{value}` of the policy is not {fits} (CND-15)")
    return Finding(Reason.DIFFERS, _value_note(clause, actual))


def _null(clause: ConditionClause, name: str, actual: tuple[str, ...] | None) -> Finding:
    if clause.operator.quantifier:
        return Finding(Reason.DIFFERS, "Null under ForAnyValue never holds (CND-12)")
    if not any(value.lower() in ("true", "false") for value in clause.values):
        return Finding(Reason.UNFIT_VALUE, f"`{clause.values[0]}` of the policy is not true or false (CND-15)")
    if actual is None or actual not in ((), ("",)):
        return Finding(Reason.KEY_PRESENT, f"{name} is there")
    return Finding(Reason.KEY_ABSENT, f"{name} was absent")


def _value_note(clause: ConditionClause, actual: tuple[str, ...]) -> str:
    if clause.condition.operator.family == "IpAddress":
        versions = {value.version for value in map(read_network, (*clause.values, *actual)) if value is not None}
        if len(versions) > 1 and all(":" in value for value in actual):
            return "the caller has an IPv6 address, the list has none of that version that holds it"
    listed = {value.lower() for value in clause.values}
    others = [value for value in actual if value not in clause.values]
    if clause.operator.base in ("StringEquals", "StringLike") and any(value.lower() in listed for value in others):
        return "they differ in case, and case counts"
    wild = any("*" in value or "?" in value for value in clause.values)
    if clause.operator.base in ("StringEquals", "StringEqualsIgnoreCase") and wild:
        return f"`*` and `?` are literal text under {clause.operator}, use StringLike"
    return ""
