"""The laws that every API and every call to it obey, whatever their policies say (GW-13, GW-16, GW-25)."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from execpolicy import Caller, CallOutcome, Context, Policy, Request, RequestError, Target, UsageError, authorize
from execpolicy.api import Api
from execpolicy.document.syntax.wording import listed
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.authorizer import Authorizer, Issuer
from execpolicy.gateway.model.domain import Domain, Mapped
from execpolicy.gateway.model.method_settings import MethodSetting
from execpolicy.gateway.model.names import AuthType
from execpolicy.gateway.model.readings import ENDPOINT_IDENTITY_READINGS, PATH_READINGS, Readings
from execpolicy.gateway.model.route import Route
from execpolicy.gateway.model.stage import ApiKey, Stage
from execpolicy.literals import PolicyKindName, Signature
from tests.examples import of_quick
from tests.model.evaluator import Document
from tests.model.evaluator import Principal as ModelPrincipal
from tests.properties.choices import BYTES, Choices
from tests.properties.worlds import (
    HERE,
    IAM_KINDS,
    OF_THE_APP,
    Scene,
    a_document,
    contexts,
    direct,
    documents,
    draw_document,
    principal_of,
    principals,
    worlds,
)

LAWS = of_quick(100)

ANYBODY = ModelPrincipal("anonymous", None)
KEY = "a-key-of-at-least-thirty-characters"
DOMAIN = "orders.example.com"
ENDPOINT_KEYS = ("aws:SourceVpce", "aws:SourceVpc", "aws:VpcSourceIp")
ISSUER = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE"
POOL = f"arn:aws:cognito-idp:eu-west-1:{HERE}:userpool/eu-west-1_EXAMPLE"
CLAIMS: dict[str, object] = {"iss": ISSUER, "token_use": "id", "aud": "orders", "exp": 2_000_000_000, "iat": 1}

CACHED_POST = [MethodSetting("/{proxy+}", "POST", cached=True)]

AUTHORIZERS = {
    AuthType.CUSTOM: Authorizer("it", type="TOKEN", identity_sources=["method.request.header.Authorization"]),
    AuthType.COGNITO_USER_POOLS: Authorizer("it", type="COGNITO_USER_POOLS", user_pools=[POOL]),
    AuthType.JWT: Authorizer(
        "it",
        type="JWT",
        identity_sources=["method.request.header.Authorization"],
        issuers=[Issuer(ISSUER, ("orders",))],
    ),
}


class Sent(NamedTuple):
    """An API of one route, and a call to it."""

    auth: AuthType
    method: str
    path: str
    caller: ModelPrincipal | None
    identity: list[Document]
    context: dict[str, Any]
    complete: bool
    resource_policy: Document | None
    output: Any
    claims: dict[str, object]
    headers: dict[str, str]
    readings: Readings
    private: bool = False
    endpoint_policy: Document | None = None
    domain_policy: Document | None = None
    by_domain: bool = False
    key_required: bool = False
    cache_guarded: bool = False


def scene_of(sent: Sent) -> Scene:
    arn = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/{sent.method}{sent.path}"
    keys = [*sent.context, *sent.context, "aws:SourceIp", "aws:SourceVpce", "aws:PrincipalArn"]
    return Scene(sent.caller or ANYBODY, "execute-api:Invoke", arn, keys)


def an_answer(choices: Choices, scene: Scene) -> Any:
    """What a Lambda authorizer gives: mostly a policy, which speaks of nearly this call."""
    if choices.one_in(6):
        return choices.among((RuntimeError("Unauthorized"), RuntimeError("late"), "{}", {"isAuthorized": True}))
    return {"principalId": "ann", "policyDocument": a_document(choices, "identity", scene)}


def the_headers(choices: Choices) -> dict[str, str]:
    headers = {"Authorization": choices.among(("letmein", "letmein", ""))}
    if choices.either():
        headers["X-API-Key"] = choices.among((KEY, "another"))
    if choices.either():
        headers["Cache-Control"] = "max-age=0"
    return headers


def of_calls(choices: Choices, context: dict[str, Any], caller: ModelPrincipal | None, private: bool) -> dict[str, Any]:
    """The context of a call to an API of this kind."""
    if caller is None or caller.kind in ("anonymous", "service"):
        context = direct(context)  # no service makes a call for them
    if not private:
        # Calls through an endpoint reach no public API: their own law says so.
        return {key: value for key, value in context.items() if key not in ENDPOINT_KEYS}
    context = {key: value for key, value in context.items() if key != "aws:SourceIp"}
    if choices.either():
        context["aws:SourceVpce"] = "vpce-1"
    return direct(context) if any(key in context for key in ENDPOINT_KEYS) else context


@st.composite
def calls(draw: st.DrawFn, *, auth: AuthType | None = None, private: bool | None = None) -> Sent:
    choices = Choices(draw(BYTES))
    caller = draw(principals()) if choices.either() else None
    if caller is not None and caller.kind == "service":
        # Step Functions cannot make most of these calls (GW-29).
        caller = caller._replace(service="events.amazonaws.com")
    is_private = choices.either() if private is None else private
    sent = Sent(
        auth=choices.among(tuple(AuthType)) if auth is None else auth,
        method=choices.among(("GET", "POST")),
        path=choices.among(("/", "/pets", "/pets/7", "/pets/", "//pets", "/%70ets")),
        caller=caller,
        identity=[],
        context=of_calls(choices, draw(contexts()), caller, is_private),
        complete=choices.up_to(3) > 0,
        resource_policy=None,
        output=None,
        claims=choices.among((CLAIMS, CLAIMS, {**CLAIMS, "aud": "others"})),
        headers=the_headers(choices),
        readings=Readings(choices.among(PATH_READINGS), choices.among(ENDPOINT_IDENTITY_READINGS)),
        private=is_private,
    )
    scene = scene_of(sent)
    if caller is not None and caller.kind in IAM_KINDS and not caller.acts_as_root():
        sent = sent._replace(identity=choices.listed(lambda: draw_document(draw, "identity", scene), 0, 2))
    policy = draw_document(draw, "resource", scene) if choices.up_to(4) else None
    return sent._replace(output=an_answer(Choices(draw(BYTES)), scene), resource_policy=policy)


def parsed(kind: PolicyKindName, document: Document | None) -> Policy | None:
    return None if document is None else Policy.parse(document, kind=kind)


def api_of(sent: Sent) -> Api:
    authorizer = AUTHORIZERS.get(sent.auth)
    parts: dict[str, Any] = {
        "auth": sent.auth,
        "authorizer": None if authorizer is None else authorizer.name,
        "api_key_required": sent.key_required,
    }
    domain_policy = parsed("domain_name", sent.domain_policy)
    domain = Domain(DOMAIN, (Mapped("", "prod"),), "d1", domain_policy, associated_endpoints=("vpce-1",))
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=HERE,
        endpoint="PRIVATE" if sent.private else "REGIONAL",
        routes=[Route("ANY", "/", **parts), Route("ANY", "/{proxy+}", **parts)],
        authorizers=[] if authorizer is None else [authorizer],
        stages=[Stage("prod", cache_needs_permission=sent.cache_guarded, method_settings=CACHED_POST)],
        resource_policy=parsed("resource", sent.resource_policy),
        api_keys=[ApiKey(KEY, ("prod",))],
        domains=[domain] if sent.by_domain else [],
        readings=sent.readings,
    )


def caller_of(sent: Sent) -> Caller | None:
    if sent.caller is None:
        return None
    return Caller(principal_of(sent.caller), identity=[Policy.parse(one, kind="identity") for one in sent.identity])


def response_to(sent: Sent, *, timed: bool = True) -> GatewayResponse | None:
    """The answer; None where a value of the context is one that its operator cannot compare (CND-15)."""
    time_told = any(key in sent.context for key in ("aws:CurrentTime", "aws:EpochTime"))
    try:
        return api_of(sent).invoke(
            sent.method,
            sent.path,
            caller=caller_of(sent),
            headers=sent.headers,
            context=Context(sent.context, complete=sent.complete, allow_unknown=OF_THE_APP),
            vpc_endpoint_policy=parsed("vpc_endpoint", sent.endpoint_policy),
            domain_name=DOMAIN if sent.by_domain else None,
            authorizer_output=sent.output,
            claims=sent.claims,
            at=1_800_000_000 if timed and not time_told else None,
        )
    except RequestError as error:
        if error.rule != "CND-15":
            raise
        return None


def is_denied(sent: Sent) -> bool:
    """Whether the call surely gets an answer of API Gateway itself."""
    response = response_to(sent)
    return response is not None and response.outcome is CallOutcome.DENIED


def with_statements(document: Document | None, statements: list[Document]) -> Document:
    """The policy with more statements."""
    own = [] if document is None else document["Statement"]
    return {**(document or {}), "Statement": [*(own if isinstance(own, list) else [own]), *statements]}


# A Deny


@st.composite
def sure_denies(draw: st.DrawFn, sent: Sent) -> Document:
    """A statement that denies this very call, whoever makes it."""
    arn = scene_of(sent).resource
    short = "execute-api:/" + arn.partition("/")[2]
    statement = {
        "Effect": "Deny",
        "Principal": draw(st.sampled_from(["*", {"AWS": "*"}, {"AWS": [HERE, "*"]}])),
        "Action": draw(st.sampled_from(["execute-api:Invoke", "Execute-API:inv*", "*", ["s3:Get*", "execute-api:*"]])),
        "Resource": draw(st.sampled_from(["*", arn, [arn, "x"], f"{arn[:-1]}*", short, "execute-api:/*"])),
    }
    conditions: list[Document] = [
        {},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"Null": {"aws:SourceVpcArn": "true"}, "StringNotLike": {"aws:ResourceAccount": "9*"}},
    ]
    condition = draw(st.sampled_from(conditions))
    return {**statement, "Condition": condition} if condition else statement


@pytest.mark.rule("GW-12", "GW-13", "GW-14", "GW-15", "GW-16", "AUT-9")
@LAWS
@given(st.data())
def test_a_resource_policy_deny_never_yields_200(data: st.DataObject) -> None:
    sent = data.draw(calls())
    # A normalised path is another ARN: the statement would have to name that one.
    sent = sent._replace(readings=sent.readings._replace(path="as_sent"))
    sent = sent._replace(resource_policy=with_statements(sent.resource_policy, [data.draw(sure_denies(sent))]))
    response = response_to(sent)
    assert response is None or response.outcome is CallOutcome.DENIED


@pytest.mark.rule("GW-12", "GW-13", "GW-14", "GW-15", "GW-16", "AUT-9", "EVL-12")
@LAWS
@given(st.data())
def test_a_deny_added_to_the_resource_policy_never_turns_a_denial_into_a_pass(data: st.DataObject) -> None:
    sent = data.draw(calls())
    # A private API without a policy denies all calls: any policy is more than none.
    assume(sent.resource_policy is not None or not sent.private)
    drawn = data.draw(documents("resource", scene_of(sent)))["Statement"]
    denies = [{**statement, "Effect": "Deny"} for statement in drawn]
    before = is_denied(sent)
    response = response_to(sent._replace(resource_policy=with_statements(sent.resource_policy, denies)))
    if before and response is not None:
        assert response.outcome is CallOutcome.DENIED


# Gates


def assert_no_laxer(sent: Sent, with_gate: Sent) -> None:
    """A call that is denied is denied with one gate more; one that passes with it passes without."""
    without, guarded = response_to(sent), response_to(with_gate)
    if without is not None and guarded is not None:
        if without.outcome is CallOutcome.DENIED:
            assert guarded.outcome is CallOutcome.DENIED
        if guarded.status == 200:
            assert without.status == 200


@pytest.mark.rule("AUT-6", "GW-25")
@LAWS
@given(calls())
def test_adding_an_api_key_never_turns_a_denial_into_a_pass(sent: Sent) -> None:
    assert_no_laxer(sent, sent._replace(key_required=True))


@pytest.mark.rule("GW-24", "GW-25")
@LAWS
@given(calls())
def test_asking_for_a_permission_to_invalidate_the_cache_never_turns_a_denial_into_a_pass(sent: Sent) -> None:
    assert_no_laxer(sent, sent._replace(cache_guarded=True))


@pytest.mark.rule("GW-18", "GW-19", "GW-25", "EVL-7")
@LAWS
@given(st.data())
def test_adding_an_endpoint_policy_never_turns_a_denial_into_a_pass(data: st.DataObject) -> None:
    sent = data.draw(calls(private=True))
    assert_no_laxer(sent, sent._replace(endpoint_policy=data.draw(documents("vpc_endpoint", scene_of(sent)))))


@pytest.mark.rule("GW-19")
@LAWS
@given(calls(private=True))
def test_a_private_api_without_a_resource_policy_lets_nobody_in(sent: Sent) -> None:
    response = response_to(sent._replace(resource_policy=None))
    assert response is not None
    assert response.status == 403


def for_a_domain(document: Document) -> Document:
    """The document without NotPrincipal, which a domain's policy does not have."""
    statements = [
        {("Principal" if name == "NotPrincipal" else name): value for name, value in statement.items()}
        for statement in document["Statement"]
    ]
    return {**document, "Statement": statements}


@pytest.mark.rule("GW-20", "GW-25")
@LAWS
@given(st.data())
def test_a_private_domain_and_its_policy_never_turn_a_denial_into_a_pass(data: st.DataObject) -> None:
    sent = data.draw(calls(private=True))
    arn = f"arn:aws:execute-api:eu-west-1:{HERE}:/domainnames/{DOMAIN}+d1"
    drawn = data.draw(documents("resource", scene_of(sent)._replace(resource=arn)))
    by_domain = sent._replace(by_domain=True, domain_policy=for_a_domain(drawn))
    assert_no_laxer(sent, by_domain)
    bare = response_to(by_domain._replace(domain_policy=None))
    assert bare is None or bare.outcome is CallOutcome.DENIED
    assert_no_laxer(by_domain, by_domain._replace(endpoint_policy=data.draw(documents("vpc_endpoint", scene_of(sent)))))


@pytest.mark.rule("GW-13", "GW-18")
@LAWS
@given(calls(auth=AuthType.AWS_IAM), st.sampled_from(["invalid", "expired"]))
def test_aws_iam_never_lets_in_a_call_without_a_valid_signature(sent: Sent, signature: Signature) -> None:
    assume(not sent.private or sent.resource_policy is not None)
    assume(sent.private or not any(key in sent.context for key in ENDPOINT_KEYS))
    # Of a public API whose call may come through an endpoint the message is not known (GW-19).
    assume(sent.private or sent.complete or "aws:SourceIp" in sent.context)
    api, caller = api_of(sent), caller_of(sent)
    context = Context(sent.context, complete=sent.complete, allow_unknown=OF_THE_APP)
    unsigned = api.invoke(sent.method, sent.path, context=context)
    assert (unsigned.status, unsigned.message) == (403, "Missing Authentication Token")
    bad = api.invoke(
        sent.method,
        sent.path,
        caller=caller,
        signature=signature,
        context=context,
    )
    assert bad.status == 403
    assert bad.decision is None


# invoke and authorize


def of_an_endpoint(context: Mapping[str, Any]) -> dict[str, Any]:
    """What a call through a VPC endpoint tells (GW-19)."""
    return {
        "aws:SourceVpce": "vpce-1",
        **{key: value for key, value in direct(context).items() if key != "aws:SourceIp"},
    }


def of_the_internet(context: Mapping[str, Any]) -> dict[str, Any]:
    """What any other call tells."""
    told = {key: value for key, value in context.items() if key not in ENDPOINT_KEYS}
    return {"aws:SourceIp": "203.0.113.9", **told}


@pytest.mark.rule("GW-13", "GW-18", "EVL-7")
@LAWS
@given(st.data())
def test_invoke_agrees_with_authorize_for_aws_iam(data: st.DataObject) -> None:
    world, private = data.draw(worlds()), data.draw(st.booleans())
    assume(world.principal.kind != "anonymous" and "/$default/" not in world.resource)  # of an HTTP API
    scene = Scene(world.principal, "execute-api:Invoke", world.resource, [*world.context, "aws:SourceVpce"])
    told = of_an_endpoint(world.context) if private else of_the_internet(world.context)
    told = {key: value for key, value in told.items() if key != "aws:TagKeys"}  # GW-23
    context = Context(told, complete=world.complete, allow_unknown=OF_THE_APP)
    resource, endpoint = parsed("resource", world.resource_policy), None
    if private:
        endpoint = parsed("vpc_endpoint", data.draw(documents("vpc_endpoint", scene)))
        resource = resource or parsed("resource", data.draw(documents("resource", scene)))
    # The ARN is taken apart and put together by hand.
    account, rest = world.resource.split(":", 5)[4:]
    api_id, stage, method, path = rest.split("/", 3)
    assume(stage != "$default")  # which no REST API has
    caller = Caller(
        principal_of(world.principal),
        identity=[Policy.parse(one, kind="identity") for one in world.identity],
        boundary=parsed("boundary", world.boundary),
        session=[Policy.parse(one, kind="session") for one in world.session],
        scps=[[Policy.parse(one, kind="scp") for one in level] for level in world.scps],
    )
    api = Api(
        id=api_id,
        type="REST",
        region="eu-west-1",
        account=account,
        endpoint="PRIVATE" if private else "REGIONAL",
        stages=[stage],
        routes=[Route("ANY", "/", auth="AWS_IAM"), Route("ANY", "/{proxy+}", auth="AWS_IAM")],
        resource_policy=resource,
    )
    request = Request(caller=caller, action="execute-api:Invoke", resource=world.resource, context=context)
    try:
        response = api.invoke(method, f"/{path}", caller=caller, context=context, vpc_endpoint_policy=endpoint)
        decision = authorize(request, Target(resource=resource))
        together = authorize(request, Target(resource=resource, vpc_endpoint=endpoint))
    except RequestError as error:
        assume(error.rule not in ("CND-15", "GW-29"))
        raise
    assert response.arn == world.resource
    assert (response.status == 200) is together.allowed
    found = next((step.decision for step in response.steps if step.gate == "IAM"), None)
    if found is None:
        assert [step.gate for step in response.steps if step.passed is False] == ["VPC endpoint"]
        return
    assert found.outcome is decision.outcome
    assert found.blocked_by == decision.blocked_by
    assert found.determining_statements == decision.determining_statements
    assert found.missing_keys == decision.missing_keys
    assert found.assumed == decision.assumed


# Calls that reach no API, and calls without a token


@pytest.mark.rule("GW-19")
@LAWS
@given(calls(private=False), st.sampled_from(ENDPOINT_KEYS))
def test_no_call_through_an_endpoint_reaches_a_public_api(sent: Sent, key: str) -> None:
    context = {name: value for name, value in sent.context.items() if name != "aws:SourceIp"}
    response = response_to(sent._replace(context={**context, key: "10.0.0.1"}))
    assume(response is not None)
    assert response is not None
    assert (response.status, response.message) == (403, "Forbidden")
    assert [step.gate for step in response.steps] == ["VPC endpoint"]


@pytest.mark.rule("AUT-4")
@LAWS
@given(st.data(), st.sampled_from([AuthType.COGNITO_USER_POOLS, AuthType.JWT]))
def test_no_claims_stand_in_for_a_token(data: st.DataObject, auth: AuthType) -> None:
    sent = data.draw(calls(auth=auth))
    headers = {name: value for name, value in sent.headers.items() if name != "Authorization"}
    response = response_to(sent._replace(headers=headers))
    assume(response is not None)
    assert response is not None
    assert not response.allowed
    assert [step.passed for step in response.steps][-1] is False


# What is not known


ADDRESSES = ["203.0.113.9", "198.51.100.1"]


def contrary_to(sent: Sent) -> tuple[str, ...]:
    """The keys that contradict the kind of API (GW-19)."""
    return ("aws:SourceIp",) if sent.private else ENDPOINT_KEYS


@st.composite
def calls_of_which_little_is_known(draw: st.DrawFn) -> Sent:
    """A call that may come to gates of every kind, with a context that tells little."""
    sent = draw(calls())
    choices = Choices(draw(BYTES))
    kept = (key for key in sent.context if choices.either() and key not in contrary_to(sent))
    context = {key: sent.context[key] for key in kept}
    scene = scene_of(sent)
    sent = sent._replace(
        context=context,
        complete=choices.either(),
        key_required=choices.one_in(4),
        cache_guarded=choices.either(),
        claims=choices.among((CLAIMS, {**CLAIMS, "exp": 1}, {**CLAIMS, "aud": "others"})),
    )
    if sent.private and choices.either():
        sent = sent._replace(endpoint_policy=draw_document(draw, "vpc_endpoint", scene))
    if sent.private and choices.either():
        sent = sent._replace(by_domain=True, domain_policy=for_a_domain(draw_document(draw, "resource", scene)))
    return sent


@pytest.mark.rule("GW-25", "KEY-4")
@LAWS
@given(st.data())
def test_whatever_is_not_known_never_leads_to_another_answer(data: st.DataObject) -> None:
    """To tell more of a call can only rule out answers."""
    sent = data.draw(calls_of_which_little_is_known())
    # What need not be there counts as absent in a complete context: of that only what every call has can be told.
    # That a service makes the call for its caller is not taken for possible (KEY-9).
    may_be_there = {} if sent.complete else {**direct(data.draw(contexts())), "aws:UserAgent": "curl"}
    assume(not sent.private or direct(sent.context) == sent.context)
    key, values = ("aws:SourceVpce", ["vpce-1", "vpce-2"]) if sent.private else ("aws:SourceIp", ADDRESSES)
    address = {key: data.draw(st.sampled_from(values))}
    if sent.complete and not sent.private and sent.caller is not None and sent.caller.kind == "service":
        address = {}  # a call of a service as itself has no address, unless one is given (KEY-4)
    told = {**may_be_there, **address, **sent.context}
    contrary = contrary_to(sent)
    if "aws:SecureTransport" not in sent.context:
        contrary = (*contrary, "aws:SecureTransport")  # known to be true if it is not given (KEY-3)
    more = {name: value for name, value in told.items() if name not in contrary}
    before = response_to(sent, timed=data.draw(st.booleans()))
    after = response_to(sent._replace(context=more, complete=sent.complete or data.draw(st.booleans())))
    assume(before is not None and after is not None)
    assert before is not None
    assert after is not None
    assert set(after.statuses) <= set(before.statuses)
    assert before.outcome in (after.outcome, CallOutcome.INDETERMINATE)
    if before.response_type is not None:
        assert after.response_type is before.response_type
    if before.status is not None and before.body_key:
        assert (after.message, after.body) == (before.message, before.body)
    if before.refused_by is not None:
        assert after.refused_by is not None
        assert after.refused_by.gate == before.refused_by.gate


# Responses as values


@pytest.mark.rule("EVL-11")
@LAWS
@given(calls())
def test_a_response_can_be_pickled_with_its_decisions(sent: Sent) -> None:
    response = response_to(sent)
    assume(response is not None)
    assert response is not None
    again = pickle.loads(pickle.dumps(response))
    assert again == response
    assert again.to_dict() == response.to_dict()
    assert str(again.explain().full()) == str(response.explain().full())


@pytest.mark.rule("EVL-11")
@LAWS
@given(calls())
def test_every_response_can_be_told(sent: Sent) -> None:
    response = response_to(sent)
    assume(response is not None)
    assert response is not None
    assert response.allowed is (response.status == 200)
    gates = [step.passed for step in response.steps]
    assert gates.count(False) == (1 if response.outcome is CallOutcome.DENIED else 0)
    assert (None in gates) is (response.outcome is CallOutcome.INDETERMINATE) or response.outcome is CallOutcome.DENIED
    assert response.statuses == ((response.status,) if response.status is not None else response.statuses)
    assert (response.status is None) is (len(response.statuses) > 1)
    if response.status == 200:
        assert set(gates) == {True}
    assert (response.refused_by is not None) is (False in gates and None not in gates)
    assert response.decision == (response.refused_by.decision if response.refused_by is not None else None)
    lines = str(response.explain().full()).splitlines()
    statuses = listed(map(str, response.statuses))
    headline = {
        CallOutcome.ALLOWED: "ALLOW: ",
        CallOutcome.INDETERMINATE: "INDETERMINATE: allowed or refused (200 or ",
        CallOutcome.DENIED: f"DENY: {statuses}: " if response.status is None else str(response.status),
    }
    assert lines[0].startswith(headline[response.outcome])
    assert all(any(step.detail in line for line in lines) for step in response.steps)
    assert "<script" not in response.explain().html() + response.explain().full().html()


def test_a_response_has_no_truth_value() -> None:
    api = Api(id="a1b2c3", type="REST", region="eu-west-1", account=HERE, stages=["prod"], routes=[Route("GET", "/")])
    response = api.invoke("GET", "/")
    with pytest.raises(UsageError, match="a GatewayResponse is neither true nor false") as caught:
        bool(response)
    assert caught.value.advice == "use response.allowed: a response that is a refusal would count as true"
    with pytest.raises(UsageError):
        assert response
