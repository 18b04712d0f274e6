"""Try every condition of the checks. ``python -m tools.linter_mutants`` lists those that no test needs.

It exits with 0 if at least 90 % are noticed by a test, or listed in ``equivalent.json`` with the reason why they change
nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.linter_mutants import forked
from tools.linter_mutants.conditions import ConditionMutant, mutants_of
from tools.source_mutants import survivors
from tools.source_mutants.sample import Mutant

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = "src/execpolicy/linter"
LEAST: Final = 0.9
EQUIVALENT: Final = Path(__file__).with_name("equivalent.json")
_CONDITIONS: Final = ("test_conditions.py", "test_written_conditions.py")
_DOCUMENTS: Final = ("test_documents.py",)
#: The tests of each family, by the beginning of the paths of its modules: the first that fits counts.
FAMILIES: Final[Mapping[str, Sequence[str]]] = {
    "apis/deployments": ("test_deployments.py",),
    "apis/reach": ("test_reach.py",),
    "apis/sam_policies": ("test_sam_policies.py",),
    "apis/": ("test_apis.py",),
    "arns/": ("test_arns.py",),
    "conditions/": _CONDITIONS,
    "documents/not_principals": ("test_reach.py",),
    "documents/": _DOCUMENTS,
}
#: The tests of all families: near misses, the examples of the rules, and their fixes.
FOR_ALL: Final = ("test_near_misses.py", "test_near_misses_of_apis.py", "test_rules.py", "test_offered_fixes.py")


def modules(beginning: str = "") -> list[Path]:
    """Return the modules of the families, or those whose paths in the package begin so."""
    found = sorted(path for path in (ROOT / FOLDER).glob("*/*.py") if path.name != "__init__.py")
    return [path for path in found if tests_of(path) and _in_package(path).startswith(beginning)]


def _in_package(module: Path) -> str:
    return module.relative_to(ROOT / FOLDER).as_posix()


def _name_of(module: Path) -> str:
    return f"execpolicy.linter.{_in_package(module).removesuffix('.py').replace('/', '.')}"


def tests_of(module: Path) -> list[str]:
    """Return the files of the tests of a module's family; none for a module of no family."""
    of_family = [tests for start, tests in FAMILIES.items() if _in_package(module).startswith(start)]
    return [f"tests/linter/{name}" for tests in of_family[:1] for name in (*tests, *FOR_ALL)]


def survives(each: ConditionMutant) -> bool:
    """Whether all tests of the family pass with a mutant."""
    path = ROOT / each.mutant.module
    return not forked.tests_fail(ROOT, _name_of(path), each.source, tests_of(path))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tools.linter_mutants", description=__doc__)
    parser.add_argument("--module", default="", help="the beginning of the paths of the modules, such as arns/")
    options = parser.parse_args(arguments)
    forked.warm()
    alive: list[Mutant] = []
    count = 0
    for path in modules(options.module):
        module = str(path.relative_to(ROOT))
        if forked.tests_fail(ROOT, _name_of(path), path.read_text("utf-8"), tests_of(path)):
            raise SystemExit(f"the tests of {module} do not pass as they are")
        mutants = mutants_of(module, path.read_text("utf-8"))
        found = [each.mutant for each in mutants if survives(each)]
        print(f"{len(mutants) - len(found):4} of {len(mutants):4} noticed  {module}", flush=True)
        alive += found
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
