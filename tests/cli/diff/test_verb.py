"""execpolicy diff: versions of policies, APIs and templates, the exit codes, and unusable input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import API, Execute, document, write

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "diff-1.json").read_text("utf-8"))
OFFICE = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
IN_SHOP = {"Fn::Sub": "arn:aws:execute-api:${AWS::Region}:${AWS::AccountId}:${Shop}/prod/GET/a"}
#: What tells the API of the template from others.
GIVEN = ("--account", "111122223333", "--region", "eu-west-1", "--api-id", "a1b2c3")
#: A template with an API and a role.
TEMPLATE: dict[str, Any] = {
    "Resources": {
        "Shop": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "shop", "ProtocolType": "HTTP"}},
        "ShopStage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Shop"}, "StageName": "prod"},
        },
        "Read": {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Shop"}, "RouteKey": "GET /a", "AuthorizationType": "AWS_IAM"},
        },
        "Reader": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "RoleName": "Reader",
                "AssumeRolePolicyDocument": {},
                "Policies": [{"PolicyName": "reads", "PolicyDocument": document(Resource=IN_SHOP)}],
            },
        },
    }
}


def changed(**resources: Any) -> dict[str, Any]:
    """The template with other resources; None takes one out."""
    found = {**TEMPLATE["Resources"], **resources}
    return {"Resources": {name: value for name, value in found.items() if value is not None}}


def route(auth: str) -> dict[str, Any]:
    properties = {"ApiId": {"Ref": "Shop"}, "RouteKey": "GET /a", "AuthorizationType": auth}
    return {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}


def role(resource: str, **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "reads", "PolicyDocument": document(Resource=IN_SHOP if resource == "GET/a" else "*")}]
    made = {"RoleName": "Reader", "AssumeRolePolicyDocument": {}, "Policies": policies, **properties}
    return {"Type": "AWS::IAM::Role", "Properties": made}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    write(folder / "laxer.json", document(Sid="Everybody", Principal="*"))
    write(folder / "office.json", document(Sid="Office", Principal="*", Condition=OFFICE))
    write(folder / "before.json", TEMPLATE)


def test_a_policy_that_lets_in_more(execute: Execute) -> None:
    run = execute("diff", "office.json", "laxer.json", "--kind", "resource")
    assert (run.code, run.err) == (1, "")
    assert (
        run.out == """\
LAXER  the new version allows requests that the old one denies
+ execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by states.amazonaws.com
    office.json  implicit deny
    laxer.json   allowed
                 laxer.json:3:16 Everybody
    execpolicy check --resource laxer.json --as states.amazonaws.com --on """
        """arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/
assumed: a policy is compared by itself: what other policies allow and deny is not known
"""
    )


def test_a_policy_that_shuts_out_more_has_the_minus_sign(execute: Execute) -> None:
    run = execute("diff", "laxer.json", "office.json", "--kind", "resource")
    assert (run.code, run.out.splitlines()[:2]) == (
        1,
        [
            "STRICTER  the new version denies requests that the old one allows",
            f"- execute-api:Invoke on {API}/prod/GET/ by states.amazonaws.com",
        ],
    )


def test_equal_policies(execute: Execute) -> None:
    run = execute("diff", "office.json", "office.json", "--kind", "resource")
    assert (run.code, run.out.splitlines()[0]) == (0, "EQUAL  both versions allow the same requests")


@pytest.mark.parametrize(
    ("before", "after", "fail_on", "code"),
    [
        ("office.json", "laxer.json", "laxer", 1),
        ("office.json", "laxer.json", "stricter", 0),
        ("office.json", "laxer.json", "any", 1),
        ("laxer.json", "office.json", "laxer", 0),
        ("laxer.json", "office.json", "stricter", 1),
        ("laxer.json", "office.json", "any", 1),
        ("office.json", "office.json", "any", 0),
    ],
)
def test_fail_on_says_which_difference_fails(
    execute: Execute, before: str, after: str, fail_on: str, code: int
) -> None:
    run = execute("diff", before, after, "--kind", "resource", "--fail-on", fail_on, "-q")
    assert (run.code, run.out, run.err) == (code, "", "")


@pytest.mark.parametrize("fail_on", ["laxer", "stricter", "any"])
def test_what_is_not_known_never_passes(execute: Execute, fail_on: str) -> None:
    run = execute("diff", "office.json", "laxer.json", "--kind", "resource", "--budget", "1", "--fail-on", fail_on)
    assert run.code == 3
    assert run.out.startswith("UNKNOWN  it is not known whether both versions allow the same requests\n")
    assert "not known: the budget of 1 steps is used up" in run.out


def test_one_of_both_on_standard_input(execute: Execute, folder: Path) -> None:
    given = (folder / "office.json").read_bytes()
    run = execute("diff", "-", "laxer.json", "--kind", "resource", stdin=given)
    assert run.code == 1
    assert "    <stdin>     implicit deny\n" in run.out


def test_a_template_by_its_parts(execute: Execute, folder: Path) -> None:
    write(folder / "after.json", changed(Read=route("NONE"), Reader=role("*")))
    run = execute("diff", "before.json", "after.json")
    assert (run.code, run.err) == (1, "")
    assert [line for line in run.out.splitlines() if line[:1].isalpha()] == [
        "API Shop: LAXER  the new version allows requests that the old one denies",
        "caller Reader: LAXER  the new version allows requests that the old one denies",
        "assumed: callers are compared by their own policies: APIs of their account have no resource policy, and "
        "those of other accounts allow their calls",
    ]
    assert "\n+ GET /a on prod by anonymous\n" in run.out
    assert "    execpolicy check GET /a --api after.json --stage prod\n" in run.out


@pytest.mark.rule("ANA-5", "EVL-5")
@pytest.mark.parametrize(
    ("more", "verdict"),
    [({"Effect": "Allow"}, "LAXER"), ({"Effect": "Deny"}, "EQUAL"), ({"Effect": "Allow", "Resource": "*"}, "LAXER")],
)
def test_an_api_of_another_account_allows_what_the_caller_may_do(
    execute: Execute, folder: Path, more: dict[str, str], verdict: str
) -> None:
    elsewhere = "arn:aws:execute-api:eu-west-1:444455556666:z9y8x7/*"
    statement = {"Action": "execute-api:Invoke", "Resource": elsewhere, **more}
    reader = role("GET/a")
    reader["Properties"]["Policies"].append(
        {"PolicyName": "more", "PolicyDocument": {"Version": "2012-10-17", "Statement": statement}}
    )
    write(folder / "after.json", changed(Reader=reader))
    run = execute("diff", "before.json", "after.json", *GIVEN)
    assert run.err == ""
    assert run.out.splitlines()[1].startswith(f"caller Reader: {verdict}  ")
    assert ("(the policy of an API in another account) Statement[0]" in run.out) is (verdict == "LAXER")
    assert run.code == int(verdict == "LAXER")


def test_added_removed_and_replaced_parts_fail(execute: Execute, folder: Path) -> None:
    write(folder / "after.json", changed(Reader=None, Writer=role("*", RoleName="Writer")))
    run = execute("diff", "before.json", "after.json", "--fail-on", "stricter")
    assert run.code == 1
    assert run.out.splitlines() == [
        "API Shop: EQUAL  both versions allow the same requests",
        "caller Writer: ADDED  only the new version has it: nothing to compare it with",
        "caller Reader: REMOVED  only the old version has it: nothing to compare it with",
    ]
    write(folder / "after.json", changed(Reader=role("GET/a", RoleName="Other")))
    run = execute("diff", "before.json", "after.json", "--fail-on", "laxer")
    assert run.code == 1
    assert run.out.splitlines()[1] == (
        "caller Reader: REPLACED  the new version has another one of this name: nothing to compare it with"
    )


def test_one_api_by_its_name(execute: Execute, folder: Path) -> None:
    write(folder / "after.json", changed(Reader=role("*")))
    run = execute("diff", "before.json", "after.json", "--api-name", "Shop")
    assert (run.code, run.out) == (0, "API Shop: EQUAL  both versions allow the same requests\n")
    run = execute("diff", "before.json", "after.json", "--api-name", "Store")
    assert (run.code, run.err) == (
        2,
        "execpolicy diff: error: --api-name: neither version has an API Store\n  use Shop\n",
    )


def test_the_assumptions_about_apis_on_request(execute: Execute) -> None:
    run = execute("diff", "before.json", "before.json", "--api-name", "Shop", "-v")
    assert "assumed: a VPC endpoint has its default policy\n" in run.out


def test_a_part_that_depends_on_an_unknown_condition_is_not_known(execute: Execute, folder: Path) -> None:
    conditional = {
        "Conditions": {"IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "yes"]}},
        "Parameters": {"Open": {"Type": "String"}},
        **changed(Read={**route("NONE"), "Condition": "IsOpen"}),
    }
    write(folder / "after.json", conditional)
    run = execute("diff", "before.json", "after.json", "--api-name", "Shop")
    assert run.code == 3
    assert "  not known: Shop depends on the parameter Open: give --parameter or --condition" in run.out
    assert execute("diff", "before.json", "after.json", "--parameter", "Open=yes", "-q").code == 2
    assert execute("diff", "after.json", "after.json", "--parameter", "Open=yes", "-q").code == 0


def test_two_files_without_apis_and_callers(execute: Execute, folder: Path) -> None:
    write(folder / "after.json", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    run = execute("diff", "after.json", "after.json")
    assert (run.code, run.out) == (0, "neither version describes anything that could be compared\n")


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        ("office.json", "laxer.json", ["--kind", "resource"]),
        ("laxer.json", "office.json", ["--kind", "resource"]),
        ("office.json", "laxer.json", ["--kind", "resource", "--budget", "1"]),
        ("before.json", "after.json", []),
        ("before.json", "before.json", []),
    ],
)
def test_json_follows_the_schema(execute: Execute, folder: Path, before: str, after: str, options: list[str]) -> None:
    write(folder / "after.json", changed(Read=route("NONE"), Reader=None))
    text = execute("diff", before, after, *options)
    run = execute("diff", before, after, *options, "--format", "json")
    jsonschema.validate(json.loads(run.out), SCHEMA)
    assert run.code == text.code


#: A statement of no call: messages to connections.
MESSAGES = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:ManageConnections", "Resource": "*"}
NO_OFFICE = {**MESSAGES, "Sid": "NoOffice", "Effect": "Deny", "Action": "execute-api:Invoke", "Condition": OFFICE}
ALONE = "assumed: a policy is compared by itself: what other policies allow and deny is not known"


@pytest.fixture
def denies(folder: Path) -> None:
    """Versions that allow no calls, and of which one denies those from the office."""
    write(folder / "denies.json", {"Version": "2012-10-17", "Statement": [MESSAGES, NO_OFFICE]})
    write(folder / "without.json", {"Version": "2012-10-17", "Statement": [MESSAGES]})


@pytest.mark.rule("ANA-5")
@pytest.mark.usefixtures("denies")
@pytest.mark.parametrize(
    ("versions", "fail_on", "code", "second_line"),
    [
        ("denies.json without.json", "any", 1, "DENIES LESS"),
        ("denies.json without.json", "laxer", 1, "DENIES LESS"),
        ("denies.json without.json", "stricter", 0, "DENIES LESS"),
        ("without.json denies.json", "any", 1, "DENIES MORE"),
        ("without.json denies.json", "laxer", 0, "DENIES MORE"),
        ("denies.json denies.json", "any", 0, ALONE),
    ],
)
def test_a_deny_of_what_another_policy_may_allow_is_a_difference(
    execute: Execute, versions: str, fail_on: str, code: int, second_line: str
) -> None:
    run = execute("diff", *versions.split(), "--kind", "resource", "--fail-on", fail_on)
    assert (run.code, run.err) == (code, "")
    first, second, *_ = run.out.splitlines()
    assert (first, second.split("  ")[0]) == ("EQUAL  both versions allow the same requests", second_line)


@pytest.mark.rule("ANA-5")
@pytest.mark.usefixtures("denies")
@pytest.mark.parametrize("kind", ["identity", "scp", "boundary", "session", "rcp"])
def test_other_policies_stand_beside_one_of_every_kind_but_one(execute: Execute, folder: Path, kind: str) -> None:
    for file in (folder / "denies.json", folder / "without.json"):
        found = json.loads(file.read_text("utf-8"))
        if kind != "rcp":
            for each in found["Statement"]:
                del each["Principal"]
        else:
            found["Statement"] = [{**each, "Effect": "Deny"} for each in found["Statement"]]
        write(file, found)
    run = execute("diff", "denies.json", "without.json", "--kind", kind)
    assert run.code == 1
    assert run.out.splitlines()[1].startswith("DENIES LESS  another policy may allow requests")


@pytest.mark.rule("ANA-5")
@pytest.mark.usefixtures("denies")
def test_what_is_no_longer_denied_in_every_format(execute: Execute) -> None:
    arguments = ("diff", "denies.json", "without.json", "--kind", "resource")
    assert execute(*arguments).out.splitlines() == [
        "EQUAL  both versions allow the same requests",
        "DENIES LESS  another policy may allow requests that the old version denies",
        "+ execute-api:Invoke on arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/ by "
        "arn:aws:sts::111122223333:assumed-role/Clerk/ann aws:SourceIp=203.0.113.1",
        "    denies.json   explicit deny",
        "                  denies.json:10:5 NoOffice",
        "    without.json  implicit deny",
        ALONE,
    ]
    found = json.loads(execute(*arguments, "--format", "json").out)
    jsonschema.validate(found, SCHEMA)
    (part,) = found["parts"]
    assert (part["verdict"], part["newly_allowed"], part["newly_denied"]) == ("equal", [], [])
    denies = part["explicit_denies"]
    assert (denies["verdict"], denies["newly_denied"], denies["unknown"]) == ("laxer", [], [])
    (witness,) = denies["no_longer_denied"]
    assert (witness["before"]["outcome"], witness["after"]["outcome"]) == ("explicit_deny", "implicit_deny")
    markdown = execute(*arguments, "--format", "markdown").out
    assert "**denies less**, another policy may allow requests that the old version denies." in markdown
    assert "1 request no longer denied:" in markdown
    github = execute(*arguments, "--format", "github").out.splitlines()[-1]
    assert github.startswith("::error file=denies.json,line=10,title=no longer denied::execute-api:Invoke on arn:")
    reverse = execute("diff", "without.json", "denies.json", "--kind", "resource", "--format", "github").out
    assert reverse.splitlines()[-1].startswith("::warning file=denies.json,line=10,title=newly denied explicitly::")


@pytest.mark.rule("ANA-5", "EVL-7")
@pytest.mark.usefixtures("denies")
def test_nothing_stands_beside_the_policy_of_a_vpc_endpoint(execute: Execute) -> None:
    run = execute("diff", "denies.json", "without.json", "--kind", "vpc_endpoint")
    assert (run.code, run.out.splitlines()[0]) == (0, "EQUAL  both versions allow the same requests")
    assert "DENIES" not in run.out


@pytest.mark.rule("ANA-5", "EVL-4")
def test_a_role_that_denies_less_is_a_difference(execute: Execute, folder: Path) -> None:
    deny = document(Effect="Deny", Resource="*", Condition=OFFICE)
    denying = role("GET/a")
    policies = [*denying["Properties"]["Policies"], {"PolicyName": "denies", "PolicyDocument": deny}]
    write(
        folder / "old.json", changed(Reader={**denying, "Properties": {**denying["Properties"], "Policies": policies}})
    )
    run = execute("diff", "old.json", "before.json")
    assert run.code == 1
    assert "caller Reader: LAXER" in run.out
    assert "caller Reader: DENIES LESS  another policy may allow requests that the old version denies" in run.out


def test_json_has_the_witness_with_the_statements(execute: Execute) -> None:
    (part,) = json.loads(execute("diff", "office.json", "laxer.json", "--kind", "resource", "--format", "json").out)[
        "parts"
    ]
    assert (part["kind"], part["verdict"], part["newly_denied"]) == ("policy", "laxer", [])
    (witness,) = part["newly_allowed"]
    assert witness["request"]["caller"] == "states.amazonaws.com"
    assert witness["before"] == {"allowed": False, "outcome": "implicit_deny", "status": None, "statements": []}
    assert witness["after"]["statements"] == [
        {"policy": "laxer.json", "layer": "resource", "index": 0, "sid": "Everybody", "line": 3, "column": 16}
    ]


def test_markdown_for_a_comment(execute: Execute) -> None:
    run = execute("diff", "office.json", "laxer.json", "--kind", "resource", "--format", "markdown")
    assert (run.code, run.out.splitlines()[:8]) == (
        1,
        [
            "## execpolicy diff",
            "",
            "**laxer**, the new version allows requests that the old one denies.",
            "",
            "1 request newly allowed:",
            "",
            "| request | office.json | laxer.json |",
            "|---|---|---|",
        ],
    )
    request = f"execute-api:Invoke on {API}/prod/GET/ by states.amazonaws.com"
    assert run.out.splitlines()[8] == f"| `{request}` | implicit deny | allowed (Everybody, laxer.json:3) |"


def test_annotations_follow_the_text(execute: Execute) -> None:
    text = execute("diff", "office.json", "laxer.json", "--kind", "resource")
    run = execute("diff", "office.json", "laxer.json", "--kind", "resource", "--format", "github")
    assert run.out.startswith(text.out)
    annotation = run.out.removeprefix(text.out)
    assert annotation.startswith("::error file=laxer.json,line=3,title=newly allowed::execute-api:Invoke on arn:")
    assert annotation.count("\n") == 1


def test_openapi_files_without_a_stage(execute: Execute, folder: Path) -> None:
    paths = {"/a": {"get": {"security": [], "responses": {}, "x-amazon-apigateway-integration": {"type": "MOCK"}}}}
    document = {"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": paths}
    write(folder / "api.json", {**document, "x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": []}})
    run = execute("diff", "api.json", "api.json")
    assert (run.code, run.err.count("found no stage")) == (2, 1)
    run = execute("diff", "api.json", "api.json", "--stage", "prod")
    assert (run.code, run.err, run.out.split()[2]) == (0, "", "EQUAL")
    run = execute("diff", "office.json", "laxer.json", "--kind", "resource", "--stage", "prod")
    assert (run.code, run.err.splitlines()[0]) == (
        2,
        "execpolicy diff: error: --stage is about files that describe APIs",
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["office.json", "laxer.json"],
            "execpolicy diff: error: office.json is a policy: it is not read as an API\n"
            "  give --kind KIND, such as --kind resource, which says what the policies are\n"
            "execpolicy diff: error: laxer.json is a policy: it is not read as an API\n"
            "  give --kind KIND, such as --kind resource, which says what the policies are\n",
        ),
        (
            ["before.json", "office.json", "--kind", "resource"],
            "execpolicy diff: error: before.json describes APIs: it is no policy\n  give --api in place of --kind\n",
        ),
        (
            ["office.json", "laxer.json", "--kind", "resource", "--api"],
            "execpolicy diff: error: --kind and --api are both given\n  give --kind for policies only\n",
        ),
        (
            ["office.json", "laxer.json", "--kind", "resource", "--account", "111122223333"],
            "execpolicy diff: error: --account is about files that describe APIs\n"
            "  leave it out where --kind is given\n",
        ),
        (
            ["office.json", "--kind", "resource"],
            "execpolicy diff: error: found 1 file, expected the old version and the new one\n"
            "  write execpolicy diff BEFORE AFTER, or execpolicy diff --git REVISION -- FILE\n",
        ),
        (
            [],
            "execpolicy diff: error: found no files, expected the old version and the new one\n"
            "  write execpolicy diff BEFORE AFTER, or execpolicy diff --git REVISION -- FILE\n",
        ),
        (
            ["office.json", "none.json", "--kind", "resource"],
            'execpolicy diff: error: AFTER: cannot read "none.json": No such file or directory\n  check the path\n',
        ),
        (
            ["-", "-", "--kind", "resource"],
            "execpolicy diff: error: AFTER: standard input is already read by BEFORE\n  name a file for one of them\n",
        ),
        (
            ["--", "office.json", "laxer.json", "--kind", "resource"],
            "execpolicy diff: error: found '--kind' after --, where only files stand\n  give options before --\n",
        ),
    ],
)
def test_unusable_input(execute: Execute, arguments: list[str], message: str) -> None:
    run = execute("diff", *arguments, stdin=b"{}")
    assert (run.code, run.out, run.err) == (2, "", message)


def test_an_error_in_a_policy_has_its_place(execute: Execute, folder: Path) -> None:
    (folder / "wrong.json").write_text('{"Version": "2012-10-17",\n "Statement": {"Efect": "Allow"}}', "utf-8")
    run = execute("diff", "wrong.json", "laxer.json", "--kind", "resource")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("wrong.json:2:15: ")


@pytest.mark.parametrize(
    ("file", "kind", "place", "advice"),
    [
        (
            "allows.json",
            "resource",
            "allows.json:3:16: found a statement without Principal",
            "a policy without Principal is of another kind: give --kind identity, or boundary, session or scp",
        ),
        (
            "open.json",
            "identity",
            "open.json:8:5: found Principal in an identity policy",
            "a policy with Principal is of another kind: give --kind resource, or rcp or vpc_endpoint",
        ),
    ],
)
def test_a_policy_of_another_kind(execute: Execute, file: str, kind: str, place: str, advice: str) -> None:
    run = execute("diff", file, file, "--kind", kind)
    assert (run.code, run.out, run.err.count(f"\n  {advice}\n")) == (2, "", 2)
    assert run.err.startswith(place)


def test_a_policy_with_another_mistake_keeps_its_advice(execute: Execute, folder: Path) -> None:
    write(folder / "wrong.json", {"Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resourc": "*"}})
    run = execute("diff", "wrong.json", "laxer.json", "--kind", "resource")
    assert (run.code, run.out) == (2, "")
    assert "--kind" not in run.err


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--budget", "0", "argument --budget: found '0', expected a number of steps, such as 100000"),
        ("--kind", "authorizer", "argument --kind: invalid choice: 'authorizer'"),
        ("--fail-on", "never", "argument --fail-on: invalid choice: 'never'"),
        ("--format", "xml", "argument --format: invalid choice: 'xml'"),
    ],
)
def test_unusable_values_of_options(execute: Execute, option: str, value: str, expected: str) -> None:
    run = execute("diff", "office.json", "laxer.json", option, value)
    assert (run.code, run.out) == (2, "")
    assert expected in run.err


def test_a_binary_file_is_an_error_with_its_place(execute: Execute, folder: Path) -> None:
    (folder / "binary.json").write_bytes(b"{\n\xff\xfe\x00}")
    run = execute("diff", "binary.json", "laxer.json", "--kind", "resource")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("binary.json:2:1: found the byte 0xff at offset 2, which is not UTF-8")


#: An API file with a Lambda authorizer, which reads its token from a header.
GUARDED = """\
schema: execpolicy/api/1
id: a1b2c3
type: REST
region: eu-west-1
account: "111122223333"
stages: [prod]
authorizers:
  tokens: {type: TOKEN, identity_sources: method.request.header.%s%s}
routes:
  GET /orders: {auth: CUSTOM, authorizer: tokens}
"""


@pytest.mark.rule("ANA-3")
def test_lambda_authorizers_that_differ_answer_independently(execute: Execute, folder: Path) -> None:
    (folder / "one.yaml").write_text(GUARDED % ("Authorization", ""), "utf-8")
    (folder / "other.yaml").write_text(GUARDED % ("X-Token", ""), "utf-8")
    run = execute("diff", "one.yaml", "other.yaml")
    call = "GET /orders on prod by anonymous (the authorizers of both versions answer independently)"
    assert (run.code, run.err) == (1, "")
    lines = run.out.splitlines()
    assert lines[0] == (
        "API api: BOTH  the new version allows some requests that the old one denies, and denies others"
    )
    assert [line for line in lines if line[:2] in ("+ ", "- ")] == [f"+ {call}", f"- {call}"]
    (part,) = json.loads(execute("diff", "one.yaml", "other.yaml", "--format", "json").out)["parts"]
    jsonschema.validate({"schema_version": 1, "parts": [part]}, SCHEMA)
    for witness, allows in ((part["newly_allowed"][0], "after"), (part["newly_denied"][0], "before")):
        outputs = witness["call"]["authorizer_outputs"]
        resources = {side: each["policyDocument"]["Statement"][0]["Resource"] for side, each in outputs.items()}
        assert [side for side, resource in resources.items() if resource == "*"] == [allows]
    # The command decides the call by the new version: it has the answer of that version.
    command = next(line for line in lines if "--authorizer-output" in line)
    assert "none/none/GET/none" not in command


@pytest.mark.rule("ANA-3")
def test_lambda_authorizers_that_differ_in_the_ttl_answer_equally(execute: Execute, folder: Path) -> None:
    (folder / "one.yaml").write_text(GUARDED % ("Authorization", ""), "utf-8")
    (folder / "other.yaml").write_text(GUARDED % ("Authorization", ", ttl: 60"), "utf-8")
    run = execute("diff", "one.yaml", "other.yaml")
    assert (run.code, run.out, run.err) == (0, "API api: EQUAL  both versions allow the same requests\n", "")


BY_DOMAIN = """\
schema: execpolicy/api/1
id: a1b2c3
type: HTTP
region: eu-west-1
account: "111122223333"
stages: [prod]
disable_execute_api_endpoint: true
routes:
  GET /orders: {}
domains:
  api.example.com: {mappings: {%s: prod}, mutual_tls: true}
"""


@pytest.mark.rule("ANA-5", "GW-28")
def test_a_base_path_that_is_renamed_and_its_commands(execute: Execute, folder: Path) -> None:
    (folder / "shop.yaml").write_text(BY_DOMAIN % "shop", "utf-8")
    (folder / "store.yaml").write_text(BY_DOMAIN % "store", "utf-8")
    run = execute("diff", "shop.yaml", "store.yaml")
    assert (run.code, run.err) == (1, "")
    lines = run.out.splitlines()
    assert [line for line in lines if line[:2] in ("+ ", "- ")] == [
        "+ GET https://api.example.com/store/orders by anonymous",
        "- GET https://api.example.com/shop/orders by anonymous",
    ]
    commands = [line.split()[1:] for line in lines if line.startswith("    execpolicy check")]
    assert len(commands) == 2
    # Each command asks the new version.
    assert [execute(*command).code for command in commands] == [0, 1]
    (part,) = json.loads(execute("diff", "shop.yaml", "store.yaml", "--format", "json").out)["parts"]
    jsonschema.validate({"schema_version": 1, "parts": [part]}, SCHEMA)
    call = part["newly_allowed"][0]["call"]
    assert (call["host"], call["path"], call["stage"]) == ("api.example.com", "/store/orders", "prod")


@pytest.mark.rule("ANA-5", "GW-28")
def test_a_domain_that_is_taken_away_and_the_command_that_names_it(execute: Execute, folder: Path) -> None:
    (folder / "shop.yaml").write_text(BY_DOMAIN % "shop", "utf-8")
    (folder / "none.yaml").write_text((BY_DOMAIN % "shop").partition("domains:")[0], "utf-8")
    run = execute("diff", "shop.yaml", "none.yaml")
    lines = run.out.splitlines()
    assert "- GET https://api.example.com/shop/orders by anonymous" in lines
    command = next(line for line in lines if line.startswith("    execpolicy check"))
    assert command == ("    execpolicy check GET /shop/orders --api none.yaml --stage prod -H 'Host: api.example.com'")
    assert execute("check", "GET", "/shop/orders", "--api", "none.yaml", "-H", "Host: api.example.com").code == 1
