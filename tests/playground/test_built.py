"""The files of the playground: what is pinned, what the wheels have, what the page allows."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from tests.playground.questions import EXAMPLES, PLAYGROUND, question_of
from tools.playground.__main__ import examples, pinned, required_wheels
from tools.playground.serve import main, server
from tools.playground.wheels import licence_texts, pure_wheel, with_bytecode

BUILT = os.environ.get("EXECPOLICY_PLAYGROUND", "")
needs_build = pytest.mark.skipif(not BUILT, reason="make test-playground builds the playground")


def made_wheel(folder: Path, name: str = "PyYAML", version: str = "6.0") -> Path:
    """A wheel with a compiled part, as Linux has it."""
    info = f"{name.lower()}-{version}.dist-info"
    file = folder / f"{name.lower()}-{version}-cp314-cp314-linux_x86_64.whl"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nLicense: MIT\n"
    wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp314-cp314-linux_x86_64\n\n"
    contents = {"yaml/__init__.py": "a = 1\n", "yaml/_yaml.cpython-314-x86_64-linux-gnu.so": "ELF", "yaml/": ""}
    contents |= {f"{info}/METADATA": metadata, f"{info}/WHEEL": wheel, f"{info}/licenses/LICENSE": "As you like.\n"}
    with ZipFile(file, "w") as archive:
        for each, content in contents.items():
            archive.writestr(each, content)
    return file


def records(content: bytes) -> dict[str, tuple[str, str]]:
    """What RECORD says of each file."""
    with ZipFile(io.BytesIO(content)) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/RECORD"))
        return {row[0]: (row[1], row[2]) for row in csv.reader(archive.read(name).decode().splitlines())}


def check_records(content: bytes) -> None:
    found = records(content)
    with ZipFile(io.BytesIO(content)) as archive:
        assert sorted(found) == sorted(archive.namelist())
        for name in archive.namelist():
            data = archive.read(name)
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            assert found[name] == (("", "") if name.endswith("/RECORD") else (f"sha256={digest}", str(len(data))))


def test_a_wheel_loses_its_compiled_part(tmp_path: Path) -> None:
    wheel = pure_wheel(made_wheel(tmp_path))
    assert wheel[:4] == ("PyYAML", "6.0", "MIT", "pyyaml-6.0-py3-none-any.whl")
    assert wheel.sha256 == hashlib.sha256(wheel.content).hexdigest()
    assert licence_texts(wheel) == ["As you like.\n"]
    with ZipFile(io.BytesIO(wheel.content)) as archive:
        assert [name for name in archive.namelist() if "yaml/" in name] == ["yaml/__init__.py"]
        tags = archive.read("pyyaml-6.0.dist-info/WHEEL").decode()
    assert tags == "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    check_records(wheel.content)
    # The same files give the same bytes.
    assert pure_wheel(made_wheel(tmp_path)).content == wheel.content


def test_compiled_modules_stand_beside_their_sources(tmp_path: Path) -> None:
    wheel = pure_wheel(made_wheel(tmp_path))
    more = with_bytecode(wheel, {"yaml/__init__.pyc": b"compiled", "six.pyc": b"of another wheel"})
    with ZipFile(io.BytesIO(more.content)) as archive:
        assert archive.read("yaml/__init__.pyc") == b"compiled"
        assert "six.pyc" not in archive.namelist()
    check_records(more.content)
    assert more.sha256 != wheel.sha256


def test_a_file_without_metadata_is_no_wheel(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.writestr("a.py", "")
    with pytest.raises(ValueError, match=r"^x\.whl has no METADATA, expected a wheel$"):
        pure_wheel(tmp_path / "x.whl")


def test_wheels_of_other_versions_are_refused(tmp_path: Path) -> None:
    made_wheel(tmp_path)
    with pytest.raises(SystemExit, match=r"has PyYAML 6\.0, expected .*'PyYAML': '6\.0\.4'.*: run make playground$"):
        required_wheels(tmp_path)


def test_everything_is_pinned() -> None:
    package = json.loads((PLAYGROUND / "package.json").read_text("utf-8"))
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["devDependencies"].values())
    lock = json.loads((PLAYGROUND / "package-lock.json").read_text("utf-8"))["packages"]
    assert lock[""]["devDependencies"] == package["devDependencies"]
    assert all("integrity" in found for name, found in lock.items() if name)
    # A lock file that names a mirror works on one machine alone.
    assert [
        name for name, found in lock.items() if "registry.npmjs.org" not in found.get("resolved", "registry.npmjs.org")
    ] == []
    lines = (PLAYGROUND / "requirements.txt").read_text("utf-8").splitlines()
    assert all(re.fullmatch(r"#.*|[\w.-]+==\S+ --hash=sha256:[0-9a-f]{64}", line) for line in lines)
    assert pinned("\n".join(lines)).keys() == {"PyYAML", "pyparsing", "python-dateutil", "six"}


def test_the_pyodide_is_that_of_the_other_tests() -> None:
    makefile = Path("Makefile").read_text("utf-8")
    package = json.loads((PLAYGROUND / "package.json").read_text("utf-8"))
    assert f"\nPYODIDE := {package['devDependencies']['pyodide']}\n" in makefile


def test_the_page_allows_no_other_origin() -> None:
    text = (PLAYGROUND / "index.html").read_text("utf-8")
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    assert dict(part.split(" ", 1) for part in policy.split("; ")) == {
        "default-src": "'self'",
        "script-src": "'self' 'wasm-unsafe-eval'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "object-src": "'none'",
    }
    # The policy stands before what it is about, and nothing in the page needs an exception.
    assert text.index("Content-Security-Policy") < text.index("<link")
    assert re.findall(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=", text) == []
    for file in [PLAYGROUND / "index.html", PLAYGROUND / "style.css", *(PLAYGROUND / "src").glob("*.js")]:
        assert re.findall(r"(?:https?:)?//[a-z]\S*", file.read_text("utf-8").replace("// ", "")) == [], file


def test_texts_are_never_read_as_html() -> None:
    for file in (PLAYGROUND / "src").glob("*.js"):
        assert (
            re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", file.read_text("utf-8"))
            == []
        )


def test_examples_are_built_as_texts() -> None:
    for built, source in zip(examples(), EXAMPLES, strict=True):
        assert built["question"] == question_of(source)
        assert built["words"].endswith(".")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "a.wasm").write_bytes(b"\0asm")
    (tmp_path / "b.mjs").write_text("1", "utf-8")
    with server(tmp_path) as found:
        thread = Thread(target=found.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}/"
        found.shutdown()
        thread.join()


def test_the_server_says_what_files_are(address: str) -> None:
    for name, kind in (("a.wasm", "application/wasm"), ("b.mjs", "text/javascript")):
        with urlopen(address + name) as response:
            assert response.headers["Content-Type"] == kind
    with pytest.raises(HTTPError, match="404") as raised:
        urlopen(address + "c.html")
    raised.value.close()


def test_a_folder_without_a_page_is_not_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path)])
    assert capsys.readouterr().err.endswith(f"error: {tmp_path} has no index.html: run make playground\n")


@needs_build
def test_the_manifest_has_the_version_and_the_hash_of_each_package() -> None:
    manifest = json.loads((Path(BUILT) / "manifest.json").read_text("utf-8"))
    versions = {each["name"]: each["version"] for each in manifest["packages"]}
    assert versions.pop("execpolicy")
    assert versions == pinned((PLAYGROUND / "requirements.txt").read_text("utf-8"))
    files = {each["file"]: each["sha256"] for each in manifest["packages"]}
    assert files == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (Path(BUILT) / "packages").iterdir()
    }
    for name in files:
        content = (Path(BUILT) / "packages" / name).read_bytes()
        check_records(content)
        assert not [each for each in records(content) if each.endswith((".so", ".pyd"))]
    licences = {each["name"]: each["licence"] for each in manifest["parts"]}
    assert {*versions, "execpolicy", "pyodide", "CPython", "@codemirror/view", "@lezer/common"} <= licences.keys()
    assert all(licences.values())
    texts = (Path(BUILT) / "licences.txt").read_text("utf-8")
    assert all(re.search(rf"^{re.escape(name)} \S+: ", texts, re.MULTILINE) for name in licences)


@needs_build
def test_the_answers_import_no_module_that_is_not_compiled() -> None:
    (file,) = (Path(BUILT) / "packages").glob("execpolicy-*.whl")
    with ZipFile(file) as archive:
        compiled = {name for name in archive.namelist() if name.endswith(".pyc")}
    assert {
        "execpolicy/cli/check/verb.pyc",
        "execpolicy/analysis/prove.pyc",
        "execpolicy/linter/finding.pyc",
    } <= compiled
    assert "execpolicy/testing/pytest_plugin.pyc" not in compiled
