"""Build the wheel, install it in a new environment, and run the commands of the README there.

``python -m tools.readme_from_wheel`` needs the package index. It fails if the output differs from the README, which
finds files that the wheel lacks and packages that it does not require. The commands run in a copy of the committed
files without the source, so that nothing but the wheel is imported.
"""

from __future__ import annotations

import difflib
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tests.command_runs import ROOT, Installation
from tests.documented_pages import commands_of, renewed, steady

#: What the README tells to install.
EXTRAS = "cli,templates"


def installed(folder: Path) -> Installation:
    """A new environment in a folder with the wheel of this checkout."""
    wheels, environment = folder / "wheels", folder / "environment"
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, *pip, "wheel", "--no-deps", "--wheel-dir", wheels, ROOT], check=True)
    (wheel,) = wheels.glob("*.whl")
    venv.create(environment, with_pip=True)
    python = str(environment / "bin" / "python")
    subprocess.run([python, *pip, "install", f"{wheel}[{EXTRAS}]"], check=True)
    return Installation(python, "")


def checkout(folder: Path) -> Path:
    """A copy of the committed files without the source."""
    copy = folder / "checkout"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", copy], check=True)
    shutil.rmtree(copy / "src")
    return copy


def main() -> int:
    """Compare the README with what the wheel gives; 1 if they differ."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy = checkout(folder)
        page = (copy / "README.md").read_text("utf-8")
        found = renewed(page, copy, installed(folder))
    if not commands_of(page):
        raise RuntimeError("the README has no commands")
    lines = difflib.unified_diff(
        steady(page).splitlines(), steady(found).splitlines(), "README.md", "wheel", lineterm=""
    )
    difference = "\n".join(lines)
    sys.stdout.write(f"{difference or 'The README is true of the wheel.'}\n")
    return int(bool(difference))


if __name__ == "__main__":
    raise SystemExit(main())
