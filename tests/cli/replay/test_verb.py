"""execpolicy replay: the groups, the exit codes, each format, the lines that are left out, and unusable input."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.bulk.generated_log import API_FILE, CLERK, LoggedCall, as_json, as_tabs
from tests.cli.conftest import Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "replay-1.json").read_text("utf-8"))
CALL = LoggedCall("GET", "/health", "203.0.113.77", "-", 1_796_040_000_000, {"status": 200})
CALLS = (CALL, CALL._replace(source="198.51.100.9", time=CALL.time + 5000))
ALL: dict[str, Any] = {"Principal": "*", "Resource": "execute-api:/*", "Sid": "All"}
OFFICE: dict[str, Any] = {**ALL, "Sid": "Office", "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    """old.json lets everybody in, new.json the office only; two calls are in access.log."""
    write(folder / "old.json", {**API_FILE, "resource_policy": document(**ALL)})
    write(folder / "new.json", {**API_FILE, "resource_policy": document(**OFFICE)})
    (folder / "access.log").write_text("".join(f"{as_json(call)}\n" for call in CALLS), "utf-8")


def test_what_a_change_refuses(execute: Execute) -> None:
    run = execute("replay", "access.log", "--before", "old.json", "--api", "new.json")
    assert (run.code, run.err) == (1, "")
    lines = run.out.splitlines()
    assert lines[:5] == [
        "2 calls, 2026-11-30 12:00:00Z to 2026-11-30 12:00:05Z",
        "  1 newly refused, 0 newly admitted, 0 unknown, 1 unchanged",
        "",
        "newly refused",
        "  1 call to GET /health by anonymous",
    ]
    assert lines[5].startswith("      before: gets through, by old.json:")
    assert lines[5].endswith(" All")
    assert lines[6] == "      after: refused with 403 at the gate resource policy"
    assert lines[8] == ("      for example access.log:2: GET from 198.51.100.0/24 at 2026-11-30 12:00:05Z")
    assert "note: API Gateway does not log every call, so that the log may lack some" in lines


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ([], 1),
        (["--fail-on", "stricter"], 1),
        (["--fail-on", "laxer"], 0),
        (["--fail-on", "any", "-q"], 1),
    ],
)
def test_which_change_is_a_failure(execute: Execute, options: list[str], code: int) -> None:
    assert execute("replay", "access.log", "--before", "old.json", "--api", "new.json", *options).code == code
    swapped = {"stricter": 0, "laxer": 1}.get(options[1] if len(options) > 1 else "", 1)
    assert execute("replay", "access.log", "--before", "new.json", "--api", "old.json", *options).code == swapped


def test_nothing_changes(execute: Execute) -> None:
    run = execute("replay", "access.log", "--before", "old.json", "--api", "old.json")
    assert (run.code, run.err) == (0, "")
    assert "newly refused\n" not in run.out


def test_what_is_not_known_is_exit_code_3(execute: Execute, folder: Path) -> None:
    (folder / "signed.log").write_text(as_json(CALL._replace(path="/orders/1", caller=f"{CLERK}/ann")), "utf-8")
    run = execute("replay", "signed.log", "--api", "old.json")
    assert (run.code, run.err) == (3, "")
    assert "      the policies of the caller are not given\n" in run.out
    (folder / "broken.log").write_text("{broken\n", "utf-8")
    run = execute("replay", "broken.log", "--api", "old.json")
    assert run.code == 3
    assert "left out: 1 (cannot be read: broken.log:1)\n" in run.out


@pytest.mark.parametrize(
    ("callers", "outcome", "code"),
    [
        (["people.json"], "unchanged", 0),
        (["people.json#Clerk"], "unchanged", 0),
        (["arn:aws:iam::111122223333:role/Clerk"], "newly refused", 1),
        # Of a caller that the option does not name, the policies are not known.
        (["people.json#Guest"], "unknown", 3),
        (["people.json#Guest", "people.json#Clerk"], "unchanged", 0),
    ],
)
def test_the_callers_of_another_file(
    execute: Execute, folder: Path, callers: list[str], outcome: str, code: int
) -> None:
    trust = {"Version": "2012-10-17", "Statement": []}
    invoke = ["arn:aws:iam::aws:policy/AmazonAPIGatewayInvokeFullAccess"]
    roles = {
        name: {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust, "ManagedPolicyArns": policies},
        }
        for name, policies in (("Clerk", invoke), ("Guest", []))
    }
    write(folder / "people.json", {"Resources": roles})
    api = json.loads((folder / "old.json").read_text("utf-8"))
    write(folder / "signed.json", {name: value for name, value in api.items() if name != "resource_policy"})
    (folder / "signed.log").write_text(as_json(CALL._replace(path="/orders/1", caller=f"{CLERK}/ann")), "utf-8")
    options = [part for each in callers for part in ("--callers", each)]
    run = execute("replay", "signed.log", "--api", "signed.json", "--format", "json", *options)
    assert (run.code, run.err) == (code, "")
    assert {name for name, number in json.loads(run.out)["counts"].items() if number} == {outcome}


def test_compared_with_what_aws_answered(execute: Execute) -> None:
    run = execute("replay", "access.log", "--api", "new.json")
    assert run.code == 1
    assert "      before: as the log says\n" in run.out


def test_logs_of_every_kind(execute: Execute, folder: Path) -> None:
    (folder / "logs").mkdir()
    (folder / "logs" / "a.gz").write_bytes(gzip.compress((folder / "access.log").read_bytes()))
    for log in ("logs", "logs/*.gz"):
        assert execute("replay", log, "access.log", "--api", "new.json").out.startswith("4 calls")
    text = (folder / "access.log").read_bytes()
    assert execute("replay", "-", "--api", "new.json", stdin=text).out.startswith("2 calls")


def test_a_format_of_the_log(execute: Execute, folder: Path) -> None:
    from tests.bulk.generated_log import TAB_FORMAT

    (folder / "tabs.log").write_text("".join(f"{as_tabs(call)}\n" for call in CALLS), "utf-8")
    run = execute("replay", "tabs.log", "--api", "new.json", "--log-format", TAB_FORMAT)
    assert run.out.startswith("2 calls")
    run = execute("replay", "tabs.log", "--api", "new.json", "--log-format", "$context.nothing")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("--log-format:1:1: ")


def test_a_template_takes_the_id_of_its_api_from_the_log(execute: Execute, folder: Path) -> None:
    (folder / "template.yaml").write_text(
        """
Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties: {StageName: prod, DefinitionBody: {openapi: "3.0.1", info: {title: s}, paths: {/health: {get: {}}}}}
""",
        "utf-8",
    )
    run = execute("replay", "access.log", "--api", "template.yaml", "--format", "json")
    assert run.code == 0
    assert json.loads(run.out)["counts"]["unchanged"] == 2
    run = execute("replay", "access.log", "--api", "template.yaml", "--api-id", "other", "--format", "json")
    assert json.loads(run.out)["left_out"] == {"a call to another API": 2}


def test_the_lines_that_are_left_out(execute: Execute, folder: Path) -> None:
    other = as_json(CALL).replace("a1b2c3", "zzz")
    (folder / "mixed.log").write_bytes(f"{as_json(CALL)}\n{{broken\n\n{other}\n".encode() + b"\xff\n")
    run = execute("replay", "mixed.log", "--api", "old.json", "--rejects", "out/rejects.log")
    assert run.code == 3
    assert (folder / "out" / "rejects.log").read_bytes() == f"{{broken\n{other}\n".encode() + b"\xff\n"
    execute("replay", "access.log", "--api", "old.json", "--rejects", "out/rejects.log")
    assert (folder / "out" / "rejects.log").read_bytes() == b""


def test_what_the_log_lacks_is_named_before_the_run(execute: Execute, folder: Path) -> None:
    (folder / "short.log").write_text('{"httpMethod": "GET", "path": "/prod/health", "userArn": "-"}\n', "utf-8")
    run = execute("replay", "short.log", "--api", "new.json")
    assert run.err.startswith(
        "execpolicy replay: note: the log does not have $context.identity.sourceIp: aws:SourceIp "
    )
    assert (run.code, run.err.count("\n")) == (3, 1)


def test_duplicates_and_samples(execute: Execute, folder: Path) -> None:
    line = as_json(CALL).replace("{", '{"requestId": "a", ', 1)
    (folder / "twice.log").write_text(f"{line}\n{line}\n", "utf-8")
    run = execute("replay", "twice.log", "--api", "old.json", "--dedupe")
    assert "left out: 1 (a call that the logs have already)\n" in run.out
    run = execute("replay", "twice.log", "--api", "old.json", "--sample", "1/1", "--seed", "7")
    assert run.out.startswith("estimated from 1 of the lines: 2 calls")


def test_raw_values_and_a_zone(execute: Execute) -> None:
    arguments = ("replay", "access.log", "--before", "old.json", "--api", "new.json")
    run = execute(*arguments, "--raw-values", "--tz", "Europe/Berlin")
    assert "access.log:2: GET /prod/health from 198.51.100.9 at 2026-11-30 13:00:05+01:00\n" in run.out
    assert "198.51.100.9" not in execute(*arguments, "-v").out


@pytest.mark.parametrize("options", [[], ["--raw-values"], ["--before", "old.json"]])
def test_json_follows_the_schema(execute: Execute, folder: Path, options: list[str]) -> None:
    with (folder / "access.log").open("a", encoding="utf-8") as log:
        log.write("{broken\n" + as_json(CALL._replace(path="/orders/1", caller=f"{CLERK}/ann")) + "\n")
    run = execute("replay", "access.log", "--api", "new.json", "--format", "json", *options)
    data = json.loads(run.out)
    jsonschema.validate(data, SCHEMA)
    assert sum(data["counts"].values()) == data["calls"] == 3
    assert sum(group["calls"] for group in data["groups"]) == 3 - data["counts"]["unchanged"]


@pytest.mark.parametrize(("form", "beginning"), [("markdown", "## execpolicy replay\n"), ("html", "<!DOCTYPE html>\n")])
def test_other_formats(execute: Execute, form: str, beginning: str) -> None:
    run = execute("replay", "access.log", "--api", "new.json", "--format", form)
    assert run.code == 1
    assert run.out.startswith(beginning)
    assert "198.51.100.9" not in run.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["access.log"], "execpolicy replay: error: it is not said which API is meant\n  give --api with its file\n"),
        (["none.log", "--api", "new.json"], 'execpolicy replay: error: cannot read "none.log": No such file'),
        (["access.log", "--api", "none.json"], "execpolicy replay: error: --api: cannot read"),
        (["access.log", "--api", "new.json", "--before", "none.json"], "execpolicy replay: error: --before: cannot"),
        (["access.log", "--api", "allows.json"], "execpolicy replay: error: allows.json is a policy"),
        (["access.log", "--api", "new.json", "--sample", "2"], "execpolicy replay: error: found the sample"),
        (["access.log", "--api", "new.json", "--tz", "Mars"], "execpolicy replay: error: --tz: found 'Mars'"),
        (["access.log", "--api", "new.json", "--rejects", "."], "execpolicy replay: error: --rejects: cannot write"),
        (["access.log", "--api", "new.json", "--callers", "none.json"], "execpolicy replay: error: --callers: cannot"),
        (["access.log", "--api", "new.json", "--stage", "x"], "execpolicy replay: error: which stage is called?"),
    ],
)
def test_unusable_input(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("replay", *arguments)
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(message)


def test_a_compressed_log_that_ends_early(execute: Execute, folder: Path) -> None:
    content = gzip.compress(b"".join(as_json(CALL._replace(time=number)).encode() + b"\n" for number in range(3000)))
    (folder / "a.gz").write_bytes(content[:-200])
    run = execute("replay", "a.gz", "--api", "new.json")
    assert (run.code, run.out) == (2, "")
    assert "the compressed file ends early" in run.err
    assert run.err.startswith("execpolicy replay: error: a.gz:")


def test_the_score_has_cases_that_fail_as_the_version_answers(execute: Execute, folder: Path) -> None:
    refused = CALL._replace(answer={"status": 403, "error.responseType": "ACCESS_DENIED"})
    through = CALL._replace(path="/none", answer={"status": 200})
    signed = CALL._replace(
        path="/orders/4711", caller=f"{CLERK}/ann", answer={"status": 200, "integration.status": 200}
    )
    write(folder / "closed.json", {**json.loads((folder / "new.json").read_text("utf-8")), "resource_policy": DENY})
    texts = [as_json(each) for each in (CALL, refused, through, refused._replace(answer={"status": 429}))]
    (folder / "scored.log").write_text("\n".join(texts), "utf-8")
    options = ["--before", "old.json", "--api", "old.json", "--score"]
    run = execute("replay", "scored.log", *options, "--format", "json")
    assert (run.code, run.err) == (0, "")
    jsonschema.validate(json.loads(run.out), SCHEMA)
    score = json.loads(run.out)["score"]
    assert (score["agreeing"], score["disagreeing"], score["not_comparable"]) == (
        *(1, 2),
        {"a rate or a quota refused the call": 1},
    )
    (folder / "signed.log").write_text(as_json(signed), "utf-8")
    run = execute("replay", "signed.log", "--before", "closed.json", "--api", "closed.json", "--score", *JSON)
    of_closed = json.loads(run.out)["score"]["disagreements"]
    for api, kinds in (("old.json", score["disagreements"]), ("closed.json", of_closed)):
        cases = "\n".join(each["case"] for each in kinds)
        text = f"schema: execpolicy/cases/1\ntitle: from a log\napi: {api}\ncases:\n{cases}\n"
        (folder / "log.execpolicy.yaml").write_text(text, "utf-8")
        run = execute("test", "log.execpolicy.yaml")
        assert run.code == 1, run.err
        assert f"{len(kinds)} failed, 0 passed" in run.out
    text = execute("replay", "scored.log", *options).out
    assert "the old version and AWS: 1 call with the same answer, 2 with another, 0 not known, 1 not comparable" in text
    assert '\n      - name: "GET /health: AWS answered 403 ACCESS_DENIED"\n' in text
    for form in ("markdown", "html"):
        assert "GET /health: AWS answered 403" in execute("replay", "scored.log", *options, "--format", form).out


JSON = ("--format", "json")
DENY = document(Principal="*", Resource="execute-api:/*", Effect="Deny")


@pytest.mark.parametrize("verb", [("replay", "access.log", "--api"), ("matrix",)])
def test_a_file_without_callers(execute: Execute, folder: Path, verb: tuple[str, ...]) -> None:
    write(folder / "empty.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    run = execute(*verb, "old.json", "--callers", "empty.json")
    assert run.code == 2
    assert "leave it out, for the callers of the file of the API, or name a file that has some" in run.err


def test_a_score_needs_the_old_version(execute: Execute) -> None:
    run = execute("replay", "access.log", "--api", "old.json", "--score")
    assert run.code == 2
    assert "--score compares the old version with AWS's answers, and --before is not given" in run.err
