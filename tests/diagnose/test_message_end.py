"""The end of an access denied message: what is recognised, and that nothing is concluded from what is not."""

from __future__ import annotations

import json

import pytest

from execpolicy import Layer
from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.message_end import LONGEST_UNREAD
from execpolicy.diagnose.why import read_message
from tests.diagnose.messages import ANN, MASKED, implicit, sentence

GUARDRAIL = " because a guardrail of the moon forbids it"
LAMBDA = "User is not authorized to access this resource"


@pytest.mark.rule("MSG-1", "MSG-2")
@pytest.mark.parametrize(
    ("ending", "explicit", "policy_type"),
    [
        (" with an explicit deny", True, ""),
        (" (with an explicit deny)", True, ""),
        (" with explicit deny", True, ""),
        (" (with explicit deny)", True, ""),
        (" due to explicit deny", True, ""),
        (" with explicit deny in an identity-based policy", True, "identity-based policy"),
        (" (with an explicit deny in a resource-based policy)", True, "resource-based policy"),
        (" with an explicit deny in identity-based policy", True, "identity-based policy"),
        (" with an explicit deny.", True, ""),
        (implicit("session policy"), False, "session policy"),
        (f"{implicit('session policy')}. Request ID: 1", False, "session policy"),
        (f"{implicit('session policy')} (Service: x; Status Code: 403)", False, "session policy"),
        (f"{implicit('session policy')} requestId=a1", False, "session policy"),
        ("", False, ""),
        (" (Service: AmazonApiGateway; Status Code: 403)", False, ""),
        (" requestId=a1 status=403", False, ""),
        ("\nTraceback (most recent call last)", False, ""),
        ("\n\tat com.amazonaws.http.Client(Client.java)", False, ""),
        ("</Message>", False, ""),
        ("\n\n", False, ""),
    ],
)
def test_ends_that_are_recognised(ending: str, explicit: bool, policy_type: str) -> None:
    for text in (sentence(ending), f"Error: {sentence(ending)}"):
        meaning = read_message(text)
        assert (meaning.explicit, meaning.policy_type, meaning.unread) == (explicit, policy_type, "")
        assert (meaning.principal, meaning.resource) == (ANN, MASKED)


@pytest.mark.rule("MSG-1", "MSG-2")
@pytest.mark.parametrize(
    "ending",
    [
        GUARDRAIL,
        " with explicit denyings",
        " with an explicit deny-list",
        " because the moon says that no identity-based policy allows the execute-api:Invoke action",
        f"{implicit('identity-based policy')} and a guardrail denies it",
        f"{implicit('identity-based policy')}, unless the moon is full",
        " …",
        " Because of the moon",
        " (by the moon)",
    ],
)
@pytest.mark.parametrize("around", ["{}", '{{"Message":"{}"}}', "<Message>{}</Message>", "'{}'", "[{}]"])
def test_ends_that_are_not_recognised_show_no_implicit_deny(ending: str, around: str) -> None:
    meaning = read_message(around.format(sentence(ending)))
    assert meaning.unread.rstrip(")") == ending.strip(" ,").rstrip(")")
    assert (meaning.explicit, meaning.policy_type) == (None, "")
    assert meaning.summary == (
        f"execute-api:Invoke is refused to {ANN}; how, the message says in words that are not known here"
    )
    assert meaning.gates == (Gate.AUTHORIZATION, Gate.VPC_ENDPOINT)
    assert meaning.proves == (
        "execute-api:Invoke on a1b2c3/prod/GET/pets/7 was denied",
        "the credentials and the signature are valid",
        "the call reached the API: the resource names the stage, method and path",
    )
    assert meaning.leaves_open[:2] == (
        "whether a Deny applies or an Allow is missing",
        "which policy it is: the message may name it in the words that are not known here",
    )
    assert meaning.check_next[0].startswith("look for a Deny that covers and for an Allow of execute-api:Invoke on ")
    assert any("NotIpAddress" in text for text in meaning.check_next)
    assert any(text.startswith("Resource: it must cover") for text in meaning.check_next)
    assert f"  not recognised: {meaning.unread}\n" in str(meaning)
    assert meaning.to_dict()["unread"] == meaning.unread


@pytest.mark.rule("MSG-1")
def test_the_next_line_may_be_an_end_that_is_not_recognised() -> None:
    assert read_message(sentence("\nbecause of the moon")).explicit is None
    assert read_message(sentence("\n(by the moon)")).explicit is None
    assert read_message(sentence("\nwith an explicit deny")).explicit is True
    assert read_message(sentence("\nNothing else")).explicit is False


@pytest.mark.rule("MSG-1")
def test_a_deny_of_a_policy_that_is_not_recognised() -> None:
    meaning = read_message(sentence(" with an explicit deny in a guardrail of the moon"))
    assert (meaning.explicit, meaning.policy_type, meaning.unread) == (True, "", "in a guardrail of the moon")
    assert meaning.leaves_open[0] == "which policy it is: the message may name it in the words that are not known here"
    assert "whether a Deny applies or an Allow is missing" not in meaning.leaves_open


@pytest.mark.rule("MSG-1")
def test_a_path_is_not_an_end() -> None:
    resource = MASKED.replace("/7", "/(with%20an%20explicit%20deny)")
    meaning = read_message(sentence(resource=resource))
    assert (meaning.resource, meaning.explicit) == (resource, False)
    assert read_message(sentence("(with an explicit deny)")).explicit is None


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize("action", ["s3:GetObject", "sts:AssumeRole"])
def test_other_services_omit_the_end_in_both_cases(action: str) -> None:
    meaning = read_message(sentence(action=action, resource="arn:aws:s3:::orders/1"))
    assert (meaning.explicit, meaning.unread) == (None, "")
    assert meaning.summary == f"{action} is refused to {ANN}; the message does not say how"
    assert read_message(sentence(implicit("session policy", action), action=action)).explicit is False
    assert read_message(sentence(" with explicit deny", action=action)).explicit is True


@pytest.mark.rule("MSG-2", "GW-14")
def test_an_anonymous_caller_with_an_end_that_is_not_recognised() -> None:
    meaning = read_message(sentence(GUARDRAIL, user="anonymous"))
    assert meaning.explicit is None
    assert "the result of the method's authorizer" in meaning.leaves_open[-2]
    assert meaning.leaves_open[-1].startswith("whether the method takes tokens")


@pytest.mark.rule("MSG-2", "AUT-5")
@pytest.mark.parametrize("around", ["{}", '{{"message":"{}"}}'])
def test_the_message_for_a_lambda_authorizer(around: str) -> None:
    meaning = read_message(around.format(f"{LAMBDA} because of the weather"))
    assert (meaning.explicit, meaning.layer, meaning.unread) == (None, Layer.AUTHORIZER, "because of the weather")
    assert meaning.summary == (
        "The Lambda authorizer's policy refuses the call; how, the message says in words that are not known here"
    )
    assert meaning.proves[0] == "the policy that the function returned refuses the call"
    assert meaning.leaves_open[0] == "whether a Deny applies or an Allow is missing"
    assert meaning.check_next[-2:] == (
        "what makes the function deny, in its log",
        "Effect and Action: spelled as in IAM",
    )
    assert meaning.message == f"{LAMBDA} because of the weather"
    for ending, explicit in ((" (with explicit deny)", True), (" with explicit deny", True), ("", False)):
        known = read_message(around.format(LAMBDA + ending))
        assert (known.explicit, known.unread, known.message) == (explicit, "", LAMBDA + ending)
    assert read_message(f"{LAMBDA} with explicit denyings").explicit is None


@pytest.mark.rule("MSG-1")
def test_words_that_are_not_recognised_are_cut_and_hold_no_token() -> None:
    long = read_message(sentence(f" because {'x ' * 1000}"))
    assert len(long.unread) == LONGEST_UNREAD
    token = "eyJhbGciOi"
    meaning = read_message(json.dumps({"Message": sentence(f" for Authorization={token}")}))
    assert token not in json.dumps(meaning.to_dict())
    assert meaning.unread == "for Authorization=…"


@pytest.mark.rule("MSG-3")
@pytest.mark.parametrize(
    ("message", "unread"),
    [
        ("Missing Authentication Token: call sales", "call sales"),
        ("Missing Authentication Token", ""),
        ("Missing Authentication Token.", ""),
        ("2026-03-01 ERROR: Missing Authentication Token", ""),
        ("The request signature we calculated does not match the signature you provided.", ""),
    ],
)
def test_words_after_a_message_that_is_known(message: str, unread: str) -> None:
    meaning = read_message(json.dumps({"message": message}))
    assert meaning.unread == unread
    assert ("not recognised" in str(meaning)) is bool(unread)
    assert read_message(json.dumps({"message": "Forbidden", "hint": "call sales"})).unread == ""


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    ("message", "named"),
    [
        (sentence(implicit("resource-based policy")), True),
        (sentence(" with an explicit deny in a resource-based policy"), False),
        (sentence(implicit("identity-based policy")), False),
        (sentence(implicit("resource-based policy"), user="anonymous"), False),
    ],
)
def test_a_silent_resource_policy_may_be_named_for_silent_policies_of_the_caller(message: str, named: bool) -> None:
    left_open = " ".join(read_message(message).leaves_open)
    assert ("whether it is the caller's own policies that do not allow" in left_open) is named
