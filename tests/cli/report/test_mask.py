"""execpolicy report --mask: nothing that is masked occurs in the page, and what is equal stays equal."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli.report.mask import Mask, masked
from execpolicy.render.report.model import ReportUnknown
from tests.cli.conftest import Execute, write
from tests.cli.report.made_reports import MadeReports, kept_reports

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
NAMES = ("order-clerk", "mallory", "ClerkRole", "GuestUser", "Supplier", "till-3", "PaymentTeam", "warehouse", "eve")
ADDRESSES = ("203.0.113", "192.0.2", "2001:db8", "2001:DB8")
ORGANIZATIONS = ("o-a1b2c3d4e5", "r-ab12", "ou-ab12-11111111")
SECRET = (
    *ACCOUNTS,
    *(account[-4:] for account in ACCOUNTS),
    *NAMES,
    *ADDRESSES,
    *ORGANIZATIONS,
    "AIDACKCEVSQ6C2EXAMPLE",
)


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """A template with everything that is masked, in policies and in names."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    suppliers = [
        "arn:aws:iam::444455556666:role/PaymentTeam/Supplier",
        "arn:aws:sts::444455556666:assumed-role/warehouse/till-3",
        "777788889999",
    ]
    statements: list[dict[str, Any]] = [
        {**allow, "Sid": "Office", "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8::/32"]}}},
        {**allow, "Sid": "Suppliers", "Principal": {"AWS": suppliers}},
        {**allow, "Sid": "Ours", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}},
        {
            **allow,
            "Sid": "Units",
            "Condition": {"StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"}},
        },
        {**allow, "Sid": "Ids", "Condition": {"StringEquals": {"aws:userid": "AIDACKCEVSQ6C2EXAMPLE"}}},
        {**allow, "Sid": "Not", "Effect": "Deny", "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.7"}}},
    ]
    reads = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:*:111122223333:*/*/GET/*",
    }
    inline = [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": reads}}]
    resources = {
        "Shop": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Name": "shop", "Policy": {"Version": "2012-10-17", "Statement": statements}},
        },
        "Get": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Shop"},
                "ResourceId": {"Fn::GetAtt": ["Shop", "RootResourceId"]},
                "HttpMethod": "GET",
                "AuthorizationType": "AWS_IAM",
            },
        },
        "Live": {
            "Type": "AWS::ApiGateway::Deployment",
            "DependsOn": "Get",
            "Properties": {"RestApiId": {"Ref": "Shop"}, "StageName": "prod"},
        },
        "ClerkRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "order-clerk",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
                "Policies": inline,
            },
        },
        "GuestUser": {"Type": "AWS::IAM::User", "Properties": {"UserName": "mallory", "Policies": inline}},
    }
    write(folder / "shop.json", {"Resources": resources})
    write(folder / "office.json", {"aws:SourceIp": "203.0.113.7", "aws:PrincipalOrgID": "o-a1b2c3d4e5"})
    write(folder / "home.json", {"aws:SourceIp": "2001:db8::7"})


COMMAND = (
    *("report", "--api", "shop.json", "--account", "111122223333", "--in", "office=office.json", "--in", "h=home.json"),
    *("--as", "arn:aws:iam::444455556666:user/eve"),
)


def occurring(page: str) -> set[str]:
    """What is to be masked and occurs: names as words, everything else also as a part of others."""
    return {
        secret
        for secret in SECRET
        if re.search(rf"(?<![0-9A-Za-z_]){re.escape(secret)}{r'(?![0-9A-Za-z_])' if secret in NAMES else ''}", page)
    }


def test_nothing_that_is_masked_occurs_in_the_page(execute: Execute, folder: Path) -> None:
    plain = execute(*COMMAND, "-o", "plain.html")
    assert (plain.code, plain.err) == (0, "")
    # The last digits alone stand in the messages of AWS.
    in_plain = occurring((folder / "plain.html").read_text("utf-8"))
    assert {*ACCOUNTS, *ADDRESSES, *NAMES, *ORGANIZATIONS} - in_plain <= {"2001:db8", "2001:DB8"}
    assert execute(*COMMAND, "-o", "masked.html", "--mask").code == 0
    page = (folder / "masked.html").read_text("utf-8")
    assert occurring(page) == set()
    assert "\\u003c" in page or "role-" in page
    assert "are replaced" in page
    assert {
        f"{word}-1" for word in ("account", "role", "user", "address", "organization", "id") if f"{word}-1" in page
    } == {
        *("account-1", "role-1", "user-1", "address-1", "organization-1", "id-1"),
    }


def test_outcomes_stay_as_they_are(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    made: MadeReports = kept_reports(monkeypatch)
    execute(*COMMAND, "-o", "plain.html")
    execute(*COMMAND, "-o", "masked.html", "--mask")
    plain, hidden = made.all
    outcomes = [
        [
            report.explanations.expand(number, call, caller)._replace(lines=(), reason="")
            for call, rows in enumerate(report.cells)
            for row in rows
            for caller, number in enumerate(row)
        ]
        for report in (plain, hidden)
    ]
    assert outcomes[0] == outcomes[1]
    assert [route.key for route in plain.routes] == [route.key for route in hidden.routes]


def test_the_same_value_has_the_same_placeholder() -> None:
    mask = Mask(["arn:aws:iam::111122223333:role/Clerk"])
    assert mask.text("111122223333 and 444455556666 and 111122223333") == "account-1 and account-2 and account-1"
    assert (
        mask.text("arn:aws:iam::********3333:role/Clerk, Clerks, Clerk")
        == "arn:aws:iam::account-1:role/role-1, Clerks, role-1"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 203.0.113.0/24", "from address-1"),
        ("version 1.2.3 of 2012-10-17", "version 1.2.3 of 2012-10-17"),
        ("[2001:db8::7]:443", "[address-1]:443"),
        ("::1 ::ffff:192.0.2.1 fe80::1", "address-1 address-2 address-3"),
        (
            "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod",
            "arn:aws:execute-api:eu-west-1:account-1:a1b2c3/prod",
        ),
        ("shop.json:12:20: Deny", "shop.json:12:20: Deny"),
        ("at 12:30:45", "at 12:30:45"),
        ("2001:db8::7:", "address-1:"),
        ("arn:aws:iam::111122223333:root", "arn:aws:iam::account-1:root"),
        ("AWS::IAM::Role and arn:aws:s3:::bucket", "AWS::IAM::Role and arn:aws:s3:::bucket"),
        ("a1111222233334", "a1111222233334"),
        ("o-a1b2c3d4e5 and no-a1b2c3d4e5", "organization-1 and no-a1b2c3d4e5"),
        ("AROACKCEVSQ6C2EXAMPLE:till-3", "id-1:till-3"),
    ],
)
def test_what_is_masked(text: str, expected: str) -> None:
    assert Mask().text(text) == expected


def test_each_text_of_a_value_is_masked() -> None:
    value = (ReportUnknown("111122223333", "a.json:1:1", "192.0.2.1"), None, True, 3)
    assert masked(value, Mask()) == (ReportUnknown("account-1", "a.json:1:1", "address-1"), None, True, 3)
