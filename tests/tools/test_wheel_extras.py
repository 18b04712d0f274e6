"""tools/wheel_extras: how answers are judged, and that each extra is tried. ``make test-extras`` runs the rest."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest

from tools.wheel_extras.__main__ import faults_of_metadata, interpreters
from tools.wheel_extras.environments import Environment, Python, pythons
from tools.wheel_extras.trials import OF_DEVELOPMENT, TRIALS, Answer, Trial, extras_of, fault

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
YAML = Trial("an API", ("-m", "execpolicy"), "GET /", extras=frozenset({"yaml", "templates"}))
REFUSED = "reading YAML needs PyYAML: pip install 'execpolicy[{}]'"


def test_each_extra_for_users_is_tried() -> None:
    extras = frozenset(PROJECT["optional-dependencies"])
    assert extras - OF_DEVELOPMENT == extras_of(TRIALS)
    assert faults_of_metadata(extras) == []
    assert faults_of_metadata(extras - {"yaml"} | {"notebook"}) == [
        "the extra notebook has no trial in tools/wheel_extras/trials.py",
        "the wheel has no extra yaml",
    ]


@pytest.mark.parametrize(
    ("extra", "answer"),
    [
        ("yaml", Answer(0, "GET /orders", "")),
        (None, Answer(2, "", REFUSED.format("yaml"))),
        ("cli", Answer(2, "", REFUSED.format("templates"))),
    ],
)
def test_an_answer_as_expected(extra: str | None, answer: Answer) -> None:
    assert fault(YAML, extra, answer) is None


@pytest.mark.parametrize(
    ("extra", "answer", "found"),
    [
        (
            "yaml",
            Answer(2, "", REFUSED.format("yaml")),
            "expected exit code 0 and 'GET /', found 2: reading YAML",
        ),
        ("yaml", Answer(0, "nothing", ""), "expected exit code 0 and 'GET /', found 0: nothing"),
        (None, Answer(0, "GET /orders", ""), "expected an error that names one of 'templates', 'yaml', found: GET /o"),
        (None, Answer(2, "", "needs PyYAML"), "expected an error that names one of 'templates', 'yaml', found: needs"),
        (None, Answer(2, "", REFUSED.format("cli")), "expected an error that names one of 'templates', 'yaml'"),
        (None, Answer(1, "", "Traceback: " + REFUSED.format("yaml")), "expected an error that names one of"),
    ],
)
def test_an_answer_that_is_wrong(extra: str | None, answer: Answer, found: str) -> None:
    fault_found = fault(YAML, extra, answer)
    assert fault_found is not None
    assert fault_found.startswith(found)


def test_what_the_error_of_another_program_says() -> None:
    trial = Trial("pytest", ("-m", "pytest"), "passed", extras=frozenset({"testing"}), lacking="No module named pytest")
    assert fault(trial, None, Answer(1, "", "python: No module named pytest")) is None
    assert fault(trial, None, Answer(1, "", "3 failed")) == "expected 'No module named pytest', found: 3 failed"


@pytest.mark.parametrize("trial", [trial for trial in TRIALS if not trial.extras], ids=lambda trial: trial.name)
def test_a_trial_without_extras_works_here(trial: Trial) -> None:
    here = Environment((sys.executable,))
    assert fault(trial, None, here.run(trial.arguments, ROOT)) is None


@pytest.mark.skipif(os.name == "nt", reason="the programs of this test are shell scripts")
def test_a_program_that_runs_no_python_is_not_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # pyenv puts a program on the path for each version that is installed; it fails unless the variable names it.
    for version, script in (("3.11", "echo /usr/bin/python3.11"), ("3.12", 'test "$PYENV_VERSION" = 3.12 && echo p')):
        program = tmp_path / f"python{version}"
        program.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        program.chmod(0o755)
    (tmp_path / "python3.13").write_text("#!/bin/sh\nexit 127\n", "utf-8")
    (tmp_path / "python3.13").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_VERSION", "3.11")
    found = [Python("3.11", "/usr/bin/python3.11"), Python("3.12", "p")]
    assert [*pythons(["3.11", "3.12", "3.13", "3.14"])] == found
    (tmp_path / "pyodide-lock.json").write_text('{"info": {"python": "3.14.2"}}', "utf-8")
    module = tmp_path / "pyodide.mjs"
    in_node = Python("3.14", str(module), is_in_node=True)
    assert interpreters(["3.11", "3.12", "3.13", "3.14"], module) == [*found, in_node]
    assert interpreters(["3.11", "3.13"], module) == found[:1]
    assert interpreters(["3.14"], None) == []
