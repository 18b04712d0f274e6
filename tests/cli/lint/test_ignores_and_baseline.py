"""execpolicy lint with ignores and with a baseline: what is shown, what is counted, and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Execute

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
IGNORED = {"rule": "EP-ARN-001", "file": "orders.json", "reason": "a route has this name", "sid": "Orders"}


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


def policy(*resources: str, sid: str = "Orders") -> str:
    elements = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    statements = [{"Sid": sid, **elements, "Resource": f"execute-api:/prod/GET/{each}"} for each in resources]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, indent=1)


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "orders.json").write_text(policy("{id}", "users/{user}"), "utf-8")
    (tmp_path / "other.json").write_text(policy("{id}", sid="Others"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ignores(project: Path, *entries: dict[str, str], name: str = "execpolicy-ignore.json") -> None:
    (project / name).write_text(json.dumps({"schema": "execpolicy/ignores/1", "ignores": entries}), "utf-8")


BRACES = ("lint", "--select", "EP-ARN-001,EP-IGN")


def test_ignored_findings_are_counted_and_do_not_fail(execute: Execute, project: Path) -> None:
    ignores(project, IGNORED)
    run = execute(*BRACES, "orders.json")
    assert (run.code, run.out, run.err) == (0, "no findings\n2 ignored findings\n", "")
    run = execute(*BRACES, ".")
    assert (run.code, run.out.splitlines()[1:3]) == (1, ["1 finding: 1 error", "2 ignored findings"])
    assert run.err == "execpolicy lint: 1 folder not searched\n"


def test_a_file_of_ignores_with_another_name_is_named(execute: Execute, project: Path) -> None:
    ignores(project, IGNORED, name=".execpolicy-ignore.yaml")
    run = execute(*BRACES, ".")
    assert run.out.splitlines()[3] == "3 findings: 3 errors"
    assert run.err.splitlines() == [
        "execpolicy lint: 1 file passed over: 1 of another tool or purpose; 1 folder not searched",
        "  .execpolicy-ignore.yaml: a file of ignores",
        "    name it execpolicy-ignore.yaml or execpolicy-ignore.json: execpolicy lint finds it then",
    ]


def test_json_lists_what_is_ignored(execute: Execute, project: Path) -> None:
    ignores(project, {**IGNORED, "text": "{id}", "until": "9999-12-31"})
    (project / "orders.yaml").write_text(
        "Statement:\n  Effect: Allow\n  Principal: '*'\n  Action: execute-api:Invoke\n"
        "  Resource: execute-api:/prod/GET/{id} # execpolicy: ignore[EP-ARN-001] a reason\n",
        "utf-8",
    )
    data = json.loads(execute(*BRACES, "--format", "json", "orders.json", "orders.yaml").out)
    jsonschema.validate(data, schema("lint-1.json"))
    assert len(data["findings"]) == 1
    assert data["baseline"] is None
    first, second = data["suppressed"]
    assert first["finding"]["path"] == "Statement[0].Resource"
    assert (first["kind"], first["reason"], first["until"]) == ("external", IGNORED["reason"], "9999-12-31")
    assert (first["file"], first["line"]) == ("execpolicy-ignore.json", 1)
    assert (second["kind"], second["reason"], second["until"]) == ("inSource", "a reason", None)
    assert (second["file"], second["line"]) == ("orders.yaml", 5)


def test_a_wrong_file_of_ignores_is_exit_2_and_ignores_nothing(execute: Execute, project: Path) -> None:
    ignores(project, IGNORED)
    ignores(project, {**IGNORED, "rule": "EP-ARN-999"}, name="execpolicy-ignore.yaml")
    run = execute(*BRACES, "orders.json")
    assert run.code == 2
    assert 'execpolicy-ignore.yaml:1:57: there is no rule "EP-ARN-999"' in run.err
    assert "^^^" in run.err
    assert run.out == "2 ignored findings\n"


def test_unused_ignores_are_shown_if_that_is_asked_for(execute: Execute, project: Path) -> None:
    ignores(project, IGNORED, {**IGNORED, "text": "{order}"})
    assert execute(*BRACES, "orders.json").code == 0
    run = execute(*BRACES, "--report-unused-ignores", "orders.json")
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[0].startswith("execpolicy-ignore.json:1:")
    assert "warning EP-IGN-005 nothing here is found by EP-ARN-001, so that this ignores nothing" in run.out
    assert execute(*BRACES, "--report-unused-ignores", "--fail-on", "warning", "orders.json").code == 1
    # The entries are about a file that is not checked here.
    assert "EP-IGN-005" not in execute(*BRACES, "--report-unused-ignores", "other.json").out


def test_sarif_leaves_out_what_is_ignored(execute: Execute, project: Path) -> None:
    before = json.loads(execute(*BRACES, "--format", "sarif", ".").out)["runs"][0]["results"]
    ignores(project, {**IGNORED, "text": "{user}"})
    after = json.loads(execute(*BRACES, "--format", "sarif", ".").out)["runs"][0]["results"]
    assert after == [before[0], before[2]]


def test_a_baseline_hides_known_findings(execute: Execute, project: Path) -> None:
    run = execute(*BRACES, "--write-baseline", "ci/lint.json", ".")
    assert (run.code, run.out) == (0, "no findings\n3 known findings in the baseline\n")
    jsonschema.validate(json.loads((project / "ci" / "lint.json").read_text("utf-8")), schema("baseline-1.json"))
    run = execute(*BRACES, "--baseline", "ci/lint.json", ".")
    assert (run.code, run.out) == (0, "no findings\n3 known findings in the baseline\n")
    assert run.err == "execpolicy lint: 1 file passed over: 1 of another tool or purpose; 1 folder not searched\n"
    # Lines may move, and the command may run in another folder.
    (project / "orders.json").write_text("\n\n" + policy("{id}", "users/{user}", "pets/{pet}"), "utf-8")
    run = execute(*BRACES, "--baseline", "ci/lint.json", "orders.json")
    assert run.code == 1
    assert run.out.splitlines()[0].endswith(
        "{pet} matches these characters only, not a value, so this Allow never applies to it"
    )
    assert run.out.splitlines()[1:3] == ["1 finding: 1 error", "2 known findings in the baseline"]


def test_a_baseline_is_of_the_repository(execute: Execute, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(*BRACES, "--write-baseline", "lint.json", ".")
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    assert execute(*BRACES, "--baseline", "../lint.json", "..").code == 0


def test_findings_that_no_longer_occur_are_counted(execute: Execute, project: Path) -> None:
    execute(*BRACES, "--write-baseline", "lint.json", ".")
    (project / "orders.json").write_text(policy("{id}"), "utf-8")
    out = "no findings\n{} in the baseline\n{} of the baseline no longer {}: write it anew\n"
    run = execute(*BRACES, "--baseline", "lint.json", "orders.json")
    assert (run.code, run.out) == (0, out.format("1 known finding", "1 finding", "occurs"))
    (project / "other.json").unlink()
    run = execute(*BRACES, "--baseline", "lint.json", "orders.json")
    assert (run.code, run.out) == (0, out.format("1 known finding", "2 findings", "occur"))
    # Whether another rule finds something is not known here, nor what is wrong in a document that does not load.
    run = execute("lint", "--select", "EP-ARN-003", "--baseline", "lint.json", "orders.json")
    assert (run.code, run.out) == (0, "no findings\n")
    (project / "other.json").write_text("{", "utf-8")
    assert "1 finding of the baseline" in execute(*BRACES, "--baseline", "lint.json", ".").out
    data = json.loads(execute(*BRACES, "--baseline", "lint.json", "--format", "json", "orders.json").out)
    jsonschema.validate(data, schema("lint-1.json"))
    assert data["baseline"] == {"known": 1, "gone": 1}
    assert (
        "1 known finding in the baseline."
        in execute(*BRACES, "--baseline", "lint.json", "--format", "markdown", "orders.json").out
    )


def test_an_ignored_finding_of_the_baseline_is_not_gone(execute: Execute, project: Path) -> None:
    execute(*BRACES, "--write-baseline", "lint.json", ".")
    ignores(project, IGNORED)
    run = execute(*BRACES, "--baseline", "lint.json", ".")
    assert (run.code, run.out) == (0, "no findings\n2 ignored findings\n1 known finding in the baseline\n")


def test_load_errors_are_never_known(execute: Execute, project: Path) -> None:
    (project / "broken.json").write_text(policy("a").replace("Allow", "allow"), "utf-8")
    run = execute(*BRACES, "--write-baseline", "lint.json", ".")
    assert run.code == 1
    assert run.out.splitlines()[-3:-1] == ["1 finding: 1 error", "3 known findings in the baseline"]
    assert "EP-DOC" not in (project / "lint.json").read_text("utf-8")


def test_a_baseline_is_not_written_of_a_part(execute: Execute, project: Path) -> None:
    run = execute(*BRACES, "--write-baseline", "lint.json", "orders.json", "missing.json")
    assert run.code == 2
    assert "--write-baseline: 'lint.json' is not written" in run.err
    assert not (project / "lint.json").exists()
    run = execute(*BRACES, "--write-baseline", ".", "orders.json")
    assert (run.code, run.out) == (2, "")
    assert "--write-baseline: cannot write '.': it is not the name of a file" in run.err
    for more in (["-"], ["a", "--baseline", "b"], ["a", "--fix"], ["a", "--diff"]):
        assert execute(*BRACES, "orders.json", "--write-baseline", *more).code == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", '1:1: found a baseline without "schema"'),
        (
            '{"schema": "execpolicy/baseline/2", "findings": []}',
            '1:12: found "execpolicy/baseline/2" as schema, expected',
        ),
        (
            '{"schema": "execpolicy/baseline/1", "findings": [{"rule": "a", "file": "b"}]}',
            "1:50: found a known finding",
        ),
        (
            '{"schema": "execpolicy/baseline/1", "findings": [{"fingerprint": "a", "rule": "EP-DOC-001", "file": ""}]}',
            '1:79: found "EP-DOC-001", which cannot be known: a document that does not load is not checked',
        ),
        ("<<<<<<< HEAD", "1:1: "),
    ],
)
def test_a_wrong_baseline_is_exit_2_before_anything_is_checked(
    execute: Execute, project: Path, text: str, message: str
) -> None:
    (project / "lint.json").write_text(text, "utf-8")
    run = execute(*BRACES, "--baseline", "lint.json", "orders.json")
    assert (run.code, run.out) == (2, "")
    assert f"lint.json:{message}" in run.err


def test_a_missing_baseline_is_exit_2(execute: Execute) -> None:
    run = execute(*BRACES, "--baseline", "lint.json", "orders.json")
    assert (run.code, run.out) == (2, "")
    assert '--baseline: cannot read "lint.json": No such file' in run.err


def test_what_a_file_of_ignores_ignores_is_not_fixed(execute: Execute, project: Path) -> None:
    ignores(project, {**IGNORED, "text": "{id}"})
    run = execute(*BRACES, "--fix=unsafe", "orders.json")
    assert (run.code, run.out.splitlines()[:2]) == (0, ["no findings", "1 ignored finding"])
    assert "{id}" in (project / "orders.json").read_text("utf-8")
    assert "{user}" not in (project / "orders.json").read_text("utf-8")


def test_nothing_is_fixed_beside_a_wrong_file_of_ignores(execute: Execute, project: Path) -> None:
    before = (project / "orders.json").read_text("utf-8")
    ignores(project, {**IGNORED, "sidd": "Orders"})
    run = execute(*BRACES, "--fix=unsafe", "orders.json")
    assert run.code == 2
    assert run.err.count('found "sidd", which is not a field of an ignore') == 1
    assert (project / "orders.json").read_text("utf-8") == before
