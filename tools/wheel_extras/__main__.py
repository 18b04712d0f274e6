"""``python -m tools.wheel_extras [--pyodide MODULE] [VERSION …]``: a line for each environment; 1 if one is wrong.

It builds the wheel of this checkout, and tries it with the Pythons of these versions, by default with all of the
classifiers that are at hand. Pyodide, if its module is given, stands in for a Python that is not.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

from tools.wheel_extras.environments import PIP, Environment, Python, environment, pyodide, pythons
from tools.wheel_extras.trials import OF_DEVELOPMENT, TRIALS, extras_of, fault

ROOT = Path(__file__).parents[2]
_VERSION = re.compile(r"Programming Language :: Python :: (3\.\d+)")


def faults_of_metadata(extras: frozenset[str]) -> list[str]:
    """The extras of a wheel that no trial knows, and those of trials that the wheel does not have."""
    unknown, missing = extras - OF_DEVELOPMENT - extras_of(TRIALS), extras_of(TRIALS) - extras
    return [f"the extra {name} has no trial in tools/wheel_extras/trials.py" for name in sorted(unknown)] + [
        f"the wheel has no extra {name}" for name in sorted(missing)
    ]


def _built(folder: Path) -> Path:
    subprocess.run([sys.executable, *PIP, "wheel", "--no-deps", "-w", folder, ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _metadata(wheel: Path) -> tuple[list[str], frozenset[str]]:
    """The versions of Python that a wheel names, and its extras."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        fields = HeaderParser().parsestr(archive.read(name).decode("utf-8"))
    found = (_VERSION.fullmatch(value) for value in fields.get_all("Classifier", []))
    return [match[1] for match in found if match], frozenset(fields.get_all("Provides-Extra", []))


def _checkout(folder: Path) -> Path:
    """The committed files without the source."""
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", folder], check=True)
    shutil.rmtree(folder / "src")
    return folder


def _tried(name: str, extra: str | None, environment: Environment, checkout: Path) -> list[str]:
    found = ((trial, fault(trial, extra, environment.run(trial.arguments, checkout))) for trial in TRIALS)
    return [f"{name}: {trial.name}: {what}" for trial, what in found if what is not None]


def interpreters(wanted: Sequence[str], module: Path | None) -> list[Python]:
    """The Pythons of these versions that are at hand; Pyodide, if its version is one of them and no other has it."""
    found = [*pythons(wanted)]
    in_node = [] if module is None else [pyodide(module)]
    missing = {*wanted} - {python.version for python in found}
    return [*found, *(python for python in in_node if python.version in missing)]


def _all_tried(python: Python, wheel: Path, extras: frozenset[str], checkout: Path) -> Iterator[str]:
    """What is wrong without extras and with each of them; a line for each is written."""
    for extra in (None, *sorted(extras - OF_DEVELOPMENT)):
        began, name = time.monotonic(), f"Python {python.version}, {extra or 'no extra'}"
        with tempfile.TemporaryDirectory() as folder:
            found = _tried(name, extra, environment(python, wheel, extra, Path(folder)), checkout)
        sys.stdout.write(f"{name}: {len(found)} of {len(TRIALS)} wrong, {time.monotonic() - began:.0f} s\n")
        sys.stdout.flush()
        yield from found


def main(arguments: Sequence[str]) -> int:
    """Try the wheel everywhere."""
    parser = argparse.ArgumentParser(prog="python -m tools.wheel_extras", description=__doc__)
    parser.add_argument("--pyodide", metavar="MODULE", type=Path, help="the path of pyodide.mjs, which node runs")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.13")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        wheel, checkout = _built(Path(name) / "wheels"), _checkout(Path(name) / "checkout")
        versions, extras = _metadata(wheel)
        wanted = given.versions or versions
        found = interpreters(wanted, given.pyodide)
        faults = [
            *faults_of_metadata(extras),
            *(fault for python in found for fault in _all_tried(python, wheel, extras, checkout)),
        ]
    tried = [python.version for python in found]
    notes = [f"Python {version} is not at hand" for version in wanted if version not in tried]
    works = (
        [] if faults else [f"The wheel works with Python {', '.join(tried) or '(none)'}, with each extra and without."]
    )
    sys.stdout.write("\n".join([*faults, *notes, *works]) + "\n")
    return int(bool(faults) or not tried)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
