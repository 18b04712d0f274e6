"""Try every condition of the checks. ``python -m tools.linter_mutants`` lists those that no test needs.

It exits with 0 if at least 90 % are noticed by a test, or listed in ``equivalent.json`` with the reason why they change
nothing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.linter_mutants import forked
from tools.linter_mutants.conditions import mutants_of
from tools.linter_mutants.families import ROOT, modules
from tools.source_mutants import survivors
from tools.source_mutants.sample import Mutant

LEAST: Final = 0.9
EQUIVALENT: Final = Path(__file__).with_name("equivalent.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tools.linter_mutants", description=__doc__)
    parser.add_argument("--module", default="", help="the beginning of the paths of the modules, such as arns/")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many run at once: one a processor")
    options = parser.parse_args(arguments)
    forked.warm()
    alive: list[Mutant] = []
    count = 0
    for path in modules(options.module):
        module, start = str(path.relative_to(ROOT)), time.monotonic()
        mutants = mutants_of(module, path.read_text("utf-8"))
        numbers = forked.survivors_of(path, [each.source for each in mutants], options.jobs)
        seconds = time.monotonic() - start
        print(f"{len(mutants) - len(numbers):4} of {len(mutants):4} noticed  {module} ({seconds:.0f} s)", flush=True)
        alive += [mutants[number].mutant for number in numbers]
        count += len(mutants)
    return _report(count, alive)


def _report(count: int, alive: Sequence[Mutant]) -> int:
    """Print what is neither noticed nor listed. Return 0 if it is little, otherwise 1."""
    listed = survivors.read(EQUIVALENT)
    unlisted = [mutant for mutant in alive if survivors.reason_of(mutant, listed) is None]
    for mutant in unlisted:
        print(f"not noticed, and without a reason: {mutant}")
    print(f"{count - len(alive)} of {count} changed conditions noticed, {len(unlisted)} others without a reason")
    return 0 if count - len(unlisted) >= LEAST * count else 1


if __name__ == "__main__":
    sys.exit(main())
