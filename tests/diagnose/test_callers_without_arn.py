"""A message whose caller is not an ARN proves nothing about the caller."""

from __future__ import annotations

import pytest

from execpolicy.diagnose.why import read_message
from tests.diagnose.messages import ANN, MASKED, implicit, sentence

OF_THE_CALLER = ("credentials", "signature", "AWS_IAM", "anonymous")


@pytest.mark.rule("MSG-1", "PRN-9")
@pytest.mark.parametrize("user", ["bob@example.com", "null", "111122223333", "Anonymous", "arn:x", "AIDAEXAMPLE", "*"])
@pytest.mark.parametrize("ending", ["", implicit("resource-based policy"), " with an explicit deny"])
def test_nothing_is_concluded_from_a_caller_that_is_not_an_arn(user: str, ending: str) -> None:
    meaning = read_message(sentence(ending, user=user))
    assert f"a caller that the message calls {user}" in meaning.summary
    assert meaning.principal == user
    assert [text for text in meaning.proves for word in OF_THE_CALLER if word in text] == []
    assert meaning.leaves_open[0] == (
        'who called: what follows "User:" is not an ARN, so the text may have been changed, or written by somebody else'
    )
    assert meaning.check_next[0] == "paste the whole response with its headers (curl -i), as API Gateway sent it"


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    "user",
    [
        ANN,
        ANN.replace("111122223333", "********3333"),
        ANN.replace("111122223333", "*****"),
        "arn:aws:sts::111122223333:assumed-role/Clerk/ann",
        "arn:aws-cn:iam::111122223333:root",
    ],
)
def test_the_arn_of_a_principal_is_the_caller(user: str) -> None:
    meaning = read_message(sentence(implicit("resource-based policy"), user=user))
    assert meaning.summary == f"No resource-based policy allows execute-api:Invoke to {user}"
    assert "the credentials and the signature are valid" in meaning.proves
    assert not any("who called" in text for text in meaning.leaves_open)


@pytest.mark.rule("MSG-2", "PRN-9")
def test_anonymous_callers_have_a_word_of_their_own() -> None:
    meaning = read_message(sentence(user="anonymous", resource=MASKED))
    assert meaning.summary.endswith(" to an anonymous caller")
    assert not any("who called" in text for text in meaning.leaves_open)
