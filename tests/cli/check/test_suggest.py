"""execpolicy check --suggest and --apply: what is shown, what is written, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.cli.conftest import ANN, API, CLERK, PETS, Execute, document, write

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
ASKED = ("--as", ANN, "--on", PETS)
DOGS = f"{API}/prod/GET/dogs"


@pytest.fixture
def suggest(execute: Execute, folder: Path) -> Execute:
    """``execpolicy check --suggest`` of Ann's call to PETS, in a folder with an identity policy for DOGS."""
    (folder / "own.json").write_text(json.dumps(document(Resource=DOGS), indent=2) + "\n", "utf-8")

    def run(*arguments: str, stdin: bytes | None = None) -> Any:
        return execute("check", *ASKED, "--suggest", *arguments, stdin=stdin)

    return run


def validator(name: str) -> Draft202012Validator:
    schemas = {each: json.loads((SCHEMAS / f"{each}.json").read_text("utf-8")) for each in ("decision-1", "response-1")}
    resources = [(f"urn:execpolicy:schema:{each}", Resource.from_contents(found)) for each, found in schemas.items()]
    return Draft202012Validator(schemas[name], registry=Registry().with_resources(resources))


def test_the_changes_follow_the_decision(suggest: Execute) -> None:
    run = suggest("--identity", "own.json")
    assert (run.code, run.err) == (1, "")
    decision, _, changes = run.out.partition("\n\nchanges that let it through")
    assert decision.startswith("DENY (implicit): ")
    assert changes == (
        ", those that open the least first; nothing else is opened:\n"
        "\n"
        "1. lets those who have own.json call GET on /prod/pets of a1b2c3\n"
        f"    {PETS} in Resource, added to Statement[0] (Allow) of own.json\n"
        "--- own.json\n"
        "+++ own.json\n"
        "@@ -3,6 +3,6 @@\n"
        '   "Statement": {\n'
        '     "Effect": "Allow",\n'
        '     "Action": "execute-api:Invoke",\n'
        f'-    "Resource": "{DOGS}"\n'
        f'+    "Resource": ["{DOGS}", "{PETS}"]\n'
        "   }\n"
        " }\n"
        "\n"
        "2. lets those who have own.json call GET on /prod/pets of a1b2c3\n"
        "    a new statement in own.json\n"
        "--- own.json\n"
        "+++ own.json\n"
        "@@ -1,8 +1,12 @@\n"
        " {\n"
        '   "Version": "2012-10-17",\n'
        '-  "Statement": {\n'
        '+  "Statement": [{\n'
        '     "Effect": "Allow",\n'
        '     "Action": "execute-api:Invoke",\n'
        f'     "Resource": "{DOGS}"\n'
        "-  }\n"
        "+  }, {\n"
        '+    "Effect": "Allow",\n'
        '+    "Action": "execute-api:Invoke",\n'
        f'+    "Resource": "{PETS}"\n'
        "+  }]\n"
        " }\n"
    )


def test_nothing_is_written_without_apply(suggest: Execute, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    suggest("--identity", "own.json")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(("option", "number"), [("--apply", 0), ("--apply=1", 0), ("--apply=2", 1)])
def test_the_chosen_change_is_written(
    suggest: Execute, execute: Execute, folder: Path, option: str, number: int
) -> None:
    data = json.loads(suggest("--identity", "own.json", "--format", "json").out)
    run = suggest("--identity", "own.json", option)
    assert (run.code, run.err) == (1, "execpolicy check: changed own.json\n")
    written = json.loads((folder / "own.json").read_text("utf-8"))
    is_list = isinstance(written["Statement"], list)
    assert is_list is (data["suggestions"][number]["changes"][0]["kind"] == "new_statement")
    assert execute("check", *ASKED, "--identity", "own.json").code == 0


def test_what_is_written_keeps_bytes_ends_of_lines_mode_and_mark(suggest: Execute, folder: Path) -> None:
    text = f"\ufeff# \u00e4\nStatement:\n- Effect: Allow\n  Action: execute-api:Invoke\n  Resource: {DOGS} # \u00fc\n"
    text = text.replace("\n", "\r\n")
    (folder / "own.yaml").write_bytes(text.encode("utf-8"))
    os.chmod(folder / "own.yaml", 0o640)
    (folder / "link.yaml").symlink_to("own.yaml")
    assert suggest("--identity", "link.yaml", "--apply", "--quiet").out == ""
    expected = text.replace(f"Resource: {DOGS}", f"Resource: [{DOGS}, {PETS}]")
    assert (folder / "own.yaml").read_bytes() == expected.encode("utf-8")
    assert (folder / "own.yaml").stat().st_mode & 0o777 == 0o640
    assert (folder / "link.yaml").is_symlink()


def test_several_files_are_written_together(execute: Execute, folder: Path) -> None:
    far = "arn:aws:iam::444455556666:user/Ann"
    write(folder / "own.json", document(Resource=DOGS))
    write(folder / "api.json", document(Principal={"AWS": far}, Resource=DOGS))
    asked = ("check", "--as", far, "--on", PETS, "--identity", "own.json", "--resource", "api.json")
    run = execute(*asked, "--suggest", "--apply")
    lines = run.err.splitlines()
    assert sorted(lines) == ["execpolicy check: changed api.json", "execpolicy check: changed own.json"]
    assert execute(*asked).code == 0


def test_a_file_that_cannot_be_written_leaves_the_others_alone(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = "arn:aws:iam::444455556666:user/Ann"
    write(folder / "own.json", document(Resource=DOGS))
    write(folder / "api.json", document(Principal={"AWS": far}, Resource=DOGS))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    os.chmod(folder / "own.json", 0o440)
    asked = ("check", "--as", far, "--on", PETS, "--identity", "own.json", "--resource", "api.json")
    run = execute(*asked, "--suggest", "--apply", "--quiet")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("execpolicy check: error: cannot write 'own.json': it is read-only")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--apply=3"], "--apply 3: there are 2 suggestions"),
        (["--apply=0"], "--apply: found '0', expected the number of a suggestion, such as --apply=2"),
        (["--apply=first"], "--apply: found 'first', expected the number of a suggestion, such as --apply=2"),
        (["--apply=99999999999999999999"], "--apply: found '99999999999999999999', expected the number"),
        (["--quiet"], "--suggest cannot be used with --quiet: it writes the suggestions"),
        (["--apply", "--apply"], "--apply is given twice: give it once"),
    ],
)
def test_what_cannot_be_applied(suggest: Execute, folder: Path, arguments: list[str], message: str) -> None:
    before = (folder / "own.json").read_bytes()
    run = suggest("--identity", "own.json", *arguments)
    assert run.code == 2
    assert message in run.err
    assert (folder / "own.json").read_bytes() == before


def test_apply_without_suggest(execute: Execute, folder: Path) -> None:
    run = execute("check", *ASKED, "--apply")
    assert run.code == 2
    assert "--apply requires --suggest: it writes one of the suggested changes" in run.err


def test_a_policy_on_standard_input_is_shown_and_not_written(suggest: Execute) -> None:
    policy = json.dumps(document(Resource=DOGS)).encode()
    assert "+++ <stdin>\n" in suggest("--identity", "-", stdin=policy).out
    run = suggest("--identity", "-", "--apply", stdin=policy)
    assert run.code == 2
    assert "--apply: the change is one of standard input, which is no file" in run.err


@pytest.mark.parametrize(("name", "other"), [("both.json", "both.json"), ("both.yaml", "link.yaml")])
def test_one_file_for_two_policies_is_not_changed(suggest: Execute, name: str, other: str) -> None:
    write(Path(name), document(Resource=DOGS))  # JSON is YAML too
    if other != name:
        Path(other).symlink_to(name)
    run = suggest("--identity", name, "--boundary", other)
    assert run.code == 1
    assert f"{name} is given for several policies, and a change would change all of them" in run.out


def test_one_file_for_the_policies_of_two_gates_is_not_changed(execute: Execute, folder: Path) -> None:
    private = API_FILE.partition("resource_policy")[0] + "endpoint: PRIVATE\nresource_policy: both.json\n"
    (folder / "private.yaml").write_text(private, "utf-8")
    write(folder / "both.json", document(Principal="*", Resource=DOGS))
    asked = ("check", "GET", "/open", "--api", "private.yaml", "--context", "aws:SourceVpce=vpce-1")
    run = execute(*asked, "--vpc-endpoint", "both.json", "--suggest")
    assert "is given for several policies" in run.out


def test_an_allowed_request(suggest: Execute) -> None:
    run = suggest("--identity", "allows.json")
    assert run.code == 0
    assert run.out.endswith("\nno change of the policies is suggested:\n  it is allowed\n")


def test_the_suggestions_as_json(suggest: Execute) -> None:
    data = json.loads(suggest("--identity", "own.json", "--format", "json").out)
    validator("decision-1").validate(data)
    first = data["suggestions"][0]
    assert first["changes"] == [
        {
            "kind": "added_value",
            "layer": "identity",
            "policy": "own.json",
            "statement": 0,
            "sid": None,
            "adds": f"{PETS} in Resource",
            "opens": "lets those who have own.json call GET on /prod/pets of a1b2c3",
        }
    ]
    assert [each["text"] for each in first["edits"]] == ["[", f', "{PETS}"]']
    assert (first["outside"], first["assumed"], data["instead"]) == ("equal", [], [])
    assert first["diffs"][0].startswith("--- own.json\n+++ own.json\n")


def test_without_the_option_the_data_is_as_before(execute: Execute, folder: Path) -> None:
    data = json.loads(execute("check", *ASKED, "--format", "json").out)
    assert not data.keys() & {"suggestions", "instead"}


API_FILE = """schema: execpolicy/api/1
id: a1b2c3
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
routes:
  GET /pets/{id}: {auth: AWS_IAM}
  GET /open: {}
resource_policy:
  Version: "2012-10-17"
  Statement:
    - Sid: Office
      Effect: Allow
      Principal: "*"
      Action: execute-api:Invoke
      Resource: execute-api:/*
      Condition:
        IpAddress:
          aws:SourceIp: 203.0.113.0/24 # the office
"""


def test_a_call_to_an_api_changes_its_file(execute: Execute, folder: Path) -> None:
    (folder / "shop.yaml").write_text(API_FILE, "utf-8")
    asked = ("check", "GET", "/open", "--api", "shop.yaml", "--context", "aws:SourceIp=198.51.100.7")
    run = execute(*asked, "--suggest", "--format", "json")
    data = json.loads(run.out)
    validator("response-1").validate(data)
    assert {each["changes"][0]["kind"] for each in data["suggestions"]} == {"widened_condition", "new_statement"}
    number = next(
        at for at, each in enumerate(data["suggestions"], 1) if each["changes"][0]["kind"] == "widened_condition"
    )
    assert execute(*asked, "--suggest", f"--apply={number}").code == 1
    expected = API_FILE.replace("203.0.113.0/24 # the office", "[203.0.113.0/24, 198.51.100.7/32] # the office")
    assert (folder / "shop.yaml").read_text("utf-8") == expected
    assert execute(*asked, "--quiet").code == 0


def test_a_call_names_its_route_and_the_policy_of_its_caller(execute: Execute, folder: Path) -> None:
    (folder / "shop.yaml").write_text(API_FILE.partition("resource_policy")[0], "utf-8")
    write(folder / "own.json", document(Resource=DOGS))
    asked = ("check", "GET", "/pets/7", "--api", "shop.yaml", "--as", CLERK, "--identity", "own.json")
    run = execute(*asked, "--suggest")
    assert "\n1. lets those who have own.json call GET on /prod/pets/* of a1b2c3\n" in run.out


TEMPLATE = """Transform: AWS::Serverless-2016-10-31
Resources:
  Shop:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {DefaultAuthorizer: AWS_IAM}
  Get:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Runtime: python3.13
      InlineCode: a
      Events: {E: {Type: Api, Properties: {Path: /pets, Method: GET, RestApiId: !Ref Shop}}}
  Ann:
    Type: AWS::IAM::User
    Properties:
      UserName: Ann
      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: execute-api:Invoke
                Resource: !Sub "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:*/prod/GET/dogs"
"""
DEPLOYED = ("--account", "111122223333", "--region", "eu-west-1", "--api-id", "a1b2c3")


def test_a_template_is_changed_in_its_own_lines(execute: Execute, folder: Path) -> None:
    (folder / "template.yaml").write_text(TEMPLATE, "utf-8")
    asked = ("check", "GET", "/pets", "--stage", "prod", "--api", "template.yaml", "--as", "Ann", *DEPLOYED)
    assert execute(*asked, "--suggest", "--apply").code == 1
    written = (folder / "template.yaml").read_text("utf-8")
    assert written.startswith(TEMPLATE.partition("                Resource: ")[0])
    assert "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets" in written
    assert execute(*asked, "--quiet").code == 0


def test_a_placeholder_is_not_written_into_a_template(execute: Execute, folder: Path) -> None:
    (folder / "template.yaml").write_text(TEMPLATE, "utf-8")
    run = execute("check", "GET", "/pets", "--stage", "prod", "--api", "template.yaml", "--as", "Ann", "--suggest")
    assert run.code == 1
    assert "no change of the policies is suggested:\n  a change of template.yaml:22:13 would write " in run.out
    assert ", which is only a placeholder: give the real one where the file is read\n" in run.out


def test_the_value_of_a_function_is_not_changed(execute: Execute, folder: Path) -> None:
    made = TEMPLATE.replace("Resource: !Sub", "Resource: !Split\n                - ','\n                - !Sub")
    (folder / "template.yaml").write_text(made, "utf-8")
    run = execute(
        "check", "GET", "/pets", "--stage", "prod", "--api", "template.yaml", "--as", "Ann", "--suggest", *DEPLOYED
    )
    assert "a new statement in template.yaml" in run.out
    assert "in Resource, added to" not in run.out


def test_show_event_decides_nothing(execute: Execute, folder: Path) -> None:
    (folder / "shop.yaml").write_text(API_FILE, "utf-8")
    run = execute("check", "GET", "/open", "--api", "shop.yaml", "--show-event", "--suggest")
    assert run.code == 2
    assert "--suggest cannot be used with --show-event: no call is decided" in run.err


def test_there_is_nothing_to_apply(execute: Execute) -> None:
    run = execute("check", *ASKED, "--suggest", "--apply")
    assert run.code == 2
    assert "--apply: there is no suggestion to write" in run.err
