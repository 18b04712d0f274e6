"""``execpolicy test``: which files a run has."""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli.paths_parser import paths_last
from tests.cli.case_files import READS, READS_ALONE, SELLS, case_file, save, timeless
from tests.cli.conftest import Execute
from tests.cli.test.test_verb import lines

ADVICE = "  name the files, which may have any name; docs/case-files.md shows one"
ENDS = "none has a name that ends in .execpolicy.yaml, .execpolicy.yml or .execpolicy.json"


def places(text: str) -> list[str]:
    """The files that ``-v`` names, in order."""
    return [line.split(":")[0] for line in text.splitlines() if line.endswith((": passed", ": failed"))]


def test_directories_are_searched_in_order(execute: Execute, folder: Path) -> None:
    for name in ("b.execpolicy.json", "a/z.execpolicy.json", "a/b/c.execpolicy.json", "a/b/a.execpolicy.json"):
        save(folder / name, READS)
    save(folder / "a" / "other.json", SELLS)
    ordered = ["a/z.execpolicy.json", "a/b/a.execpolicy.json", "a/b/c.execpolicy.json"]
    assert places(execute("test", "-v").out) == ["b.execpolicy.json", *ordered]
    assert places(execute("test", "-v", "./a").out) == ordered
    assert places(execute("test", "-v", str(folder / "a")).out) == [str(folder / name) for name in ordered]


def test_directories_of_others_are_left_out(execute: Execute, folder: Path) -> None:
    for name in (".venv", ".hidden", "node_modules", "cases"):
        save(folder / name / "pets.execpolicy.json", READS)
    assert places(execute("test", "-v").out) == ["cases/pets.execpolicy.json"]
    assert places(execute("test", "-v", "node_modules").out) == ["node_modules/pets.execpolicy.json"]


def test_a_circle_of_links_is_not_walked(execute: Execute, folder: Path) -> None:
    save(folder / "cases" / "pets.execpolicy.json", READS)
    (folder / "cases" / "again").symlink_to(folder, target_is_directory=True)
    assert places(execute("test", "-v").out) == ["cases/pets.execpolicy.json"]


def test_a_link_to_a_directory_can_be_named(execute: Execute, folder: Path) -> None:
    save(folder / "cases" / "pets.execpolicy.json", READS)
    (folder / "link").symlink_to(folder / "cases", target_is_directory=True)
    assert places(execute("test", "-v", "link").out) == ["link/pets.execpolicy.json"]


def test_a_file_may_have_any_name(execute: Execute, folder: Path) -> None:
    save(folder / "pets", READS)
    assert timeless(execute("test", "pets").out) == lines("pets: 1 passed", "", "1 passed in 0.00 s (1 file)")


def test_a_file_that_is_named_twice_runs_once(execute: Execute, folder: Path) -> None:
    save(folder / "pets.execpolicy.json", READS)
    (folder / "link.json").symlink_to(folder / "pets.execpolicy.json")
    run = execute("test", "-v", "./pets.execpolicy.json", ".", "pets.execpolicy.json", "link.json")
    assert places(run.out) == ["./pets.execpolicy.json"]


def test_paths_come_anywhere(execute: Execute, folder: Path) -> None:
    for name in ("a.json", "b.json", "c.json", "-x.json"):
        save(folder / name, READS)
    run = execute("test", "a.json", "-k", "ann", "b.json", "-v", "--color", "never", "c.json", "--", "-x.json")
    assert places(run.out) == ["a.json", "b.json", "c.json", "-x.json"]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["a", "-k", "b", "c"], ["-k", "b", "--", "a", "c"]),
        (["a", "-kb", "c"], ["-kb", "--", "a", "c"]),
        (["a", "-xk", "b", "c"], ["-xk", "b", "--", "a", "c"]),
        (["a", "-kx", "c"], ["-kx", "--", "a", "c"]),
        (["-v", "-"], ["-v", "--", "-"]),
        (["--coverage", "a"], ["--coverage", "--", "a"]),
        (["a", "--format=json", "b", "--format", "json"], ["--format=json", "--format", "json", "--", "a", "b"]),
        (["-x", "-k"], ["-x", "-k"]),
        (["--", "-x"], ["--", "-x"]),
    ],
)
def test_options_come_first(arguments: list[str], expected: list[str]) -> None:
    assert paths_last(arguments, {"-k", "--format"}) == expected


YAML = """\
schema: execpolicy/cases/1
title: Pets
callers: {ann: {principal: "arn:aws:iam::111122223333:user/Ann"}}
cases:
  - {name: no policy, caller: ann, resource: "arn:aws:execute-api:eu-west-1:111122223333:a/prod/GET/x", expect: deny}
"""


def test_yaml(execute: Execute, folder: Path) -> None:
    for name in ("b.execpolicy.yml", "a.execpolicy.yaml"):
        (folder / name).write_text(YAML, "utf-8")
    run = execute("test", "-v")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[:2] == [
        "a.execpolicy.yaml:5:5: no policy: passed",
        "b.execpolicy.yml:5:5: no policy: passed",
    ]
    run = execute("test", "-v", "-", stdin=YAML.encode())
    assert run.out.splitlines()[0] == "<stdin>:5:5: no policy: passed"


def test_yaml_without_pyyaml(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    (folder / "a.execpolicy.yaml").write_text(YAML, "utf-8")
    run = execute("test")
    assert (run.code, run.out) == (2, "")
    assert "reading YAML needs PyYAML, which is not installed\n" in run.err
    assert "pip install 'execpolicy[yaml]'" in run.err


def test_policies_are_files_beside_the_case_file(execute: Execute, folder: Path) -> None:
    save(folder / "cases" / "pets.execpolicy.json", SELLS, policies={"reads": "reads.json"})
    (folder / "cases" / "reads.json").write_text(json.dumps(READS_ALONE), "utf-8")
    run = execute("test")
    assert (run.code, run.err) == (1, "")
    assert "\n  cases/reads.json:1:40: Allow ReadPets does not apply\n" in run.out


def test_standard_input(execute: Execute, folder: Path) -> None:
    text = json.dumps(case_file(READS)).encode()
    run = execute("test", "-", "-", stdin=text)
    assert (run.code, timeless(run.out)) == (0, lines("<stdin>: 1 passed", "", "1 passed in 0.00 s (1 file)"))


def test_standard_input_that_is_no_case_file(execute: Execute, folder: Path) -> None:
    run = execute("test", "-", stdin=b'{"schema": 1}')
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("<stdin>:1:")
    assert '  1 | {"schema": 1}\n' in run.err


def test_nothing_to_run_here(execute: Execute, folder: Path) -> None:
    (folder / "pets.json").write_text("{}", "utf-8")
    assert execute("test") == (
        2,
        "",
        lines(f"execpolicy test: error: no case files in the current directory: {ENDS}", ADVICE),
    )


def test_a_directory_that_has_none_is_told_of_though_another_has(execute: Execute, folder: Path) -> None:
    save(folder / "cases" / "pets.execpolicy.json", READS)
    (folder / "empty").mkdir()
    run = execute("test", "cases", "empty")
    assert run.code == 2
    assert run.err == lines(f"execpolicy test: error: no case files in 'empty': {ENDS}", ADVICE)
    assert "1 passed, 1 file unusable in " in run.out


@pytest.mark.parametrize(
    ("path", "reason", "advice"),
    [
        ("none.json", "No such file or directory", "check the path"),
        ("", "No such file or directory", "check the path"),
        (
            '{"cases": []}',
            "No such file or directory",
            "the option takes the name of a file; give - to read the document from standard input",
        ),
    ],
)
def test_a_path_that_leads_nowhere(execute: Execute, folder: Path, path: str, reason: str, advice: str) -> None:
    save(folder / "pets.json", READS)
    run = execute("test", path, "pets.json")
    assert run.code == 2
    shown = path.replace('"', '\\"')
    assert run.err == lines(f'execpolicy test: error: PATH: cannot read "{shown}": {reason}', f"  {advice}")
    assert "pets.json: 1 passed\n" in run.out


def test_a_directory_that_may_not_be_read(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(folder / "pets.execpolicy.json", READS)
    (folder / "shut").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("shut"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)  # nothing is forbidden to root, who may run the tests
    run = execute("test")
    assert run.code == 2
    assert run.err == lines(
        "execpolicy test: error: cannot read './shut': Permission denied", "  check its permissions"
    )
    assert "pets.execpolicy.json: 1 passed\n" in run.out


def test_a_link_that_leads_nowhere(execute: Execute, folder: Path) -> None:
    (folder / "pets.execpolicy.json").symlink_to(folder / "gone")
    run = execute("test")
    assert (run.code, run.out) == (2, "")
    assert 'cannot read "pets.execpolicy.json": No such file or directory' in run.err


def test_text_that_is_no_utf8(execute: Execute, folder: Path) -> None:
    (folder / "pets.execpolicy.json").write_bytes(b'{"title": "\xe9"}')
    run = execute("test")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("pets.execpolicy.json:1:12: found the byte 0xe9 at offset 11, which is not UTF-8\n")
