"""The modules whose conditions are changed, and the tests that concern each of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = "src/execpolicy/linter"


class TestsOfFamily(NamedTuple):
    """The tests of a family.

    Attributes:
        family: what the ids of its rules have behind ``EP-``, such as ``ARN``.
        files: the files with tests of these rules only, in ``tests/linter``.
    """

    family: str
    files: Sequence[str]


_CONDITIONS: Final = ("test_conditions.py", "test_written_conditions.py")
_SHOWN: Final = ("test_shown_requests.py",)
#: The tests of each family, by the beginning of the paths of its modules: the first that fits counts.
FAMILIES: Final[Mapping[str, TestsOfFamily]] = {
    "apis/deployments": TestsOfFamily("API", ("test_deployments.py",)),
    "apis/reach": TestsOfFamily("API", ("test_reach.py",)),
    "apis/requests": TestsOfFamily("API", (*_SHOWN, "test_apis.py")),
    "apis/sam_policies": TestsOfFamily("API", ("test_sam_policies.py",)),
    "apis/": TestsOfFamily("API", ("test_apis.py",)),
    "arns/requests": TestsOfFamily("ARN", (*_SHOWN, "test_arns.py")),
    "arns/usual": TestsOfFamily("ARN", ("test_usual_entries.py",)),
    "arns/stages": TestsOfFamily("ARN", ("test_reach.py",)),
    "arns/": TestsOfFamily("ARN", ("test_arns.py",)),
    "conditions/requests": TestsOfFamily("CND", (*_SHOWN, *_CONDITIONS)),
    "conditions/": TestsOfFamily("CND", _CONDITIONS),
    "documents/not_principals": TestsOfFamily("DOC", ("test_reach.py",)),
    "documents/policy_version": TestsOfFamily("DOC", ("test_recognition.py",)),
    "documents/": TestsOfFamily("DOC", ("test_documents.py",)),
    "proofs/": TestsOfFamily("RED", ("test_proven_rules.py",)),
}
#: The tests of all families: near misses, the examples of the rules, their fixes, and the requests that they show.
FOR_ALL: Final = (
    "test_near_misses_of_rules.py",
    "test_near_misses.py",
    "test_near_misses_of_apis.py",
    "test_rules.py",
    "test_offered_fixes.py",
    "test_shown_requests.py::test_the_example_of_a_rule_that_says_what_happens",
    "test_shown_requests.py::test_every_message_that_says_what_happens_has_a_request",
)
_FAMILY_IN_NAME: Final = re.compile(r"EP-([A-Z]{3})-[0-9]{3}")


def modules(beginning: str = "") -> list[Path]:
    """Return the modules of the families, or those whose paths in the package begin so."""
    found = sorted(path for path in (ROOT / FOLDER).glob("*/*.py") if path.name != "__init__.py")
    return [path for path in found if _family_of(path) is not None and _in_package(path).startswith(beginning)]


def tests_of(module: Path) -> list[str]:
    """Return the tests of a module as pytest names them, those of its family first; none for a module of no family."""
    tests = _family_of(module)
    if tests is None:
        return []
    names = [each for each in FOR_ALL if each.partition("::")[0] not in tests.files]
    return [f"tests/linter/{name}" for name in (*tests.files, *names)]


def concerns(module: Path, test: str) -> bool:
    """Whether a test of these files concerns a module: not if its name has rules of other families only."""
    tests, named = _family_of(module), _FAMILY_IN_NAME.findall(test)
    return not named or (tests is not None and tests.family in named)


def name_of(module: Path) -> str:
    """Return the name of a module, such as ``execpolicy.linter.arns.forms``."""
    return f"execpolicy.linter.{_in_package(module).removesuffix('.py').replace('/', '.')}"


def _in_package(module: Path) -> str:
    return module.relative_to(ROOT / FOLDER).as_posix()


def _family_of(module: Path) -> TestsOfFamily | None:
    return next((tests for start, tests in FAMILIES.items() if _in_package(module).startswith(start)), None)
