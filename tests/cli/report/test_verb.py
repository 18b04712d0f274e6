"""execpolicy report: the data of the page, its options, and unusable input."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Caller, Template
from execpolicy.render.report.explanations import CellExplanation
from execpolicy.render.report.model import CellState, Report
from tests.cli.conftest import Execute, write
from tests.cli.report.made_reports import HOME, OFFICE, SIGNER, MadeReports, embedded, kept_reports, write_files

PEOPLE = ("--callers", "people.json")
ROOT = "arn:aws:iam::444455556666:root"
CONTEXTS = ("--in", "office=office.json", "--in", "home=home.json")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    write_files(folder)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> MadeReports:
    return kept_reports(monkeypatch)


def cell(report: Report, call: str, caller: str, context: str = "") -> CellExplanation:
    at = [each.words for each in report.calls].index(call)
    who = [each.name for each in report.callers].index(caller)
    where = [each.name for each in report.contexts].index(context)
    return report.explanations.expand(report.cells[at][where][who], at, who)


def test_the_summary_is_written_to_the_terminal(execute: Execute, folder: Path) -> None:
    run = execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", "out/report.html")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        "3 routes",
        "1 open route",
        "3 callers",
        "6 allowed calls",
        "12 denied calls",
        "0 findings of lint",
        "0 values not known",
        "written to out/report.html",
    ]
    assert (folder / "out" / "report.html").read_text("utf-8").startswith("<!DOCTYPE html>\n")


def test_quiet_writes_the_page_alone(execute: Execute, folder: Path) -> None:
    assert execute("report", "--api", "shop.json", "-o", "report.html", "-q") == (0, "", "")
    assert (folder / "report.html").is_file()


def test_every_cell_is_the_answer_of_the_simulation(execute: Execute, made: MadeReports) -> None:
    execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", "r.html")
    api, people = Api.load("shop.json"), Template.load("people.json", account="111122223333")
    callers: dict[str, Caller | None] = {"anonymous": None, **{name: people.callers[name] for name in people.callers}}
    seen = set()
    for call in made.last.calls:
        for who, caller in callers.items():
            for name, context in (("office", OFFICE), ("home", HOME)):
                method, path = call.words.split(" ")
                response = api.invoke(method, path, caller=caller, context=context)
                found = cell(made.last, call.words, who, name)
                assert (found.outcome, found.statuses) == (response.outcome.value, response.statuses)
                shown = "\n".join(f"{'  ' * line.depth}{line.text}" for line in found.lines)
                assert shown == str(response.explain())
                assert [(each.number, each.passed) for each in found.gates] == [
                    (step.number, step.passed) for step in response.steps
                ]
                seen.add(found.state)
    assert seen == {"allowed", "denied"}


def test_a_deciding_statement_has_its_lines(execute: Execute, made: MadeReports) -> None:
    execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", "r.html")
    found = cell(made.last, "GET /health", "anonymous", "home")
    excerpts = [line.excerpt for line in found.lines if line.excerpt]
    text = "\n".join(line for lines in excerpts for line in lines)
    assert '"aws:SourceIp": "203.0.113.0/24"' in text
    assert "^^^" in text


def test_equal_explanations_are_stored_once(execute: Execute, made: MadeReports) -> None:
    calls = [part for number in range(20) for part in ("--call", f"GET /orders/{number + 100}")]
    execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, *calls, "-o", "r.html")
    assert sum(len(row) for rows in made.last.cells for row in rows) == 120
    # Without a signature one; from the office and from home one for the guest, the clerk and the clerk at home.
    assert len(made.last.explanations.explanations) == 5


def test_a_caller_whose_policies_are_not_given(execute: Execute, made: MadeReports) -> None:
    execute("report", "--api", "shop.json", "--as", SIGNER, "--as", ROOT, *CONTEXTS, "-o", "r.html")
    found = cell(made.last, "GET /orders/1", SIGNER, "home")
    assert (found.state, found.outcome) == (CellState.NOT_GIVEN, "denied")
    assert found.reason == "the policies of this caller are not given, and they decide"
    assert [each.has_policies for each in made.last.callers] == [True, False, True]
    # No policy of the caller lets it through.
    assert cell(made.last, "POST /orders", SIGNER, "home").state == CellState.DENIED
    page = Path("r.html").read_text("utf-8")
    assert "<td class=g>◌ policies not given<sup>1</sup>" in page
    assert "<li>the policies of this caller are not given, and they decide</li>" in page


def test_no_route_and_what_is_not_known(execute: Execute, made: MadeReports) -> None:
    execute(
        "report", "--api", "shop.json", "--call", "GET /nothing", "--call", "GET /health", "--partial", "-o", "r.html"
    )
    nothing, health = (cell(made.last, call, "anonymous") for call in ("GET /nothing", "GET /health"))
    assert (nothing.state, nothing.reason) == ("no route", "the API has no route for this call, so nobody gets through")
    assert (health.state, health.reason) == ("indeterminate", "it depends on aws:SourceIp, which is not known")


def test_a_call_without_the_output_of_its_authorizer(execute: Execute, folder: Path, made: MadeReports) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    api["authorizers"] = {"auth": {"type": "REQUEST", "identity_sources": [], "ttl": 0}}
    api["routes"]["GET /carts"] = {"auth": "CUSTOM", "authorizer": "auth"}
    write(folder / "shop.json", api)
    assert execute("report", "--api", "shop.json", "-o", "r.html").code == 0
    found = cell(made.last, "GET /carts", "anonymous")
    assert (found.state, found.gates) == ("indeterminate", ())
    assert [line.text for line in found.lines] == [found.reason]
    assert "authorizer" in found.reason


def test_who_reaches_each_route(execute: Execute, made: MadeReports) -> None:
    execute("report", "--api", "shop.json", "-o", "r.html")
    report = made.last
    assert {route.key: route.is_open for route in report.routes} == {
        "GET /orders/{id}": False,
        "POST /orders": False,
        "GET /health": True,
    }
    health = [group.words for group in report.access.groups if "GET /health" in group.routes]
    assert any(words.startswith("anybody") and "203.0.113.0/24" in words for words in health)
    assert report.routes[1].asks == "AWS_IAM · API key"


def test_routes_are_open_as_who_says(execute: Execute, made: MadeReports) -> None:
    from execpolicy import who

    execute("report", "--api", "shop.json", "-o", "r.html")
    api = Api.load("shop.json")
    for route in api.routes:
        path = route.path.replace("{id}", "*")
        assert (
            next(each.is_open for each in made.last.routes if each.key == route.key)
            == who(api, route.method, path).anonymous
        )


def test_the_same_input_gives_the_same_bytes(execute: Execute, folder: Path) -> None:
    pages = set()
    for name in ("one.html", "two.html"):
        execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", name)
        pages.add((folder / name).read_bytes())
    assert len(pages) == 1
    execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", "dated.html", "--date")
    dated = (folder / "dated.html").read_bytes()
    assert dated not in pages
    assert len(dated) == len(next(iter(pages))) + len(", 2026-01-01")


def test_several_files(execute: Execute, folder: Path, made: MadeReports) -> None:
    other = json.loads((folder / "shop.json").read_text("utf-8"))
    other["routes"] = {"GET /stock": {}}
    other["id"] = "d4e5f6"
    write(folder / "store.json", other)
    assert execute("report", "--api", "shop.json", "store.json", *PEOPLE, "-o", "r.html").code == 0
    report = made.last
    assert [(call.words, call.api) for call in report.calls][-1] == ("GET /stock", 1)
    assert [api.file for api in report.apis] == ["shop.json", "store.json"]
    assert len({api.name for api in report.apis}) == 2
    assert [route.key for route in report.routes if route.api == 1] == ["GET /stock"]


def test_findings_are_those_of_lint(execute: Execute, folder: Path, made: MadeReports) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    api["resource_policy"]["Statement"][1]["Resource"] = "execute-api:/prod/get/orders/*"
    write(folder / "shop.json", api)
    execute("report", "--api", "shop.json", "-o", "r.html")
    found = json.loads(execute("lint", "shop.json", "--format", "json").out)["findings"]
    assert [each.message for each in made.last.findings] == [each["message"] for each in found] != []
    assert any("prod/get/orders" in line for line in made.last.findings[0].excerpt)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "r.html"], "error: it is not said which APIs are meant"),
        (["--api", "shop.json"], "error: it is not said where the page is written"),
        (["--api", "-", "-o", "r.html"], "error: --api: standard input has no lines that a page can name"),
        (["--api", "no.json", "-o", "r.html"], 'error: --api: cannot read "no.json"'),
        (["--api", "shop.json", "-o", "."], "error: --output: cannot write '.': it is not the name of a file"),
        (["--api", "shop.json", "-o", "r.html", "--in", "office.json"], "error: --in: found 'office.json'"),
        (["--api", "shop.json", "-o", "r.html", "--call", "orders"], 'found the call "orders"'),
        (
            ["--api", "shop.json", "-o", "r.html", "--replay", "shop.json"],
            "--replay: shop.json is no result of a replay",
        ),
        (["--api", "shop.json", "-o", "r.html", "--git", "HEAD"], "--git: cannot read shop.json in HEAD"),
        (["--api", "shop.json", "-o", "r.html", "--cases", "none"], "none"),
    ],
)
def test_unusable_input(execute: Execute, folder: Path, arguments: list[str], message: str) -> None:
    run = execute("report", *arguments)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert not (folder / "r.html").exists()


def test_the_page_holds_the_data_of_its_script(execute: Execute, folder: Path) -> None:
    execute("report", "--api", "shop.json", *PEOPLE, "-o", "r.html")
    data = embedded((folder / "r.html").read_text("utf-8"))
    assert [name for name, *_ in data["callers"]] == ["anonymous", "Clerk", "Guest"]
    assert len(data["cells"]) == len(data["calls"]) == 3


def test_a_change_against_a_revision(execute: Execute, folder: Path, made: MadeReports) -> None:
    git: Any = ["git", "-c", "user.name=n", "-c", "user.email=e@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    del api["resource_policy"]["Statement"][0]["Condition"]
    write(folder / "shop.json", api)
    assert execute("report", "--api", "shop.json", "--git", "HEAD", "-o", "r.html").code == 0
    assert made.last.changes is not None
    revision, (change,) = made.last.changes
    shown = execute("diff", "--git", "HEAD", "--", "shop.json").out
    assert revision == "HEAD"
    assert "LAXER" in change.words
    assert [change.words, *change.lines] == shown.splitlines()


def test_the_coverage_of_case_files(execute: Execute, folder: Path, made: MadeReports) -> None:
    cases = {
        "schema": "execpolicy/cases/1",
        "title": "The shop",
        "api": "shop.json",
        "cases": [
            {"name": "office", "call": "GET /health", "context": OFFICE, "expect": 200},
            {"name": "home", "call": "GET /health", "context": HOME, "expect": 200},
        ],
    }
    write(folder / "shop.execpolicy.json", cases)
    run = execute("report", "--api", "shop.json", "--cases", "shop.execpolicy.json", "-o", "r.html")
    assert (run.code, run.err) == (0, "")
    coverage = made.last.coverage
    assert coverage is not None
    assert coverage.failed == ("shop.execpolicy.json: home",)
    assert coverage.policies[0].statements == "1/2"
    assert any("Supplier" in line and "never applied" in line for line in coverage.policies[0].missing)


def test_many_callers_take_little_room(execute: Execute, folder: Path, made: MadeReports) -> None:
    api = json.loads((folder / "shop.json").read_text("utf-8"))
    api["routes"] = {f"GET /service{number}/{{id}}": {"auth": "AWS_IAM"} for number in range(20)}
    write(folder / "shop.json", api)
    people = json.loads((folder / "people.json").read_text("utf-8"))
    role = people["Resources"]["Clerk"]
    for number in range(10):
        own = json.loads(json.dumps(role).replace("GET/orders", f"GET/service{number}"))
        own["Properties"]["RoleName"] = f"role-{number}"
        people["Resources"][f"Role{number}"] = own
    write(folder / "people.json", people)
    execute("report", "--api", "shop.json", *PEOPLE, *CONTEXTS, "-o", "r.html")
    explained = made.last.explanations
    texts = sum(
        len(line.text)
        for call, rows in enumerate(made.last.cells)
        for row in rows
        for caller, number in enumerate(row)
        for line in explained.expand(number, call, caller).lines
    )
    # 520 cells: where a caller's policy and a call differ in their last characters, the values alone are stored.
    assert len(explained.frames) <= 5 * len(made.last.callers)
    page = (folder / "r.html").read_text("utf-8")
    assert len(page) < texts / 3
