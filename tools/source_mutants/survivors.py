"""The mutants that no test can kill, each with the reason: ``equivalent.json`` beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from tools.source_mutants.sample import Mutant

FILE = Path(__file__).with_name("equivalent.json")


class Equivalent(NamedTuple):
    """A change that does not change the behaviour of the program."""

    module: str
    before: str
    after: str
    reason: str


def read(file: Path = FILE) -> list[Equivalent]:
    """Return all listed mutants."""
    return [Equivalent(**entry) for entry in json.loads(file.read_text(encoding="utf-8"))]


def reason_of(mutant: Mutant, listed: list[Equivalent]) -> str | None:
    """Return the reason why a mutant changes nothing, or None if it is not listed."""
    for entry in listed:
        if (entry.module, entry.before, entry.after) == (mutant.module, mutant.before, mutant.after):
            return entry.reason
    return None
