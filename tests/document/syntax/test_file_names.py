"""The names of files from a folder, as reports show them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from execpolicy.document.syntax.file_names import relative_name


def test_the_name_is_relative_to_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "linked").symlink_to("policies")
    monkeypatch.chdir(tmp_path / "policies")
    for name in ("orders.json", "./orders.json", str(tmp_path / "linked" / "orders.json")):
        assert relative_name(name, "..") == "policies/orders.json"
    assert relative_name(f"..{os.sep}orders.json", ".") == "../orders.json"
    assert relative_name("<stdin>", "..") == "<stdin>"
    assert relative_name("", "..") == ""
