"""execpolicy narrow: the narrowed policy in each form, what is refused, and unusable input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from execpolicy import ComparisonVerdict, Policy, compare
from tests.bulk.generated_log import API_FILE, CLERK, LoggedCall, as_json
from tests.cli.conftest import Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "narrow-1.json").read_text("utf-8"))
CALL = LoggedCall("GET", "/health", "203.0.113.77", "-", 1_796_040_000_000, {"status": 200})
SIGNED = CALL._replace(path="/orders/4711", caller=f"{CLERK}/bob-secret", time=CALL.time + 5000)
ALL: dict[str, Any] = {"Principal": "*", "Resource": "execute-api:/*", "Sid": "All"}
API: dict[str, Any] = {
    **API_FILE,
    "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "GET /orders/{id}/items": {}, "GET /health": {}},
}
YAML = """Version: "2012-10-17"
Statement:
  - {Sid: All, Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: execute-api:/*}
"""


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    write(folder / "api.json", {**API, "resource_policy": document(**ALL)})
    (folder / "access.log").write_text("".join(f"{as_json(call)}\n" for call in (CALL, SIGNED)), "utf-8")


def test_the_policy_and_its_statements_that_are_kept(execute: Execute) -> None:
    run = execute("narrow", "access.log", "--api", "api.json")
    assert (run.code, run.err) == (0, "")
    shown, _, policy = run.out.partition("\n{")
    lines = shown.splitlines()
    assert lines[:5] == [
        "2 calls, 2026-11-30 12:00:00Z to 2026-11-30 12:00:05Z",
        "  1 of 1 Allow statement kept",
        "  compared with the policy before: stricter",
        "  replayed: 0 newly refused, 0 unknown",
        "",
    ]
    assert lines[5].startswith("kept: api.json:")
    assert lines[5].endswith(" All: for 2 calls")
    assert "    prod/GET/orders/* also covers GET /orders/{id}/items" in lines
    assert "a caller whose policies are not given: arn:aws:iam::111122223333:role/Clerk (1 call)" in lines
    assert "note: API Gateway does not log every call, and another period may have calls that need more" in lines
    found = json.loads("{" + policy)
    assert found["Statement"][0]["Resource"] == ["execute-api:/prod/GET/health", "execute-api:/prod/GET/orders/*"]
    assert "bob-secret" not in run.out


@pytest.mark.parametrize(
    ("text", "begins"),
    [(json.dumps(document(**ALL)), '{\n  "Version": "2012-10-17"'), (YAML, 'Version: "2012-10-17"\n')],
)
def test_a_file_in_the_format_of_the_policy(execute: Execute, folder: Path, text: str, begins: str) -> None:
    (folder / "policy.txt").write_text(text, "utf-8")
    run = execute("narrow", "access.log", "--api", "api.json", "--policy", "policy.txt", "-o", "out/new.txt", "-q")
    assert (run.code, run.out, run.err) == (0, "", "")
    assert (folder / "out/new.txt").read_text("utf-8").startswith(begins)
    before, after = (Policy.load(folder / name, kind="resource") for name in ("policy.txt", "out/new.txt"))
    assert compare(before, after).verdict is ComparisonVerdict.STRICTER
    # A second run has nothing to narrow.
    run = execute("narrow", "access.log", "--api", "api.json", "--policy", "out/new.txt", "--format", "json")
    assert json.loads(run.out)["comparison"] == "equal"


def test_plain_data(execute: Execute) -> None:
    run = execute("narrow", "access.log", "--api", "api.json", "--sources", "--format", "json")
    assert run.code == 0
    data = json.loads(run.out)
    jsonschema.validate(data, SCHEMA)
    assert data["statements"][0]["sources"] == ["203.0.113.0/24"]
    assert data["policy"]["Statement"][0]["Condition"] == {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}
    assert "203.0.113.77" not in run.out
    raw = execute("narrow", "access.log", "--api", "api.json", "--sources", "--raw-values", "--format", "json")
    assert "203.0.113.77/32" in raw.out
    assert "bob-secret" in raw.out


def test_the_policy_of_a_role(execute: Execute, folder: Path) -> None:
    write(folder / "signed.json", API)
    write(folder / "clerk.json", document(Resource="*"))
    role = "arn:aws:iam::111122223333:role/Clerk"
    run = execute("narrow", "access.log", "--api", "signed.json", "--policy", "clerk.json", "--of", role, *JSON)
    assert (run.code, run.err) == (0, "")
    (statement,) = json.loads(run.out)["policy"]["Statement"]
    assert statement["Resource"] == "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*"
    assert "calls to other APIs" in json.loads(run.out)["statements"][0]["note"]


JSON = ("--format", "json")
POSTS = {"Sid": "Posts", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "execute-api:/*/POST/*"}


def test_a_statement_that_no_call_needs(execute: Execute, folder: Path) -> None:
    policy = document(**ALL)
    both = [policy["Statement"], POSTS]
    write(folder / "api.json", {**API, "resource_policy": {**policy, "Statement": both}})
    run = execute("narrow", "access.log", "--api", "api.json")
    period = "2026-11-30 12:00:00Z to 2026-11-30 12:00:05Z"
    assert f" Posts: no admitted call of the period {period} needs it" in " ".join(run.out.split())


def test_what_is_not_shown_to_be_right_is_exit_code_3(execute: Execute, folder: Path) -> None:
    (folder / "refused.log").write_text(as_json(CALL._replace(path="/none")), "utf-8")
    run = execute("narrow", "refused.log", "--api", "api.json", "-o", "new.json")
    assert run.code == 3
    assert "no admitted call of the log needs a statement of the policy: nothing would remain" in run.err
    assert not (folder / "new.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["access.log"], "it is not said which API is meant"),
        (["access.log", "--api", "api.json", "--sample", "1/10"], "--sample: the calls that a sample lacks"),
        (["-", "--api", "api.json"], "the logs are read twice"),
        (["access.log", "--api", "api.json", "--of", "x"], "--of says who has the policy of --policy"),
        (["access.log", "--api", "plain.json"], "the API has no resource policy"),
        (["none.log", "--api", "api.json"], "cannot read"),
        (["access.log", "--api", "api.json", "--policy", "none.json"], "none.json"),
        (["access.log", "--api", "api.json", "--policy", "api.json"], "api.json describes APIs"),
        (["access.log", "--api", "api.json", "--policy", "allow.json", "--of", "x"], "x"),
        (["access.log", "--api", "api.json", "--tz", "Nowhere"], "--tz: found 'Nowhere', expected a time zone"),
    ],
)
def test_unusable_input(execute: Execute, folder: Path, arguments: list[str], message: str) -> None:
    write(folder / "plain.json", API)
    write(folder / "allow.json", document(Resource="*"))
    run = execute("narrow", *arguments)
    assert (run.code, run.out) == (2, "")
    assert message in run.err
