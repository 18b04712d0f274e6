"""Wheels for Pyodide: pure Python, each with its name, version, licence and SHA-256."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterable, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: A compiled part, which no other platform runs. PyYAML works without its own.
_COMPILED = re.compile(r"\.(?:so|pyd|dylib)$")
_TIME = (1980, 1, 1, 0, 0, 0)
_TAG = "py3-none-any"


class BundledWheel(NamedTuple):
    """A wheel as the playground has it."""

    name: str
    version: str
    licence: str
    file: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The digest by which the page checks what it loads."""
        return hashlib.sha256(self.content).hexdigest()


def pure_wheel(wheel: Path) -> BundledWheel:
    """A wheel without its compiled parts; the same wheel gives the same bytes.

    Args:
        wheel: the file, which works without its compiled parts.

    Raises:
        ValueError: the file has no metadata.
    """
    with ZipFile(wheel) as archive:
        files = {
            name: archive.read(name)
            for name in sorted(archive.namelist())
            if not name.endswith("/") and not _COMPILED.search(name)
        }
    folder = _metadata_folder(wheel.name, files)
    metadata = HeaderParser().parsestr(files[f"{folder}/METADATA"].decode("utf-8"))
    tags = re.sub(rb"(?m)^(Root-Is-Purelib: ).*$", rb"\1true", files[f"{folder}/WHEEL"])
    tags = re.sub(rb"(?m)^Tag: .*\n", b"", tags).rstrip(b"\n") + f"\nTag: {_TAG}\n".encode()
    files[f"{folder}/WHEEL"] = tags
    files[f"{folder}/RECORD"] = _record(files, f"{folder}/RECORD")
    version = str(metadata["Version"])
    name = str(metadata["Name"])
    file = f"{re.sub(r'[-_.]+', '_', name).lower()}-{version}-{_TAG}.whl"
    return BundledWheel(name, version, licence_of(metadata), file, _archive(files))


def with_bytecode(wheel: BundledWheel, compiled: Mapping[str, bytes]) -> BundledWheel:
    """The wheel with its compiled modules beside their sources, where an import from an archive looks for them first.

    Args:
        wheel: the wheel.
        compiled: compiled modules by the name of their file, of this wheel and of others.
    """
    with ZipFile(io.BytesIO(wheel.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    files |= {name: content for name, content in compiled.items() if name.removesuffix("c") in files}
    folder = _metadata_folder(wheel.file, files)
    return wheel._replace(content=_archive(files | {f"{folder}/RECORD": _record(files, f"{folder}/RECORD")}))


def _metadata_folder(file: str, files: Iterable[str]) -> str:
    folder = next((name.partition("/")[0] for name in files if name.endswith(".dist-info/METADATA")), None)
    if folder is None:
        raise ValueError(f"{file} has no METADATA, expected a wheel")
    return folder


def licence_of(metadata: Message) -> str:
    """The licence that the metadata of a wheel names.

    >>> from email.parser import HeaderParser
    >>> licence_of(HeaderParser().parsestr("License-Expression: MIT"))
    'MIT'
    >>> licence_of(HeaderParser().parsestr("License: Dual License"))
    'Dual License'
    """
    return str(metadata["License-Expression"] or metadata["License"] or "").split("\n", 1)[0]


def licence_texts(wheel: BundledWheel) -> list[str]:
    """The texts of the licence that a wheel has."""
    with ZipFile(io.BytesIO(wheel.content)) as archive:
        names = [name for name in archive.namelist() if re.search(r"\.dist-info/(?:licenses/)?LICEN[CS]E", name)]
        return [archive.read(name).decode("utf-8") for name in names]


def _record(files: dict[str, bytes], own: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for name, content in sorted(files.items()):
        if name != own:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            writer.writerow([name, f"sha256={digest}", len(content)])
    writer.writerow([own, "", ""])
    return text.getvalue().encode()


def _archive(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(ZipInfo(name, _TIME), content, ZIP_DEFLATED, 9)
    return target.getvalue()
