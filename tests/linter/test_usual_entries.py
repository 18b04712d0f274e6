"""Entries that are written as most are: rules do not read them, and would find nothing in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Finding, Policy
from execpolicy.document.kinds import PolicyKind
from execpolicy.linter.arns import entries as entries_of_policies
from execpolicy.linter.arns.entries import COMPLETED, entries
from execpolicy.linter.arns.pattern import METHODS
from execpolicy.linter.arns.usual import is_usual
from execpolicy.linter.run import lint
from execpolicy.linter.subject import PolicySubject

PREFIX = "arn:aws:execute-api:eu-west-1:111122223333"
USUAL = (
    "*",
    "arn:aws:execute-api:*:*:*",
    f"{PREFIX}:*/prod/GET/orders",
    f"{PREFIX}:a1b2c3/*",
    f"{PREFIX}:a1b2c3/*/*",
    f"{PREFIX}:a1b2c3/prod/*",
    f"{PREFIX}:a1b2c3/prod/*/orders",
    f"{PREFIX}:a1b2c3/prod/GET/",
    f"{PREFIX}:a1b2c3/prod/GET/*",
    f"{PREFIX}:a1b2c3/prod-2/DELETE/v1.0/orders/*/lines",
)
SHORT = ("execute-api:/*", "execute-api:/prod/GET/orders", "execute-api:/*/*/orders")


@pytest.mark.parametrize("text", USUAL)
def test_a_usual_arn_is_not_read(text: str) -> None:
    assert is_usual(text, completed=False)
    assert is_usual(text, completed=True)
    assert entries(PolicySubject(policy_of(text, PolicyKind.IDENTITY, "Allow", "Resource"))) == ()


@pytest.mark.parametrize("text", SHORT)
def test_a_usual_short_form_is_not_read_where_it_is_completed(text: str) -> None:
    assert is_usual(text, completed=True)
    assert not is_usual(text, completed=False)


def policy_of(text: str, kind: PolicyKind, effect: str, element: str) -> Policy:
    named = {"Principal": "*"} if kind in (*COMPLETED, PolicyKind.VPC_ENDPOINT) else {}
    statement = {"Effect": effect, **named, "Action": "execute-api:Invoke", element: text}
    return Policy.parse({"Version": "2012-10-17", "Statement": statement}, kind=kind)


def words(*some: str) -> st.SearchStrategy[str]:
    return st.sampled_from(some)


API = "a1b2c3"
STAGES = words("prod", "v1", "GET", "get", "gets", API, "*", "p*", "p.q", "$default", "")
CALLED_METHODS = words(*METHODS, "*", "get", "ANY", "$connect", "G*", "")
SEGMENTS = words("orders", "v1.0", "*", "{id}", "orders?a=b", "x.execute-api.eu-west-1.amazonaws.com", "a b", "")
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)
CALLED = st.one_of(
    words("*", "", "prod"),
    st.tuples(STAGES, CALLED_METHODS).map("/".join),
    st.tuples(STAGES, CALLED_METHODS, PATHS).map("/".join),
)
REGIONS = words(
    "eu-west-1", "us-east-2", "us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "eu", "*", ""
)
ACCOUNTS = words("111122223333", "1111-2222-3333", "*", "")
PARTITIONS = words("aws", "aws", "aws-cn", "amazon", "*")
SERVICES = words("execute-api", "execute-api", "Execute-API", "apigateway", "exec*")
APIS = words(API, API, "A1", "*", "a*", "https://a1b2c3.execute-api.eu-west-1.amazonaws.com")
RESOURCES = st.one_of(words("*", API), st.tuples(APIS, CALLED).map("/".join))
ARNS = st.tuples(words("arn"), PARTITIONS, SERVICES, REGIONS, ACCOUNTS, RESOURCES).map(":".join)
TEXTS = st.one_of(
    st.sampled_from((*USUAL, *SHORT)),
    CALLED.map(lambda called: f"execute-api:/{called}"),
    CALLED.map(lambda called: f"{PREFIX}:{API}/{called}"),
    ARNS,
)
KINDS = st.sampled_from([kind for kind in PolicyKind if kind is not PolicyKind.RCP])


def found_in(policy: Policy) -> list[Finding]:
    return [finding for finding in lint(policy) if finding.rule.family == "ARN"]


@given(TEXTS, KINDS, words("Allow", "Deny"), words("Resource", "NotResource"))
def test_whether_usual_entries_are_read_changes_no_finding(
    text: str, kind: PolicyKind, effect: str, element: str
) -> None:
    policy = policy_of(text, kind, effect, element)
    found = found_in(policy)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entries_of_policies, "is_usual", lambda *_, **__: False)
        assert found_in(policy) == found
