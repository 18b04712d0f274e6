"""The answers of the playground in CPython: the text is that of the command, and marks are where the text says."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from playground.answers import KINDS, QuestionError, answer, prepare
from tests.cli.conftest import Execute, execute
from tests.playground.questions import ANN, EXAMPLES, edited, generated, question_of

__all__ = ["execute"]
#: The place of a statement that the text of an answer names as one that applies.
APPLIES = re.compile(r"(?:^|by |and )(\w+)\.(?:json|yaml):(\d+):\d+: (?:Allow|Deny) .* applies", re.MULTILINE)


@pytest.fixture(autouse=True)
def _no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser has no terminal with a width."""
    monkeypatch.delenv("COLUMNS", raising=False)


def answered(kind: str, question: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answer(kind, json.dumps(question)))
    return found


def lines_of(found: dict[str, Any], question: dict[str, str], *kinds: str) -> list[tuple[str, int]]:
    """The editors and lines in which marks begin."""
    return [
        (mark["editor"], _before(question[mark["editor"]], mark["start"]).count("\n") + 1)
        for mark in found["marks"]
        if not kinds or mark["kind"] in kinds
    ]


def _before(text: str, units: int) -> str:
    """The beginning of a text of this many UTF-16 code units."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["name"])
def test_each_example_is_a_trap(example: dict[str, Any]) -> None:
    for question, expected in ((question_of(example), example), (edited(example), example["edit"])):
        found = answered("check", question)
        assert found["outcome"] == expected["outcome"], found["text"]
        marks = lines_of(found, question) or lines_of(answered("lint", question), question)
        marked = expected["marked"]
        assert marks[:1] == ([] if marked is None else [(marked["editor"], marked["line"])])


def test_the_examples_are_the_eight_traps() -> None:
    assert [example["name"] for example in EXAMPLES] == [
        "gw-17",
        "star-crosses-slash",
        "not-ip-address",
        "if-exists",
        "preflight",
        "account-delegates",
        "vpc-and-endpoint",
        "cached-authorizer",
    ]
    rules = set(re.findall(r"^### ([A-Z]+-\d+) ", Path("docs/semantics.md").read_text("utf-8"), re.MULTILINE))
    assert {rule for example in EXAMPLES for rule in example["rules"]} <= rules


def written(execute: Execute, question: dict[str, str], folder: Path) -> tuple[int, str, str]:
    """What ``execpolicy check`` writes in a folder with these texts; the options are made here, not by the answer."""
    names = {"authorizer": ("authorizer.json", "--authorizer-output"), "context": ("context.json", "--context")}
    is_call = question["mode"] == "api"
    arguments = ["check"]
    of_caller = ("identity", "boundary", "scp")
    for editor in ("api", *of_caller, "authorizer", "context") if is_call else (*of_caller, "resource", "context"):
        text = question.get(editor, "")
        if text:
            file, option = names.get(editor, (f"{editor}.{'json' if text[0] == '{' else 'yaml'}", f"--{editor}"))
            (folder / file).write_bytes(text.encode())
            arguments += [option, file]
    caller = question.get("caller", "") or ("" if is_call else "anonymous")
    arguments += ["--as", caller] if caller else []
    if not is_call:
        arguments += ["--on", question["on"]]
    for header in question.get("headers", "").split("\n"):
        arguments += ["--header", header] if header else []
    return execute(*arguments, *(question["call"].split() if is_call else ()))


@pytest.mark.parametrize("part", range(4))
def test_the_text_is_that_of_check(
    part: int, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    questions = generated(200)[part::4]
    if part == 0:
        questions += [each for example in EXAMPLES for each in (question_of(example), edited(example))]
    outcomes: Counter[str] = Counter()
    for number, question in enumerate(questions):
        folder = tmp_path / str(number)
        folder.mkdir()
        monkeypatch.chdir(folder)
        code, out, err = written(execute, question, folder)
        found = answered("check", question)
        assert (found["exit"], found["text"]) == (code, err if code == 2 else out), question
        assert found["notes"] == ("" if code == 2 else err)
        assert "Traceback" not in found["text"]
        outcomes[found["outcome"]] += 1
        if number % 5 == 0:
            # The command that is shown writes the same.
            assert execute(*shlex.split(found["command"])[1:]) == (code, out, err)
    assert outcomes.keys() >= {"allowed", "denied", "unusable input"}
    assert min(outcomes[name] for name in ("allowed", "denied", "unusable input")) >= 3


def test_marks_are_where_the_text_says() -> None:
    seen: Counter[str] = Counter()
    for question in generated(120, seed=11):
        found = answered("check", question)
        named = {(editor, int(line)) for editor, line in APPLIES.findall(found["text"])}
        marks = set(lines_of(found, question, "allows", "denies"))
        assert named <= marks, found["text"]
        # The text shows one statement of several in a policy that decide alike.
        assert bool(named) == bool(marks) or question["mode"] == "api", found["text"]
        seen[found["outcome"]] += bool(named)
        for mark in found["marks"]:
            text = question[mark["editor"]].encode("utf-16-le")[2 * mark["start"] : 2 * mark["end"]].decode("utf-16-le")
            assert ('"Effect"' in text) == (mark["kind"] in ("allows", "denies"))
    assert seen["allowed"] > 2
    assert seen["denied"] > 2


def test_a_mark_counts_as_javascript_does() -> None:
    policy = '{"Statement": [{"Sid": "Read", "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": '
    policy += '{"StringLike": {"aws:UserAgent": "\U0001f512*"}}}, {"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    question = {"mode": "policies", "identity": policy, "caller": ANN, "on": "arn:aws:execute-api:eu-west-1:1:a/p/GET/"}
    question["on"] = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
    (mark,) = answered("check", question)["marks"]
    assert _before(policy, mark["start"]).endswith("}, ")
    assert _before(policy, mark["end"]).endswith('"Resource": "*"}')
    assert mark["start"] == policy.index('{"Effect": "Allow"') + 1


def test_lint_marks_its_findings() -> None:
    policy = '{"Version": "2012-10-17",\n "Statment": []}'
    question = {"mode": "policies", "identity": policy, "caller": ANN}
    found = answered("lint", question)
    assert found["outcome"] == "findings"
    assert found["marks"][-1] == {
        "editor": "identity",
        "start": policy.index('"Statment"'),
        "end": policy.index(": []"),
        "kind": "error",
        "words": 'EP-DOC-005: found "Statment", which is not an element of a policy document',
    }
    assert 'did you mean "Statement"?' in found["text"]


def test_a_boundary_and_an_scp_are_linted_as_what_they_are() -> None:
    policy = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "execute-api:*", "Resource": "*"}]}'
    without_version = policy.replace('"Version": "2012-10-17", ', "")
    question = {"mode": "api", "identity": policy, "boundary": policy, "scp": policy}
    found = answered("lint", question)
    assert (found["text"], found["exit"]) == ("no findings\n", 0)
    assert found["command"].split("\n") == [
        "execpolicy lint --verbose --isolated identity.json",
        "execpolicy lint --verbose --isolated --policy-kind=boundary boundary.json",
        "execpolicy lint --verbose --isolated --policy-kind=scp scp.json",
    ]
    found = answered("lint", question | {"scp": without_version})
    assert (found["outcome"], found["exit"]) == ("findings", 1)
    assert found["text"].startswith("scp.json:1:1: error EP-DOC-001 found a service control policy without Version")
    assert {mark["editor"] for mark in found["marks"]} == {"scp"}
    both = answered("lint", question | {"identity": without_version, "boundary": "{", "scp": without_version})
    assert [both["text"].count(f"{name}.json:") for name in ("identity", "scp")] == [1, 1]
    assert "\nboundary.json:1:1: error EP-DOC-002" in both["text"]


def test_what_an_scp_denies_is_marked_in_it() -> None:
    allows = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    denies = {"Sid": "No", "Effect": "Deny", "Action": "execute-api:*", "Resource": "*"}
    texts = {
        name: json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)
        for name, statements in (("identity", [allows]), ("boundary", [allows]), ("scp", [allows, denies]))
    }
    on = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
    question = {"mode": "policies", **texts, "caller": ANN, "on": on}
    found = answered("check", question)
    assert found["text"].startswith("DENY (explicit): a Deny applies in the service control policy\n")
    assert lines_of(found, question) == [("scp", 9)]
    narrow = texts["boundary"].replace('"Resource": "*"', '"Resource": "arn:aws:execute-api:*:*:*/test/*"')
    found = answered("check", question | {"scp": "", "boundary": narrow})
    assert found["text"].startswith("DENY (implicit): no permissions boundary allows")
    assert lines_of(found, question | {"boundary": narrow}, "fails") == [("boundary", 7)]
    laxer = answered("diff", question | {"compared": "scp", "before": texts["scp"].replace("Deny", "Allow")})
    assert laxer["text"].startswith("STRICTER")
    assert laxer["command"] == "execpolicy diff --kind=scp before.json scp.json"


def test_diff_shows_a_request_of_the_difference() -> None:
    example = EXAMPLES[1]
    question = edited(example) | {"before": question_of(example)["identity"], "compared": "identity"}
    found = answered("diff", question)
    assert found["outcome"] == "stricter"
    assert "- execute-api:Invoke on arn:aws:execute-api:" in found["text"]
    same = answered("diff", question | {"before": question["identity"]})
    assert (same["outcome"], same["exit"]) == ("equal", 0)
    laxer = answered("diff", question | {"before": question["identity"], "identity": question["before"]})
    assert laxer["outcome"] == "laxer"
    assert lines_of(laxer, question)[:1] == [("identity", 4)]
    api = question_of(EXAMPLES[4])
    opened = answered("diff", api | {"before": api["api"].replace("AWS_IAM", "NONE"), "compared": "api"})
    assert opened["outcome"] == "stricter"


def test_who_and_prove() -> None:
    question = question_of(EXAMPLES[0])
    found = answered("who", question)
    assert found["outcome"] == "found"
    assert found["text"].startswith("GET /orders/17\n")
    assert answered("who", question | {"reached": "GET /orders/*"})["text"].startswith("GET /orders/*\n")
    proven = answered("prove", question | {"invariants": "nobody may call DELETE /orders/**"})
    assert (proven["outcome"], proven["text"].split("\n")[0]) == (
        "proven",
        "PROVEN   nobody may call DELETE /orders/**",
    )
    refuted = answered("prove", question | {"invariants": "nobody may call GET /orders/**"})
    assert refuted["outcome"] == "refuted"
    wrong = answered("prove", question | {"invariants": "nobody can call GET /orders/**"})
    assert wrong["outcome"] == "unusable input"
    assert wrong["text"].startswith("invariants.txt:1:")
    assert "^" in wrong["text"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_missing_is_said(kind: str) -> None:
    for mode in ("api", "policies"):
        found = answered(kind, {"mode": mode})
        assert found["exit"] == 2
        assert found["marks"] == []
        assert found["text"].strip()
        assert "Traceback" not in found["text"]


def test_what_prepares_an_answer_is_a_question_of_its_kind() -> None:
    assert KINDS == ("check", "lint", "diff", "who", "prove")
    with pytest.raises(QuestionError, match="found the question 'decide'"):
        prepare("decide")
    for kind in KINDS:
        prepare(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_gives_a_traceback(kind: str) -> None:
    hostile = ["--help", "-h", "@file", "\x00", "\ud800", "{", "[" * 2000, "- &a [*a]", "\u202e", "<img onerror=x>"]
    for text in hostile:
        for mode in ("api", "policies"):
            names = ("identity", "boundary", "scp", "resource", "api", "before", "authorizer", "context", "invariants")
            fields = ("caller", "on", "call", "headers", "stage", "name", "reached")
            question = dict.fromkeys((*names, *fields), text) | {"mode": mode, "compared": "resource"}
            found = answered(kind, question)
            # For lint a text that does not load is a finding, if its kind is known.
            assert found["exit"] in ((1, 2) if kind == "lint" else (2,)), (text, found["text"])
            assert found["text"].strip()
            assert "Traceback" not in found["text"]


@pytest.mark.parametrize(
    ("kind", "question", "words"),
    [
        ("decide", "{}", "found the question 'decide', expected one of check, lint, diff, who, prove"),
        ("check", "[]", "found a question that is no object of texts"),
        ("check", '{"caller": 1}', "found a question that is no object of texts"),
        ("check", '{"callers": "x"}', "found the unknown field 'callers'"),
        ("check", '{"mode": "x"}', "found the mode 'x', expected one of api, policies"),
    ],
)
def test_a_question_of_another_form_is_refused(kind: str, question: str, words: str) -> None:
    with pytest.raises(QuestionError, match=f"^{re.escape(words)}$"):
        answer(kind, question)
