"""The functions of CloudFormation (SRC-2, SRC-5)."""

from __future__ import annotations

import pytest

from execpolicy.errors import PolicySyntaxError
from execpolicy.loaders.cloudformation.values import function_arguments, resolver
from execpolicy.loaders.contents import ReadOptions
from tests.loaders.cloudformation.stacks import value

REST = """
Transform: AWS::LanguageExtensions
Parameters:
  Stage: {Type: String, Default: prod}
  Count: {Type: Number, Default: 3}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
  Endpoint: {Type: AWS::EC2::VPCEndpoint::Id}
Mappings:
  Map: {one: {two: 2, list: [x, y], secret: "{{resolve:ssm:/m}}"}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
"""
ROLE = "  Role: {Type: AWS::IAM::Role}\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref Stage", "prod"),
        ("!Ref Count", "3"),
        ("!Ref Names", ["a", "b"]),
        ("!Ref AWS::NoValue", None),
        ("[a, !Ref AWS::NoValue, b]", ["a", "b"]),
        ("!Sub '${Stage}-${Count}'", "prod-3"),
        ("!Sub ['${A}-${Stage}', {A: !Ref Count}]", "3-prod"),
        ("!Sub '${!aws:username} ${!Stage}'", "${aws:username} ${Stage}"),
        ("'${!aws:username}'", "${!aws:username}"),
        ("!Join [':', [a, !Ref Count, 7, true]]", "a:3:7:true"),
        ("!Join ['', !Ref Names]", "ab"),
        ("!Split ['/', 'a/b//c']", ["a", "b", "", "c"]),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['1', !Split ['/', 'a/b']]", "b"),
        ("!If [IsProd, 1, 2]", 1),
        ("!FindInMap [Map, one, two]", 2),
        ("!FindInMap [Map, one, list]", ["x", "y"]),
        ("!Base64 héllo", "aMOpbGxv"),
        ("Fn::Length: !Ref Names", 2),
        ("!ToJsonString {a: [1, true, !Ref Stage], b: 'é\"'}", '{"a":[1,true,"prod"],"b":"é\\""}'),
        ("!Cidr [10.0.0.0/16, 2, 8]", ["10.0.0.0/24", "10.0.1.0/24"]),
        ("!Select [1, !Cidr ['2001:db8::/56', '2', '64']]", "2001:db8:0:1::/64"),
        ("!FindInMap [Map, one, none, {DefaultValue: 5}]", 5),
        ("Fn::GetAtt: [Role, Arn]", "arn:aws:iam::123456789012:role/Role"),
        ("Fn::GetAtt: Role.Arn", "arn:aws:iam::123456789012:role/Role"),
        ("Ref: !Sub Stage", "prod"),
    ],
)
@pytest.mark.rule("SRC-2")
def test_known_values(written: str, expected: object) -> None:
    assert value(written, rest=ROLE + REST) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("!Ref Endpoint", "<the parameter Endpoint>"),
        ("!Sub 'a-${Endpoint}'", "a-<the parameter Endpoint>"),
        ("!Join [',', [a, !Ref Endpoint]]", "a,<the parameter Endpoint>"),
        ("!Select [0, !Split [',', !Ref Endpoint]]", '<item "0" of the parameter Endpoint split at ",">'),
        ("!ImportValue Shared-VpcId", "<the import Shared-VpcId>"),
        ("!GetAZs ''", "<the availability zones of the region>"),
        ("'{{resolve:ssm:/a/b}}-c'", "<the dynamic reference resolve:ssm:/a/b>-c"),
        ("!Cidr [!Ref Endpoint, 1, 8]", '<the address blocks of the parameter Endpoint, "1", "8">'),
        ("!Base64 {Ref: Endpoint}", "<the parameter Endpoint in Base64>"),
        ("Fn::Length: !Ref Endpoint", "<the length of the parameter Endpoint>"),
        ("!ToJsonString {a: !Ref Endpoint}", '{"a":"<the parameter Endpoint>"}'),
        ("!Select [!Ref Endpoint, [a]]", "<item the parameter Endpoint of the list at template.yaml:6:33>"),
        ("!GetAtt Role.Other", "<the attribute Role.Other>"),
        ("!Split [',', 'a,${Endpoint}']", ["a", "${Endpoint}"]),
        ("!Sub '{{resolve:ssm:/${Stage}/b}}-c'", "<the dynamic reference resolve:ssm:/prod/b>-c"),
        (
            "!Sub '{{resolve:ssm:/${Endpoint}}}'",
            "<the dynamic reference resolve:ssm:/<the parameter Endpoint>>",
        ),
        ("!FindInMap [Map, one, secret]", "<the dynamic reference resolve:ssm:/m>"),
        ("!Ref AWS::StackName", "<the name of the stack>"),
        ("!FindInMap [Map, !Ref 'AWS::Region', x]", '<the value of a mapping for "Map", the region, "x">'),
    ],
)
@pytest.mark.rule("SRC-5")
def test_unknown_values(written: str, expected: object) -> None:
    assert value(written, rest=ROLE + REST) == expected


@pytest.mark.rule("SRC-5")
def test_the_name_of_the_stack_can_be_given() -> None:
    given = ReadOptions(parameters={"AWS::StackName": "shop"})
    assert value("!Sub '${AWS::StackName}-api'", options=given) == "shop-api"


@pytest.mark.rule("SRC-7")
def test_placeholders_are_those_that_are_given() -> None:
    written = "!Sub 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Other}/*'"
    rest = "  Other: {Type: AWS::ApiGateway::RestApi}"
    assert value(written, rest=rest) == "arn:aws:execute-api:us-east-1:123456789012:other/*"
    given = ReadOptions(region="cn-north-1", account="111122223333")
    assert value(written, options=given, rest=rest) == "arn:aws-cn:execute-api:cn-north-1:111122223333:other/*"


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        ("!Select [2, [a, b]]", "6:18", 'found "2" as the index of Fn::Select in a list of 2'),
        ("!Select [x, [a, b]]", "6:18", 'found "x" as the index of Fn::Select in a list of 2'),
        ("!Split ['', a]", "6:17", "found an empty delimiter in Fn::Split"),
        ("!Select [0, a]", "6:21", "found no list in Fn::Select, expected a list"),
        ("!Join ['', a]", "6:20", "found no list in Fn::Join, expected a list of strings"),
        ("!Join ['', [[a]]]", "6:21", "found a list as an item of Fn::Join, expected a string"),
        ("!Split [',', [a]]", "6:22", "found a list as the text of Fn::Split, expected a string"),
        ("!Sub ['${A}', {A: [b]}]", "6:27", 'found a list as the variable "A" of Fn::Sub, expected a string'),
        (
            "!Sub '${AWS::NoValue}'",
            "6:9",
            'found AWS::NoValue as the variable "AWS::NoValue" of Fn::Sub, expected a string',
        ),
        ("!Cidr [10.0.0.0/16, 2, 17]", "6:15", 'found "10.0.0.0/16, 2, 17" as Fn::Cidr, which has no such blocks'),
        ("!Cidr [10.0.0.0/30, 2, 2]", "6:15", 'found "10.0.0.0/30, 2, 2" as Fn::Cidr, which has no such blocks'),
        ("!Cidr [10.0.0.0/8, 257, 8]", "6:15", 'found "10.0.0.0/8, 257, 8" as Fn::Cidr, which has no such blocks'),
        ("!FindInMap [Map, one, nine]", "6:31", 'the mapping Map has no "nine"'),
        ("Fn::Length: a", "6:21", "found no list in Fn::Length, expected a list"),
        ("{Fn::Transform: {Name: AWS::Include}, A: 1}", "6:9", "found Fn::Transform, which is not run"),
    ],
)
@pytest.mark.rule("SRC-2")
def test_values_that_do_not_fit(written: str, place: str, message: str) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        value(written, rest=ROLE + REST)
    found = [(one.place.removeprefix("template.yaml:"), one.message) for one in caught.value.errors]
    assert found == [(place, message)]


@pytest.mark.rule("SRC-2")
def test_the_index_of_a_list_may_have_any_number_of_digits() -> None:
    with pytest.raises(PolicySyntaxError, match="as the index of Fn::Select in a list of 2") as caught:
        value(f"!Select ['{'9' * 5_000}', [a, b]]")
    assert caught.value.errors[0].place == "template.yaml:6:18"


@pytest.mark.parametrize("written", ["!Sub ['%s', {a: b}]" % ("${a}" * 16_000), f"!Join [{'-' * 40_000}, [a, b, c]]"])
@pytest.mark.rule("SRC-2")
def test_a_text_that_is_too_long_is_not_made(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(function_arguments, "MAX_STRING", 10_000)
    with pytest.raises(PolicySyntaxError, match="characters, expected at most 10000") as caught:
        value(written)
    assert caught.value.errors[0].place == "template.yaml:6:9"


@pytest.mark.parametrize(
    "written",
    ["!Ref Names", "!FindInMap [Map, one, list]", "!Split [',', 'a,b']", f"!Sub '${{Stage}}{'-' * 200}'"],
)
@pytest.mark.rule("SRC-2")
def test_functions_that_make_too_much(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "MAX_VALUES", 30)
    assert value(f"[{', '.join([written] * 10)}]", rest=REST)
    with pytest.raises(PolicySyntaxError) as caught:
        value(f"[{', '.join([written] * 11)}]", rest=REST)
    (found,) = caught.value.errors
    assert found.message == "found functions that make more than 30 values"
    assert found.place == f"template.yaml:6:{10 + 10 * (len(written) + 2)}"
