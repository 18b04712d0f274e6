"""The table of output formats: every verb that reads it writes each format that it has."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy.render.formats import FORMATS, PrintableResult
from tests.cli.conftest import ANN, PETS, Execute, write


def _first_words(result: PrintableResult, width: int | None, colour: bool) -> str:
    return f"{next(iter(result.lines(width))).text.split()[0]} {result.data()['schema_version']} {colour}\n"


@pytest.mark.parametrize(
    ("arguments", "written"),
    [
        (("check", "--as", ANN, "--on", PETS, "--identity", "allows.json"), "ALLOW: 1 False\n"),
        (("check", "GET", "/pets", "--api", "pets.api.json"), "ALLOW: 1 False\n"),
        (("why", '{"message": "Forbidden"}'), "Refused, 1 False\n"),
    ],
)
def test_a_new_format_needs_only_its_row(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], written: str
) -> None:
    monkeypatch.setitem(FORMATS, "words", _first_words)
    api = {"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "HTTP", "region": "eu-west-1", "stages": ["prod"]}
    write(folder / "pets.api.json", {**api, "account": "111122223333", "routes": {"GET /pets": {}}})
    assert execute(*arguments, "--format", "words").out == written
