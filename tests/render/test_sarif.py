"""Findings as SARIF: the published schema, places, fingerprints and fixes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy.document.kinds import PolicyKind
from execpolicy.errors import Diagnostic, Source
from execpolicy.linter.catalogue import RULES as EVERY_RULE
from execpolicy.linter.finding import Finding
from execpolicy.linter.report import LintReport
from execpolicy.linter.run import lint_text
from execpolicy.linter.severity import Severity
from execpolicy.render.sarif import findings_to_sarif
from execpolicy.render.sarif_places import SarifPlaces
from execpolicy.testing import strategies
from tests.render.linted import FAULTY, NAME, report_of

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sarif"
SCHEMA = json.loads((FIXTURES / "sarif-schema-2.1.0.json").read_text("utf-8"))


def log_of(report: LintReport, root: str | None = None) -> Any:
    log = json.loads(json.dumps(findings_to_sarif(report, root=root or os.getcwd(), version="1.2")))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    return log


def run_of(report: LintReport) -> Any:
    (run,) = log_of(report)["runs"]
    return run


def written(text: str, region: dict[str, int]) -> str:
    """The text of a region within one line, whose columns count code units of UTF-16."""
    assert region["startLine"] == region["endLine"]
    units = text.split("\n")[region["startLine"] - 1].encode("utf-16-le")
    return units[2 * region["startColumn"] - 2 : 2 * region["endColumn"] - 2].decode("utf-16-le")


def test_a_log_says_what_was_found_and_where() -> None:
    run = run_of(report_of(FAULTY))
    assert run["columnKind"] == "utf16CodeUnits"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["EP-ARN-003", "EP-DOC-043"]
    sid, method = run["results"]
    assert (method["ruleId"], method["ruleIndex"], method["level"]) == ("EP-ARN-003", 0, "error")
    assert (sid["ruleId"], sid["ruleIndex"], sid["level"]) == ("EP-DOC-043", 1, "warning")
    assert method["message"]["text"] == "no call has the method get in this case, so this Deny never applies to it"
    (location,) = method["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": NAME, "uriBaseId": "%SRCROOT%"}
    assert location["logicalLocations"] == [{"fullyQualifiedName": "Statement[1].Resource"}]
    assert written(FAULTY, location["physicalLocation"]["region"]) == "get"
    assert "%SRCROOT%" in run["originalUriBaseIds"]


def test_other_places_and_fixes() -> None:
    sid, method = run_of(report_of(FAULTY))["results"]
    (other,) = sid["relatedLocations"]
    assert other["message"] == {"text": "the first"}
    assert written(FAULTY, other["physicalLocation"]["region"]) == '"Orders"'
    (fix,) = method["fixes"]
    (change,) = fix["artifactChanges"]
    (replacement,) = change["replacements"]
    assert (fix["properties"]["safety"], change["artifactLocation"]["uri"]) == ("unsafe", NAME)
    assert written(FAULTY, replacement["deletedRegion"]) == "get"
    assert replacement["insertedContent"] == {"text": "GET"}


def test_a_file_that_cannot_be_read_is_a_notification() -> None:
    report = report_of(FAULTY)
    (invocation,) = run_of(report)["invocations"]
    assert invocation["executionSuccessful"] is False
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["level"] == "error"
    assert notification["message"]["text"] == 'cannot read "gone.json": No such file or directory: check the path'
    placed = Diagnostic("too long", Source("a b.json", "{}"))
    (invocation,) = run_of(report._replace(faults=(placed,)))["invocations"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.json"
    (invocation,) = run_of(report._replace(faults=()))["invocations"]
    assert invocation == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_every_rule_is_described() -> None:
    source = Source("a.json", "{}")
    every = tuple(
        Finding(rule, "found", source=source, span=source.span(0, 1), path="Id") for rule in EVERY_RULE.values()
    )
    run = run_of(LintReport(every))
    assert not any("fixes" in result or "relatedLocations" in result for result in run["results"])
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*EVERY_RULE]
    for found, rule in zip(rules, EVERY_RULE.values(), strict=True):
        assert found["helpUri"] == f"https://github.com/execpolicy/execpolicy/blob/main/docs/rules/{rule.id}.md"
        assert found["help"]["markdown"].startswith(f"# {rule.id}: {rule.name}\n")
        is_security = rule.severity is Severity.SECURITY_WARNING
        assert ("security" in found["properties"]["tags"], found["properties"].get("security-severity")) == (
            (True, "8.0") if is_security else (False, None)
        )
    levels = {found["properties"]["severity"]: found["defaultConfiguration"]["level"] for found in rules}
    assert levels == {"error": "error", "security-warning": "error", "warning": "warning", "suggestion": "note"}


def marks(*texts: str) -> list[str]:
    return [result["partialFingerprints"]["execpolicyFinding/v1"] for result in run_of(report_of(*texts))["results"]]


def test_fingerprints_are_those_of_the_findings_and_stay_when_lines_move() -> None:
    before = marks(FAULTY)
    assert len(set(before)) == 2
    assert marks(FAULTY.replace('"Condition"', '\n\n   "Condition"')) == before
    assert not {*before} & {*marks(FAULTY.replace("Orders", "Shop").replace("get/orders", "post/orders"))}


def test_places_are_relative_to_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir(tmp_path / "infra")
    places = SarifPlaces(str(tmp_path))
    assert places.artifact(Source("a/../50% é.json", "")) == {
        "uri": "infra/50%25%20%C3%A9.json",
        "uriBaseId": "%SRCROOT%",
    }
    assert places.artifact(Source("c:d.json", ""))["uri"] == "infra/c%3Ad.json"
    outside = SarifPlaces(str(tmp_path / "infra")).artifact(Source("../a.json", ""))
    assert outside == {"uri": (tmp_path / "a.json").as_uri()}


def test_standard_input_is_no_file_of_the_repository() -> None:
    assert SarifPlaces(os.getcwd()).artifact(Source("<stdin>", ""))["uri"] == "%3Cstdin%3E"


LINES = st.text(st.sampled_from("a\U0001f4a5é\t\r\n"), min_size=1, max_size=40)


@given(LINES, st.data())
def test_columns_count_code_units_of_utf_16(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    source = Source("a.json", text)
    region = SarifPlaces(os.getcwd()).region(source, source.span(start, end))
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(line: int, column: int) -> int:
        units = lines[line - 1].encode("utf-16-le")[: 2 * column - 2]
        return starts[line - 1] + len(units.decode("utf-16-le"))

    assert offset(region["startLine"], region["startColumn"]) == start
    assert offset(region["endLine"], region["endColumn"]) == end


def test_no_part_of_a_message_is_a_link_or_a_control_character() -> None:
    text = FAULTY.replace("Orders", "[here](javascript:alert(1))\\u0007")
    sid, _ = run_of(report_of(text))["results"]
    assert '"[here] (javascript:alert(1))\\x07"' in sid["message"]["text"]


@given(st.data(), st.sampled_from(PolicyKind))
@settings(max_examples=25)
def test_findings_of_any_policy_make_a_valid_log(data: st.DataObject, kind: PolicyKind) -> None:
    text = json.dumps(data.draw(strategies.documents(kind)), indent=data.draw(st.sampled_from([None, 1])))
    findings = lint_text(text, "a.json", kind=kind)
    results = run_of(LintReport(findings))["results"]
    assert [result["ruleId"] for result in results] == [finding.rule.id for finding in findings]
    marks = {result["partialFingerprints"]["execpolicyFinding/v1"] for result in results}
    assert len(marks) == len(results)


@given(st.binary(max_size=60))
@settings(max_examples=25)
def test_every_file_that_does_not_load_makes_a_valid_log(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    findings = lint_text(f'{{"Statement": {text}', "a.json")
    assert findings
    assert len(run_of(LintReport(findings))["results"]) == len(findings)
