"""New environments with the wheel, for each Python at hand."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from tools.wheel_extras.trials import Answer

PIP = ("-m", "pip", "-qq", "--disable-pip-version-check")
_SCRIPT = Path(__file__).with_name("python_in_node.mjs")
#: A trial takes some seconds; in node each file is read through one more layer.
_SECONDS = 300


class Python(NamedTuple):
    """An interpreter: its version, such as ``3.13``, and its program, or the module of Pyodide, which node runs."""

    version: str
    program: str
    is_in_node: bool = False


class Environment(NamedTuple):
    """Where the wheel is installed: the command that runs Python there."""

    command: tuple[str, ...]

    def run(self, arguments: tuple[str, ...], folder: Path) -> Answer:
        """Run Python in a folder from which it imports nothing."""
        ended = subprocess.run(
            [*self.command, *arguments],
            cwd=folder,
            env=_without_source(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
        return Answer(ended.returncode, ended.stdout, ended.stderr)


def _without_source() -> dict[str, str]:
    """The environment variables without those that add to the path of Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


def pythons(versions: Iterable[str]) -> Iterator[Python]:
    """The interpreters of these versions that are on the path, or that pyenv has installed."""
    for version in versions:
        program = shutil.which(f"python{version}")
        if program is not None:
            # What pyenv puts on the path runs the version that the variable names.
            variables = {**_without_source(), "PYENV_VERSION": version}
            asked = [program, "-c", "import sys; print(sys.executable)"]
            found = subprocess.run(asked, env=variables, capture_output=True, encoding="utf-8", check=False)
            if found.returncode == 0:
                yield Python(version, found.stdout.strip())


def pyodide(module: Path) -> Python:
    """The interpreter that an installed package ``pyodide`` of npm brings.

    >>> import json, tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "pyodide-lock.json").write_text('{"info": {"python": "3.14.2"}}', "utf-8")
    >>> pyodide(folder / "pyodide.mjs").version
    '3.14'
    """
    return Python(_lock(module)["python"].rpartition(".")[0], str(module.resolve()), is_in_node=True)


def environment(python: Python, wheel: Path, extra: str | None, folder: Path) -> Environment:
    """A new environment with the wheel and what an extra requires, from the package index."""
    what = f"{wheel}[{extra}]" if extra else str(wheel)
    if python.is_in_node:
        return _in_node(python, what, folder)
    subprocess.run([python.program, "-m", "venv", folder], check=True)
    program = str(folder / ("Scripts" if os.name == "nt" else "bin") / "python")
    subprocess.run([program, *PIP, "install", what], check=True)
    return Environment((program,))


def _in_node(python: Python, what: str, folder: Path) -> Environment:
    """A folder with packages for Pyodide. Packages without a build for it are those for Linux: PyYAML works so."""
    compiled = f"pyemscripten_{_lock(Path(python.program))['abi_version']}_wasm32"
    platforms = ("--platform", compiled, "--platform", f"manylinux2014_{platform.machine()}")
    chosen = ("--only-binary", ":all:", "--python-version", python.version, *platforms, "--target", str(folder))
    subprocess.run([sys.executable, *PIP, "install", *chosen, what], check=True)
    return Environment(("node", str(_SCRIPT), python.program, str(folder)))


def _lock(module: Path) -> dict[str, str]:
    """The information about Pyodide in its lock file."""
    found: dict[str, str] = json.loads(module.with_name("pyodide-lock.json").read_text("utf-8"))["info"]
    return found
