"""execpolicy check: what each option brings into the decision, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from execpolicy.cli.exit_codes import ExitCode
from tests.cli.conftest import ANN, API, CLERK, PETS, Execute, document, write

FEDERATED = "arn:aws:sts::111122223333:federated-user/bob"
ROOT = "arn:aws:iam::111122223333:root"


def asked(**condition: object) -> dict[str, object]:
    """A policy that allows under a condition."""
    return document(Sid="Asked", Condition=condition)


def test_exit_codes_are_those_that_are_documented() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "ALLOWED": 0,
        "DENIED": 1,
        "UNUSABLE_INPUT": 2,
        "INDETERMINATE": 3,
        "INTERNAL_ERROR": 4,
        "INTERRUPTED": 130,
    }


def test_an_allow_is_exit_code_0(check: Execute, folder: Path) -> None:
    run = check("--identity", "allows.json")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("ALLOW: the identity-based policy allows it\n  execute-api:Invoke GET /pets · ")
    assert "allows.json:3:16: Allow ReadPets applies" in run.out


def test_silence_is_exit_code_1(check: Execute, folder: Path) -> None:
    run = check()
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("DENY (implicit): no identity-based policy allows execute-api:Invoke\n")


def test_a_deny_is_exit_code_1(check: Execute, folder: Path) -> None:
    run = check("--identity", "allows.json", "denies.json")
    assert (run.code, run.err) == (1, "")
    assert run.out.startswith("DENY (explicit): a Deny applies in the identity-based policy\n")
    assert "denies.json:3:16: Deny NoPets applies" in run.out


def test_what_is_not_known_is_exit_code_3_with_the_option_that_tells_it(check: Execute, folder: Path) -> None:
    run = check("--identity", "office.json", "--partial")
    assert (run.code, run.err) == (3, "")
    assert run.out.startswith("INDETERMINATE: ")
    assert "\ndecide with   --context aws:SourceIp=VALUE\n" in run.out


@pytest.mark.parametrize(
    ("arguments", "outcome", "blocked_by"),
    [
        (["--identity", "allows.json", "--identity", "denies.json"], "explicit_deny", ["identity"]),
        (["--identity", "allows.json", "--resource", "shut.json"], "explicit_deny", ["resource"]),
        (["--resource", "open.json"], "allow", []),
        (["--identity", "allows.json", "--boundary", "denies.json"], "explicit_deny", ["boundary"]),
        (["--identity", "allows.json", "--boundary", "office.json", "--context", "aws:SourceIp=192.0.2.1"],
         "implicit_deny", ["boundary"]),
        (["--identity", "allows.json", "--vpc-endpoint", "shut.json"], "explicit_deny", ["vpc_endpoint"]),
        (["--identity", "allows.json", "--scp", "allows.json"], "allow", []),
        (["--identity", "allows.json", "--scp", "denies.json"], "explicit_deny", ["scp"]),
        (["--identity", "allows.json", "--rcp", "shut.json"], "allow", []),
        (["--identity", "allows.json", "--rcp", "shut.json", "--rcps-cover-execute-api"], "explicit_deny", ["rcp"]),
        (["--identity", "allows.json", "--action", "execute-api:ManageConnections"], "implicit_deny", ["identity"]),
    ],
)  # fmt: skip
def test_each_layer_has_its_option(
    check: Execute, folder: Path, arguments: list[str], outcome: str, blocked_by: list[str]
) -> None:
    run = check(*arguments, "--format", "json")
    decision = json.loads(run.out)
    assert (decision["outcome"], decision["blocked_by"]) == (outcome, blocked_by)
    assert run.code == (0 if outcome == "allow" else 1)


def test_session_policies_are_ored(check: Execute, folder: Path) -> None:
    other = write(folder / "other.json", document(Resource=f"{API}/prod/POST/pets"))
    identity = ["--identity", "allows.json"]
    assert check(*identity, "--session", other, caller=CLERK).code == 1
    assert check(*identity, "--session", other, "--session", "allows.json", caller=CLERK).code == 0


@pytest.mark.rule("EVL-2")
def test_each_scp_option_is_a_level_and_its_files_are_ored(check: Execute, folder: Path) -> None:
    other = write(folder / "other.json", document(Resource=f"{API}/prod/POST/pets"))
    identity = ["--identity", "allows.json"]
    assert check(*identity, "--scp", other, "allows.json").code == 0
    run = check(*identity, "--scp", "allows.json", "--scp", other)
    assert run.code == 1
    assert "other.json:3:16: Allow statement 0 (level 1) does not apply" in run.out


@pytest.mark.rule("EVL-2")
def test_no_scp_binds_the_management_account(check: Execute, folder: Path) -> None:
    assert check("--identity", "allows.json", "--scp", "denies.json", "--management-account").code == 0


@pytest.mark.parametrize(
    ("condition", "arguments", "caller"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "a=b"}}, ["--tag", "team=a=b", "--tag", "shift="], ANN),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}, ["--org-id", "o-1234567890"], ANN),
        ({"StringEquals": {"aws:userid": "AIDAEXAMPLEEXAMPLE00"}}, ["--unique-id", "AIDAEXAMPLEEXAMPLE00"], ANN),
        (
            {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/staff/Clerk"}},
            ["--role-path", "/staff/"],
            CLERK,
        ),
        ({"DateEquals": {"aws:CurrentTime": "2026-03-01T12:00:00Z"}}, ["--at", "2026-03-01T12:00:00Z"], ANN),
        ({"DateEquals": {"aws:CurrentTime": "2026-03-01T12:00:00Z"}}, ["--at", "1772366400"], ANN),
        ({"NumericEquals": {"aws:EpochTime": "1772366400"}}, ["--at", "2026-03-01T13:00:00+01:00"], ANN),
        ({"DateGreaterThan": {"aws:CurrentTime": "2025-01-01"}}, ["--at", "now"], ANN),
        ({"StringEquals": {"aws:UserAgent": "a=b"}}, ["--context", "aws:UserAgent=a=b"], ANN),
        ({"StringEquals": {"aws:UserAgent": ""}}, ["--context", "aws:UserAgent="], ANN),
        (
            {"ForAllValues:StringEquals": {"aws:CalledVia": ["a", "b"]}, "Null": {"aws:CalledVia": "false"}},
            ["--context", "aws:CalledVia=a", "--context", "AWS:calledvia=b"],
            ANN,
        ),
    ],
)
def test_what_an_option_tells_of_the_request(
    check: Execute, folder: Path, condition: dict[str, object], arguments: list[str], caller: str
) -> None:
    asks = write(folder / "asks.json", asked(**condition))
    assert check("--identity", asks, *arguments, caller=caller).code == 0
    assert check("--identity", asks, caller=caller).code != 0


def test_values_of_a_key_given_twice_are_a_list(check: Execute, folder: Path) -> None:
    asks = write(folder / "asks.json", asked(**{"ForAllValues:StringEquals": {"aws:CalledVia": ["a"]}}))
    keys = ["--context", "aws:CalledVia=a", "--context", "aws:CalledVia=b"]
    run = check("--identity", asks, *keys, "--format", "json")
    assert json.loads(run.out)["request"]["context"] == {"aws:CalledVia": ["a", "b"]}
    assert run.code == 1


@pytest.mark.rule("PRN-4")
def test_a_federated_session_belongs_to_the_user_who_made_it(check: Execute, folder: Path) -> None:
    resource = write(folder / "ann.json", document(Principal={"AWS": ANN}))
    arguments = ["--resource", resource, "--session", "allows.json"]
    assert check(*arguments, caller=FEDERATED).code == 1
    assert check(*arguments, "--federated-by", ANN, caller=FEDERATED).code == 0


@pytest.mark.rule("EVL-5")
def test_the_resource_s_account_decides_whether_both_sides_must_allow(check: Execute, folder: Path) -> None:
    anywhere = write(folder / "anywhere.json", document(Resource="*"))
    no_account = "arn:aws:execute-api:eu-west-1::a1b2c3/prod/GET/pets"
    arguments = ["--identity", anywhere, "--resource-account"]
    assert check(*arguments, "111122223333", on=no_account).code == 0
    assert check(*arguments, "444455556666", on=no_account).code == 1


@pytest.mark.parametrize(
    ("condition", "caller", "option"),
    [
        ({"DateLessThan": {"aws:CurrentTime": "2026-01-01"}}, ANN, "--at TIME"),
        ({"NumericLessThan": {"aws:EpochTime": "1"}}, ANN, "--at TIME"),
        ({"StringEquals": {"aws:userid": "x"}}, ANN, "--unique-id ID"),
        ({"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/x/Clerk"}}, CLERK, "--role-path PATH"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, ANN, "--org-id ID"),
        ({"StringEquals": {"aws:PrincipalTag/team": "x"}}, ANN, "--tag team=VALUE"),
        ({"StringEquals": {"aws:PrincipalTag/my team": "x"}}, ANN, "--tag 'my team=VALUE'"),
        ({"StringEquals": {"aws:userid": "x"}}, "states.amazonaws.com", "--context aws:userid=VALUE"),
        ({"StringEquals": {"aws:UserAgent": "x"}}, ANN, "--context aws:UserAgent=VALUE"),
        ({"StringEquals": {"x:$(id)\n": "x"}}, ANN, "--context 'x:$(id)\\n=VALUE'"),
        (
            {"StringEquals": {"aws:UserAgent": "x", "aws:referer": "y"}},
            ANN,
            "--context aws:UserAgent=VALUE --context aws:referer=VALUE",
        ),
    ],
)
def test_advice_on_what_would_decide_it(
    check: Execute, folder: Path, condition: dict[str, object], caller: str, option: str
) -> None:
    asks = write(folder / "asks.json", asked(**condition))
    policy = ["--identity", asks]
    if caller == "states.amazonaws.com":
        policy = ["--resource", write(folder / "asks.json", document(Principal="*", Condition=condition))]
    run = check(*policy, "--partial", caller=caller)
    assert run.code == 3
    assert f"decide with   {option}\n" in run.out
    assert check(*policy, "--partial", "--all", caller=caller).out.splitlines()[-1] == f"to decide it, give {option}"


SSO_ROLE = "arn:aws:iam::111122223333:role/aws-reserved/x/AWSReservedSSO_Clerk"
SSO_SESSION = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Clerk/ann"


@pytest.mark.rule("PRN-5", "PRN-7")
@pytest.mark.parametrize(
    ("named", "caller", "option"),
    [
        ({"Principal": {"AWS": "AIDACKCEVSQ6C2EXAMPLE"}}, ANN, "--unique-id ID"),
        ({"NotPrincipal": {"AWS": ["111122223333", SSO_ROLE, SSO_SESSION]}}, SSO_SESSION, "--role-path PATH"),
    ],
)
def test_advice_on_which_detail_of_the_caller_would_decide_it(
    check: Execute, folder: Path, named: dict[str, object], caller: str, option: str
) -> None:
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    denies = {"Effect": "Deny", "Action": "*", "Resource": "*", **named}
    spared = write(folder / "spared.json", {"Version": "2012-10-17", "Statement": [anyone, denies]})
    run = check("--resource", spared, caller=caller)
    assert run.code == 3
    assert f"decide with   {option}\n" in run.out


def test_a_policy_from_standard_input(check: Execute, folder: Path) -> None:
    run = check("--resource", "-", stdin=(folder / "open.json").read_bytes())
    assert run.code == 0
    assert "<stdin>:3:16: Allow Everybody applies" in run.out


def test_a_context_from_standard_input(check: Execute, folder: Path) -> None:
    run = check("--identity", "office.json", "--context", "-", stdin=b'{"aws:SourceIp": "203.0.113.9"}')
    assert run.code == 0


def test_a_context_file_holds_texts_numbers_booleans_and_lists(check: Execute, folder: Path) -> None:
    values = {
        "aws:MultiFactorAuthAge": 3600,
        "aws:MultiFactorAuthPresent": True,
        "aws:CalledVia": ["a", "b"],
        "x:y": [],
    }
    name = write(folder / "context.json", values)
    run = check(
        *("--identity", "allows.json", "--context", name, "--context", "aws:SourceIp=192.0.2.1"),
        *("--allow-unknown-key", "x:y", "--format", "json"),
    )
    assert json.loads(run.out)["request"]["context"] == {
        "aws:MultiFactorAuthAge": ["3600"],
        "aws:MultiFactorAuthPresent": ["true"],
        "aws:CalledVia": ["a", "b"],
        "x:y": [],
        "aws:SourceIp": ["192.0.2.1"],
    }


def test_a_number_of_a_context_file_is_not_rounded(check: Execute, folder: Path) -> None:
    (folder / "context.json").write_text('{"x:n": 0.10000000000000000000001}', "utf-8")
    run = check("--context", "context.json", "--format", "json", "--allow-unknown-key", "x:n")
    assert json.loads(run.out)["request"]["context"] == {"x:n": ["0.10000000000000000000001"]}


@pytest.mark.parametrize("caller", ["anonymous", "states.amazonaws.com", ROOT, CLERK])
def test_every_sort_of_caller(check: Execute, folder: Path, caller: str) -> None:
    run = check("--resource", "open.json", caller=caller, on=PETS)
    assert run.code == 0
    name = "root" if caller == ROOT else caller.removeprefix("arn:aws:sts::111122223333:")
    assert run.out.splitlines()[1] == f"  execute-api:Invoke GET /pets · a1b2c3/prod · {name}"


def test_quiet_writes_nothing(check: Execute, folder: Path) -> None:
    slip = ["--context", "aws:SourceIp=192.0.2.1"]
    for option in ([], ["--format", "json"]):
        assert check("--identity", "allows.json", "--quiet", *slip, *option) == (0, "", "")
        assert check("--quiet", *slip, *option) == (1, "", "")


@pytest.mark.rule("KEY-1")
def test_a_key_newer_than_the_catalogue_is_accepted_by_name(check: Execute, folder: Path) -> None:
    asks = write(folder / "asks.json", asked(StringEquals={"AWS:Newest": "x"}))
    given = ["--scp", asks, "--identity", "allows.json", "--context", "aws:newest=x"]
    assert check(*given).code == 2
    assert check(*given, "--allow-unknown-key", "aws:Newest") == check(*given, "--allow-unknown-key", "AWS:NEWEST")
    run = check(*given, "--allow-unknown-key", "aws:Newest")
    assert (run.code, run.err) == (0, "")


@pytest.mark.rule("KEY-1")
def test_a_key_of_a_service_is_one_that_the_action_or_a_policy_knows(check: Execute, folder: Path) -> None:
    given = ["--identity", "allows.json", "--context", "s3:prefix=x"]
    run = check(*given)
    assert run.code == 2
    found = ': found "s3:prefix", which no policy names and which is no key of execute-api'
    advice = "  leave it out, or accept it with --allow-unknown-key s3:prefix"
    assert run.err.splitlines() == [f"--context:1:1{found}", "  1 | s3:prefix=x", "    | ^^^^^^^^^", advice]
    (folder / "keys.json").write_text('{"aws:UserAgent": "curl",\n "S3:prefix": ["x"]}', "utf-8")
    run = check("--identity", "allows.json", "--context", "keys.json")
    assert run.err.splitlines()[::3] == [
        f"keys.json:2:2{found.replace('s3', 'S3')}",
        "  leave it out, or accept it with --allow-unknown-key S3:prefix",
    ]
    assert check(*given, "--action", "s3:ListBucket", "--resource-account", "111122223333").code in (0, 1)
    assert check(*given, "--allow-unknown-key", "s3:prefix").code == 0


@pytest.mark.rule("GW-2", "RES-1")
@pytest.mark.parametrize(
    ("path", "note"),
    [
        ("*", "--on has a `*`, which is that character in a request: name the path of one call"),
        (
            "{id}",
            "--on has a `{`, which is that character in a request: give the path as it is sent, not that of the route",
        ),
        (
            "a?b=c",
            "--on has a `?`, which is that character in a request: "
            "leave the query string out; it is not part of the ARN",
        ),
    ],
)
def test_what_means_nothing_in_a_request_is_noted(check: Execute, folder: Path, path: str, note: str) -> None:
    run = check("--identity", "allows.json", on=f"{API}/prod/GET/{path}")
    assert (run.code, run.err) == (0, f"execpolicy check: note: {note}\n")
