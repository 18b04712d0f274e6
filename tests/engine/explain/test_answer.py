"""The answer of an explanation: which statements it shows, and in what words."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Context, Request
from execpolicy.engine.assumptions import ASSUMPTIONS
from execpolicy.engine.explain.answer_outline import AnswerWords
from execpolicy.engine.explain.subject import subject
from tests.engine.making import (
    ACCOUNT,
    ANN,
    API,
    OTHER,
    PETS,
    SERVICE,
    STRANGER,
    allowing,
    decided,
    denying,
    policy,
    stated,
)


def lines(**given: Any) -> list[str]:
    return str(decided(**given).explain()).splitlines()


def row(label: str, **given: Any) -> str:
    """The row of an answer with this label, with those below it."""
    found = lines(**given)
    at = next(number for number, line in enumerate(found) if line.startswith(f"{label} "))
    below = [line[14:] for line in found[at + 1 :] if line.startswith(" " * 14)]
    return " | ".join([found[at][14:], *below])


def reads(*names: str) -> Any:
    return policy(*[stated(Sid=name, Resource=f"{API}/prod/GET/{name}") for name in names])


@pytest.mark.rule("EVL-1", "MSG-1")
def test_an_explicit_deny() -> None:
    assert lines(identity=[allowing(), denying(Sid="Never")]) == [
        "DENY (explicit): a Deny applies in the identity-based policy",
        "  GET /pets · a1b2c3/prod · user/Ann",
        "identity: Statement[0]: Deny Never applies",
        "without it    allowed by identity: Statement[0]: Allow statement 0",
        f"AWS answers   User: {ANN} is not authorized to perform: execute-api:Invoke on resource: {PETS} with an "
        "explicit deny in an identity-based policy",
    ]


def test_what_the_conditions_of_a_deny_find() -> None:
    denies = denying(Condition={"StringEquals": {"custom:a": ["x", "y"]}})
    assert "  StringEquals custom:a holds: the request has `y`" in lines(identity=denies, context={"custom:a": "y"})


def test_what_holds_without_a_deny() -> None:
    assert row("without it", identity=denying()) == "denied too: no identity-based policy allows it"
    several = {"identity": [allowing(), denying(), denying()]}
    assert row("without them", **several) == "allowed by identity: Statement[0]: Allow statement 0"
    both = {"identity": [allowing(), denying()], "resource_policy": allowing("resource", Principal={"AWS": ACCOUNT})}
    assert row("without it", **both) == (
        "allowed by identity: Statement[0]: Allow statement 0 | and resource: Statement[0]: Allow statement 0"
    )


@pytest.mark.rule("EVL-11")
def test_an_implicit_deny_shows_the_nearest_statement() -> None:
    found = lines(identity=reads("dogs", "cats", "petshop", "owners"))
    assert found[2:4] == [
        "identity: Statement[2]: Allow petshop does not apply",
        "  Resource: matched up to `a1b2c3/prod/GET/`; there the pattern has `petshop` and the request `pets`",
    ]
    assert found[-1] == "statements    3 others do not match (explain().full() shows them)"


def test_a_condition_is_nearer_than_a_resource_and_that_nearer_than_an_action_or_a_principal() -> None:
    only_condition = stated(Sid="Condition", Condition={"Bool": {"custom:a": "true"}})
    resource = stated(Sid="Resource", Resource=f"{PETS}/*")
    action = stated(Sid="Action", Action="s3:*")
    for statements, nearest in (
        ([action, resource, only_condition], "Condition"),
        ([action, resource], "Resource"),
        ([action], "Action"),
    ):
        assert f"Allow {nearest} does not apply" in lines(identity=policy(*statements))[2]


def test_all_the_conditions_that_fail_are_shown() -> None:
    asks = allowing(Condition={"StringEquals": {f"custom:{name}": name for name in "abcd"}})
    found = [line for line in lines(identity=asks) if line.startswith("  StringEquals")]
    assert len(found) == 3


@pytest.mark.rule("EVL-4", "EVL-5")
def test_what_is_not_enough() -> None:
    account = allowing("resource", Principal={"AWS": ACCOUNT})
    assert row("not enough", resource_policy=account) == (
        "resource: Statement[0]: Allow statement 0, and names the account: an identity-based policy must allow as well"
    )
    found = lines(caller=STRANGER, identity=allowing())
    assert found[1] == f"  GET /pets · a1b2c3/prod · user/Eve of account {OTHER}"
    assert "there is no resource-based policy" in found


@pytest.mark.rule("EVL-11")
def test_an_allow_names_caller_action_and_resource_once() -> None:
    assert lines(identity=allowing()) == [
        "ALLOW: the identity-based policy allows it",
        "  execute-api:Invoke GET /pets · a1b2c3/prod · user/Ann",
        "identity: Statement[0]: Allow statement 0 applies",
    ]
    both = lines(identity=[allowing(), allowing()], resource_policy=allowing("resource"))
    assert both[0] == "ALLOW: the identity-based policy and the resource-based policy allow it"
    assert both[-1] == "statements    1 other applies (explain().full() shows them)"


def test_an_allow_says_which_absent_keys_could_change_it() -> None:
    abroad = denying(Condition={"StringEquals": {"custom:a": "x"}})
    assert row("absent", identity=[allowing(), abroad]) == "custom:a: a request that has it may have another outcome"
    several = [denying(Condition={"StringEquals": {f"custom:{name}": "x"}}) for name in "abcdef"]
    assert row("absent", identity=[allowing(), *several]) == (
        "custom:a, custom:b, custom:c, custom:d and 2 more: a request that has one may have another outcome"
    )


@pytest.mark.rule("KEY-4", "KEY-5")
def test_an_indeterminate_outcome_names_what_is_not_known() -> None:
    partial = Context({}, complete=False)
    asks = allowing(Condition={"StringEquals": {"aws:UserAgent": "shop"}})
    found = lines(identity=asks, context=partial)
    assert found[0] == "INDETERMINATE: allowed or denied: aws:UserAgent is not known"
    assert found[2:4] == [
        "identity: Statement[0]: Allow statement 0 may apply",
        "  StringEquals aws:UserAgent: expected `shop`; aws:UserAgent is not known",
    ]
    negated = denying(Condition={"StringNotEquals": {"aws:UserAgent": "shop"}})
    found = lines(identity=[allowing(), negated], context=partial)
    assert "  StringNotEquals aws:UserAgent: expected anything but `shop`; aws:UserAgent is not known" in found
    denied = lines(identity=negated, context=partial)
    assert denied[0] == "INDETERMINATE: denied in any case, by a Deny or without one: aws:UserAgent is not known"
    several = allowing(Condition={"StringEquals": {f"custom:{name}": "x" for name in "abcdef"}})
    assert lines(identity=several, context=partial)[0].endswith("custom:c and custom:d and 2 more are not known")


def test_an_assumed_rule_is_a_row() -> None:
    found = row("assumed", caller=SERVICE, resource_policy=allowing("resource"))
    assert found == f"{ASSUMPTIONS['PRN-1']} (PRN-1)"


def test_words_name_what_the_reader_can_do() -> None:
    words = AnswerWords("--all", lambda found: f"--context {found.values[0][0]}", "--at TIME", "wait")
    asks = [*[stated(Action="s3:*")] * 2, stated(Condition={"StringEquals": {"custom:a": "x\x1b"}})]
    text = str(decided(identity=policy(*asks)).explain().with_words(words))
    assert "\ndecide with   --at TIME\nnext          wait\n" in text
    assert text.endswith("\nstatements    2 others do not match (--all)")
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("resource", "caller", "expected"),
    [
        (PETS, ANN, "GET /pets · a1b2c3/prod · user/Ann"),
        (f"{API}/prod/GET/a/b", "anonymous", "GET /a/b · a1b2c3/prod · anonymous"),
        (f"{API}/prod/GET/", SERVICE, f"GET / · a1b2c3/prod · {SERVICE}"),
        (f"{API}/live/$connect", ANN, "$connect · a1b2c3/live · user/Ann"),
        (API, ANN, f"{API} · user/Ann"),
        (PETS, STRANGER, f"GET /pets · a1b2c3/prod · user/Eve of account {OTHER}"),
        (f"{API}/prod/GET/{'x' * 200}", ANN, f"GET /{'x' * 115}… · a1b2c3/prod · user/Ann"),
    ],
)
def test_a_request_in_a_line(resource: str, caller: str, expected: str) -> None:
    request = Request(caller=caller, action="execute-api:Invoke", resource=resource)
    assert subject(request) == expected
    assert subject(request, with_action=True)[:60] == f"execute-api:Invoke {expected}"[:60]
