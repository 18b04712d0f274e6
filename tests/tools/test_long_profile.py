"""The tool that runs the properties file by file: what it runs, what it prints, and what it answers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.examples import LONG
from tools import long_profile

PROPERTY = """
from hypothesis import given, settings, strategies as st

settings.register_profile("long", max_examples=7)
settings.load_profile("long")
drawn = []


@given(st.integers())
def test_drawn(number):
    drawn.append(number)
    assert {claim}


def test_of_one_case():
    raise AssertionError("this is no property")
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Tests of which one file has a property that holds, one a property that does not, and one none."""
    monkeypatch.setattr(long_profile, "ROOT", tmp_path)
    folder = tmp_path / "tests"
    (folder / "properties").mkdir(parents=True)
    (folder / "test_holds.py").write_text(PROPERTY.format(claim="True"), "utf-8")
    (folder / "properties/test_fails.py").write_text(PROPERTY.format(claim="len(drawn) < 5"), "utf-8")
    (folder / "test_none.py").write_text("def test_none():\n    pass\n", "utf-8")
    return folder


def test_each_file_with_properties_is_a_line_as_it_ends(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert long_profile.main([str(project), "--processes", "1"]) == 1
    printed = capsys.readouterr().out
    assert re.findall(r"^\d of .*", printed, re.MULTILINE) == [
        *re.findall(r"1 of 2: tests/properties/test_fails\.py: FAILED: 1 failed, 1 deselected; .*", printed),
        *re.findall(r"2 of 2: tests/test_holds\.py: 1 passed, 1 deselected; \d+ s, \d+ s of CPU time", printed),
    ]
    assert "assert len(drawn) < 5" in printed
    assert "this is no property" not in printed


def test_properties_that_hold_are_exit_code_0(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert long_profile.main([str(project / "test_holds.py")]) == 0
    assert capsys.readouterr().out.startswith("1 of 1: ")


def test_no_properties_are_a_failure(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path that is misspelled, or a file whose properties went, holds nothing."""
    assert long_profile.main([str(project / "test_none.py")]) == 1
    assert "no properties" in capsys.readouterr().err


def test_what_takes_longest_begins_first() -> None:
    root = long_profile.ROOT
    files = [str(file.relative_to(root)) for file in long_profile.files_with_properties([root / "tests"])]
    assert files[0].startswith("tests/analysis/")
    assert "tests/properties/test_laws.py" in files
    assert "tests/tools/test_long_profile.py" not in files


def test_the_long_profile_is_that_of_the_pages() -> None:
    assert LONG == 20_000
