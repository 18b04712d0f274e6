"""Verbs show the places of a plan in its sources (SRC-4)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from execpolicy.cli.main import main
from tests.loaders.terraform.reading import hcl_of, rest_api, root_method, stage
from tests.loaders.terraform.written import Written, plan_of
from tools import terraform_plans

FIXTURES = terraform_plans.FOLDER
#: A policy with faults: a path with two slashes, and an operator that compares a network literally.
FAULTY = ("execpolicy:none", "execute-api:/live//*")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the plan and the source of the private API."""
    (tmp_path / "infra").mkdir()
    shutil.copy(FIXTURES / "private.tf", tmp_path / "infra" / "api.tf")
    shutil.copy(terraform_plans.KEPT["private"], tmp_path / "plan.json")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replace_in_both(folder: Path, old: str, new: str) -> None:
    """Change a text in the plan and in the source."""
    for path in (folder / "plan.json", folder / "infra" / "api.tf"):
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main([*arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.rule("SRC-4")
def test_lint_underlines_the_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace_in_both(folder, "execute-api:/live/*", "execute-api:/live/GET//x")
    code, out, err = run(capsys, "lint", "plan.json", "--terraform-source", "infra", "-v", "--select", "EP-ARN")
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0].startswith("infra/api.tf:23:")
    assert lines[1] == '    23 | Resource  = "execute-api:/live/GET//x"'
    assert lines[1][lines[2].index("^") :].startswith("//x")
    assert "plan.json" not in lines[0]


def test_the_formats_of_lint_name_the_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace_in_both(folder, "execute-api:/live/*", "execute-api:/live/GET//x")
    given = ("lint", "plan.json", "--terraform-source", "infra", "--select", "EP-ARN")
    _, out, _ = run(capsys, *given, "--format", "json")
    (finding,) = json.loads(out)["findings"]
    assert (finding["file"], finding["fix"]) == ("infra/api.tf", None)
    assert finding["locations"][0]["span"]["start"]["line"] == 23
    assert "--terraform-source infra" in finding["request"]
    _, out, _ = run(capsys, *given, "--format", "sarif")
    (result,) = json.loads(out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == ("infra/api.tf", 23)
    _, out, _ = run(capsys, *given, "--format", "github")
    assert "file=infra/api.tf,line=23," in out


def test_a_fix_changes_no_source(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace_in_both(folder, "execute-api:/live/*", "execute-api:/live/GET//x")
    before = {path: path.read_text("utf-8") for path in (folder / "plan.json", folder / "infra" / "api.tf")}
    for fix in ("--fix", "--fix=unsafe"):
        run(capsys, "lint", "plan.json", "--terraform-source", "infra", fix)
    assert {path: path.read_text("utf-8") for path in before} == before


def test_a_comment_in_a_source_ignores_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace_in_both(folder, "execute-api:/live/*", "execute-api:/live/GET//x")
    source = folder / "infra" / "api.tf"
    source.write_text("# execpolicy: ignore-file[EP-ARN-010] so\n" + source.read_text("utf-8"), "utf-8")
    code, out, err = run(capsys, "lint", "plan.json", "--terraform-source", "infra", "--select", "EP-ARN")
    assert (code, err) == (1, "")
    assert out.startswith("infra/api.tf:24:")


def test_check_explains_with_the_lines_of_the_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ("check", "--api", "plan.json", "--terraform-source", "infra", "GET", "/ping")
    code, out, _ = run(capsys, *call, "--context", "aws:SourceVpce=vpce-1")
    assert code == 1
    assert "infra/api.tf:25:7: Deny OnlyOurEndpoint" in out
    assert '31 | Condition = { StringNotEquals = { "aws:SourceVpce" = local.endpoint } }' in out
    assert "plan.json" not in out


def test_suggestions_leave_the_sources_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ("check", "--api", "plan.json", "--terraform-source", "infra", "GET", "/ping", "--suggest")
    _, out, err = run(capsys, *call, "--context", "aws:SourceVpce=vpce-1")
    assert err == ""
    assert "infra/api.tf is a source of Terraform, which is not changed" in out


def test_show_names_the_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "plan.json", "--terraform-source", "infra")
    assert code == 0
    assert "infra/api.tf:18:7: Allow FromInside" in out
    assert "infra/api.tf:25:7: Deny OnlyOurEndpoint" in out


@pytest.mark.rule("SRC-4")
def test_diff_takes_the_sources_for_the_second_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (folder / "plan.json").read_text("utf-8")
    (folder / "before.json").write_text(text.replace("execute-api:/live/*", "execute-api:/live/GET/*"), "utf-8")
    given = ("diff", "before.json", "plan.json", "--api", "--terraform-source", "infra")
    code, out, err = run(capsys, *given)
    assert (code, out) == (2, "")
    # The places in this plan are those of the plan: its sources are not given.
    message = "found aws_api_gateway_method.open[0].resource_id, which is known only after apply and refers to "
    assert err.startswith("before.json:")
    assert message in err
    assert "give the sources with --terraform-source-before DIR, or the state after apply" in err
    code, out, err = run(capsys, *given, "--terraform-source-before", "infra")
    assert (code, err) == (1, "")
    assert "infra/api.tf:18:7 FromInside" in out


def test_prove_and_who_take_the_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--api", "plan.json", "--terraform-source", "infra")
    code, out, err = run(capsys, "prove", "nobody may call /ping", *given)
    assert (code, err) == (1, "")
    code, out, err = run(capsys, "who", "GET", "/ping", *given)
    assert (code, err) == (0, "")
    assert "plan.json:" not in out


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("none", 'cannot read the folder "none": No such file or directory'),
        (".", 'found no sources of Terraform in the folder "."'),
    ],
)
def test_a_wrong_folder_is_an_error(
    folder: Path, source: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "show", "plan.json", "--terraform-source", source)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"execpolicy show: error: {message}",
        "  give the folder in which terraform plan was run",
    ]


def test_a_source_that_is_no_hcl_is_an_error_at_its_place(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "infra" / "more.tf").write_text('resource "a" "b" {\n  c = [\n', "utf-8")
    code, out, err = run(capsys, "show", "plan.json", "--terraform-source", "infra")
    assert (code, out) == (2, "")
    assert err.splitlines()[0].endswith('infra/more.tf:2:7: the "[" opened here is never closed')


def test_a_template_has_no_sources(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "template.yaml").write_text("Resources: {}\n", "utf-8")
    code, _, err = run(capsys, "show", "template.yaml", "--terraform-source", "infra")
    assert code == 2
    assert "found --terraform-source for a file of kind cloudformation, which does not use it" in err


@pytest.mark.rule("SRC-4")
def test_an_answer_that_depends_on_a_hidden_block_says_what_to_give(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "infra" / "api.tf").write_text(
        'resource "aws_api_gateway_rest_api" "orders" {\n  name = "orders"\n}\n', "utf-8"
    )
    document = plan_of([rest_api(), root_method(), stage()])
    (folder / "plan.json").write_text(json.dumps(document), "utf-8")
    call = ("check", "--api", "plan.json", "GET", "/")
    code, out, _ = run(capsys, *call)
    assert code == 3
    assert "does not show whether dynamic makes it: give the sources with --terraform-source DIR" in " ".join(
        out.split()
    )
    code, out, err = run(capsys, *call, "--terraform-source", "infra")
    assert (code, err) == (0, "")
    assert "dynamic" not in out


def test_an_answer_that_an_option_decides_says_so_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    template = {
        "Parameters": {"Auth": {"Type": "String"}},
        "Resources": {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}},
            "Get": {
                "Type": "AWS::ApiGateway::Method",
                "Properties": {
                    "RestApiId": {"Ref": "Api"},
                    "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]},
                    "HttpMethod": "GET",
                    "AuthorizationType": {"Ref": "Auth"},
                },
            },
        },
    }
    (folder / "template.json").write_text(json.dumps(template), "utf-8")
    code, out, _ = run(capsys, "check", "--api", "template.json", "--stage", "prod", "GET", "/")
    assert code == 3
    assert out.count("--parameter") == 1


#: An API whose method is signed, and a call of it.
SIGNED = ("--api", "shop.api.yaml", "GET", "/admin/users/7", "--context", "aws:SourceIp=203.0.113.7")


def with_callers(folder: Path) -> None:
    """Add an API, a plan of roles and its sources."""
    shutil.copy(terraform_plans.THREE_APIS / "rest.api.yaml", folder / "shop.api.yaml")
    made = {"id": "app", "arn": "arn:aws:iam::111122223333:role/app", "inline_policy": []}
    role = Written("aws_iam_role", "app", {"name": "app", "assume_role_policy": "{}"}, made)
    (folder / "roles.json").write_text(json.dumps(plan_of([role])), "utf-8")
    (folder / "roles").mkdir()
    (folder / "roles" / "main.tf").write_text(hcl_of([role]), "utf-8")


@pytest.mark.rule("SRC-4")
def test_a_plan_of_callers_has_sources_of_its_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_callers(folder)
    call = ("check", *SIGNED, "--as", "roles.json#aws_iam_role.app")
    code, out, err = run(capsys, *call)
    assert (code, err) == (3, "")
    code, out, err = run(capsys, *call, "--terraform-source-callers", "roles")
    assert (code, err) == (1, "")
    assert out.startswith("DENY")
    given = (
        "matrix",
        "shop.api.yaml",
        "--callers",
        "roles.json#aws_iam_role.app",
        "--call",
        "GET /admin/users/7",
    )
    assert run(capsys, *given)[0] == 3
    code, out, err = run(capsys, *given, "--terraform-source-callers", "roles", "--context", "aws:SourceIp=203.0.113.7")
    assert (code, err) == (0, "")


def test_sources_of_callers_that_no_file_uses_are_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_callers(folder)
    message = "found --terraform-source-callers without a plan or a state of Terraform that describes callers"
    advice = "  leave it out, or give the file with the callers; --terraform-source is for the file of the API"
    for callers in ((), ("--callers", "arn:aws:iam::111122223333:user/ann")):
        code, out, err = run(capsys, "matrix", "shop.api.yaml", *callers, "--terraform-source-callers", "roles")
        assert (code, out) == (2, "")
        assert err.splitlines() == [f"execpolicy matrix: error: {message}", advice]
    call = ("check", *SIGNED, "--as", "roles.json#aws_iam_role.app", "--terraform-source-callers", "infra")
    code, out, err = run(capsys, *call)
    assert (code, out) == (2, "")
    assert 'found nothing of roles.json in the sources in "infra"' in err


def with_arns(folder: Path) -> None:
    """Add a plan whose policy is known with its sources only."""
    shutil.copy(terraform_plans.KEPT["arns"], folder / "arns.json")
    (folder / "arns").mkdir()
    shutil.copy(FIXTURES / "arns.tf", folder / "arns" / "main.tf")


@pytest.mark.rule("SRC-4")
def test_diff_takes_sources_for_each_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_arns(folder)
    given = ("diff", "arns.json", "arns.json", "--terraform-source", "arns")
    code, out, err = run(capsys, *given)
    assert (code, err) == (3, "")
    part = "a part of the API is not known: endpoint of the API depends on aws_api_gateway_rest_api.shop."
    assert f"{part}endpoint_configuration (arns.json:" in " ".join(out.split())
    code, out, err = run(capsys, *given, "--terraform-source-before", "arns")
    assert (code, err) == (0, "")
    assert "EQUAL" in out


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (
            ("--planned", "arns.json", "--terraform-source-before", "arns"),
            "--planned and --terraform-source-before are both given",
            "give --planned for a plan of Terraform only",
        ),
        (
            ("shop.api.yaml", "arns.json", "--terraform-source-before", "arns"),
            "found --terraform-source-before, and shop.api.yaml is of kind execpolicy, which does not use it",
            "leave it out",
        ),
        (
            ("arns.json", "shop.api.yaml", "--terraform-source", "arns"),
            "found --terraform-source for a file of kind execpolicy, which does not use it",
            "leave it out: such a file uses --stage",
        ),
        (
            ("shop.api.yaml", "shop.api.yaml", "--account", "111122223333"),
            "found --account for a file of kind execpolicy, which does not use it",
            "leave it out: such a file uses --stage",
        ),
        (
            ("shop.api.yaml", "arns.json", "--type", "REST"),
            "found --type for a file of kind execpolicy or terraform, which does not use it",
            "leave it out: such a file uses --stage, --api-name, --account, --region, --api-id and --terraform-source",
        ),
        (("arns.json", "arns.json", "--account", "1"), '--account is wrong: an account has 12 digits, found "1"', ""),
    ],
)
def test_an_option_that_neither_version_uses_is_an_error(
    folder: Path, arguments: tuple[str, ...], message: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_callers(folder)
    with_arns(folder)
    code, out, err = run(capsys, "diff", *arguments)
    assert (code, out) == (2, "")
    assert err.splitlines() == [f"execpolicy diff: error: {message}", *([f"  {advice}"] if advice else [])]


def test_an_option_that_one_version_uses_is_for_that_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_callers(folder)
    with_arns(folder)
    for files in (("shop.api.yaml", "arns.json"), ("arns.json", "shop.api.yaml")):
        code, out, err = run(capsys, "diff", *files, "--account", "111122223333", "--region", "eu-west-1")
        assert (code, err) == (1, "")
        assert "ADDED" in out
        assert "REMOVED" in out
