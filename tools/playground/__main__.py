"""``python -m tools.playground WHEELS TARGET``: writes the files of the playground to a folder.

WHEELS has what ``playground/requirements.txt`` names, and ``playground/node_modules`` what ``npm ci`` installs. Nothing
is fetched: ``make playground`` does both before.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import ZipFile

from tools.playground.wheels import BundledWheel, licence_texts, pure_wheel, with_bytecode

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "playground"
NODE_MODULES = SOURCE / "node_modules"
#: What is copied as it is.
_STATIC = ("index.html", "style.css", "icon.svg", "answers.py")
#: The files of the npm package pyodide that a browser loads.
_PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
#: CPython comes with Pyodide, and neither brings the text of its licence.
_NAMED_LICENCES = {
    "pyodide": "MPL-2.0: https://github.com/pyodide/pyodide/blob/main/LICENSE",
    "CPython": "PSF-2.0: https://docs.python.org/3/license.html",
}


class Part(NamedTuple):
    """Software that the playground contains."""

    name: str
    version: str
    licence: str
    text: str


def examples() -> list[dict[str, Any]]:
    """The examples, each text as one string."""
    found = json.loads((SOURCE / "examples.json").read_text("utf-8"))
    for example in found:
        example["question"] = {
            name: "\n".join(value) if isinstance(value, list) else value for name, value in example["question"].items()
        }
    return list(found)


def pinned(requirements: str) -> dict[str, str]:
    r"""The version of each package of the requirements.

    >>> pinned("# why\nsix==1.17.0 --hash=sha256:47\n")
    {'six': '1.17.0'}
    """
    return dict(re.findall(r"^([\w.-]+)==(\S+)", requirements, re.MULTILINE))


def own_wheel() -> BundledWheel:
    """The wheel of this checkout. hatchling, which builds it, is installed: nothing is fetched."""
    with tempfile.TemporaryDirectory() as folder:
        pip = (sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "wheel", "--no-deps")
        subprocess.run([*pip, "--no-build-isolation", "--no-index", "-w", folder, str(ROOT)], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        return pure_wheel(wheel)


def required_wheels(folder: Path) -> list[BundledWheel]:
    """The wheels of the requirements.

    Raises:
        SystemExit: the folder has other ones.
    """
    found = sorted(map(pure_wheel, folder.glob("*.whl")), key=lambda wheel: wheel.name.lower())
    wanted = pinned((SOURCE / "requirements.txt").read_text("utf-8"))
    if {wheel.name: wheel.version for wheel in found} != wanted:
        names = [f"{wheel.name} {wheel.version}" for wheel in found]
        raise SystemExit(f"{folder} has {', '.join(names) or 'no wheel'}, expected {wanted}: run make playground")
    return found


def bundle(target: Path) -> list[str]:
    """Bundle the scripts; gives the npm packages that they contain."""
    with tempfile.TemporaryDirectory() as folder:
        metafile = Path(folder) / "meta.json"
        options = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--legal-comments=none")
        scripts = [str(SOURCE / "src" / name) for name in ("main.js", "worker.js")]
        more = (
            f"--outdir={target}",
            f"--metafile={metafile}",
            "--external:./pyodide/pyodide.mjs",
            "--log-level=warning",
        )
        subprocess.run([str(NODE_MODULES / ".bin" / "esbuild"), *scripts, *options, *more], check=True, cwd=SOURCE)
        inputs = json.loads(metafile.read_text("utf-8"))["inputs"]
    found = (re.search(r"node_modules/((?:@[^/]+/)?[^/]+)/", name) for name in inputs)
    return sorted({match[1] for match in found if match})


def npm_parts(names: Iterable[str]) -> Iterator[Part]:
    """The npm packages of these names, with their licences."""
    for name in names:
        folder = NODE_MODULES / name
        package = json.loads((folder / "package.json").read_text("utf-8"))
        text = "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("LICEN[CS]E*")))
        yield Part(name, package["version"], package["license"], text or _NAMED_LICENCES[name])


def build(wheels: Path, target: Path) -> None:
    """Write the playground.

    Args:
        wheels: the folder with the wheels of the requirements.
        target: the folder that is written; what was in it is removed.
    """
    target = target.resolve()
    shutil.rmtree(target, ignore_errors=True)
    (target / "packages").mkdir(parents=True)
    (target / "pyodide").mkdir()
    for name in _STATIC:
        shutil.copyfile(SOURCE / name, target / name)
    for name in _PYODIDE:
        shutil.copyfile(NODE_MODULES / "pyodide" / name, target / "pyodide" / name)
    _write_json(target / "examples.json", examples())
    bundled = bundle(target)
    packages = _compiled([own_wheel(), *required_wheels(wheels)], target)
    python = json.loads((NODE_MODULES / "pyodide" / "pyodide-lock.json").read_text("utf-8"))["info"]["python"]
    parts = [
        *(Part(each.name, each.version, each.licence, "\n".join(licence_texts(each))) for each in packages),
        *npm_parts(["pyodide", *bundled]),
        Part("CPython", python, "PSF-2.0", _NAMED_LICENCES["CPython"]),
    ]
    _write_packages(target, packages, parts)
    texts = (f"{part.name} {part.version}: {part.licence}\n\n{part.text.strip()}\n" for part in parts)
    (target / "licences.txt").write_text(f"\n{'-' * 80}\n".join(texts), "utf-8")


def _compiled(packages: Sequence[BundledWheel], target: Path) -> list[BundledWheel]:
    """The packages with the modules that answers need, compiled by the Python of the playground."""
    _write_packages(target, packages, ())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "compiled.zip"
        subprocess.run(["node", str(Path(__file__).with_name("bytecode.mjs")), str(target), str(file)], check=True)
        with ZipFile(file) as archive:
            compiled = {name: archive.read(name) for name in archive.namelist()}
    return [with_bytecode(each, compiled) for each in packages]


def _write_packages(target: Path, packages: Iterable[BundledWheel], parts: Iterable[Part]) -> None:
    """Write the packages, and the manifest that the page checks them by."""
    for wheel in packages:
        (target / "packages" / wheel.file).write_bytes(wheel.content)
    manifest = {
        "packages": [
            {"name": each.name, "version": each.version, "file": each.file, "sha256": each.sha256} for each in packages
        ],
        "parts": [{"name": part.name, "version": part.version, "licence": part.licence} for part in parts],
    }
    _write_json(target / "manifest.json", manifest)


def _write_json(file: Path, value: object) -> None:
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main(arguments: Sequence[str]) -> int:
    """Build the playground, and say how large it is."""
    parser = argparse.ArgumentParser(prog="python -m tools.playground", description=__doc__)
    parser.add_argument("wheels", metavar="WHEELS", type=Path)
    parser.add_argument("target", metavar="TARGET", type=Path)
    given = parser.parse_args(arguments)
    build(given.wheels, given.target)
    size = sum(path.stat().st_size for path in given.target.rglob("*") if path.is_file())
    sys.stdout.write(f"{given.target}: {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
