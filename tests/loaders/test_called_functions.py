"""Which function the Lambda authorizers of files call, and whether two versions of a file call the same one (ANA-3)."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, compare, prove, who
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.analysis.proof import ProofVerdict
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import parse_api
from tests.loaders.cloudformation.apis.reading import REST, api_of, unknown_in
from tests.loaders.terraform.reading import contents, only, rest_api, root_method, stage
from tests.loaders.terraform.test_links import with_expression
from tests.loaders.terraform.written import Ref, Written, plan_of, state_of

pytestmark = pytest.mark.rule("ANA-3")
HEAD = "arn:aws:lambda:eu-west-1:111122223333:function:"
NOT_KNOWN = with_unknown_in_words(UNKNOWN_FUNCTION)
INVOKE = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/%s/invocations"
TEMPLATE = REST.replace("AuthorizationType: NONE", "AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth").replace(
    "      HttpMethod: GET\n      AuthorizationType: CUSTOM, AuthorizerId: !Ref Auth",
    "      HttpMethod: GET\n      AuthorizationType: CUSTOM\n      AuthorizerId: !Ref Auth",
)
BESIDE = """
Good: {Type: AWS::Lambda::Function, Properties: {FunctionName: check-tokens}}
Evil: {Type: AWS::Lambda::Function, Properties: {}}
Live: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Good, Name: live}}
First: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Good}}
Second: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Good}}
Lookup: {Type: Custom::Lookup, Properties: {ServiceToken: x}}
Made: {Type: AWS::Lambda::Function, Properties: {FunctionName: !Sub "made-${Net}"}}
"""
SECTIONS = """
Parameters:
  Fn: {Type: String}
  Net: {Type: String}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /tokens/arn}
Mappings:
  Functions: {a: {arn: "arn:aws:lambda:eu-west-1:111122223333:function:a"}}
"""


def template(uri: str, sections: str = SECTIONS) -> str:
    """A template with an authorizer that calls a function."""
    authorizer = (
        "  Auth:\n    Type: AWS::ApiGateway::Authorizer\n    Properties:\n      RestApiId: !Ref Api\n      Name: a\n"
        f"      Type: TOKEN\n      IdentitySource: method.request.header.A\n      AuthorizerUri: {uri}\n"
    )
    return sections + TEMPLATE.strip("\n") + "\n" + authorizer


def sub(function: str) -> str:
    return '!Sub "' + INVOKE % function + '"'


def called(uri: str) -> str | None:
    """The function of an authorizer, in words."""
    (found,) = api_of(template(uri), beside=BESIDE).authorizers
    return None if found.function_arn is None else with_unknown_in_words(found.function_arn)


OF_TEMPLATES = [
    (sub("${Good.Arn}"), HEAD + "<the function Good>"),
    (sub("${Evil.Arn}"), HEAD + "<the function Evil>"),
    (sub("${Good.Arn}:live"), HEAD + "<the function Good>:live"),
    (sub("${Live}"), HEAD + "<the function Good>:live"),
    (sub(HEAD + "check-tokens"), HEAD + "<the function Good, if it is check-tokens>"),
    (sub(HEAD + "Evil"), HEAD + "Evil"),
    (sub("${Fn}"), "<the parameter Fn>"),
    (sub("${Stored}"), "<the parameter Stored, stored as /tokens/arn>"),
    (sub("{{resolve:ssm:/tokens/arn}}"), "<the dynamic reference resolve:ssm:/tokens/arn>"),
    (sub("${Lookup.Arn}"), "<the attribute Lookup.Arn>"),
    ("!ImportValue tokens-uri", "<the import tokens-uri>"),
    ('!ImportValue {"Fn::Sub": "${Net}-tokens"}', '<the import "<the parameter Net>-tokens">'),
    ("!ImportValue {Ref: Net}", "<the import the parameter Net>"),
    ("!FindInMap [Functions, !Ref Net, arn]", NOT_KNOWN),
    ('!ImportValue {"Fn::Sub": "${Stored}-tokens"}', NOT_KNOWN),
    ("!ImportValue {Ref: Stored}", NOT_KNOWN),
    ("!ImportValue {'Fn::FindInMap': [Functions, !Ref Net, arn]}", NOT_KNOWN),
]

LITERAL = [
    (sub(HEAD + "check-others"), HEAD + "check-others"),
    (sub(HEAD + "made-tokens"), NOT_KNOWN),
    (sub("${!stageVariables.arn}"), NOT_KNOWN),
]


@pytest.mark.parametrize(("uri", "function"), [*OF_TEMPLATES, *LITERAL])
def test_the_function_of_a_template(uri: str, function: str) -> None:
    assert called(uri) == function


def test_versions_of_a_function_are_told_apart() -> None:
    first, second = called(sub("${First}")), called(sub("${Second}"))
    assert first is not None
    assert first.startswith(HEAD + "<the function Good>:")
    assert first != second


@pytest.mark.parametrize("before", [uri for uri, function in OF_TEMPLATES if function != NOT_KNOWN])
def test_a_template_that_calls_another_function_is_not_equal(before: str) -> None:
    was = api_of(template(before), beside=BESIDE)
    for after, function in OF_TEMPLATES:
        found = compare(was, api_of(template(after), beside=BESIDE))
        if function == NOT_KNOWN:
            expected = ComparisonVerdict.UNKNOWN
        else:
            expected = ComparisonVerdict.EQUAL if called(before) == function else ComparisonVerdict.BOTH
        assert found.verdict is expected, (before, after)


def test_another_default_of_a_stored_parameter_is_another_function() -> None:
    uri = sub("${Stored}")
    other = SECTIONS.replace("/tokens/arn", "/evil/arn")
    found = compare(api_of(template(uri), beside=BESIDE), api_of(template(uri, other), beside=BESIDE))
    assert found.verdict is ComparisonVerdict.BOTH


def test_another_value_of_a_mapping_may_be_another_function() -> None:
    uri = "!FindInMap [Functions, !Ref Net, arn]"
    other = SECTIONS.replace("function:a", "function:b")
    found = compare(api_of(template(uri), beside=BESIDE), api_of(template(uri, other), beside=BESIDE))
    assert found.verdict is ComparisonVerdict.UNKNOWN
    assert 'the value of a mapping for "Functions", the parameter Net, "arn"' in unknown_in(
        template(uri), beside=BESIDE
    )


def test_a_function_that_is_not_known_decides_no_call() -> None:
    api = Api.parse(template(sub("${Fn}")) + "".join(f"  {line}\n" for line in BESIDE.strip().split("\n")))
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    output = {"principalId": "u", "policyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
    assert api.unknown_parts == ()
    assert api.invoke("GET", "/", headers={"A": "x"}, authorizer_output=output).allowed


@pytest.mark.parametrize("change", ["!Equals [!Ref Fn, other]", "!Equals [!Ref Net, other]"])
def test_a_function_that_a_condition_chooses_is_not_known_for_comparisons_only(change: str) -> None:
    sections = SECTIONS + f"Conditions:\n  Other: {change}\n"
    uri = f"!If [Other, {sub('${Evil.Arn}')}, {sub('${Good.Arn}')}]"
    beside = "".join(f"  {line}\n" for line in BESIDE.strip().split("\n"))
    api = Api.parse(template(uri, sections) + beside)
    assert len(api.variants) == 2
    assert prove("nobody may call DELETE /**", api).verdict is ProofVerdict.PROVEN
    assert (who(api, "GET", "/").unknown, len(who(api, "GET", "/").groups)) == ((), 1)
    found = compare(api, api)
    assert found.verdict is ComparisonVerdict.UNKNOWN
    assert [each.partition(":")[0] for each in found.unknown] == [
        "it is not known whether the authorizer Auth calls the same function in both versions"
    ]
    known = Api.parse(template(sub("${Good.Arn}"), sections) + beside)
    assert compare(api, known).verdict is ComparisonVerdict.UNKNOWN


SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {{DefaultAuthorizer: Tokens, Authorizers: {{Tokens: {{FunctionArn: {arn}}}}}}}
  Good:
    Type: AWS::Serverless::Function
    Properties:
      AutoPublishAlias: live
      Handler: a.b
      Runtime: python3.13
      CodeUri: .
      Events: {{Get: {{Type: Api, Properties: {{Path: /, Method: get, RestApiId: !Ref Api}}}}}}
  Evil: {{Type: AWS::Serverless::Function, Properties: {{Handler: a.b, Runtime: python3.13, CodeUri: .}}}}
"""


@pytest.mark.parametrize(
    ("arn", "function"),
    [
        ("!GetAtt Good.Arn", HEAD + "<the function Good>"),
        ("!GetAtt Evil.Arn", HEAD + "<the function Evil>"),
        ("!Ref Good.Alias", "<the reference Good.Alias>"),
        ("!Ref Good.Version", "<the reference Good.Version>"),
        (HEAD + "other", HEAD + "other"),
    ],
)
def test_the_function_of_a_template_of_sam(arn: str, function: str) -> None:
    (found,) = api_of(SAM.format(arn=arn)).authorizers
    assert with_unknown_in_words(found.function_arn or "") == function


def test_an_openapi_file_says_the_function() -> None:
    uri = (INVOKE % (HEAD + "tokens:live")).replace("eu-west-1", "${AWS::Region}")
    text = f"""
openapi: 3.0.1
info: {{title: t, version: "1"}}
paths: {{}}
components:
  securitySchemes:
    tokens:
      type: apiKey
      name: A
      in: header
      x-amazon-apigateway-authorizer: {{type: token, authorizerUri: "{uri}"}}
"""
    options = ReadOptions(stage="prod", account="111122223333", region="eu-west-1", api_id="a1b2c3", type="REST")
    (found,) = parse_api(text, options, name="api.yaml").authorizers
    assert found.function_arn == HEAD + "tokens:live"


NAME = "aws_api_gateway_rest_api.orders"
AUTHORIZER = "aws_api_gateway_authorizer.tokens"


def invoked(arn: str) -> str:
    """The URI by which API Gateway invokes a function."""
    return INVOKE.replace("${AWS::Region}", "eu-west-1") % arn


def function(name: str, function_name: str) -> Written:
    arn = f"{HEAD}{function_name}"
    assigned = {"arn": arn, "invoke_arn": invoked(arn), "qualified_invoke_arn": invoked(f"{arn}:7")}
    return Written("aws_lambda_function", name, {"function_name": function_name}, assigned)


def resources(
    uri: object, *, names: tuple[str, str] = ("good-fn", "evil-fn"), of_alias: object = None
) -> list[Written]:
    """An API with an authorizer that calls a function, two functions, and an alias."""
    alias = {"name": "live", "function_name": of_alias or Ref("aws_lambda_function.good", "arn")}
    return [
        rest_api(endpoint_configuration=[{"types": ["REGIONAL"]}]),
        root_method(authorization="CUSTOM", authorizer_id=Ref(AUTHORIZER)),
        stage(),
        function("good", names[0]),
        function("evil", names[1]),
        Written("aws_lambda_alias", "live", alias, {"invoke_arn": invoked(f"{HEAD}good-fn:live")}),
        Written(
            "aws_api_gateway_authorizer",
            "tokens",
            {"rest_api_id": Ref(NAME), "name": "tokens", "type": "TOKEN", "authorizer_uri": uri},
            {"id": "auth01", "identity_source": "method.request.header.Authorization"},
        ),
    ]


def planned(uri: object, references: list[str] | None = None, **changed: Any) -> Any:
    document = plan_of(resources(uri, **changed))
    for each in document["resource_changes"]:
        if each["address"] == AUTHORIZER:
            each["change"]["after_unknown"].pop("identity_source", None)
    for each in document["planned_values"]["root_module"]["resources"]:
        if each["address"] == AUTHORIZER:
            each["values"]["identity_source"] = "method.request.header.Authorization"
    return document if references is None else with_expression(document, AUTHORIZER, "authorizer_uri", references)


def of_terraform(document: Any) -> str:
    (found,) = only(contents(document), NAME).authorizers
    return with_unknown_in_words(found.function_arn or "").replace("123456789012", "111122223333")


GOOD = Ref("aws_lambda_function.good", "invoke_arn")
GOOD_FN = "the function aws_lambda_function.good, named good-fn"
BY_STAGE = "${stageVariables.name}"
EVIL_FN = "the function aws_lambda_function.evil, named evil-fn"


@pytest.mark.parametrize(
    ("uri", "references", "expected"),
    [
        (GOOD, None, f"{HEAD}<{GOOD_FN}>"),
        (Ref("aws_lambda_function.evil", "invoke_arn"), None, HEAD + f"<{EVIL_FN}>"),
        (
            Ref("aws_lambda_function.good", "qualified_invoke_arn"),
            None,
            f"<aws_lambda_function.good.qualified_invoke_arn of {GOOD_FN}>",
        ),
        (Ref("aws_lambda_alias.live", "invoke_arn"), None, f"<aws_lambda_alias.live.invoke_arn of {GOOD_FN}>"),
        # What stands beside the reference in the text is not in a plan: it may be an alias.
        (Ref("aws_lambda_function.good", "arn"), None, NOT_KNOWN),
        (GOOD, ["local.uri"], NOT_KNOWN),
        (GOOD, ["aws_lambda_function.good.invoke_arn", "aws_lambda_function.evil.invoke_arn"], NOT_KNOWN),
        (invoked(HEAD + "x:1"), None, HEAD + "x:1"),
        # The plan does not say the account: it may be the function that the plan makes.
        (invoked(HEAD + "good-fn:1"), None, f"{HEAD}<{GOOD_FN}>:1"),
        (invoked(HEAD + BY_STAGE + "-fn"), None, f"{HEAD}<{BY_STAGE}-fn, {EVIL_FN}, {GOOD_FN}>"),
        (invoked(HEAD + BY_STAGE + "-live"), None, HEAD + BY_STAGE + "-live"),
    ],
)
def test_the_function_of_a_plan(uri: object, references: list[str] | None, expected: str) -> None:
    assert of_terraform(planned(uri, references)) == expected


def test_the_function_of_a_state() -> None:
    assert of_terraform(state_of(resources(GOOD))) == f"{HEAD}<{GOOD_FN}>"


@pytest.mark.parametrize(
    ("after", "references", "verdict"),
    [
        (GOOD, None, ComparisonVerdict.EQUAL),
        (Ref("aws_lambda_function.evil", "invoke_arn"), None, ComparisonVerdict.BOTH),
        (Ref("aws_lambda_function.good", "qualified_invoke_arn"), None, ComparisonVerdict.BOTH),
        (GOOD, ["local.uri"], ComparisonVerdict.UNKNOWN),
    ],
)
def test_a_plan_that_calls_another_function_is_not_equal(
    after: object, references: list[str] | None, verdict: ComparisonVerdict
) -> None:
    was, is_now = only(contents(planned(GOOD)), NAME), only(contents(planned(after, references)), NAME)
    assert compare(was, is_now).verdict is verdict


ALIAS = Ref("aws_lambda_alias.live", "invoke_arn")
SWAPPED = {"names": ("evil-fn", "good-fn")}


@pytest.mark.parametrize(
    ("was", "is_now", "verdict"),
    [
        # Of two functions that swap their names the other one is called.
        ((GOOD, {}), (Ref("aws_lambda_function.evil", "invoke_arn"), SWAPPED), ComparisonVerdict.BOTH),
        ((invoked(HEAD + "good-fn"), {}), (invoked(HEAD + "good-fn"), SWAPPED), ComparisonVerdict.BOTH),
        ((invoked(HEAD + "good-fn"), {}), (invoked(HEAD + "good-fn"), {}), ComparisonVerdict.EQUAL),
        ((invoked(HEAD + "other"), {}), (invoked(HEAD + "other"), SWAPPED), ComparisonVerdict.EQUAL),
        # A name that is known only after apply may be that of the literal ARN.
        (
            (invoked(HEAD + "x"), {"names": (Ref("random_pet.a"), "evil-fn")}),
            (invoked(HEAD + "x"), {"names": ("good-fn", Ref("random_pet.a"))}),
            ComparisonVerdict.UNKNOWN,
        ),
        ((ALIAS, {}), (ALIAS, {}), ComparisonVerdict.EQUAL),
        ((ALIAS, {}), (ALIAS, {"of_alias": Ref("aws_lambda_function.evil", "arn")}), ComparisonVerdict.BOTH),
        ((ALIAS, {"of_alias": "good-fn"}), (ALIAS, {"of_alias": "evil-fn"}), ComparisonVerdict.BOTH),
        ((ALIAS, {"of_alias": "good-fn"}), (ALIAS, {"of_alias": "good-fn", **SWAPPED}), ComparisonVerdict.BOTH),
        ((ALIAS, {"of_alias": "good-fn"}), (ALIAS, {"of_alias": HEAD + "good-fn"}), ComparisonVerdict.EQUAL),
        ((ALIAS, {"of_alias": "x"}), (ALIAS, {"of_alias": "x"}), ComparisonVerdict.EQUAL),
        ((ALIAS, {"of_alias": "x"}), (ALIAS, {"of_alias": "y"}), ComparisonVerdict.BOTH),
        (
            (ALIAS, {"of_alias": Ref("aws_lambda_function.good", "function_name")}),
            (ALIAS, {"of_alias": Ref("aws_lambda_function.good", "function_name")}),
            ComparisonVerdict.UNKNOWN,
        ),
    ],
)
def test_another_resource_is_another_function_whatever_its_name(
    was: tuple[object, Any], is_now: tuple[object, Any], verdict: ComparisonVerdict
) -> None:
    before, after = (only(contents(planned(uri, **changed)), NAME) for uri, changed in (was, is_now))
    assert compare(before, after).verdict is verdict


def test_functions_of_a_template_that_swap_their_names_are_others() -> None:
    uri = sub(HEAD + "check-tokens")
    swapped = BESIDE.replace(
        "Good: {Type: AWS::Lambda::Function, Properties: {FunctionName: check-tokens}}", ""
    ).replace(
        "Evil: {Type: AWS::Lambda::Function, Properties: {}}",
        "Good: {Type: AWS::Lambda::Function, Properties: {}}\n"
        "Evil: {Type: AWS::Lambda::Function, Properties: {FunctionName: check-tokens}}",
    )
    before, after = (api_of(template(uri), beside=beside) for beside in (BESIDE, swapped))
    assert compare(before, after).verdict is ComparisonVerdict.BOTH
    assert compare(before, before).verdict is ComparisonVerdict.EQUAL
