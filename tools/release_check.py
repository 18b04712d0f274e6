"""Build sdist and wheel twice, and try the wheel as somebody would who installs it without the package index.

``make release-check`` runs it, in an environment with build and twine. It takes the committed files. The two builds
are made in folders of different names, at the time of the last commit (SOURCE_DATE_EPOCH), and have to be equal byte by
byte. The wheel's requirements are fetched first; then it is installed from files only, without an extra, and has to
decide a request. A folder as argument receives the files, if nothing is wrong with them: they are a release then, and
the changelog has to have its heading with the date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.changelog import release_faults_here

ROOT = Path(__file__).parents[1]
#: A request that is denied, as the first of make demo.
CHECK = (
    *("check", "--identity", "examples/foundation/identity.json", "--resource", "examples/foundation/resource.json"),
    *("--as", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    *("--on", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17"),
    *("--context", "aws:SourceIp=203.0.113.7"),
)
_DENIED = 1


def differing(first: Path, second: Path) -> list[str]:
    """The names of files that two folders do not both have with the same bytes."""
    one, other = _digests(first), _digests(second)
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def _digests(folder: Path) -> Mapping[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def _built(folder: Path, epoch: str) -> Path:
    """The folder with sdist and wheel of a new copy of the committed files; the wheel is built of the sdist."""
    copy, files = folder / "checkout", folder / "dist"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", f"file://{ROOT}", copy], check=True)
    command = [sys.executable, "-m", "build", "--outdir", str(files), str(copy)]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return files


def _installed(wheel: Path, folder: Path) -> Path:
    """The command of a new environment in which pip had files only."""
    files, environment = folder / "requirements", folder / "environment"
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    subprocess.run([sys.executable, *pip, "download", "--dest", str(files), str(wheel)], check=True)
    venv.create(environment, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    offline = ("install", "--no-index", "--find-links", str(files), str(wheel))
    subprocess.run([str(programs / "python"), *pip, *offline], check=True)
    return programs / "execpolicy"


def _answers(command: Path) -> list[str]:
    """What is wrong with the answers of an installed command."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # Nothing of the checkout is on the path.
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.run(
            [command, *arguments], cwd=ROOT, env=variables, capture_output=True, encoding="utf-8", check=False
        )

    version, checked, schema = run("--version"), run(*CHECK), run("schema", "cases-1")
    expected = (ROOT / "docs" / "schemas" / "cases-1.json").read_text("utf-8")
    wrong = {
        "--version": version.returncode != 0 or not version.stdout.startswith("execpolicy "),
        "check": checked.returncode != _DENIED or "OnlyThroughTheShopEndpoint" not in checked.stdout,
        "schema": schema.stdout != expected,
    }
    said = {"--version": version, "check": checked, "schema": schema}
    return [f"execpolicy {name}: {said[name].stdout}{said[name].stderr}" for name in wrong if wrong[name]]


def main(arguments: Sequence[str]) -> int:
    """Build, compare, check and install; 1 if anything is wrong."""
    epoch = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first, second = _built(folder / "first", epoch), _built(folder / "the-second-one", epoch)
        faults = [f"{file}: the two builds differ" for file in differing(first, second)]
        unready = release_faults_here()
        faults += unready if arguments else []
        files = sorted(first.iterdir())
        if [file.suffix for file in files] != [".whl", ".gz"]:
            faults.append(f"expected a wheel and an sdist, found {', '.join(file.name for file in files)}")
        subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], check=True)
        faults += _answers(_installed(files[0], folder))
        if arguments and not faults:
            shutil.copytree(first, arguments[0], dirs_exist_ok=True)
    said = faults or [f"Equal builds, and the wheel answers: {files[0].name}"]
    notes = [] if arguments else [f"before a release: {fault}" for fault in unready]
    sys.stdout.write("\n".join([*said, *notes]) + "\n")
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
