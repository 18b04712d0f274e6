"""``execpolicy test``: what is run, what is said of it, and the exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from execpolicy.cli.test import output, verb
from execpolicy.testing import CaseResult, Item, run_item
from tests.cli.case_files import READS, SELLS, numbered, place, save, timeless
from tests.cli.conftest import ANN, API, Execute, Run, document
from tests.cli.test_output import CODES, on_terminal

PETS_JSON = "pets.execpolicy.json"


def lines(*parts: str) -> str:
    return "".join(f"{part}\n" for part in parts)


def test_all_cases_pass(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS)
    run = execute("test")
    assert (run.code, run.err) == (0, "")
    assert timeless(run.out) == lines(f"{PETS_JSON}: 1 passed", "", "1 passed in 0.00 s (1 file)")


def failure() -> str:
    """What is said of SELLS."""
    return lines(
        f"{place(PETS_JSON, 'Ann sells pets')}: Ann sells pets: failed",
        "  expected: allow",
        "  found:    implicit_deny",
        "",
        "  DENY (implicit): no identity-based policy allows execute-api:Invoke",
        "    POST /pets · a1b2c3/prod · user/Ann",
        "",
        f"  {PETS_JSON}:7:17: Allow ReadPets does not apply",
        f'    10 | "Resource": "{API}/prod/GET/*",',
        f"       | {'^' * 74}",
        "    Resource: matched up to `a1b2c3/prod/`; there the pattern has `GET/*` and the request `POST/pets`",
        "",
        f"  AWS answers   User: {ANN} is not authorized to perform: execute-api:Invoke on resource: "
        f"{API}/prod/POST/pets because no identity-based policy allows the execute-api:Invoke action",
    )


def test_a_case_that_fails_is_explained(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    run = execute("test", PETS_JSON)
    assert (run.code, run.err) == (1, "")
    assert timeless(run.out) == lines(f"{PETS_JSON}: 1 failed, 1 passed", "") + failure() + lines(
        "", "1 failed, 1 passed in 0.00 s (1 file)"
    )


def test_the_policy_s_own_lines_are_shown(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, {**READS, "expect": "explicit_deny", "why": "pets are secret"})
    text = execute("test").out
    assert "  found:    allow\n  why:      pets are secret\n\n  ALLOW: " in text
    assert f'  {PETS_JSON}:7:17: Allow ReadPets applies\n    10 | "Resource": "{API}/prod/GET/*",\n' in text


def test_quiet_has_a_line_for_each_failure(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS)
    for option in ("-q", "--quiet"):
        run = execute("test", option)
        assert (run.code, run.err) == (1, "")
        assert timeless(run.out) == lines(
            f"{place(PETS_JSON, 'Ann sells pets')}: Ann sells pets: failed: expected allow, found implicit_deny",
            "1 failed, 1 passed in 0.00 s (1 file)",
        )


def test_verbose_has_a_line_for_each_case(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, {**READS, "rule": "EVL-4"}, SELLS)
    run = execute("test", "-v")
    head = lines(
        f"{place(PETS_JSON, 'Ann reads pets')}: Ann reads pets [EVL-4]: passed",
        f"{place(PETS_JSON, 'Ann sells pets')}: Ann sells pets: failed",
        "",
    )
    assert run.code == 1
    assert timeless(run.out) == head + failure() + lines("", "1 failed, 1 passed in 0.00 s (1 file)")


def test_failures_stand_apart(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, SELLS, {**SELLS, "name": "Ann sells again"})
    text = execute("test").out
    assert f"the execute-api:Invoke action\n\n{place(PETS_JSON, 'Ann sells again')}: Ann sells again: failed\n" in text


def test_many_failures_are_not_all_explained(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(output, "MAX_EXPLAINED", 2)
    save(folder / PETS_JSON, *numbered(4, expect="deny"))
    blocks = execute("test").out.split("\n\n")
    assert [block.split("\n")[0] for block in blocks if ": failed" in block] == [
        f"{place(PETS_JSON, 'case 1')}: case 1: failed",
        f"{place(PETS_JSON, 'case 2')}: case 2: failed",
        f"{place(PETS_JSON, 'case 3')}: case 3: failed: expected deny, found allow",
    ]
    assert blocks[-3].split("\n")[1] == f"{place(PETS_JSON, 'case 4')}: case 4: failed: expected deny, found allow"
    assert blocks[-2] == "2 of 4 failures are explained; -k selects cases, --format json explains all"


SEQUENCE = {
    "apis": {
        "pets": {
            "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"],
            "routes": {"GET /pets": {}},
        }
    }
}  # fmt: skip
ONE_WORKS = {
    "name": "one after the other",
    "sequence": [
        {"call": "GET /pets", "at": 1, "expect": 200},
        {"call": "GET /pets", "at": 2, "expect": 403},
    ],
}


def test_of_a_sequence_the_calls_that_failed_are_told(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, ONE_WORKS, **SEQUENCE)
    run = execute("test")
    assert run.code == 1
    start = run.out.index("pets.execpolicy.json:")
    assert run.out[start:].split("\n\n")[1].splitlines()[1:] == [
        f"  {PETS_JSON}:33:5: call 1: passed",
        f"  {PETS_JSON}:38:5: call 2: failed",
        "    expected: 403",
        "    found:    200",
    ]


def test_a_document_that_fails(execute: Execute, folder: Path) -> None:
    odd = {"name": "odd", "kind": "identity", "document": document("Alow"), "expect": "loads"}
    save(folder / PETS_JSON, READS, documents=[odd])
    run = execute("test", "-q")
    assert run.code == 1
    assert 'odd: failed: expected loads, found Statement.Effect: found "Alow" as Effect' in run.out


def test_a_file_that_cannot_be_used(execute: Execute, folder: Path) -> None:
    save(folder / "bad.execpolicy.json", {**READS, "expect": "alow"})
    save(folder / PETS_JSON, READS)
    run = execute("test")
    assert run.code == 2
    assert run.err == lines(
        'bad.execpolicy.json:28:14: found "alow" as expect, expected allow, deny, explicit_deny, implicit_deny, '
        "indeterminate or error",
        '  28 |    "expect": "alow"',
        "     |              ^^^^^^",
        '  did you mean "allow"?',
    )
    assert timeless(run.out) == lines(f"{PETS_JSON}: 1 passed", "", "1 passed, 1 file unusable in 0.00 s (1 file)")


def test_a_file_that_cannot_be_used_outweighs_failures(execute: Execute, folder: Path) -> None:
    (folder / "bad.execpolicy.json").write_text("{", "utf-8")
    save(folder / PETS_JSON, SELLS)
    run = execute("test")
    assert run.code == 2
    assert run.err.startswith("bad.execpolicy.json:1:1: the object opened here is never closed\n")
    assert timeless(run.out).endswith("\n1 failed, 0 passed, 1 file unusable in 0.00 s (1 file)\n")


def test_nothing_is_said_where_nothing_could_be_run(execute: Execute, folder: Path) -> None:
    (folder / PETS_JSON).write_text('{"schema": "execpolicy/cases/1", "title": "Pets"}', "utf-8")
    run = execute("test")
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith(f"{PETS_JSON}:1:1: found neither cases nor documents nor invariants\n")


def test_a_name_that_a_terminal_might_obey(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, {**SELLS, "name": "clear\x1b[2J", "why": "red\x1b[31m"})
    for option in ("-q", "-v"):
        run = execute("test", option)
        assert "\x1b" not in run.out
        assert r"clear\x1b[2J: failed" in run.out


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake that shows in the second case."""

    def fail(item: Item) -> CaseResult:
        if item.name == "case 2":
            raise KeyError("layer")
        return run_item(item)

    monkeypatch.setattr(verb, "run_item", fail)


@pytest.mark.usefixtures("broken")
@pytest.mark.parametrize("form", ["text", "json", "junit"])
def test_an_internal_error_names_the_case(execute: Execute, folder: Path, form: str) -> None:
    save(folder / PETS_JSON, *numbered(3))
    assert execute("test", "--format", form) == Run(
        4,
        "",
        lines(
            f"execpolicy test: while running {place(PETS_JSON, 'case 2')}: case 2",
            "execpolicy: internal error: KeyError: 'layer'",
            "  This is a bug in execpolicy; there is no result. Please report it with the command, the policies if",
            "  you can share them, and the traceback, which --debug shows.",
        ),
    )


@pytest.mark.usefixtures("broken")
def test_an_internal_error_ends_the_line_of_dots(
    execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    save(folder / PETS_JSON, *numbered(3))
    run = execute("test")
    assert (run.code, run.out) == (4, f"{PETS_JSON} .\n")


def test_dots_where_the_width_is_known(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    save(folder / "a.execpolicy.json", *numbered(30))
    save(folder / "b.execpolicy.json", SELLS)
    run = execute("test", "-q")
    assert "." * 5 not in run.out
    head = execute("test").out.split("\n\n")[0]
    assert head.splitlines() == [
        "a.execpolicy.json ............. [13/31]",
        ".................               [30/31]",
        "b.execpolicy.json F             [31/31]",
    ]


def test_a_long_name_has_a_line_of_its_own(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    save(folder / "a-name-that-is-long.execpolicy.json", *numbered(2))
    head = execute("test").out.split("\n\n")[0]
    assert head.splitlines() == ["a-name-that-is-long.execpolicy.json", "..                      [2/2]"]


def test_explanations_keep_to_the_width(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    save(folder / PETS_JSON, SELLS, {**READS, "expect": "deny"})
    text = execute("test").out
    assert max(map(len, text.splitlines())) <= 80


def test_colours_change_nothing_but_colours(execute: Execute, folder: Path) -> None:
    save(folder / PETS_JSON, READS, SELLS, ONE_WORKS, **SEQUENCE)
    for options in ([], ["-v"], ["-q"]):
        plain = timeless(execute("test", *options).out)
        coloured = execute("test", *options, "--color", "always").out
        assert "\x1b[1;31m" in coloured
        assert timeless(CODES.sub("", coloured)) == plain


def test_dots_have_colours_on_a_terminal(folder: Path) -> None:
    pytest.importorskip("rich", reason="colours are made by rich")
    save(folder / PETS_JSON, READS, SELLS)
    code, text = on_terminal("test", columns=60)
    assert code == 1
    assert text.startswith(f"{PETS_JSON} \x1b[1;32m.\x1b[0m\x1b[1;31mF\x1b[0m")
    plain = CODES.sub("", text)
    assert plain.splitlines()[0] == f"{PETS_JSON} .F".ljust(53) + " [2/2]"
    assert max(map(len, plain.splitlines())) <= 80


def test_standard_output_that_is_closed(folder: Path) -> None:
    save(folder / PETS_JSON, SELLS)
    variables = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")}
    shell = ["sh", "-c", 'exec "$@" >&-', "sh", sys.executable, "-m", "execpolicy", "test"]
    run = subprocess.run(shell, capture_output=True, env=variables, timeout=30, check=False)
    assert (run.returncode, run.stderr) == (1, b"")


def test_help_tells_the_exit_codes(execute: Execute) -> None:
    run = execute("test", "--help")
    assert (run.code, run.err) == (0, "")
    assert run.out.startswith("usage: execpolicy test [PATH ...]")
    text = " ".join(run.out.split())
    assert "0 all passed, 1 a case failed or a threshold is missed, 2 unusable input or no case to run" in text


def test_the_list_of_verbs_has_it(execute: Execute) -> None:
    assert "\n    test " in execute("--help").out
