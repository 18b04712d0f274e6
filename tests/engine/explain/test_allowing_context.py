"""A context that would allow a request: it is confirmed by an evaluation, and never contradicts itself."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Context, Decision, Request, authorize
from execpolicy.engine.explain.allowing_context import AllowingContext, allowing_context
from tests.engine.making import ACCOUNT, ANN, SESSION, STRANGER, allowing, decided, denying, policy, stated

ENDPOINT = {"StringNotEquals": {"aws:SourceVpce": ["vpce-1", "vpce-2"]}}


def found(**given: Any) -> AllowingContext | None:
    return allowing_context(decided(**given).evaluation)


def values(**given: Any) -> dict[str, str] | None:
    allowed = found(**given)
    return None if allowed is None else dict(allowed.values)


def in_other_context(decision: Decision, allowed: AllowingContext) -> Decision:
    """The same request, decided again in the context that is proposed."""
    replaced = {key for key, _ in allowed.replaced}
    request, context = decision.request, decision.request.context
    kept = {key: given for key, given in context.values.items() if key not in replaced}
    other = Context({**kept, **dict(allowed.values)}, complete=context.complete, allow_unknown=context.allow_unknown)
    return authorize(
        Request(
            caller=request.caller,
            action=request.action,
            resource=request.resource,
            context=other,
            resource_account=request.account or None,
        ),
        decision.target,
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"custom:a": ["x", "y"]}}, {"custom:a": "x"}),
        ({"StringEqualsIgnoreCase": {"custom:a": "X"}}, {"custom:a": "X"}),
        ({"StringLike": {"aws:Referer": "https://shop.example/*"}}, {"aws:Referer": "https://shop.example/"}),
        ({"StringLike": {"aws:UserAgent": "a?c"}}, {"aws:UserAgent": "axc"}),
        ({"StringLike": {"aws:UserAgent": "*"}}, None),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}}, None),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, {"aws:VpcSourceIp": "10.0.0.1"}),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.9"}}, {"aws:SourceIp": "203.0.113.9"}),
        ({"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}, {"aws:SourceIp": "2001:db8::1"}),
        ({"IpAddress": {"aws:SourceIp": "nonsense"}}, None),
        ({"NumericLessThan": {"custom:n": "5"}}, {"custom:n": "4"}),
        ({"NumericLessThanEquals": {"custom:n": "5"}}, {"custom:n": "5"}),
        ({"NumericGreaterThan": {"custom:n": "5"}}, {"custom:n": "6"}),
        ({"NumericGreaterThanEquals": {"custom:n": "5"}}, {"custom:n": "5"}),
        ({"NumericLessThan": {"custom:n": "five"}}, None),
        ({"NumericLessThan": {"custom:n": "9" * 40}}, None),
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, {"aws:CurrentTime": "2025-12-31T23:59:59Z"}),
        ({"DateLessThan": {"aws:CurrentTime": "soon"}}, None),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, {"aws:MultiFactorAuthPresent": "true"}),
        ({"Null": {"custom:a": "false"}}, None),
        ({"StringEquals": {"aws:username": "Bob"}}, None),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, {"aws:PrincipalTag/team": "red"}),
        ({"StringEquals": {"custom:a": "${aws:username}"}}, None),
        ({"StringEquals": {"custom:a=b": "x"}}, None),
        ({"StringEquals": {"custom:a": "x\n"}}, None),
        ({"StringEquals": {"custom:a": []}}, None),
        (
            {"StringEquals": {"custom:a": "x"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}},
            {"custom:a": "x", "aws:MultiFactorAuthPresent": "true"},
        ),
        ({"StringEquals": {"custom:a": "x"}, "StringLike": {"custom:a": "y"}}, None),
    ],
    ids=str,
)
def test_the_conditions_of_an_allow_are_met(condition: dict[str, Any], expected: dict[str, str] | None) -> None:
    assert values(identity=allowing(Condition=condition)) == expected


@pytest.mark.parametrize(
    ("condition", "context", "expected"),
    [
        (ENDPOINT, {}, {"aws:SourceVpce": "vpce-1"}),
        ({"Bool": {"aws:SecureTransport": "false"}}, {"aws:SecureTransport": False}, {"aws:SecureTransport": "true"}),
        ({"NumericGreaterThan": {"custom:n": "5"}}, {"custom:n": 9}, {"custom:n": "5"}),
        ({"NumericGreaterThanEquals": {"custom:n": "5"}}, {"custom:n": 9}, {"custom:n": "4"}),
        ({"NumericLessThanEquals": {"custom:n": "5"}}, {"custom:n": 1}, {"custom:n": "6"}),
        ({"StringEquals": {"custom:a": "x"}}, {"custom:a": "x"}, None),
        ({"Null": {"custom:a": "true"}}, {}, None),
    ],
    ids=str,
)
def test_one_condition_of_a_deny_is_no_longer_met(
    condition: dict[str, Any], context: dict[str, Any], expected: dict[str, str] | None
) -> None:
    assert values(identity=[allowing(), denying(Condition=condition)], context=context) == expected


@pytest.mark.rule("GW-19", "KEY-3")
def test_keys_that_no_request_has_together_are_replaced() -> None:
    given = {"aws:SourceIp": "203.0.113.7", "aws:UserAgent": "curl"}
    through = found(identity=[allowing(), denying(Condition=ENDPOINT)], context=given)
    assert through == ((("aws:SourceVpce", "vpce-1"),), (("aws:SourceIp", ("203.0.113.7",)),))
    office = allowing(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
    endpoint = {"aws:SourceVpce": "vpce-1", "aws:VpcSourceIp": "10.0.0.1"}
    outside = found(identity=office, context=endpoint)
    assert outside is not None
    assert [key for key, _ in outside.replaced] == ["aws:SourceVpce", "aws:VpcSourceIp"]
    early = allowing(Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})
    before = found(identity=early, context={"aws:EpochTime": 1_800_000_000})
    assert before is not None
    assert [key for key, _ in before.replaced] == ["aws:EpochTime"]


def test_several_denies_are_taken_out_together() -> None:
    denies = [denying(Condition={"StringNotEquals": {f"custom:{name}": name}}) for name in "abc"]
    assert values(identity=[allowing(), *denies]) == {"custom:a": "a", "custom:b": "b", "custom:c": "c"}
    opposed = [denying(Condition={"StringNotEquals": {"custom:a": value}}) for value in "ab"]
    assert values(identity=[allowing(), *opposed]) is None
    many = [denying(Condition={"StringNotEquals": {f"custom:k{number}": "x"}}) for number in range(9)]
    assert values(identity=[allowing(), *many]) is None


def test_a_deny_and_the_want_of_an_allow_are_met_together() -> None:
    asks = allowing(Condition={"StringEquals": {"custom:a": "x"}})
    assert values(identity=[asks, denying(Condition=ENDPOINT)]) == {"aws:SourceVpce": "vpce-1", "custom:a": "x"}


def test_nothing_is_proposed_that_does_not_allow() -> None:
    assert values(identity=[allowing(), denying()]) is None
    assert values(identity=denying(Condition=ENDPOINT)) is None
    assert values(identity=allowing(Action="s3:*", Condition=ENDPOINT)) is None
    assert values(caller=STRANGER, identity=allowing(Condition={"StringEquals": {"custom:a": "x"}})) is None


@pytest.mark.rule("EVL-4", "EVL-5")
def test_all_layers_that_block_are_met() -> None:
    asks = {"Condition": {"StringEquals": {"custom:a": "x"}}}
    both = {
        "identity": allowing(**asks),
        "resource_policy": allowing("resource", Condition={"Bool": {"custom:b": "true"}}),
    }
    assert values(caller=STRANGER, **both) == {"custom:a": "x", "custom:b": "true"}
    # Within an account, a resource policy that names the caller is enough.
    named = policy(stated(Principal={"AWS": ANN}, **asks), kind="resource")
    assert values(resource_policy=named) == {"custom:a": "x"}
    account = policy(stated(Principal={"AWS": ACCOUNT}, **asks), kind="resource")
    assert values(resource_policy=account) is None
    assert values(caller=SESSION, identity=allowing(), boundary=allowing("boundary", **asks)) == {"custom:a": "x"}


@pytest.mark.rule("KEY-4")
def test_of_an_indeterminate_outcome_what_is_not_known_is_given() -> None:
    partial = Context({}, complete=False)
    assert values(identity=[allowing(), denying(Condition=ENDPOINT)], context=partial) == {"aws:SourceVpce": "vpce-1"}
    asks = allowing(Condition={"StringEquals": {"aws:UserAgent": "shop"}})
    assert values(identity=asks, context=partial) == {"aws:UserAgent": "shop"}


DECISIONS: list[dict[str, Any]] = [
    {"identity": [allowing(), denying(Condition=ENDPOINT)], "context": {"aws:SourceIp": "203.0.113.7"}},
    {"identity": allowing(Condition={"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})},
    {"identity": allowing(Condition={"StringEquals": {"aws:PrincipalTag/team": "red"}})},
]


@pytest.mark.parametrize("given", DECISIONS)
def test_the_request_is_allowed_in_the_context(given: dict[str, Any]) -> None:
    decision = decided(**given)
    allowed = allowing_context(decision.evaluation)
    assert allowed is not None
    assert not decision.allowed
    assert in_other_context(decision, allowed).allowed


def test_nothing_is_evaluated_for_a_decision_that_nobody_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("evaluated again")

    monkeypatch.setattr("execpolicy.engine.explain.allowing_context.request_in_context", refuse)
    decision = decided(identity=[allowing(), denying(Condition=ENDPOINT)])
    decision.to_dict()
    str(decision.explain().full())
    with pytest.raises(AssertionError, match="evaluated again"):
        str(decision.explain())
