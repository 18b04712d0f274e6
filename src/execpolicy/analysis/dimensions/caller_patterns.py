"""What clauses tell apart of callers: patterns of the fields of their names.

A distinction is a set of callers, as alternatives: a caller is in it if it matches all patterns of one of them. A
clause has one result on the callers of a kind that are in the same of its distinctions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.dimensions import caller_kinds as fields
from execpolicy.analysis.dimensions.caller_kinds import ACCOUNT, ARN_FIELDS, NAME, PATH, CallerKind
from execpolicy.analysis.dimensions.dimension import NotComparableError
from execpolicy.analysis.values.field_sequence import FieldPattern
from execpolicy.document.principal_name import PrincipalName
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.language import principal as kinds
from execpolicy.language.glob import ANY, ANY_IN_FIELD, ONE, ONE_IN_FIELD, Tokens, Wildcard, normalised
from execpolicy.language.grant import UNIQUE_ID, USER_ID_PREFIX
from execpolicy.language.operators import read_bool, read_number
from execpolicy.language.variables import TextWithVariables

if TYPE_CHECKING:
    from typing import TypeAlias

    #: All patterns of one alternative match.
    PatternsOfFields: TypeAlias = tuple[FieldPattern, ...]
    Distinction: TypeAlias = tuple[PatternsOfFields, ...]
    #: A pattern, whether case does not count, and whether the value that it comes from is known.
    _PatternOfValue: TypeAlias = tuple[Tokens, bool, bool]


def distinctions_of_principal(clause: PrincipalClause, kind: CallerKind) -> tuple[Distinction, ...]:
    """What a Principal or NotPrincipal element tells apart of the callers of a kind.

    Raises NotComparableError: it has names that are not known.
    """
    if clause.unknown_entries:
        raise NotComparableError(clause, "a name of its principals is not known")
    by_form: dict[str, list[PatternsOfFields]] = {}
    for name in clause.names:
        alternative = _alternative(name, kind, with_path=clause.negated)
        if alternative:
            form = f"{name.kind} with session" if name.kind == UNIQUE_ID and name.session else name.kind
            by_form.setdefault(form, []).append(alternative)
    return tuple(map(tuple, by_form.values()))


def _alternative(name: PrincipalName, kind: CallerKind, *, with_path: bool) -> PatternsOfFields:
    """The callers of a kind that a name names; no pattern where it names all of them, or none."""
    if name.kind == UNIQUE_ID:
        by_kind = _BY_USER_ID if name.name.startswith(USER_ID_PREFIX) else _BY_ROLE_ID
        return _with_session(_text((fields.UNIQUE_ID,), name.name), name) if kind.name in by_kind else ()
    if name.kind == "account" and kind.is_iam:
        return (*_partition(name), _text((ACCOUNT,), name.account))
    if name.kind == "canonical" and kind.is_iam:
        return (_text((fields.CANONICAL_USER,), name.name),)
    make = _ALTERNATIVES.get((name.kind, kind.name))
    return () if make is None else make(name, with_path)


_BY_USER_ID = (fields.USER.name, fields.FEDERATED_BY_USER.name)
_BY_ROLE_ID = (fields.SESSION.name,)


def _service(name: PrincipalName, _: bool) -> PatternsOfFields:
    return (_text((NAME,), name.name),)


def _user(name: PrincipalName, _: bool) -> PatternsOfFields:
    return (*_partition(name), _text((ACCOUNT, PATH, NAME), f"{name.account}{name.path}{name.name}"))


def _creator(name: PrincipalName, _: bool) -> PatternsOfFields:
    creator = _text((fields.CREATOR_PATH, fields.CREATOR_NAME), f"{name.path}{name.name}")
    return (*_partition(name), _text((ACCOUNT,), name.account), creator)


def _federated_user(name: PrincipalName, _: bool) -> PatternsOfFields:
    return (*_partition(name), _text((ACCOUNT, NAME), f"{name.account}{name.name}"))


def _role(name: PrincipalName, with_path: bool) -> PatternsOfFields:
    """The sessions of a role: Principal names it whatever its path, a list of NotPrincipal with it (PRN-4, PRN-7)."""
    if with_path and name.kind == kinds.ROLE:
        return (*_partition(name), _text((ACCOUNT, PATH, NAME), f"{name.account}{name.path}{name.name}"))
    return (*_partition(name), *_with_session(_text((ACCOUNT, NAME), f"{name.account}{name.name}"), name))


def _with_session(role: FieldPattern, name: PrincipalName) -> PatternsOfFields:
    return (role, _text((fields.SESSION_NAME,), name.session)) if name.session else (role,)


_ALTERNATIVES: dict[tuple[str, str], Callable[[PrincipalName, bool], PatternsOfFields]] = {
    (kinds.SERVICE, fields.SERVICE.name): _service,
    (kinds.USER, fields.USER.name): _user,
    (kinds.USER, fields.FEDERATED_BY_USER.name): _creator,
    (kinds.FEDERATED_USER, fields.FEDERATED_BY_USER.name): _federated_user,
    (kinds.FEDERATED_USER, fields.FEDERATED_BY_ROOT.name): _federated_user,
    (kinds.ROLE, fields.SESSION.name): _role,
    (kinds.SESSION, fields.SESSION.name): _role,
}


def _text(names: Iterable[str], text: str) -> FieldPattern:
    return FieldPattern(frozenset(names), (text,))


def _partition(name: PrincipalName) -> PatternsOfFields:
    return (_text((fields.PARTITION,), name.partition),) if name.partition else ()


def distinctions_of_condition(clause: ConditionClause, of: Sequence[CallerKind]) -> Iterator[tuple[Distinction, ...]]:
    """What a condition on a key of callers tells apart of the callers of each of several kinds.

    Raises NotComparableError: its values have variables, or its operator reads texts in many ways.
    """
    condition = clause.condition
    if condition.variables:
        raise NotComparableError(clause, f"a value of the condition on {clause.key} depends on other keys")
    values: list[_PatternOfValue] = []
    if not condition.is_null and any(condition.key in kind.keys for kind in of):
        values = list(_values(clause))
    for kind in of:
        names = kind.keys.get(condition.key)
        by_certainty: tuple[list[PatternsOfFields], ...] = ([], [])
        if names is not None:
            for pattern, folds, is_known in values:
                by_certainty[not is_known].extend(_of_kind(FieldPattern(names, pattern, folds), condition.key, kind))
        yield tuple(tuple(alternatives) for alternatives in by_certainty if alternatives)


def _values(clause: ConditionClause) -> Iterator[_PatternOfValue]:
    """The patterns of the values of a condition."""
    condition = clause.condition
    for value in clause.values:
        text = TextWithVariables(value, variables=condition.expands, wildcards=condition.operator.wildcards)
        tokens = text.widest_tokens() if text.tokens is None else text.tokens
        for pattern, folds in _patterns(clause, tokens, is_known=not text.unknown):
            yield pattern, folds, not text.unknown


def _of_kind(pattern: FieldPattern, key: str, kind: CallerKind) -> Iterator[PatternsOfFields]:
    """The callers of a kind whose value of the key matches a pattern."""
    if key == "aws:principalarn" and kind.is_iam:
        found = (pattern,) if pattern.folds else _of_arn(pattern.tokens, kind)
        if found is not None:
            yield found
    else:
        yield (pattern,)


def _of_arn(tokens: Tokens, kind: CallerKind) -> PatternsOfFields | None:
    """The callers of a kind whose ARN matches; None if it is clear from the beginning that there are none.

    A literal partition has a pattern of its own, so that the other one is short.
    """
    head = tokens[0] if tokens and isinstance(tokens[0], str) else ""
    arn, *parts = head.split(":", 4)
    if len(parts) < 4:  # the fields before the account, and what follows
        return (FieldPattern(ARN_FIELDS, tokens),)
    partition, service, region, rest = parts
    account, colon, resource = rest.partition(":")
    texts = kind.texts
    if f"{arn}:{partition}:{service}:{region}:" != f"arn:{partition}{texts[fields.BEFORE_ACCOUNT]}":
        return None
    if colon:
        type_ = texts[fields.AFTER_ACCOUNT][1:]
        if len(account) != _ACCOUNT_DIGITS or not (type_.startswith(resource) or resource.startswith(type_)):
            return None
    others = (rest, *tokens[1:]) if rest else tokens[1:]
    return (_text((fields.PARTITION,), partition), FieldPattern(_AFTER_PARTITION, others))


_AFTER_PARTITION = frozenset({ACCOUNT, fields.AFTER_ACCOUNT, PATH, NAME})


def _patterns(clause: ConditionClause, tokens: Tokens, *, is_known: bool) -> Iterator[tuple[Tokens, bool]]:
    """The patterns of the texts that match one value, each with whether case does not count."""
    family, fold = clause.condition.operator.family, clause.condition.operator.fold
    if family == "String":
        folded = (fold(each) if fold is not None and isinstance(each, str) else each for each in tokens)
        yield normalised(folded), fold is not None
    elif family == "Arn":
        pattern = _arn_pattern(tokens)
        if pattern is not None:
            yield pattern, False
    elif clause.condition.unknown:
        raise NotComparableError(clause, f"a value of the condition on {clause.key} is not known")
    elif family == "Bool":
        if read_bool(_literal(tokens)) is not None:
            yield (_literal(tokens).lower(),), True
    elif clause.condition.key in _READ_AS_OTHER_TYPES:
        yield from _of_number(clause, _literal(tokens))


#: The keys whose values can be texts of other types than String, Arn and Bool.
_READ_AS_OTHER_TYPES = ("aws:principalaccount", "aws:principaltype", "aws:userid", "aws:username")
_ACCOUNT_DIGITS = 12


def _of_number(clause: ConditionClause, text: str) -> Iterator[tuple[Tokens, bool]]:
    """The only account with the number."""
    is_equality = clause.condition.operator.name in ("NumericEquals", "NumericNotEquals")
    if not is_equality or clause.condition.key == "aws:username":
        name = clause.condition.operator.name
        raise NotComparableError(clause, f"{name} compares texts such as {clause.key} in too many ways")
    number = read_number(text)
    if number is not None and number == number.to_integral_value():
        digits = str(int(number))
        if len(digits) == _ACCOUNT_DIGITS:
            yield (digits,), False


def _literal(tokens: Tokens) -> str:
    return "".join(token for token in tokens if isinstance(token, str))


def _arn_pattern(tokens: Tokens) -> Tokens | None:
    """The tokens of an Arn operator, of which no wildcard crosses a colon before the last field (CND-6)."""
    out: list[str | Wildcard] = []
    colons = 0
    for token in tokens:
        if isinstance(token, str):
            colons += token.count(":")
        out.append(_IN_FIELD.get(token, token) if colons < _COLONS_OF_ARN else token)
    return normalised(out) if colons >= _COLONS_OF_ARN else None


_COLONS_OF_ARN = 5
_IN_FIELD: dict[str | Wildcard, Wildcard] = {ANY: ANY_IN_FIELD, ONE: ONE_IN_FIELD}
