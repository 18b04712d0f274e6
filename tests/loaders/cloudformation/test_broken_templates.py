"""Templates that CloudFormation refuses, and hostile ones: every message with its place (SRC-2, SRC-5)."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from execpolicy.errors import PolicySyntaxError, UsageError
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.cloudformation.stacks import values
from tests.refused import refused

HEAD = "Resources:\n  Api:\n    Type: AWS::SNS::Topic\n"


def errors(template: str, options: ReadOptions = NOTHING_GIVEN) -> list[tuple[str, str]]:
    """Each message, with its place."""
    with pytest.raises(PolicySyntaxError) as caught:
        parse_contents(dedent(template), options, name="t.yaml")
    return [(one.place.removeprefix("t.yaml:"), one.message) for one in caught.value.errors]


def advice(template: str) -> list[str]:
    with pytest.raises(PolicySyntaxError) as caught:
        parse_contents(dedent(template), name="t.yaml")
    return [one.advice for one in caught.value.errors]


WRONG_VALUES = [
    ("!Reff A", "5:10", 'found the tag "!Reff", which is no function'),
    ("!!python/name:os.system a", "5:10", 'found the tag "!!python/name:os.system", expected a value without one'),
    ("{Fn::Joinn: [a, [b]]}", "5:11", 'found "Fn::Joinn", which is no function here'),
    ("{Fn::Sub: a, Other: b}", "5:11", 'found "Fn::Sub" beside other members, expected it alone in its object'),
    ("!Ref Nothing", "5:15", 'found "Nothing", but the template has no such parameter or resource'),
    ("!Ref [a]", "5:15", "found a list of 1 as Ref, expected the name of a parameter or a resource"),
    ("!Sub 'a-${Nothing}'", "5:15", 'found "Nothing", but the template has no such parameter or resource'),
    ("!Sub 'a-${Nothing.Arn}'", "5:15", 'found "Nothing", but the template has no such resource'),
    (
        "!Sub [a]",
        "5:15",
        "found a list of 1 as Fn::Sub, expected a string, or a list of a string and an object of variables",
    ),
    ("!GetAtt Nothing.Arn", "5:18", 'found "Nothing", but the template has no such resource'),
    (
        "!GetAtt Api",
        "5:18",
        "found a string as Fn::GetAtt, expected a resource and an attribute, such as Orders.Arn",
    ),
    ("!Join [a]", "5:16", "found a list of 1 as Fn::Join, expected a list of a delimiter and a list"),
    ("!Select a", "5:18", "found a string as Fn::Select, expected a list of an index and a list"),
    ("!If [Nothing, a, b]", "5:15", 'found "Nothing", but the template has no such condition'),
    ("!If [{a: b}, a, b]", "5:15", "found an object as a condition, expected the name of a condition"),
    ("!If [IsProd, a]", "5:14", "found a list of 2 as Fn::If, expected a list of a condition and two values"),
    ("!FindInMap [Nothing, a, b]", "5:22", 'found "Nothing", but the template has no such mapping'),
    ("{Fn::Length: [a]}", "5:11", 'found "Fn::Length" without its transform'),
    ("{Fn::ForEach::A: [a, [b], {c: d}]}", "5:11", 'found "Fn::ForEach::A" without its transform'),
    ("!And [a, b]", "5:10", 'found "Fn::And", which is no function here'),
    ("{<<: {a: b}}", "5:11", 'found "<<" as a name'),
    ("[*nothing]", "5:11", 'found the alias "*nothing" without an anchor before it'),
    ("!Sub 'arn:${Api}'", "5:15", "found resources that depend on each other: Api -> Api"),
]


@pytest.mark.parametrize(("written", "place", "message"), WRONG_VALUES)
@pytest.mark.rule("SRC-2")
def test_a_value_that_is_written_wrongly(written: str, place: str, message: str) -> None:
    template = f"{HEAD}    Properties:\n      P: {written}\nConditions: {{IsProd: !Equals [a, b]}}\n"
    assert errors(template) == [(place, message)]


WRONG_TEMPLATES = [
    ("Resources: []\n", "1:12", "found an empty list as Resources, expected an object"),
    ("Transform: AWS::Serverless-2016-10-31\n", "1:1", 'found a template without "Resources"'),
    (f"{HEAD}Resource: {{}}\n", "4:1", 'found "Resource", which is not a field of a template'),
    (f"AWSTemplateFormatVersion: 2010-09-10\n{HEAD}", "1:27", 'found "2010-09-10" as AWSTemplateFormatVersion'),
    (f"Transform: MyMacro\n{HEAD}", "1:12", 'found the macro "MyMacro", which is not run'),
    (
        f"Transform: {{Name: AWS::Include}}\n{HEAD}",
        "1:12",
        "found an object as Transform, expected the name of a transform",
    ),
    (f"{HEAD}    Propertys: {{}}\n", "4:5", 'found "Propertys", which is not a field of a resource'),
    (f"{HEAD}    Properties: []\n", "4:17", "found an empty list as Properties, expected an object"),
    ("Resources:\n  Api: {}\n  B: {Type: T}\n", "2:8", 'found a resource without "Type"'),
    (f"{HEAD}    Condition: IsProd\n", "4:16", 'found "IsProd", but the template has no such condition'),
    (f"{HEAD}    DependsOn: [Apo]\n", "4:17", 'found "Apo", but the template has no such resource'),
    (f"{HEAD}Globals: {{}}\n", "4:1", "found Globals without the transform AWS::Serverless-2016-10-31"),
    (f"{HEAD}Parameters: {{A: {{Default: b}}}}\n", "4:17", 'found a parameter without "Type"'),
    (
        f"{HEAD}Parameters: {{A: {{Type: Number, Default: b}}}}\n",
        "4:41",
        'found "b" as Default, expected a number',
    ),
    (
        f"{HEAD}Parameters: {{A: {{Type: String, Default: b, AllowedValues: [c, d]}}}}\n",
        "4:41",
        'found "b" as Default, expected "c" or "d"',
    ),
    (
        f"{HEAD}Parameters: {{A: {{Type: 'a b'}}}}\n",
        "4:24",
        "found a string as Type, expected a type of parameters such as String",
    ),
    (
        f"{HEAD}Conditions: {{A: [b]}}\n",
        "4:17",
        "found a list of 1 as a condition, expected a function such as Fn::Equals",
    ),
    (f"{HEAD}Conditions: {{A: !Equal [b, c]}}\n", "4:17", 'found the tag "!Equal", which is no function'),
    (f"{HEAD}Conditions: {{A: !Sub b}}\n", "4:17", 'found "Fn::Sub", which is no function of conditions'),
    (f"{HEAD}Conditions: {{A: !Not [!Condition B]}}\n", "4:34", 'found "B", but the template has no such condition'),
    (
        f"{HEAD}Conditions: {{A: !Equals [!Ref Api, b]}}\n",
        "4:31",
        'found "Api", but the template has no such parameter',
    ),
    (
        f"{HEAD}Conditions:\n  A: !Not [!Condition B]\n  B: !Or [!Condition A, !Condition A]\n",
        "6:22",
        "found conditions that refer to each other: A -> B -> A",
    ),
    (
        "Resources:\n  A: {Type: T, DependsOn: B}\n  B: {Type: T, Properties: {P: !GetAtt C.Arn}}\n"
        "  C: {Type: T, Properties: {P: !Sub '${A}'}}\n",
        "4:37",
        "found resources that depend on each other: A -> B -> C -> A",
    ),
    (f"{HEAD}  Api: {{Type: T}}\n", "4:3", 'found the name "Api" twice in one object; the first is at t.yaml:2:3'),
    (
        f"{HEAD}\tP: 1\n",
        "4:1",
        "found text that is not YAML: found character '\\t' that cannot start any token",
    ),
    (
        f"{HEAD}Outputs: {{A: {{Value: !Ref Nothing}}}}\n",
        "4:27",
        'found "Nothing", but the template has no such parameter or resource',
    ),
]


@pytest.mark.parametrize(("template", "place", "message"), WRONG_TEMPLATES)
@pytest.mark.rule("SRC-2")
def test_a_template_that_is_written_wrongly(template: str, place: str, message: str) -> None:
    assert errors(template)[0] == (place, message)


@pytest.mark.rule("SRC-2")
def test_all_errors_of_a_template_at_once() -> None:
    template = f"{HEAD}    Properties: {{A: !Ref X, B: !GetAtt Y.Arn}}\nConditions: {{A: !Equals [a]}}\nOther: 1\n"
    assert [place for place, _ in errors(template)] == ["4:26", "4:40", "5:25", "6:1"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Reff A", 'did you mean "!Ref"?'),
        ("{Fn::Joinn: 1}", 'did you mean "Fn::Join"?'),
        ("!GetAtt Apii.Arn", 'did you mean "Api"?'),
        ("!Ref Api1", 'did you mean "Api"?'),
    ],
)
@pytest.mark.rule("SRC-2")
def test_what_is_meant(written: str, expected: str) -> None:
    assert advice(f"{HEAD}    Properties:\n      P: {written}\n") == [expected]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Stagee": "prod"}, 'the template has no parameter "Stagee"'),
        ({"Stage": "test"}, 'the parameter Stage has the value "test", expected "dev" or "prod"'),
        ({"Count": "many"}, 'the parameter Count has the value "many", expected a number'),
        ({"Names": "a,x"}, 'the parameter Names has the value "a,x", expected "a" or "b"'),
    ],
)
@pytest.mark.rule("SRC-5")
def test_parameters_that_are_given_wrongly(parameters: dict[str, str], message: str) -> None:
    template = f"""{HEAD}Parameters:
  Stage: {{Type: String, AllowedValues: [dev, prod]}}
  Count: {{Type: Number}}
  Names: {{Type: CommaDelimitedList, AllowedValues: [a, b]}}
"""
    said = refused(UsageError, lambda: parse_contents(template, ReadOptions(parameters=parameters)))
    assert said.message == message


@pytest.mark.rule("SRC-2")
def test_a_template_that_nests_deeply() -> None:
    assert errors(f"{HEAD}    Properties:\n      P: !Base64 {'[' * 99}{']' * 99}\n") == [
        ("5:113", "found more than 100 levels of nesting")
    ]
    text = '{"Resources": {"A": {"Type": "T", "Properties": ' + '{"a":' * 98 + "1" + "}" * 98 + "}}}"
    assert errors(text)[0][1] == "found more than 100 levels of nesting"


@pytest.mark.rule("SRC-2")
def test_names_that_refer_to_each_other_grow_no_text() -> None:
    roles = [
        f"  R{n}: {{Type: AWS::IAM::Role, Properties: {{RoleName: !Sub '${{R{n + 1}}}${{R{n + 1}}}'}}}}"
        for n in range(15)
    ]
    last = "  R15: {Type: AWS::IAM::Role, Properties: {RoleName: abcdefgh}}"
    template = "\n".join(["Resources:", *roles, last, "  Api: {Type: AWS::SNS::Topic, Properties: {P: !Ref R0}}", ""])
    start = time.process_time()
    with pytest.raises(PolicySyntaxError) as caught:
        values(template)
    assert time.process_time() - start < 5
    assert all("characters, expected at most 65536" in one.message for one in caught.value.errors)


def deep(levels: int, innermost: str) -> str:
    return '{"Fn::Base64": ' * levels + innermost + "}" * levels


@pytest.mark.rule("SRC-2")
def test_names_that_refer_to_each_other_end_before_the_stack() -> None:
    roles = [
        f"  R{n}: {{Type: AWS::IAM::Role, Properties: {{RoleName: {deep(90, f'!Ref R{n + 1}')}}}}}" for n in range(50)
    ]
    last = "  R50: {Type: AWS::IAM::Role, Properties: {RoleName: abcdefgh}}"
    template = "\n".join(["Resources:", "  Api: {Type: T, Properties: {P: !Ref R0}}", *roles, last, ""])
    with pytest.raises(PolicySyntaxError) as caught:
        values(template)
    assert caught.value.errors[0].message == "found more than 120 levels of values that refer to each other"
    short = template.replace('{"Fn::Base64": ', "").replace("}" * 92, "}}")
    with pytest.raises(PolicySyntaxError) as caught:
        values(short)
    message = "found a chain of more than 20 resources whose names refer to each other"
    assert [one.message for one in caught.value.errors] == [message]


@pytest.mark.rule("SRC-2")
def test_names_that_refer_to_each_other_under_a_condition() -> None:
    template = """
    Conditions: {C: !Equals [a, a]}
    Resources:
      Api: {Type: T, Properties: {P: !Ref A}}
      A: {Type: AWS::IAM::Role, Properties: {RoleName: !If [C, !Ref B, x]}}
      B: {Type: AWS::IAM::Role, Properties: {RoleName: !If [C, !Ref A, x]}}
    """
    with pytest.raises(PolicySyntaxError) as caught:
        values(template)
    assert [one.message for one in caught.value.errors] == [
        "found resources whose names refer to each other: A -> B -> A"
    ]


@pytest.mark.rule("SRC-2")
def test_conditions_that_refer_to_each_other_end_before_the_stack() -> None:
    nested = [f"  C{n}: {'!Not [' * 40}!Condition C{n + 1}{']' * 40}" for n in range(100)]
    template = "\n".join(["Conditions:", *nested, "  C100: !Equals [a, a]", "Resources:", ""])
    template += "  Api: {Type: T, Properties: {P: !If [C0, 1, 2]}}\n"
    with pytest.raises(PolicySyntaxError) as caught:
        values(template)
    message = "found more than 150 levels of conditions that refer to each other"
    assert {one.message for one in caught.value.errors} == {message}


@pytest.mark.rule("SRC-2")
def test_many_errors_end_the_search_for_what_is_meant() -> None:
    lines = "\n".join(f"        - !Ref Missing{n}" for n in range(20_000))
    start = time.process_time()
    found = errors(f"{HEAD}    Properties:\n      P:\n{lines}\n")
    assert time.process_time() - start < 10
    assert len(found) == 100


@pytest.mark.rule("SRC-5")
def test_too_many_readings() -> None:
    names = "ABCDEFG"
    parameters = "".join(f"  {name}: {{Type: String}}\n" for name in names)
    conditions = "".join(f"  Is{name}: !Equals [!Ref {name}, x]\n" for name in names)
    members = "".join(f"      {name}: !If [Is{name}, 1, 2]\n" for name in names)
    template = f"{HEAD}    Properties:\n{members}Parameters:\n{parameters}Conditions:\n{conditions}"
    said = refused(UsageError, lambda: values(template))
    assert said.message.startswith("the conditions of the template have more than 64 combinations of unknown values")
    assert said.advice == ("give values with --parameter or parameters=, or conditions with --condition or conditions=")
