"""Draw a sample of mutants, run the tests that reach each, and list the survivors.

``python -m tools.source_mutants`` exits with 0 if at least 95 % are killed and each survivor is listed as equivalent.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tools.source_mutants import reach, survivors
from tools.source_mutants.sample import Mutant, sample_of
from tools.source_mutants.trial import SourceCopy, Trial

ROOT = Path(__file__).parents[2]
SEED, COUNT, LEAST_KILLED = 20261129, 300, 0.95
#: The first trial of a mutant runs the tests that usually end within this time. A survivor is tried with all tests.
FIRST_LOOK_SECONDS = 30.0
PACKAGES = ("engine", "language")
MODULES = ("gateway/flow/invoke.py", "gateway/flow/outcomes.py", "gateway/authorizers/claims.py")


def modules() -> list[str]:
    """Return the modules that are mutated: the packages that decide, and the gates."""
    source = ROOT / "src/execpolicy"
    files = [file for package in PACKAGES for file in sorted((source / package).rglob("*.py"))]
    files += [source / module for module in MODULES]
    return [str(file.relative_to(ROOT)) for file in files]


def trials_of(mutants: Sequence[Mutant], options: argparse.Namespace, most_seconds: float | None) -> list[Trial]:
    """Try all mutants, in as many parallel processes as the options give."""
    measured = reach.read(ROOT, options.folder)
    free: SimpleQueue[SourceCopy] = SimpleQueue()
    for number in range(options.processes):
        free.put(SourceCopy(ROOT, options.folder / f"source-{number}"))

    def run(mutant: Mutant) -> Trial:
        copy = free.get()
        try:
            trial = copy.run(mutant, measured, most_seconds)
        finally:
            free.put(copy)
        print(f"{trial.verdict:9} {mutant}", flush=True)
        return trial

    with ThreadPoolExecutor(options.processes) as pool:
        return list(pool.map(run, mutants))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tools.source_mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=ROOT / ".mutants", help="folder of the measured reach")
    parser.add_argument("--keep-reach", action="store_true", help="use the reach measured by an earlier run")
    options = parser.parse_args(arguments)
    if not options.keep_reach:
        reach.measure(ROOT, options.folder, options.processes)
    mutants = sample_of(ROOT, modules(), options.seed, options.count)
    verdicts = {trial.mutant: trial.verdict for trial in trials_of(mutants, options, FIRST_LOOK_SECONDS)}
    again = [mutant for mutant, verdict in verdicts.items() if verdict == "survived"]
    verdicts.update((trial.mutant, trial.verdict) for trial in trials_of(again, options, None))
    return _report(len(mutants), [mutant for mutant, verdict in verdicts.items() if verdict != "killed"])


def _report(count: int, alive: Sequence[Mutant]) -> int:
    """Print the survivors. Return 0 if they are acceptable, otherwise 1."""
    listed = survivors.read()
    reasons = {mutant: survivors.reason_of(mutant, listed) for mutant in alive}
    for mutant, reason in reasons.items():
        print(f"survived  {mutant}\n          {reason or 'no reason is listed'}")
    unlisted = sum(reason is None for reason in reasons.values())
    killed = count - len(alive)
    print(f"{killed} of {count} mutants killed ({killed / count:.1%}), {unlisted} survivors without a reason")
    return 0 if killed >= LEAST_KILLED * count and not unlisted else 1


if __name__ == "__main__":
    sys.exit(main())
