"""assert_allowed, assert_denied, assert_status: what passes, what fails with which words, what is a misuse."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from execpolicy import (
    Api,
    Authorizer,
    Caller,
    Context,
    Decision,
    Domain,
    GatewayResponse,
    Layer,
    Mapped,
    Outcome,
    Policy,
    Request,
    Route,
    Target,
    UsageError,
    authorize,
)
from execpolicy.testing.assertions import assert_allowed, assert_denied, assert_status
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused
from tests.untyped import untyped

ANN = "arn:aws:iam::111122223333:user/Ann"
PETS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/{}/pets"
READS = """{
  "Statement": [
    {"Sid": "ReadPets", "Effect": "Allow", "Action": "execute-api:Invoke",
     "Resource": "arn:aws:execute-api:*:*:*/*/GET/*"},
    {"Sid": "NoHead", "Effect": "Deny", "Action": "execute-api:Invoke",
     "Resource": "arn:aws:execute-api:*:*:*/*/HEAD/*"},
    {"Effect": "Deny", "Action": "execute-api:Invoke",
     "Resource": "arn:aws:execute-api:*:*:*/*/TRACE/*"},
    {"Sid": "OptionsFromHome", "Effect": "Allow", "Action": "execute-api:Invoke",
     "Resource": "arn:aws:execute-api:*:*:*/*/OPTIONS/*",
     "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}
  ]
}"""


def decided(method: str = "GET", *, scp: str | None = None, **context: Any) -> Decision:
    reads = Policy.parse(READS, kind="identity", name="reads.json")
    scps = [[Policy.parse(scp, kind="scp", name="scp.json")]] if scp is not None else []
    caller = Caller(ANN, identity=reads, scps=scps)
    resource = PETS.format(method)
    return authorize(
        Request(caller=caller, action="execute-api:Invoke", resource=resource, context=Context({}, **context))
    )


def api(resource_policy: Any = None) -> Api:
    policy = Policy.parse(resource_policy, kind="resource", name="resource.json") if resource_policy else None
    routes = [Route("GET", "/pets", auth="AWS_IAM"), Route("DELETE", "/pets", auth="AWS_IAM"), Route("GET", "/health")]
    return small_api(
        routes=routes,
        resource_policy=policy,
    )


def answered(method: str = "GET", path: str = "/pets", *, signed: bool = True, policy: Any = None) -> GatewayResponse:
    reads = Policy.parse(READS, kind="identity", name="reads.json")
    return api(policy).invoke(method, path, caller=Caller(ANN, identity=reads) if signed else None)


OPEN = {"Statement": {"Sid": "Anybody", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
BY_ADDRESS = {
    "Statement": [
        {**OPEN["Statement"]},
        {
            "Sid": "NotFromThere",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "*",
            "Resource": "*",
            "Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        },
    ]
}


#: What a failure says of a call to a path that the API does not have.
NO_ROUTE = (
    "found 404 RESOURCE_NOT_FOUND, because the call has no route: no route has a path that matches "
    "`/pest`; if this is intended, expect no_route, or 404"
)


def failure(check: Callable[[], object]) -> list[str]:
    """The lines of a failed assertion."""
    with pytest.raises(AssertionError) as caught:
        check()
    return str(caught.value).split("\n")


@pytest.mark.parametrize("by", [None, "ReadPets", ["ReadPets"], ("ReadPets", Layer.IDENTITY), "identity", {"ReadPets"}])
def test_an_allow_by_what_allows_it(by: Any) -> None:
    assert_allowed(decided(), by=by)


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        (None, None),
        ("explicit", None),
        ("explicit_deny", "NoHead"),
        (Outcome.EXPLICIT_DENY, "identity"),
        (None, ["NoHead", Layer.IDENTITY]),
    ],
)
def test_an_explicit_denial(kind: Any, by: Any) -> None:
    assert_denied(decided("HEAD"), kind, by)


@pytest.mark.parametrize("kind", [None, "implicit", "implicit_deny", Outcome.IMPLICIT_DENY])
def test_an_implicit_denial(kind: Any) -> None:
    assert_denied(decided("PUT"), kind, by="identity")


def test_a_denial_that_ought_to_be_an_allow_shows_the_lines_of_the_policy() -> None:
    lines = failure(lambda: assert_allowed(decided("HEAD")))
    assert lines[0] == "expected an allow, found explicit_deny"
    assert lines[2] == "DENY (explicit): a Deny applies in the identity-based policy"
    assert "reads.json:5:5: Deny NoHead applies" in lines
    assert any(line.startswith("  6 | ") for line in lines)


def test_an_allow_that_ought_to_be_a_denial() -> None:
    lines = failure(lambda: assert_denied(decided()))
    assert lines[0] == "expected a denial, found allow"
    assert "reads.json:3:5: Allow ReadPets applies" in lines


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: assert_allowed(decided("PUT"), by="ReadPets"), 'expected an allow by "ReadPets", found implicit_deny'),
        (lambda: assert_allowed(decided(), by="NoHead"), 'expected an allow by "NoHead", found allow by "ReadPets"'),
        (
            lambda: assert_allowed(decided(), by=["ReadPets", "scp"]),
            'expected an allow by "ReadPets" and the layer scp, found that the layer identity allows it',
        ),
        (
            lambda: assert_allowed(decided("PUT"), by="ReadPet"),
            'expected an allow by "ReadPet", found implicit_deny; no policy that was evaluated has a statement '
            '"ReadPet": did you mean "ReadPets"?',
        ),
        (lambda: assert_denied(decided("HEAD"), "implicit"), "expected an implicit denial, found explicit_deny"),
        (lambda: assert_denied(decided("PUT"), "explicit"), "expected an explicit denial, found implicit_deny"),
        (
            lambda: assert_denied(decided("PUT"), by="NoHead"),
            'expected a denial by "NoHead", found implicit_deny, which no statement determines',
        ),
        (
            lambda: assert_denied(decided("TRACE"), by="NoHead"),
            'expected a denial by "NoHead", found explicit_deny by statements without a Sid',
        ),
        (
            lambda: assert_denied(decided("HEAD"), by="ReadPets"),
            'expected a denial by "ReadPets", found explicit_deny by "NoHead"',
        ),
        (
            lambda: assert_denied(decided("PUT"), "implicit", by=Layer.SCP),
            "expected an implicit denial by the layer scp, found that the layer identity denies it",
        ),
    ],
)
def test_what_a_failure_says_first(check: Callable[[], object], message: str) -> None:
    assert failure(check)[0] == message


def test_a_layer_that_blocks_beside_another_one() -> None:
    scp = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
    decision = decided("PUT", scp=scp)
    assert_denied(decision, "implicit", by=["scp", "identity"])
    assert failure(lambda: assert_denied(decision, by="resource"))[0] == (
        "expected a denial by the layer resource, found that the layers scp and identity deny it"
    )


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize(
    ("check", "expected"), [(assert_allowed, "expected an allow"), (assert_denied, "expected a denial")]
)
def test_what_depends_on_a_key_is_neither(check: Callable[[Decision], None], expected: str) -> None:
    lines = failure(lambda: check(decided("OPTIONS", complete=False)))
    assert lines[0] == (f"{expected}, found that it depends on aws:SourceIp: give it in the context")
    assert lines[2] == "INDETERMINATE: allowed or denied: aws:SourceIp is not known"


def test_a_call_that_gets_through() -> None:
    assert_allowed(answered(), by="ReadPets")
    assert_status(answered(), 200)
    assert_allowed(answered("GET", "/health", signed=False))


def test_every_policy_that_lets_a_call_in_counts() -> None:
    """Resource policy and identity policy of one account are one decision, of one gate."""
    assert_allowed(answered(policy=OPEN), by=["ReadPets", "Anybody", "resource"])


@pytest.mark.parametrize("kind", [None, "implicit", 403])
def test_a_call_that_policies_refuse(kind: Any) -> None:
    assert_denied(answered("DELETE"), kind, by="identity")


@pytest.mark.parametrize(
    ("check", "message"),
    [
        (lambda: assert_allowed(answered("DELETE")), "expected an allow, found 403 ACCESS_DENIED"),
        (lambda: assert_denied(answered()), "expected a denial, found 200"),
        (lambda: assert_denied(answered("DELETE"), 401), "expected a denial with 401, found 403 ACCESS_DENIED"),
        (lambda: assert_status(answered("DELETE"), 401), "expected the status 401, found 403 ACCESS_DENIED"),
        (
            lambda: assert_denied(answered("DELETE"), "explicit"),
            "expected an explicit denial, found 403 ACCESS_DENIED at the gate IAM, by an implicit deny",
        ),
        (
            lambda: assert_denied(answered(signed=False), "explicit"),
            "expected an explicit denial, found 403 MISSING_AUTHENTICATION_TOKEN at the gate signature, not by a "
            "policy",
        ),
        (
            lambda: assert_denied(answered(signed=False), by="identity"),
            "expected a denial by the layer identity, found that no layer denies it at the gate signature, not by a "
            "policy",
        ),
        (
            lambda: assert_denied(answered(signed=False), by="ReadPets"),
            'expected a denial by "ReadPets", found 403 MISSING_AUTHENTICATION_TOKEN, which no statement determines; '
            'no policy that was evaluated has a statement "ReadPets"',
        ),
        (
            lambda: assert_denied(answered("GET", "/pest")),
            f"expected a denial, {NO_ROUTE}",
        ),
        (
            lambda: assert_denied(answered("GET", "/pest"), 403),
            "expected a denial with 403, found 404 RESOURCE_NOT_FOUND",
        ),
        (
            lambda: assert_status(answered("GET", "/pest"), 403),
            "expected the status 403, found 404 RESOURCE_NOT_FOUND",
        ),
        (
            lambda: assert_denied(answered("GET", "/pest"), "implicit"),
            f"expected an implicit denial, {NO_ROUTE}",
        ),
        (
            lambda: assert_denied(answered("GET", "/pest"), gate="IAM"),
            "expected a denial at the gate IAM, found 404 RESOURCE_NOT_FOUND at the gate route, not by a policy",
        ),
        (
            lambda: assert_denied(answered("DELETE"), "no_route"),
            "expected a call without a route, found 403 ACCESS_DENIED at the gate IAM, by an implicit deny",
        ),
        (
            lambda: assert_status(answered("DELETE"), 403, gate="signature"),
            "expected the status 403 at the gate signature, found 403 ACCESS_DENIED at the gate IAM, by an implicit "
            "deny",
        ),
        (lambda: assert_denied(answered(), "no_route"), "expected a call without a route, found 200"),
        (lambda: assert_status(answered(), 200, gate="route"), "expected the status 200 at the gate route, found 200"),
    ],
)
def test_what_a_failure_says_of_a_call(check: Callable[[], object], message: str) -> None:
    assert failure(check)[0] == message


def test_a_call_without_a_route_is_refused_where_that_is_meant() -> None:
    unknown = answered("GET", "/pest")
    assert_denied(unknown, "no_route")
    assert_denied(unknown, "no_route", gate="route")
    assert_denied(unknown, 404, gate="route")
    assert_denied(unknown, gate="route")
    assert_status(unknown, 404, gate="route")
    http = small_api(type="HTTP", routes=[Route("GET", "/pets")])
    assert_denied(http.invoke("GET", "/pest"), 404)
    assert_status(http.invoke("GET", "/pest"), 404)
    assert "expect no_route, or 404" in failure(lambda: assert_denied(http.invoke("GET", "/pest")))[0]


@pytest.mark.rule("AUT-2", "AUT-3")
def test_an_authorizer_that_fails_is_no_guard() -> None:
    shop = small_api(
        routes=[Route("GET", "/pets", authorizer="tokens")],
        authorizers=[Authorizer("tokens", type="TOKEN", identity_sources="method.request.header.Auth")],
    )
    failed = shop.invoke("GET", "/pets", headers={"Auth": "x"}, authorizer_output="Unauthorised")
    assert failure(lambda: assert_denied(failed))[0].startswith(
        "expected a denial, found 500 AUTHORIZER_FAILURE, because the authorizer returns no usable output: "
    )
    assert_denied(failed, 500)
    assert_denied(failed, gate="authorizer")
    assert_denied(shop.invoke("GET", "/pets", headers={"Auth": "x"}, authorizer_output="Unauthorized"))


def test_a_stage_and_a_base_path_that_are_not_there_are_no_guard_either() -> None:
    domain = Domain("a.example.com", (Mapped("v1", "prod"),))
    shop = small_api(
        routes=[Route("GET", "/pets", auth="AWS_IAM")],
        domains=[domain],
    )
    own = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
    for host, path in (("a.example.com", "/v2/pets"), (own, "/pord/pets")):
        response = shop.invoke("GET", path, domain_name=host)
        assert_denied(response, "no_route")
        assert_denied(response, 403, gate="domain")
        said = failure(partial(assert_denied, response, 403))[0]
        assert 'expect no_route, or 403 with the gate "domain"' in said
        assert_denied(shop.invoke("GET", path.replace("pord", "prod").replace("v2", "v1"), domain_name=host), 403)


@pytest.mark.rule("KEY-4")
@pytest.mark.parametrize("check", [assert_allowed, assert_denied, lambda answer: assert_status(answer, 200)])
def test_an_answer_that_is_not_known_is_neither(check: Callable[[GatewayResponse], None]) -> None:
    response = api(BY_ADDRESS).invoke("GET", "/health", context=Context({}, complete=False))
    assert response.status is None
    lines = failure(lambda: check(response))
    depends = "it depends on aws:SourceIp"
    assert lines[0].endswith((f"{depends}: give it in the context", depends))
    assert lines[2] == "INDETERMINATE: allowed or refused (200 or 403): aws:SourceIp is not known"


@pytest.mark.rule("KEY-4")
def test_an_answer_that_is_not_known_without_a_policy() -> None:
    """A private custom domain, called through an endpoint of which nothing is told: no policy is asked."""
    policy = Policy.parse(OPEN, kind="domain_name")
    domain = Domain(
        "a.example.com", (Mapped("", "prod"),), id="abcd12", policy=policy, associated_endpoints=("vpce-1",)
    )
    private = small_api(
        endpoint="PRIVATE",
        stages=["prod"],
        routes=[Route("GET", "/pets")],
        resource_policy=Policy.parse(OPEN, kind="resource"),
        domains=[domain],
    )
    response = private.invoke("GET", "/pets", domain_name="a.example.com")
    assert response.status is None
    assert failure(lambda: assert_denied(response))[0] == (
        "expected a denial, found that it depends on aws:SourceVpce: give it in the context"
    )


def by_referer(**given: Any) -> GatewayResponse:
    """A call whose referer is not known, where a policy denies by it; the authorizer asks for the user agent."""
    denial = {**OPEN["Statement"], "Effect": "Deny", "Condition": {"StringEquals": {"aws:Referer": "x"}}}
    shop = small_api(
        routes=[Route("GET", "/l", authorizer="agent")],
        authorizers=[Authorizer("agent", type="REQUEST", identity_sources=["context.identity.userAgent"])],
        resource_policy=Policy.parse({"Statement": [OPEN["Statement"], denial]}, kind="resource"),
    )
    context = {"aws:SourceIp": "192.0.2.1", **given.pop("context", {})}
    return shop.invoke("GET", "/l", context=Context(context, complete=False), **given)


@pytest.mark.rule("GW-25")
def test_a_gate_that_asks_no_policy_is_denied_by_no_layer() -> None:
    response = by_referer(authorizer_output=Exception("Unauthorized"))
    assert response.statuses == (401, 403)
    assert_denied(response)
    assert failure(lambda: assert_denied(response, by="resource"))[0] == (
        "expected a denial by the layer resource, found that no layer denies it at the gate resource policy, first "
        "look, identity source or authorizer, which depends on aws:UserAgent and aws:referer"
    )


@pytest.mark.rule("GW-25")
def test_a_layer_that_each_gate_is_refused_by() -> None:
    silent = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    response = by_referer(
        context={"aws:UserAgent": "curl"}, authorizer_output={"principalId": "a", "policyDocument": silent}
    )
    gates = [step.gate for step in response.steps if not step.passed]
    assert gates == ["resource policy, first look", "authorizer"]
    assert_denied(response, by="resource")
    assert "the layer resource denies it" in failure(lambda: assert_denied(response, by="authorizer"))[0]


@pytest.mark.rule("KEY-4")
def test_a_call_that_is_denied_either_way() -> None:
    """Whatever the clock says, the call is refused; only whether explicitly is not known."""
    before = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}
    closed = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": before}
    response = answered("GET", "/health", policy={"Statement": closed})
    assert_denied(response)
    assert_denied(response, 403)
    assert failure(lambda: assert_denied(response, "explicit"))[0] == (
        "expected an explicit denial, found 403 ACCESS_DENIED at the gate resource policy, by an explicit or an "
        "implicit deny"
    )


A_RESULT = "give the result of authorize() or Api.invoke(), not its .allowed or .outcome"


@pytest.mark.parametrize(
    ("check", "message", "advice"),
    [
        (lambda: assert_allowed(True), "expected a Decision or a GatewayResponse, found a bool", A_RESULT),  # type: ignore[arg-type]  # a misuse
        (lambda: assert_denied(None), "expected a Decision or a GatewayResponse, found a NoneType", A_RESULT),  # type: ignore[arg-type]  # a misuse
        (
            lambda: assert_allowed(decided(), by="ReadPet"),
            'no policy that was evaluated has a statement "ReadPet": did you mean "ReadPets"?',
            "check the spelling, here and in the policy",
        ),
        (
            lambda: assert_denied(decided("HEAD"), by=["NoHead", "Nobody"]),
            'no policy that was evaluated has a statement "Nobody": use NoHead, OptionsFromHome or ReadPets',
            "check the spelling, here and in the policy",
        ),
        (
            lambda: assert_allowed(answered("GET", "/health", policy=OPEN), by="Nobody"),
            'no policy that was evaluated has a statement "Nobody": did you mean "Anybody"?',
            "check the spelling, here and in the policy",
        ),
        (
            lambda: assert_allowed(decided(), by=7),  # type: ignore[arg-type]  # a misuse
            "by is the Sid of a statement, a Layer or a list of them, found 7",
            'write by="PartnerRead", or by=Layer.SCP',
        ),
        (
            lambda: assert_allowed(decided(), by=[]),
            "by is an empty list",
            "give a Sid or a layer, or omit by",
        ),
        (
            lambda: assert_allowed(decided(), by=""),
            "by is the Sid of a statement, a Layer or a list of them, found ''",
            'write by="PartnerRead", or by=Layer.SCP',
        ),
        (
            lambda: assert_denied(decided("HEAD"), untyped("explict")),
            "kind is explicit, implicit or no_route, or the status of a response, found 'explict'",
            'did you mean "explicit"?',
        ),
        (
            lambda: assert_denied(decided("HEAD"), Outcome.ALLOW),
            "kind is explicit, implicit or no_route, or the status of a response, found <Outcome.ALLOW: 'allow'>",
            "use explicit, implicit or no_route",
        ),
        (
            lambda: assert_denied(decided("HEAD"), True),
            "kind is explicit, implicit or no_route, or the status of a response, found True",
            "",
        ),
        (
            lambda: assert_denied(decided("HEAD"), "no_route"),
            "a decision has no route, so no_route cannot be expected",
            "give the response of a call to an API",
        ),
        (
            lambda: assert_denied(decided("HEAD"), gate="route"),
            "a decision has no gates",
            "omit gate, or give the response of a call to an API",
        ),
        (
            lambda: assert_status(answered(), 200, gate=""),
            "gate is the name of a gate, found ''",
            'write it as the explanation does: gate="API key"',
        ),
        (
            lambda: assert_denied(decided("HEAD"), 403),
            "a decision has no status, so 403 cannot be expected",
            "use assert_allowed or assert_denied; a call to an API has a status",
        ),
        (
            lambda: assert_status(decided(), 200),  # type: ignore[arg-type]  # a misuse
            "a decision has no status, so 200 cannot be expected",
            "use assert_allowed or assert_denied; a call to an API has a status",
        ),
        (lambda: assert_denied(answered("DELETE"), 43), "a status is a number from 100 to 599, found 43", ""),
        (lambda: assert_status(answered(), "200"), "a status is a number from 100 to 599, found '200'", ""),  # type: ignore[arg-type]  # a misuse
    ],
)
def test_a_misuse_never_passes(check: Callable[[], object], message: str, advice: str) -> None:
    assert refused(UsageError, check) == Refusal(message, advice=advice)


def test_a_sid_that_is_called_as_a_layer_is() -> None:
    odd = Policy.parse(
        {"Statement": {"Sid": "identity", "Effect": "Allow", "Action": "*", "Resource": "*"}}, kind="identity"
    )
    decision = authorize(
        Request(caller=Caller(ANN, identity=odd), action="execute-api:Invoke", resource=PETS.format("GET")), Target()
    )
    assert_allowed(decision, by=Layer.IDENTITY)
    assert refused(UsageError, lambda: assert_allowed(decision, by="identity")) == Refusal(
        "by='identity' names a layer, and a statement of the policies too",
        advice="write by=Layer.IDENTITY for the layer, or give the statement another Sid",
    )


def test_a_sid_of_a_policy_that_has_no_say_is_known() -> None:
    """An SCP does not bind the management account: a statement in it is no slip of the pen."""
    from execpolicy import Principal

    statement = '{"Sid": "Everything", "Effect": "Allow", "Action": "*", "Resource": "*"}'
    scp = f'{{"Version": "2012-10-17", "Statement": {statement}}}'
    reads = Policy.parse(READS, kind="identity", name="reads.json")
    caller = Caller(
        Principal.parse(ANN, management_account=True), identity=reads, scps=[[Policy.parse(scp, kind="scp")]]
    )
    decision = authorize(Request(caller=caller, action="execute-api:Invoke", resource=PETS.format("GET")))
    assert failure(lambda: assert_allowed(decision, by="Everything"))[0] == (
        'expected an allow by "Everything", found allow by "ReadPets"'
    )
