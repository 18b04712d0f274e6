"""The two sides of a request, and what is refused of them."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Principal, RequestError, Target, UsageError
from execpolicy.literals import PolicyKindName
from tests.engine.making import (
    ANN,
    FEDERATED,
    ROLE,
    ROOT,
    SERVICE,
    SESSION,
    a_request,
    allowing,
    denying,
    nothing,
)
from tests.refused import Refusal, refused

CANNOT_HAVE = (
    "leave them out; of a service or an anonymous caller only the policies on the resource's side count, a root user "
    "has neither identity policies nor a boundary, and session policies belong to role sessions and federated users"
)


@pytest.mark.rule("EVL-1")
def test_a_caller_holds_what_it_was_given() -> None:
    identity, boundary, session, scp = (allowing(kind) for kind in ("identity", "boundary", "session", "scp"))
    caller = Caller(SESSION, identity=[identity], boundary=boundary, session=(session,), scps=[[scp], []])
    assert caller.principal == Principal.parse(SESSION)
    assert (caller.identity, caller.boundary, caller.session, caller.scps) == (
        (identity,), boundary, (session,), ((scp,), ()),
    )  # fmt: skip
    assert [*map(id, caller.policies)] == [*map(id, (identity, boundary, session, scp))]
    assert Caller(SESSION).policies == ()


@pytest.mark.rule("POL-2")
def test_one_policy_is_a_list_of_one() -> None:
    assert Caller(SESSION, identity=allowing(), session=allowing("session")) == Caller(
        Principal.parse(SESSION), identity=iter([allowing()]), session=[allowing("session")]
    )


def test_none_is_no_policy() -> None:
    missing: Any = None
    assert Caller(ANN, identity=missing, boundary=missing, session=missing, scps=missing) == Caller(ANN)
    assert Target(resource=missing, rcps=missing, vpc_endpoint=missing) == Target()


def test_a_target_holds_what_it_was_given() -> None:
    resource, endpoint, rcp = allowing("resource"), allowing("vpc_endpoint"), denying("rcp", Action="s3:*")
    target = Target(
        resource=resource, vpc_endpoint=endpoint, rcps=[[rcp]], management_account=True, rcps_cover_execute_api=True
    )
    assert (target.resource, target.vpc_endpoint, target.rcps) == (resource, endpoint, ((rcp,),))
    assert [*map(id, target.policies)] == [*map(id, (resource, rcp, endpoint))]
    assert Target(vpc_endpoint=endpoint).policies == (endpoint,)
    assert (target.management_account, target.rcps_cover_execute_api) == (True, True)


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"identity": "{}"}, "identity takes policies, found str"),
        ({"identity": b"{}"}, "identity takes policies, found bytes"),
        ({"identity": {}}, "identity takes policies, found dict"),
        ({"identity": 5}, "identity takes policies, found int"),
        ({"identity": [{}]}, "identity takes policies, found dict"),
        ({"boundary": [allowing("boundary")]}, "boundary takes policies, found a list of Policy"),
        ({"boundary": ()}, "boundary takes policies, found a tuple of nothing"),
        ({"scps": [[5]]}, "scps takes policies, found int"),
        ({"identity": allowing("session")}, "identity takes a policy of kind identity, session was read as session"),
        ({"boundary": allowing()}, "boundary takes a policy of kind boundary, identity was read as identity"),
        ({"scps": [[allowing()]]}, "scps takes a policy of kind scp, identity was read as identity"),
    ],
    ids=repr,
)
def test_a_policy_of_a_caller_is_of_the_kind_of_its_place(given: dict[str, Any], found: str) -> None:
    kind = {"scps": "scp"}.get(place := next(iter(given)), place)
    assert refused(UsageError, lambda: Caller(ANN, **given)) == Refusal(
        found, advice=f'parse it first: Policy.parse(document, kind="{kind}")', rule="POL-8"
    )


@pytest.mark.rule("POL-8")
@pytest.mark.parametrize(
    ("given", "found", "kind"),
    [
        (
            {"resource": allowing()},
            "resource takes a policy of kind resource, identity was read as identity",
            "resource",
        ),
        ({"vpc_endpoint": "{}"}, "vpc_endpoint takes policies, found str", "vpc_endpoint"),
        ({"rcps": [[allowing("scp")]]}, "rcps takes a policy of kind rcp, scp was read as scp", "rcp"),
    ],
    ids=repr,
)
def test_a_policy_of_a_target_is_of_the_kind_of_its_place(given: dict[str, Any], found: str, kind: str) -> None:
    assert refused(UsageError, lambda: Target(**given)) == Refusal(
        found, advice=f'parse it first: Policy.parse(document, kind="{kind}")', rule="POL-8"
    )


@pytest.mark.rule("EVL-2", "EVL-3")
@pytest.mark.parametrize(
    ("given", "found"),
    [
        (allowing("scp"), "Policy"),
        ([allowing("scp")], "a list of Policy"),
        ((allowing("scp"), []), "a tuple of Policy, list"),
        ("scp", "str"),
        ({}, "dict"),
        (5, "int"),
    ],
    ids=repr,
)
def test_levels_are_lists_of_lists(given: Any, found: str) -> None:
    expected = Refusal(
        "{} is a list of levels from the organization's root to the account, each a list of policies; found " + found,
        advice="for one level write {}=[[policy, …]]",
        rule="EVL-2",
    )
    for place, make in (("scps", lambda: Caller(ANN, scps=given)), ("rcps", lambda: Target(rcps=given))):
        assert refused(UsageError, make) == expected._replace(
            message=expected.message.format(place), advice=expected.advice.format(place)
        )


@pytest.mark.rule("EVL-8", "EVL-9")
@pytest.mark.parametrize(
    ("caller", "given", "refusal"),
    [
        (ROOT, ["identity"], "is of kind root: AWS evaluates no identity policy for it"),
        (ROOT, ["boundary"], "is of kind root: AWS evaluates no boundary policy for it"),
        (ROOT, ["identity", "boundary"], "is of kind root: AWS evaluates no identity or boundary policy for it"),
        (ROOT, ["session"], "is of kind root: AWS evaluates no session policy for it"),
        (
            Principal.parse(FEDERATED, federated_by=ROOT),
            ["identity", "boundary"],
            "is of kind federated-user: AWS evaluates no identity or boundary policy for it",
        ),
        (ANN, ["session"], "is of kind user: AWS evaluates no session policy for it"),
        (SERVICE, ["identity"], "is of kind service: AWS evaluates no identity policy for it"),
        (
            "anonymous",
            ["identity", "boundary", "session"],
            "is of kind anonymous: AWS evaluates no identity or boundary or session policy for it",
        ),
    ],
)
def test_policies_that_a_caller_cannot_have_are_refused(
    caller: str | Principal, given: list[PolicyKindName], refusal: str
) -> None:
    policies: dict[str, Any] = {kind: allowing(kind) for kind in given}
    assert refused(UsageError, lambda: Caller(caller, **policies)) == Refusal(
        f"{caller if isinstance(caller, str) else caller.arn} {refusal}", advice=CANNOT_HAVE, rule="EVL-8"
    )


@pytest.mark.rule("EVL-8")
@pytest.mark.parametrize(
    ("caller", "given"),
    [
        (ANN, ["identity", "boundary"]),
        (ROOT, []),
        (Principal.parse(FEDERATED, federated_by=ROOT), ["session"]),
        (SESSION, ["identity", "boundary", "session"]),
        (ROLE, ["identity", "boundary", "session"]),
        (FEDERATED, ["identity", "boundary", "session"]),
        (SERVICE, []),
    ],
)
def test_policies_that_a_caller_can_have_are_taken(caller: str | Principal, given: list[PolicyKindName]) -> None:
    policies: dict[str, Any] = {kind: allowing(kind) for kind in given}
    made = Caller(caller, **policies, scps=[[allowing("scp")]])
    assert {kind for kind in ("identity", "boundary", "session") if getattr(made, kind)} == set(given)


@pytest.mark.rule("PRN-3")
def test_a_caller_that_is_nobody_is_refused() -> None:
    wrong: Any = 5
    assert refused(RequestError, lambda: Caller(wrong)).message == "a principal is a text, found int"
    assert refused(RequestError, lambda: Caller("Ann")).underlined == "Ann"


@pytest.mark.rule("EVL-10")
@pytest.mark.parametrize("name", ["management_account", "rcps_cover_execute_api"])
def test_a_switch_is_true_or_false(name: str) -> None:
    wrong: dict[str, Any] = {name: "no"}
    with pytest.raises((UsageError, RequestError), match=name):
        Target(**wrong)


@pytest.mark.rule("EVL-1")
def test_policies_of_one_caller_do_not_apply_to_the_request_of_another() -> None:
    bound = Caller(ANN, identity=allowing(), boundary=nothing("boundary"))
    assert a_request(bound).caller is bound
    assert a_request(ANN).caller == Caller(ANN)
    assert bound != Caller(ANN, identity=allowing())
