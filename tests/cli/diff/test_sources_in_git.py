"""The sources of a plan of Terraform in a revision: execpolicy diff --git, and report --git (SRC-4)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import Execute
from tools import terraform_plans

pytestmark = pytest.mark.rule("SRC-4")
CHANGED = "execute-api:/live/GET/*"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of a repository whose first commit has a plan, and beside it its sources; both are changed since."""
    folder = tmp_path / "shop"
    (folder / "infra").mkdir(parents=True)
    plan, source = folder / "plan.json", folder / "infra" / "api.tf"
    shutil.copy(terraform_plans.KEPT["private"], plan)
    shutil.copy(terraform_plans.FOLDER / "private.tf", source)
    identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)
    for path in (plan, source):
        path.write_text(path.read_text("utf-8").replace("execute-api:/live/*", CHANGED), "utf-8")
    source.write_text(f"# One line more\n{source.read_text('utf-8')}", "utf-8")
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(terraform_plans.FOLDER / "private.tf", tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.mark.usefixtures("shop")
def test_the_sources_of_the_old_version_are_those_of_its_revision(execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "--terraform-source", "shop/infra", "--", "shop/plan.json")
    assert (run.code, run.err) == (1, "")
    lines = [line.split() for line in run.out.splitlines()]
    # The line in the revision: in the folder it is the next one.
    assert ["HEAD:shop/infra/api.tf:18:7", "FromInside"] in lines


def test_they_may_be_those_of_the_current_folder(shop: Path, execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shop / "infra")
    run = execute("diff", "--git", "HEAD", "--terraform-source", ".", "--", "../plan.json")
    assert (run.code, run.err) == (1, "")
    assert "HEAD:api.tf:18:7 FromInside" in " ".join(run.out.split())


@pytest.mark.parametrize(
    ("before", "code"), [(["--terraform-source-before", "elsewhere"], 1), (["--terraform-source-before", "none"], 2)]
)
@pytest.mark.usefixtures("shop")
def test_other_sources_that_are_given_are_those_of_the_folder(before: list[str], code: int, execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "--terraform-source", "shop/infra", *before, "--", "shop/plan.json")
    assert run.code == code
    assert ("elsewhere/private.tf:18:7 FromInside" in " ".join(run.out.split())) is (code == 1)
    assert ('cannot read the folder "none": No such file or directory' in run.err) is (code == 2)


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("elsewhere", "--git: cannot read ../elsewhere in HEAD: Not a valid object name HEAD:./../elsewhere\n"),
        ("shop", 'found no sources of Terraform in the folder "HEAD:shop"\n'),
    ],
)
@pytest.mark.usefixtures("shop")
def test_sources_that_the_revision_does_not_have_are_refused(folder: str, message: str, execute: Execute) -> None:
    shutil.copy("elsewhere/private.tf", "shop")
    run = execute("diff", "--git", "HEAD", "--terraform-source", folder, "--", "shop/plan.json")
    assert (run.code, run.out) == (2, "")
    assert message in run.err
    assert ("give the sources of the first version with --terraform-source-before DIR" in run.err) is (folder != "shop")


@pytest.mark.usefixtures("shop")
def test_without_sources_none_are_read(execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "--", "shop/plan.json")
    assert run.code == 2
    assert "give the sources with --terraform-source-before DIR, or the state after apply" in run.err


def test_a_file_of_another_kind_needs_no_sources(shop: Path, execute: Execute) -> None:
    subprocess.run(["git", "rm", "-q", "-r", "--cached", "shop/infra"], cwd=shop.parent, check=True)
    (shop / "plan.json").write_text('{"openapi": "3.0.1"}', "utf-8")
    run = execute("diff", "--git", "HEAD", "--terraform-source", "shop/infra", "--", "shop/plan.json")
    assert run.code == 2
    assert "found --terraform-source for a file of kind" in run.err


@pytest.mark.usefixtures("shop")
def test_a_report_takes_them_too(execute: Execute, tmp_path: Path) -> None:
    given = ("--api", "shop/plan.json", "--terraform-source", "shop/infra", "--git", "HEAD")
    run = execute("report", *given, "-o", "report.html")
    assert (run.code, run.err) == (0, "")
    assert "STRICTER" in (tmp_path / "report.html").read_text("utf-8")
