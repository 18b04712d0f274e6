"""execpolicy diff --git: a file and its text in a revision of its repository."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Execute, document, write

#: An API whose resource policy is a file beside it.
API_FILE = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": "111122223333",
    "stages": ["prod"],
    "routes": {"GET /pets": {}},
    "resource_policy": "policies/resource.json",
}


def policy(cidr: str) -> dict[str, Any]:
    condition = {"IpAddress": {"aws:SourceIp": cidr}}
    return document(Principal="*", Resource="execute-api:/*", Condition=condition)


@pytest.fixture
def git(folder: Path) -> Callable[..., None]:
    """Runs git in a repository whose first commit has the API for the addresses 203.0.113.0/25."""

    def run(*arguments: str) -> None:
        identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)

    (folder / "shop" / "policies").mkdir(parents=True)
    write(folder / "shop" / "api.json", API_FILE)
    write(folder / "shop" / "policies" / "resource.json", policy("203.0.113.0/25"))
    run("init", "-q")
    run("add", "shop")
    run("commit", "-qm", "first")
    write(folder / "shop" / "policies" / "resource.json", policy("203.0.113.0/24"))
    return run


@pytest.mark.usefixtures("git")
def test_files_that_the_old_version_names_are_read_in_the_revision(execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "--", "shop/api.json")
    assert (run.code, run.err) == (1, "")
    assert (
        run.out
        == """\
API api: LAXER  the new version allows requests that the old one denies
+ GET /pets on prod by anonymous aws:SourceIp=203.0.113.128
    HEAD:shop/api.json  403 is refused
    shop/api.json       200 gets through
                        shop/policies/resource.json:3:16 Statement[0]
    execpolicy check GET /pets --api shop/api.json --stage prod --context aws:SourceIp=203.0.113.128
"""
    )


def test_they_are_read_there_in_the_working_folder_too(
    execute: Execute, git: Callable[..., None], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder / "shop")
    run = execute("diff", "--git", "HEAD", "api.json")
    assert (run.code, run.out.splitlines()[0].split()[:3]) == (1, ["API", "api:", "LAXER"])
    git("add", ".")
    git("commit", "-qm", "second")
    assert execute("diff", "--git", "HEAD", "api.json", "-q").code == 0
    assert execute("diff", "--git", "HEAD~1", "api.json", "-q").code == 1


def test_a_file_that_is_gone_is_read_in_the_revision(execute: Execute, git: Callable[..., None], folder: Path) -> None:
    (folder / "shop" / "policies" / "resource.json").rename(folder / "shop" / "resource.json")
    (folder / "shop" / "policies").rmdir()
    write(folder / "shop" / "api.json", {**API_FILE, "resource_policy": "resource.json"})
    assert execute("diff", "--git", "HEAD", "-q", "--", "shop/api.json").code == 1


@pytest.mark.usefixtures("git")
def test_a_policy(execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "--kind", "resource", "--", "shop/policies/resource.json")
    assert run.code == 1
    assert "    HEAD:shop/policies/resource.json  implicit deny\n" in run.out


@pytest.mark.usefixtures("git")
@pytest.mark.parametrize(
    ("revision", "file", "message"),
    [
        (
            "nope",
            "shop/api.json",
            "execpolicy diff: error: --git: cannot read api.json in nope: invalid object name 'nope'.\n"
            "  give a revision that has the file, such as HEAD~1 or origin/main\n",
        ),
        (
            "HEAD",
            "allows.json",
            "execpolicy diff: error: --git: cannot read allows.json in HEAD: "
            "path 'allows.json' exists on disk, but not in 'HEAD'\n"
            "  give a revision that has the file, such as HEAD~1 or origin/main\n",
        ),
        (
            "HEAD",
            "none.json",
            'execpolicy diff: error: FILE: cannot read "none.json": No such file or directory\n  check the path\n',
        ),
        (
            "HEAD",
            "-",
            "execpolicy diff: error: --git: standard input has no revisions\n  name a file of the repository\n",
        ),
        (
            "HEAD:shop",
            "shop/api.json",
            "execpolicy diff: error: --git: found 'HEAD:shop', expected a revision\n"
            "  such as main, HEAD~1 or a commit\n",
        ),
        (
            "",
            "shop/api.json",
            "execpolicy diff: error: --git: found '', expected a revision\n  such as main, HEAD~1 or a commit\n",
        ),
    ],
)
def test_unusable_revisions_and_files(execute: Execute, revision: str, file: str, message: str) -> None:
    run = execute("diff", "--git", revision, "--", file)
    assert (run.code, run.out, run.err) == (2, "", message)


@pytest.mark.usefixtures("git")
def test_a_second_file_is_an_error(execute: Execute) -> None:
    run = execute("diff", "--git", "HEAD", "shop/api.json", "allows.json")
    assert (run.code, run.err.splitlines()[0]) == (2, "execpolicy diff: error: found 2 files, expected one file")


def test_an_error_in_the_old_version_has_its_name(execute: Execute, git: Callable[..., None], folder: Path) -> None:
    write(folder / "shop" / "api.json", {**API_FILE, "stages": []})
    git("add", ".")
    git("commit", "-qm", "wrong")
    write(folder / "shop" / "api.json", API_FILE)
    run = execute("diff", "--git", "HEAD", "--", "shop/api.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("HEAD:shop/api.json:")


@pytest.mark.usefixtures("git")
def test_without_git(execute: Execute, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    run = execute("diff", "--git", "HEAD", "--", "shop/api.json")
    assert (run.code, run.out, run.err) == (
        2,
        "",
        "execpolicy diff: error: --git: cannot run git: No such file or directory\n"
        "  install git, or give both versions as files\n",
    )


def test_outside_of_a_repository(execute: Execute, folder: Path) -> None:
    run = execute("diff", "--git", "HEAD", "--kind", "identity", "--", "allows.json")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("execpolicy diff: error: --git: cannot read allows.json in HEAD: not a git repository")
