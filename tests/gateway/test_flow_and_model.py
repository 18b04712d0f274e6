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
from tests.properties.test_assumptions import OTHER_READINGS as OF_POLICIES
from tests.properties.test_assumptions import rule_of
from tests.properties.worlds import HERE, OF_THE_APP, direct, documents
from tests.untyped import untyped

AT = 1_800_000_000
DOMAIN_ARN = f"arn:aws:execute-api:eu-west-1:{HERE}:/domainnames/{DOMAIN}+d1"
OWN_HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"
NORMALISED = {"/pets/": "/pets", "//pets": "/pets", "/%70ets": "/pets"}
FAILURES = {"Unauthorized": 401}


ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def rarely() -> st.SearchStrategy[bool]:
    return st.integers(0, 5).map(lambda drawn: drawn == 0)


def often_allowing(document: Document, **more: Any) -> st.SearchStrategy[Document]:
    """A policy, mostly with an Allow of everything, which few drawn ones have, or with a key that may not be known."""
    allow = {**ALLOW, **more}
    deny = {**allow, "Effect": "Deny", "Condition": {"StringEquals": {"aws:Referer": "https://example.com"}}}
    conditional = {**allow, "Condition": {"StringLike": {"aws:UserAgent": "curl*"}}}
    added = st.sampled_from([[], [allow], [allow], [allow, deny], [conditional]])
    return added.map(lambda statements: {**document, "Statement": [*document["Statement"], *statements]})


def hurdles(sent: Sent) -> st.SearchStrategy[str]:
    """What a gate besides the policies may refuse, of those that concern the call; most calls have nothing of it."""
    by_endpoint, by_internet = sent.by_domain and sent.private, sent.by_domain and not sent.private
    found = ["", "", "", "key", "limits", "mode"]
    found += ["association"] * by_endpoint + ["certificate"] * by_internet + ["own host"] * (not sent.by_domain)
    return st.sampled_from(found + ["cache"] * 4 * ("Cache-Control" in sent.headers))


@st.composite
def sent_calls(draw: st.DrawFn) -> Sent:
    """A call of which it is known how it comes, at a known time."""
    sent = draw(calls())
    context = {key: value for key, value in sent.context.items() if key not in ("aws:CurrentTime", "aws:EpochTime")}
    if sent.private:
        context = {**direct(context), "aws:SourceVpce": "vpce-1"}
    elif sent.caller is None or sent.caller.kind != "service":
        context.setdefault("aws:SourceIp", "203.0.113.9")
    if sent.caller is not None and sent.caller.kind == "anonymous":
        sent = sent._replace(caller=None)
    sent = sent._replace(
        context=context,
        identity=[draw(often_allowing(each)) for each in sent.identity],
        complete=draw(st.booleans()),
    )
    if sent.resource_policy is not None:
        sent = sent._replace(resource_policy=draw(often_allowing(sent.resource_policy, Principal="*")))
    if isinstance(sent.output, dict) and "policyDocument" in sent.output:
        returned = draw(often_allowing(sent.output["policyDocument"]))
        sent = sent._replace(output={**sent.output, "policyDocument": returned})
    if sent.private and draw(st.booleans()):
        of_endpoint = draw(often_allowing(draw(documents("vpc_endpoint", scene_of(sent))), Principal="*"))
        sent = sent._replace(endpoint_policy=of_endpoint)
    by_domain = draw(st.integers(0, 2)) == 0
    if sent.private and by_domain:
        of_domain = draw(documents("resource", scene_of(sent)._replace(resource=DOMAIN_ARN)))
        of_domain = draw(often_allowing(for_a_domain(of_domain), Principal="*"))
        sent = sent._replace(domain_policy=None if draw(rarely()) else of_domain)
    if not sent.complete:  # policies mostly ask for keys that were drawn; some of these are not known then
        known = draw(st.sets(st.sampled_from(sorted(sent.context)))) if sent.context else set()
        always = ("aws:SourceIp", "aws:SourceVpce", "aws:CalledVia", "aws:ViaAWSService")
        kept = {key: value for key, value in sent.context.items() if key in known or key in always}
        sent = sent._replace(context=kept)
    return sent._replace(by_domain=by_domain)


@st.composite
def gateway_calls(draw: st.DrawFn) -> tuple[Sent, GatewayCall]:
    """A call, and what the model knows of it."""
    sent = draw(sent_calls())
    hurdle = draw(hurdles(sent))
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
        certificate=draw(st.sampled_from([None, "valid", "absent"])),
        strict=hurdle == "mode",
        names_its_host=draw(st.booleans()),
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
