"""What a terminal might obey is shown as an escape, in messages, results and errors, whatever names hold it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy import (
    Api,
    Authorizer,
    AuthorizerOutput,
    Caller,
    Context,
    Diagnostic,
    ExecPolicyError,
    Policy,
    PolicySyntaxError,
    Principal,
    Request,
    RequestError,
    Route,
    Source,
    Target,
    UsageError,
    authorize,
)
from execpolicy.diagnose.why import read_message
from execpolicy.literals import PolicyKindName
from execpolicy.testing import Scenario, assert_allowed, assert_denied, load_cases, parse_cases, run_case
from execpolicy.testing.mutation import mutate

ANN = "arn:aws:iam::111122223333:user/Ann"
PREFIX = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/"
#: Escape sequences, line ends, what turns the direction of text, and what ends lines elsewhere.
HOSTILE = "\x1b]0;x\x07\x1b[2J\r\n\x00\x7f\x85\x9b\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\ufeff\u061c"
#: Without what no document and no path can hold.
NAMED = HOSTILE.replace("\x00", "")


def bad(text: str) -> set[str]:
    """The characters of a text that a terminal might obey; our own line ends are none."""
    return {char for char in text if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp") and char != "\n"}


def policy(kind: PolicyKindName, name: str, **more: Any) -> Policy:
    statement = {
        "Sid": name,
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": f"{PREFIX}{name}/*",
        **more,
    }
    return Policy.parse({"Id": name, "Statement": [statement]}, kind=kind, name=name)


def results(name: str) -> Iterator[object]:
    """Public results that hold a name wherever one can stand."""
    caller = Caller(Principal.parse(ANN, tags={name: name}), identity=policy("identity", name))
    context = Context({"aws:UserAgent": name, f"aws:PrincipalTag/{name}": name})
    request = Request(caller=caller, action="execute-api:Invoke", resource=PREFIX + name, context=context)
    target = Target(resource=policy("resource", name, Principal="*", Effect="Deny", Resource=f"{PREFIX}{name}"))
    yield from (caller, context, request, target, request.arn)
    for decision in (authorize(request), authorize(request, target)):
        yield from (decision, decision.message, decision.explain(), decision.to_dict())
        yield from decision.determining_statements
    tokens = Authorizer(name, type="TOKEN", identity_sources=["method.request.header.Authorization"])
    api = Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        routes=[Route("GET", "/a/{proxy+}", authorizer=name), Route("GET", "/b/{proxy+}", auth="AWS_IAM")],
        authorizers=[tokens],
        resource_policy=policy("resource", name, Principal="*"),
    )
    yield from (api, tokens, api.routes[0])
    answer = {"principalId": name, "policyDocument": policy("identity", name).to_document(), "context": {name: name}}
    yield AuthorizerOutput.parse(answer)
    yield AuthorizerOutput.parse(f"failed: {name}")
    for path, more in (
        (f"/a/{name}", {"headers": {"Authorization": name}, "authorizer_output": answer}),
        (f"/a/{name}", {"headers": {"Authorization": name}, "authorizer_output": ValueError(name)}),
        (f"/a/{name}", {"headers": {name: name}}),
        (f"/b/{name}", {"caller": caller}),
        (f"/{name}", {}),
    ):
        response = api.invoke("GET", path, **more)
        yield from (response, response.message, response.explain(), response.to_dict(), *response.steps)
    checked = Scenario(name=name).acting_as(ANN).policies(identity=policy("identity", name)).request(PREFIX + name)
    yield from (checked, checked.explain())
    decided = checked.decision
    assert decided is not None
    holds: list[Callable[[], object]] = [
        lambda: assert_allowed(decided),
        lambda: assert_denied(decided, "explicit", by=name),
    ]
    for hold in holds:
        try:
            hold()
        except (AssertionError, UsageError) as error:
            yield error


@pytest.mark.rule("MSG-1")
def test_results_show_nothing_that_a_terminal_obeys() -> None:
    for result in results(NAMED.replace("\n", "").replace("\r", "")):
        assert bad(repr(result)) == set(), type(result)
        assert bad(str(result)) == set(), type(result)


NAMES = st.text(st.characters(categories=["Cc", "Cf", "Zl", "Zp", "Lu"], exclude_characters="\0\n"), min_size=1)


@settings(max_examples=15)
@given(NAMES)
def test_no_name_gets_through(name: str) -> None:
    for result in results(name):
        assert bad(repr(result) + str(result)) == set(), type(result)


ERRORS: dict[str, Callable[[], object]] = {
    "a member": lambda: Policy.parse('{"\\u001b[2J\\u202e": 1}', kind="identity", name=HOSTILE),
    "a file": lambda: Policy.load(NAMED, kind="identity"),
    "a file of cases": lambda: load_cases(NAMED),
    "a name of cases": lambda: parse_cases("{", name=NAMED),
    "a document of objects": lambda: Policy.parse({NAMED: {NAMED: 1}}, kind="identity", name=NAMED),
    "an action": lambda: Request(caller=ANN, action=NAMED, resource=PREFIX),
    "a caller": lambda: Principal.parse(NAMED),
    "a key": lambda: Context({"aws:SourceIp": NAMED}),
    "a pasted answer": lambda: read_message(NAMED),
    "an error of its own": lambda: _raised(ExecPolicyError(HOSTILE, source=Source(HOSTILE, HOSTILE), advice=HOSTILE)),
    "an error with a place": lambda: _raised(
        RequestError(HOSTILE, source=Source(HOSTILE, HOSTILE), span=Source("", HOSTILE).span(0, 9), path=HOSTILE)
    ),
}


def _raised(error: ExecPolicyError) -> None:
    raise error


@pytest.mark.parametrize("name", ERRORS)
def test_errors_show_nothing_that_a_terminal_obeys(name: str) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        ERRORS[name]()
    error = caught.value
    assert bad(str(error)) == bad(repr(error)) == set()
    if isinstance(error, PolicySyntaxError):
        assert all(not bad(str(each)) | bad(repr(each)) for each in error.errors)


def test_the_fields_of_an_error_keep_what_was_said() -> None:
    diagnostic = Diagnostic("a\x1bb", advice="c\u202ed")
    assert (diagnostic.message, diagnostic.advice) == ("a\x1bb", "c\u202ed")
    assert str(diagnostic) == "a\\x1bb\n  c\\u202ed"


def test_results_of_cases_show_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    file = parse_cases(
        '{"schema": "execpolicy/cases/1", "title": "T", "cases": [{"name": "a\\u001b[2J", "why": "w\\u202e\\nx", '
        f'"caller": "anonymous", "expect": "explicit_deny", "resource": "{PREFIX}\\u001b"}}]}}',
        name="c\x1b.json",
    )
    result = run_case(file.cases[0])
    assert not result.passed
    assert bad(str(result) + repr(result)) == set()
    assert "  why:      w\\u202e\nx\n" in str(result)


def test_a_report_of_mutants_shows_nothing_that_a_terminal_obeys(tmp_path: Path) -> None:
    (tmp_path / "p\x1b.json").write_text(
        '{"Statement": {"Sid": "S\\u001b", "Effect": "Allow", "Action": ["*", "execute-api:*"], "Resource": "*"}}',
        "utf-8",
    )
    cases = tmp_path / "c.json"
    case = {"name": "n", "caller": {"principal": ANN, "identity": ["p"]}, "expect": "allow", "resource": PREFIX}
    policies = {"p": "p\x1b.json"}
    schema = {"schema": "execpolicy/cases/1", "title": "T"}
    cases.write_text(json.dumps({**schema, "policies": policies, "cases": [case]}), "utf-8")
    report = mutate(load_cases(cases).items)
    assert report.mutants
    assert bad(report.text() + repr(report) + "".join(map(str, report.mutants)) + repr(report.mutants)) == set()
