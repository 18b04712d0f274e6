"""Files that another file refers to: their paths, and the project that they have to be in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from execpolicy import ExecPolicyError, PolicySyntaxError
from execpolicy.document.policy_file import load_policy_in_project
from execpolicy.document.project import (
    project_of,
    read_in_project,
    reading_within,
    resolve_in_project,
    resolve_reference,
)


@pytest.mark.parametrize(
    ("name", "reference", "path"),
    [
        ("cases.json", "reads.json", "reads.json"),
        ("tests/cases.json", "reads.json", "tests/reads.json"),
        ("tests/cases.json", "../policies/reads.json", "policies/reads.json"),
        ("tests/cases.json", "./a//b/../reads.json", "tests/a/reads.json"),
        ("tests/cases.json", "/etc/reads.json", "/etc/reads.json"),
        ("<cases>", "reads.json", "reads.json"),
    ],
)
def test_a_file_beside_another(name: str, reference: str, path: str) -> None:
    assert resolve_reference(name, reference) == path.replace("/", os.sep)


def test_one_file_is_called_by_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("tests", "far", "far/in"):
        Path(folder).mkdir()
    for name in ("reads.json", "far/reads.json"):
        Path(name).write_text("{}", "utf-8")
    assert resolve_reference("tests/cases.json", "../reads.json") == "reads.json"
    Path("link").symlink_to(Path("far", "in"))
    assert resolve_reference("link/cases.json", "../reads.json") == os.path.join("link", "..", "reads.json")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a folder of tests, and a file outside of it."""
    home = Path(os.path.realpath(tmp_path)) / "project"
    (home / "tests").mkdir(parents=True)
    (home / "pyproject.toml").touch()
    (home / "reads.json").write_text('{"Statement": []}', "utf-8")
    (home.parent / "secret").write_text("password", "utf-8")
    monkeypatch.chdir(home)
    return home


def test_a_file_inside_of_the_project(project: Path) -> None:
    assert project_of("tests/cases.json") == str(project)
    path = resolve_in_project("tests/cases.json", "../reads.json")
    assert path == "reads.json"
    assert read_in_project(path, "policy document") == '{"Statement": []}'
    assert load_policy_in_project(path, "identity").statements == ()


@pytest.mark.parametrize("linked", [False, True])
def test_a_file_outside_of_the_project(project: Path, linked: bool) -> None:
    reference, shown = "../../secret", ""
    if linked:
        reference, shown = "link", f" (a link to {project.parent / 'secret'})"
        (project / "tests" / "link").symlink_to(project.parent / "secret")
    with pytest.raises(ExecPolicyError) as caught:
        resolve_in_project("tests/cases.json", reference)
    found = f'found the file "{reference}"{shown}, which lies outside of the project {project}'
    assert caught.value.message == found
    assert caught.value.advice.startswith("give --allow-outside if that is meant")
    with reading_within(project, allow_outside=True):
        assert os.path.samefile(resolve_in_project("tests/cases.json", reference), "../secret")


def test_the_project_of_a_file_in_no_project(tmp_path: Path) -> None:
    folder = Path(os.path.realpath(tmp_path)) / "loose"
    folder.mkdir()
    assert project_of(str(folder / "cases.json")) == str(folder)
    with reading_within(tmp_path), reading_within(folder):
        assert project_of(str(folder / "cases.json")) == os.path.realpath(tmp_path)


def test_a_name_that_is_not_a_path_is_returned(project: Path) -> None:
    assert resolve_in_project("tests/cases.json", "a\0b") == os.path.join("tests", "a\0b")


@pytest.mark.parametrize(
    ("content", "why"), [(b"password", "nothing in it looks like one"), (b"\xff", "it is not UTF-8")]
)
def test_a_file_that_is_not_a_document_is_not_shown(project: Path, content: bytes, why: str) -> None:
    (project / "x").write_bytes(content)
    for what, named in (("API file", "an API file"), ("policy document", "a policy document")):
        with pytest.raises(ExecPolicyError) as caught:
            read_in_project("x", what)
        assert (caught.value.message, caught.value.advice) == (f"x is not {named}: {why}", f"name {named}")


def test_a_file_that_is_too_long(project: Path) -> None:
    with (project / "x").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    with pytest.raises(PolicySyntaxError, match="found more than 16777216 bytes"):
        read_in_project("x", "API file")
