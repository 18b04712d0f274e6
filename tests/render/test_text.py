"""A decision as text: the answer, or every line of its explanation, with excerpts of the policies."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Caller, Context, Decision, Policy, Request, Target, authorize
from execpolicy.literals import PolicyKindName
from execpolicy.render.colour import PLAIN, STYLES, coloured
from execpolicy.render.json import to_json
from execpolicy.render.styled_line import styled_line
from execpolicy.render.text import decision_lines, full_decision_lines, to_text

ROOT = Path(__file__).parents[2]
ANN = "arn:aws:iam::111122223333:user/Ann"
API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"

ALLOW = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{API}/*"}
ONLY_OFFICE = {
    "Sid": "OnlyOffice",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "execute-api:Invoke",
    "Resource": "execute-api:/*",
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}, "Bool": {"aws:SecureTransport": "true"}},
}


def policy(kind: PolicyKindName, *statements: Mapping[str, Any], name: str, indent: int | None = 1) -> Policy:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return Policy.parse(json.dumps(document, indent=indent), kind=kind, name=name)


def decided(
    *identity: Policy, resource: Policy | None = None, context: Context | None = None, path: str = "prod/GET/pets"
) -> Decision:
    request = Request(
        caller=Caller(ANN, identity=identity), action="execute-api:Invoke", resource=f"{API}/{path}", context=context
    )
    return authorize(request, Target(resource=resource))


def full_text(decision: Decision, *, width: int | None = None) -> str:
    return "".join(f"{line.text}\n" for line in full_decision_lines(decision, width=width))


@pytest.fixture
def denied() -> Decision:
    resource = policy("resource", {**ALLOW, "Principal": "*"}, ONLY_OFFICE, name="resource.json")
    return decided(policy("identity", ALLOW, name="identity.json"), resource=resource)


ANSWER = """\
DENY (explicit): a Deny applies in the resource-based policy
  GET /pets · a1b2c3/prod · user/Ann

resource.json:10:3: Deny OnlyOffice applies
  18 | "aws:SourceVpce": "vpce-1"
     | ^^^^^^^^^^^^^^^^^^^^^^^^^^
  aws:SourceVpce is absent, so StringNotEquals holds: the call did not come
      through a VPC endpoint
  Bool aws:SecureTransport holds: the request has `true`

without it    allowed by identity.json:4:3: Allow statement 0
              and resource.json:4:3: Allow statement 0
allowed with  aws:SourceVpce=vpce-1
AWS answers   User: arn:aws:iam::111122223333:user/Ann is not authorized to
              perform: execute-api:Invoke on resource:
              arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets
              with an explicit deny in a resource-based policy
"""


def test_the_answer_comes_first_with_the_line_that_decides(denied: Decision) -> None:
    assert to_text(denied, width=80) == ANSWER


@pytest.mark.parametrize("width", [60, 70, 79])
def test_an_arn_that_has_no_room_beside_the_labels_stands_under_them(denied: Decision, width: int) -> None:
    line = next(line for line in to_text(denied, width=width).splitlines() if f"{API}/prod/GET/pets" in line)
    assert len(line) - len(line.lstrip()) == (14 if width > 76 else 4)


def test_a_determining_statement_has_an_excerpt(denied: Decision) -> None:
    text = full_text(denied)
    assert (
        "  resource.json:10:3: Deny OnlyOffice applies\n"
        "    10 |   {\n"
        '    11 |    "Sid": "OnlyOffice",\n'
        '    12 |    "Effect": "Deny",\n'
        '    13 |    "Principal": "*",\n'
        '    14 |    "Action": "execute-api:Invoke",\n'
        '    15 |    "Resource": "execute-api:/*",\n'
        '    16 |    "Condition": {\n'
        '    17 |     "StringNotEquals": {\n'
        '    18 |      "aws:SourceVpce": "vpce-1"\n'
        "       |      ^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "    19 |     },\n"
    ) in text
    assert "identity.json:4:3: Allow statement 0 applies\n\n" in text
    assert text.count(" | {") == 0


def test_blank_lines_separate_the_layers(denied: Decision) -> None:
    blocks = full_text(denied).split("\n\n")
    assert [block.split("\n")[0] for block in blocks] == [
        "DENY (explicit): a Deny applies in the resource-based policy",
        "resource-based policy: denies",
        "identity-based policy: allows",
        "missing context keys that affected the outcome: aws:SourceVpce",
    ]


def test_the_text_has_every_line_of_the_explanation(denied: Decision) -> None:
    lines = full_text(denied).splitlines()
    assert [line for line in str(denied.explain().full()).splitlines() if line not in lines] == []
    lines = to_text(denied).splitlines()
    assert [line for line in str(denied.explain()).splitlines() if line not in lines] == []


def test_an_allow_shows_the_statements_that_allow() -> None:
    decision = decided(policy("identity", ALLOW, name="identity.json"))
    assert '    6 |    "Action": "execute-api:Invoke",\n' in full_text(decision)
    assert "^" not in full_text(decision)
    assert to_text(decision) == (
        "ALLOW: the identity-based policy allows it\n"
        "  execute-api:Invoke GET /pets · a1b2c3/prod · user/Ann\n\n"
        "identity.json:4:3: Allow statement 0 applies\n"
        f'  7 | "Resource": "{API}/*"\n'
        f"    | {'^' * 65}\n"
    )


def test_the_excerpt_of_a_statement_that_may_apply_marks_the_unknown_key() -> None:
    asks = {**ALLOW, "Condition": {"StringEquals": {"aws:UserAgent": "shop"}}}
    decision = decided(policy("identity", asks, name="identity.json"), context=Context(complete=False))
    assert '    10 |      "aws:UserAgent": "shop"\n       |      ^^^^^^^^^^^^^^^^^^^^^^^\n' in full_text(decision)
    assert '  10 | "aws:UserAgent": "shop"\n     | ^^^^^^^^^^^^^^^^^^^^^^^\n' in to_text(decision)


def test_a_policy_in_one_line_is_cut_around_the_statement() -> None:
    resource = policy("resource", *[{**ALLOW, "Principal": "*"}] * 9, ONLY_OFFICE, name="r.json", indent=None)
    text = to_text(decided(resource=resource), width=100)
    caret = next(line for line in text.splitlines() if "^" in line)
    above = text.splitlines()[text.splitlines().index(caret) - 1]
    assert above[caret.index("^") : caret.rindex("^") + 1] == '"aws:SourceVpce": "vpce-1"'
    assert len(above) <= 100


def test_a_policy_of_python_objects_has_no_excerpt() -> None:
    reads = Policy.parse({"Statement": ALLOW}, kind="identity", name="reads")
    text = to_text(decided(reads))
    assert "reads: Statement[0]: Allow statement 0 applies\n" in text
    assert "|" not in text + full_text(decided(reads))


def test_two_policies_with_one_name_have_their_own_excerpts() -> None:
    one = policy("identity", {**ALLOW, "Sid": "One"}, name="same")
    two = policy("identity", {**ALLOW, "Sid": "Two"}, name="same")
    text = full_text(decided(one, two))
    assert text.index('"Sid": "One"') < text.index("Allow Two applies") < text.index('"Sid": "Two"')


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_lines_are_wrapped_and_arns_are_not_broken(denied: Decision, width: int) -> None:
    text = full_text(denied, width=width)
    assert [line for line in text.splitlines() if len(line) > width and API not in line and "|" not in line] == []
    assert f"{API}/prod/GET/pets" in text
    joined = " ".join(text.split())
    assert denied.message in joined


def test_wrapped_lines_have_a_hanging_indent(denied: Decision) -> None:
    _, first, second, *_ = full_text(denied, width=60).splitlines()
    assert first.startswith("  User: ")
    assert second.startswith("      ")


def test_without_a_width_no_line_is_broken(denied: Decision) -> None:
    assert f"  {denied.message}\n" in full_text(denied)
    assert f"AWS answers   {denied.message}\n" in to_text(denied)


def test_control_characters_are_escaped_in_the_text() -> None:
    escape = "\x1b[2J\r\u202e"
    odd = policy("identity", {**ALLOW, "Sid": f"a{escape}", "Resource": f"{API}/{escape}*"}, name=f"n{escape}")
    decision = decided(odd, path=f"{escape}x", context=Context({f"x:{escape}": escape}, allow_unknown=[f"x:{escape}"]))
    text = to_text(decision) + full_text(decision)
    assert text.startswith("ALLOW")
    assert [char for char in text if not char.isprintable() and char != "\n"] == []


def test_each_part_of_a_line_has_its_colour(denied: Decision) -> None:
    text = coloured(decision_lines(denied))
    assert text.startswith("\x1b[1;31mDENY (explicit): a Deny applies in the resource-based policy\x1b[0m\n")
    assert "\x1b[1;35m^^^^^^^^^^^^^^^^^^^^^^^^^^\x1b[0m\n" in text
    assert "\x1b[1mallowed with  \x1b[0m\x1b[36maws:SourceVpce=vpce-1\x1b[0m\n" in text


def test_a_style_without_a_colour_is_plain() -> None:
    assert coloured([styled_line(("source", "{"), ("gutter", "| ")), styled_line()]) == "{\x1b[2m| \x1b[0m\n\n"


def test_every_style_of_an_explanation_is_known(denied: Decision) -> None:
    lines = (*decision_lines(denied), *full_decision_lines(denied))
    used = {part.style for line in lines for part in line.parts}
    assert used <= STYLES.keys() | PLAIN


def styles_in(path: Path) -> Iterator[str]:
    """The styles that a module names: in outline lines, in parts of lines, and in its tables of styles."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in ("OutlineLine", "StyledText"):
                given = node.args[1:2] if node.func.id == "OutlineLine" else node.args[:1]
            elif node.func.id == "styled_line":
                given = [each.elts[0] for each in node.args if isinstance(each, ast.Tuple)]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            is_table = any(isinstance(each, ast.Name) and each.id.endswith("_STYLES") for each in node.targets)
            given = node.value.values if is_table else []
        yield from (each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str))


def test_every_style_in_the_source_is_known() -> None:
    used = {style for path in (ROOT / "src").rglob("*.py") for style in styles_in(path)}
    assert {"error", "missing", "caret"} <= used
    assert used <= STYLES.keys() | PLAIN


def test_json_is_the_decision_as_data(denied: Decision) -> None:
    text = to_json(denied)
    assert json.loads(text) == denied.to_dict()
    assert text.startswith('{\n  "schema_version": 1,\n  "outcome": "explicit_deny",\n')
    assert text.endswith("\n}\n")


def test_json_is_ascii() -> None:
    odd = policy("identity", {**ALLOW, "Sid": "\x7f\u0085é😀"}, name="\udcff")
    text = to_json(decided(odd))
    assert text.isascii()
    assert json.loads(text)["layers"][0]["policies"][0]["name"] == "\udcff"
