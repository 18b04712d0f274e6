"""ARNs that a terminal or a mail broke over lines."""

from __future__ import annotations

import json

import pytest

from execpolicy.diagnose.broken_lines import join_broken_arns
from execpolicy.diagnose.why import read_message
from tests.diagnose.messages import ANN, MASKED, sentence

JOINED = "the ARN in the message: it was broken over lines in the text, and is joined here"


def broken(arn: str, *places: int, by: str = "\n") -> str:
    """An ARN with line breaks at some places."""
    pieces = [arn[start:end] for start, end in zip((0, *places), (*places, None), strict=True)]
    return by.join(pieces)


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize("by", ["\n", "\r\n", "\n    ", "  \n", "\n\t"])
@pytest.mark.parametrize("places", [(45,), (12,), (30, 50), (44, 45, 46)])
@pytest.mark.parametrize(
    "ending", ["", " with an explicit deny", "\nwith an explicit deny", " (with an explicit deny)", '"}', "</Message>"]
)
def test_a_broken_arn_is_joined(by: str, places: tuple[int, ...], ending: str) -> None:
    meaning = read_message(sentence(ending, resource=broken(MASKED, *places, by=by)))
    assert meaning.resource == MASKED
    assert meaning.explicit is ("explicit" in ending)
    assert JOINED in meaning.leaves_open
    assert any("it must cover /prod/GET/pets/7" in text for text in meaning.check_next) is ("explicit" not in ending)


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize("resource", [MASKED, "", broken(MASKED, 50)], ids=["whole", "none", "broken"])
def test_the_callers_arn_is_joined(resource: str) -> None:
    meaning = read_message(sentence(" with an explicit deny", user=broken(ANN, 20), resource=resource))
    assert (meaning.principal, meaning.resource.replace("\n", "")) == (ANN, resource.replace("\n", ""))
    assert JOINED in meaning.leaves_open


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize("by", ["\n", "\\n", "\\n  "])
def test_an_arn_that_is_broken_in_a_body(by: str) -> None:
    body = json.dumps({"Message": sentence(" with explicit deny", resource="RESOURCE")})
    meaning = read_message(body.replace("RESOURCE", broken(MASKED, 50, by=by)))
    assert (meaning.resource, meaning.explicit) == (MASKED, True)


@pytest.mark.rule("MSG-1")
@pytest.mark.parametrize(
    "next_line",
    [
        "with an explicit deny",
        "with",
        "because no session policy allows the execute-api:Invoke action",
        "(with an explicit deny)",
        '{"message": null}',
        "Forbidden",
        "Unauthorized.",
        "2026-03-01 12:00:00 the next entry",
        "",
        "'quoted'",
    ],
)
def test_an_arn_that_ends_with_its_line_is_not_joined(next_line: str) -> None:
    text = sentence(f"\n{next_line}\nabc")
    assert join_broken_arns(text) == (text, ())


@pytest.mark.rule("MSG-1")
def test_only_the_arns_of_a_message_are_joined() -> None:
    for text in (f"see {MASKED}\nabc", f"see\n{MASKED}\nabc", "User:\nAnn\nabc arn:", f"{MASKED}\nabc", "a arn:x"):
        assert join_broken_arns(text).arns == ()
    assert join_broken_arns(f"on resource:\n{MASKED}\nabc").arns == (f"{MASKED}abc",)
    assert join_broken_arns(f"User:{ANN}\nabc\nis not").arns == (f"{ANN}abc",)
    long = "x" * 9000
    assert join_broken_arns(f"User: arn:{long}\n{long}").arns == ()
