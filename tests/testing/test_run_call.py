"""Calls and sequences of a case file when they are run: what passes, what fails, and what is said of it."""

from __future__ import annotations

import pytest

from execpolicy.testing import CaseResult, parse_cases, run_call, run_sequence
from tests.testing.malformed_calls import SOUND_CALLS

STOCK, PRIVATE, ANSWER, CLAIMS = range(4)


def changed(*changes: tuple[str, str]) -> str:
    text = SOUND_CALLS
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def run(number: int, *changes: tuple[str, str]) -> CaseResult:
    return run_call(parse_cases(changed(*changes), name="cases.json").calls[number])


def run_all(*changes: tuple[str, str]) -> CaseResult:
    (sequence,) = parse_cases(changed(*changes), name="cases.json").sequences
    return run_sequence(sequence)


def difference(result: CaseResult) -> tuple[str, str]:
    """The one line in which expectation and outcome differ."""
    (pair,) = [pair for pair in zip(result.expected, result.found, strict=True) if pair[0] != pair[1]]
    return pair


def test_a_call_that_passes() -> None:
    result = run(STOCK)
    assert result.passed, str(result)
    assert result.expected == (
        "200",
        "response_type: none",
        "message: none",
        "gate: IAM",
        "sid: Invokes",
        "layer: none",
        "missing_keys: none",
        "assumed: none",
        "explains: Invokes",
        "explains: the call reaches",
    )
    assert result.found == result.expected
    assert result.response is not None
    assert result.response.allowed
    assert (result.decision, result.error, result.calls) == (None, None, ())


@pytest.mark.parametrize(
    ("old", "new", "expected", "found"),
    [
        ("200", "403", "403", "200"),
        ("200", '"deny"', "deny", "200"),
        ("200", '"indeterminate"', "indeterminate", "200"),
        (
            '"response_type": null',
            '"response_type": "ACCESS_DENIED"',
            "response_type: ACCESS_DENIED",
            "response_type: none",
        ),
        (
            '"message": null, "gate": "IAM"',
            '"message": "Forbidden", "gate": "IAM"',
            "message: Forbidden",
            "message: none",
        ),
        ('"gate": "IAM"', '"gate": "route"', "gate: route", "gate: IAM"),
        ('"sid": "Invokes"', '"sid": []', "sid: none", "sid: Invokes"),
        ('"layer": []', '"layer": "resource"', "layer: resource", "layer: none"),
        ('"missing_keys": []', '"missing_keys": "a:B"', "missing_keys: a:b", "missing_keys: none"),
        ('"assumed": []', '"assumed": ["GW-4"]', "assumed: GW-4", "assumed: none"),
        ('"the call reaches"', '"no way"', "explains: no way", "explains: nothing like it"),
        ('"note": []', '"note": ["slash"]', "note: slash", "note: nothing like it"),
    ],
)
def test_each_thing_that_is_expected_is_looked_at(old: str, new: str, expected: str, found: str) -> None:
    result = run(STOCK, (old, new))
    assert not result.passed
    assert difference(result) == (expected, found)


def test_a_failure_shows_expectation_outcome_and_explanation() -> None:
    lines = str(run(STOCK, ('"expect": 200', '"expect": 403'))).splitlines()
    assert lines[0] == "cases.json:25:5: Ann asks for the stock [GW-13]: failed"
    assert lines[1] == "  expected: 403"
    assert "  found:    200" in lines
    assert "  why:      she may" in lines
    assert "  ALLOW: the call reaches its integration" in lines
    assert "  2. route: passed: GET /stock on stage prod, requires AWS_IAM" in lines
    assert any("cases.json:6:7" in line for line in lines)


@pytest.mark.parametrize(("expected", "passed"), [('"deny"', True), ("401", True), ("403", False), ('"allow"', False)])
def test_a_denial_by_status_or_as_such(expected: str, passed: bool) -> None:
    result = run(CLAIMS, ('"expect": "deny"', f'"expect": {expected}'))
    assert result.passed is passed
    assert result.found[0] == ("deny" if expected == '"deny"' else "401")


DENY = '"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}\n    ]},\n    "passes"'


@pytest.mark.parametrize(
    ("effect", "expected", "found"),
    [
        ("Deny", "explicit_deny", "explicit_deny"),
        ("Deny", "deny", "deny"),
        ("Deny", "implicit_deny", "403 (explicit_deny)"),
        ("Allow", "explicit_deny", "403 (implicit_deny)"),
        ("Allow", "implicit_deny", "implicit_deny"),
    ],
)
def test_a_denial_by_its_kind(effect: str, expected: str, found: str) -> None:
    policy = (DENY, DENY.replace("Allow", effect).replace('"*"', '"arn:aws:execute-api:*:*:*/prod/PUT/*"'))
    if effect == "Deny":
        policy = (DENY, DENY.replace("Allow", effect))
    text = changed(
        policy, ('"expect": 200, "response_type": null, "message": null, "gate": "IAM"', f'"expect": "{expected}"')
    )
    silent = text.replace(', "sid": "Invokes", "layer": []', "").replace(
        '"explains": ["Invokes", "the call reaches"], ', ""
    )
    result = run_call(parse_cases(silent, name="cases.json").calls[STOCK])
    assert (result.expected[0], result.found[0]) == (expected, found)
    assert result.passed is (expected == found), str(result)


@pytest.mark.parametrize("expected", ["explicit_deny", "implicit_deny"])
def test_a_refusal_without_policies_is_of_neither_kind(expected: str) -> None:
    result = run(CLAIMS, ('"expect": "deny"', f'"expect": "{expected}"'))
    assert not result.passed
    assert difference(result) == (expected, "401 (no policy refused)")
    result = run(STOCK, ('"expect": 200', f'"expect": "{expected}"'))
    assert difference(result) == (expected, "200")


def test_an_allow_as_such() -> None:
    result = run(STOCK, ('"expect": 200', '"expect": "allow"'))
    assert result.passed
    assert result.found[0] == "allow"


def test_what_is_refused_names_its_gate_message_and_response() -> None:
    more = '"expect": "deny", "response_type": "UNAUTHORIZED", "message": "Unauthorized", "gate": "identity source"'
    result = run(CLAIMS, ('"expect": "deny"', more))
    assert result.passed, str(result)


def test_nothing_is_decided_where_no_policy_has_a_say() -> None:
    empty = '"expect": "deny", "sid": [], "layer": [], "missing_keys": [], "assumed": []'
    assert run(CLAIMS, ('"expect": "deny"', empty)).passed
    result = run(CLAIMS, ('"expect": "deny"', '"expect": "deny", "layer": "authorizer"'))
    assert difference(result) == ("layer: authorizer", "layer: none")


def test_an_outcome_that_is_not_known() -> None:
    end, condition = '}\n    ]},\n    "passes"', ', "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-06-01"}}'
    unknown = (f'"Resource": "*"{end}', f'"Resource": "*"{condition}{end}')
    no_clock = ('"complete": true, "at": "2026-01-01T00:00:00Z"', '"complete": true')
    told = ('"expect": 200', '"expect": "indeterminate"')
    keys = ('"missing_keys": []', '"missing_keys": "aws:CurrentTime"')
    through = ('"explains": ["Invokes", "the call reaches"]', '"explains": "INDETERMINATE"')
    silent = ('"sid": "Invokes", "layer": [],', "")
    without = ('"response_type": null, "message": null, ', "")
    result = run(STOCK, unknown, no_clock, told, keys, through, silent, without)
    assert result.passed, str(result)
    known = run(STOCK, unknown, no_clock, keys, through, silent, without)
    assert difference(known) == ("200", "indeterminate (200 or 403), which depends on aws:CurrentTime")


NO_ROUTE = (
    "403: the call has no route: no route has a path that matches `/stocks`; if this is intended, expect no_route, or "
    '403 with the gate "route"'
)


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        ('"deny"', "deny"),
        ("403", "403"),
        ('403, "message": "Missing Authentication Token"', "403"),
        ('"explicit_deny"', "explicit_deny"),
        ('"implicit_deny"', "implicit_deny"),
        ('"indeterminate"', "indeterminate"),
        ('"allow"', "allow"),
        ("401", "401"),
        ("404", "404"),
    ],
)
@pytest.mark.rule("GW-26")
def test_a_misspelled_path_does_not_pass_for_a_guarded_one(expect: str, expected: str) -> None:
    result = run(
        CLAIMS, ('GET /orders", "claims', 'GET /stocks", "claims'), ('"expect": "deny"', f'"expect": {expect}')
    )
    assert not result.passed
    assert difference(result) == (expected, NO_ROUTE)


@pytest.mark.parametrize(
    "expect", ['"no_route"', '403, "gate": "route"', '"deny", "gate": "route"', '"no_route", "gate": "route"']
)
@pytest.mark.rule("GW-26")
def test_a_call_without_a_route_that_is_meant(expect: str) -> None:
    result = run(
        CLAIMS, ('GET /orders", "claims', 'GET /stocks", "claims'), ('"expect": "deny"', f'"expect": {expect}')
    )
    assert result.passed, str(result)


@pytest.mark.parametrize(
    ("expect", "pair"),
    [
        ('"no_route"', ("no_route", "401")),
        ('401, "gate": "route"', ("gate: route", "gate: identity source")),
        ('"deny", "statuses": [401, 403]', ("statuses: 401, 403", "statuses: 401")),
    ],
)
def test_a_call_with_a_route_is_none_without(expect: str, pair: tuple[str, str]) -> None:
    assert difference(run(CLAIMS, ('"expect": "deny"', f'"expect": {expect}'))) == pair


HTTP = """{"schema": "execpolicy/cases/1", "title": "An HTTP API", "cases": [
  {"name": "an unknown path", "call": "GET /pest", "expect": «404», "api": {
    "id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "account": "111122223333", "routes": {"GET /pets": {}}}}]}"""


@pytest.mark.parametrize(("expect", "passed"), [("404", True), ('"no_route"', True), ('"deny"', False), ("403", False)])
@pytest.mark.rule("GW-26")
def test_404_says_by_itself_that_there_is_no_route(expect: str, passed: bool) -> None:
    (case,) = parse_cases(HTTP.replace("«404»", expect)).calls
    result = run_call(case)
    assert result.passed is passed
    if not passed:
        assert difference(result)[1].endswith("if this is intended, expect no_route, or 404")


UNDECIDED = """{"schema": "execpolicy/cases/1", "title": "Who may be denied twice", "cases": [
  {"name": "keys", "call": "GET /keys", "expect": «"deny"», "api": {
    "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"],
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
    "routes": {"GET /keys": {"authorizer": "tokens"}}, "resource_policy": {"Statement": [
      {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
      {"Sid": "Home", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*",
       "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}]}},
    "headers": {"Accept": "text/html"}}]}"""


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        ('"deny"', ""),
        ('"deny", "statuses": [403, 401]', ""),
        ("401", "401 or 403, which depends on aws:SourceIp"),
        ("403", "401 or 403, which depends on aws:SourceIp"),
        ('"allow"', "401 or 403, which depends on aws:SourceIp"),
        ('"indeterminate"', "401 or 403, which depends on aws:SourceIp"),
        ('"no_route"', "401 or 403, which depends on aws:SourceIp"),
        ('"explicit_deny"', "401 or 403; which gate refuses, and how, depends on aws:SourceIp"),
        ('"deny", "statuses": 401', "statuses: 401, 403"),
        ('"deny", "sid": "Home"', "sid: none"),
        ('"deny", "gate": "identity source"', "gate: resource policy, first look or identity source"),
        ('"deny", "layer": "resource"', "layer: resource or none, which depends on aws:SourceIp"),
        ('"deny", "layer": []', "layer: resource or none, which depends on aws:SourceIp"),
        ('"deny", "message": null', "message: not known, it depends on aws:SourceIp"),
        ('"deny", "message": "Unauthorized"', "message: not known, it depends on aws:SourceIp"),
        ('"deny", "response_type": null', "response_type: not known, it depends on aws:SourceIp"),
        ('"deny", "response_type": "UNAUTHORIZED"', "response_type: not known, it depends on aws:SourceIp"),
    ],
)
@pytest.mark.rule("GW-25", "KEY-4")
def test_a_call_that_is_denied_whichever_answer_it_gets(expect: str, found: str) -> None:
    (case,) = parse_cases(UNDECIDED.replace('«"deny"»', expect)).calls
    result = run_call(case)
    assert result.passed is (found == "")
    if found:
        assert difference(result)[1] == found


#: The first look may deny by the address; if it does not, the document of the function denies.
BY_ONE_LAYER = UNDECIDED.replace(
    '"headers": {"Accept": "text/html"}',
    '"headers": {"Authorization": "x"}, "authorizer_output": {"principalId": "a", "policyDocument": '
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}}',
)


@pytest.mark.parametrize(("layer", "found"), [('"resource"', "layer: resource or authorizer, resource"), ("null", "")])
@pytest.mark.rule("GW-25")
def test_a_layer_of_a_call_is_that_of_each_possible_answer(layer: str, found: str) -> None:
    expect = f'"deny", "layer": {layer}' if found else '"deny"'
    (case,) = parse_cases(BY_ONE_LAYER.replace('«"deny"»', expect)).calls
    result = run_call(case)
    assert result.passed is (found == ""), str(result)
    if found:
        assert difference(result)[1].startswith(found)


#: A token without the scope of the route, which may also have expired: 401 or 403, neither with a response type.
WITHOUT_TYPES = """{"schema": "execpolicy/cases/1", "title": "An HTTP API", "cases": [
  {"name": "scopes", "call": "GET /pets", "expect": "deny", "statuses": [401, 403], "response_type": null,
   "claims": {"iss": "https://example.com", "aud": "pets", "exp": 1800000000, "scope": "cats"}, "api": {
    "id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "account": "111122223333",
    "authorizers": {"tokens": {"type": "JWT", "issuers": [{"url": "https://example.com", "audiences": ["pets"]}]}},
    "routes": {"GET /pets": {"authorizer": "tokens", "scopes": "dogs"}}}}]}"""


@pytest.mark.rule("GW-25")
def test_answers_of_an_http_api_have_no_response_type() -> None:
    (case,) = parse_cases(WITHOUT_TYPES).calls
    assert run_call(case).passed, str(run_call(case))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ('"authorizer_output": {"isAuthorized": true}', "the function returned no principalId"),
        ('"authorizer_raises": "Unauthorised"', 'the function failed with "Unauthorised"'),
    ],
)
@pytest.mark.rule("AUT-2", "AUT-3")
def test_an_answer_that_cannot_be_used_passes_for_no_denial(answer: str, why: str) -> None:
    changes = (
        ('"authorizer_output": null', answer),
        ('"expect": 500, "message": null, "gate": "authorizer"', '"expect": "deny"'),
    )
    wanted, found = difference(run(ANSWER, *changes))
    assert wanted == "deny"
    assert found.startswith(f"500: the authorizer returns no usable output: {why}")
    assert found.endswith("; if this is intended, expect 500")
    meant = ('"expect": 500, "message": null, "gate": "authorizer"', '"expect": "deny", "gate": "authorizer"')
    assert run(ANSWER, changes[0], meant).passed
    a_denial = '"authorizer_raises": "Unauthorized"'
    assert run(ANSWER, ('"authorizer_output": null', a_denial), changes[1]).passed


@pytest.mark.parametrize(
    ("answer", "status", "reason"),
    [
        ('"authorizer_output": null', 500, "expected an object"),
        ('"authorizer_output": "Unauthorized"', 500, "the function returned a string, expected an object"),
        ('"authorizer_raises": "Unauthorized"', 401, "the function failed with Unauthorized"),
        ('"authorizer_raises": "Unauthorised"', 500, "the function failed with"),
        ('"authorizer_raises": ""', 500, "the function failed with"),
        ('"authorizer_output": {"principalId": "ann"}', 500, "the function returned no policyDocument"),
    ],
)
@pytest.mark.rule("AUT-2", "AUT-3")
def test_what_a_function_returns_or_raises(answer: str, status: int, reason: str) -> None:
    expected = f'"expect": {status}, "explains": "{reason}", "gate": "authorizer"'
    result = run(
        ANSWER,
        ('"authorizer_output": null', answer),
        ('"expect": 500, "message": null, "gate": "authorizer"', expected),
    )
    assert result.passed, str(result)


SOCKET = """{"schema": "execpolicy/cases/1", "title": "A message", "cases": [
  {"name": "a message", "call": "sendMessage", "expect": 200, "note": «"$connect alone"», "api": {
    "id": "a1b2c3", "type": "WEBSOCKET", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"],
    "routes": {"$connect": {}, "sendMessage": {}}}}]}"""


@pytest.mark.parametrize(
    ("note", "passed"),
    [('"$connect alone"', True), ('["$connect alone", "GW-21"]', True), ('["GW-21", "nothing"]', False), ("[]", True)],
)
def test_notes_are_looked_at(note: str, passed: bool) -> None:
    (case,) = parse_cases(SOCKET.replace('«"$connect alone"»', note)).calls
    result = run_call(case)
    assert result.passed is passed
    if not passed:
        expected, found = difference(result)
        assert expected == "note: nothing"
        assert "AWS authorizes $connect alone" in found


def test_an_error_that_is_expected() -> None:
    result = run(PRIVATE)
    assert result.passed, str(result)
    assert result.expected == ('error: "shop.example.com"',)
    assert result.response is None
    assert result.error is not None
    assert str(result).startswith("cases.json:33:5: a private API: passed\n  expected: error:")


def test_another_error_than_expected() -> None:
    result = run(PRIVATE, ('"error": "shop.example.com"', '"error": "no such thing"'))
    assert not result.passed
    assert result.found[0].startswith('error: "')


def test_an_error_where_an_answer_is_expected() -> None:
    result = run(PRIVATE, ('"expect": "error", "error": "shop.example.com"', '"expect": 403'))
    assert not result.passed
    assert result.expected == ("403",)
    assert "shop.example.com" in result.found[0]


def test_an_answer_where_an_error_is_expected() -> None:
    result = run(CLAIMS, ('"expect": "deny"', '"expect": "error", "error": "x"'))
    assert not result.passed
    assert (result.expected, result.found) == (('error: "x"',), ("401",))


def test_an_error_of_loading_that_is_expected() -> None:
    result = run(
        PRIVATE,
        ('"endpoint": "PRIVATE"', '"endpoint": "private"'),
        ('"error": "shop.example.com"', '"error": "as endpoint"'),
    )
    assert result.passed, str(result)


@pytest.mark.rule("AUT-5")
def test_calls_of_a_sequence_share_a_cache() -> None:
    result = run_all()
    assert result.passed, str(result)
    assert result.expected == (
        "call 1: allow",
        "the other method: 403",
        "the other method: explains: policy was cached for GET /orders",
    )
    assert result.found == result.expected
    assert str(result).splitlines() == [
        "cases.json:47:5: a cached answer [AUT-5]: passed",
        "  why:      it is reused",
        "  cases.json:50:9: call 1 [AUT-5]: passed",
        "  cases.json:55:9: the other method [AUT-5]: passed",
    ]


@pytest.mark.rule("AUT-5")
def test_a_call_after_the_end_of_the_cached_answer_finds_none() -> None:
    late = run_all(('"at": 10.5', '"at": 300'))
    assert not late.passed
    assert late.calls[1].error is not None
    assert "whose output was not given" in late.calls[1].error.message


@pytest.mark.rule("AUT-5")
def test_each_run_begins_with_an_empty_cache() -> None:
    (sequence,) = parse_cases(SOUND_CALLS).sequences
    for result in (run_sequence(sequence), run_sequence(sequence)):
        gates = [[step.gate for step in call.response.steps] for call in result.calls if call.response is not None]
        assert ["cache" in each for each in gates] == [False, True]


def test_a_sequence_that_fails_shows_the_calls_that_do() -> None:
    lines = str(run_all(('"expect": "allow"', '"expect": 403'))).splitlines()
    assert lines[0] == "cases.json:47:5: a cached answer [AUT-5]: failed"
    assert "  cases.json:50:9: call 1 [AUT-5]: failed" in lines
    assert "    expected: 403" in lines
    assert "    found:    200" in lines
    assert "    ALLOW: the call reaches its integration" in lines


def test_an_error_in_a_sequence() -> None:
    late = ('"at": 10.5', '"at": "late"')
    result = run_all(late)
    assert not result.passed
    assert result.calls[1].error is not None
    assert "'late'" in result.calls[1].error.message
