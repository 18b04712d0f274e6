"""Cases that detect the mutants that survive: they load, pass and detect, read back from the file that is written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from execpolicy.testing import parse_cases, run_item
from execpolicy.testing.mutation import MutationReport, mutate
from execpolicy.testing.mutation.case_file_text import case_file_text
from tests.testing.mutation.test_sample import sample

ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"


def file_of(statement: dict[str, Any], *, context: dict[str, Any] | None = None, **caller: Any) -> str:
    """A case file with one policy of a caller, and one request that it allows."""
    policy = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", **statement}}
    case = {"name": "a call", "caller": "ann", "resource": f"{ARN}/prod/GET/orders/7", "expect": "allow"}
    file = {
        "schema": "execpolicy/cases/1",
        "title": "Orders",
        "policies": {"reads": policy},
        "callers": {"ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["reads"], **caller}},
        "cases": [{**case, **({"context": context} if context else {})}],
    }
    return json.dumps(file)


def detected(report: MutationReport) -> set[tuple[str, str]]:
    return {(mutant.policy, mutant.words) for missing in report.missing for mutant in missing.detects}


def written(report: MutationReport, name: str = "missing.execpolicy.yaml") -> Any:
    return parse_cases(case_file_text(report.missing, name), name=name)


ORDERS = {"Resource": f"{ARN}/prod/GET/orders/*"}


@pytest.mark.parametrize(
    ("statement", "context"),
    [
        (ORDERS, None),
        ({**ORDERS, "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, {"aws:SourceIp": "203.0.113.9"}),
        ({**ORDERS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, {"aws:SecureTransport": "true"}),
        (
            {**ORDERS, "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "300"}}},
            {"aws:MultiFactorAuthAge": "20"},
        ),
        ({**ORDERS, "Condition": {"StringLike": {"aws:UserAgent": "till-*"}}}, {"aws:UserAgent": "till-7"}),
    ],
)
def test_every_mutant_of_a_plain_statement_is_detected(
    statement: dict[str, Any], context: dict[str, Any] | None
) -> None:
    report = mutate(parse_cases(file_of(statement, context=context), name="orders.json").items)
    assert report.survived
    assert detected(report) == {(mutant.policy, mutant.words) for mutant in report.survived}
    file = written(report)
    assert all(run_item(item).passed for item in file.items)
    again = {mutant.words: mutant.fate for mutant in mutate(file.items).mutants if mutant.policy == "policy-1"}
    assert [again[mutant.words] for mutant in report.survived] == ["killed"] * len(report.survived)


def test_what_is_found_for_policies_of_several_kinds() -> None:
    report = mutate(sample().items)
    assert sum(len(missing.detects) for missing in report.missing) == len(report.survived) == 18
    assert all(run_item(item).passed for item in written(report).items)


def test_a_caller_keeps_its_facts() -> None:
    facts: dict[str, Any] = {"tags": {"team": "no: 1"}, "org_id": "o-a1b2c3d4e5"}
    report = mutate(parse_cases(file_of(ORDERS, context=None, **facts)).items)
    text = case_file_text(report.missing, "m.yaml")
    assert 'tags:\n      team: "no: 1"\n' in text
    file = parse_cases(text, name="m.execpolicy.yaml")
    principals = {item.request.caller.principal for item in file.items}  # type: ignore[union-attr]  # requests alone
    assert {each.org_id for each in principals if each.name == "Ann"} == {"o-a1b2c3d4e5"}


def test_the_text_names_the_case_above_its_mutants() -> None:
    report = mutate(parse_cases(file_of(ORDERS), name="orders.json").items)
    lines = report.text().splitlines()
    at = lines.index("  add the case user/Ann ManageConnections a1b2c3/prod/GET/orders/7: implicit_deny")
    assert lines[at + 1].endswith('widen an action: "execute-api:Invoke" → "execute-api:*"')
