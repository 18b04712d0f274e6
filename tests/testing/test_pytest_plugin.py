"""The pytest plugin on projects of its own: what is collected, what a failure says and where, what is left alone."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from tests.testing.pytest_runs import CASES, installed, project
from tests.testing.test_invariant_cases import HEAD, PROVEN, REFUTED, sentences

NAMES = [
    "Ann reads orders",
    "Ann removes none",
    "a call without a signature",
    "a token twice",
    "Ann reads orders (48:5)",
]


@pytest.fixture(autouse=True)
def _installed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path_factory.mktemp("site"), monkeypatch)


def text_of(run: pytest.RunResult) -> str:
    return run.stdout.str()


# What is collected


@pytest.mark.parametrize("ending", ["yaml", "yml"])
def test_each_case_is_a_test(pytester: pytest.Pytester, ending: str) -> None:
    project(pytester, name=f"orders.execpolicy.{ending}")
    collected = pytester.runpytest("--collect-only", "-q")
    assert collected.outlines[: len(NAMES)] == [f"orders.execpolicy.{ending}::{name}" for name in NAMES]
    pytester.runpytest().assert_outcomes(passed=len(NAMES))


def test_a_json_file_is_collected_too(pytester: pytest.Pytester) -> None:
    case = {"name": "nobody", "caller": "anonymous", "resource": "arn:aws:execute-api:eu-west-1:111122223333:a/p/GET/x"}
    file = {"schema": "execpolicy/cases/1", "title": "Nobody", "cases": [{**case, "expect": "implicit_deny"}]}
    (pytester.path / "nobody.execpolicy.json").write_text(json.dumps(file), "utf-8")
    (pytester.path / "nobody.json").write_text(json.dumps(file), "utf-8")
    (pytester.path / "execpolicy.json").write_text("{}", "utf-8")
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("args", "passed"),
    [
        (["-k", "removes"], 1),
        (["-k", "EVL-11"], 1),
        (["-k", "EVL-1 or EVL-4"], 2),
        (["-m", "execpolicy"], 5),
        (["-m", "not execpolicy"], 0),
        (["orders.execpolicy.yaml::a token twice"], 1),
        (["--strict-markers", "--strict-config"], 5),
    ],
)
def test_cases_are_chosen_as_tests_are(pytester: pytest.Pytester, args: list[str], passed: int) -> None:
    project(pytester)
    pytester.runpytest(*args).assert_outcomes(passed=passed, deselected=5 - passed if "::" not in args[0] else 0)


def test_a_case_stands_where_it_is_written(pytester: pytest.Pytester) -> None:
    path = project(pytester)
    items, _ = pytester.inline_genitems(path)
    lines = CASES.splitlines()
    assert [item.reportinfo()[2] for item in items] == NAMES
    for item, name in zip(items, NAMES[:-1], strict=False):
        file, line, _ = item.reportinfo()
        assert file == path
        assert line is not None
        assert lines[line].strip() == f"- name: {name}"


def test_a_cell_of_a_matrix_is_a_test(pytester: pytest.Pytester) -> None:
    project(pytester)
    matrix = (
        "  - name: reading\n    callers: [ann, anonymous]\n    requests: [GET /orders]\n"
        "    expect: {ann: allow, anonymous: 403}\ndocuments:"
    )
    path = pytester.path / "orders.execpolicy.yaml"
    path.write_text(CASES.replace("documents:", matrix), "utf-8")
    pytester.runpytest("orders.execpolicy.yaml::reading [ann \N{MULTIPLICATION SIGN} GET /orders]").assert_outcomes(
        passed=1
    )
    pytester.runpytest("-k", "reading").assert_outcomes(passed=2, deselected=5)


def test_each_invariant_is_a_test(pytester: pytest.Pytester) -> None:
    (pytester.path / "orders.execpolicy.yaml").write_text(sentences(HEAD, PROVEN, REFUTED), "utf-8")
    items, _ = pytester.inline_genitems(pytester.path / "orders.execpolicy.yaml")
    assert [item.name for item in items] == [PROVEN, REFUTED]
    run = pytester.runpytest("--execpolicy-coverage", "-rf")
    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines(
        [
            f"orders.execpolicy.yaml:23:5: {REFUTED}: failed",
            "  expected: proven",
            "  found:    refuted by GET /orders on prod by arn:aws:sts::444455556666:assumed-role/Reader/*",
            "  The counterexample as a case, which passes until the policies are changed:",
            f'  - name: "counterexample: {REFUTED}"',
            "    expect: allow",
            f"FAILED orders.execpolicy.yaml::{REFUTED} - expec*",
        ]
    )
    pytester.runpytest(f"orders.execpolicy.yaml::{PROVEN}").assert_outcomes(passed=1)
    pytester.runpytest("-k", "nobody").assert_outcomes(passed=1, deselected=1)


def test_workers_prove_invariants(pytester: pytest.Pytester) -> None:
    (pytester.path / "orders.execpolicy.yaml").write_text(sentences(HEAD, PROVEN, REFUTED), "utf-8")
    run = pytester.runpytest_subprocess("-n2")
    run.assert_outcomes(passed=1, failed=1)
    run.stdout.fnmatch_lines([f'  - name: "counterexample: {REFUTED}"'])


# What a failure says


def test_a_failure_is_the_explanation_with_the_lines_of_the_policy(pytester: pytest.Pytester) -> None:
    project(pytester, red=True)
    run = pytester.runpytest()
    run.assert_outcomes(passed=1, failed=4)
    run.stdout.fnmatch_lines(
        [
            "*_ Ann removes none _*",
            "orders.execpolicy.yaml:26:5: Ann removes none [[]EVL-1, EVL-11[]]: failed",
            "  expected: allow",
            "  found:    explicit_deny",
            "  why:      removing is for managers",
            "",
            "  DENY (explicit): a Deny applies in the identity-based policy",
            "  reads.json:10:5: Deny RemoveNothing applies",
            '    14 | "Resource": *',
            "*_ a call without a signature _*",
            "orders.execpolicy.yaml:32:5: a call without a signature: failed",
            "  expected: 200",
            "  found:    403",
            "  DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)",
            "*_ a token twice _*",
            "orders.execpolicy.yaml:35:5: a token twice: failed",
            "  orders.execpolicy.yaml:37:9: call 1: passed",
            "  orders.execpolicy.yaml:42:9: call 2: failed",
            "    expected: 401",
            "    found:    500",
            "    5c. authorizer: refused: the function failed with *a bug*",
            "*_ Ann reads orders (48:5) _*",
            "orders.execpolicy.yaml:48:5: Ann reads orders: failed",
            "  expected: loads",
        ]
    )
    assert "Traceback" not in text_of(run)
    assert "run_item" not in text_of(run)


def test_the_summary_says_what_was_expected(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    project(pytester, red=True)
    pytester.runpytest("-k", "removes").stdout.fnmatch_lines(
        ["FAILED orders.execpolicy.yaml::Ann removes none - expected allow, found explicit_deny"]
    )


def test_a_failure_in_one_line(pytester: pytest.Pytester) -> None:
    path = project(pytester, red=True)
    pytester.runpytest("-k", "removes", "--tb=line").stdout.fnmatch_lines(
        [f"{path}:26: expected allow, found explicit_deny"]
    )


def test_a_report_for_other_programs(pytester: pytest.Pytester) -> None:
    project(pytester, red=True)
    pytester.runpytest("--junitxml=report.xml")
    cases = {case.get("name"): case for case in ET.parse(pytester.path / "report.xml").iter("testcase")}
    assert list(cases) == NAMES
    failure = cases["Ann removes none"].find("failure")
    assert failure is not None
    assert failure.get("message") == "expected allow, found explicit_deny"
    assert "reads.json:10:5: Deny RemoveNothing applies" in (failure.text or "")


def test_an_error_of_the_library_is_shown_as_one(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(case: object) -> None:
        raise RuntimeError("not a failure of the case")

    project(pytester)
    monkeypatch.setattr("execpolicy.testing.pytest_items.run_item", broken)
    run = pytester.runpytest("-k", "removes")
    run.assert_outcomes(failed=1, deselected=4)
    run.stdout.fnmatch_lines(["E*RuntimeError: not a failure of the case"])


def test_a_file_with_mistakes_is_an_error_with_their_places(pytester: pytest.Pytester) -> None:
    path = project(pytester)
    path.write_text(CASES.replace("expect: allow", "expect: alow").replace("sid:", "sids:"), "utf-8")
    run = pytester.runpytest()
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(
        [
            "*_ ERROR collecting orders.execpolicy.yaml _*",
            'orders.execpolicy.yaml:24:13: found "alow" as expect, expected *',
            "  24 |     expect: alow",
            "     |             ^^^^",
            '  did you mean "allow"?',
            'orders.execpolicy.yaml:25:5: found "sids", which is not a field of a case',
        ]
    )
    assert "Traceback" not in text_of(run)
    assert "pytest_items.py" not in text_of(run)


def test_a_mistake_in_a_policy_has_its_place_there(pytester: pytest.Pytester) -> None:
    project(pytester)
    policy = pytester.path / "reads.json"
    policy.write_text(policy.read_text("utf-8").replace('"Deny"', '"deny"'), "utf-8")
    run = pytester.runpytest()
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["reads.json:12:17: *", '  12 |       "Effect": "deny",', "     |                 ^^^^^^"])
    assert "Traceback" not in text_of(run)


def test_a_text_that_is_no_yaml(pytester: pytest.Pytester) -> None:
    project(pytester).write_text("schema: [", "utf-8")
    run = pytester.runpytest()
    run.assert_outcomes(errors=1)
    run.stdout.fnmatch_lines(["orders.execpolicy.yaml:*: found text that is not YAML: *"])


# The fixture

A_TEST = """
ANN = "arn:aws:iam::111122223333:user/Ann"
ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/{}/orders"

def test_orders(execpolicy):
    ann = execpolicy.acting_as(ANN).policies(identity="reads.json")
    ann.request(ORDERS.format("GET")).assert_allowed(by="ReadOrders")
    ann.request(ORDERS.format("DELETE")).assert_denied("explicit", by="RemoveNothing")
"""


def test_the_fixture_is_a_scenario(pytester: pytest.Pytester) -> None:
    project(pytester)
    pytester.makepyfile(A_TEST)
    pytester.runpytest("-m", "not execpolicy").assert_outcomes(passed=1, deselected=5)


def test_files_are_found_beside_the_test_then_at_the_root(pytester: pytest.Pytester) -> None:
    project(pytester)
    pytester.makeini("[pytest]")
    inner = pytester.mkdir("tests") / "test_orders.py"
    inner.write_text(A_TEST, "utf-8")
    pytester.runpytest(inner).assert_outcomes(passed=1)
    beside = (pytester.path / "reads.json").read_text("utf-8").replace("ReadOrders", "Beside")
    (inner.parent / "reads.json").write_text(beside, "utf-8")
    run = pytester.runpytest(inner)
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines(['E*no policy that was evaluated has a statement "ReadOrders"*'])


def test_a_failed_assertion_shows_the_test_and_the_explanation(pytester: pytest.Pytester) -> None:
    project(pytester)
    pytester.makepyfile(A_TEST.replace('"explicit"', '"implicit"'))
    run = pytester.runpytest("-m", "not execpolicy")
    run.stdout.fnmatch_lines(
        [
            '>*ann.request(ORDERS.format("DELETE")).assert_denied("implicit", by="RemoveNothing")',
            'E*AssertionError: expected an implicit denial by "RemoveNothing", found explicit_deny',
            "E*DENY (explicit): a Deny applies in the identity-based policy",
            "E*reads.json:10:5: Deny RemoveNothing applies",
            'E*14 | "Resource": *',
            "test_*.py:7: AssertionError",
        ]
    )
    assert "assertions.py" not in text_of(run)
    assert "scenario.py" not in text_of(run)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ('execpolicy.api("none.yaml")', 'ExecPolicyError: cannot find the file "none.yaml": *'),
        ('execpolicy.acting_as("nobody")', 'RequestError: <principal>:1:1: found "nobody", expected an AWS principal'),
        ('execpolicy.with_context({"aws:SourceIp": "x"})', "RequestError: <context aws:SourceIp>:1:1: *"),
        (
            'execpolicy.policies(identity={"Statement": [{"Effect": "allow"}]})',
            "PolicySyntaxError: <identity policy>: Statement*",
        ),
        ("execpolicy.with_headers(5)", "UsageError: headers is a mapping, found 5, an int"),
        ('execpolicy.get("/")', "UsageError: a call needs an API, and none is given"),
        (
            'execpolicy.acting_as("arn:aws:iam::111122223333:user/a").request("arn:aws:sqs:eu-west-1:111122223333:q").assert_denied("no")',
            "UsageError: kind is explicit, implicit or no_route, *",
        ),
        (
            'bool(execpolicy.acting_as("arn:aws:iam::111122223333:user/a").request("arn:aws:sqs:eu-west-1:111122223333:q"))',
            "UsageError: a Checked is neither true nor false",
        ),
    ],
)
def test_wrong_input_is_one_error_at_the_line_of_the_test(pytester: pytest.Pytester, wrong: str, error: str) -> None:
    pytester.makepyfile(f"def test_orders(execpolicy):\n    {wrong}\n")
    run = pytester.runpytest()
    run.assert_outcomes(failed=1)
    run.stdout.fnmatch_lines([f">*{wrong.partition('[')[0]}*", f"E*execpolicy.errors.{error}", "test_*.py:2: *Error"])
    # No file of the library, and no error that another one was raised from.
    assert len(re.findall(r"\.py:[0-9]+", text_of(run))) == 1
    assert "direct cause" not in text_of(run)
    assert "During handling" not in text_of(run)


def test_the_options_stand_under_one_heading(pytester: pytest.Pytester) -> None:
    lines = pytester.runpytest("--help").outlines
    options = [number for number, line in enumerate(lines) if line.startswith("  --execpolicy-")]
    headings = [line for line in lines[: options[-1]] if line and not line.startswith(" ")]
    assert len(options) == 4
    assert headings[-1] == "execpolicy: tests of AWS policies:"
    assert headings == [line for line in lines[: options[0]] if line and not line.startswith(" ")]


# Comparisons

COMPARISONS = """
from execpolicy import Api, Caller, Outcome, Policy, Request, Route, authorize

READS = Policy.load("reads.json", kind="identity")

def decided(method):
    ann = Caller("arn:aws:iam::111122223333:user/Ann", identity=READS)
    arn = f"arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/{method}/orders"
    return authorize(Request(caller=ann, action="execute-api:Invoke", resource=arn))

def answered():
    return Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
        routes=[Route("GET", "/orders", auth="AWS_IAM")]).invoke("GET", "/orders")

"""


def compared(pytester: pytest.Pytester, body: str) -> list[str]:
    """What pytest says of an assertion that fails, without its margin."""
    project(pytester)
    pytester.makepyfile(COMPARISONS + f"def test_it():\n    {body}\n")
    run = pytester.runpytest("-m", "not execpolicy", "-vv")
    run.assert_outcomes(failed=1, deselected=5)
    return [line[1:].strip() for line in run.outlines if line.startswith("E ")]


@pytest.mark.parametrize(
    "body",
    [
        "decision = decided('DELETE'); assert decision.outcome == Outcome.ALLOW",
        "decision = decided('DELETE'); other = decided('GET'); assert decision.outcome == other.outcome",
        "assert decided('DELETE').outcome == Outcome.ALLOW",
        "a, b = decided('DELETE'), decided('DELETE'); assert decided('DELETE').outcome is Outcome.ALLOW",
        "assert Outcome.ALLOW == decided('DELETE').outcome",
        "assert decided('DELETE').outcome in (Outcome.ALLOW, Outcome.IMPLICIT_DENY)",
    ],
)
def test_an_outcome_that_is_compared_is_explained(pytester: pytest.Pytester, body: str) -> None:
    lines = compared(pytester, body)
    assert "Outcome.EXPLICIT_DENY" in lines[0]
    assert "DENY (explicit): a Deny applies in the identity-based policy" in lines
    assert "reads.json:10:5: Deny RemoveNothing applies" in lines
    assert any(line.startswith('14 | "Resource": ') for line in lines)


@pytest.mark.parametrize(
    "body",
    [
        "a, b = decided('DELETE'), decided('DELETE'); assert a.outcome == Outcome.ALLOW",
        "outcome = decided('DELETE').outcome; assert outcome == Outcome.ALLOW",
    ],
)
def test_an_outcome_of_nobody_knows_which_decision_is_compared_as_ever(pytester: pytest.Pytester, body: str) -> None:
    lines = compared(pytester, body)
    assert "<Outcome.EXPLICIT_DENY: 'explicit_deny'> == <Outcome.ALLOW: 'allow'>" in lines[0]
    assert not any("a Deny applies" in line for line in lines)


def test_two_decisions(pytester: pytest.Pytester) -> None:
    lines = compared(pytester, "assert decided('DELETE') == decided('GET')")
    assert lines[0].startswith(
        "assert <Decision explicit_deny: User: arn:aws:iam::111122223333:us… == <Decision allow: "
    )
    assert "outcome: explicit_deny and allow" in lines
    assert (
        "resource: 'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/DELETE/orders' and "
        "'arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders'"
    ) in lines
    left, right = lines.index("left:"), lines.index("right:")
    assert "reads.json:10:5: Deny RemoveNothing applies" in lines[left:right]
    assert "reads.json:4:5: Allow ReadOrders applies" in lines[right:]


def test_two_decisions_on_other_callers_and_policies(pytester: pytest.Pytester) -> None:
    body = (
        "from execpolicy import Target; d = decided('GET'); closed = Policy.parse({'Statement': {'Effect': 'Deny', "
        "'Principal': '*', 'Action': '*', 'Resource': '*'}}, kind='resource'); "
        "assert d == authorize(Request(caller='arn:aws:iam::111122223333:user/Bob', action=d.request.action, "
        "resource=d.request.resource), Target(resource=closed))"
    )
    lines = compared(pytester, body)
    ann, bob = "arn:aws:iam::111122223333:user/Ann", "arn:aws:iam::111122223333:user/Bob"
    assert f"caller: {ann}, with its policies and {bob}, with its policies" in lines
    assert "the policies on the resource's side differ" in lines


@pytest.mark.parametrize(
    ("body", "advice", "headline"),
    [
        (
            "assert decided('GET') == Outcome.IMPLICIT_DENY",
            "a Decision is equal only to another one: compare decision.outcome",
            "ALLOW: the identity-based policy allows it",
        ),
        (
            "assert answered() == 200",
            "a GatewayResponse is equal only to another one: compare response.status",
            "DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)",
        ),
        (
            "from execpolicy.testing.scenario import Scenario; "
            "assert Scenario().acting_as('anonymous').request('arn:aws:s3:::b') == 'allow'",
            "a Checked is equal only to another one: compare decision.outcome",
            "DENY (implicit): no resource-based policy allows execute-api:Invoke",
        ),
    ],
)
def test_what_cannot_be_equal_is_told_and_explained(
    pytester: pytest.Pytester, body: str, advice: str, headline: str
) -> None:
    lines = compared(pytester, body)
    assert advice in lines
    assert headline in lines


def test_two_answers(pytester: pytest.Pytester) -> None:
    lines = compared(pytester, "assert answered() != answered()")
    assert lines.count("DENY: 403 MISSING_AUTHENTICATION_TOKEN, at gate 5b (signature)") == 2


def test_what_is_compared_may_be_anything(pytester: pytest.Pytester) -> None:
    odd = "Odd = type('Odd', (), {'__module__': None, '__repr__': lambda self: 1 / 0})"
    assert compared(pytester, f"{odd}; assert Odd() == 1")[0].startswith("AssertionError: assert <[Zero")
    (pytester.path / "test_what_is_compared_may_be_anything.py").unlink()
    lines = compared(pytester, f"{odd}; assert decided('GET') == Odd()")
    assert lines[0].startswith("assert <Decision allow: ")
    assert "<Odd instance at 0x" in lines[0]


def test_other_comparisons_are_left_to_pytest(pytester: pytest.Pytester) -> None:
    assert compared(pytester, "assert decided('GET').allowed == 1 - 1") == [
        "AssertionError: assert True == (1 - 1)",
        "+  where True = <Decision allow: User: arn:aws:iam::111122223333:user/Ann is authorized to perform: "
        "execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders>.allowed",
        "+    where <Decision allow: User: arn:aws:iam::111122223333:user/Ann is authorized to perform: "
        "execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders> = "
        "decided('GET')",
    ]


# Projects that do not use it

LOADED = """
import sys

def pytest_unconfigure(config):
    print("plugin:", "execpolicy.testing.pytest_plugin" in sys.modules)
    print("loaded:", sorted(name for name in sys.modules if name.split(".")[0] in ("execpolicy", "yaml", "dateutil")))
"""


def test_a_project_without_cases_does_not_load_the_library(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_nothing():\n    assert 1 + 1 == 2\n\ndef test_red():\n    assert [1] == [2]")
    run = pytester.runpytest_subprocess("-p", "no:hypothesispytest", "-p", "no:xdist")
    run.assert_outcomes(passed=1, failed=1)
    (line,) = [line for line in run.outlines if line.startswith("loaded: ")]
    loaded = json.loads(line.removeprefix("loaded: ").replace("'", '"'))
    assert "plugin: True" in run.outlines
    assert {name for name in loaded if not name.startswith("execpolicy.")} == {"execpolicy"}
    packages = {name.split(".")[1] for name in loaded if "." in name}
    assert packages.isdisjoint({"document", "language", "engine", "gateway", "render"})
    assert {name.removeprefix("execpolicy.testing.") for name in loaded if name.startswith("execpolicy.testing.")} == {
        *("case_file", "case_file.endings"),
        *("coverage_options", "pytest_plugin"),
    }


def test_without_the_plugin_nothing_is_there(pytester: pytest.Pytester) -> None:
    project(pytester)
    pytester.makeconftest(LOADED)
    pytester.makepyfile("def test_fixture(execpolicy):\n    pass\n\ndef test_nothing():\n    pass")
    run = pytester.runpytest_subprocess("-p", "no:execpolicy")
    run.assert_outcomes(passed=1, errors=1)
    run.stdout.fnmatch_lines(["*fixture 'execpolicy' not found", "plugin: False"])


# Several processes


@pytest.mark.parametrize("args", [["-n2"], ["-n2", "--dist=loadfile"]])
def test_workers_collect_the_same(pytester: pytest.Pytester, args: list[str]) -> None:
    project(pytester, red=True)
    pytester.makepyfile(A_TEST)
    run = pytester.runpytest_subprocess(*args)
    run.assert_outcomes(passed=2, failed=4)
    run.stdout.fnmatch_lines(["  reads.json:10:5: Deny RemoveNothing applies"])
    run.stdout.fnmatch_lines(["FAILED orders.execpolicy.yaml::Ann removes none - expected*"])
