"""The parameters of a template, and files of their values (SRC-5)."""

from __future__ import annotations

import pytest

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.errors import PolicySyntaxError, UsageError
from execpolicy.loaders.cloudformation.values.parameter_files import parameters_from
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_contents
from tests.loaders.cloudformation.stacks import values
from tests.refused import refused


def value(parameter: str, given: str | None = None) -> object:
    text = f"Resources:\n  Api: {{Type: T, Properties: {{V: !Ref P}}}}\nParameters:\n  P: {parameter}\n"
    (found,) = values(text, ReadOptions(parameters={} if given is None else {"P": given}))
    assert isinstance(found, dict)
    return found["V"]


UNKNOWN = "<the parameter P>"


@pytest.mark.parametrize(
    ("parameter", "given", "expected"),
    [
        ("{Type: String}", None, UNKNOWN),
        ("{Type: String}", "x", "x"),
        ("{Type: String, Default: ''}", None, ""),
        ("{Type: String, Default: y}", None, "y"),
        ("{Type: String, Default: y}", "x", "x"),
        ("{Type: String, AllowedValues: [only]}", None, "only"),
        ("{Type: Number, Default: 5}", None, "5"),
        ("{Type: Number}", "-1.5e3", "-1.5e3"),
        ("{Type: String, Default: true}", None, "true"),
        ("{Type: String, NoEcho: true}", None, UNKNOWN),
        ("{Type: CommaDelimitedList}", None, UNKNOWN),
        ("{Type: CommaDelimitedList}", "a, b", ["a", "b"]),
        ("{Type: CommaDelimitedList, Default: ''}", None, []),
        ("{Type: List<Number>}", "1,2", ["1", "2"]),
        ("{Type: 'List<AWS::EC2::Subnet::Id>'}", "s-1,s-2", ["s-1", "s-2"]),
        ("{Type: AWS::EC2::VPC::Id}", "vpc-1", "vpc-1"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /a/b}", None, UNKNOWN),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', Default: name}", "name", UNKNOWN),
        ("{Type: 'AWS::SSM::Parameter::Value<String>'}", "/a/b", UNKNOWN),
        ("{Type: 'AWS::SSM::Parameter::Value<String>'}", "stored", "stored"),
        ("{Type: 'AWS::SSM::Parameter::Value<List<String>>'}", "a,b", ["a", "b"]),
        ("{Type: AWS::SSM::Parameter::Name, Default: /a/b}", None, "/a/b"),
    ],
)
@pytest.mark.rule("SRC-5")
def test_the_value_of_a_parameter(parameter: str, given: str | None, expected: object) -> None:
    assert value(parameter, given) == expected


@pytest.mark.parametrize(
    ("parameter", "given", "expected"),
    [
        ("{Type: String, AllowedPattern: '[a-z]+'}", "Prod1", "a text that matches [a-z]+"),
        ("{Type: String, AllowedPattern: '^[a-z]+$'}", "", "a text that matches ^[a-z]+$"),
        ("{Type: CommaDelimitedList, AllowedPattern: '[a-z]+'}", "a,B", "a text that matches [a-z]+"),
        ("{Type: String, MinLength: 2}", "a", "at least 2 characters"),
        ("{Type: String, MaxLength: '2'}", "abc", "at most 2 characters"),
        ("{Type: Number, MinValue: 0}", "-1", "at least 0"),
        ("{Type: Number, MaxValue: 3600}", "3600.5", "at most 3600"),
        ("{Type: Number, MaxValue: 3600}", "1e400", "at most 3600"),
        ("{Type: List<Number>, MaxValue: 9}", "1,10", "at most 9"),
        ("{Type: Number}", "٣", "a number"),
    ],
)
@pytest.mark.rule("SRC-5")
def test_a_value_that_the_template_does_not_allow(parameter: str, given: str, expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        value(parameter, given)
    assert caught.value.message == f'the parameter P has the value "{given}", expected {expected}'
    assert caught.value.source is not None
    assert (caught.value.source.name, caught.value.source.text) == ("<parameters P>", given)
    default = parameter.replace("}", f", Default: '{given}'}}")
    found = refused(PolicySyntaxError, lambda: value(default))
    assert found.message == f'found "{given}" as Default, expected {expected}'
    assert found.underlined == f"'{given}'"


@pytest.mark.parametrize(
    ("parameter", "given"),
    [
        ("{Type: String, AllowedPattern: '[a-z]+', MinLength: 2, MaxLength: 4}", "prod"),
        ("{Type: CommaDelimitedList, MaxLength: 1}", "prod,dev"),
        ("{Type: String, MinValue: 5}", "4"),
        ("{Type: Number, MinValue: '-1.5', MaxValue: 10}", "-1.5"),
        ("{Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: '/.*', MaxLength: 3}", "stored"),
        (r"{Type: String, AllowedPattern: '(a)\1'}", "b"),
    ],
)
@pytest.mark.rule("SRC-5")
def test_a_value_that_the_template_allows(parameter: str, given: str) -> None:
    found = value(parameter, given)
    assert found == (given.split(",") if "List" in parameter else given)


@pytest.mark.rule("SRC-5")
def test_a_pattern_that_is_not_understood_is_listed() -> None:
    template = (
        "AWSTemplateFormatVersion: '2010-09-09'\n"
        r"Parameters: {P: {Type: String, Default: b, AllowedPattern: '(a)\1'}}"
        "\nResources: {T: {Type: AWS::SNS::Topic}}\n"
    )
    listed = parse_contents(template, ReadOptions(), name="t.yaml").ignored
    assert ("the AllowedPattern of P, which is not understood: values are not compared with it", "t.yaml:2:60") in [
        (each.what, each.place) for each in listed
    ]


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        ("{Type: String, MinLength: -1}", "found the number -1 as MinLength, expected a whole number"),
        ("{Type: Number, MaxValue: many}", "found a string as MaxValue, expected a number"),
    ],
)
@pytest.mark.rule("SRC-5")
def test_a_limit_that_is_wrong(parameter: str, message: str) -> None:
    found = refused(PolicySyntaxError, lambda: value(parameter))
    assert (found.message, found.underlined) == (message, parameter.partition(": ")[2].partition(": ")[2][:-1])


@pytest.mark.rule("SRC-5")
def test_a_value_that_is_not_to_be_shown_is_not_shown() -> None:
    error = refused(UsageError, lambda: value("{Type: String, NoEcho: true, MinLength: 9}", "secret"))
    assert error.message == "the parameter P has the value that is not shown, expected at least 9 characters"
    assert "secret" not in str(error)


def read(text: str) -> dict[str, str]:
    problems, document = read_any(text, "parameters.json")
    found = parameters_from(document, problems)
    problems.check()
    return {each.name.value: each.value for each in found}


@pytest.mark.parametrize(
    "text",
    [
        '[{"ParameterKey": "A", "ParameterValue": "x"}, {"ParameterKey": "B", "ParameterValue": "1,2"}]',
        '{"Parameters": {"A": "x", "B": ["1", 2]}, "Tags": {"a": "b"}}',
        '{"Parameters": [{"ParameterKey": "A", "ParameterValue": "x"}, "B=1,2"]}',
        '{"A": "x", "B": "1,2"}',
        '["A=x", "B=1,2"]',
    ],
)
@pytest.mark.rule("SRC-5")
def test_files_of_parameters(text: str) -> None:
    assert read(text) == {"A": "x", "B": "1,2"}


@pytest.mark.rule("SRC-5")
def test_the_stored_value_of_a_parameter_that_aws_prints() -> None:
    printed = '[{"ParameterKey": "A", "ParameterValue": "/a", "ResolvedValue": "stored"}]'
    assert read(printed) == {"A": "stored"}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"A": {"b": 1}}', "1:7", 'found no text as the value of "A"'),
        ('[{"ParameterValue": "x"}]', "1:2", 'found a parameter without "ParameterKey"'),
        (
            '[{"ParameterKey": 1, "ParameterValue": "x"}]',
            "1:19",
            "found the number 1 as ParameterKey, expected a string",
        ),
        ('["A=1", "A=2"]', "1:9", 'found the parameter "A" twice'),
        ('{"Parameters": 1}', "1:16", "found no object of parameters"),
        ('{"Parameters": {}, "Other": 1}', "1:20", 'found "Other", which is not a field of a file of parameters'),
        (
            '[{"ParameterKey": "A", "UsePreviousValue": true}]',
            "1:2",
            'found the previous value of "A", which only the stack has',
        ),
        (
            '[{"ParameterKey": "A", "UsePreviousValue": false}]',
            "1:2",
            'found a parameter without "ParameterValue"',
        ),
        ('["A"]', "1:2", "found a string as a parameter, expected an object"),
    ],
)
@pytest.mark.rule("SRC-5")
def test_files_of_parameters_that_are_wrong(text: str, place: str, message: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        read(text)
    assert [(one.place.removeprefix("parameters.json:"), one.message) for one in caught.value.errors] == [
        (place, message)
    ]
