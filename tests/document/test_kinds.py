"""The kinds of policies and the element matrix."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.errors import UsageError

NAMES = ["identity", "resource", "boundary", "session", "scp", "rcp", "vpc_endpoint", "authorizer", "domain_name"]
LISTED = "identity, resource, boundary, session, scp, rcp, vpc_endpoint, authorizer or domain_name"


@pytest.mark.rule("POL-8")
def test_the_kinds_are_known_by_their_names() -> None:
    assert [kind.value for kind in PolicyKind] == NAMES
    for name in NAMES:
        kind = PolicyKind.parse(name)
        assert kind == name
        assert PolicyKind.parse(kind) is kind
        assert pickle.loads(pickle.dumps(kind)) is kind
    assert set(ELEMENT_RULES) == set(PolicyKind)


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("kind", "found", "advice"),
    [
        ("Identity", '"Identity"', 'did you mean "identity"?'),
        ("vpc-endpoint", '"vpc-endpoint"', 'did you mean "vpc_endpoint"?'),
        ("trust", '"trust"', f"use {LISTED}"),
        ("", '""', f"use {LISTED}"),
        (None, "a value of type NoneType", "the kind says which elements a document may have"),
        (5, "a value of type int", "the kind says which elements a document may have"),
    ],
)
def test_another_kind_is_refused_with_the_names(kind: Any, found: str, advice: str) -> None:
    with pytest.raises(UsageError) as caught:
        PolicyKind.parse(kind)
    assert caught.value.message == f"found {found} as the kind of a policy, expected {LISTED}"
    assert caught.value.advice == advice
    assert caught.value.rule == "POL-8"


@pytest.mark.rule("POL-8")
def test_a_kind_without_principal_says_to_whom_it_applies() -> None:
    for kind, rules in ELEMENT_RULES.items():
        assert rules.principal == (kind in {"resource", "rcp", "vpc_endpoint", "domain_name"})
        assert bool(rules.who) != rules.principal
