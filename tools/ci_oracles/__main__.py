"""Write what pre-commit does with our hooks, and what sarif-tools reads in our logs: ``make test-oracles``.

``python -m tools.ci_oracles FOLDER`` takes the folder of the programs ``pre-commit`` and ``sarif``. It writes their
answers to ``tests/fixtures/pre_commit`` and ``tests/fixtures/sarif``, which ``make test`` compares with what the
commands give, without these programs. pre-commit installs execpolicy from the checkout, and what it needs from the
package index.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.ci_oracles.scratch import REPOSITORIES, write_repository

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
HOOKS = ("execpolicy-lint", "execpolicy-test")
#: The line of a hook: its name, and how it ended.
_ENDED = re.compile(r"^.*?\.{3,}(?:\([a-z ]+\))?(Passed|Failed|Skipped)\n", re.MULTILINE)
_CODE = re.compile(r"^- exit code: (\d+)\n", re.MULTILINE)


def _run(*command: str, folder: Path, **variables: str) -> str:
    """The output of a command, whatever its exit code."""
    run = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    return run.stdout


def _hook_runs(programs: Path) -> list[dict[str, Any]]:
    """Each hook in each repository: how it ended, its exit code, and the first line of its output if it failed."""
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as home:
        for name in REPOSITORIES:
            folder = Path(home) / name
            write_repository(name, folder)
            _run("git", "init", "--quiet", folder=folder)
            _run("git", "add", "--all", folder=folder)
            for hook in HOOKS:
                output = _run(
                    *(str(programs / "pre-commit"), "try-repo", str(ROOT), hook, "--all-files", "--color", "never"),
                    folder=folder,
                    PRE_COMMIT_HOME=str(Path(home) / "pre-commit"),
                )
                ended = _ENDED.search(output)
                if ended is None:
                    raise SystemExit(f"{hook} in the {name} repository did not run:\n{output}")
                rest = output[ended.end() :]
                code = _CODE.search(rest)
                found.append(
                    {
                        "repository": name,
                        "hook": hook,
                        "ended": ended[1],
                        "exit_code": int(code[1]) if code is not None else 0,
                        "first_line": rest[code.end() :].strip("\n").split("\n")[0] if code is not None else "",
                    }
                )
    return found


def _read_logs(programs: Path) -> list[dict[str, Any]]:
    """What sarif-tools reads in the log of each repository."""
    found = []
    for name in REPOSITORIES:
        with tempfile.TemporaryDirectory() as home:
            folder = Path(home)
            write_repository(name, folder)
            lint = (
                sys.executable,
                "-m",
                "execpolicy",
                "lint",
                "-q",
                "--format",
                "sarif",
                "--output",
                "lint.sarif",
                ".",
            )
            _run(*lint, folder=folder)
            sarif = str(programs / "sarif")
            _run(sarif, "csv", "--output", "lint.csv", "lint.sarif", folder=folder)
            _run(sarif, "codeclimate", "--output", "lint.json", "lint.sarif", folder=folder)
            rows = csv.DictReader(io.StringIO((folder / "lint.csv").read_text("utf-8")))
            quality = json.loads((folder / "lint.json").read_text("utf-8"))
            found.append({"repository": name, "csv": [*rows], "codeclimate": quality})
    return found


def main() -> None:
    """Write the fixtures."""
    programs = Path(sys.argv[1]).absolute()
    here = Path.cwd()
    _write(
        FIXTURES / "sarif" / "sarif_tools.json",
        {"sarif-tools": _run(str(programs / "sarif"), "version", folder=here).strip(), "read": _read_logs(programs)},
    )
    _write(
        FIXTURES / "pre_commit" / "runs.json",
        {
            "pre-commit": _run(str(programs / "pre-commit"), "--version", folder=here).split()[-1],
            "runs": _hook_runs(programs),
        },
    )


def _write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1) + "\n", "utf-8")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()
