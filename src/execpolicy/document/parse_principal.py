"""The Principal and NotPrincipal elements."""

from __future__ import annotations

from collections.abc import Collection

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import PrincipalElement, PrincipalEntry
from execpolicy.document.parse_state import ParseState
from execpolicy.document.principal_name import (
    EVERYBODY,
    PRINCIPAL_TYPES,
    PrincipalNameError,
    read_principal_name,
    wildcard_error,
)
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Member, Node, Text, account_as_text, describe
from execpolicy.document.syntax.wording import did_you_mean, meant_name, quoted
from execpolicy.document.unknown_value import has_unknown, is_unknown, known_parts
from execpolicy.errors import Correction

_RCP_PRINCIPAL = "RCP_SYNTAX_ERROR_PRINCIPAL"
_COMBINATION = "UNSUPPORTED_ELEMENT_COMBINATION"
_FORMS = '"*" or an object such as {"AWS": "111122223333"}'


def parse_principal(state: ParseState, statement: JsonObject, effect: str) -> PrincipalElement | None:
    """Parse the principals of a statement; None for a document of a kind without principals (POL-8, PRN-1)."""
    principal = statement.members.get("Principal")
    negated = statement.members.get("NotPrincipal")
    rules = state.rules
    if principal is None and negated is None:
        if rules.principal:
            message = f"found a statement without Principal, which {rules.name} must have"
            state.report(
                statement, message, 'add "Principal": "*", or name the principals', "POL-8", "MISSING_PRINCIPAL"
            )
        return None
    for name, member in (("Principal", principal), ("NotPrincipal", negated)):
        if member is not None and not rules.principal:
            message = f"found {name} in {rules.name}, which cannot have it: {rules.who}"
            code = "SCP_SYNTAX_ERROR_PRINCIPAL" if state.kind is PolicyKind.SCP else "UNSUPPORTED_PRINCIPAL"
            state.report_name(member, message, f"remove {name}, or give the kind that the document has", "POL-8", code)
    if not rules.principal:
        return None
    if negated is not None:
        return _not_principal(state, statement, negated, effect)
    assert principal is not None
    element = _element(state, "Principal", principal)
    if rules.only_everybody:
        _check_everybody(state, element, principal[2])
    return element


def _check_everybody(state: ParseState, element: PrincipalElement, value: Node) -> None:
    """Report a Principal that is not the text ``"*"``, in a document that can have no other."""
    rules = state.rules
    others = [entry.text for entry in element.entries if entry.text.value != EVERYBODY]
    for text in others:
        message = f'found {quoted(text.value)} in {rules.name}, expected "*"'
        state.report(text, message, 'write "*", and a Condition on aws:PrincipalArn', "POL-8", _RCP_PRINCIPAL)
    if isinstance(value, JsonObject) and not others:
        message = f'found {describe(value)} as Principal in {rules.name}, expected "*"'
        state.report(value, message, 'write "Principal": "*"', "POL-8", _RCP_PRINCIPAL)


def _not_principal(state: ParseState, statement: JsonObject, member: Member, effect: str) -> PrincipalElement:
    rules = state.rules
    if "Principal" in statement.members:
        message = "found Principal and NotPrincipal in one statement, expected one of them"
        both = ("Principal", "NotPrincipal")
        state.report_pair(statement, both, message, "remove one of them", rule="POL-7", code=_COMBINATION)
    if not rules.not_principal:
        message = f"found NotPrincipal in {rules.name}, which cannot have it"
        advice = 'write "Principal": "*" and a Condition on aws:PrincipalArn'
        state.report_name(member, message, advice, "POL-8", _RCP_PRINCIPAL)
    elif effect == "Allow":
        message = "found NotPrincipal with Allow, which would allow everyone else, including anonymous callers"
        state.report_name(
            member, message, "name the allowed principals in Principal", "POL-8", "ALLOW_WITH_NOT_PRINCIPAL"
        )
    return _element(state, "NotPrincipal", member)


def _element(state: ParseState, name: str, member: Member) -> PrincipalElement:
    start, _, value = member
    entries: list[PrincipalEntry] = []
    if isinstance(value, Text):
        if value.value == EVERYBODY or is_unknown(value.value):
            entries.append(PrincipalEntry(EVERYBODY, value))
        else:
            _report_bare_string(state, name, value)
    elif isinstance(value, JsonObject):
        _take_accounts(value)
        for key, inner in value.members.items():
            entries.extend(_names(state, name, key, inner, value.members))
    else:
        state.wrong_type(value, name, _FORMS, "PRN-1")
    return PrincipalElement(name, tuple(entries), start, value[2])


def _take_accounts(value: JsonObject) -> None:
    """Take accounts that YAML has without quotes as their text, in the document itself: problems name its nodes."""
    member = value.members.get("AWS")
    if member is None:
        return
    start, end, node = member
    if isinstance(node, JsonArray):
        node.items[:] = [account_as_text(item) for item in node.items]
    else:
        value.members["AWS"] = (start, end, account_as_text(node))


def _report_bare_string(state: ParseState, name: str, value: Text) -> None:
    """Report a string other than ``"*"``, with the key under which it belongs."""
    for key in PRINCIPAL_TYPES:
        try:
            read_principal_name(key, value.value)
        except PrincipalNameError:
            continue
        correction = Correction(value.value, value.value, key)
        break
    else:
        key, correction = "AWS", None
    advice = f"write {{{quoted(key)}: {quoted(value.value)}}}"
    message = f"found {quoted(value.value)} as {name}, expected {_FORMS}"
    state.report(value, message, advice, "PRN-1", "INVALID_PRINCIPAL_FORMAT", correction=correction)


def _check_known_parts(state: ParseState, text: Text) -> None:
    """Report a wildcard beside an unknown value (SRC-10): no value makes it a name."""
    if any("*" in part or "?" in part for part in known_parts(text.value)):
        error = wildcard_error(text.value)
        state.report(text, error.message, error.advice, error.rule, error.issue_code)


def _names(state: ParseState, name: str, key: str, member: Member, taken: Collection[str]) -> list[PrincipalEntry]:
    if key not in PRINCIPAL_TYPES:
        message = f"found {quoted(key)} in {name}, which is not a type of principal"
        advice, correction = did_you_mean(key, PRINCIPAL_TYPES), meant_name(key, PRINCIPAL_TYPES, taken)
        state.report_name(member, message, advice, "PRN-1", "INVALID_PRINCIPAL_KEY", correction=correction)
        return []
    texts = state.texts(member[2], f"{key} in {name}")
    for text in texts:
        if has_unknown(text.value):
            _check_known_parts(state, text)
            continue
        try:
            read_principal_name(key, text.value)
        except PrincipalNameError as error:
            if "${" in text.value:
                error.issue_code = "VARIABLE_UNSUPPORTED_IN_ELEMENT"
            state.report_inside(text, error, error.rule)
    return [PrincipalEntry(key, text) for text in texts]
