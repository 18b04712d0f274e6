"""Files of which the tests of ``execpolicy report`` make reports, and the data of the last report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli.report import verb
from execpolicy.render.report.model import Report
from execpolicy.render.report.page import report_page
from tests.cli.conftest import document, write

OFFICE = {"aws:SourceIp": "203.0.113.7"}
HOME = {"aws:SourceIp": "198.51.100.7"}
SIGNER = "arn:aws:iam::444455556666:role/Supplier"


def write_files(folder: Path) -> None:
    """shop.json, a REST API; people.json, a template with a role and a user; office.json and home.json, contexts."""
    allow = {"Sid": "Office", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    inside = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    supplier = {**allow, "Sid": "Supplier", "Principal": {"AWS": SIGNER}, "Resource": "execute-api:/prod/GET/orders/*"}
    api: dict[str, Any] = {
        "schema": "execpolicy/api/1",
        "id": "a1b2c3",
        "type": "REST",
        "region": "eu-west-1",
        "account": "111122223333",
        "stages": ["prod"],
        "routes": {
            "GET /orders/{id}": {"auth": "AWS_IAM"},
            "POST /orders": {"auth": "AWS_IAM", "api_key_required": True},
            "GET /health": {},
        },
        "resource_policy": {
            "Version": "2012-10-17",
            "Statement": [{**allow, "Resource": "execute-api:/*", "Condition": inside}, supplier],
        },
    }
    write(folder / "shop.json", api)
    reads = document(Sid="Reads", Resource="arn:aws:execute-api:*:111122223333:*/prod/GET/orders/*")
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "order-clerk",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
            "Policies": [{"PolicyName": "reads", "PolicyDocument": reads}],
        },
    }
    user = {"Type": "AWS::IAM::User", "Properties": {"UserName": "mallory"}}
    write(folder / "people.json", {"Resources": {"Clerk": role, "Guest": user}})
    write(folder / "office.json", OFFICE)
    write(folder / "home.json", HOME)


class MadeReports:
    """The data of the reports that were written."""

    def __init__(self) -> None:
        self.all: list[Report] = []

    @property
    def last(self) -> Report:
        """The data of the last one."""
        return self.all[-1]


def kept_reports(monkeypatch: pytest.MonkeyPatch) -> MadeReports:
    """Keeps the data of each report that is written from now on."""
    made = MadeReports()

    def page(report: Report) -> str:
        made.all.append(report)
        return report_page(report)

    monkeypatch.setattr(verb, "report_page", page)
    return made


def embedded(page: str) -> dict[str, Any]:
    """The data of the script in a page."""
    found: dict[str, Any] = json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])
    return found
