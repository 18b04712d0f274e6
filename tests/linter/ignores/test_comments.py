"""The ignores in comments: what they ignore, and what they do not."""

from __future__ import annotations

from cProfile import Profile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.errors import Source
from execpolicy.linter.catalogue import RULES
from execpolicy.linter.file_text import FileText
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores.apply import judge
from execpolicy.linter.ignores.comments import comments_of
from execpolicy.linter.ignores.ignore import NEVER_IGNORED, IgnoreKind, Suppressed
from execpolicy.linter.run import check_file, lint_file, lint_text

BRACES, METHOD = "EP-ARN-001", "EP-ARN-003"
#: A policy with one finding of EP-ARN-001 on line 7 and one on line 8.
POLICY = """{above}Version: '2012-10-17'
Statement:
  Effect: Allow
  Principal: '*'
  Action: execute-api:Invoke
  Resource:
  - execute-api:/prod/GET/orders/{{id}}{first}
  - execute-api:/prod/GET/users/{{id}}{second}
"""
GOOD = "# execpolicy: ignore[EP-ARN-001] named literally"


def policy(first: str = "", second: str = "", above: str = "") -> str:
    return POLICY.format(first=first, second=second, above=above)


def found(text: str, name: str = "policy.yaml", **options: bool) -> list[tuple[str, str]]:
    findings = lint_text(text, name, rules=[BRACES, METHOD, *IGNORES], **options)  # type: ignore[arg-type]  # flags only
    return [(finding.place.partition(":")[2], finding.rule.id) for finding in findings]


IGNORES = [rule for rule in RULES if rule.startswith("EP-IGN-")]
LINE_7, LINE_8 = ("7:34", BRACES), ("8:33", BRACES)


def test_without_a_comment_both_lines_are_found() -> None:
    assert found(policy()) == [LINE_7, LINE_8]


@pytest.mark.parametrize(
    "comment",
    [
        GOOD,
        "# execpolicy: ignore[path-parameter-in-arn] named literally",
        "#  execpolicy:  ignore[ ep-arn-001 , EP-ARN-003 ]   named literally ",
        "# execpolicy: ignore[EP-ARN-001] until 9999-12-31: named literally",
        "# execpolicy: ignore[EP-ARN-001] until 9999-12-31 : named literally",
        "# execpolicy: ignore[EP-ARN-001] untilled #[]:{} \N{LATIN SMALL LETTER E WITH ACUTE}",
        "# execpolicy: ignore[EP-ARN-001] \N{CJK UNIFIED IDEOGRAPH-4E00}",
    ],
)
def test_a_comment_ignores_what_begins_on_its_line(comment: str) -> None:
    assert found(policy(f"  {comment}")) == [LINE_8]
    assert found(policy(second=f" {comment}\r")) == [LINE_7]
    assert found(policy(f"\n  {comment}")) == [LINE_7]
    assert found(policy(f"\n{comment}\n   # something else")) == [LINE_7]
    assert found(policy(f"\n# something else\n   {comment}")) == [LINE_7]


def test_comments_above_and_behind_a_line_add_up() -> None:
    text = policy(
        f"\n{GOOD}\n# execpolicy: ignore[EP-ARN-003] as the client calls",
    ).replace("GET/users", "get/users")
    assert found(text) == [LINE_7]
    text = policy(f"\n{GOOD}", "  # execpolicy: ignore[EP-ARN-003] as the client calls").replace(
        "GET/users", "get/users"
    )
    assert found(text) == [LINE_7]


def test_another_rule_and_another_line_are_not_ignored() -> None:
    assert found(policy(f"  {GOOD.replace('001', '002')}")) == [LINE_7, LINE_8]
    assert found(f"{GOOD}\n{policy()}") == [("8:34", BRACES), ("9:33", BRACES)]
    assert found(policy().replace("  Resource:", f"  Resource:  {GOOD}")) == [LINE_7, LINE_8]
    assert found(policy().replace("Action:", f"Action: #  {GOOD}\n    ")) != []


def test_a_head_comment_ignores_a_rule_in_the_whole_file() -> None:
    whole = GOOD.replace("ignore[", "ignore-file[")
    assert found(policy(above=f"# first\n\n  {whole}\n\n")) == []
    assert found(policy(above=f"{whole}\r\n")) == []
    assert found(policy(f"  {whole}")) == [LINE_7, ("7:40", "EP-IGN-001"), LINE_8]
    assert found(policy(above="---\n") + whole) == [("8:34", BRACES), ("9:33", BRACES), ("10:1", "EP-IGN-001")]
    assert found(policy(above=f"{whole.replace('001', '002')}\n")) == [("8:34", BRACES), ("9:33", BRACES)]


def test_a_number_sign_in_a_scalar_is_no_comment() -> None:
    quoted = policy().replace("execute-api:/prod/GET/orders/{id}", f"'execute-api:/prod/GET/{{id}} {GOOD}'")
    assert ("7:28", BRACES) in found(quoted)
    block = policy().replace(
        "execute-api:/prod/GET/orders/{id}", f"|-\n    execute-api:/prod/GET/orders/{{id}}\n    {GOOD}"
    )
    assert BRACES in [rule for _, rule in found(block)]
    assert found(policy("#noqa:EP-ARN-001"))[1:] == [LINE_8]


def test_json_has_no_comments() -> None:
    text = (
        '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke",\n'
    )
    text += f'"Resource": ["execute-api:/prod/GET/{{id}}", "{GOOD}"]}}}}'
    assert comments_of(Source("policy.json", text)).ignores == ()
    assert ("2:37", BRACES) in found(text, "policy.json")


@pytest.mark.parametrize(
    "comment",
    [
        "#execpolicy: ignore[EP-ARN-001] named literally",
        "# execpolicy ignore[EP-ARN-001] named literally",
        "# execpolicy: ignore EP-ARN-001",
        "# execpolicy:ignore[EP-ARN-001] named literally",
        "# execpolicy : ignore[EP-ARN-001] named literally",
        "# Execpolicy: ignore[EP-ARN-001] named literally",
        "# execpolicy: Ignore[EP-ARN-001] named literally",
        "# execpolicy: ignore [EP-ARN-001] named literally",
        "# execpolicy: ignore(EP-ARN-001) named literally",
        "# execpolicy: ignore[EP-ARN-001 named literally",
        "# execpolicy: ignore[EP-ARN-001]] named literally",
        "# execpolicy: ignore[[EP-ARN-001]] named literally",
        "# execpolicy: ignore[EP-ARN-001]: named literally",
        "# execpolicy: ignore[EP-ARN-001]named literally",
        "# execpolicy: ignored[EP-ARN-001] named literally",
        "# execpolicy: ingore[EP-ARN-001] named literally",
        "# execpolicy: ignore-line[EP-ARN-001] named literally",
        "# execpolicy: ignore_file[EP-ARN-001] named literally",
        "# execpolicy-ignore EP-ARN-001",
        "# execpolicy ignore",
        "## execpolicy: ignore[EP-ARN-001] named literally",
        "# see below # execpolicy: ignore[EP-ARN-001] named literally",
        "# execpolcy: ignore[EP-ARN-001] named literally",
        "# noqa: EP-ARN-001",
        "# ignore EP-ARN-001",
        "# cfn-lint: disable=EP-ARN-001",
        "# execpolicy: see the wiki",
    ],
)
def test_a_comment_that_looks_like_an_ignore_is_reported(comment: str) -> None:
    text = policy(f"  {comment}")
    assert found(text) == [LINE_7, ("7:40", "EP-IGN-001"), LINE_8]
    (finding,) = (each for each in lint_text(text, "policy.yaml") if each.rule.id == "EP-IGN-001")
    assert finding.message == "this comment ignores nothing: an ignore is written in another way"
    assert finding.help.startswith("write # execpolicy: ignore[RULE] and the reason")
    assert underlined(finding) == comment


def underlined(finding: Finding) -> str:
    assert finding.source is not None
    assert finding.span is not None
    line = finding.source.line(finding.span.line)
    return line[finding.span.column - 1 : finding.span.end_column - 1]


@pytest.mark.parametrize(
    "comment",
    [
        "# execpolicy ignores routes without authorization",
        "# EP-ARN-001 is the rule for this",
        "# see docs/lint.md of execpolicy",
        "# ignore this",
        "# generated by execpolicy",
        "#",
    ],
)
def test_other_comments_are_not_reported(comment: str) -> None:
    assert found(policy(f"  {comment}")) == [LINE_7, LINE_8]


NO_REASON = "2: this ignore has no reason, so that it ignores nothing"
NO_NAME = "1: a name of a rule is missing between the brackets"
NOT_CHECKED = "cannot be ignored: it is about documents that do not load, which are not checked"
A_DAY = "expected a day and a colon after until"
#: The whole comment is underlined.
ALL = ""


@pytest.mark.parametrize(
    ("comment", "message", "marked"),
    [
        ("ignore[EP-ARN-001]", NO_REASON, ALL),
        ("ignore[EP-ARN-001] --", NO_REASON, ALL),
        ("ignore[EP-ARN-001] until 9999-12-31:", NO_REASON, ALL),
        ("ignore[EP-ARN-999] a reason", '3: there is no rule "EP-ARN-999"', "EP-ARN-999"),
        ("ignore[EP-ARN-001, path-param] a reason", '3: there is no rule "path-param"', "path-param"),
        ("ignore[EP-ARN] a reason", '3: "EP-ARN" names several rules', "EP-ARN"),
        ("ignore[ep] a reason", '3: "ep" names several rules', "ep"),
        ("ignore[*] a reason", '3: there is no rule "*"', "*"),
        ("ignore[EP-DOC-006] a reason", f"3: EP-DOC-006 {NOT_CHECKED}", "EP-DOC-006"),
        ("ignore[EP-IGN-001] a reason", "3: EP-IGN-001 cannot be ignored: it is about ignores", "EP-IGN-001"),
        ("ignore[] a reason", NO_NAME, ALL),
        ("ignore[EP-ARN-001,] a reason", NO_NAME, ALL),
        ("ignore[EP-ARN-001] until the move", f'1: found "until the move", {A_DAY}', "until the move"),
        ("ignore[EP-ARN-001] until 2999-02-29: a", f'1: found "until 2999-02-29: a", {A_DAY}', "until 2999-02-29: a"),
        ("ignore[EP-ARN-001] until 2999-01-01 a", f'1: found "until 2999-01-01 a", {A_DAY}', "until 2999-01-01 a"),
        ("ignore[EP-ARN-001] until 29990101: a", f'1: found "until 29990101: a", {A_DAY}', "until 29990101: a"),
        (
            "ignore[EP-ARN-001] until 2001-01-31: a",
            "4: the last day of this ignore of EP-ARN-001 was 2001-01-31",
            "2001-01-31",
        ),
    ],
)
def test_a_wrong_ignore_is_reported_and_ignores_nothing(comment: str, message: str, marked: str) -> None:
    findings = lint_text(policy(f"  # execpolicy: {comment}"), "policy.yaml", rules=[BRACES, *IGNORES])
    assert [finding.rule.id for finding in findings] == [BRACES, f"EP-IGN-00{message[0]}", BRACES]
    assert findings[1].message == message[3:]
    assert underlined(findings[1]) == (marked or f"# execpolicy: {comment}")
    assert findings[1].help


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_ignore_above_nothing_is_reported(end: str) -> None:
    text = (policy(f"\n{GOOD}\n") + GOOD).replace("\n", end)
    findings = lint_text(text, "policy.yaml", rules=[BRACES, "EP-IGN-001"])
    assert [each.rule.id for each in findings] == [BRACES, "EP-IGN-001", BRACES, "EP-IGN-001"]
    assert findings[1].message == findings[3].message == "this ignore is about an empty line"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_lines_are_those_of_yaml(end: str) -> None:
    text = policy(f"\n{GOOD}").replace("\n", end)
    assert [rule for _, rule in found(text)] == [BRACES]
    assert [rule for _, rule in found(policy().replace("\n", end))] == [BRACES, BRACES]


def test_the_last_day_belongs_to_the_ignore() -> None:
    text = policy("  # execpolicy: ignore[EP-ARN-001] until 2027-01-31: the route is replaced")
    checked = check_file(FileText(text, "policy.yaml"), rules=[BRACES])
    chosen = {BRACES, *IGNORES}
    on_time = judge([checked], chosen=chosen, day=date(2027, 1, 31), report_unused=True)
    late = judge([checked], chosen=chosen, day=date(2027, 2, 1), report_unused=True)
    assert [finding.rule.id for finding in on_time.shown] == [BRACES]
    assert [finding.rule.id for finding in late.shown] == [BRACES, "EP-IGN-004", BRACES]
    (suppressed,) = on_time.suppressed
    assert isinstance(suppressed, Suppressed)
    assert suppressed.ignore.reason == "the route is replaced"
    assert (suppressed.ignore.kind, suppressed.ignore.until) == (IgnoreKind.IN_SOURCE, date(2027, 1, 31))
    assert suppressed.finding == checked.findings[0]
    assert late.suppressed == ()


def test_unused_ignores_are_reported_if_that_is_asked_for() -> None:
    text = policy(f"  {GOOD.replace('EP-ARN-001', 'EP-ARN-001, EP-ARN-003, EP-ARN-004')}")
    assert found(text) == [LINE_8]
    # EP-ARN-004 is not checked here: whether it is found is not known.
    assert found(text, report_unused_ignores=True) == [("7:73", "EP-IGN-005"), LINE_8]
    again = policy(f"  {GOOD}\n{GOOD}")
    assert found(again, report_unused_ignores=True) == []
    twice = policy(f"\n{GOOD}\n{GOOD}")
    assert found(twice, report_unused_ignores=True) == [LINE_7, ("9:22", "EP-IGN-005")]


def test_ignores_in_a_document_that_does_not_load_are_not_unused() -> None:
    text = policy(f"  {GOOD}").replace("Allow", "allow")
    assert "EP-IGN-005" not in [rule for _, rule in found(text, report_unused_ignores=True)]


@pytest.mark.parametrize("rule", sorted(NEVER_IGNORED))
def test_load_errors_and_wrong_ignores_cannot_be_ignored(rule: str) -> None:
    assert rule.startswith(("EP-DOC-", "EP-IGN-"))
    (finding,) = comments_of(Source("a.yaml", f"a: b # execpolicy: ignore[{rule}] a reason")).findings
    assert finding.rule.id == "EP-IGN-003"


def test_a_finding_in_a_file_that_an_api_names_is_ignored_there(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(policy(f"  {GOOD}"), "utf-8")
    api = tmp_path / "orders.api.yaml"
    api.write_text(
        "schema: execpolicy/api/1\nid: a1b2c3\ntype: REST\nregion: eu-west-1\naccount: '111122223333'\n"
        "stages: [prod]\nroutes: {GET /orders/a: {auth: AWS_IAM}}\nresource_policy: policy.yaml\n",
        "utf-8",
    )
    assert [finding.place for finding in lint_file(api, rules=[BRACES])] == [f"{tmp_path / 'policy.yaml'}:8:33"]


@given(st.text(alphabet="#[]:, -EPARN01execpolicyignorefile\n'\"|\r\u2028", max_size=60))
def test_any_comment_is_read(text: str) -> None:
    for comment in (text, f"# execpolicy: ignore[{text}", f"# execpolicy: ignore[EP-ARN-001]{text}"):
        read = comments_of(Source("a.yaml", comment))
        assert all(finding.rule.family == "IGN" for finding in read.findings)
        assert not (read.ignores and "#" not in comment)


@pytest.mark.parametrize(
    "line",
    [
        f"a: b {GOOD}\n",
        f"{GOOD}\n",
        "# execpolicy: ignore[EP-ARN-001, EP-ARN-003] until 9999-12-31: a\n",
        "# ignore-ignore-ignore-EP-ARN-0 execpolicy: ignore\n",
        "# execpolicy          \n",
        "#execpolicy",
        "# execpolicy: ignore[" + "EP-ARN-001," * 20,
    ],
)
def test_the_work_grows_with_the_comments(line: str) -> None:
    def work(number: int) -> int:
        profile = Profile()
        profile.runcall(comments_of, Source("a.yaml", line * number))
        return sum(entry.callcount for entry in profile.getstats())

    work(1)
    assert work(400) <= 2.2 * work(200) + 1000
