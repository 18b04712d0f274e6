"""The parameters of a template, and files of their values (SRC-5)."""

from __future__ import annotations

import pytest

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.cloudformation.values.parameters import parameters_from
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.cloudformation.stacks import values


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


def read(text: str) -> dict[str, str]:
    problems, document = read_any(text, "parameters.json")
    found = parameters_from(document, problems)
    problems.check()
    return found


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
def test_a_previous_value_is_not_known() -> None:
    assert read('[{"ParameterKey": "A", "UsePreviousValue": true}]') == {}


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
