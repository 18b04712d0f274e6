"""The size of a report: 100 routes, 50 callers and 2 contexts take less than 500 KB, as equal explanations are one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from execpolicy.render.report.page import report_page
from tests.cli.conftest import Execute, document, write
from tests.cli.report.made_reports import HOME, OFFICE
from tests.examples import LONG, of_quick
from tests.render.report.made_report import made_report

ROUTES, CALLERS, CONTEXTS = 100, 50, 2
BYTES = 500_000
METHODS = ("GET", "POST", "PUT", "DELETE")
#: Routes belong to teams, and a role calls those of its team with one method.
TEAMS = 7


def size_of(routes: int, callers: int, execute: Execute, folder: Path) -> int:
    """The bytes of a report on as many routes and callers, one of whom has not signed."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    office = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    elsewhere = {"NotIpAddress": office["IpAddress"]}
    statements = [
        {**allow, "Sid": "Account", "Principal": {"AWS": "111122223333"}, "Resource": "execute-api:/*"},
        {**allow, "Sid": "Team", "Resource": "execute-api:/prod/GET/team0/*", "Condition": office},
        {**allow, "Sid": "No", "Effect": "Deny", "Resource": "execute-api:/prod/DELETE/*", "Condition": elsewhere},
    ]
    api = {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": {
            f"{METHODS[number % 4]} /team{number % TEAMS}/things{number}/{{id}}": {
                "auth": "AWS_IAM" if number % 10 else "NONE"
            }
            for number in range(routes)
        },
        "resource_policy": {"Version": "2012-10-17", "Statement": statements},
    }
    write(folder / "large.json", api)
    write(folder / "roles.json", {"Resources": {f"Role{number}": role(number) for number in range(callers - 1)}})
    write(folder / "office.json", OFFICE)
    write(folder / "home.json", HOME)
    contexts = ("--in", "office=office.json", "--in", "home=home.json")
    run = execute("report", "--api", "large.json", "--callers", "roles.json", *contexts, "-o", "large.html", "-q")
    assert (run.code, run.err) == (0, "")
    return (folder / "large.html").stat().st_size


def role(number: int) -> dict[str, object]:
    reads = document(
        Sid=f"Team{number % TEAMS}",
        Resource=f"arn:aws:execute-api:*:111122223333:*/prod/{METHODS[number % 4]}/team{number % TEAMS}/*",
    )
    properties = {
        "RoleName": f"role-{number}",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        "Policies": [{"PolicyName": "calls", "PolicyDocument": reads}],
    }
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def test_a_tenth_of_the_cells(execute: Execute, folder: Path) -> None:
    """Routes and callers, of which this page has a third each, take bytes of their own: it may have a third as well."""
    assert size_of(32, 16, execute, folder) < BYTES / 3


@pytest.mark.skipif(settings().max_examples < LONG, reason="takes half a minute: make test-long runs it")
def test_the_full_size(execute: Execute, folder: Path) -> None:
    assert size_of(ROUTES, CALLERS, execute, folder) < BYTES


@of_quick(1, long=20)
@given(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=20))
def test_names_of_any_kind_at_the_full_size(name: str) -> None:
    """A page decides 10,000 cells: 200 000 in the long profile."""
    assert len(report_page(made_report(ROUTES, CALLERS, CONTEXTS, name=name)).encode()) < BYTES
