"""How the layers' answers become one: the tables for one account and for two, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Grant, Layer, Outcome, Principal
from execpolicy.engine.combine import STILL_BLOCKS, Relation, Verdict, combine, iam_verdict
from execpolicy.engine.layers import LayerOutcome
from tests.engine.making import (
    ACCOUNT,
    ANN,
    FEDERATED,
    OTHER,
    PETS,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    STRANGER,
    allowing,
    decided,
    denying,
    nothing,
    policy,
    stated,
)

IDENTITY, BOUNDARY, SESSION_LAYER = Layer.IDENTITY, Layer.BOUNDARY, Layer.SESSION
CALLERS_SIDE = (IDENTITY, BOUNDARY, SESSION_LAYER)
FILTERS = (Layer.SCP, Layer.VPC_ENDPOINT)
AT_HOME = Relation(is_iam=True, same_account=True, same_partition=True)
ABROAD = AT_HOME._replace(same_account=False)
ALLOW = Verdict(Outcome.ALLOW, ())
BY_ANN = Principal.parse(FEDERATED, federated_by=ANN)


def verdict_in(relation: Relation, granted: Grant, silent: set[Layer]) -> Verdict:
    """All layers of a call; those not silent allow."""
    layers = {layer: (False, Grant.NONE if layer in silent else Grant.DIRECT) for layer in (*CALLERS_SIDE, *FILTERS)}
    layers[Layer.RESOURCE] = (False, granted)
    return iam_verdict(layers, relation)


@pytest.mark.rule("EVL-4")
def test_the_table_of_one_account_is_this() -> None:
    assert STILL_BLOCKS == {
        Grant.NONE: CALLERS_SIDE,
        Grant.ACCOUNT: CALLERS_SIDE,
        Grant.ROLE: (BOUNDARY, SESSION_LAYER),
        Grant.DIRECT: (),
    }


SILENT: list[set[Layer]] = [set(), *({layer} for layer in CALLERS_SIDE), set(CALLERS_SIDE)]


def _names(layers: set[Layer]) -> str:
    return "+".join(layer.value for layer in Layer if layer in layers) or "none"


@pytest.mark.rule("EVL-4")
@pytest.mark.parametrize("granted", Grant)
@pytest.mark.parametrize("silent", SILENT, ids=_names)
def test_in_one_account_silence_blocks_where_the_table_says(granted: Grant, silent: set[Layer]) -> None:
    blocked = tuple(layer for layer in CALLERS_SIDE if layer in silent and layer in STILL_BLOCKS[granted])
    assert verdict_in(AT_HOME, granted, silent) == (Verdict(Outcome.IMPLICIT_DENY, blocked) if blocked else ALLOW)


@pytest.mark.rule("EVL-5")
@pytest.mark.parametrize("granted", Grant)
@pytest.mark.parametrize("silent", SILENT, ids=_names)
def test_across_accounts_both_sides_must_allow(granted: Grant, silent: set[Layer]) -> None:
    blocked = {*silent, *(() if granted else (Layer.RESOURCE,))}
    expected = Verdict(Outcome.IMPLICIT_DENY, tuple(layer for layer in Layer if layer in blocked))
    assert verdict_in(ABROAD, granted, silent) == (expected if blocked else ALLOW)


@pytest.mark.rule("EVL-2", "EVL-7")
@pytest.mark.parametrize("layer", FILTERS)
@pytest.mark.parametrize("relation", [AT_HOME, ABROAD, AT_HOME._replace(is_iam=False)])
def test_a_filter_that_is_silent_blocks_whatever_is_granted(layer: Layer, relation: Relation) -> None:
    assert verdict_in(relation, Grant.DIRECT, {layer}) == Verdict(Outcome.IMPLICIT_DENY, (layer,))


@pytest.mark.rule("EVL-8")
@pytest.mark.parametrize(
    ("granted", "expected"),
    [(Grant.DIRECT, ALLOW), (Grant.ACCOUNT, ALLOW), (Grant.NONE, Verdict(Outcome.IMPLICIT_DENY, (Layer.RESOURCE,)))],
)
def test_of_a_caller_without_account_the_resource_policy_decides(granted: Grant, expected: Verdict) -> None:
    assert iam_verdict({Layer.RESOURCE: (False, granted)}, AT_HOME._replace(is_iam=False)) == expected


@pytest.mark.rule("PRN-8")
def test_between_partitions_nothing_is_allowed() -> None:
    relation = ABROAD._replace(same_partition=False)
    assert verdict_in(relation, Grant.DIRECT, set()) == Verdict(Outcome.IMPLICIT_DENY, (Layer.RESOURCE,))


ORDER = (Layer.VPC_ENDPOINT, Layer.RCP, Layer.SCP, Layer.RESOURCE, IDENTITY, BOUNDARY, SESSION_LAYER)


@pytest.mark.rule("EVL-1", "EVL-7")
def test_blocking_layers_are_named_in_the_order_of_evaluation() -> None:
    everything_denies = dict.fromkeys(reversed(ORDER), (True, Grant.DIRECT))
    assert iam_verdict(everything_denies, AT_HOME) == Verdict(Outcome.EXPLICIT_DENY, ORDER)
    everything_silent = dict.fromkeys(reversed(ORDER), (False, Grant.NONE))
    without_rcp = tuple(layer for layer in ORDER if layer is not Layer.RCP)
    assert iam_verdict(everything_silent, ABROAD) == Verdict(Outcome.IMPLICIT_DENY, without_rcp)


@pytest.mark.rule("EVL-1")
def test_across_accounts_the_callers_own_policies_are_named_before_the_resource_policy_that_denies_too() -> None:
    everything_denies = dict.fromkeys(ORDER, (True, Grant.DIRECT))
    resource_last = (*(layer for layer in ORDER if layer is not Layer.RESOURCE), Layer.RESOURCE)
    assert iam_verdict(everything_denies, ABROAD) == Verdict(Outcome.EXPLICIT_DENY, resource_last)
    nobodys = ABROAD._replace(is_iam=False)
    assert iam_verdict(everything_denies, nobodys) == Verdict(Outcome.EXPLICIT_DENY, ORDER)


@pytest.mark.rule("EVL-7")
@pytest.mark.parametrize(
    ("endpoint", "others", "verdict"),
    [
        ((False, Grant.NONE), {Layer.SCP: (True, Grant.DIRECT)}, (Layer.VPC_ENDPOINT, Layer.SCP)),
        ((False, Grant.NONE), {Layer.SCP: (False, Grant.NONE)}, (Layer.VPC_ENDPOINT, Layer.SCP)),
        ((False, Grant.NONE), {Layer.IDENTITY: (False, Grant.DIRECT)}, (Layer.VPC_ENDPOINT,)),
        ((True, Grant.DIRECT), {Layer.SCP: (True, Grant.DIRECT)}, (Layer.VPC_ENDPOINT, Layer.SCP)),
        ((True, Grant.NONE), {Layer.SCP: (False, Grant.NONE)}, (Layer.VPC_ENDPOINT,)),
        ((True, Grant.DIRECT), {Layer.IDENTITY: (False, Grant.DIRECT)}, (Layer.VPC_ENDPOINT,)),
    ],
)
def test_the_policy_of_the_endpoint_decides_first(
    endpoint: tuple[bool, Grant], others: dict[Layer, tuple[bool, Grant]], verdict: tuple[Layer, ...]
) -> None:
    outcome = Outcome.EXPLICIT_DENY if endpoint[0] else Outcome.IMPLICIT_DENY
    assert iam_verdict({Layer.VPC_ENDPOINT: endpoint, **others}, AT_HOME) == Verdict(outcome, verdict)


@pytest.mark.rule("EVL-7", "KEY-4")
@pytest.mark.parametrize(
    ("endpoint", "scp", "outcome"),
    [
        # Deny, sure Allow, possible Allow
        ((False, Grant.NONE, Grant.DIRECT), (True, Grant.DIRECT, Grant.DIRECT), Outcome.INDETERMINATE),
        ((None, Grant.NONE, Grant.DIRECT), (True, Grant.DIRECT, Grant.DIRECT), Outcome.INDETERMINATE),
        ((None, Grant.DIRECT, Grant.DIRECT), (True, Grant.DIRECT, Grant.DIRECT), Outcome.EXPLICIT_DENY),
        ((False, Grant.DIRECT, Grant.DIRECT), (True, Grant.DIRECT, Grant.DIRECT), Outcome.EXPLICIT_DENY),
        ((False, Grant.NONE, Grant.DIRECT), (None, Grant.NONE, Grant.NONE), Outcome.INDETERMINATE),
        ((False, Grant.NONE, Grant.DIRECT), (False, Grant.NONE, Grant.NONE), Outcome.IMPLICIT_DENY),
        ((False, Grant.NONE, Grant.NONE), (None, Grant.NONE, Grant.DIRECT), Outcome.IMPLICIT_DENY),
        ((True, Grant.NONE, Grant.DIRECT), (None, Grant.NONE, Grant.DIRECT), Outcome.EXPLICIT_DENY),
    ],
)
def test_what_is_unknown_of_the_endpoint_may_decide_between_two_denials(
    endpoint: tuple[bool | None, Grant, Grant], scp: tuple[bool | None, Grant, Grant], outcome: Outcome
) -> None:
    layers = {
        Layer.VPC_ENDPOINT: LayerOutcome(*endpoint),
        Layer.SCP: LayerOutcome(*scp),
        Layer.IDENTITY: LayerOutcome(False, Grant.DIRECT, Grant.DIRECT),
    }
    found = combine(layers, lambda answers: iam_verdict(answers, AT_HOME))
    assert found.outcome is outcome
    assert (found.worst.outcome is found.best.outcome) is (outcome is not Outcome.INDETERMINATE)


@pytest.mark.rule("EVL-1")
@pytest.mark.parametrize("layer", [layer for layer in Layer if layer is not Layer.RCP])
def test_a_deny_in_any_layer_wins(layer: Layer) -> None:
    layers = dict.fromkeys(Layer, (False, Grant.DIRECT)) | {layer: (True, Grant.DIRECT)}
    assert iam_verdict(layers, AT_HOME) == Verdict(Outcome.EXPLICIT_DENY, (layer,))


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize(
    ("outcome", "worst", "best"),
    [
        (LayerOutcome(False, Grant.DIRECT, Grant.DIRECT), Outcome.ALLOW, Outcome.ALLOW),
        (LayerOutcome(None, Grant.DIRECT, Grant.DIRECT), Outcome.EXPLICIT_DENY, Outcome.ALLOW),
        (LayerOutcome(True, Grant.NONE, Grant.DIRECT), Outcome.EXPLICIT_DENY, Outcome.EXPLICIT_DENY),
        (LayerOutcome(False, Grant.NONE, Grant.DIRECT), Outcome.IMPLICIT_DENY, Outcome.ALLOW),
        (LayerOutcome(None, Grant.NONE, Grant.NONE), Outcome.EXPLICIT_DENY, Outcome.IMPLICIT_DENY),
    ],
)
def test_what_is_unknown_is_taken_both_ways(outcome: LayerOutcome, worst: Outcome, best: Outcome) -> None:
    found = combine({IDENTITY: outcome}, lambda layers: iam_verdict(layers, AT_HOME))
    assert (found.worst.outcome, found.best.outcome) == (worst, best)


@pytest.mark.rule("EVL-4", "EVL-5", "EVL-8", "PRN-8")
@pytest.mark.parametrize(
    ("caller", "account", "relation"),
    [
        (ANN, ACCOUNT, AT_HOME),
        (ANN, OTHER, ABROAD),
        (ROOT, ACCOUNT, AT_HOME),
        (SERVICE, ACCOUNT, Relation(False, False, True)),
        ("anonymous", ACCOUNT, Relation(False, False, True)),
        (ANN.replace("arn:aws:", "arn:aws-cn:"), ACCOUNT, AT_HOME._replace(same_partition=False)),
    ],
)
def test_how_a_caller_stands_to_a_resource(caller: str, account: str, relation: Relation) -> None:
    assert Relation.of(Principal.parse(caller), account, "aws") == relation


# The same tables from end to end

TABLE = [
    # whom the resource policy allows, the caller, what must still allow
    ({"AWS": ANN}, ANN, ()),
    ({"AWS": SESSION}, SESSION, ()),
    ({"AWS": FEDERATED}, FEDERATED, ()),
    ("*", ANN, ()),
    ("*", SESSION, ()),
    ("*", FEDERATED, (BOUNDARY, SESSION_LAYER)),
    ({"AWS": ["*", FEDERATED]}, FEDERATED, ()),
    ({"AWS": ROLE}, SESSION, (BOUNDARY, SESSION_LAYER)),
    ({"AWS": ANN}, BY_ANN, (BOUNDARY, SESSION_LAYER)),
    ({"AWS": ACCOUNT}, ANN, CALLERS_SIDE),
    ({"AWS": ROOT}, SESSION, CALLERS_SIDE),
    ({"AWS": OTHER}, ANN, CALLERS_SIDE),
]


@pytest.mark.rule("EVL-4", "EVL-6")
@pytest.mark.parametrize(
    ("principal", "caller", "blocking", "silent"),
    [
        (*row, silent)
        for row in TABLE
        for silent in (CALLERS_SIDE[:2] if row[1] == ANN else CALLERS_SIDE)  # a user has no session policies
    ],
    ids=str,
)
def test_the_table_of_one_account_decides(
    principal: Any, caller: Principal | str, blocking: tuple[Layer, ...], silent: Layer
) -> None:
    policies: dict[str, Any] = {
        "identity": allowing(),
        "boundary": allowing("boundary"),
        "session": allowing("session"),
    }
    if caller == ANN:
        del policies["session"]
    policies[silent.value] = nothing(silent.value)
    decision = decided(caller=caller, **policies, resource_policy=allowing("resource", Principal=principal))
    assert decision.blocked_by == ({silent} if silent in blocking else set())
    assert decision.allowed is (silent not in blocking)


@pytest.mark.rule("EVL-4")
def test_of_several_allows_the_strongest_counts() -> None:
    direct, delegated = stated(Principal={"AWS": ANN}), stated(Principal={"AWS": ACCOUNT})
    for statements in ([direct, delegated], [delegated, direct]):
        assert decided(resource_policy=policy(*statements, kind="resource")).allowed


@pytest.mark.rule("EVL-4")
def test_no_grant_goes_around_a_deny() -> None:
    decision = decided(identity=denying(), resource_policy=allowing("resource"))
    assert (decision.outcome, set(decision.blocked_by)) == (Outcome.EXPLICIT_DENY, {IDENTITY})


@pytest.mark.rule("EVL-5")
@pytest.mark.parametrize(
    ("identity", "principal", "blocked"),
    [
        (True, {"AWS": STRANGER}, set()),
        (True, {"AWS": OTHER}, set()),
        (True, "*", set()),
        (False, {"AWS": STRANGER}, {IDENTITY}),
        (True, {"AWS": ACCOUNT}, {Layer.RESOURCE}),
        (False, {"AWS": ACCOUNT}, {IDENTITY, Layer.RESOURCE}),
    ],
)
def test_a_caller_of_another_account(identity: bool, principal: Any, blocked: set[Layer]) -> None:
    decision = decided(
        caller=STRANGER,
        identity=allowing() if identity else (),
        resource_policy=allowing("resource", Principal=principal),
    )
    assert (decision.allowed, set(decision.blocked_by)) == (not blocked, blocked)


@pytest.mark.rule("EVL-5")
def test_without_a_resource_policy_no_other_account_gets_in() -> None:
    assert decided(caller=STRANGER, identity=allowing()).blocked_by == {Layer.RESOURCE}


@pytest.mark.rule("EVL-8")
@pytest.mark.parametrize(
    ("account", "resource_policy", "allowed"),
    [
        (ACCOUNT, None, True),
        (ACCOUNT, denying("resource"), False),
        (OTHER, None, False),
        (OTHER, allowing("resource", Principal={"AWS": ROOT}), True),
    ],
)
def test_a_root_user_needs_no_identity_policy(account: str, resource_policy: Any, allowed: bool) -> None:
    resource = PETS.replace(ACCOUNT, account)
    assert decided(caller=ROOT, resource=resource, resource_policy=resource_policy).allowed is allowed


@pytest.mark.rule("EVL-2", "EVL-8")
def test_an_scp_applies_to_the_root_user_of_a_member_account() -> None:
    assert decided(caller=ROOT, scps=[[nothing("scp")]]).blocked_by == {Layer.SCP}


@pytest.mark.rule("EVL-8")
@pytest.mark.parametrize(
    ("caller", "principal", "allowed"),
    [
        (SERVICE, {"Service": SERVICE}, True),
        (SERVICE, {"Service": "lambda.amazonaws.com"}, False),
        ("anonymous", "*", True),
        ("anonymous", {"AWS": ACCOUNT}, False),
    ],
)
def test_for_services_and_anonymous_callers_only_the_resource_policy_counts(
    caller: str, principal: Any, allowed: bool
) -> None:
    decision = decided(caller=caller, resource_policy=allowing("resource", Principal=principal))
    assert (decision.allowed, set(decision.blocked_by)) == (allowed, set() if allowed else {Layer.RESOURCE})


@pytest.mark.rule("EVL-9")
@pytest.mark.parametrize(
    ("caller", "principal", "blocked"),
    [
        (BY_ANN, None, {SESSION_LAYER}),
        (BY_ANN, {"AWS": ANN}, {SESSION_LAYER}),
        (FEDERATED, {"AWS": ACCOUNT}, {SESSION_LAYER}),
        (FEDERATED, {"AWS": FEDERATED}, set()),
        (FEDERATED, "*", {SESSION_LAYER}),
        (FEDERATED, {"AWS": [FEDERATED, "*"]}, set()),
    ],
    ids=str,
)
def test_a_federated_user_without_a_session_policy_has_an_empty_one(
    caller: Principal | str, principal: Any, blocked: set[Layer]
) -> None:
    resource_policy = None if principal is None else allowing("resource", Principal=principal)
    decision = decided(caller=caller, identity=allowing(), resource_policy=resource_policy)
    assert decision.blocked_by == blocked


@pytest.mark.rule("EVL-6")
def test_several_session_policies_add_up() -> None:
    assert decided(caller=SESSION, identity=allowing(), session=[nothing("session"), allowing("session")]).allowed


@pytest.mark.rule("EVL-7")
@pytest.mark.parametrize(
    ("endpoint", "outcome", "blocked"),
    [
        (allowing("vpc_endpoint"), Outcome.ALLOW, set()),
        (nothing("vpc_endpoint"), Outcome.IMPLICIT_DENY, {Layer.VPC_ENDPOINT}),
        (denying("vpc_endpoint"), Outcome.EXPLICIT_DENY, {Layer.VPC_ENDPOINT}),
    ],
)
def test_the_policy_of_an_endpoint_is_one_more_filter(endpoint: Any, outcome: Outcome, blocked: set[Layer]) -> None:
    decision = decided(identity=allowing(), vpc_endpoint=endpoint)
    assert (decision.outcome, set(decision.blocked_by)) == (outcome, blocked)
    assert decided(vpc_endpoint=allowing("vpc_endpoint")).blocked_by == {IDENTITY}


# Organizations


@pytest.mark.rule("EVL-2")
@pytest.mark.parametrize(
    ("levels", "outcome"),
    [
        ([[allowing("scp")]], Outcome.ALLOW),
        ([[allowing("scp")], [allowing("scp")], [allowing("scp")]], Outcome.ALLOW),
        ([[allowing("scp")], [nothing("scp")], [allowing("scp")]], Outcome.IMPLICIT_DENY),
        ([[allowing("scp")], [nothing("scp"), allowing("scp")]], Outcome.ALLOW),
        ([[allowing("scp")], []], Outcome.IMPLICIT_DENY),
        ([[]], Outcome.IMPLICIT_DENY),
        ([[allowing("scp"), denying("scp")], [allowing("scp")]], Outcome.EXPLICIT_DENY),
        ([[nothing("scp")], [denying("scp")]], Outcome.EXPLICIT_DENY),
    ],
    ids=repr,
)
def test_every_level_of_scps_must_allow(levels: Any, outcome: Outcome) -> None:
    decision = decided(identity=allowing(), scps=levels)
    assert decision.outcome is outcome
    assert decision.blocked_by == (set() if outcome is Outcome.ALLOW else {Layer.SCP})


@pytest.mark.rule("EVL-2", "EVL-3", "EVL-8")
@pytest.mark.parametrize(
    ("caller", "reason"),
    [
        (SERVICE, "SCPs apply to the principals of an account; this caller belongs to none (EVL-8)"),
        ("anonymous", "SCPs apply to the principals of an account; this caller belongs to none (EVL-8)"),
        (
            Principal.parse(ANN, management_account=True),
            "SCPs do not apply to the organization's management account (EVL-2)",
        ),
        (
            Principal.parse(SESSION, role_path="/aws-service-role/es.amazonaws.com/"),
            "SCPs do not apply to service-linked roles (EVL-2)",
        ),
    ],
    ids=str,
)
def test_to_whom_no_scp_applies(caller: Principal | str, reason: str) -> None:
    decision = decided(caller=caller, scps=[[denying("scp")]], resource_policy=allowing("resource"))
    layer = next(layer for layer in decision.explain().layers if layer.layer is Layer.SCP)
    assert decision.allowed
    assert (layer.verdict, layer.not_applicable, layer.policies) == ("not_applicable", reason, ())


@pytest.mark.rule("EVL-3")
@pytest.mark.parametrize(
    ("caller", "target", "action", "reason"),
    [
        (
            ANN,
            {},
            "execute-api:Invoke",
            "RCPs do not cover execute-api (EVL-3); rcps_cover_execute_api makes them count",
        ),
        (
            ANN,
            {"management_account": True, "rcps_cover_execute_api": True},
            "execute-api:Invoke",
            "RCPs do not apply to resources of the organization's management account (EVL-3)",
        ),
        (
            Principal.parse(SESSION, role_path="/aws-service-role/es.amazonaws.com/"),
            {"rcps_cover_execute_api": True},
            "s3:GetObject",
            "RCPs do not apply to service-linked roles (EVL-3)",
        ),
        (ANN, {"rcps_cover_execute_api": True}, "execute-api:Invoke", ""),
        (ANN, {}, "s3:GetObject", ""),
        (ROOT, {}, "s3:GetObject", ""),
    ],
    ids=str,
)
def test_to_which_requests_rcps_apply(caller: Any, target: dict[str, bool], action: str, reason: str) -> None:
    rcps = [[denying("rcp", Action="s3:*"), denying("rcp", Action="execute-api:*")]]
    decision = decided(
        caller=caller,
        identity=() if caller == ROOT else allowing(),
        rcps=rcps,
        target=target,
        action=action,
    )
    layer = next(layer for layer in decision.explain().layers if layer.layer is Layer.RCP)
    assert layer.not_applicable == reason
    assert decision.outcome is (Outcome.ALLOW if reason else Outcome.EXPLICIT_DENY)
    assert decision.blocked_by == (set() if reason else {Layer.RCP})


@pytest.mark.rule("EVL-3")
def test_an_rcp_that_does_not_deny_lets_pass() -> None:
    rcps = [[denying("rcp", Action="s3:*")], []]
    assert decided(identity=allowing(), rcps=rcps, target={"rcps_cover_execute_api": True}).allowed
