"""The mutants of the sample, each with the fate that was worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from execpolicy import UsageError
from execpolicy.testing import CaseFile, load_cases, parse_cases, run_item
from execpolicy.testing.mutation import Killer, MutationReport, mutate
from execpolicy.testing.mutation.kills import KillCandidates
from execpolicy.testing.mutation.mutant import EquivalenceProof
from tests.testing.mutation.sample import BY_HAND, EQUIVALENT, SAMPLE, SURVIVED

SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "mutation-1.json"


def sample(*changes: tuple[str, str]) -> CaseFile:
    text = SAMPLE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return parse_cases(text, name="orders.json")


@pytest.fixture(scope="module")
def report() -> MutationReport:
    return mutate(sample().items)


def test_every_mutant_has_the_fate_worked_out_by_hand(report: MutationReport) -> None:
    found = tuple(
        (each.policy, each.statement, each.words, each.killed_by.name if each.killed_by else each.fate)
        for each in report.mutants
    )
    assert found == BY_HAND


def test_the_score(report: MutationReport) -> None:
    survived = sum(fate == SURVIVED for *_, fate in BY_HAND)
    equivalent = sum(fate == EQUIVALENT for *_, fate in BY_HAND)
    assert (
        (len(report.killed), len(report.survived), len(report.equivalent)) == (18, survived, equivalent) == (18, 18, 3)
    )
    assert report.score == 0.5
    assert report.percent == 50.0


def test_the_score_is_rounded_down() -> None:
    mutants = mutate(sample().items).mutants
    killed = [mutant for mutant in mutants if mutant.fate == "killed"]
    survived = [mutant for mutant in mutants if mutant.fate == "survived"]
    assert MutationReport([*killed * 200, survived[0]]).percent == 99.9
    assert MutationReport(killed).percent == 100.0
    assert (MutationReport([]).score, MutationReport([]).percent) == (1.0, 100.0)


def test_a_survivor_is_told_with_its_place_its_diff_and_advice(report: MutationReport) -> None:
    mutant = report.survived[1]
    assert (mutant.operator, mutant.sid, mutant.place) == ("widen_method", "ReadOrders", "orders.json:12:23")
    assert mutant.advice == "add a case of a request with another method; expect deny"
    assert (mutant.killed_by, mutant.equivalent) == (None, None)
    assert mutant.diff == (
        "--- orders.json\n"
        "+++ orders.json (mutant)\n"
        "@@ -11,3 +11,3 @@\n"
        '           "Action": "execute-api:Invoke",\n'
        '-          "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*",\n'
        '+          "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/*/orders/*",\n'
        '           "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}\n'
    )


def test_the_killer_and_the_proof_are_told(report: MutationReport) -> None:
    assert report.killed[0].killed_by == Killer("an order from the office", "orders.json:49:5")
    assert str(report.killed[0].killed_by) == "orders.json:49:5: an order from the office"
    assert [mutant.equivalent for mutant in report.equivalent] == [
        EquivalenceProof("contained", "contained in Statement[0]"),
        EquivalenceProof("contained", "what it gains is contained in Statement[0]"),
        EquivalenceProof("contained", "what it gains is contained in Statement[0]"),
    ]


def test_a_dropped_statement_takes_its_lines_and_comma(report: MutationReport) -> None:
    assert report.mutants[0].diff == (
        "--- orders.json\n"
        "+++ orders.json (mutant)\n"
        "@@ -7,9 +7,2 @@\n"
        '       "Statement": [\n'
        "-        {\n"
        '-          "Sid": "ReadOrders",\n'
        '-          "Effect": "Allow",\n'
        '-          "Action": "execute-api:Invoke",\n'
        '-          "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*",\n'
        '-          "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}\n'
        "-        },\n"
        "         {\n"
    )


def test_the_text(report: MutationReport) -> None:
    text = report.text()
    assert str(report) == text
    assert text.startswith(
        "Mutation score: 50.0% (18 of 36 killed, 18 survived; 3 equivalent, not counted)\n"
        "\n"
        "reads: 16 of 27 survived\n"
        "\n"
    )
    assert "\norders.json: 2 of 9 survived\n\n  add the case user/Ann " in text
    assert '\n    orders.json:41:21: Statement[0]: widen an action: "execute-api:Invoke" → "execute-api:*"\n' in text
    assert "+++" not in text
    groups = [block.splitlines() for block in text.split("\n\n") if block.startswith("  add the case")]
    names = [lines[0] for lines in groups]
    assert len(set(names)) < sum(len(lines) - 1 for lines in groups) == 18


def test_without_a_case_the_text_has_advice(report: MutationReport) -> None:
    text = MutationReport(report.mutants).text()
    assert (
        "\n"
        "orders.json: 2 of 9 survived\n"
        "\n"
        "  add a case of a request for another action of this service; expect allow\n"
        '    orders.json:41:21: Statement[0]: widen an action: "execute-api:Invoke" → "execute-api:*"\n'
    ) in text


def test_the_text_with_diffs(report: MutationReport) -> None:
    text = report.text(diffs=True)
    assert (
        '    orders.json:11:21: Statement[0] (ReadOrders): widen an action: "execute-api:Invoke" → "execute-api:*"\n'
        "      --- orders.json\n"
        "      +++ orders.json (mutant)\n"
        "      @@ -10,3 +10,3 @@\n"
    ) in text
    assert text.endswith(
        "\n"
        "Equivalent: these decide all requests as the policy does\n"
        "  orders.json:15:9: drop the statement: contained in Statement[0]\n"
        '  orders.json:19:23: widen the path of a resource: "7" → "*": what it gains is contained in Statement[0]\n'
        '  orders.json:20:55: widen an address range: "203.0.113.9" → "203.0.113.9/31": '
        "what it gains is contained in Statement[0]\n"
    )
    assert text.count("      +++ ") == 18


def test_plain_data_follows_the_schema(report: MutationReport) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    data = json.loads(json.dumps(report.to_dict()))
    Draft202012Validator(schema).validate(data)
    assert next(iter(data)) == "schema_version"
    assert (data["percent"], data["killed"], data["survived"], data["equivalent"]) == (50.0, 18, 18, 3)
    first = data["mutants"][0]
    assert (first["fate"], first["operator"], first["killed_by"]["name"]) == (
        "killed",
        "drop_statement",
        "an order from the office",
    )
    missing = data["missing"]
    assert {number for numbers in missing["detects"].values() for number in numbers} == {
        number for number, mutant in enumerate(data["mutants"]) if mutant["fate"] == "survived"
    }
    assert list(missing["detects"]) == [case["name"] for case in missing["case_file"]["cases"]]
    file = parse_cases(json.dumps(missing["case_file"]), name="missing.execpolicy.json")
    assert all(run_item(item).passed for item in file.items)
    wrong = {**data, "mutants": [{**first, "fate": "lost"}]}
    assert not Draft202012Validator(schema).is_valid(wrong)


def test_the_same_items_give_the_same_report(report: MutationReport) -> None:
    assert mutate(sample().items) == report


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    mutate(sample().items, progress=lambda done, total: told.append((done, total)))
    assert told == [(number, 39) for number in range(1, 40)]


def test_items_that_fail_are_refused() -> None:
    with pytest.raises(UsageError) as caught:
        mutate(sample(('"expect": "allow"', '"expect": "deny"')).items)
    assert caught.value.message == (
        "orders.json:49:5 (an order from the office) fails with the unchanged policies, so mutants cannot be detected"
    )
    assert caught.value.advice == "fix the cases first"


def test_of_many_that_fail_five_are_named() -> None:
    (case,) = sample(('"expect": "allow"', '"expect": "deny"')).items[:1]
    with pytest.raises(UsageError) as caught:
        mutate([case] * 7)
    assert caught.value.message.endswith(
        "(an order from the office) and 2 more fail with the unchanged policies, so mutants cannot be detected"
    )


def test_a_policy_that_no_item_holds_has_no_mutants() -> None:
    file = parse_cases(
        '{"schema": "execpolicy/cases/1", "title": "Documents", "documents": [{"name": "a", "kind": "scp", '
        '"document": {"Version": "2012-10-17", "Statement": []}, "expect": "loads"}]}'
    )
    assert mutate(file.items).mutants == ()


def test_what_an_authorizer_answers_is_no_policy_of_the_user() -> None:
    file = sample(
        ('{"auth": "AWS_IAM"}', '{"authorizer": "tokens"}'),
        (
            '"stages": ["prod"],',
            '"stages": ["prod"], "authorizers": {"tokens": {"type": "TOKEN", '
            '"identity_sources": ["method.request.header.Authorization"]}},',
        ),
        (
            '"call": "GET /orders/8",\n      "caller": "ann",',
            '"call": "GET /orders/8", "headers": {"Authorization": "x"}, '
            '"authorizer_output": {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": '
            '{"Effect": "Allow", "Action": "*", "Resource": "*"}}},',
        ),
        (
            '"at": 100,\n          "caller": "ann",',
            '"at": 100, "headers": {"Authorization": "x"}, '
            '"authorizer_output": {"principalId": "a", "policyDocument": {"Version": "2012-10-17", "Statement": '
            '{"Effect": "Allow", "Action": "*", "Resource": "*"}}},',
        ),
    )
    assert {mutant.policy for mutant in mutate(file.items).mutants} == {"reads", "orders.json"}


@pytest.mark.parametrize("name", ["organizations", "short-form", "gateway-domains", "endpoint"])
def test_items_that_are_not_run_would_have_noticed_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    file = load_cases(Path(__file__).parents[2] / "conformance" / f"{name}.json")
    quick = mutate(file.items)
    monkeypatch.setattr(KillCandidates, "may_fail", lambda *_: True)
    assert mutate(file.items) == quick
    assert len(quick.killed) > 50


def test_the_same_in_yaml_with_a_policy_in_a_file_of_its_own(tmp_path: Path) -> None:
    document = json.loads(SAMPLE)
    (tmp_path / "reads.json").write_text(json.dumps(document["policies"]["reads"], indent=2), "utf-8")
    document["policies"]["reads"] = "reads.json"
    path = tmp_path / "orders.execpolicy.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, width=1000), "utf-8")
    report = mutate(load_cases(path).items)
    fates = [each.killed_by.name if each.killed_by else each.fate for each in report.mutants]
    assert fates == [fate for *_, fate in BY_HAND]
    first, last = report.mutants[0], report.survived[-1]
    assert first.place == f"{tmp_path}/reads.json:4:5"
    assert first.diff.startswith(f"--- {tmp_path}/reads.json\n")
    assert (last.operator, last.diff.splitlines()[3:]) == (
        "drop_value",
        ["             - https://a.example", "-            - https://b.example", " cases:"],
    )
    assert last.place.startswith(f"{path}:")
