"""The tool that changes the source: which changes it makes, which tests it runs, and what it reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.source_mutants import __main__ as program
from tools.source_mutants import reach, survivors
from tools.source_mutants.operators import operators
from tools.source_mutants.sample import Mutant, _changes, _is_another_program, mutated, sample_of
from tools.source_mutants.trial import SourceCopy

ROOT = Path(__file__).parents[2]

TOY = """
def allowed(age: int | None, member: bool) -> bool:
    limit = 18
    return age is not None and age >= limit and member


def unused(value: int) -> int:
    return value + 1
"""
TOY_TESTS = """
import pytest

from toy import allowed


@pytest.mark.parametrize(("age", "expected"), [(20, True), (None, False)])
def test_allowed(age, expected):
    assert allowed(age, True) is expected
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module, with a test that leaves the limit untested."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/toy.py").write_text(TOY, encoding="utf-8")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_toy.py").write_text(TOY_TESTS, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{tmp_path / 'src'}")
    return tmp_path


def changed(source: str, name: str) -> list[str]:
    """Every text that one operator makes of a source."""
    from cosmic_ray.mutating import mutate_code

    numbers = [number for operator, number, _ in _changes(source) if operator == name]
    return [mutate_code(source, operators()[name], number) for number in numbers]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a and b\n", ["x = b\n", "x = a\n"]),
        ("x = a + b + c\n", ["x = b + c\n", "x = a + c\n", "x = a + b\n"]),
        ("x = a - b\n", []),
        ("x = {1, 2}\n", ["x = { 2}\n", "x = {1}\n"]),
        ("x = (a, b)\n", ["x = (b,)\n", "x = (a,)\n"]),
        ("x = [\n    a,\n    b,\n]\n", ["x = [\n    b,\n]\n", "x = [\n    a,\n]\n"]),
        ("x = (\n    a\n    or b\n)\n", ["x = (b\n)\n", "x = (\n    a\n)\n"]),
        ("x = {a: b, c: d}\n", []),
        ("x = [a for a in b]\n", []),
    ],
)
def test_an_operand_or_element_is_left_out(source: str, expected: list[str]) -> None:
    squeezed = [text.replace("\n    ", "").replace(" ", "") for text in changed(source, "LeaveOutOperand")]
    assert squeezed == [text.replace("\n    ", "").replace(" ", "") for text in expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a.b = 1", "pass"),
        ("a[0] = 1", "pass"),
        ("a += 1", "pass"),
        ("a.append(1)", "pass"),
        ("a = 1", None),
        ("return a", None),
    ],
)
def test_a_statement_that_changes_something_is_left_out(body: str, expected: str | None) -> None:
    made = changed(f"def f(a):\n    {body}\n", "LeaveOutStatement")
    assert made == ([] if expected is None else [f"def f(a):\n    {expected}\n"])


def test_no_statement_of_a_module_is_left_out() -> None:
    assert changed("a.b = 1\n", "LeaveOutStatement") == []


@pytest.mark.parametrize(
    ("source", "other", "expected"),
    [
        ("def f(a: int | None) -> int: ...\n", "def f(a: int + None) -> int: ...\n", False),
        ("x: int = 1\n", "x: str = 1\n", False),
        ("x: int = 1\n", "x: int = 2\n", True),
        ("if TYPE_CHECKING:\n    x = 1\n", "if not TYPE_CHECKING:\n    x = 1\n", False),
        ("assert x\n", "assert not x\n", False),
        ("x = 1\n", "x = \n", False),
        ("x = 1\n", "x = 2\n", True),
    ],
)
def test_only_another_program_is_a_mutant(source: str, other: str, expected: bool) -> None:
    assert _is_another_program(source, other) is expected


def test_a_seed_determines_the_sample_and_each_mutant_differs_from_the_source(toy: Path) -> None:
    sample = sample_of(toy, ["src/toy.py"], 1, 100)
    assert sample == sample_of(toy, ["src/toy.py"], 1, 100)
    assert sample[:3] == sample_of(toy, ["src/toy.py"], 1, 3)
    assert sample != sample_of(toy, ["src/toy.py"], 2, 100)
    assert len({mutant.position for mutant in sample}) == len(sample) > 5
    for mutant in sample:
        text = mutated(toy, mutant)
        assert text != TOY
        assert mutant.before in TOY
        assert mutant.after in text


def test_a_function_added_before_the_others_leaves_their_mutants_in_order(toy: Path) -> None:
    before = [(mutant.before, mutant.position[0][1]) for mutant in sample_of(toy, ["src/toy.py"], 1, 100)]
    (toy / "src/toy.py").write_text("def added():\n    return 7 * 6\n" + TOY, encoding="utf-8")
    after = [(mutant.before, mutant.position[0][1]) for mutant in sample_of(toy, ["src/toy.py"], 1, 100)]
    assert [entry for entry in after if entry in before] == before


def test_each_mutant_meets_the_tests_that_reach_it(toy: Path) -> None:
    reach.measure(toy, toy / "measured", 1)
    measured = reach.read(toy, toy / "measured")
    copy = SourceCopy(toy, toy / "copy")
    verdicts = {}
    sample = {mutant.before: mutant for mutant in sample_of(toy, ["src/toy.py"], 1, 100)}
    for mutant in sample.values():
        trial = copy.run(mutant, measured, None)
        verdicts[mutant.before, mutant.after] = trial.verdict
        assert trial.tests == (0 if "value" in mutant.before else 2)
    assert {verdict for (before, _), verdict in verdicts.items() if "value" in before} == {"unreached"}
    assert {verdict for (before, _), verdict in verdicts.items() if before.startswith("limit")} == {"survived"}
    assert "killed" in {verdict for (before, _), verdict in verdicts.items() if before.startswith("return age")}
    assert (toy / "copy/src/toy.py").read_text(encoding="utf-8") == TOY


def test_tests_that_fail_without_a_change_are_an_error(toy: Path) -> None:
    (toy / "tests/test_toy.py").write_text("def test_it():\n    assert False\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="the tests do not pass as they are"):
        reach.measure(toy, toy / "measured", 1)


def test_a_survivor_without_a_reason_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mutant = Mutant("src/m.py", "NumberReplacer", 0, ((1, 0), (1, 1)), "x = 1", "x = 2")
    listed = survivors.Equivalent("src/m.py", "x = 1", "x = 2", "nobody reads x")
    monkeypatch.setattr(survivors, "read", list)
    assert program._report(100, [mutant]) == 1
    assert "no reason is listed" in capsys.readouterr().out
    monkeypatch.setattr(survivors, "read", lambda: [listed])
    assert program._report(100, [mutant]) == 0
    assert program._report(10, [mutant]) == 1, "fewer than 95 % are killed"


def test_each_listed_change_is_still_one_of_the_source() -> None:
    for entry in survivors.read():
        lines = [line.strip() for line in (ROOT / entry.module).read_text(encoding="utf-8").splitlines()]
        assert entry.before in "\n".join(lines), f"{entry.module} has no lines {entry.before!r}: take the entry out"
        assert len(entry.reason.split()) >= 4, f"{entry.before!r}: the reason says why nothing changes"


def test_the_modules_that_decide_are_changed() -> None:
    found = program.modules()
    assert "src/execpolicy/engine/combine.py" in found
    assert "src/execpolicy/gateway/flow/invoke.py" in found
    assert all((ROOT / module).is_file() for module in found)
