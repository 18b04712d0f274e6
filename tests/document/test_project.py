"""The path of a file that another file names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from execpolicy.document.project import beside


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
    assert beside(name, reference) == path.replace("/", os.sep)


def test_one_file_is_called_by_one_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("tests", "far", "far/in"):
        Path(folder).mkdir()
    for name in ("reads.json", "far/reads.json"):
        Path(name).write_text("{}", "utf-8")
    assert beside("tests/cases.json", "../reads.json") == "reads.json"
    Path("link").symlink_to(Path("far", "in"))
    assert beside("link/cases.json", "../reads.json") == os.path.join("link", "..", "reads.json")
