"""Whether the changelog is ready for a release: ``python -m tools.changelog`` prints what is missing.

What is not released stands under ``## [Unreleased]``. A release gives it a heading with version and date
(https://keepachangelog.com/en/1.1.0/), under which the next changes get a new ``## [Unreleased]``.
"""

from __future__ import annotations

import re
import sys
import tomllib
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
UNRELEASED = "Unreleased"
_HEADING = re.compile(r"^## (.*)$", re.MULTILINE)
_RELEASED = re.compile(r"\[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})")


def faults_of_form(text: str) -> list[str]:
    r"""The headings of versions that do not have the right form, and whether the newest version stands first.

    >>> faults_of_form("## [Unreleased]\n\n## [0.2.0] - 2027-01-31\n## [0.1.0]\n")
    ["found the heading '## [0.1.0]', expected '## [VERSION] - YYYY-MM-DD'"]
    """
    headings = _HEADING.findall(text)
    released = headings[1:] if headings[:1] == [f"[{UNRELEASED}]"] else headings
    wrong = [heading for heading in released if not _is_released(heading)]
    faults = [f"found the heading '## {heading}', expected '## [VERSION] - YYYY-MM-DD'" for heading in wrong]
    versions = [tuple(map(int, found[1].split("."))) for each in released if (found := _RELEASED.fullmatch(each))]
    return faults + (["the versions are not in order, the newest first"] if versions != sorted(versions)[::-1] else [])


def faults_of_release(text: str, version: str) -> list[str]:
    r"""What has to be done before a version is released.

    >>> faults_of_release("## [Unreleased]\n\n- New.\n", "0.1.0")
    ["found no heading '## [0.1.0] - YYYY-MM-DD'", 'found entries under [Unreleased]: move them under that heading']
    """
    faults = faults_of_form(text)
    if not any(heading.startswith(f"[{version}] - ") for heading in _HEADING.findall(text)):
        faults.append(f"found no heading '## [{version}] - YYYY-MM-DD'")
    unreleased = re.search(rf"^## \[{UNRELEASED}\]$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if unreleased is not None and unreleased[1].strip():
        faults.append(f"found entries under [{UNRELEASED}]: move them under that heading")
    return faults


def release_faults_here() -> list[str]:
    """The faults of the changelog of this checkout, before its version is released."""
    version: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    found = faults_of_release((ROOT / "CHANGELOG.md").read_text("utf-8"), version)
    return [f"CHANGELOG.md: {fault}" for fault in found]


def _is_released(heading: str) -> bool:
    found = _RELEASED.fullmatch(heading)
    if found is None:
        return False
    try:
        date.fromisoformat(found[2])
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    faults = release_faults_here()
    sys.stdout.write("".join(f"{fault}\n" for fault in faults))
    raise SystemExit(int(bool(faults)))
