"""tools/release_check.py: which files of two builds differ. ``make release-check`` runs the rest."""

from __future__ import annotations

from pathlib import Path

from tools.release_check import differing


def test_builds_with_equal_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.whl").write_bytes(b"1")
    assert differing(tmp_path / "a", tmp_path / "b") == []


def test_a_file_that_differs_and_one_that_is_in_one_build_only(tmp_path: Path) -> None:
    for folder, content in (("a", b"1"), ("b", b"2")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.whl").write_bytes(content)
    (tmp_path / "b" / "two.tar.gz").write_bytes(b"")
    assert differing(tmp_path / "a", tmp_path / "b") == ["one.whl", "two.tar.gz"]
