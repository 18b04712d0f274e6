"""Loops of the transform AWS::LanguageExtensions (SRC-2)."""

from __future__ import annotations

import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.cloudformation.values import for_each
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from tests.loaders.cloudformation.stacks import plain, stacks

HEAD = """
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList}
Resources:
"""
LOOP = """
  Fn::ForEach::Roles:
    - Name
    - %s
    - Role${Name}:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !Ref Name
          Path: !Sub /${Name}/
          Other: x-${Name}-&{Name}-${Unknown}
"""


def roles(text: str, options: ReadOptions = NOTHING_GIVEN) -> dict[str, object]:
    (stack,) = stacks(text, options)
    return {name: plain(resource.properties) for name, resource in stack.resources.items()}


def errors(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicySyntaxError) as caught:
        stacks(text)
    return [(one.place.removeprefix("template.yaml:"), one.message) for one in caught.value.errors]


@pytest.mark.parametrize(
    ("items", "options"),
    [
        ("[a, b-c]", ReadOptions()),
        ("!Ref Names", ReadOptions(parameters={"Names": "a,b-c"})),
        ("[!Ref Names]", ReadOptions(parameters={"Names": "a, b-c"})),
        ("!Split [' ', 'a b-c']", ReadOptions()),
    ],
)
@pytest.mark.rule("SRC-2")
def test_a_loop_over_known_values(items: str, options: ReadOptions) -> None:
    text = (HEAD + LOOP % items).replace("Role${Name}", "Role&{Name}")
    assert roles(text, options) == {
        "Rolea": {"RoleName": "a", "Path": "/a/", "Other": "x-a-a-${Unknown}"},
        "Rolebc": {"RoleName": "b-c", "Path": "/b-c/", "Other": "x-b-c-bc-${Unknown}"},
    }


@pytest.mark.rule("SRC-2")
def test_a_loop_in_a_loop() -> None:
    text = (
        HEAD
        + """
  Fn::ForEach::A:
    - X
    - [p, q]
    - Fn::ForEach::B:
        - Y
        - [r, !Ref X]
        - Role${X}${Y}: {Type: AWS::IAM::Role, Properties: {RoleName: "${X}/${Y}"}}
"""
    )
    assert roles(text) == {
        "Rolepr": {"RoleName": "p/r"},
        "Rolepp": {"RoleName": "p/p"},
        "Roleqr": {"RoleName": "q/r"},
        "Roleqq": {"RoleName": "q/q"},
    }


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (LOOP % "!Ref Names", "9:7", "found a loop over values that are not known"),
        (LOOP % "[!ImportValue A]", "9:7", "found a loop over values that are not known"),
        (LOOP % "a", "9:7", "found a string as the values of a loop, expected a list"),
        (LOOP % "[a, a]", "10:7", 'found the name "Rolea" twice in one object'),
        (
            "  Fn::ForEach::A: [b, [c]]\n",
            "6:19",
            "found a list as Fn::ForEach::A, expected a list of an identifier, a list of values, and an object",
        ),
    ],
)
@pytest.mark.rule("SRC-2")
def test_loops_that_are_wrong(text: str, place: str, message: str) -> None:
    assert errors(HEAD + text)[0] == (place, message)


@pytest.mark.rule("SRC-2")
def test_a_loop_that_makes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_each, "MAX_VALUES", 5_000)  # the limit itself takes seconds to reach
    inner = '{"A${X1}${X2}${X3}${X4}${X5}": 1}'
    for level in range(1, 6):
        inner = f'{{"Fn::ForEach::L{level}": [X{level}, [a, b, c, d, e, f, g, h], {inner}]}}'
    found = errors(HEAD + f"  Api: {{Type: AWS::IAM::Role, Properties: {inner}}}\n")
    assert found[-1][1] == "found loops that make more than 5000 values"


@pytest.mark.parametrize("body", ["{Path: %s}", "{%s: x}"])
@pytest.mark.rule("SRC-2")
def test_a_loop_that_makes_a_long_text(body: str) -> None:
    loop = f"  Fn::ForEach::A: [B, [{'a' * 1000}], {{Api: {body % (chr(39) + '${B}' * 100 + chr(39))}}}]\n"
    message = "found a loop that makes a text of more than 65536 characters"
    column = loop.index("'${B}") + 1
    assert (f"6:{column}", message) in errors(HEAD + loop)


@pytest.mark.rule("SRC-2")
def test_the_texts_of_a_loop_count_by_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(for_each, "MAX_VALUES", 5_000)
    items = ", ".join(f"a{number}" for number in range(200))
    loop = f"  Fn::ForEach::A: [B, [{items}], {{'Api${{B}}': {{Type: '{'x' * 3000}'}}}}]\n"
    assert [one for _, one in errors(HEAD + loop)][-1] == "found loops that make more than 5000 values"
