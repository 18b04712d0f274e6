"""The tool that changes the conditions of checks: which it changes, what it runs, and what it lists as equivalent."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tools.linter_mutants import __main__ as program
from tools.linter_mutants import families, session, substituted
from tools.linter_mutants.conditions import mutants_of
from tools.source_mutants import survivors

SOURCE = """
LIMIT = 1 if DEBUG else 2


def rule(number: int) -> Rule:
    return FIRST if number == 1 else SECOND


def find(items: list[str], wanted: bool) -> list[str]:
    assert items != [], "there are some"
    if wanted and not items[0]:
        return ["x" if items == LIMIT else "ß"]
    return [each for each in items if each]
"""


def test_every_condition_of_a_check_becomes_true_and_false() -> None:
    found = mutants_of("a.py", SOURCE)
    assert [(each.mutant.line, each.mutant.before.partition(" in: ")[0]) for each in found[::2]] == [
        (11, "wanted"),
        (11, "wanted and not items[0]"),
        (11, "not items[0]"),
        (12, "items == LIMIT"),
        (13, "each"),
    ]
    assert [each.mutant.after for each in found] == ["True", "False"] * 5
    assert found[0].source == SOURCE.replace("if wanted and", "if True and")
    assert found[7].source == SOURCE.replace("if items == LIMIT", "if False")


def test_every_module_of_checks_has_tests() -> None:
    folder = families.ROOT / families.FOLDER
    with_checks = {path for path in folder.glob("**/*.py") if "CHECKS = (" in path.read_text("utf-8")}
    assert with_checks <= {*families.modules()}
    assert len(with_checks) > 20
    for path in families.modules():
        assert all((families.ROOT / test.partition("::")[0]).is_file() for test in families.tests_of(path))
    assert [path.stem for path in families.modules("documents/sizes")] == ["sizes"]


def test_tests_of_other_families_are_left_out() -> None:
    (module,) = families.modules("arns/forms")
    named = [f"tests/linter/test_rules.py::test_it[{rule}]" for rule in ("EP-ARN-001", "EP-CND-001", "of all")]
    assert [families.concerns(module, each) for each in named] == [True, False, True]


def made(source: str) -> dict[str, Any]:
    found: dict[str, Any] = {"__name__": "a_module_of_a_test"}
    exec(compile(source, "a.py", "exec"), found)
    return found


FUNCTIONS = """
def outer(limit):
    def find(value):
        return value > limit
    return find

def first(values):
    return next((value for value in values
                 if value > 1), None)

found = outer(2)
"""


def test_functions_get_the_code_of_another_text() -> None:
    module = made(FUNCTIONS)
    functions = substituted.functions_of("a_module_of_a_test")
    assert sorted(each.__name__ for each in functions) == ["find", "first", "outer"]
    assert substituted.substitute(functions, FUNCTIONS, FUNCTIONS) == frozenset()
    assert (module["found"](2), module["first"]([1, 2])) == (False, 2)
    changed = substituted.substitute(functions, FUNCTIONS, FUNCTIONS.replace("value > 1", "True"))
    assert changed == frozenset({"first", "first.<locals>.<genexpr>"})
    assert (module["found"](2), module["first"]([1, 2])) == (False, 1)
    # A function that was made when the module was imported has no limit to give up.
    assert substituted.substitute(functions, FUNCTIONS, FUNCTIONS.replace("value > limit", "True")) is None


def test_work_is_done_in_forks_and_those_that_take_too_long_are_ended() -> None:
    def work(text: str) -> int:
        if text == "long":
            time.sleep(60)
        if text == "wrong":
            raise ValueError(text)
        return {"passes": session.PASSED, "uncertain": session.UNCERTAIN, "fails": session.FAILED}[text]

    texts = ["passes", "long", "fails", "wrong", "uncertain"]
    assert session.in_forks(work, texts, 2, 1.0) == [0, 1, 1, 1, 2]


def test_what_is_listed_as_equivalent_is_in_a_module_of_checks_and_has_a_reason() -> None:
    names = {str(path.relative_to(families.ROOT)) for path in families.modules()}
    for entry in survivors.read(program.EQUIVALENT):
        assert entry.module in names
        assert entry.reason.endswith(".")


@pytest.mark.parametrize(
    ("reasons", "count", "code"), [(True, 5, 0), (False, 5, 1), (False, 10, 0)], ids=["listed", "too many", "few"]
)
def test_most_mutants_are_noticed_or_listed(
    reasons: bool, count: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mutant = mutants_of("a.py", SOURCE)[0].mutant
    entry = survivors.Equivalent(mutant.module, mutant.before, mutant.after, "It changes nothing.")
    monkeypatch.setattr(survivors, "read", lambda file: [entry] if reasons else [])
    assert program._report(count, [mutant]) == code
    words = capsys.readouterr().out
    assert words.endswith(f"{count - 1} of {count} changed conditions noticed, {1 - reasons} others without a reason\n")
    assert ("without a reason: a.py:11" in words) is not reasons
