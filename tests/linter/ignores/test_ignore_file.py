"""Files of ignores: which are read, what they ignore, and what is wrong in them."""

from __future__ import annotations

import json
from cProfile import Profile
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.linter.file_text import FileText
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores.apply import judge
from execpolicy.linter.ignores.ignore import IgnoreKind
from execpolicy.linter.ignores.ignore_file import FILE_NAMES, ignore_files_for, load_ignore_file, parse_ignore_file
from execpolicy.linter.run import check_file, lint_file

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "ignores-1.json").read_text("utf-8"))
BRACES = "EP-ARN-001"
CHOSEN = {BRACES, "EP-ARN-003", "EP-IGN-004", "EP-IGN-005"}
RESOURCES = ["execute-api:/prod/GET/orders/{id}", "execute-api:/prod/GET/users/{user}"]


def policy() -> str:
    elements = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"}
    statements = [{"Sid": f"S{number}", **elements, "Resource": each} for number, each in enumerate(RESOURCES)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    path = tmp_path / "policies" / "orders.json"
    path.parent.mkdir()
    path.write_text(policy(), "utf-8")
    return path


def document(*entries: dict[str, Any]) -> str:
    data = {"schema": "execpolicy/ignores/1", "ignores": [*entries]}
    return json.dumps(data)


def ignore(file: str = "orders.json", **fields: object) -> dict[str, Any]:
    return {"rule": BRACES, "file": file, "reason": "a route has this name", **fields}


def paths(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.path for finding in findings]


BOTH = ["Statement[0].Resource", "Statement[1].Resource"]


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        (ignore(), []),
        (ignore(rule="path-parameter-in-arn"), []),
        (ignore(rule=[BRACES, "EP-ARN-003"]), []),
        (ignore(path="Statement[1].Resource"), BOTH[:1]),
        (ignore(sid="S0"), BOTH[1:]),
        (ignore(text="{user}"), BOTH[:1]),
        (ignore(text="{id}", sid="S0", path="Statement[0].Resource", until="9999-12-31"), BOTH[1:]),
        (ignore(text="{id}", sid="S1"), BOTH),
        (ignore(path="Statement[1]"), BOTH),
        (ignore(text="id"), BOTH),
        (ignore(rule="EP-ARN-002"), BOTH),
        (ignore("other.json"), BOTH),
        (ignore(until="2001-01-31"), BOTH),
    ],
)
def test_an_entry_ignores_what_has_all_that_it_names(file: Path, entry: dict[str, Any], left: list[str]) -> None:
    file.with_name("execpolicy-ignore.json").write_text(document(entry), "utf-8")
    jsonschema.validate(json.loads(document(entry)), SCHEMA)
    assert paths(lint_file(file, rules=[BRACES])) == left


def test_an_entry_of_the_project_is_about_files_below(file: Path) -> None:
    file.parents[1].joinpath("execpolicy-ignore.yaml").write_text(
        "schema: execpolicy/ignores/1\nignores:\n- rule: EP-ARN-001\n  file: policies/orders.json\n  sid: S0\n"
        "  reason: a route has this name\n  until: 9999-01-31\n",
        "utf-8",
    )
    assert paths(lint_file(file, rules=[BRACES])) == BOTH[1:]
    file.with_name("execpolicy-ignore.json").write_text(document(ignore(sid="S1")), "utf-8")
    assert paths(lint_file(file, rules=[BRACES])) == []


def test_files_of_ignores_are_looked_for_up_to_the_project(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path.parent, tmp_path, file.parent):
        for name in FILE_NAMES:
            (folder / name).write_text(document(), "utf-8")
    try:
        absolute = [str(folder / name) for folder in (file.parent, tmp_path) for name in FILE_NAMES]
        assert [*ignore_files_for([str(file), str(file.with_name("other.json"))])] == absolute
        monkeypatch.chdir(tmp_path)
        relative = [f"policies/{FILE_NAMES[0]}", f"policies/{FILE_NAMES[1]}", *FILE_NAMES]
        assert [*ignore_files_for(["policies/orders.json", "a.json", "<stdin>"])] == relative
        monkeypatch.chdir(file.parent)
        assert [*ignore_files_for(["orders.json"])] == [*FILE_NAMES, f"../{FILE_NAMES[0]}", f"../{FILE_NAMES[1]}"]
        assert ignore_files_for(["<stdin>", "<policy>"]) == ()
    finally:
        for name in FILE_NAMES:
            (tmp_path.parent / name).unlink()


def test_without_a_project_the_current_folder_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "a", inner.parent):
        (folder / FILE_NAMES[0]).write_text(document(), "utf-8")
    monkeypatch.chdir(tmp_path / "a")
    assert [*ignore_files_for(["b/c/orders.json"])] == [f"b/{FILE_NAMES[0]}", FILE_NAMES[0]]
    assert [*ignore_files_for(["orders.json"])] == [FILE_NAMES[0]]
    monkeypatch.chdir(inner)
    assert ignore_files_for([str(inner.parent / "orders.json")]) == (str(inner.parent / FILE_NAMES[0]),)


def test_what_is_suppressed_has_its_reason(file: Path) -> None:
    path = file.with_name("execpolicy-ignore.json")
    path.write_text(document(ignore(sid="S0", until="9999-12-31")), "utf-8")
    checked = check_file(FileText(file.read_text("utf-8"), str(file)), rules=[BRACES])
    judged = judge([checked], load_ignore_file(str(path)), chosen=CHOSEN, day=date(2027, 1, 31))
    ((finding, found),) = judged.suppressed
    assert finding.sid == "S0"
    assert (found.kind, found.reason, found.until) == (IgnoreKind.EXTERNAL, "a route has this name", date(9999, 12, 31))
    assert found.source.name == str(path)


def test_entries_that_are_over_or_unused_are_reported(file: Path) -> None:
    path = file.with_name("execpolicy-ignore.json")
    (file.parent / "there.json").write_text(policy(), "utf-8")
    entries = [
        ignore(until="2027-01-30"),
        ignore(sid="S2"),
        ignore("there.json"),
        ignore("gone.json"),
        ignore("there.json", until="2027-01-30"),
        ignore(rule="EP-ARN-002"),
        ignore(sid="S1"),
    ]
    path.write_text(document(*entries), "utf-8")
    checked = check_file(FileText(file.read_text("utf-8"), str(file)), rules=CHOSEN)
    given = load_ignore_file(str(path))

    def reported(*, unused: bool) -> list[tuple[str, str]]:
        judged = judge([checked], given, chosen=CHOSEN, day=date(2027, 1, 31), report_unused=unused)
        about = [finding for finding in judged.shown if finding.source is not None and finding.source.name == str(path)]
        text = path.read_text("utf-8")
        starts = [finding.source.offset(1, finding.span.column) for finding in about if finding.source and finding.span]
        return [(finding.rule.id, text[: start + 1]) for finding, start in zip(about, starts, strict=True)]

    assert [rule for rule, _ in reported(unused=False)] == ["EP-IGN-004"]
    found = reported(unused=True)
    assert [rule for rule, _ in found] == ["EP-IGN-004", "EP-IGN-005", "EP-IGN-005"]
    # The entry that is over, that of another Sid, and that of a file that does not exist.
    assert [before.count('"rule"') for _, before in found] == [1, 2, 4]


@pytest.mark.parametrize(
    ("text", "marked", "message", "advice"),
    [
        ("[]", "[]", "found an empty list as a file of ignores, expected an object", "write an object"),
        ('{"schema": "execpolicy/ignores/1"}', "{", 'found a file of ignores without "ignores"', 'add "ignores"'),
        (
            document().replace("/1", "/2"),
            '"execpolicy/ignores/2"',
            'found "execpolicy/ignores/2" as schema, expected execpolicy/ignores/1',
            'did you mean "execpolicy/ignores/1"?',
        ),
        (document({"rule": BRACES, "file": "a"}), '{"rule"', 'found an ignore without "reason"', 'add "reason"'),
        (document(ignore(reason=" . ")), '" . "', "this ignore has no reason", "say why it is ignored"),
        (document(ignore(rule=[])), "[]", "found an empty list as rule", "name a rule, or several"),
        (document(ignore(reason="")), '""', "found an empty string as reason", "fill it in, or leave it out"),
        (document(ignore(rule="EP-ARN-999")), '"EP-ARN-999"', 'there is no rule "EP-ARN-999"', "did you mean"),
        (document(ignore(rule=[BRACES, "EP-ARN"])), '"EP-ARN"', '"EP-ARN" names several rules', "name each rule"),
        (document(ignore(rule="EP-DOC-001")), '"EP-DOC-001"', "EP-DOC-001 cannot be ignored: it is", "correct what"),
        (document(ignore(rule=[BRACES] * 2)), f'"{BRACES}"]', f'found "{BRACES}" twice in rule', "remove one of them"),
        (
            document(ignore(until="2027-02-29")),
            '"2027-02-29"',
            "found a string as until, expected a day such as 2027-01-31",
            "write a day such as 2027-01-31",
        ),
        (document(ignore(until=2027)), "2027", "found the number 2027 as until, expected a day", "write a day"),
        (document(ignore(reasn="a")), '"reasn"', 'found "reasn", which is not a field of an ignore', "did you mean"),
        (
            document(ignore("../a.json")),
            '"../a.json"',
            'found "../a.json" as file, expected a file in the folder of this one or below',
            "write its path from this folder",
        ),
        (document(ignore("a/../../b.json")), '"a/../../b.json"', 'found "a/../../b.json" as file', "write its path"),
        (document(ignore("/a.json")), '"/a.json"', 'found "/a.json" as file', "write its path"),
        (document(ignore(".")), '"."', 'found "." as file', "write its path"),
    ],
)
def test_a_wrong_file_is_an_error_with_its_place(text: str, marked: str, message: str, advice: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_ignore_file(text, "execpolicy-ignore.json")
    (problem,) = caught.value.errors
    assert problem.place == f"execpolicy-ignore.json:1:{text.index(marked) + 1}"
    assert problem.message.startswith(message)
    assert problem.advice.startswith(advice)


def test_a_wrong_file_of_ignores_stops_lint_file(file: Path) -> None:
    file.with_name("execpolicy-ignore.json").write_text("{}", "utf-8")
    with pytest.raises(PolicySyntaxError, match="found a file of ignores without"):
        lint_file(file)


def test_the_work_grows_with_the_entries_and_the_findings() -> None:
    def work(number: int) -> int:
        statements = [
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "execute-api:Invoke",
                "Resource": f"execute-api:/a/GET/{{{n}}}",
            }
            for n in range(number)
        ]
        checked = check_file(FileText(json.dumps({"Statement": statements}), "orders.json"), rules=[BRACES])
        given = parse_ignore_file(document(*(ignore(path=f"Statement[{n}].Sid") for n in range(number))), "a.json")
        profile = Profile()
        profile.runcall(judge, [checked], given, chosen=CHOSEN, day=date(2027, 1, 31), report_unused=True)
        return sum(entry.callcount for entry in profile.getstats())

    work(1)
    assert work(200) <= 2.3 * work(100)
