"""The fluent scenario: what each step does, what is refused with which advice, and what a result says."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from execpolicy import (
    Api,
    ApiKey,
    AuthorizerCache,
    Caller,
    Context,
    ExecPolicyError,
    Policy,
    Principal,
    Route,
    UsageError,
)
from execpolicy.errors import PolicySyntaxError, RequestError
from execpolicy.testing.checked import Checked
from execpolicy.testing.coverage import StatementCoverage
from execpolicy.testing.scenario import Scenario
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused
from tests.untyped import untyped

ANN = "arn:aws:iam::111122223333:user/Ann"
SESSION = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
MFA = "aws:MultiFactorAuthPresent"
ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"


def allow(sid: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Statement": {"Sid": sid, "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": resource, **more}}


def deny(sid: str, **more: Any) -> dict[str, Any]:
    statement = allow(sid, **more)["Statement"]
    return {"Statement": [allow("Rest", **more)["Statement"], {**statement, "Effect": "Deny"}]}


READS = allow("Reads", "arn:aws:execute-api:*:*:*/*/GET/*")
API = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod", "test"],
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
    "routes": {
        "ANY /orders": {"auth": "AWS_IAM"},
        "GET /lists/{id}": {"authorizer": "tokens"},
        "GET /health": {"auth": "NONE"},
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project: a folder of tests with a policy of its own, and files beside it."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "policies").mkdir()
    (tmp_path / "orders.api.json").write_text(json.dumps(API), "utf-8")
    (tmp_path / "policies" / "reads.json").write_text(json.dumps(READS, indent=1), "utf-8")
    (tmp_path / "tests" / "own.json").write_text(json.dumps(allow("Own")), "utf-8")
    return tmp_path


@pytest.fixture
def scenario(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    monkeypatch.chdir(folder)
    return Scenario(folder / "tests", folder).api("orders.api.json", stage="prod")


def test_a_scenario_is_built_step_by_step(scenario: Scenario) -> None:
    ann = scenario.acting_as(ANN).policies(identity="policies/reads.json")
    checked = ann.get("/orders").assert_allowed(by="Reads").assert_status(200)
    assert isinstance(checked, Checked)
    assert (checked.allowed, checked.status) == (True, 200)
    assert checked.response is not None
    assert checked.decision is None
    refused = ann.delete("/orders").assert_denied("implicit", by="identity").assert_status(403, gate="IAM")
    assert refused.decision is not None


def test_steps_change_nothing_that_was_there(scenario: Scenario) -> None:
    ann = scenario.acting_as(ANN)
    ann.policies(identity=READS).get("/orders").assert_allowed()
    ann.get("/orders").assert_denied("implicit")
    scenario.get("/orders").assert_status(403)
    with pytest.raises(AttributeError, match="Scenario is immutable: _who cannot be set"):
        ann._who = None


def test_files_are_found_in_the_first_folder_that_has_them(scenario: Scenario, folder: Path) -> None:
    scenario.acting_as(ANN).policies(identity="own.json").get("/orders").assert_allowed(by="Own")
    scenario.acting_as(ANN).policies(identity=folder / "tests" / "own.json").get("/orders").assert_allowed(by="Own")


def test_a_file_is_named_from_the_current_folder(scenario: Scenario) -> None:
    told = scenario.acting_as(ANN).policies(identity="../policies/reads.json").put("/orders").explain()
    assert "policies/reads.json:2:15: Allow Reads does not apply" in told


def test_a_file_outside_of_the_current_folder_has_its_whole_name(
    scenario: Scenario, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "policies")
    told = scenario.acting_as(ANN).policies(identity="own.json").get("/orders").explain()
    assert f"{folder}/tests/own.json:1:15: Allow Own applies" in told


@pytest.mark.parametrize(
    "given",
    [
        READS,
        json.dumps(READS),
        json.dumps(READS).encode(),
        Policy.parse(READS, kind="identity"),
        [READS],
        (allow("Other"), READS),
        "policies/reads.json",
        Path("policies/reads.json"),
    ],
)
def test_a_policy_comes_in_many_forms(scenario: Scenario, given: Any) -> None:
    scenario.acting_as(ANN).policies(identity=given).get("/orders").assert_allowed(by="Reads")


def test_every_place_of_a_policy(scenario: Scenario) -> None:
    clerk = scenario.acting_as(SESSION).policies(identity=allow("Everything"))
    clerk.get("/orders").assert_allowed()
    clerk.policies(boundary=allow("NoOrders", "arn:aws:s3:::*")).get("/orders").assert_denied(by="boundary")
    clerk.policies(session=allow("NoOrders", "arn:aws:s3:::*")).get("/orders").assert_denied(by="session")
    version = {"Version": "2012-10-17"}
    clerk.policies(scps={**version, **allow("NoOrders", "arn:aws:s3:::*")}).get("/orders").assert_denied(by="scp")
    levels = [[{**version, **allow("All")}], [{**version, **deny("Nothing")}]]
    clerk.policies(scps=levels).get("/orders").assert_denied("explicit", by="Nothing")
    clerk.policies(resource=deny("Closed", Principal="*")).get("/orders").assert_denied("explicit", by="Closed")


def test_a_resource_policy_takes_the_place_of_the_apis_own(scenario: Scenario) -> None:
    assert isinstance(scenario._api, Api)
    closed = Api(
        **{
            **scenario._api.__getstate__(),
            "resource_policy": Policy.parse(deny("Closed", Principal="*"), kind="resource"),
        }  # type: ignore[arg-type]  # what the API itself was made of
    )
    scenario.api(closed).get("/health").assert_denied("explicit", by="Closed")
    scenario.api(closed).policies(resource=allow("Open", Principal="*")).get("/health").assert_allowed(by="Open")


def test_the_policy_of_an_endpoint() -> None:
    private = small_api(
        endpoint="PRIVATE",
        stages=["prod"],
        routes=[Route("GET", "/")],
        resource_policy=Policy.parse(allow("Open", Principal="*"), kind="resource"),
    )
    scenario = Scenario().api(private).with_context({"aws:SourceVpce": "vpce-1"})
    scenario.policies(vpc_endpoint=deny("Closed", Principal="*")).get("/").assert_denied(403, gate="VPC endpoint")


def test_policies_that_are_given_anew_replace_those_of_their_place_alone(scenario: Scenario) -> None:
    clerk = scenario.acting_as(SESSION).policies(identity=allow("A"), boundary=allow("B"))
    clerk.policies(identity=allow("C")).get("/orders").assert_allowed(by=["B", "C"])
    with pytest.raises(UsageError, match=r'has a statement "A"'):
        clerk.policies(identity=allow("C")).get("/orders").assert_allowed(by="A")


def test_what_is_known_of_who_acts(scenario: Scenario) -> None:
    tagged = allow("Team", Condition={"StringEquals": {"aws:PrincipalTag/team": "shop"}})
    scenario.acting_as(ANN, tags={"team": "shop"}).policies(identity=tagged).get("/orders").assert_allowed(by="Team")
    scenario.acting_as(ANN, tags={}).policies(identity=tagged).get("/orders").assert_denied()
    path = allow("Path", Condition={"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/staff/*"}})
    scenario.acting_as(SESSION, role_path="/staff/").policies(identity=path).get("/orders").assert_allowed(by="Path")


def test_a_principal_and_a_caller_act_as_they_are(scenario: Scenario) -> None:
    scenario.acting_as(Principal.parse(ANN)).policies(identity=READS).get("/orders").assert_allowed()
    reads = Policy.parse(READS, kind="identity")
    scenario.acting_as(Caller(ANN, identity=reads)).get("/orders").assert_allowed(by="Reads")


def test_a_signature_that_is_not_valid(scenario: Scenario) -> None:
    scenario.acting_as(ANN, signature="invalid").policies(identity=READS).get("/orders").assert_denied(403)


def test_contexts_add_up(scenario: Scenario) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}, "Bool": {"aws:SecureTransport": True}}
    at_home = allow("Home", Condition=condition)
    ann = scenario.acting_as(ANN).policies(identity=at_home).with_context({"AWS:sourceip": "2600:1f00::1"})
    home = ann.with_context({"aws:SourceIp": "203.0.113.9"}).with_context({"aws:SecureTransport": True})
    home.get("/orders").assert_allowed(by="Home")
    ann.get("/orders").assert_denied("implicit")


@pytest.mark.rule("KEY-4")
def test_a_partial_context_stays_partial(scenario: Scenario) -> None:
    ann = scenario.acting_as(ANN).policies(identity=allow("Mfa", Condition={"Bool": {MFA: "true"}}))
    for partial in (
        ann.with_context({}, complete=False).with_context({"aws:UserAgent": "x"}),
        ann.with_context(Context({}, complete=False)),
    ):
        with pytest.raises(AssertionError, match=f"it depends on {MFA}"):
            partial.get("/orders").assert_denied()
        partial.with_context({}, complete=True).get("/orders").assert_denied("implicit")


def test_headers_query_and_claims_add_up(scenario: Scenario) -> None:
    sent = scenario.with_headers({"Authorization": "a", "X": "1"}).with_headers({"authorization": "b"})
    assert sent._call["headers"] == {"X": "1", "authorization": "b"}
    assert scenario.with_query({"a": "1"}).with_query({"b": ["2", "3"]})._call["query"] == {"a": "1", "b": ["2", "3"]}
    assert scenario.with_claims({"a": 1}).with_claims({"b": 2})._call["claims"] == {"a": 1, "b": 2}


def answer(path: str) -> dict[str, Any]:
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", **allow("Answer", f"{ORDERS}/{path}")}}


def own_lists(event: Any, context: Any) -> dict[str, Any]:
    arn = event["methodArn"]
    return {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", **allow("Handled", arn)}}


@pytest.mark.parametrize(
    ("given", "by"),
    [
        (own_lists, "Handled"),
        ({"principalId": "ann", "policyDocument": {"Version": "2012-10-17", **allow("Mapping")}}, "Mapping"),
        (
            json.dumps({"principalId": "ann", "policyDocument": {"Version": "2012-10-17", **allow("Text")}}),
            "Text",
        ),
    ],
)
def test_an_authorizer_answers(scenario: Scenario, given: Any, by: str) -> None:
    customer = scenario.with_headers({"Authorization": "letmein"}).authorizer_answers(given)
    customer.get("/lists/7").assert_allowed(by=by)


@pytest.mark.rule("AUT-3")
def test_an_authorizer_that_raises(scenario: Scenario) -> None:
    customer = scenario.with_headers({"Authorization": "letmein"})
    customer.authorizer_answers(Exception("Unauthorized")).get("/lists/7").assert_status(401)
    customer.authorizer_answers(Exception("a bug")).get("/lists/7").assert_status(500)


@pytest.mark.rule("AUT-5")
@pytest.mark.parametrize("cache", [None, AuthorizerCache()])
def test_calls_share_a_cache(scenario: Scenario, cache: AuthorizerCache | None) -> None:
    customer = scenario.with_headers({"Authorization": "letmein"}).with_cache(cache)
    customer.authorizer_answers(own_lists).at(0).get("/lists/7").assert_allowed(by="Handled")
    customer.at(60).get("/lists/7").assert_allowed(by="Handled")
    customer.at(120).get("/lists/8").assert_denied("implicit")
    with pytest.raises(RequestError, match="whose output was not given"):
        customer.at(1000).get("/lists/7")
    customer.authorizer_answers(own_lists).get("/lists/7").assert_allowed(by="Handled")
    customer.get("/lists/7").assert_allowed(by="Handled")


@pytest.mark.parametrize("time", [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01T00:00:00Z", 1767225600])
def test_a_call_at_a_time(scenario: Scenario, time: Any) -> None:
    early = allow("Early", Condition={"DateLessThan": {"aws:CurrentTime": "2026-06-01T00:00:00Z"}})
    ann = scenario.acting_as(ANN).policies(identity=early)
    ann.at(time).get("/orders").assert_allowed(by="Early")
    ann.at("2026-07-01T00:00:00Z").get("/orders").assert_denied("implicit")


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_each_verb(scenario: Scenario, method: str) -> None:
    ann = scenario.acting_as(ANN).policies(identity=allow("Verb", f"arn:aws:execute-api:*:*:*/*/{method.upper()}/*"))
    checked = getattr(ann, method)("/orders").assert_allowed(by="Verb")
    assert repr(checked) == f"<Checked {method.upper()} /orders: 200>"
    assert ann.call(method.upper(), "/orders").allowed


def test_a_host(scenario: Scenario) -> None:
    found = refused(RequestError, lambda: scenario.on_domain("a.example").get("/orders"))
    assert found.message == "a.example is not a domain name of the API a1b2c3"


@pytest.mark.rule("GW-35")
def test_limits_of_a_call() -> None:
    key = ApiKey("key-of-at-least-thirty-characters", stages=["prod"])
    routes = [Route("GET", "/open"), Route("GET", "/keyed", api_key_required=True)]
    calls = Scenario().api(small_api(routes=routes, api_keys=[key]))
    calls.with_limits("throttled").get("/open").assert_status(429, gate="limits")
    calls.with_limits("within").get("/open").assert_allowed()
    keyed = calls.with_headers({"X-API-Key": key.value})
    keyed.with_limits("quota_exceeded").get("/keyed").assert_status(429, gate="limits")
    calls.with_limits("quota_exceeded").get("/keyed").assert_status(403, gate="API key")
    found = refused(UsageError, lambda: calls.with_limits("quota_exceeded").get("/open"))
    assert (found.message, found.rule) == ("GET /open requires no API key, and a quota is that of a key", "GW-35")
    found = refused(UsageError, lambda: calls.with_limits(untyped("over")).get("/open"))
    assert found.message == "limits is within, throttled or quota_exceeded, found 'over'"
    found = refused(UsageError, lambda: calls.with_limits("throttled").acting_as(ANN).request(ORDERS))
    assert found.message == "with_limits apply to calls to an API, not to requests"


@pytest.mark.rule("GW-18")
def test_the_regions_of_a_signature(scenario: Scenario) -> None:
    ann = scenario.acting_as(ANN, signature_regions=["us-east-1"])
    ann.get("/orders").assert_status(403, gate="signature")
    ann.acting_as(ANN, signature_regions="*").policies(identity=READS).get("/orders").assert_allowed()


def test_requests_without_an_api() -> None:
    ann = Scenario().acting_as(ANN).policies(identity=READS)
    checked = ann.request(ORDERS).assert_allowed(by="Reads")
    assert checked.response is None
    assert repr(checked) == f"<Checked execute-api:Invoke {ORDERS}: allow>"
    ann.request(ORDERS, "execute-api:InvalidateCache").assert_denied("implicit", by="identity")
    ann.policies(resource=deny("Closed", Principal="*")).request(ORDERS).assert_denied("explicit", by="Closed")
    ann.policies(vpc_endpoint=deny("Shut", Principal="*")).request(ORDERS).assert_denied("explicit", by="Shut")
    ann.request("arn:aws:s3:::bucket", "s3:ListBucket", resource_account="111122223333").assert_denied("implicit")


def test_a_request_obeys_the_resource_policy_of_the_api(scenario: Scenario) -> None:
    ann = scenario.policies(resource=deny("Closed", Principal="*")).acting_as(ANN)
    ann.request(ORDERS).assert_denied("explicit", by="Closed")
    assert isinstance(scenario._api, Api)
    closed = Api(
        **{
            **scenario._api.__getstate__(),
            "resource_policy": Policy.parse(deny("Closed", Principal="*"), kind="resource"),
        }  # type: ignore[arg-type]  # what the API itself was made of
    )
    scenario.api(closed).acting_as(ANN).request(ORDERS).assert_denied("explicit", by="Closed")


def test_a_failure_shows_the_lines_of_the_policy(scenario: Scenario) -> None:
    ann = scenario.acting_as(ANN).policies(identity="policies/reads.json")
    with pytest.raises(AssertionError) as caught:
        ann.get("/orders").assert_denied()
    lines = str(caught.value).split("\n")
    assert lines[0] == "expected a denial, found 200"
    assert "  policies/reads.json:2:15: Allow Reads applies" in lines
    assert any(line.startswith("    6 | ") for line in lines)
    assert str(ann.get("/orders")) == ann.get("/orders").explain() == "\n".join(lines[2:])


def test_a_result_has_no_truth_value(scenario: Scenario) -> None:
    assert refused(UsageError, lambda: bool(scenario.get("/orders"))) == Refusal(
        "a Checked is neither true nor false",
        advice="use .assert_allowed() or .allowed: a denied request would count as true",
    )


HOW_TO_ACT = 'write acting_as("arn:aws:iam::111122223333:user/Ann"); omit it for a call that is not signed'


@pytest.mark.parametrize(
    ("step", "message", "advice"),
    [
        (
            lambda s: Scenario().get("/orders"),
            "a call needs an API, and none is given",
            'call .api("orders.api.yaml") first; .request(resource) needs no API',
        ),
        (
            lambda s: s.request(ORDERS),
            "a request needs a caller, and none is given",
            'call .acting_as("arn:aws:iam::111122223333:user/Ann") first, or .acting_as("anonymous")',
        ),
        (
            lambda s: s.policies(identity=READS, boundary=READS).get("/orders"),
            "there is no caller for the policies of identity and boundary",
            'call .acting_as("arn:aws:iam::111122223333:user/Ann")',
        ),
        (
            lambda s: s.acting_as(Caller(ANN)).policies(identity=READS).get("/orders"),
            "the Caller has its own policies, but identity is given too",
            "give them to the Caller, or give only the principal to acting_as",
        ),
        (
            lambda s: s.acting_as(ANN).with_headers({"a": "b"}).at(0).request(ORDERS),
            "at and with_headers apply to calls to an API, not to requests",
            "omit them, or call the API with a method such as .get(path)",
        ),
        (
            lambda s: s.acting_as(Principal.parse(ANN), tags={"a": "b"}, org_id="o-1"),
            "tags and org_id cannot be given with a Principal",
            "give them to Principal.parse, or give the ARN here",
        ),
        (lambda s: s.acting_as(None), "the caller is an ARN, a Principal or a Caller, found a NoneType", HOW_TO_ACT),
        (lambda s: s.api(7), "an API is an Api or the path of an API file, found an int", ""),
        (
            lambda s: s.policies(identity=7),
            "identity takes the name of a file, a document or a Policy, found an int",
            'write identity="policies/reads.json"',
        ),
        (
            lambda s: s.policies(scps=[READS, READS]),
            "scps takes one policy, or a list of levels that are lists of policies; found a flat list",
            "put the policies of each level in a list: scps=[[…, …]]; each level must allow",
        ),
        (
            lambda s: s.policies(boundary=Policy.parse(READS, kind="identity", name="reads")),
            "boundary takes a policy of that kind, reads was read as identity",
            'read it with kind="boundary", or give the document itself or the name of its file',
        ),
        (lambda s: s.with_headers(None), "headers is a mapping, found None", "omit the step"),
        (lambda s: s.with_query("a=b"), "query is a mapping, found a str", "write query={…: …}"),
        (
            lambda s: s.authorizer_answers(None),
            "the output of an authorizer is a mapping, JSON, an exception or a handler",
            'give "null" for a function that returns nothing',
        ),
        (
            lambda s: s.acting_as(ANN).request(ORDERS).assert_status(200),
            "a request without an API has no status",
            "use assert_allowed or assert_denied",
        ),
        (
            lambda s: s.acting_as(ANN).request(ORDERS).status,
            "a decision has no status",
            "use .allowed or .decision.outcome",
        ),
    ],
)
def test_a_step_that_is_wrong_or_missing(
    scenario: Scenario, step: Callable[[Any], object], message: str, advice: str
) -> None:
    found = refused(UsageError, lambda: step(scenario))
    assert (found.message, found.advice) == (message, advice)


def test_a_file_that_is_not_there(scenario: Scenario, folder: Path) -> None:
    looked = "a relative path is looked for in the folder of the test's file, then in pytest's root folder"
    assert refused(ExecPolicyError, lambda: scenario.policies(identity="read.json")) == Refusal(
        'cannot find the file "read.json": there is no tests/read.json nor read.json', advice=looked
    )
    absolute = str(folder.parent / "read.json")
    assert refused(ExecPolicyError, lambda: scenario.api(absolute)).message == (
        f'cannot find the file "{absolute[:59]}…": there is no {absolute}'
        if len(absolute) > 60
        else f'cannot find the file "{absolute}": there is no {absolute}'
    )


def test_a_policy_with_a_mistake_has_its_place(scenario: Scenario, folder: Path) -> None:
    (folder / "policies" / "bad.json").write_text('{"Statement": {"Efect": "Allow"}}', "utf-8")
    with pytest.raises(PolicySyntaxError) as caught:
        scenario.policies(identity="policies/bad.json")
    assert "policies/bad.json:1:16: " in str(caught.value)


def test_which_stage_is_for_the_test_to_say(scenario: Scenario, folder: Path) -> None:
    assert refused(UsageError, lambda: Scenario(folder).api("orders.api.json")).message == (
        "which stage is called? The API has prod, test; none is given"
    )
    assert isinstance(scenario._api, Api)
    on_test = scenario.api(scenario._api, stage="test").acting_as(ANN).policies(identity=READS).get("/orders")
    assert on_test.response is not None
    assert on_test.response.arn.endswith(":a1b2c3/test/GET/orders")


def test_what_a_scenario_looks_like(scenario: Scenario) -> None:
    assert repr(Scenario()) == "<Scenario: empty>"
    assert repr(scenario.acting_as(ANN).policies(identity=READS)) == "<Scenario: api a1b2c3, a caller, identity>"
    assert scenario != scenario.acting_as(ANN)


def test_calls_and_requests_are_counted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    coverage = StatementCoverage()
    counted = Scenario(folder, coverage=coverage, name="test_orders", place="tests/test_orders.py:3")
    ann = counted.api("orders.api.json", stage="prod").acting_as(ANN).policies(identity="policies/reads.json")
    ann.policies(resource=allow("Never", "arn:aws:s3:::*", Principal="*")).get("/orders")
    ann.request(ORDERS)
    report = coverage.report()
    assert report.cases == 2
    assert [(policy.name, str(policy.decided)) for policy in report.policies] == [
        ("policies/reads.json", "1/1"),
        ("<resource policy>", "0/1"),
    ]
    first = report.policies[0].statements[0].decided.first
    assert first == ("tests/test_orders.py:3", "test_orders: GET /orders")


def test_a_policy_that_no_gate_asked_is_counted_as_not_covered(folder: Path) -> None:
    """The call has no signature: nobody asks the resource policy, and still it ought to be covered."""
    coverage = StatementCoverage()
    counted = Scenario(folder, coverage=coverage).api("orders.api.json", stage="prod")
    counted.policies(resource=allow("Never", Principal="*")).get("/orders").assert_denied(403)
    assert [(policy.name, str(policy.decided)) for policy in coverage.report().policies] == [
        ("<resource policy>", "0/1")
    ]


@pytest.mark.rule("KEY-1")
def test_contexts_that_add_up_keep_the_keys_that_they_allow(scenario: Scenario) -> None:
    newer = allow("Newer", Condition={"StringEquals": {"aws:NewKey": "1", "aws:Newer": "2"}})
    ann = scenario.acting_as(ANN).policies(identity=newer)
    both = ann.with_context(Context({"aws:NewKey": "1"}, allow_unknown=["aws:NewKey"])).with_context(
        Context({"aws:Newer": "2"}, allow_unknown=["aws:Newer", "aws:NewKey"])
    )
    both.get("/orders").assert_allowed(by="Newer")
    with pytest.raises(RequestError, match="did you mean aws:SourceIp"):
        ann.with_context({"aws:SourcIp": "203.0.113.9"})


@pytest.mark.parametrize(
    "step",
    [
        lambda s: s.api(7),
        lambda s: s.api("no.yaml"),
        lambda s: s.get("/orders"),
        lambda s: s.acting_as(7),
        lambda s: s.with_context({"aws:SourcIp": "x"}),
        lambda s: s.with_headers(None),
        lambda s: s.policies(identity={"Statement": []}).request("arn:aws:s3:::b"),
    ],
)
def test_the_traceback_of_a_step_shows_the_test_alone(step: Callable[[Scenario], object]) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        step(Scenario())
    beyond = [entry for entry in caught.traceback if Path(entry.path) != Path(__file__)]
    assert beyond
    assert all(entry.frame.f_locals["__tracebackhide__"] for entry in beyond)
    assert (caught.value.__cause__, caught.value.__suppress_context__) == (None, True)
