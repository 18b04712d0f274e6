"""execpolicy lint --fix and --diff: what is written, where, and what the command says of it."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from execpolicy.cli.lint import fixes
from execpolicy.errors import Source
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.finding import Edit, Finding, Fix
from execpolicy.linter.fixes.fixing import Fixed, LeftOut
from execpolicy.linter.rule import FixSafety
from tests.cli.conftest import Execute

#: One safe fix, and one that is not.
BOTH = """Statement:  # of orders
  - Effect: Allow
    Principal: "*"
    Action: execute-api:Invoke
    Resource: execute-api:/prod/GET/orders/{id}
"""
SAFE = f'Version: "2012-10-17"\n{BOTH}'
ALL = SAFE.replace("{id}", "*")
NO_SID = '{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}'
SID = '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Deny", "Action": "*", "Resource": "*"}}'


@pytest.fixture(autouse=True)
def files(folder: Path) -> Path:
    (folder / "both.yaml").write_text(BOTH, "utf-8")
    (folder / "sid.json").write_text(SID, "utf-8")
    return folder


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def test_findings_that_can_be_fixed_are_marked(execute: Execute) -> None:
    run = execute("lint", "both.yaml")
    assert run.out == (
        "both.yaml:1:1: warning EP-DOC-040 [*] without Version this is a document of 2008-10-17, in which nothing is "
        "a variable\n"
        "both.yaml:5:44: error EP-ARN-001 {id} matches these characters only, not a value, so this Allow never applies "
        "to it\n"
        "2 findings: 1 error, 1 warning\n"
        "[*] 1 can be fixed with --fix, 1 more with --fix=unsafe\n"
    )
    assert execute("lint", "sid.json").out.endswith("\n[*] 1 can be fixed with --fix\n")
    assert execute("lint", "both.yaml", "--select", "EP-ARN").out.endswith("\n1 can be fixed with --fix=unsafe\n")
    verbose = execute("lint", "-v", "both.yaml").out
    assert '    add "Version": "2012-10-17"\n    --fix does this\n' in verbose
    assert "    write * in place of the parameter\n    --fix=unsafe does this\n" in verbose


def test_fix_writes_the_safe_fixes_only(execute: Execute, files: Path) -> None:
    run = execute("lint", "--fix", "both.yaml", "sid.json")
    assert (run.code, run.err) == (1, "")
    assert run.out.endswith(
        "1 finding: 1 error\nfixed 2 findings in 2 files; 1 remains (1 can be fixed with --fix=unsafe)\n"
    )
    assert run.out.startswith("both.yaml:6:44: error EP-ARN-001 ")
    assert text_of(files / "both.yaml") == SAFE
    assert text_of(files / "sid.json") == NO_SID
    before = (files / "both.yaml").stat().st_mtime_ns
    again = execute("lint", "--fix", "both.yaml", "sid.json")
    assert again.out.endswith("\nfixed nothing; 1 remains (1 can be fixed with --fix=unsafe)\n")
    assert (files / "both.yaml").stat().st_mtime_ns == before


def test_fix_unsafe_writes_all_of_them(execute: Execute, files: Path) -> None:
    run = execute("lint", "both.yaml", "--fix=unsafe")
    assert (run.code, run.out, run.err) == (0, "no findings\nfixed 2 findings in 1 file\n", "")
    assert text_of(files / "both.yaml") == ALL


def test_the_option_takes_no_path_as_its_value(execute: Execute, files: Path) -> None:
    (files / "unsafe").write_text(SID, "utf-8")
    assert execute("lint", "--fix", "unsafe", "both.yaml").code == 1
    assert text_of(files / "both.yaml") == SAFE
    assert text_of(files / "unsafe") == NO_SID
    run = execute("lint", "--fix=all", "both.yaml")
    assert (run.code, run.out) == (2, "")
    assert run.err.endswith("execpolicy lint: error: --fix=all: give --fix, or --fix=unsafe\n")


def test_only_the_rules_that_are_chosen_are_fixed(execute: Execute, files: Path) -> None:
    assert execute("lint", "--fix=unsafe", "--select", "EP-ARN", "both.yaml").code == 0
    assert text_of(files / "both.yaml") == BOTH.replace("{id}", "*")
    assert execute("lint", "--fix=unsafe", "--ignore", "EP-DOC", "both.yaml").code == 0
    assert text_of(files / "both.yaml") == BOTH.replace("{id}", "*")


def test_what_a_comment_ignores_is_not_fixed(execute: Execute, files: Path) -> None:
    text = BOTH.replace("{id}", "{id}  # execpolicy: ignore[EP-ARN-001] braces are in the path")
    (files / "both.yaml").write_text(text, "utf-8")
    run = execute("lint", "--fix=unsafe", "both.yaml")
    assert run.out == "no findings\n1 ignored finding\nfixed 1 finding in 1 file\n"
    assert text_of(files / "both.yaml") == f'Version: "2012-10-17"\n{text}'


def test_diff_shows_what_would_be_fixed(execute: Execute, files: Path) -> None:
    run = execute("lint", "--diff", "both.yaml", "sid.json")
    assert run.out == (
        "--- both.yaml\n+++ both.yaml\n@@ -1,3 +1,4 @@\n"
        '+Version: "2012-10-17"\n Statement:  # of orders\n   - Effect: Allow\n     Principal: "*"\n'
        "--- sid.json\n+++ sid.json\n@@ -1 +1 @@\n"
        f"-{SID}\n\\ No newline at end of file\n+{NO_SID}\n\\ No newline at end of file\n"
    )
    assert run.err == "execpolicy lint: would fix 2 findings in 2 files; 1 more with --fix=unsafe\n"
    assert run.code == 1
    assert (text_of(files / "both.yaml"), text_of(files / "sid.json")) == (BOTH, SID)
    assert execute("lint", "--diff", "--exit-zero", "both.yaml").code == 0
    run = execute("lint", "--diff", "--fix=unsafe", "both.yaml")
    assert "+    Resource: execute-api:/prod/GET/orders/*\n" in run.out
    assert run.err == "execpolicy lint: would fix 2 findings in 1 file\n"
    assert text_of(files / "both.yaml") == BOTH
    run = execute("lint", "--diff", "--select", "EP-ARN", "both.yaml")
    assert (run.code, run.out) == (0, "")
    assert run.err == "execpolicy lint: would fix nothing; 1 more with --fix=unsafe\n"
    run = execute("lint", "--diff", "-q", "both.yaml")
    assert (run.code, run.out, run.err) == (1, "", "")


def test_the_text_of_standard_input_is_written_to_standard_output(execute: Execute) -> None:
    run = execute("lint", "--fix", "-", stdin=BOTH.encode())
    assert (run.code, run.out) == (1, SAFE)
    assert run.err.startswith("<stdin>:6:44: error EP-ARN-001 ")
    assert run.err.endswith("\nfixed 1 finding in 1 file; 1 remains (1 can be fixed with --fix=unsafe)\n")
    run = execute("lint", "--fix", "-q", "-", stdin=ALL.encode())
    assert (run.code, run.out, run.err) == (0, ALL, "")
    run = execute("lint", "--diff", "-", stdin=BOTH.encode())
    assert run.out.startswith("--- <stdin>\n+++ <stdin>\n")


def test_options_that_exclude_each_other(execute: Execute) -> None:
    run = execute("lint", "--diff", "--format", "json", "both.yaml")
    assert (run.code, run.out) == (2, "")
    assert "--diff writes differences: omit --format" in run.err
    run = execute("lint", "--fix", "--format", "sarif", "-", stdin=BOTH.encode())
    assert (run.code, run.out) == (2, "")
    assert "--fix writes the text of standard input to standard output: omit --format" in run.err


def test_a_report_says_what_remains(execute: Execute) -> None:
    run = execute("lint", "--fix", "--format", "json", "both.yaml")
    assert [each["rule"] for each in json.loads(run.out)["findings"]] == ["EP-ARN-001"]
    assert run.err == ("execpolicy lint: fixed 1 finding in 1 file; 1 remains (1 can be fixed with --fix=unsafe)\n")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_mode_line_ends_and_byte_order_mark_stay(execute: Execute, files: Path, mark: bytes) -> None:
    path = files / "both.yaml"
    path.write_bytes(mark + BOTH.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    assert execute("lint", "--fix=unsafe", "both.yaml").code == 0
    assert path.read_bytes() == mark + ALL.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(files)) == sorted({*os.listdir(files), "both.yaml"})
    assert [name for name in os.listdir(files) if name.startswith(".both")] == []


def test_the_file_behind_a_link_is_written(execute: Execute, files: Path) -> None:
    (files / "sub").mkdir()
    (files / "sub" / "link.yaml").symlink_to(files / "both.yaml")
    assert execute("lint", "--fix", "sub/link.yaml").code == 1
    assert (files / "sub" / "link.yaml").is_symlink()
    assert text_of(files / "both.yaml") == SAFE
    assert os.listdir(files / "sub") == ["link.yaml"]


def test_a_file_that_cannot_be_written_is_exit_2(execute: Execute, files: Path) -> None:
    (files / "both.yaml").chmod(0o444)
    run = execute("lint", "--fix", "both.yaml", "sid.json")
    assert run.code == 2
    assert run.err == ("execpolicy lint: error: cannot write 'both.yaml': it is read-only\n  change its permissions\n")
    assert text_of(files / "both.yaml") == BOTH
    assert text_of(files / "sid.json") != SID
    assert run.out.startswith("both.yaml:1:1: warning EP-DOC-040 [*] ")
    assert run.out.endswith("\nfixed 1 finding in 1 file; 2 remain (1 can be fixed with --fix=unsafe)\n")


def test_a_file_that_changes_meanwhile_is_left_alone(
    execute: Execute, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(*arguments: object, **options: object) -> Fixed:
        (files / "both.yaml").write_text("Statement: []", "utf-8")
        return Fixed(ALL, ())

    monkeypatch.setattr(fixes, "fix_text", changed)
    run = execute("lint", "--fix", "both.yaml")
    assert run.code == 2
    assert "'both.yaml' was changed while it was checked\n  run the command again\n" in run.err
    assert text_of(files / "both.yaml") == "Statement: []"


def test_nothing_is_left_of_a_write_that_fails(execute: Execute, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    run = execute("lint", "--fix", "both.yaml")
    assert run.code == 2
    assert "cannot write 'both.yaml': No space left on device\n  check the permissions of its folder" in run.err
    assert text_of(files / "both.yaml") == BOTH
    assert [name for name in os.listdir(files) if name.startswith(".")] == []


def test_a_fix_that_is_left_out_is_named(execute: Execute, files: Path) -> None:
    (files / "api.yaml").write_text(
        "schema: execpolicy/api/1\nid: a1b2c3d4e5\ntype: REST\nregion: eu-west-1\naccount: '111122223333'\n"
        "stages: [prod]\nroutes:\n  GET /orders: {auth: AWS_IAM}\nresource_policy:\n  Version: '2012-10-17'\n"
        "  Statement:\n    Effect: Allow\n    Principal: '*'\n    Action: execute-api:Invoke\n"
        "    Resource: execute-api:/*\n    Condition: {StringEquals: {aws:SourceVpces: vpce-1a2b3c4d}}\n",
        "utf-8",
    )
    before = text_of(files / "api.yaml")
    run = execute("lint", "--fix=unsafe", "api.yaml")
    assert run.code == 1
    assert run.err == (
        "api.yaml:16:32: the fix of EP-CND-001 is not applied: EP-CND-007 is found after it: no call of this API has "
        "aws:SourceVpce: its endpoint is REGIONAL, so this Allow never applies\n"
    )
    assert run.out.endswith("\nfixed nothing; 1 remains\n")
    assert text_of(files / "api.yaml") == before


def test_a_fault_of_a_fix_is_an_internal_error(execute: Execute, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def left_out(text: str, *_: object, unsafe: bool) -> Fixed:
        source = Source("both.yaml", text)
        fix = Fix(FixSafety.SAFE, (Edit(source.span(0, 1), ""),))
        finding = Finding(RULES["EP-DOC-040"], "no Version", source=source, span=source.span(0, 1), fix=fix)
        return Fixed(text, (finding,), (), (LeftOut(finding, "the finding is still there after it", True),))

    monkeypatch.setattr(fixes, "fix_text", left_out)
    run = execute("lint", "--fix", "both.yaml")
    assert run.code == 4
    assert run.err == (
        "both.yaml:1:1: the fix of EP-DOC-040 is not applied: the finding is still there after it\n"
        "  this is a fault of execpolicy: please report it with the text\n"
    )


def test_files_in_folders_are_fixed(execute: Execute, files: Path) -> None:
    texts: Sequence[str] = ["a/both.yaml", "a/b/both.yaml"]
    for name in texts:
        (files / name).parent.mkdir(exist_ok=True)
        (files / name).write_text(BOTH, "utf-8")
    run = execute("lint", "--fix", "a")
    assert run.out.endswith("fixed 2 findings in 2 files; 2 remain (2 can be fixed with --fix=unsafe)\n")
    assert [text_of(files / name) for name in texts] == [SAFE, SAFE]


def test_a_fix_is_left_out_that_lets_an_ignore_hide_another_finding(execute: Execute, files: Path) -> None:
    text = """Version: '2012-10-17'
Statement:
  - Effect: Allow
    # execpolicy: ignore[EP-DOC-050] the name is that of the next version
    Sid: ''
    Action: execute-api:Invok
    Resource: '*'
"""
    (files / "a.yaml").write_text(text, "utf-8")
    run = execute("lint", "--fix", "a.yaml")
    assert (run.code, text_of(files / "a.yaml")) == (1, text)
    assert run.err == (
        "a.yaml:5:10: the fix of EP-DOC-049 is not applied: an ignore would hide another finding of EP-DOC-050 after "
        "it\n"
    )
    assert "a.yaml:6:13: error EP-DOC-050" in run.out
    # Without the ignore, the line goes.
    (files / "a.yaml").write_text(text.replace("# execpolicy: ", "# "), "utf-8")
    assert execute("lint", "--fix", "a.yaml").err == ""
    assert "Sid" not in text_of(files / "a.yaml")


@pytest.mark.parametrize("name", ["a\n::error::b.json", "a\x1b[31m.json"])
def test_names_of_files_in_differences_are_printable(execute: Execute, files: Path, name: str) -> None:
    (files / name).write_text(SID, "utf-8")
    run = execute("lint", "--diff", name)
    shown = name.encode("unicode_escape").decode("ascii")
    assert run.out.splitlines()[:2] == [f"--- {shown}", f"+++ {shown}"]
