"""API Gateway's flow and a naive model of it agree on every generated call (GW-12 to GW-35)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from execpolicy import Api, CallOutcome, Context, Domain, Mapped, RequestError, Route, Stage
from execpolicy.gateway.flow.response import GatewayResponse
from execpolicy.gateway.model.stage import ApiKey
from tests.examples import of_quick
from tests.gateway.test_laws import (
    AUTHORIZERS,
    CACHED_POST,
    CLAIMS,
    DOMAIN,
    KEY,
    Sent,
    caller_of,
    calls,
    for_a_domain,
    parsed,
    scene_of,
)
from tests.model.evaluator import Document
from tests.model.gateway import GATES, GatewayCall, respond
from tests.properties.choices import BYTES, Choices
from tests.properties.test_assumptions import OTHER_READINGS as OF_POLICIES
from tests.properties.test_assumptions import rule_of
from tests.properties.worlds import HERE, OF_THE_APP, direct, draw_document
from tests.untyped import untyped

AT = 1_800_000_000
DOMAIN_ARN = f"arn:aws:execute-api:eu-west-1:{HERE}:/domainnames/{DOMAIN}+d1"
OWN_HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NORMALISED = {"/pets/": "/pets", "//pets": "/pets", "/%70ets": "/pets"}
FAILURES = {"Unauthorized": 401}


ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def often_allowing(choices: Choices, document: Document, **more: Any) -> Document:
    """A policy, mostly with an Allow of everything, which few drawn ones have, or with a key that may not be known."""
    allow = {**ALLOW, **more}
    deny = {**allow, "Effect": "Deny", "Condition": {"StringEquals": {"aws:Referer": "https://example.com"}}}
    conditional = {**allow, "Condition": {"StringLike": {"aws:UserAgent": "curl*"}}}
    added = choices.among(([], [allow], [allow], [allow, deny], [conditional]))
    return {**document, "Statement": [*document["Statement"], *added]}


def hurdle_of(choices: Choices, sent: Sent) -> str:
    """What a gate besides the policies may refuse, of those that concern the call; most calls have nothing of it."""
    by_endpoint, by_internet = sent.by_domain and sent.private, sent.by_domain and not sent.private
    found = ["", "", "", "key", "limits", "mode"]
    found += ["association"] * by_endpoint + ["certificate"] * by_internet + ["own host"] * (not sent.by_domain)
    return choices.among(found + ["cache"] * 4 * ("Cache-Control" in sent.headers))


def known_way(sent: Sent) -> Sent:
    """The call, of which it is known how it comes; its time is known otherwise."""
    context = {key: value for key, value in sent.context.items() if key not in ("aws:CurrentTime", "aws:EpochTime")}
    if sent.private:
        context = {**direct(context), "aws:SourceVpce": "vpce-1"}
    elif sent.caller is None or sent.caller.kind != "service":
        context.setdefault("aws:SourceIp", "203.0.113.9")
    if sent.caller is not None and sent.caller.kind == "anonymous":
        sent = sent._replace(caller=None)
    return sent._replace(context=context)


def less_known(choices: Choices, context: dict[str, Any]) -> dict[str, Any]:
    """Policies mostly ask for keys that were drawn; some of these are not known here."""
    always = ("aws:SourceIp", "aws:SourceVpce", "aws:CalledVia", "aws:ViaAWSService")
    return {key: value for key, value in context.items() if choices.either() or key in always}


@st.composite
def sent_calls(draw: st.DrawFn) -> Sent:
    """A call of which it is known how it comes, at a known time."""
    sent = known_way(draw(calls()))
    choices = Choices(draw(BYTES))
    sent = sent._replace(
        identity=[often_allowing(choices, each) for each in sent.identity],
        complete=choices.either(),
        by_domain=choices.one_in(3),
    )
    if sent.resource_policy is not None:
        sent = sent._replace(resource_policy=often_allowing(choices, sent.resource_policy, Principal="*"))
    if isinstance(sent.output, dict) and "policyDocument" in sent.output:
        returned = often_allowing(choices, sent.output["policyDocument"])
        sent = sent._replace(output={**sent.output, "policyDocument": returned})
    if sent.private and choices.either():
        of_endpoint = draw_document(draw, "vpc_endpoint", scene_of(sent))
        sent = sent._replace(endpoint_policy=often_allowing(choices, of_endpoint, Principal="*"))
    if sent.private and sent.by_domain and not choices.one_in(6):
        of_domain = for_a_domain(draw_document(draw, "resource", scene_of(sent)._replace(resource=DOMAIN_ARN)))
        sent = sent._replace(domain_policy=often_allowing(choices, of_domain, Principal="*"))
    return sent if sent.complete else sent._replace(context=less_known(choices, sent.context))


@st.composite
def gateway_calls(draw: st.DrawFn) -> tuple[Sent, GatewayCall]:
    """A call, and what the model knows of it."""
    sent = draw(sent_calls())
    choices = Choices(draw(BYTES))
    hurdle = hurdle_of(choices, sent)
    by_public_domain = sent.by_domain and not sent.private
    normalised = NORMALISED.get(sent.path, sent.path)
    path = sent.path if sent.readings.path == "as_sent" else normalised
    answer = sent.output["policyDocument"] if isinstance(sent.output, dict) and "policyDocument" in sent.output else 500
    if isinstance(sent.output, Exception):
        answer = FAILURES.get(str(sent.output), 500)
    more = {"execute-api:viaDomainArn": DOMAIN_ARN} if sent.private and sent.by_domain else {}
    cached = sent.method == "GET" or sent.path != "/"
    arn = f"arn:aws:execute-api:eu-west-1:{HERE}:a1b2c3/prod/{sent.method}"
    return sent, GatewayCall(
        auth=sent.auth.value,
        arn=arn + path,
        other_arn=arn + normalised,
        caller=sent.caller,
        identity=sent.identity,
        context={**sent.context, **more, "aws:CurrentTime": str(AT)},
        complete=sent.complete,
        resource_policy=sent.resource_policy,
        answer=answer,
        has_token=bool(sent.headers["Authorization"]),
        token_is_good=sent.auth.value != "JWT" or sent.claims == CLAIMS,
        both=sent.readings.endpoint_identity == "both",
        private=sent.private,
        endpoint_policy=sent.endpoint_policy,
        domain_arn=DOMAIN_ARN if sent.private and sent.by_domain else "",
        domain_policy=sent.domain_policy,
        is_associated=hurdle != "association",
        own_host_disabled=hurdle == "own host",
        by_public_domain=by_public_domain,
        needs_certificate=hurdle == "certificate",
        certificate=choices.among((None, "valid", "absent")),
        strict=hurdle == "mode",
        names_its_host=choices.either(),
        key_required=hurdle == "key",
        key_is_good=sent.headers.get("X-API-Key") == KEY,
        invalidates="Cache-Control" in sent.headers and cached,
        invalidation_needs_permission=hurdle == "cache",
        limits="throttled" if hurdle == "limits" else "within",
    )


def api_of(sent: Sent, call: GatewayCall) -> Api:
    authorizer = AUTHORIZERS.get(sent.auth)
    parts: dict[str, Any] = {
        "auth": sent.auth,
        "authorizer": None if authorizer is None else authorizer.name,
        "api_key_required": call.key_required,
    }
    mapped = [Mapped("", "prod")]
    if sent.private:
        endpoints = ["vpce-1"] if call.is_associated else ["vpce-2"]
        domain = Domain(DOMAIN, mapped, "d1", parsed("domain_name", call.domain_policy), associated_endpoints=endpoints)
    else:
        domain = Domain(DOMAIN, mapped, mutual_tls=call.needs_certificate)
    return Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account=HERE,
        endpoint="PRIVATE" if sent.private else "REGIONAL",
        endpoint_access_mode="STRICT" if call.strict else None,
        disable_execute_api_endpoint=call.own_host_disabled,
        routes=[Route("ANY", "/", **parts), Route("ANY", "/{proxy+}", **parts)],
        authorizers=[] if authorizer is None else [authorizer],
        stages=[Stage("prod", cache_needs_permission=call.invalidation_needs_permission, method_settings=CACHED_POST)],
        resource_policy=parsed("resource", call.resource_policy),
        api_keys=[ApiKey(KEY, ("prod",))],
        domains=[domain],
        readings=sent.readings,
    )


def host_of(sent: Sent, call: GatewayCall) -> str:
    return DOMAIN if sent.by_domain == call.names_its_host else OWN_HOST


def response_to(sent: Sent, call: GatewayCall) -> GatewayResponse:
    """The answer of the engine; a call whose outcome depends on a value that cannot be compared is no example."""
    certificate = call.certificate if call.by_public_domain and call.needs_certificate else None
    try:
        return api_of(sent, call).invoke(
            sent.method,
            sent.path,
            caller=caller_of(sent),
            headers={**sent.headers, "Host": host_of(sent, call)},
            context=Context(sent.context, complete=sent.complete, allow_unknown=OF_THE_APP),
            vpc_endpoint_policy=parsed("vpc_endpoint", sent.endpoint_policy),
            domain_name=DOMAIN if sent.by_domain else None,
            authorizer_output=sent.output,
            claims=sent.claims,
            client_certificate=untyped(certificate),
            limits=untyped(call.limits),
            at=AT,
        )
    except RequestError as error:
        assume(error.rule != "CND-15")
        raise


@pytest.mark.rule("GW-12", "GW-13", "GW-14", "GW-15", "GW-16", "GW-18", "GW-19", "GW-20", "GW-24", "GW-25")
@pytest.mark.rule("GW-30", "GW-31", "GW-33", "GW-35", "AUT-6", "AUT-9")
@of_quick(600)
@given(gateway_calls())
def test_the_flow_and_the_model_agree(drawn: tuple[Sent, GatewayCall]) -> None:
    sent, call = drawn
    response = response_to(sent, call)
    outcome, status = respond(call)
    event(f"{sent.auth.value}: {outcome} {status}")
    assert response.outcome.value == outcome
    if status is not None:
        assert response.status == status


#: The readings of the model of policies that concern calls to an API, and those of gates.
OTHER_READINGS = (*OF_POLICIES, *GATES)


@pytest.mark.rule("EVL-11", *dict.fromkeys(map(rule_of, OTHER_READINGS)))
@of_quick(300)
@given(gateway_calls(), st.lists(st.sampled_from(OTHER_READINGS), min_size=8, max_size=8, unique=True))
def test_an_outcome_that_another_reading_changes_names_the_assumption(
    drawn: tuple[Sent, GatewayCall], readings: list[str]
) -> None:
    sent, call = drawn
    response = response_to(sent, call)
    if response.outcome is CallOutcome.INDETERMINATE:
        return
    for reading in readings:
        if respond(call._replace(otherwise=reading))[0] != response.outcome.value:
            event(f"{reading} decides")
            assert rule_of(reading) in response.assumed, f"{reading}\n{response.explain().full()}"
