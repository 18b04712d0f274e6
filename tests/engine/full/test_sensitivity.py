"""What an outcome depends on: keys that are missing or unknown, and rules that AWS does not document."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Context, Outcome, Policy, Principal, RequestError
from execpolicy.engine.assumptions import ASSUMPTIONS
from tests.engine.making import (
    ACCOUNT,
    ANN,
    API,
    FEDERATED,
    OTHER,
    PETS,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    allowing,
    decided,
    denying,
    nothing,
    policy,
    stated,
)
from tests.refused import Refusal, refused
from tests.unknown_policies import policy_with_unknown


def when(effect: str = "Allow", /, **operators: Any) -> dict[str, Any]:
    return stated(effect, Condition={name.replace("_", ":"): keys for name, keys in operators.items()})


# Missing keys


@pytest.mark.rule("KEY-5")
@pytest.mark.parametrize(
    ("statements", "context", "outcome", "missing"),
    [
        # an absent key on which a known outcome rests, and one on which it does not
        ([when(StringEquals={"custom:x": "1"})], {}, Outcome.IMPLICIT_DENY, {"custom:x"}),
        ([when(StringEquals={"custom:x": "1"}), stated()], {}, Outcome.ALLOW, set()),
        (
            [when("Deny", StringNotEquals={"aws:SourceVPCE": "v"}), stated()],
            {},
            Outcome.EXPLICIT_DENY,
            {"aws:SourceVpce"},
        ),
        ([when("Deny", StringEquals={"custom:x": "1"}), stated()], {}, Outcome.ALLOW, {"custom:x"}),
        ([when("Deny", StringEquals={"custom:x": "1"})], {}, Outcome.IMPLICIT_DENY, {"custom:x"}),
        ([when(StringEquals={"custom:x": "1"})], {"custom:x": "2"}, Outcome.IMPLICIT_DENY, set()),
        ([when(StringEquals={"custom:x": "1", "aws:username": "Bob"})], {}, Outcome.IMPLICIT_DENY, set()),
        ([when(StringEquals={"custom:x": "1", "custom:y": "1"})], {}, Outcome.IMPLICIT_DENY, set()),
        ([when(Null={"custom:x": "true"})], {}, Outcome.ALLOW, {"custom:x"}),
        ([stated(Resource=f"{API}/prod/GET/${{custom:x}}")], {}, Outcome.IMPLICIT_DENY, {"custom:x"}),
        (
            [when(StringEquals={"aws:username": "${aws:PrincipalTag/Name}"})],
            {},
            Outcome.IMPLICIT_DENY,
            {"aws:PrincipalTag/name"},
        ),
        # an unknown key on which an outcome hangs, and one on which it does not
        ([when(StringEquals={"aws:userid": "1"})], {}, Outcome.INDETERMINATE, {"aws:userid"}),
        ([when(StringEquals={"aws:userid": "1"}), stated()], {}, Outcome.ALLOW, set()),
        (
            [when(StringEquals={"aws:userid": "1"}), when(IpAddress={"aws:SourceIp": "203.0.113.0/24"})],
            {},
            Outcome.INDETERMINATE,
            {"aws:userid", "aws:SourceIp"},
        ),
        (
            [when(StringEquals={"aws:userid": "1"}), when("Deny", StringEquals={"aws:userid": "2", "custom:x": "1"})],
            {},
            Outcome.INDETERMINATE,
            {"aws:userid"},
        ),
    ],
)
def test_missing_keys_that_affect_the_outcome(
    statements: list[dict[str, Any]], context: dict[str, str], outcome: Outcome, missing: set[str]
) -> None:
    decision = decided(identity=policy(*statements), context=context)
    assert (decision.outcome, set(decision.missing_keys)) == (outcome, missing)


@pytest.mark.rule("KEY-4", "KEY-5")
def test_in_a_partial_context_an_optional_key_is_unknown() -> None:
    identity = policy(stated(), when("Deny", StringEquals={"aws:UserAgent": "curl", "custom:x": "1"}))
    assert decided(identity=identity).outcome is Outcome.ALLOW
    decision = decided(identity=identity, context=Context(complete=False))
    assert (decision.outcome, set(decision.missing_keys)) == (Outcome.INDETERMINATE, {"aws:UserAgent", "custom:x"})
    given = decided(identity=identity, context=Context({"custom:x": []}, complete=False))
    assert (given.outcome, set(given.missing_keys)) == (Outcome.ALLOW, {"custom:x"})


@pytest.mark.rule("KEY-5", "PRN-2", "PRN-4")
@pytest.mark.parametrize(
    ("caller", "principal", "identity", "outcome", "missing"),
    [
        (ROLE, {"AWS": SESSION}, (), Outcome.INDETERMINATE, {"the caller's session name"}),
        (ROLE, {"AWS": SESSION}, allowing(), Outcome.ALLOW, set()),
        (SESSION, {"AWS": SESSION}, (), Outcome.ALLOW, set()),
        (
            ANN.replace(ACCOUNT, "444455556666"),
            {"CanonicalUser": "a" * 64},
            allowing(),
            Outcome.INDETERMINATE,
            {"the caller's canonical user id"},
        ),
        (ANN, {"CanonicalUser": "a" * 64}, (), Outcome.IMPLICIT_DENY, set()),
    ],
)
def test_traits_of_the_caller_that_were_not_given(
    caller: str, principal: Any, identity: Any, outcome: Outcome, missing: set[str]
) -> None:
    decision = decided(caller=caller, identity=identity, resource_policy=allowing("resource", Principal=principal))
    assert (decision.outcome, set(decision.missing_keys)) == (outcome, missing)


@pytest.mark.rule("PRN-6", "PRN-2", "SRC-10")
@pytest.mark.parametrize(
    ("listed", "assumed"),
    [
        ({"CanonicalUser": "a" * 64}, {"PRN-6"}),
        ({"AWS": "arn:aws:iam::<<Account>>:root"}, {"PRN-6"}),
        ({"AWS": ["arn:aws:iam::<<Account>>:root", ROLE]}, {"PRN-6"}),
        ({"AWS": "arn:aws:iam::<<Account>>:user/Somebody"}, set()),
    ],
)
def test_a_caller_of_whom_a_list_may_have_a_part(listed: Any, assumed: set[str]) -> None:
    """If the account is listed, a reading by which one name is enough exempts the user."""
    deny = {"Effect": "Deny", "NotPrincipal": listed, "Action": "*", "Resource": "*"}
    spared = policy_with_unknown({"Version": "2012-10-17", "Statement": deny})
    decision = decided(identity=allowing(), resource_policy=spared)
    assert (decision.outcome, set(decision.assumed)) == (Outcome.EXPLICIT_DENY, assumed)


@pytest.mark.rule("KEY-4")
def test_an_outcome_is_known_if_every_unknown_result_leads_to_it() -> None:
    either = policy(when("Deny", StringEquals={"aws:userid": "1"}), stated("Deny"))
    assert decided(identity=either).outcome is Outcome.EXPLICIT_DENY
    # A sound answer, not a complete one: what is unknown twice is taken as unknown each time.
    tautology = policy(when(StringEquals={"aws:userid": "1"}), when(StringNotEquals={"aws:userid": "1"}))
    assert decided(identity=tautology).outcome is Outcome.INDETERMINATE


# Assumptions


def condition(*statements: dict[str, Any], **context: Any) -> dict[str, Any]:
    return {"identity": policy(*statements), "context": {f"custom:{key}": value for key, value in context.items()}}


#: A variable where AWS has none work.
OF_ACCOUNT = API.replace(ACCOUNT, "${aws:PrincipalAccount}") + "/*"

LABELLED = pytest.mark.rule(
    *("CND-6", "CND-7", "CND-8", "CND-9", "CND-10", "CND-13", "CND-14", "CND-15", "CND-17", "CND-18"),
    *("EVL-4", "EVL-8", "EVL-9"),
    *("GW-22", "KEY-1", "KEY-6", "KEY-7", "KEY-9"),
    *("POL-9", "POL-13", "POL-14", "PRN-1", "PRN-2", "PRN-4", "PRN-5", "PRN-6", "PRN-7"),
    *("RES-1", "RES-2", "RES-7", "VAR-1", "VAR-2", "VAR-3", "VAR-4", "VAR-5"),
)

#: A resource of which a part between two slashes has a colon.
WITH_COLON = f"{API}/prod/GET/a:b/c"


def of_rcp(**elements: Any) -> dict[str, Any]:
    """A request to which an RCP with one Deny applies."""
    return {
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::bucket/Ann",
        "account": ACCOUNT,
        "identity": allowing(),
        "rcps": [[denying("rcp", Action="s3:*", **elements)]],
    }


def at_api(**elements: Any) -> dict[str, Any]:
    """A request that the resource policy alone decides."""
    return {"resource_policy": allowing("resource", **elements)}


RESTING: list[tuple[str, dict[str, Any], Outcome]] = [
    ("CND-6", condition(when(ArnLike={"custom:x": "*"}), x="arn:aws:s3:::b"), Outcome.IMPLICIT_DENY),
    ("CND-6", condition(when(ArnNotLike={"custom:x": "arn:aws:s3:::b"}), x="b"), Outcome.ALLOW),
    (
        "CND-9",
        {
            "identity": policy(when(IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
            "context": {"aws:SourceIp": "::ffff:203.0.113.1"},
        },
        Outcome.IMPLICIT_DENY,
    ),
    (
        "CND-7",
        {
            "identity": policy(when(DateLessThan={"aws:CurrentTime": "2027"})),
            "context": {"aws:CurrentTime": "2026-06-30T12:00:00Z"},
        },
        Outcome.ALLOW,
    ),
    ("CND-7", condition(when(DateEquals={"custom:x": "2026-01-01T00:00:00Z"}), x="2026"), Outcome.ALLOW),
    ("CND-8", condition(when(NumericEquals={"custom:x": "1e1"}), x=10), Outcome.ALLOW),
    ("CND-8", condition(when(NumericNotEquals={"custom:x": "5"}), x="-5"), Outcome.ALLOW),
    ("CND-10", condition(when(Bool={"custom:x": "True"}), x="true"), Outcome.ALLOW),
    ("CND-10", condition(when(Bool={"custom:x": "false"}), x="FALSE"), Outcome.ALLOW),
    ("CND-10", condition(when(Null={"custom:x": "TRUE"})), Outcome.ALLOW),
    ("CND-13", condition(when(StringEquals={"custom:x": "1"}), x=["1", "2"]), Outcome.IMPLICIT_DENY),
    ("CND-14", condition(when(StringNotEquals={"custom:x": []}), x="1"), Outcome.ALLOW),
    ("CND-14", condition(when(Null={"custom:x": []})), Outcome.IMPLICIT_DENY),
    ("CND-15", condition(when(NumericEquals={"custom:x": "many"}), x=5), Outcome.IMPLICIT_DENY),
    ("CND-15", condition(when(NumericLessThan={"aws:username": "5"})), Outcome.IMPLICIT_DENY),
    ("CND-15", condition(when(Null={"custom:x": "maybe"})), Outcome.IMPLICIT_DENY),
    (
        "CND-17",
        {
            "identity": policy(when(DateLessThanEquals={"aws:CurrentTime": "2026-06"})),
            "context": {"aws:CurrentTime": "2026-06-30T12:00:00Z"},
        },
        Outcome.IMPLICIT_DENY,
    ),
    ("CND-18", condition(when(StringEqualsIgnoreCase={"custom:x": "Zoë"}), x="ZOË"), Outcome.IMPLICIT_DENY),
    ("CND-18", condition(when(StringNotEqualsIgnoreCase={"custom:x": "Zoë"}), x="ZOË"), Outcome.IMPLICIT_DENY),
    ("GW-22", at_api(Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}), Outcome.ALLOW),
    (
        "GW-22",
        {
            "caller": SERVICE,
            **at_api(Principal={"Service": SERVICE}, Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}}),
        },
        Outcome.ALLOW,
    ),
    (
        "GW-22",
        at_api(Condition={"StringNotEquals": {"aws:PrincipalType": "Anonymous"}}) | {"caller": Principal.anonymous()},
        Outcome.ALLOW,
    ),
    (
        "KEY-1",
        {
            "identity": policy(when(ArnLike={"aws:SourceArn": f"arn:aws:events:*:{ACCOUNT}:rule/*"})),
            "context": {"aws:SourceArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/x"},
        },
        Outcome.ALLOW,
    ),
    ("KEY-6", {"identity": policy(when(Null={"aws:UserAgent": "true"}))}, Outcome.ALLOW),
    ("KEY-6", {"identity": policy(stated(Resource=f"{API}/${{aws:UserAgent}}/*"))}, Outcome.IMPLICIT_DENY),
    (
        "KEY-7",
        {"caller": SESSION, "identity": policy(when(Null={"aws:MultiFactorAuthPresent": "true"}))},
        Outcome.IMPLICIT_DENY,
    ),
    (
        "KEY-9",
        {
            "identity": policy(when(Bool={"aws:ViaAWSService": "false"})),
            "context": Context({}, complete=False),
        },
        Outcome.ALLOW,
    ),
    ("EVL-9", {"caller": FEDERATED, "resource_policy": allowing("resource")}, Outcome.IMPLICIT_DENY),
    (
        "EVL-4",
        {
            "caller": Principal.parse(SESSION, role_path="/"),
            "identity": nothing(),
            "resource_policy": policy(
                stated(Principal={"AWS": ACCOUNT}, Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}), kind="resource"
            ),
        },
        Outcome.IMPLICIT_DENY,
    ),
    (
        "EVL-8",
        {
            "caller": ROOT.replace(ACCOUNT, OTHER),
            "resource_policy": allowing("resource", Principal={"AWS": OTHER}),
        },
        Outcome.ALLOW,
    ),
    (
        "EVL-8",
        {
            "caller": Principal.parse(FEDERATED.replace(ACCOUNT, OTHER), federated_by=ROOT.replace(ACCOUNT, OTHER)),
            "session": allowing("session"),
            "resource_policy": allowing("resource", Principal={"AWS": OTHER}),
        },
        Outcome.ALLOW,
    ),
    (
        "PRN-2",
        {
            "caller": Principal.parse(ANN, canonical_user="ab" * 32),
            "resource_policy": allowing("resource", Principal={"CanonicalUser": "ab" * 32}),
        },
        Outcome.IMPLICIT_DENY,
    ),
    (
        "PRN-4",
        {
            "caller": SESSION,
            "resource_policy": allowing("resource", Principal={"AWS": ROLE.replace("Clerk", "clerk")}),
        },
        Outcome.IMPLICIT_DENY,
    ),
    (
        "PRN-4",
        {
            "caller": SESSION,
            "identity": allowing(),
            "resource_policy": denying("resource", Principal={"AWS": SESSION.replace("ann", "Ann")}),
        },
        Outcome.ALLOW,
    ),
    (
        "PRN-4",
        {
            "caller": FEDERATED,
            "resource_policy": allowing(
                "resource",
                Principal={
                    "AWS": FEDERATED.swapcase().replace(
                        FEDERATED.rpartition("/")[0].swapcase(), FEDERATED.rpartition("/")[0]
                    )
                },
            ),
        },
        Outcome.IMPLICIT_DENY,
    ),
    (
        "PRN-5",
        {
            "caller": Principal.parse(ANN, unique_id="AIDAEXAMPLEEXAMPLEEXA"),
            "resource_policy": allowing("resource", Principal={"AWS": "AIDAEXAMPLEEXAMPLEEXA"}),
        },
        Outcome.ALLOW,
    ),
    (
        "PRN-5",
        {
            "caller": Principal.parse(ANN, unique_id="AIDAEXAMPLEEXAMPLEEXA"),
            "identity": allowing(),
            "resource_policy": denying("resource", Principal={"AWS": "AIDAEXAMPLEEXAMPLEEXA"}),
        },
        Outcome.EXPLICIT_DENY,
    ),
    (
        "PRN-5",
        {
            "caller": Principal.parse(ANN, unique_id="AIDAEXAMPLEEXAMPLEEXA"),
            "identity": allowing(),
            "resource_policy": denying("resource", NotPrincipal={"AWS": [ACCOUNT, "AIDAEXAMPLEEXAMPLEEXA"]}),
        },
        Outcome.ALLOW,
    ),
    ("POL-9", condition(when(StringEquals={"custom:x": 1.0}), x="1.0"), Outcome.ALLOW),
    ("POL-9", condition(when(StringNotLike={"custom:x": [1.0, "2"]}), x="1"), Outcome.ALLOW),
    ("POL-13", {"identity": policy(stated(NotAction=[]))}, Outcome.IMPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(NotResource=[]))}, Outcome.IMPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(Condition={}))}, Outcome.IMPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(Condition={"Bool": {}}))}, Outcome.IMPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(), stated("Deny", Condition={}))}, Outcome.EXPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(), stated("Deny", NotAction=[]))}, Outcome.EXPLICIT_DENY),
    ("POL-13", {"identity": policy(stated(), stated("Deny", NotResource=[]))}, Outcome.EXPLICIT_DENY),
    ("POL-14", {"identity": allowing(Resource=OF_ACCOUNT)}, Outcome.IMPLICIT_DENY),
    ("POL-14", {"identity": policy(stated(NotResource=OF_ACCOUNT))}, Outcome.IMPLICIT_DENY),
    ("POL-14", {"identity": policy(stated(), stated("Deny", Resource=OF_ACCOUNT))}, Outcome.EXPLICIT_DENY),
    ("POL-14", {"identity": policy(stated(), stated("Deny", NotResource=OF_ACCOUNT))}, Outcome.EXPLICIT_DENY),
    (
        "POL-14",
        {"identity": allowing(), "resource_policy": denying("resource", Resource=OF_ACCOUNT)},
        Outcome.EXPLICIT_DENY,
    ),
    ("PRN-1", {"caller": SERVICE, "resource_policy": allowing("resource")}, Outcome.ALLOW),
    (
        "PRN-1",
        {"caller": SERVICE, "resource_policy": allowing("resource", Principal={"AWS": "*"})},
        Outcome.IMPLICIT_DENY,
    ),
    (
        "PRN-1",
        {
            "caller": SERVICE,
            "resource_policy": policy(
                stated(Principal={"Service": SERVICE}), stated("Deny", Principal={"AWS": "*"}), kind="resource"
            ),
        },
        Outcome.EXPLICIT_DENY,
    ),
    (
        "PRN-6",
        {"identity": allowing(), "resource_policy": denying("resource", NotPrincipal={"AWS": ANN})},
        Outcome.EXPLICIT_DENY,
    ),
    (
        "PRN-7",
        {"caller": SESSION, "identity": policy(when(ArnEquals={"aws:PrincipalArn": ROLE}))},
        Outcome.ALLOW,
    ),
    ("RES-1", {"identity": allowing(Resource=f"{API}/prod/GET/*/c"), "resource": WITH_COLON}, Outcome.ALLOW),
    ("RES-1", {"identity": allowing(Resource=f"{API}/prod/GET/a?b/c"), "resource": WITH_COLON}, Outcome.ALLOW),
    (
        "RES-1",
        {
            "identity": allowing(),
            "resource_policy": denying("resource", NotResource="execute-api:/prod/*/c"),
            "resource": WITH_COLON,
        },
        Outcome.ALLOW,
    ),
    ("RES-2", {"identity": allowing(Resource="arn:aws:exe*a1b2c3/*")}, Outcome.IMPLICIT_DENY),
    ("RES-2", {"resource_policy": allowing("resource", Resource="arn:aws:execute-api")}, Outcome.IMPLICIT_DENY),
    (
        "RES-2",
        {"identity": allowing(), "resource_policy": denying("resource", Resource="arn:aws:execute-api")},
        Outcome.EXPLICIT_DENY,
    ),
    *(
        ("RES-2", {"caller": SESSION, "identity": allowing(), layer: policies}, Outcome.ALLOW)
        for layer, policies in (
            ("boundary", allowing("boundary", Resource="arn:aws:execute-api")),
            ("session", allowing("session", Resource="arn:aws:execute-api")),
            ("scps", [[allowing("scp", Resource="arn:aws:execute-api")]]),
        )
    ),
    ("VAR-1", of_rcp(Resource="arn:aws:s3:::bucket/${aws:username}"), Outcome.EXPLICIT_DENY),
    ("VAR-1", of_rcp(NotResource="arn:aws:s3:::bucket/${aws:username}"), Outcome.ALLOW),
    (
        "VAR-1",
        of_rcp(Condition={"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}),
        Outcome.EXPLICIT_DENY,
    ),
    (
        "VAR-1",
        of_rcp(Condition={"StringLike": {"custom:x": "${*}n"}}) | {"context": {"custom:x": "${An}n"}},
        Outcome.ALLOW,
    ),
    ("VAR-2", condition(when(StringEquals={"custom:y": "${custom:x,'b'}"}), y="b"), Outcome.ALLOW),
    ("VAR-2", condition(when(StringEquals={"custom:y": "${custom:x , 'b'}"}), y="b"), Outcome.ALLOW),
    ("VAR-2", condition(when(StringEquals={"custom:y": "${custom:x, 'b'}"}), x=["1", "2"], y="b"), Outcome.ALLOW),
    ("VAR-2", {"identity": allowing(Resource=f"{API}/prod/GET/${{custom:x,'pets'}}")}, Outcome.ALLOW),
    ("RES-7", {"identity": allowing(Resource=f"{API}/prod/get/*")}, Outcome.IMPLICIT_DENY),
    ("RES-7", {"identity": policy(stated(), stated("Deny", Resource=f"{API}/prod/get/*"))}, Outcome.ALLOW),
    ("RES-7", {"identity": policy(stated(NotResource=f"{API}/prod/get/*"))}, Outcome.ALLOW),
    (
        "VAR-3",
        {"identity": policy(stated(Resource=f"{API}/prod/GET/${{custom:x}}*")), "context": {"custom:x": ""}},
        Outcome.IMPLICIT_DENY,
    ),
    ("VAR-3", condition(when(StringEquals={"custom:y": "${custom:x}"}), x="", y=""), Outcome.IMPLICIT_DENY),
    ("VAR-3", condition(when(StringEquals={"custom:y": "${custom:x, 'b'}"}), x="", y="b"), Outcome.IMPLICIT_DENY),
    ("VAR-3", condition(when(StringNotEquals={"custom:y": "${custom:x}"}), x="", y=""), Outcome.IMPLICIT_DENY),
    (
        "VAR-3",
        condition(stated(), when("Deny", StringNotLike={"custom:y": "${custom:x, 'b'}*"}), x="", y="c"),
        Outcome.EXPLICIT_DENY,
    ),
    (
        "VAR-3",
        {
            "identity": policy(stated(), stated("Deny", Resource=f"{API}/prod/GET/${{custom:x}}*")),
            "context": {"custom:x": ""},
        },
        Outcome.EXPLICIT_DENY,
    ),
    ("VAR-4", condition(when(StringLike={"custom:y": "${custom:x}"}), x="a*", y="ab"), Outcome.IMPLICIT_DENY),
    (
        "VAR-4",
        {
            "identity": policy(stated(), stated("Deny", Resource=f"{API}/prod/GET/${{custom:x}}")),
            "context": {"custom:x": "p*"},
        },
        Outcome.EXPLICIT_DENY,
    ),
    ("VAR-5", {"identity": policy(stated(NotResource=f"{API}/prod/GET/${{custom:x}}"))}, Outcome.IMPLICIT_DENY),
    (
        "VAR-5",
        {"identity": policy(stated(), stated("Deny", NotResource=f"{API}/prod/GET/${{custom:x}}"))},
        Outcome.EXPLICIT_DENY,
    ),
]


@LABELLED
@pytest.mark.parametrize(
    ("rule", "case", "outcome"), RESTING, ids=lambda value: value if isinstance(value, str) else ""
)
def test_an_outcome_that_rests_on_an_assumption_says_so(rule: str, case: dict[str, Any], outcome: Outcome) -> None:
    decision = decided(**case)
    assert decision.outcome is outcome
    assert decision.assumed == {rule}
    assert f"assumed ({rule}): {ASSUMPTIONS[rule]}" in str(decision.explain().full()).splitlines()


@pytest.mark.rule("KEY-5")
def test_every_assumption_has_a_case_that_rests_on_it() -> None:
    assert {rule for rule, _, _ in RESTING} == set(ASSUMPTIONS)


@LABELLED
@pytest.mark.parametrize(
    ("rule", "case"),
    [
        # the assumption decides a clause, and another statement decides the outcome
        *(
            (rule, {**case, "identity": [allowing(), denying(), *([case["identity"]] if "identity" in case else [])]})
            for rule, case, _ in RESTING
            if case.get("caller") not in (SERVICE, Principal.anonymous()) and rule != "EVL-8"
        ),
        # the assumption does not decide the clause
        ("CND-6", condition(when(ArnLike={"custom:x": "arn:aws:s3:::b"}), x="arn:aws:s3:::b")),
        (
            "CND-9",
            {
                "identity": policy(when(IpAddress={"aws:SourceIp": "::/0"})),
                "context": {"aws:SourceIp": "::ffff:203.0.113.1"},
            },
        ),
        ("CND-7", condition(when(DateGreaterThan={"custom:x": "2025"}), x="1782000000.5")),
        ("CND-8", condition(when(NumericLessThan={"custom:x": "5"}), x="10")),
        ("CND-10", condition(when(Bool={"custom:x": ["True", "true"]}), x="true")),
        ("GW-22", {"identity": policy(when(StringEquals={"aws:ResourceAccount": ACCOUNT}))}),
        ("GW-22", at_api(Condition={"Bool": {"aws:SecureTransport": "true"}})),
        (
            "GW-22",
            {
                "action": "s3:GetObject",
                "resource": "arn:aws:s3:::bucket/Ann",
                "account": ACCOUNT,
                **at_api(Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}),
            },
        ),
        (
            "KEY-1",
            {
                "caller": SERVICE,
                "identity": (),
                "context": {"aws:SourceArn": f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/x"},
                **at_api(
                    Principal={"Service": SERVICE},
                    Condition={"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/*"}},
                ),
            },
        ),
        ("KEY-6", {"identity": policy(when(Null={"aws:referer": "true"}))}),
        ("KEY-6", {"identity": policy(when(StringLike={"aws:UserAgent": "c*"})), "context": {"aws:UserAgent": "curl"}}),
        ("RES-1", {"identity": allowing(Resource=f"{API}/prod/GET/*"), "resource": WITH_COLON}),
        ("RES-1", {"identity": allowing(Resource=f"{API}/prod/*:b/c"), "resource": WITH_COLON}),
        ("RES-1", {"identity": allowing(Resource=f"{API}/prod/*/pets")}),
        ("VAR-1", of_rcp(Resource="arn:aws:s3:::bucket/Bob")),
        ("VAR-2", condition(when(StringEquals={"custom:y": "${custom:x, 'b'}"}), y="b")),
        ("VAR-2", condition(when(StringEquals={"custom:y": "${custom:x,'b'}"}), x="b", y="b")),
        ("CND-13", condition(when(StringEquals={"custom:x": "1"}), x=["1"])),
        ("CND-14", condition(when(StringNotEqualsIfExists={"custom:x": []}), x="1")),
        ("CND-15", condition(when(NumericEquals={"custom:x": ["many", "5"]}), x=5)),
        ("EVL-9", {"caller": FEDERATED, "resource_policy": allowing("resource", Principal={"AWS": ["*", FEDERATED]})}),
        ("EVL-9", {"caller": FEDERATED, "identity": allowing(), "resource_policy": denying("resource")}),
        ("EVL-9", {"caller": FEDERATED, "session": allowing("session"), "resource_policy": allowing("resource")}),
        ("EVL-9", {"caller": FEDERATED, "vpc_endpoint": allowing("vpc_endpoint")}),
        (
            # A federated user of the role's name is no session of the role.
            "PRN-7",
            {
                "caller": f"arn:aws:sts::{ACCOUNT}:federated-user/Clerk",
                "session": allowing("session"),
                "resource_policy": denying("resource", NotPrincipal={"AWS": ROLE}),
            },
        ),
        (
            "EVL-9",
            {
                "caller": Principal.parse(FEDERATED, federated_by=ANN),
                "resource_policy": allowing("resource", Principal={"AWS": ANN}),
            },
        ),
        ("EVL-8", {"caller": ROOT}),
        ("EVL-8", {"caller": ROOT.replace(ACCOUNT, OTHER)}),
        (
            "EVL-4",
            {
                "caller": Principal.parse(SESSION, role_path="/"),
                "identity": allowing(),
                "resource_policy": policy(
                    stated(Principal={"AWS": ACCOUNT}, Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
                    kind="resource",
                ),
            },
        ),
        *(
            (
                "EVL-4",
                {
                    "caller": Principal.parse(caller, role_path="/") if caller == SESSION else caller,
                    "resource_policy": policy(stated(Principal={"AWS": ACCOUNT}, Condition=condition), kind="resource"),
                },
            )
            for caller, condition in (
                (SESSION, {"ArnNotEquals": {"aws:PrincipalArn": ANN}}),
                (SESSION, {"ArnEquals": {"aws:PrincipalArn": ANN}}),
                (SESSION, {"ForAllValues:StringEquals": {"aws:PrincipalArn": ROLE}}),
                (SESSION, {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
                (ANN, {"ArnEquals": {"aws:PrincipalArn": ANN}}),
            )
        ),
        ("PRN-4", {"caller": SESSION, "resource_policy": allowing("resource", Principal={"AWS": ROLE + "s"})}),
        (
            "PRN-4",
            {"caller": ANN, "resource_policy": allowing("resource", Principal={"AWS": ANN.replace("Ann", "ann")})},
        ),
        ("POL-9", condition(when(StringEquals={"custom:x": [1.0, "1"]}), x="1")),
        ("POL-9", condition(when(StringEquals={"custom:x": [1, "1.0"]}), x="1.0")),
        ("POL-9", condition(when(StringEquals={"custom:x": 1.0}), x="one")),
        ("POL-13", {"identity": policy(stated(NotAction="s3:*"))}),
        ("POL-13", {"identity": policy(stated(), stated(NotAction=[]), stated("Deny", Action="s3:*", Condition={}))}),
        ("POL-14", {"identity": [allowing(), denying(Resource="arn:*:kms:*:${aws:PrincipalAccount}:key/*")]}),
        ("POL-14", {"identity": allowing(Resource=[OF_ACCOUNT, f"{API}/*"])}),
        ("PRN-1", {"caller": SERVICE, "resource_policy": allowing("resource", Principal={"Service": SERVICE})}),
        (
            "PRN-1",
            {"caller": SERVICE, "resource_policy": allowing("resource", Principal={"AWS": "*", "Service": SERVICE})},
        ),
        ("PRN-1", {"resource_policy": allowing("resource", Principal={"AWS": "*"})}),
        (
            "PRN-6",
            {"identity": allowing(), "resource_policy": denying("resource", NotPrincipal={"AWS": [ANN, ACCOUNT]})},
        ),
        (
            "PRN-6",
            {
                "identity": allowing(),
                "boundary": allowing("boundary"),
                "resource_policy": denying("resource", NotPrincipal={"AWS": ANN}),
            },
        ),
        (
            "PRN-7",
            {
                "caller": Principal.parse(SESSION, role_path="/"),
                "identity": policy(when(ArnEquals={"aws:PrincipalArn": ROLE})),
            },
        ),
        (
            "PRN-7",
            {
                "caller": Principal.parse(SESSION, role_path="/team/"),
                "identity": policy(when(ArnEquals={"aws:PrincipalArn": ROLE.replace("role/", "role/team/")})),
            },
        ),
        ("RES-2", {"identity": allowing(Resource="arn:aws:execute-api:*:*:a1b2c3/*")}),
        ("RES-2", {"identity": allowing(Resource="arn:aws:execute-api")}),
        ("RES-2", {"identity": allowing(), "resource_policy": denying("resource", Resource="arn:aws:s3")}),
        ("RES-2", {"resource_policy": allowing("resource", Resource="arn:aws:execute-api:*")}),
        ("RES-7", {"identity": allowing(Resource=[f"{API}/prod/get/*", f"{API}/prod/GET/*"])}),
        ("RES-7", {"identity": allowing(Resource=f"{API}/prod/post/*")}),
        ("VAR-3", condition(when(StringEquals={"custom:y": "${custom:x}"}), x="", y="b")),
        ("VAR-3", condition(when(StringEquals={"custom:y": ["${custom:x}", "b"]}), x="", y="b")),
        ("VAR-3", condition(stated(), when("Deny", StringLike={"custom:y": "${custom:x}"}), x="", y="b")),
        ("VAR-3", condition(stated(), when("Deny", StringNotLike={"custom:y": "${custom:x, 'b'}*"}), x="", y="b")),
        ("VAR-4", condition(when(StringLike={"custom:y": "${custom:x}"}), x="ab", y="ab")),
        ("VAR-5", {"identity": policy(stated(NotResource=f"{API}/prod/GET/${{aws:username}}"))}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_an_outcome_that_does_not_rest_on_an_assumption_does_not_say_so(rule: str, case: dict[str, Any]) -> None:
    assert rule not in decided(**case).assumed


@pytest.mark.rule("KEY-5")
def test_an_indeterminate_outcome_rests_on_nothing() -> None:
    unknown = stated("Deny", NotAction=[], Condition={"StringEquals": {"aws:userid": "1"}})
    decision = decided(identity=[policy(stated(), unknown)])
    assert (decision.outcome, decision.assumed) == (Outcome.INDETERMINATE, frozenset())


@pytest.mark.rule("PRN-6", "PRN-7")
def test_a_path_that_was_not_given_decides_whom_not_principal_exempts() -> None:
    spared = denying("resource", NotPrincipal={"AWS": [ROOT, ROLE, SESSION]})
    assert decided(caller=SESSION, identity=allowing(), resource_policy=spared).assumed == {"PRN-7"}
    denied = denying("resource", NotPrincipal={"AWS": [ROLE, SESSION]})
    assert decided(caller=SESSION, identity=allowing(), resource_policy=denied).assumed == {"PRN-6", "PRN-7"}


# Values that an operator cannot read

TEXT = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "*", "Resource": "*",
   "Condition": {"NumericLessThan": {"custom:Age": ["10", "20"]}}}
]}"""


@pytest.mark.rule("CND-15", "EVL-10")
def test_a_request_whose_outcome_depends_on_an_unreadable_value_is_refused_at_the_condition() -> None:
    identity = Policy.parse(TEXT, kind="identity", name="ages.json")
    assert refused(RequestError, lambda: decided(identity=identity, context={"custom:age": "old"})) == Refusal(
        "the request says custom:Age is 'old'; NumericLessThan compares a number",
        "ages.json:3:38",
        '"custom:Age": ["10", "20"]',
        "give custom:Age a value of that type, or correct the operator in ages.json",
        "CND-15",
    )


@pytest.mark.rule("CND-15")
def test_without_a_text_the_condition_is_named_by_its_path() -> None:
    identity = policy(stated(Action="s3:*"), when(ForAnyValue_IpAddress={"custom:x": "203.0.113.0/24"}))
    refusal = refused(RequestError, lambda: decided(identity=identity, context={"custom:x": ["10.0.0.1/8", "here"]}))
    assert refusal == Refusal(
        "the request says custom:x is '10.0.0.1/8'; ForAnyValue:IpAddress compares an IP address or CIDR range",
        "Statement[1].Condition.ForAnyValue:IpAddress.custom:x",
        "",
        "give custom:x a value of that type, or correct the operator in identity",
        "CND-15",
    )


@pytest.mark.rule("CND-15")
@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([when(NumericEquals={"custom:x": "5"}), stated()], Outcome.ALLOW),
        ([when(NumericEquals={"custom:x": "5"}), stated("Deny")], Outcome.EXPLICIT_DENY),
        ([when(NumericEquals={"custom:x": "5", "aws:username": "1"})], Outcome.IMPLICIT_DENY),
        ([when(NumericEquals={"custom:x": "5"}, StringEquals={"aws:username": "Bob"})], Outcome.IMPLICIT_DENY),
    ],
)
def test_an_unreadable_value_that_decides_nothing_is_no_error(statements: Any, outcome: Outcome) -> None:
    assert decided(identity=policy(*statements), context={"custom:x": "five"}).outcome is outcome


@pytest.mark.rule("CND-15", "KEY-5")
def test_an_unreadable_value_beside_an_unknown_key() -> None:
    """If the outcome depends on the value, whatever the key is, it is refused; if on the key alone, it is not."""
    hanging = policy(when(NumericEquals={"custom:x": "5"}), when(StringEquals={"aws:userid": "1"}))
    with pytest.raises(RequestError):
        decided(identity=hanging, context={"custom:x": "five"})
    beside = policy(when(NumericEquals={"custom:x": "5"}), when(StringEquals={"aws:userid": "1"}), stated())
    assert decided(identity=beside, context={"custom:x": "five"}).allowed
    not_hanging = policy(
        stated(), when("Deny", StringEquals={"aws:userid": "1"}), when(NumericEquals={"custom:x": "5"})
    )
    decision = decided(identity=not_hanging, context={"custom:x": "five"})
    assert (decision.outcome, set(decision.missing_keys)) == (Outcome.INDETERMINATE, {"aws:userid"})


@pytest.mark.rule("CND-15")
def test_a_catalogued_key_under_a_foreign_operator_is_no_error() -> None:
    decision = decided(identity=policy(when(NumericNotEquals={"aws:username": "5"})), resource=PETS)
    assert (decision.outcome, set(decision.assumed)) == (Outcome.ALLOW, {"CND-15"})
