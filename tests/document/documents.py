"""Sound documents of every kind, drawn at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.operator_name import OPERATOR_NAMES, QUANTIFIERS
from execpolicy.document.syntax.nodes import NOWHERE


def placeless(value: Any) -> Any:
    """A part of the model with every place forgotten."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        fields = value._asdict().items()
        return type(value)(**{name: NOWHERE if name in ("start", "end") else placeless(part) for name, part in fields})
    return tuple(placeless(part) for part in value) if isinstance(value, tuple) else value


ACTIONS = st.sampled_from(["execute-api:Invoke", "execute-api:*", "*", "s3:Get?bject", "EXECUTE-API:invoke"])
RESOURCES = st.sampled_from(
    ["*", "arn:aws:execute-api:us-east-1:111122223333:abc/prod/GET/pets", "execute-api:/*", "no arn", "", 'é\n"\\/']
)
KEYS = st.sampled_from(["aws:SourceIp", "aws:PrincipalTag/Team", "aws:UserAgent", "x"])
PRINCIPALS = {
    "AWS": ["*", "111122223333", "arn:aws:iam::111122223333:role/a/Reader"],
    "Service": ["states.amazonaws.com"],
    "Federated": ["accounts.google.com"],
    "CanonicalUser": ["0" * 64],
}


def some(strings: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One, or a list."""
    return strings | st.lists(strings, max_size=3)


def principals() -> st.SearchStrategy[Any]:
    keys = {key: some(st.sampled_from(names)) for key, names in PRINCIPALS.items()}
    return st.just("*") | st.fixed_dictionaries({}, optional=keys)


OPERATORS_OF_CONDITIONS = st.builds(
    lambda quantifier, base, suffix: quantifier + base + ("" if base == "Null" else suffix),
    st.sampled_from(["", *(f"{quantifier}:" for quantifier in QUANTIFIERS)]),
    st.sampled_from(OPERATOR_NAMES),
    st.sampled_from(["", "IfExists"]),
)
VALUES = (
    st.booleans() | st.integers(-(10**20), 10**20) | st.sampled_from(["a", "", "10.0.0.0/8", "${aws:username}", "é"])
)
CONDITIONS = st.dictionaries(OPERATORS_OF_CONDITIONS, st.dictionaries(KEYS, some(VALUES), max_size=2), max_size=3)


@st.composite
def statements(draw: st.DrawFn, kind: PolicyKind) -> dict[str, Any]:
    """A statement that documents of this kind may have."""
    rules = ELEMENT_RULES[kind]
    effect = draw(st.sampled_from(["Allow", "Deny"] if rules.allow else ["Deny"]))
    found: dict[str, Any] = {"Effect": effect}
    if draw(st.booleans()):
        found["Sid"] = draw(st.sampled_from(["", "One", "a b"]))
    if rules.only_everybody:
        found["Principal"] = "*"
    elif rules.principal:
        negated = effect == "Deny" and draw(st.booleans())
        found["NotPrincipal" if negated else "Principal"] = draw(principals())
    negated = rules.not_action and draw(st.booleans())
    actions = ACTIONS if rules.lone_star_action else ACTIONS.filter(lambda action: action != "*")
    found["NotAction" if negated else "Action"] = draw(some(actions))
    found[draw(st.sampled_from(["Resource", "NotResource"]))] = draw(some(RESOURCES))
    if draw(st.booleans()):
        found["Condition"] = draw(CONDITIONS)
    return dict(draw(st.permutations(list(found.items()))))


@st.composite
def documents(draw: st.DrawFn) -> tuple[PolicyKind, dict[str, Any]]:
    """A kind and a sound document of that kind."""
    kind = draw(st.sampled_from(PolicyKind))
    document: dict[str, Any] = {"Statement": draw(statements(kind) | st.lists(statements(kind), max_size=3))}
    if ELEMENT_RULES[kind].only_new_version:
        document["Version"] = "2012-10-17"
    elif draw(st.booleans()):
        document["Version"] = draw(st.sampled_from(["2012-10-17", "2008-10-17"]))
    if draw(st.booleans()):
        document["Id"] = draw(st.sampled_from(["", "doc"]))
    return kind, dict(draw(st.permutations(list(document.items()))))
