"""Strategies for policy documents of every kind, principals, and callers with policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.language import principal as kinds
from execpolicy.language.principal import Principal
from execpolicy.testing.strategies.resources import ACCOUNT, API, REGION

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

PolicyMapping = dict[str, Any]

_HEAD = f"arn:aws:execute-api:{REGION}:{ACCOUNT}:"
_ACTIONS = st.sampled_from(
    ("execute-api:Invoke", "execute-api:Invoke", "execute-api:*", "execute-api:ManageConnections", "execute-api:Inv*")
)
_NAMES = st.sampled_from(
    (
        "*",
        ACCOUNT,
        f"arn:aws:iam::{ACCOUNT}:root",
        f"arn:aws:iam::{ACCOUNT}:user/Ann",
        f"arn:aws:iam::{ACCOUNT}:role/Clerk",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann",
        "444455556666",
    )
)
_CONDITIONS: st.SearchStrategy[PolicyMapping] = st.sampled_from(
    (
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}},
        {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d"}},
        {"StringNotEquals": {"aws:SourceVpce": ["vpce-0a1b2c3d", "vpce-0a1b2c3e"]}},
        {"StringEquals": {"aws:PrincipalTag/team": "red"}},
        {"StringLikeIfExists": {"aws:UserAgent": "curl/*"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"DateLessThan": {"aws:CurrentTime": "2026-07-01T00:00:00Z"}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-*"}},
        {"Null": {"aws:SourceVpce": "true"}},
    )
)


def _resources(kind: PolicyKind) -> st.SearchStrategy[str]:
    """Patterns of resources, from exact ones to ``*``."""
    parts = st.builds(
        lambda *segments: "/".join(segments),
        st.sampled_from((API, API, "*")),
        st.sampled_from(("prod", "prod", "*", "p?od")),
        st.sampled_from(("GET", "GET", "POST", "*")),
        st.sampled_from(("*", "orders", "orders/*", "orders/7", "orders/?", "*/notes", "tenants/*/orders")),
    )
    whole = parts.map(lambda part: _HEAD + part) | st.just("*")
    if kind in (PolicyKind.RESOURCE, PolicyKind.DOMAIN_NAME):
        return whole | parts.map(lambda part: "execute-api:/" + part.partition("/")[2])
    if kind is PolicyKind.IDENTITY:
        return whole | st.just(_HEAD + API + "/prod/*/users/${aws:username}/*")
    return whole


def _one_or_many(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return values | st.lists(values, min_size=1, max_size=3, unique=True)


def documents(kind: PolicyKind | PolicyKindName = PolicyKind.IDENTITY) -> st.SearchStrategy[PolicyMapping]:
    """Valid policy documents of a kind as plain data, similar to those that people write for execute-api.

    Args:
        kind: a PolicyKind, or its value.

    >>> from hypothesis import given
    >>> from execpolicy import Policy
    >>> from execpolicy.testing import strategies
    >>> @given(strategies.documents("resource"))
    ... def names_a_principal(document):
    ...     assert Policy.parse(document, kind="resource").statements[0].principal is not None
    >>> names_a_principal()
    """
    return _documents(PolicyKind.parse(kind))


@st.composite
def _documents(draw: st.DrawFn, kind: PolicyKind) -> PolicyMapping:
    statements = [draw(_statements(kind)) for _ in range(draw(st.integers(1, 4)))]
    for number, statement in enumerate(statements):
        if draw(st.booleans()):
            statement["Sid"] = f"S{number}"
    return {"Version": "2012-10-17", "Statement": statements if len(statements) > 1 else draw(_bare(statements))}


def _bare(statements: list[PolicyMapping]) -> st.SearchStrategy[Any]:
    return st.sampled_from((statements, statements[0]))


@st.composite
def _statements(draw: st.DrawFn, kind: PolicyKind) -> PolicyMapping:
    rules = ELEMENT_RULES[kind]
    effect = draw(st.sampled_from(("Allow", "Allow", "Deny"))) if rules.allow else "Deny"
    statement: PolicyMapping = {"Effect": effect}
    if rules.only_everybody:
        statement["Principal"] = "*"
    elif rules.principal:
        statement["Principal"] = draw(st.just("*") | _one_or_many(_NAMES).map(lambda names: {"AWS": names}))
    negated = effect == "Deny" and rules.not_action and draw(st.integers(0, 5)) == 0
    statement["NotAction" if negated else "Action"] = draw(_one_or_many(_ACTIONS))
    element = "NotResource" if effect == "Deny" and draw(st.integers(0, 5)) == 0 else "Resource"
    statement[element] = draw(_one_or_many(_resources(kind)))
    if draw(st.booleans()):
        statement["Condition"] = draw(_CONDITIONS)
    return statement


def policies(kind: PolicyKind | PolicyKindName | None = None) -> st.SearchStrategy[Policy]:
    """Policies of a kind, or of any kind.

    Args:
        kind: a PolicyKind, or its value; None for any.

    >>> from execpolicy.testing import strategies
    >>> from hypothesis import given
    >>> @given(strategies.policies("rcp"))
    ... def only_denies(policy):
    ...     assert {statement.effect for statement in policy.statements} == {"Deny"}
    >>> only_denies()
    """
    if kind is None:
        return st.sampled_from(PolicyKind).flatmap(policies)
    of = PolicyKind.parse(kind)
    return documents(of).map(lambda document: Policy.parse(document, kind=of, name=f"{of.value} policy"))


@st.composite
def principals(draw: st.DrawFn) -> Principal:
    """Principals of every type: users, role sessions, root users, federated users, services, anonymous ones.

    >>> from hypothesis import given
    >>> from execpolicy.testing import strategies
    >>> @given(strategies.principals())
    ... def has_an_arn(principal):
    ...     assert principal.arn
    >>> has_an_arn()
    """
    arn = draw(
        st.sampled_from(
            (
                f"arn:aws:iam::{ACCOUNT}:user/Ann",
                f"arn:aws:iam::{ACCOUNT}:user/staff/Bob",
                f"arn:aws:sts::{ACCOUNT}:assumed-role/Clerk/ann",
                "arn:aws:sts::444455556666:assumed-role/Partner/p1",
                f"arn:aws:sts::{ACCOUNT}:federated-user/Fay",
                f"arn:aws:iam::{ACCOUNT}:root",
                "anonymous",
                "states.amazonaws.com",
            )
        )
    )
    if arn == "anonymous":
        return Principal.anonymous()
    if not arn.startswith("arn:"):
        return Principal.service(arn)
    tags = draw(st.none() | st.fixed_dictionaries({}, optional={"team": st.sampled_from(("red", "blue"))}))
    return Principal.parse(arn, tags=tags)


@st.composite
def callers(draw: st.DrawFn) -> Caller:
    """Callers with policies, if their type can have any.

    >>> from hypothesis import given
    >>> from execpolicy.testing import strategies
    >>> @given(strategies.callers())
    ... def is_compiled(caller):
    ...     assert caller.principal.arn
    >>> is_compiled()
    """
    principal = draw(principals())
    has_policies = principal.is_iam and not principal.acts_as_root
    may_have_session = principal.kind in (kinds.SESSION, kinds.FEDERATED_USER)
    return Caller(
        principal,
        identity=draw(st.lists(policies("identity"), max_size=2)) if has_policies else (),
        boundary=draw(st.none() | policies("boundary")) if has_policies else None,
        session=draw(st.lists(policies("session"), max_size=1)) if may_have_session else (),
    )
