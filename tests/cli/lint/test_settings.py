"""The table tool.execpolicy.lint of pyproject.toml: where it is found, what it sets, and what is wrong in it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.cli.lint.exclusion import Exclusion
from execpolicy.cli.lint.settings import find_settings, parse_settings
from execpolicy.errors import PolicySyntaxError
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.severity import Severity
from tests.cli.conftest import Execute

SCHEMA = json.loads((Path(__file__).parents[3] / "docs" / "schemas" / "lint-1.json").read_text("utf-8"))
BRACES = """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*",
  "Action": "execute-api:Invoke", "Resource": "execute-api:/prod/GET/orders/{id}"}}
"""
NO_VERSION = BRACES.replace('"Version": "2012-10-17", ', "").replace("{id}", "*")
HEAD = "[tool.execpolicy.lint]\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sub").mkdir()
    for name in ("braces.json", "sub/braces.json"):
        (tmp_path / name).write_text(BRACES, "utf-8")
    (tmp_path / "warning.json").write_text(NO_VERSION, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(project: Path, text: str, name: str = "pyproject.toml") -> None:
    (project / name).write_text(text, "utf-8")


def rules_in(out: str) -> list[str]:
    return [line.split(" ")[2] for line in out.splitlines() if line.count(":") >= 3]


def test_settings_choose_the_rules(execute: Execute, project: Path) -> None:
    assert rules_in(execute("lint", "braces.json", "warning.json").out) == ["EP-ARN-001", "EP-DOC-040"]
    configure(project, HEAD + 'select = ["EP-ARN", "missing-version"]\nignore = "EP-ARN-001"\n')
    assert rules_in(execute("lint", "braces.json", "warning.json").out) == ["EP-DOC-040"]
    # An option replaces the setting of its name, and no other.
    assert rules_in(execute("lint", "--ignore", "EP-DOC", "braces.json", "warning.json").out) == ["EP-ARN-001"]
    assert rules_in(execute("lint", "--select", "EP-ARN", "braces.json", "warning.json").out) == []
    assert rules_in(execute("lint", "--isolated", "braces.json", "warning.json").out) == ["EP-ARN-001", "EP-DOC-040"]


def test_a_setting_decides_what_fails(execute: Execute, project: Path) -> None:
    assert execute("lint", "warning.json").code == 0
    configure(project, HEAD + 'fail-on = "warning"\n')
    assert execute("lint", "warning.json").code == 1
    assert execute("lint", "--fail-on", "error", "warning.json").code == 0


def test_excluded_files_are_passed_over(execute: Execute, project: Path) -> None:
    configure(project, HEAD + 'exclude = ["sub", "warn*.json"]\n')
    assert rules_in(execute("lint", ".").out) == ["EP-ARN-001"]
    run = execute("lint", "-v", ".")
    assert run.err.splitlines() == [
        "execpolicy lint: 1 file passed over: 1 excluded; 1 folder not searched",
        "  sub: not searched",
        "  warning.json: excluded",
    ]
    data = json.loads(execute("lint", "--format", "json", ".").out)
    jsonschema.validate(data, SCHEMA)
    assert [each["reason"] for each in data["passed_over"]] == ["folder", "excluded"]
    # A file that is named is checked, unless files may be passed over.
    assert rules_in(execute("lint", "sub/braces.json").out) == ["EP-ARN-001"]
    run = execute("lint", "--skip-unknown", "sub/braces.json")
    assert (run.code, run.out) == (0, "no findings\n")
    assert "1 excluded" in run.err
    assert execute("lint", "sub").code == 2


def test_an_option_excludes_from_the_current_folder(
    execute: Execute, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(project, HEAD + 'exclude = ["braces.json"]\n')
    assert rules_in(execute("lint", ".").out) == ["EP-DOC-040"]
    run = execute("lint", "--exclude", "warning.json", "--exclude", "sub/*.json", ".")
    assert (rules_in(run.out), run.err) == (["EP-ARN-001"], "execpolicy lint: 2 files passed over: 2 excluded\n")
    monkeypatch.chdir(project / "sub")
    assert rules_in(execute("lint", "--exclude", "sub/*.json", ".").out) == ["EP-ARN-001"]
    run = execute("lint", "--exclude", "../braces.json", ".")
    assert (run.code, run.out) == (2, "")
    assert '--exclude: found "../braces.json", expected a path from the folder' in run.err


def test_the_nearest_table_counts(execute: Execute, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configure(project, HEAD + 'exclude = ["sub/braces.json"]\nbaseline = "ci/lint.json"\n')
    configure(project, '[project]\nname = "orders"\n[tool.other]\n', "sub/pyproject.toml")
    monkeypatch.chdir(project / "sub")
    settings = find_settings(".")
    assert (settings.folder, settings.baseline) == ("..", "../ci/lint.json")
    run = execute("lint", "--skip-unknown", ".")
    assert run.code == 2
    assert 'baseline in pyproject.toml: cannot read "../ci/lint.json": No such file' in run.err
    assert execute("lint", "--write-baseline", "../ci/lint.json", "../braces.json", "../warning.json").code == 0
    run = execute("lint", "..")
    assert (run.code, run.out) == (0, "no findings\n2 known findings in the baseline\n")
    assert "1 excluded" in run.err
    assert rules_in(execute("lint", "--isolated", ".").out) == ["EP-ARN-001"]
    configure(project, "[tool.execpolicy]\n", "sub/pyproject.toml")
    assert execute("lint", "..").code == 0
    configure(project, HEAD, "sub/pyproject.toml")
    assert rules_in(execute("lint", ".").out) == ["EP-ARN-001"]


def test_the_settings_of_other_verbs_are_no_mistakes(execute: Execute, project: Path) -> None:
    configure(project, "[tool.execpolicy]\nrun_authorizers = true\n")
    assert rules_in(execute("lint", "braces.json").out) == ["EP-ARN-001"]
    configure(project, "[tool.execpolicy]\nrun_authorizers = true\n" + HEAD + 'ignore = ["EP-ARN"]\n')
    assert (execute("lint", "braces.json").code, execute("lint", "braces.json").err) == (0, "")


def test_another_file_can_be_given(execute: Execute, project: Path) -> None:
    configure(project, HEAD + 'ignore = ["EP-ARN"]\n')
    configure(project, HEAD + 'ignore = ["EP-DOC"]\n', "lint.toml")
    run = execute("lint", "--config", "lint.toml", "braces.json", "warning.json")
    assert rules_in(run.out) == ["EP-ARN-001"]
    configure(project, "", "lint.toml")
    run = execute("lint", "--config", "lint.toml", "braces.json")
    assert (run.code, run.out) == (2, "")
    assert "lint.toml has no table [tool.execpolicy.lint]" in run.err
    run = execute("lint", "--config", "gone.toml", "braces.json")
    assert (run.code, run.out) == (2, "")
    assert 'cannot read "gone.toml": No such file' in run.err
    assert execute("lint", "--config", "lint.toml", "--isolated", "braces.json").code == 2


def test_unused_ignores_can_be_reported_always(execute: Execute, project: Path) -> None:
    ignore = {"rule": "EP-ARN-002", "file": "braces.json", "reason": "a reason"}
    text = json.dumps({"schema": "execpolicy/ignores/1", "ignores": [ignore]})
    (project / "execpolicy-ignore.json").write_text(text, "utf-8")
    assert rules_in(execute("lint", "braces.json").out) == ["EP-ARN-001"]
    configure(project, HEAD + "report-unused-ignores = true\n")
    assert rules_in(execute("lint", "braces.json").out) == ["EP-ARN-001", "EP-IGN-005"]


@pytest.mark.parametrize(
    ("text", "marked", "message", "advice"),
    [
        (HEAD + 'selct = ["EP-ARN"]', "selct", '"selct", which is not a field of the table tool.exec', "did you mean"),
        ("[tool.execpolicy.lnit]", "lnit", '"lnit", which is not a field of the table tool.execpolicy', "did you mean"),
        (HEAD + 'select = ["EP-ARN", "EP-ARM"]', '"EP-ARM"', 'there is no rule "EP-ARM"', "execpolicy explain --list"),
        (HEAD + "select = [ ]", "[ ]", "found an empty list as select, with which nothing is checked", "remove it"),
        (HEAD + "select = true", "true", "found true as select, expected a string or a list of strings", "put it in"),
        (HEAD + 'ignore = ["EP-ARN", 1]', "1", "found the number 1 as ignore, expected a string", "put it in double"),
        (HEAD + 'ignore = ["EP-ARN", "EP-ARN"]', '"EP-ARN"]', 'found "EP-ARN" twice in ignore', "remove one of them"),
        (HEAD + "fail-on = 'eror'", "'eror'", 'found "eror" as fail-on, expected error, security-warn', "did you mean"),
        (HEAD + "exclude = ['../a']", "'../a'", 'found "../a" in exclude, expected a path from the', "write names"),
        (HEAD + "exclude = ['/a']", "'/a'", 'found "/a" in exclude, expected a path from the folder', "write names"),
        (
            HEAD + "exclude = ['a\\b']",
            "'a",
            'found "a\\b" in exclude, expected a path from the folder',
            "write names",
        ),
        (HEAD + "baseline = 2020-01-01", "2020-01-01", "found the number 2020-01-01 as baseline, expected", "put it"),
        (HEAD + 'baseline = ""', '""', "found an empty string as baseline", "fill it in, or leave it out"),
        (
            HEAD + "report-unused-ignores = 1",
            "1",
            "found the number 1 as report-unused-ignores, expected",
            "write true",
        ),
        ("[[tool.execpolicy.lint]]", "lint", "found a list as lint, expected a table", "write [tool.execpolicy.lint]"),
        ("tool.execpolicy = 3", "3", "found the number 3 as execpolicy, expected a table", "write [tool.execpolicy.l"),
        ("tool = ''", "''", "found a string as tool, expected a table", "write [tool.execpolicy.lint]"),
        (HEAD + "select = EP", "EP", "found text that is not TOML: Invalid value", "correct it"),
    ],
)
def test_a_wrong_setting_is_exit_2_with_its_place(
    execute: Execute, text: str, marked: str, message: str, advice: str
) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_settings(text, "pyproject.toml")
    (problem,) = caught.value.errors
    start = text.rindex(marked)
    line = text.count("\n", 0, start) + 1
    assert problem.place == f"pyproject.toml:{line}:{start - (text.rfind(chr(10), 0, start) + 1) + 1}"
    assert message in problem.message
    assert problem.advice.startswith(advice)
    configure(Path(), text)
    # An option does not hide that the setting is wrong.
    options = ("--select", "EP-ARN", "--ignore", "EP-DOC", "--fail-on", "error", "--write-baseline", "new.json")
    run = execute("lint", *options, "braces.json")
    assert (run.code, run.out) == (2, "")
    assert f"{problem.place}: {problem.message}" in run.err
    assert "^" in run.err
    assert not Path("new.json").exists()


def test_all_settings_are_read() -> None:
    text = (
        '[tool]\nexecpolicy.lint = {select = "EP-ARN", ignore = [], fail-on = "suggestion", exclude = ["a/**/b/"], '
        'baseline = "b.json", report-unused-ignores = true}'
    )
    settings = parse_settings("\ufeff" + text, "there/pyproject.toml")
    assert settings is not None
    assert settings.select == frozenset(rule for rule in RULES if rule.startswith("EP-ARN-"))
    assert (settings.ignore, settings.fail_on, settings.exclude) == (frozenset(), Severity.SUGGESTION, ("a/**/b/",))
    assert (settings.baseline, settings.report_unused_ignores, settings.folder) == ("there/b.json", True, "there")
    assert parse_settings("[tool.ruff]", "pyproject.toml") is None
    assert parse_settings("[tool.execpolicy]", "pyproject.toml") is None


@pytest.mark.parametrize(
    ("pattern", "excluded", "kept"),
    [
        ("a", ["a", "a/b", "b/a", "b/a/c"], ["ab", "b/ab"]),
        ("*.json", ["a.json", "b/a.json"], ["a.yaml"]),
        ("a/b", ["a/b", "a/b/c"], ["a", "b", "c/a/b", "a/bc"]),
        ("a/*", ["a/b", "a/b/c"], ["a"]),
        ("a/*/c", ["a/b/c", "a/b/c/d"], ["a/c", "a/b/b/c"]),
        ("a/**/c", ["a/c", "a/b/c", "a/b/b/c/d"], ["a/b", "c", "b/a/c"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("**/c.json", ["c.json", "a/c.json", "a/b/c.json"], ["a/b/d.json"]),
        ("a/", ["a", "a/b", "b/a"], ["b"]),
        ("**/**/c/d", ["c/d", "a/c/d"], ["c", "d"]),
    ],
)
def test_patterns_exclude_files_and_folders(pattern: str, excluded: list[str], kept: list[str]) -> None:
    exclusion = Exclusion([pattern], ".")
    assert [path for path in [*excluded, *kept] if exclusion.has(path)] == excluded
    assert not Exclusion([pattern], "sub").has("a")
    assert not Exclusion([], ".").has("a")


def brute_force(parts: list[str], pattern: list[str]) -> bool:
    """Whether a pattern matches the beginning of a path, by the definition."""
    if not pattern:
        return True
    if pattern[0] == "**":
        least = 1 if len(pattern) == 1 else 0
        return any(brute_force(parts[number:], pattern[1:]) for number in range(least, len(parts) + 1))
    return bool(parts) and pattern[0] in ("*", parts[0]) and brute_force(parts[1:], pattern[1:])


NAMES = st.sampled_from(["a", "b"])


@given(
    st.lists(NAMES, min_size=1, max_size=5),
    st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=2, max_size=5),
)
def test_patterns_match_by_their_definition(parts: list[str], pattern: list[str]) -> None:
    assert Exclusion(["/".join(pattern)], ".").has("/".join(parts)) is brute_force(parts, pattern)


TEMPLATE = """Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: orders
      Policy:
        Version: '2012-10-17'
        Statement:
          Effect: Deny
          Principal: '*'
          Action: execute-api:Invoke
          Resource: arn:aws:execute-api:eu-west-1:111122223333:*/prod/GET/{id}
"""


def test_an_account_and_a_region_are_for_the_files_that_use_them(execute: Execute, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE, "utf-8")
    asked = execute("lint", "template.yaml", "braces.json").out
    assert rules_in(asked) == ["EP-DOC-001", "EP-DOC-001", "EP-ARN-001"]
    configure(project, HEAD + 'account = "111122223333"\nregion = "eu-west-1"\nselect = ["EP-ARN-001", "EP-DOC-001"]\n')
    for named in (("template.yaml", "braces.json"), (".",)):
        run = execute("lint", *named)
        assert (run.code, set(rules_in(run.out))) == (1, {"EP-ARN-001"})
        assert "template.yaml:12:75: error EP-ARN-001" in run.out
    # An option replaces the setting of its name.
    run = execute("lint", "--region", "eu-central-1", "--account", "111122223333", "template.yaml")
    assert rules_in(run.out) == ["EP-ARN-001"]
    assert execute("lint", "--isolated", "template.yaml").out.count("is not given") == 2


@pytest.mark.parametrize(
    ("line", "message", "underlined"),
    [
        ('account = "1111"', 'account= is wrong: an account has 12 digits, found "1111"', '"1111"'),
        ("account = 111122223333", "found the number 111122223333 as account, expected a string", "111122223333"),
        ('region = "Ireland"', 'region= is wrong: a region is such as eu-west-1, found "Ireland"', '"Ireland"'),
    ],
)
def test_a_wrong_account_or_region_is_an_error_with_its_place(line: str, message: str, underlined: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_settings(HEAD + line, "pyproject.toml")
    (error,) = caught.value.errors
    assert error.message == message
    assert error.span is not None
    assert (error.span.line, line[error.span.column - 1 : error.span.end_column - 1]) == (2, underlined)


def test_of_several_files_each_takes_the_options_that_it_uses(execute: Execute, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE, "utf-8")
    given = ("--account", "111122223333", "--region", "eu-west-1")
    for files in (("braces.json", "template.yaml"), (".",), ("template.yaml",)):
        run = execute("lint", *given, "--select", "EP-ARN-001", *files)
        assert (run.code, run.err.count("error")) == (1, 0)
        assert "template.yaml:12:75: error EP-ARN-001" in run.out


@pytest.mark.parametrize("files", [("braces.json",), ("braces.json", "warning.json")])
def test_an_option_that_no_file_uses_is_an_error(execute: Execute, files: tuple[str, ...]) -> None:
    run = execute("lint", "--account", "111122223333", "--parameter", "Stage=prod", *files)
    assert run.code == 2
    assert run.err == (
        "execpolicy lint: error: found --parameter NAME=VALUE, which no file that is checked uses\n  leave it out\n"
        "execpolicy lint: error: found --account, which no file that is checked uses\n  leave it out\n"
    )


@pytest.mark.parametrize("files", [(".",), ("--skip-unknown", "braces.json"), ("sub", "braces.json")])
def test_where_files_are_searched_none_may_use_an_option(execute: Execute, files: tuple[str, ...]) -> None:
    run = execute("lint", "--account", "111122223333", "--select", "EP-ARN-001", *files)
    assert (run.code, run.err.count("error")) == (1, 0)


def test_an_option_may_be_for_a_file_that_does_not_load(execute: Execute, project: Path) -> None:
    (project / "template.yaml").write_text(TEMPLATE + "  Broken: [\n", "utf-8")
    run = execute("lint", "--region", "eu-west-1", "template.yaml")
    assert (run.code, run.err) == (1, "")
    assert "template.yaml:14:1: error EP-DOC-001" in run.out
