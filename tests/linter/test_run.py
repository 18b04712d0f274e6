"""What is checked of each subject and file, and what load errors become."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Mapping
from cProfile import Profile
from pathlib import Path
from typing import Any

import pytest

from benchmarks.linting import compact_policy, conditional_policy
from execpolicy import Api, Caller, Domain, ExecPolicyError, Mapped, Policy, Route, Target, UsageError
from execpolicy.document.parse import parse_text
from execpolicy.linter.catalogue import selected
from execpolicy.linter.conditions import tested
from execpolicy.linter.run import lint, lint_file, lint_text
from execpolicy.linter.severity import Severity
from execpolicy.linter.subject import PolicySubject


def document(resource: str, *, principal: bool = True) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": resource}
    if not principal:
        del statement["Principal"]
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


BRACES = document("execute-api:/prod/GET/{id}")
RESOURCE = Policy.parse(BRACES, kind="resource", name="resource.json")
IDENTITY = Policy.parse(
    document("arn:aws:execute-api:*:*:*/prod/get/a", principal=False), kind="identity", name="identity.json"
)


def test_the_policies_of_an_api_a_caller_and_a_target_are_checked() -> None:
    domain = Domain(
        "private.example.com",
        [Mapped("", "prod")],
        id="d1",
        associated_endpoints=["vpce-1"],
        policy=Policy.parse(BRACES, kind="domain_name", name="domain.json"),
    )
    api = Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        endpoint="PRIVATE",
        stages=["prod"],
        routes=[Route("GET", "/a")],
        resource_policy=RESOURCE,
        domains=[domain],
    )
    assert [finding.place for finding in lint(api, rules=selected("EP-ARN"))] == [
        "domain.json:1:145",
        "resource.json:1:145",
    ]
    user = "arn:aws:iam::111122223333:user/Ann"
    assert [finding.rule.id for finding in lint(Caller(user, identity=IDENTITY, scps=[[]]))] == ["EP-ARN-003"]
    assert [finding.rule.id for finding in lint(Target(resource=RESOURCE))] == ["EP-ARN-001"]
    assert [finding.place for finding in lint(RESOURCE)] == ["resource.json:1:145"]


def test_a_policy_without_a_text_has_findings_with_paths() -> None:
    (finding,) = lint(Policy.parse(json.loads(BRACES), kind="resource"))
    assert (finding.span, finding.fix, finding.path) == (None, None, "Statement[0].Resource")
    assert finding.place == "Statement[0].Resource"
    assert finding.to_dict()["locations"] == []


def test_rules_can_be_chosen() -> None:
    assert lint(RESOURCE, rules=["EP-ARN-002"]) == ()
    with pytest.raises(UsageError, match="there is no rule 'EP-ARN-999'"):
        lint(RESOURCE, rules=["EP-ARN-999"])
    with pytest.raises(UsageError, match="found a str to check"):
        lint("policy.json")  # type: ignore[arg-type]  # a wrong argument


@pytest.mark.parametrize(
    ("text", "place", "rule", "message"),
    [
        ('{"Statement": [', "bad.json:1:15", "EP-DOC-002", "the list opened here is never closed"),
        (
            document("*").replace("Allow", "allow"),
            "bad.json:1:51",
            "EP-DOC-006",
            'found "allow" as Effect, expected',
        ),
        ('{"schema": "execpolicy/api/1"}', "bad.json:1:1", "EP-DOC-001", 'found an API file without "id"'),
    ],
)
def test_load_errors_are_findings(text: str, place: str, rule: str, message: str) -> None:
    first = lint_text(text, "bad.json")[0]
    assert (first.place, first.severity, first.rule.id) == (place, Severity.ERROR, rule)
    assert first.message.startswith(message)
    assert first.help


def test_a_file_of_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "context.json"
    path.write_text('{"aws:SourceIp": "203.0.113.7"}', "utf-8")
    with pytest.raises(ExecPolicyError, match="is of no known kind"):
        lint_file(path)
    with pytest.raises(ExecPolicyError, match="No such file"):
        lint_file(tmp_path / "missing.json")


def test_the_kind_of_a_policy_file_follows_from_its_principals() -> None:
    assert lint_text(document("*", principal=False), "identity.json") == ()
    assert lint_text(document("*"), "resource.json") == ()
    (refused,) = lint_text(document("*"), "identity.json", kind="identity")
    assert refused.rule.id == "EP-DOC-014"


def test_a_policy_of_several_readings_is_reported_once() -> None:
    assert len(lint(RESOURCE)) == len({str(finding) for finding in lint(RESOURCE)}) == 1


def calls(function: Callable[[], object]) -> int:
    """How many functions are called."""
    function()  # imports what it needs, and fills the caches of the engine
    profile = Profile()
    profile.runcall(function)
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("sound", [compact_policy, conditional_policy])
def test_to_check_a_sound_policy_takes_about_as_much_as_to_parse_it(sound: Callable[[], Mapping[str, Any]]) -> None:
    text = json.dumps(sound())
    policy = Policy.parse(text, kind="resource")
    assert lint(policy) == ()
    assert calls(lambda: lint(policy)) < 1.1 * calls(lambda: parse_text(text, "a", policy.kind))


def test_nothing_that_was_read_of_a_policy_waits_for_the_garbage_collector() -> None:
    policy = Policy.parse(json.dumps(conditional_policy()), kind="resource")
    gc.collect()
    gc.disable()
    try:
        lint(policy)
        left = [each for each in gc.get_objects() if isinstance(each, (PolicySubject, tested.Tested))]
    finally:
        gc.enable()
    assert left == []


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
@pytest.mark.parametrize("operator", ["StringNotEquals", "ForAllValues:StringEquals"])
def test_the_work_grows_with_the_number_of_conditions(effect: str, operator: str) -> None:
    def work(number: int) -> int:
        keys = {f"aws:PrincipalTag/t{each}": "a" for each in range(number)}
        statement = {"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
        policy = Policy.parse({"Statement": {**statement, "Condition": {operator: keys}}}, kind="resource")
        return calls(lambda: lint(policy))

    assert work(200) <= 2.6 * work(100)
