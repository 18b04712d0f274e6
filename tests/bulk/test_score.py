"""The score of a replay: agreement, disagreement and answers of AWS that say nothing, with the truth of a generator."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    Call,
    CallOutcome,
    Issuer,
    NotComparable,
    Replay,
    Route,
    Score,
    UnknownCause,
    UsageError,
    replay,
)
from execpolicy.bulk.logged_verdict import comparable_verdict
from tests.bulk.generated_log import (
    ACCOUNT,
    ADDRESSES,
    CLERK,
    FORMS,
    STATEMENTS,
    LoggedCall,
    a_call,
    api_of,
    as_json,
)
from tests.bulk.test_replay import KNOWN, POLICIES, outputs_of, replayed
from tests.examples import of_quick

ALL = STATEMENTS[0]
CALL = LoggedCall("GET", "/health", ADDRESSES[0], "-", 1_796_040_000_000, {"status": 200})
DENIED = {"status": 403, "error.responseType": "ACCESS_DENIED"}
#: Answers that no policy gives, with the reason.
NOISE: tuple[tuple[Mapping[str, Any], NotComparable], ...] = (
    ({"status": 429, "error.responseType": "THROTTLED"}, NotComparable.THROTTLING),
    ({"status": 403, "error.responseType": "WAF_FILTERED"}, NotComparable.WAF),
    ({"status": 403, "error.responseType": "INVALID_SIGNATURE"}, NotComparable.SIGNATURE),
    ({"status": 403, "error.responseType": "-"}, NotComparable.INTEGRATION),
)


def score_of(*arguments: Any, **more: Any) -> Score:
    found = replayed(*arguments, score=True, **more).score
    assert found is not None
    return found


def caller_of(call: LoggedCall) -> Any:
    if call.caller == "-":
        return None
    named = [each for each in KNOWN if each.principal.name and each.principal.name in call.caller]
    return named[0] if named else KNOWN[2]


@pytest.mark.rule("LOG-9")
@of_quick(25, long=1000)  # each example replays 30 calls
@given(POLICIES, POLICIES, st.integers(0, 10**6), st.sampled_from(sorted(FORMS)))
def test_the_score_counts_what_aws_decided_otherwise(deployed: Any, before: Any, seed: int, form: str) -> None:
    write, log_format = FORMS[form]
    random = Random(seed)
    real, known = api_of(*deployed), api_of(*before)
    texts: list[str] = []
    expected: Counter[object] = Counter()
    for number in range(30):
        call = a_call(random, number)
        answer, reason = random.choice(NOISE)
        if random.random() < 0.7:
            # The truth is what the deployed API answers to the same call.
            truth, ours = (
                api.invoke(Call.parse(as_json(call._replace(answer={}))), caller=caller_of(call))
                for api in (real, known)
            )
            if truth.outcome is CallOutcome.INDETERMINATE:
                continue
            is_open = truth.outcome is CallOutcome.ALLOWED
            answer = {"status": 200} if is_open else {"status": 403, "error.responseType": str(truth.response_type)}
            result: object = None
            if ours.outcome is not CallOutcome.INDETERMINATE:
                result = (truth.outcome, truth.response_type) == (ours.outcome, ours.response_type)
            expected[result] += 1
        else:
            expected[reason] += 1
        texts.append(write(call._replace(answer=answer)))
    found = score_of(texts, known, known, KNOWN, log_format=log_format)
    assert (found.agreeing, found.disagreeing, found.unknown) == (expected[True], expected[False], expected[None])
    assert found.not_comparable == {each: expected[each] for each in NotComparable if expected[each]}
    assert sum(each.calls for each in found.disagreements) == found.disagreeing
    assert all(each.case and each.examples for each in found.disagreements)


@pytest.mark.rule("LOG-9")
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        *NOISE,
        ({"status": 200}, True),
        ({"status": 500, "error.responseType": "INTEGRATION_FAILURE"}, True),
        ({"status": 404, "integration.status": 404}, True),
        (DENIED, False),
        ({"status": 403, "authorize.status": 403}, False),
        ({"status": 401, "error.responseType": "UNAUTHORIZED"}, False),
        # The only sign of a refusal by the authorizer of an HTTP API.
        ({"status": 403, "authorizer.error": "The user is not authorized"}, False),
        ({"status": 500, "authorizer.error": "The function failed"}, NotComparable.NOT_SAID),
        ({"status": 500, "authorizer.status": 500}, NotComparable.AUTHORIZER),
        ({"status": 500, "error.responseType": "AUTHORIZER_FAILURE"}, NotComparable.AUTHORIZER),
        ({"status": 403, "integration.status": 403}, NotComparable.INTEGRATION),
        ({"status": 403}, NotComparable.NOT_SAID),
        ({"status": 403, "error.responseType": "DEFAULT_4XX"}, NotComparable.NOT_SAID),
        ({"status": 403, "error.message": "Forbidden"}, NotComparable.NOT_SAID),
        ({"status": 403, "error.responseType": "INVALID_API_KEY"}, NotComparable.API_KEY),
        ({"status": 403, "error.responseType": "EXPIRED_TOKEN"}, NotComparable.SIGNATURE),
        ({"status": 403, "authenticate.status": 403}, NotComparable.SIGNATURE),
        ({"status": 429}, NotComparable.THROTTLING),
        ({"status": 429, "error.message": "Forbidden"}, NotComparable.THROTTLING),
        ({"status": 429, "error.responseType": "QUOTA_EXCEEDED"}, NotComparable.THROTTLING),
        ({}, NotComparable.NO_ANSWER),
    ],
)
def test_which_answers_can_be_compared(answer: Mapping[str, Any], verdict: bool | NotComparable) -> None:
    found = comparable_verdict(Call.parse(as_json(CALL._replace(answer=answer))))
    assert found == verdict
    assert type(found) is type(verdict)


@pytest.mark.rule("LOG-9")
def test_two_refusals_for_different_reasons_disagree() -> None:
    unsigned = CALL._replace(path="/orders/1", answer=DENIED)
    (kind,) = score_of([as_json(unsigned)], api_of(ALL), api_of(ALL)).disagreements
    assert kind.text == (
        "AWS answered 403 ACCESS_DENIED; these policies give 403 MISSING_AUTHENTICATION_TOKEN at gate 5b (signature): "
        "they refuse it for different reasons"
    )
    # The log does not say for which reason AWS refused it.
    status = unsigned._replace(answer={"authorize.status": 403})
    assert score_of([as_json(status)], api_of(ALL), api_of(ALL)).agreeing == 1


@pytest.mark.rule("LOG-9")
def test_a_caller_whose_policies_are_not_given() -> None:
    call = CALL._replace(path="/orders/1", caller=f"{CLERK}/ann")
    found = score_of([as_json(call)], api_of(ALL), api_of(ALL))
    assert (found.unknown, dict(found.causes)) == (1, {UnknownCause.CALLER_POLICIES: 1})
    # A Deny of the resource policy refuses the call, whoever made it.
    closed = api_of({**ALL, "Effect": "Deny"})
    assert score_of([as_json(call)], closed, closed).disagreeing == 1
    assert score_of([as_json(call._replace(answer=DENIED))], closed, closed).agreeing == 1


def test_an_answer_of_the_version_that_is_not_known() -> None:
    call = CALL._replace(path="/orders/1", caller=f"{CLERK}/ann", answer=DENIED)
    tagged = api_of(ALL, STATEMENTS[6])
    found = score_of([as_json(call)], tagged, tagged, KNOWN)
    assert dict(found.causes) == {UnknownCause.CONDITION_KEYS: 1}


@pytest.mark.rule("LOG-9")
@pytest.mark.parametrize(
    ("answer", "counts"),
    [
        ({"status": 200, "authorizer.error": "-"}, (1, 0)),
        ({"status": 401, "authorizer.error": "The token has expired"}, (0, 1)),
    ],
)
def test_an_http_api(answer: Mapping[str, Any], counts: tuple[int, int]) -> None:
    issuer = Issuer("https://id.example", ["shop"])
    tokens = Authorizer("jwt", type="JWT", identity_sources=["$request.header.Authorization"], issuers=[issuer])
    api = Api(
        id="a1b2c3",
        type="HTTP",
        region="eu-west-1",
        account=ACCOUNT,
        routes=[Route("GET", "/health", authorizer="jwt")],
        authorizers=[tokens],
    )
    line = (
        as_json(CALL._replace(answer=answer)).replace("/prod/", "/").replace('"stage": "prod"', '"stage": "$default"')
    )
    found = score_of([line], api, api)
    # No log has the token.
    assert (found.agreeing, found.disagreeing) == (0, 0)
    assert dict(found.causes) == {UnknownCause.SENT_VALUES: 1}
    opened = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account=ACCOUNT, routes=["GET /health"])
    found = score_of([line], opened, opened)
    assert (found.agreeing, found.disagreeing) == counts


def test_no_output_has_a_value_of_the_log_unless_raw_values_are_shown() -> None:
    secret = CALL._replace(path="/orders/4711-secret", caller=f"{CLERK}/bob-secret")
    texts = [as_json(secret._replace(answer=DENIED)), as_json(secret._replace(path="/none-secret"))]
    secrets = (ADDRESSES[0], "secret")
    arguments = (texts, api_of(ALL), api_of(ALL), KNOWN)
    shown = outputs_of(replayed(*arguments, score=True))
    assert not [each for each in secrets if each in shown]
    raw = outputs_of(replayed(*arguments, score=True, raw_values=True))
    assert not [each for each in secrets if each not in raw]


def test_a_case_says_if_other_values_change_the_answer() -> None:
    narrow = api_of({**ALL, "Condition": {"IpAddress": {"aws:SourceIp": ADDRESSES[0]}}})
    text = as_json(CALL._replace(answer=DENIED))
    (kind,) = score_of([text], narrow, narrow).disagreements
    assert "# with these values the policies answer differently: --raw-values gives those of the log\n" in kind.case
    (kind,) = score_of([text], narrow, narrow, raw_values=True).disagreements
    assert "# with these values" not in kind.case


def test_a_score_is_a_value_and_is_made_only_when_it_is_asked_for() -> None:
    texts = [as_json(CALL), as_json(CALL._replace(answer=DENIED)), as_json(CALL._replace(answer={"status": 429}))]
    found = score_of(texts, api_of(ALL), api_of(ALL))
    assert found == score_of(texts, api_of(ALL), api_of(ALL)) == pickle.loads(pickle.dumps(found))
    assert repr(found) == "<Score: 1 agreeing, 1 disagreeing, 0 unknown, 1 not comparable>"
    with pytest.raises(UsageError, match="neither true nor false"):
        bool(found)
    plain: Replay = replayed(texts, api_of(ALL), api_of(ALL))
    assert plain.score is None
    with pytest.raises(UsageError, match="there is no old version"):
        replayed(texts, None, api_of(ALL), score=True)
    with pytest.raises(UsageError, match="score"):
        replay("none.log", None, api_of(ALL), score="yes")  # type: ignore[arg-type]  # a wrong value on purpose
