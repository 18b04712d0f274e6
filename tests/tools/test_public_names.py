"""The files that list public names are written from one list, and are up to date."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import execpolicy
from tools.public_names import ROOT, files, public_names, written


def test_the_files_are_up_to_date() -> None:
    stale = [path.relative_to(ROOT).as_posix() for path, text in files().items() if path.read_text("utf-8") != text]
    assert stale == [], "run make docs"


def test_a_name_of_each_package_is_read_with_its_module() -> None:
    text = (
        "# a comment\n\nexecpolicy.Api  execpolicy.api\nexecpolicy.testing.Case  execpolicy.testing.case_file.model\n"
    )
    assert public_names(text) == {
        "execpolicy": {"Api": "execpolicy.api"},
        "execpolicy.testing": {"Case": "execpolicy.testing.case_file.model"},
    }


@pytest.mark.parametrize(
    "line", ["execpolicy.Api", "Api execpolicy.api", "execpolicy.linter.Rule execpolicy.linter", "execpolicy.Span a b"]
)
def test_a_line_that_names_no_module_of_a_public_name_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"^public_names\.txt:2: expected a new public name and its module, found '"):
        public_names(f"execpolicy.Source  execpolicy.errors\n{line}\n")


def test_a_name_that_is_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^public_names\.txt:2: .*found 'execpolicy\.Api  execpolicy\.b'$"):
        public_names("execpolicy.Api  execpolicy.a\nexecpolicy.Api  execpolicy.b\n")


def test_many_names_of_a_module_are_wrapped() -> None:
    names = {f"AVeryLongPublicName{number}": "execpolicy.module" for number in range(9)}
    lines = written("execpolicy", names, "1.0").splitlines()
    assert "    from execpolicy.module import (" in lines
    assert max(map(len, lines)) <= 120


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads(Path(ROOT, "pyproject.toml").read_text("utf-8"))["project"]
    assert execpolicy.__version__ == project["version"]


def test_reading_the_version_imports_nothing() -> None:
    code = "import sys, execpolicy\nbefore = set(sys.modules)\nexecpolicy.__version__\nprint(set(sys.modules) - before)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, timeout=60)
    assert found.stdout == "set()\n"
