"""A decision in AWS's words, for each layer."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Context, Decision, Layer, PolicyKind
from tests.engine.making import (
    ANN,
    INVOKE,
    PETS,
    SESSION,
    STRANGER,
    allowing,
    decided,
    denying,
    nothing,
    policy,
    stated,
)

ABOUT = f"perform: {INVOKE} on resource: {PETS}"
COVERED = {"rcps_cover_execute_api": True}


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("layers", "caller", "ending"),
    [
        ({}, ANN, f"because no identity-based policy allows the {INVOKE} action"),
        ({"identity": denying()}, ANN, "with an explicit deny in an identity-based policy"),
        (
            {"identity": allowing(), "boundary": nothing("boundary")},
            ANN,
            f"because no permissions boundary allows the {INVOKE} action",
        ),
        ({"boundary": denying("boundary")}, ANN, "with an explicit deny in a permissions boundary"),
        (
            {"identity": allowing(), "session": nothing("session")},
            SESSION,
            f"because no session policy allows the {INVOKE} action",
        ),
        ({"session": denying("session")}, SESSION, "with an explicit deny in a session policy"),
        (
            {"identity": allowing(), "scps": [[nothing("scp")]]},
            ANN,
            f"because no service control policy allows the {INVOKE} action",
        ),
        ({"scps": [[denying("scp")]]}, ANN, "with an explicit deny in a service control policy"),
        (
            {"rcps": [[denying("rcp", Action="execute-api:*")]], "target": COVERED},
            ANN,
            "with an explicit deny in a resource control policy",
        ),
        ({"identity": allowing()}, STRANGER, f"because no resource-based policy allows the {INVOKE} action"),
        ({"resource_policy": denying("resource")}, ANN, "with an explicit deny in a resource-based policy"),
        ({}, "anonymous", f"because no resource-based policy allows the {INVOKE} action"),
        (
            {"identity": allowing(), "vpc_endpoint": nothing("vpc_endpoint")},
            ANN,
            f"because no VPC endpoint policy allows the {INVOKE} action",
        ),
        ({"vpc_endpoint": denying("vpc_endpoint")}, ANN, "with an explicit deny in a VPC endpoint policy"),
    ],
    ids=str,
)
def test_a_denial_names_one_type_of_policy(layers: dict[str, Any], caller: str, ending: str) -> None:
    decision = decided(caller=caller, **layers)
    assert decision.message == f"User: {caller} is not authorized to {ABOUT} {ending}"


@pytest.mark.rule("MSG-1", "EVL-1")
def test_of_several_layers_the_first_is_named() -> None:
    decision = decided(identity=denying(), scps=[[denying("scp")]], resource_policy=denying("resource"))
    assert decision.message.endswith("with an explicit deny in a service control policy")
    decision = decided(caller=STRANGER, vpc_endpoint=nothing("vpc_endpoint"))
    assert decision.message.endswith(f"because no VPC endpoint policy allows the {INVOKE} action")


@pytest.mark.rule("MSG-1")
def test_the_message_of_an_allow() -> None:
    assert decided(identity=allowing()).message == f"User: {ANN} is authorized to {ABOUT}"


@pytest.mark.rule("MSG-1", "KEY-4")
def test_the_message_of_an_indeterminate_outcome_names_the_keys() -> None:
    condition = {
        "StringEquals": {"aws:userid": "a", "aws:username": "Ann"},
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"},
    }
    decision = decided(identity=allowing(Condition=condition))
    assert decision.message == f"Whether {ANN} is authorized to {ABOUT} depends on aws:SourceIp, aws:userid"


UNKNOWN = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}


@pytest.mark.rule("MSG-1", "KEY-4")
@pytest.mark.parametrize(
    ("layers", "named", "ending"),
    [
        ({"identity": allowing(Condition=UNKNOWN), "boundary": nothing("boundary")}, False, ""),
        ({"identity": allowing(Condition=UNKNOWN), "scps": [[nothing("scp")]]}, True, "service control policy"),
        ({"identity": nothing(), "boundary": allowing("boundary", Condition=UNKNOWN)}, True, "identity-based policy"),
        ({"identity": denying(), "scps": [[denying("scp", Condition=UNKNOWN)]]}, False, " with an explicit deny"),
        ({"identity": denying(Condition=UNKNOWN), "scps": [[denying("scp")]]}, True, "a service control policy"),
        ({"identity": denying()}, True, "an identity-based policy"),
        (
            {
                "identity": denying(),
                "vpc_endpoint": policy(
                    stated("Allow", Principal="*"),
                    stated("Deny", Principal="*", Condition=UNKNOWN),
                    kind="vpc_endpoint",
                ),
            },
            False,
            " with an explicit deny",
        ),
    ],
)
def test_no_type_is_named_where_an_unknown_key_decides_which(layers: dict[str, Any], named: bool, ending: str) -> None:
    decision = decided(context=Context({}, complete=False), **layers)
    assert decision.has_known_message is named
    if named:
        assert ending in decision.message
    else:
        assert decision.message == f"User: {ANN} is not authorized to {ABOUT}{ending}"
    full = Decision(decision.evaluation)
    assert (full.has_known_message, full.message) == (named, decision.message)


@pytest.mark.rule("MSG-1")
def test_the_headline_of_a_denial_lists_what_denies_for_certain() -> None:
    boundary, partial = nothing("boundary"), Context({}, complete=False)
    decision = decided(identity=allowing(Condition=UNKNOWN), boundary=boundary, context=partial)
    assert str(decision) == f"DENY (implicit): no permissions boundary allows {INVOKE}"
    decision = decided(identity=denying(), scps=[[denying("scp", Condition=UNKNOWN)]], context=partial)
    assert str(decision.explain()).startswith("DENY (explicit): a Deny applies in the identity-based policy\n")


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("layer", "type_"),
    [
        (Layer.IDENTITY, "identity-based policy"),
        (Layer.AUTHORIZER, "identity-based policy"),
        (Layer.RESOURCE, "resource-based policy"),
        (Layer.DOMAIN_NAME, "resource-based policy"),
        (Layer.BOUNDARY, "permissions boundary"),
        (Layer.SESSION, "session policy"),
        (Layer.SCP, "service control policy"),
        (Layer.RCP, "resource control policy"),
        (Layer.VPC_ENDPOINT, "VPC endpoint policy"),
    ],
)
def test_the_name_of_a_policy_type(layer: Layer, type_: str) -> None:
    assert layer.policy_type == type_
    assert PolicyKind(layer.value).value == layer.value
