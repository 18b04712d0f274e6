"""The report in figures, as text and as data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from execpolicy.testing.coverage import CoverageReport, StatementCoverage
from execpolicy.testing.coverage.model import Share
from tests.testing.coverage.samples import ANN, API, COMPANY, GATEWAY, SHOP, allow, case, covered, file, passed, policy
from tests.testing.coverage.test_page import hostile

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs" / "schemas" / "coverage-1.json").read_text("utf-8")
)
VALIDATOR = Draft202012Validator(SCHEMA)

SMALL = file(
    case("reads", "ann"),
    case("writes", "ann", "prod/POST/orders/7", "implicit_deny"),
    case("writes again", "ann", "prod/POST/orders/8", "implicit_deny"),
    policies={
        "clerk": policy(
            allow(f"{API}/prod/GET/*", sid="Reads"),
            allow(f"{API}/prod/POST/*", action="execute-api:InvalidateCache", sid="Other"),
        )
    },
    callers={"ann": {"principal": ANN, "identity": ["clerk"]}},
)


def test_the_text_names_every_point_that_is_missing() -> None:
    assert covered(*passed(SMALL, "small.json")).text() == (
        "Statement coverage of 3 cases: 60.0% (3 of 5 points)\n"
        "\n"
        "Policy                          Statements  Clauses  Covered\n"
        "------------------------------------------------------------\n"
        "clerk (identity; small.json:8)         1/2      2/3    60.0%\n"
        "------------------------------------------------------------\n"
        "Total                                  1/2      2/3    60.0%\n"
        "\n"
        "Not covered:\n"
        "  small.json:14:5: Allow Other: never applied\n"
        "  small.json:18:6: Allow Other: Resource: never the only thing that stopped it\n"
    )


def test_the_text_tells_on_demand_what_is_covered() -> None:
    text = covered(*passed(SMALL, "small.json")).text(covered=True)
    head, _, rest = text.partition("Covered:\n")
    assert head == covered(*passed(SMALL, "small.json")).text() + "\n"
    assert rest == (
        '  small.json:8:5: Allow Reads: decided by 1 case, "reads" (small.json:32:3)\n'
        "  small.json:12:6: Allow Reads: Resource: alone stopped it in 2 cases, "
        'the first is "writes" (small.json:38:3)\n'
        "  small.json:17:6: Allow Other: Action: alone stopped it in 2 cases, "
        'the first is "writes" (small.json:38:3)\n'
    )


def test_an_allow_that_something_denies_is_told_apart() -> None:
    text = covered(*passed(GATEWAY)[3:4]).text()
    assert ': Allow Open: applied, never decided: 1 case, "deletes outside" (cases.json:' in text


def test_nothing_in_the_text_moves_a_cursor() -> None:
    assert hostile().text(covered=True).replace("\n", "").isprintable()


def test_everything_covered_and_nothing_covered() -> None:
    everything = file(case("one", {"principal": ANN, "identity": [policy(allow(action="*"))]}))
    assert covered(*passed(everything)).text().endswith("\nEverything is covered.\n")
    nothing = file(case("one", {"principal": ANN, "identity": [policy(allow("arn:aws:s3:::x"))]}, expect="deny"))
    report = covered(*passed(nothing))
    assert report.points == Share(1, 2)
    uncovered = StatementCoverage()
    uncovered.add_policies(*(result.case for result in passed(nothing)))
    assert uncovered.report().text(covered=True).endswith("\nNothing is covered.\n")


def test_it_shows_as_its_text() -> None:
    report = covered(*passed(SHOP))
    assert str(report) == report.text()


def test_no_statements_meet_no_threshold() -> None:
    report = StatementCoverage().report()
    assert (report.percent, report.points) == (0.0, Share(0, 0))
    assert not report.meets(0)
    assert report.text() == "Statement coverage of 0 cases: no statements: no policy applies to the cases\n"


def test_policies_without_statements_are_told_apart_and_have_no_share() -> None:
    who = {"principal": ANN, "identity": ["none", "neither", "clerk"]}
    named = {"none": policy(), "neither": policy(), "clerk": policy(allow(action="*"))}
    report = covered(*passed(file(case("one", who), policies=named)))
    assert [(each.name, each.points) for each in report.policies] == [
        ("neither", Share(0, 0)),
        ("none", Share(0, 0)),
        ("clerk", Share(1, 1)),
    ]
    assert report.percent == 100.0
    assert ["none", "(identity)", "0/0", "0/0", "-"] in [line.split() for line in report.text().splitlines()]
    assert '<h2 id="p3-name">none (identity) <small>no statements</small></h2>' in report.html()
    assert VALIDATOR.is_valid(report.to_dict())
    alone = covered(*passed(file(case("one", {"principal": ANN, "identity": [policy()]}, expect="implicit_deny"))))
    assert not alone.meets(0)
    assert alone.text() == "Statement coverage of 1 case: no statements: no policy applies to the cases\n"


@pytest.mark.parametrize(
    ("threshold", "met"), [(0, True), (71.4, True), (71.428, True), (71.429, False), (72, False), (100, False)]
)
def test_a_threshold_is_met_by_what_is_covered_not_by_what_is_shown(threshold: float, met: bool) -> None:
    report = covered(*passed(SHOP)[:2])  # 5 of 7
    assert report.percent == 71.4
    assert report.meets(threshold) is met


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_only_what_is_covered_in_full_shows_as_100(covered_: int, total: int) -> None:
    share = Share(min(covered_, total), total)
    assert 0 <= share.percent <= 100
    assert (share.percent == 100) is (share.covered == total)
    assert share.percent <= share.covered * 100 / total < share.percent + 0.1 + 1e-9


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def reports() -> list[CoverageReport]:
    files = [covered(*passed(text)) for text in (SHOP, GATEWAY, COMPANY, SMALL)]
    return [*files, hostile(), StatementCoverage().report()]


@pytest.mark.parametrize("number", range(6))
def test_the_data_is_as_the_schema_says(number: int) -> None:
    data = reports()[number].to_dict()
    assert [error.message for error in VALIDATOR.iter_errors(data)] == []
    assert json.loads(json.dumps(data)) == data


def test_the_schema_refuses_what_is_not_there() -> None:
    data = covered(*passed(SMALL)).to_dict()
    assert not VALIDATOR.is_valid({**data, "percent": 101})
    assert not VALIDATOR.is_valid({name: value for name, value in data.items() if name != "cases"})
    assert not VALIDATOR.is_valid({**data, "more": 1})


def test_the_data_tells_the_whole_report() -> None:
    data = covered(*passed(SMALL, "small.json")).to_dict()
    (found,) = data["policies"]
    assert (data["schema_version"], data["cases"], data["percent"]) == (1, 3, 60.0)
    assert data["points"] == {"covered": 3, "total": 5}
    assert data["statements_decided"] == {"covered": 1, "total": 2}
    assert data["clauses_stopped"] == {"covered": 2, "total": 3}
    assert (found["name"], found["kinds"], found["source"]) == ("clerk", ["identity"], "small.json")
    reads = found["statements"][0]
    assert reads["decided"] == {"cases": 1, "first": {"place": "small.json:32:3", "name": "reads"}}
    assert (reads["index"], reads["sid"], reads["effect"], reads["state"]) == (0, "Reads", "Allow", "decided")
    assert reads["span"] == {"line": 8, "column": 5, "end_line": 13, "end_column": 6}
    action, resource = reads["clauses"]
    assert (action["element"], action["state"], action["can_fail"]) == ("Action", "always_holds", False)
    assert (resource["place"], resource["state"]) == ("small.json:12:6", "held_and_stopped")
    assert resource["stopped"]["cases"] == 2
    other = found["statements"][1]
    assert other["decided"] == {"cases": 0, "first": None}
    assert [(each["state"], each["can_fail"]) for each in other["clauses"]] == [("stopped", True), ("never", True)]


def test_policies_without_text_have_no_spans() -> None:
    (found,) = hostile().to_dict()["policies"]
    assert found["source"] is None
    assert {each["span"] for each in found["statements"]} == {None}
    assert {clause["span"] for each in found["statements"] for clause in each["clauses"]} == {None}


def test_policies_stand_in_the_order_of_the_files() -> None:
    report = covered(*passed(SHOP, "b.json"), *passed(COMPANY, "a.json"))
    assert [(each.source, each.name) for each in report.policies] == [
        ("a.json", "root"),
        ("a.json", "unit"),
        ("a.json", "boundary"),
        ("a.json", "clerk"),
        ("b.json", "clerk"),
        ("b.json", "from-the-shop"),
        ("b.json", "only-ann"),
    ]
