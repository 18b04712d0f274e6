"""The mutants that no test can kill, each with the reason: ``equivalent.json`` beside this file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from tools.source_mutants.sample import Mutant

FILE = Path(__file__).with_name("equivalent.json")


class Equivalent(NamedTuple):
    """A change that leaves the program as it is, for whoever uses it."""

    module: str
    before: str
    after: str
    reason: str


def read() -> list[Equivalent]:
    """All that are listed."""
    return [Equivalent(**entry) for entry in json.loads(FILE.read_text(encoding="utf-8"))]


def reason_of(mutant: Mutant, listed: list[Equivalent]) -> str | None:
    """Why a mutant changes nothing; None where it is not listed."""
    for entry in listed:
        if (entry.module, entry.before, entry.after) == (mutant.module, mutant.before, mutant.after):
            return entry.reason
    return None
