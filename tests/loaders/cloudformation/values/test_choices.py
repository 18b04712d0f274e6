"""Assumptions about what is not known: which readings a template has (SRC-5)."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy.document.syntax.nodes import Node
from execpolicy.errors import UsageError
from execpolicy.loaders.cloudformation.values.conditions import Conditions
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.cloudformation.stacks import values

LITERALS = ("a", "b", "c")
#: A value that no condition of a test names.
OTHER = "something else"
ALLOWED = {"P": (), "Q": ("a", "b"), "R": ("a", "b", "c"), "S": ()}

_NAMES = st.sampled_from(sorted(ALLOWED))
_ATOMS = st.tuples(st.just("equals"), _NAMES, st.sampled_from(LITERALS))
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.tuples(st.just("not"), inner) | st.tuples(st.sampled_from(("and", "or")), inner, inner),
    max_leaves=4,
)


def written(condition: Any) -> str:
    match condition:
        case ("equals", name, literal):
            return f"!Equals [!Ref {name}, {literal}]"
        case ("not", inner):
            return f"!Not [{written(inner)}]"
        case (which, first, second):
            name = "And" if which == "and" else "Or"
            return f"!{name} [{written(first)}, {written(second)}]"
    raise AssertionError(condition)


def holds(condition: Any, chosen: dict[str, str]) -> bool:
    """The meaning of a condition, without the code under test."""
    match condition:
        case ("equals", str(name), literal):
            return chosen[name] == str(literal)
        case ("not", inner):
            return not holds(inner, chosen)
        case ("and", first, second):
            return holds(first, chosen) and holds(second, chosen)
        case ("or", first, second):
            return holds(first, chosen) or holds(second, chosen)
    raise AssertionError(condition)


def template(conditions: list[Any]) -> str:
    lines = ["Parameters:"]
    for name, allowed in ALLOWED.items():
        lines.append(f"  {name}: {{Type: String{', AllowedValues: [' + ', '.join(allowed) + ']' if allowed else ''}}}")
    lines.append("Conditions:")
    lines += [f"  C{number}: {written(condition)}" for number, condition in enumerate(conditions)]
    lines += ["Resources:", "  Api:", "    Type: AWS::ApiGateway::RestApi", "    Properties:"]
    lines += [f"      V{number}: !If [C{number}, 1, 0]" for number in range(len(conditions))]
    return "\n".join([*lines, ""])


@given(st.lists(_CONDITIONS, min_size=1, max_size=3))
@pytest.mark.rule("SRC-5")
def test_the_readings_are_those_of_all_values(conditions: list[Any]) -> None:
    possible = [allowed or (*LITERALS, OTHER) for allowed in ALLOWED.values()]
    expected = set()
    for chosen in product(*possible):
        by_name = dict(zip(ALLOWED, chosen, strict=True))
        expected.add(tuple(int(holds(condition, by_name)) for condition in conditions))
    found = [tuple(each.values()) for each in values(template(conditions)) if isinstance(each, dict)]
    assert set(found) == expected


@given(st.lists(_CONDITIONS, min_size=1, max_size=3), st.data())
@pytest.mark.rule("SRC-5")
def test_given_conditions_leave_the_readings_with_that_truth(conditions: list[Any], data: st.DataObject) -> None:
    possible = [allowed or (*LITERALS, OTHER) for allowed in ALLOWED.values()]
    worlds = [dict(zip(ALLOWED, chosen, strict=True)) for chosen in product(*possible)]
    truths = {tuple(holds(condition, world) for condition in conditions) for world in worlds}
    known = {number: data.draw(st.booleans()) for number in data.draw(st.sets(st.integers(0, len(conditions) - 1)))}
    expected = {each for each in truths if all(each[number] is truth for number, truth in known.items())}
    options = ReadOptions(conditions={f"C{number}": truth for number, truth in known.items()})
    if not expected:
        with pytest.raises(UsageError, match="the template has no values with which C"):
            values(template(conditions), options)
        return
    found = [
        tuple(map(bool, each.values())) for each in values(template(conditions), options) if isinstance(each, dict)
    ]
    assert set(found) == expected


@pytest.mark.rule("SRC-5")
def test_a_given_condition_gives_the_value_that_makes_it_true() -> None:
    text = template([("equals", "P", "a")]) + "      Ref: !Ref P\n"
    assert values(text, ReadOptions(conditions={"C0": True})) == [{"V0": 1, "Ref": "a"}]
    assert values(text, ReadOptions(conditions={"C0": False})) == [{"V0": 0, "Ref": "<the parameter P>"}]


@pytest.mark.rule("SRC-5")
def test_a_condition_on_an_import_can_be_given() -> None:
    text = REGION.format("C: !Equals [!ImportValue Shared, x]")
    assert len(values(text)) == 2
    assert [each["Is"] for each in values(text, ReadOptions(conditions={"C": False})) if isinstance(each, dict)] == [0]


@pytest.mark.parametrize(
    ("conditions", "parameters", "message", "advice"),
    [
        ({"C1": True}, {}, 'the template has no condition "C1"', "use C0"),
        (
            {"C0": False},
            {"P": "a"},
            "the template has no values with which C0 is false",
            "correct conditions=, or the values of the parameters",
        ),
    ],
)
def test_conditions_that_cannot_be(
    conditions: dict[str, bool], parameters: dict[str, str], message: str, advice: str
) -> None:
    options = ReadOptions(conditions=conditions, parameters=parameters)
    with pytest.raises(UsageError) as error:
        values(template([("equals", "P", "a")]), options)
    assert (error.value.message, error.value.advice) == (message, advice)


def test_a_template_without_conditions_has_none_to_give() -> None:
    text = "Resources: {}\n"
    with pytest.raises(UsageError) as error:
        values(text, ReadOptions(conditions={"IsProd": True}))
    assert error.value.advice == "it has no conditions: leave it out"


def test_given_conditions_are_found_among_many_values() -> None:
    """Fewer than 64 readings are left of more than 64, and the number of those that are tried is limited."""
    names = [f"P{number}" for number in range(8)]
    each = "".join(f"  {name}: {{Type: String}}\n" for name in names)
    equals = ", ".join(f"!Equals [!Ref {name}, a]" for name in names)
    text = f"Parameters:\n{each}Conditions:\n  C: !And [{equals}]\nResources:\n  Api:\n    Type: T\n"
    assert len(values(text, ReadOptions(conditions={"C": True}))) == 1
    several = ", ".join(f"!Or [!Equals [!Ref {name}, a], !Equals [!Ref {name}, b]]" for name in names)
    few = text.replace(f"C: !And [{equals}]", f"C: !And [{several}]")
    with pytest.raises(UsageError, match="more than 64 combinations"):
        values(few, ReadOptions(conditions={"C": True}))


@pytest.mark.parametrize("name", sorted(ALLOWED))
@pytest.mark.rule("SRC-5")
def test_a_value_is_the_same_everywhere_in_a_reading(name: str) -> None:
    text = template([("equals", name, "a"), ("equals", name, "b")]) + f"      Ref: !Ref {name}\n"
    found = [tuple(each.values()) for each in values(text) if isinstance(each, dict)]
    last = {"Q": [], "R": [(0, 0, "c")]}.get(name, [(0, 0, f"<the parameter {name}>")])
    assert sorted(found, key=str) == sorted([(1, 0, "a"), (0, 1, "b"), *last], key=str)


@pytest.mark.rule("SRC-5")
def test_a_given_value_leaves_one_reading() -> None:
    text = template([("equals", "P", "a"), ("equals", "Q", "b")])
    assert values(text, ReadOptions(parameters={"P": "a", "Q": "a"})) == [{"V0": 1, "V1": 0}]


@pytest.mark.rule("SRC-5")
def test_a_condition_that_nothing_uses_makes_no_readings() -> None:
    text = template([("equals", "P", "a")]) + "Outputs: {}\n"
    unused = text.replace("Conditions:", "Conditions:\n  D: !Equals [!Ref R, a]\n  E: !Equals [!Ref S, a]")
    assert len(values(unused)) == 2


REGION = """
Conditions:
  {}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {{Is: !If [C, 1, 0], Arn: !Sub "arn:${{AWS::Partition}}:x:${{AWS::Region}}:${{AWS::AccountId}}"}}
"""


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            "C: !Equals [!Ref AWS::Region, us-east-1]",
            [(1, "arn:aws:x:us-east-1:123456789012"), (0, "arn:aws:x:eu-west-1:123456789012")],
        ),
        (
            "C: !Equals [eu-north-1, !Ref AWS::Region]",
            [(0, "arn:aws:x:us-east-1:123456789012"), (1, "arn:aws:x:eu-north-1:123456789012")],
        ),
        (
            "C: !Equals [!Ref AWS::Partition, aws-cn]",
            [(0, "arn:aws:x:us-east-1:123456789012"), (1, "arn:aws-cn:x:cn-north-1:123456789012")],
        ),
        (
            'C: !Equals [!Ref AWS::AccountId, "111122223333"]',
            [(0, "arn:aws:x:us-east-1:123456789012"), (1, "arn:aws:x:us-east-1:111122223333")],
        ),
    ],
)
@pytest.mark.rule("SRC-5", "SRC-7")
def test_the_region_and_the_account(condition: str, expected: list[tuple[int, str]]) -> None:
    found = [tuple(each.values()) for each in values(REGION.format(condition)) if isinstance(each, dict)]
    assert sorted(found) == sorted(expected)


@pytest.mark.rule("SRC-5", "SRC-7")
def test_a_region_that_is_given() -> None:
    text = REGION.format("C: !Equals [!Ref AWS::Region, eu-west-1]")
    assert values(text, ReadOptions(region="eu-west-1")) == [{"Is": 1, "Arn": "arn:aws:x:eu-west-1:123456789012"}]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ("!Equals [!Ref P, !Ref S]", 2),
        ("!Equals [!Ref P, !Ref P]", 1),
        ("!Equals [!Sub '${P}-x', a-x]", 2),
        ("!Equals [!ImportValue Shared, a]", 2),
        ("!Equals ['{{resolve:ssm:/a}}', a]", 2),
        ("!Equals [[a, b], [a, b]]", 1),
        ("!Equals [[a, b], [b, a]]", 1),
        ("!And [!Equals [a, b], !Equals [!Ref P, a]]", 1),
        ("!Or [!Equals [!Ref P, a], !Equals [a, a]]", 1),
    ],
)
@pytest.mark.rule("SRC-5")
def test_statements_about_unknown_values(condition: str, count: int) -> None:
    text = template([("equals", "P", "a")]).replace("!Equals [!Ref P, a]", condition, 1)
    found = values(text)
    assert len(found) == count
    assert {str(each) for each in found} >= ({"{'V0': 1}", "{'V0': 0}"} if count == 2 else set())


@pytest.mark.rule("SRC-5")
def test_a_condition_is_evaluated_once_for_each_assumption(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluated = 0
    evaluate = Conditions._truth

    def counted(self: Conditions, node: Node) -> bool | None:
        nonlocal evaluated
        evaluated += 1
        return evaluate(self, node)

    monkeypatch.setattr(Conditions, "_truth", counted)
    twice = "".join(f"  C{number}: !And [!Condition C{number + 1}, !Condition C{number + 1}]\n" for number in range(50))
    template = (
        f"Parameters: {{P: {{Type: String}}}}\nConditions:\n{twice}  C50: !Equals [!Ref P, x]\n"
        "Resources: {Api: {Type: AWS::ApiGateway::RestApi, Condition: C0}}\n"
    )
    assert values(template) == [{}, None]
    assert evaluated < 1000
