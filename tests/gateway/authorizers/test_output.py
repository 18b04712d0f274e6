"""What an authorizer's function answered: taken, or the status that follows and why."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Api, Authorizer, Policy, PolicySyntaxError, Route, UsageError
from execpolicy.document.syntax.nodes import NodeInSource
from execpolicy.errors import Source
from execpolicy.gateway.authorizers import output as output_module
from execpolicy.gateway.authorizers.output import AuthorizerOutput, compiled_policy, output_in_file
from execpolicy.gateway.authorizers.output_members import AuthorizerFailure
from execpolicy.gateway.model.names import ApiType, ResponseType
from tests.refused import Refusal, refused

ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
STATEMENT = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ARN}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
GOOD = {"principalId": "ann", "policyDocument": DOCUMENT}

#: Every way in which an API takes a policy: type, payload format.
TAKES_POLICIES = [("REST", "1.0"), ("WEBSOCKET", "1.0"), ("HTTP", "1.0"), ("HTTP", "2.0")]
NOT_HTTP = [ApiType.REST, ApiType.WEBSOCKET]


def with_member(name: str, value: object) -> dict[str, Any]:
    return {**GOOD, name: value}


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in GOOD.items() if key != name}


def with_document(**changes: object) -> dict[str, Any]:
    statement = {**STATEMENT, **changes}
    return with_member("policyDocument", {"Version": "2012-10-17", "Statement": [statement]})


def failure(value: object, **form: Any) -> AuthorizerFailure:
    output = AuthorizerOutput.parse(value, **form)
    assert output.failure is not None
    assert (output.policy, output.is_authorized, output.principal_id, dict(output.context)) == (None, None, None, {})
    return output.failure


def simple(value: object) -> AuthorizerOutput:
    return AuthorizerOutput.parse(value, api_type="HTTP", payload_format="2.0", simple_responses=True)


# Answers that are taken


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(("api_type", "payload_format"), TAKES_POLICIES)
def test_a_policy_with_its_principal_is_taken(api_type: str, payload_format: str) -> None:
    answer = {**GOOD, "context": {"plan": "gold", "limit": 3, "beta": True}, "usageIdentifierKey": "key-1"}

    output = AuthorizerOutput.parse(answer, api_type=api_type, payload_format=payload_format)

    assert output.failure is None
    assert output.policy == Policy.parse(DOCUMENT, kind="authorizer", name="<authorizer output>")
    assert output.is_authorized is None
    assert output.principal_id == "ann"
    assert output.context == {"plan": "gold", "limit": 3, "beta": True}
    assert output.usage_identifier_key == "key-1"
    assert output.problems == ()


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("convert", [str.encode, lambda text: bytearray(text, "utf-8"), lambda text: f"\n {text}\n"])
def test_a_policy_comes_as_text_too(convert: Any) -> None:
    output = AuthorizerOutput.parse(convert(json.dumps(GOOD, indent=1)))

    assert output.principal_id == "ann"
    assert output.policy is not None
    assert output.policy.to_document() == DOCUMENT


@pytest.mark.rule("AUT-2")
def test_a_policy_from_text_keeps_the_places_of_that_text() -> None:
    output = AuthorizerOutput.parse('{"principalId": "ann",\n "policyDocument": {"Statement": []}}')

    assert output.policy is not None
    assert output.policy.source is not None
    assert output.policy.source.name == "<authorizer output>"
    assert output.policy.source.text.startswith('{"principalId"')


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("name", ["context", "usageIdentifierKey"])
def test_null_is_taken_as_nothing_where_a_member_is_optional(name: str) -> None:
    output = AuthorizerOutput.parse(with_member(name, None))

    assert output.failure is None
    assert output.context == {}
    assert output.usage_identifier_key is None


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    "document",
    [{"Statement": []}, {"Version": "2012-10-17", "Statement": STATEMENT}],
    ids=["no statement", "one statement that is no list"],
)
def test_an_odd_document_is_a_policy(document: dict[str, Any]) -> None:
    assert AuthorizerOutput.parse(with_member("policyDocument", document)).failure is None


@pytest.mark.rule("AUT-2")
def test_an_empty_resource_is_a_policy_that_covers_nothing() -> None:
    output = AuthorizerOutput.parse(with_document(Resource=[]))

    assert output.failure is None
    assert output.policy is not None
    assert output.policy.statements[0].resource.values == ()


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("authorized", [True, False])
def test_a_simple_response_is_taken(authorized: bool) -> None:
    output = simple({"isAuthorized": authorized, "context": {"groups": ["a", {"b": 1}], "none": None}})

    assert output.failure is None
    assert output.is_authorized is authorized
    assert output.policy is None
    assert output.context == {"groups": ["a", {"b": 1}], "none": None}


@pytest.mark.rule("AUT-2")
def test_a_simple_response_takes_no_look_at_a_policy_beside_it() -> None:
    output = simple({**GOOD, "isAuthorized": False})

    assert output.is_authorized is False
    assert output.policy is None


# What the function threw


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize("api_type", NOT_HTTP)
@pytest.mark.parametrize(
    "thrown",
    [
        "Unauthorized",
        b"Unauthorized",
        Exception("Unauthorized"),
        PermissionError("Unauthorized"),
        {"errorMessage": "Unauthorized", "errorType": "Error", "trace": []},
        '{"errorMessage": "Unauthorized", "errorType": "Exception", "requestId": "1", "stackTrace": ["x"]}',
        b'{"errorMessage": "Unauthorized"}',
    ],
    ids=repr,
)
def test_unauthorized_is_a_401(thrown: object, api_type: ApiType) -> None:
    expected = AuthorizerFailure(401, ResponseType.UNAUTHORIZED, "the function failed with Unauthorized", "AUT-3")

    assert failure(thrown, api_type=api_type) == expected


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize("api_type", NOT_HTTP)
@pytest.mark.parametrize(
    "message",
    ["unauthorized", "Unauthorized.", " Unauthorized", "Unauthorized\n", "[401] Unauthorized", "UNAUTHORIZED"],
)
def test_what_is_nearly_unauthorized_is_a_500(message: str, api_type: ApiType) -> None:
    shown = message.replace("\n", "\\n")
    reason = f'the function failed with "{shown}"; only the exact message Unauthorized leads to 401'
    expected = AuthorizerFailure(500, ResponseType.AUTHORIZER_FAILURE, reason, "AUT-3")

    assert failure(message, api_type=api_type) == expected
    assert failure(Exception(message), api_type=api_type) == expected


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize(
    ("thrown", "shown"),
    [
        (ValueError("Invalid token"), "Invalid token"),
        ("Error: Invalid token", "Error: Invalid token"),
        # str() of a KeyError is quoted, and so is what Lambda reports.
        (KeyError("authorizationToken"), "'authorizationToken'"),
        (
            {"errorMessage": "2026-01-01 Task timed out after 3.00 seconds"},
            "2026-01-01 Task timed out after 3.00 seconds",
        ),
        ({"errorMessage": None, "errorType": "Error"}, "None"),
        ("", ""),
        (Exception(), ""),
    ],
    ids=repr,
)
def test_any_other_error_is_a_500(thrown: object, shown: str) -> None:
    reason = f'the function failed with "{shown}"'

    assert failure(thrown) == AuthorizerFailure(500, ResponseType.AUTHORIZER_FAILURE, reason, "AUT-3")
    assert failure(thrown, api_type="HTTP") == AuthorizerFailure(500, None, reason, "AUT-3")


@pytest.mark.rule("AUT-3")
def test_a_key_error_that_quotes_unauthorized_is_a_500() -> None:
    found = failure(KeyError("Unauthorized"))

    assert found.status == 500
    assert (
        found.reason
        == """the function failed with "'Unauthorized'"; only the exact message Unauthorized leads to 401"""
    )


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
def test_an_http_api_has_no_gateway_responses(payload_format: str) -> None:
    form = {"api_type": "HTTP", "payload_format": payload_format}

    assert failure("Unauthorized", **form) == AuthorizerFailure(
        401, None, "the function failed with Unauthorized", "AUT-3"
    )
    assert failure(None, **form) == AuthorizerFailure(
        500, None, "the function returned null, expected an object", "AUT-2"
    )


@pytest.mark.rule("AUT-3")
def test_an_answer_that_has_more_than_an_error_is_no_error() -> None:
    answer = {**GOOD, "errorMessage": "Unauthorized"}

    assert AuthorizerOutput.parse(answer).failure is None


@pytest.mark.rule("AUT-3")
def test_an_error_counts_before_the_form_of_the_answer() -> None:
    assert simple("Unauthorized").failure == AuthorizerFailure(
        401, None, "the function failed with Unauthorized", "AUT-3"
    )


# Answers that are none


def configuration(reason: str) -> AuthorizerFailure:
    return AuthorizerFailure(500, ResponseType.AUTHORIZER_CONFIGURATION_ERROR, reason, "AUT-2")


MALFORMED: list[tuple[str, object, str]] = [
    ("null", None, "the function returned null, expected an object"),
    ("null as text", "null", "the function returned null, expected an object"),
    ("true", True, "the function returned a value of type bool, expected an object"),
    ("a number", "5", "the function returned the number 5, expected an object"),
    ("a list", [GOOD], "the function returned a value of type list, expected an object"),
    ("a list as text", json.dumps([GOOD]), "the function returned a list, expected an object"),
    ("a string as text", '"Unauthorized"', "the function returned a string, expected an object"),
    ("a lone object", object(), "the function returned a value of type object, expected an object"),
    (
        "no JSON",
        '{"principalId": "ann",}',
        "the output of the function is not JSON: found a comma before the closing",
    ),
    ("bytes that are no text", b'{"principalId": "\xff', "the output of the function is not JSON: "),
    ("a set in it", with_member("context", {"groups": {"a"}}), "the output of the function is not JSON: "),
    ("a name that is no text", {1: 2}, "the output of the function is not JSON: "),
    ("nothing in it", {}, "the function returned no principalId, expected a string"),
    ("no principalId", without("principalId"), "the function returned no principalId, expected a string"),
    (
        "principalId in other letters",
        {**without("principalId"), "principalID": "ann"},
        'the function returned no principalId, expected a string; "principalID" is another name',
    ),
    (
        "principalId in Python's way",
        {**without("principalId"), "principal_id": "ann"},
        'the function returned no principalId, expected a string; "principal_id" is another name',
    ),
    (
        "principalId empty",
        with_member("principalId", ""),
        "found an empty string as principalId, expected the name of a caller",
    ),
    ("principalId null", with_member("principalId", None), "found null as principalId, expected a string"),
    ("principalId a number", with_member("principalId", 7), "found the number 7 as principalId, expected a string"),
    ("principalId an object", with_member("principalId", {}), "found an object as principalId, expected a string"),
    ("no policyDocument", without("policyDocument"), "the function returned no policyDocument, expected an object"),
    (
        "PolicyDocument",
        {"principalId": "ann", "PolicyDocument": DOCUMENT},
        'the function returned no policyDocument, expected an object; "PolicyDocument" is another name',
    ),
    ("policyDocument null", with_member("policyDocument", None), "found null as policyDocument, expected an object"),
    (
        "policyDocument a list",
        with_member("policyDocument", [DOCUMENT]),
        "found a list as policyDocument, expected an object",
    ),
    (
        "policyDocument as text",
        with_member("policyDocument", "{}"),
        'found the string "{}" as policyDocument, expected an object; it must be the object itself, not its text',
    ),
    (
        "a simple response",
        {"isAuthorized": True},
        "the function returned no principalId, expected a string; isAuthorized is for HTTP APIs with payload format "
        "2.0 and simple responses",
    ),
    (
        "the answer of an integration",
        {"statusCode": 401, "body": "Unauthorized"},
        "the function returned no principalId, expected a string; statusCode belongs to the answer of an integration",
    ),
    (
        "a key that is no text",
        with_member("usageIdentifierKey", 5),
        "found the number 5 as usageIdentifierKey, expected a string",
    ),
    ("context a list", with_member("context", ["a"]), "found a list as context, expected an object"),
    ("context a text", with_member("context", "a"), 'found the string "a" as context, expected an object'),
    (
        "Condition null",
        with_document(Condition=None),
        'its policyDocument is not valid: found null as Condition, expected an object such as {"StringEquals": '
        '{"aws:SourceVpc": "vpc-1"}}',
    ),
    (
        "no Effect and no Action",
        with_member("policyDocument", {"Statement": [{"Resource": ARN}]}),
        "its policyDocument is not valid: found a statement without Effect, and 1 more",
    ),
    (
        "effect in small letters",
        with_document(Effect="allow"),
        'its policyDocument is not valid: found "allow" as Effect, expected "Allow" or "Deny"',
    ),
    (
        "a principal",
        with_document(Principal="*"),
        "its policyDocument is not valid: found Principal in an authorizer's policy",
    ),
    (
        "an unknown version",
        with_member("policyDocument", {"Version": "2026-01-01", "Statement": []}),
        'its policyDocument is not valid: found "2026-01-01" as Version',
    ),
    (
        "no statements",
        with_member("policyDocument", {}),
        "its policyDocument is not valid: found a document without",
    ),
]


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("api_type", NOT_HTTP)
@pytest.mark.parametrize(("answer", "reason"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_a_malformed_answer_is_a_500(answer: object, reason: str, api_type: ApiType) -> None:
    found = failure(answer, api_type=api_type)

    assert found.reason.startswith(reason)
    assert found == configuration(found.reason)


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize("payload_format", ["1.0", "2.0"])
@pytest.mark.parametrize(("answer", "reason"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_a_malformed_answer_to_an_http_api_is_a_500(answer: object, reason: str, payload_format: str) -> None:
    found = failure(answer, api_type="HTTP", payload_format=payload_format)

    assert found.reason.startswith(reason)
    assert found == AuthorizerFailure(500, None, found.reason, "AUT-2")


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("value", "shown"), [(["a"], "a list"), ([], "an empty list"), ({"a": 1}, "an object"), ({}, "an object")]
)
def test_only_payload_format_2_takes_a_context_of_lists_and_objects(value: object, shown: str) -> None:
    answer = with_member("context", {"plan": "gold", "groups": value})
    reason = f'found {shown} as "groups" of context, expected a string, a number or a boolean'

    assert failure(answer) == configuration(reason)
    assert failure(answer, api_type="WEBSOCKET") == configuration(reason)
    assert failure(answer, api_type="HTTP") == AuthorizerFailure(500, None, reason, "AUT-2")
    taken = AuthorizerOutput.parse(answer, api_type="HTTP", payload_format="2.0")
    assert taken.context == {"plan": "gold", "groups": value}


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"isAuthorized": "false"}, 'found the string "false" as isAuthorized, expected true or false'),
        ({"isAuthorized": "true"}, 'found the string "true" as isAuthorized, expected true or false'),
        ({"isAuthorized": 1}, "found the number 1 as isAuthorized, expected true or false"),
        ({"isAuthorized": None}, "found null as isAuthorized, expected true or false"),
        ({}, "the function returned no isAuthorized, expected true or false"),
        (
            {"is_authorized": True},
            'the function returned no isAuthorized, expected true or false; "is_authorized" is another name',
        ),
        (
            GOOD,
            "the function returned no isAuthorized, expected true or false; with simple responses, policies are "
            "ignored",
        ),
        ({"isAuthorized": True, "context": []}, "found an empty list as context, expected an object"),
        (None, "the function returned null, expected an object"),
    ],
    ids=repr,
)
def test_a_malformed_simple_response_is_a_500(answer: object, reason: str) -> None:
    assert simple(answer).failure == AuthorizerFailure(500, None, reason, "AUT-2")


@pytest.mark.rule("AUT-2")
def test_a_resource_may_have_512_characters() -> None:
    assert AuthorizerOutput.parse(with_document(Resource=[ARN, ARN.ljust(512, "a")])).failure is None

    output = AuthorizerOutput.parse(with_document(Resource=[ARN, ARN.ljust(513, "a")]))

    reason = "found a resource of 513 characters, expected at most 512"
    assert output.failure == configuration(reason)
    assert [problem.place for problem in output.problems] == ["<authorizer output>: Statement[0].Resource"]
    assert [(problem.message, problem.rule) for problem in output.problems] == [(reason, "AUT-2")]


@pytest.mark.rule("AUT-2")
def test_a_resource_that_is_too_long_has_its_place_in_a_text() -> None:
    text = (
        '{"principalId": "ann", "policyDocument": {"Statement": {"Effect": "Deny", "Action": "*", "NotResource":\n'
        f' "arn:aws:execute-api:{"a" * 500}"}}}}}}'
    )

    output = AuthorizerOutput.parse(text)

    assert output.failure == configuration("found a resource of 520 characters, expected at most 512")
    assert [problem.place for problem in output.problems] == ["<authorizer output>:2:2"]
    assert [problem.path for problem in output.problems] == ["Statement[0].NotResource"]


@pytest.mark.rule("AUT-2")
def test_everything_that_is_wrong_with_a_policy_is_told_with_its_place() -> None:
    text = (
        '{"principalId": "ann",\n'
        ' "policyDocument": {"Statement": [{\n'
        '   "Effect": "allow",\n'
        '   "Action": "execute-api:Invoke",\n'
        '   "Resource": null}]}}'
    )

    output = AuthorizerOutput.parse(text)

    assert [(problem.place, problem.message) for problem in output.problems] == [
        ("<authorizer output>:3:14", 'found "allow" as Effect, expected "Allow" or "Deny"'),
        ("<authorizer output>:5:16", "found null as Resource, expected a string or a list of them"),
    ]
    assert output.failure is not None
    assert output.failure.reason.endswith(", and 1 more")


@pytest.mark.rule("AUT-2")
def test_a_text_that_is_no_json_has_its_place() -> None:
    output = AuthorizerOutput.parse('{"principalId": "ann",\n "principalId": "bob"}')

    assert [problem.place for problem in output.problems] == ["<authorizer output>:2:2"]
    assert "principalId" in output.problems[0].message


@pytest.mark.rule("AUT-2")
def test_objects_that_are_no_json_have_their_path() -> None:
    output = AuthorizerOutput.parse({**GOOD, "context": {"when": {1, 2}}})

    assert [problem.place for problem in output.problems] == ["<authorizer output>: context.when"]


# Wrong use


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"api_type": "SOAP"}, Refusal("api_type is REST or HTTP or WEBSOCKET, found 'SOAP'")),
        (
            {"api_type": "HTTP", "payload_format": "3.0"},
            Refusal('payload_format is "1.0" or "2.0", found \'3.0\'', rule="AUT-1"),
        ),
        (
            {"simple_responses": True},
            Refusal("simple responses are for HTTP APIs with payload format 2.0", rule="AUT-2"),
        ),
        (
            {"api_type": "HTTP", "simple_responses": True},
            Refusal("simple responses are for HTTP APIs with payload format 2.0", rule="AUT-2"),
        ),
        (
            {"api_type": "REST", "payload_format": "2.0", "simple_responses": True},
            Refusal("simple responses are for HTTP APIs with payload format 2.0", rule="AUT-2"),
        ),
        (
            {"api_type": "HTTP", "payload_format": "2.0", "simple_responses": "no"},
            Refusal("simple_responses is True or False, found 'no'"),
        ),
    ],
    ids=repr,
)
def test_a_form_that_no_authorizer_has_is_refused(form: dict[str, Any], said: Refusal) -> None:
    assert refused(UsageError, lambda: AuthorizerOutput.parse(GOOD, **form)) == said


# The value


@pytest.mark.rule("AUT-2")
def test_outputs_are_values() -> None:
    answer = with_member("context", {"a": 1})
    output = AuthorizerOutput.parse(answer)

    assert output == AuthorizerOutput.parse(copy.deepcopy(answer))
    assert output != AuthorizerOutput.parse(GOOD)
    assert len({output, AuthorizerOutput.parse(answer), AuthorizerOutput.parse(GOOD)}) == 2
    assert pickle.loads(pickle.dumps(output)) == output
    with pytest.raises(TypeError):
        output.context["a"] = 2  # type: ignore[index]


@pytest.mark.rule("AUT-2")
def test_a_change_of_the_answer_does_not_change_the_output() -> None:
    answer = with_member("context", {"a": 1})
    output = AuthorizerOutput.parse(answer)
    answer["context"]["a"] = 2

    assert output.context == {"a": 1}


@pytest.mark.rule("AUT-5")
def test_one_document_is_compiled_once() -> None:
    first, second = AuthorizerOutput.parse(GOOD), AuthorizerOutput.parse(copy.deepcopy(GOOD))
    other = AuthorizerOutput.parse(with_document(Effect="Deny"))
    assert first.policy is not None
    assert second.policy is not None
    assert other.policy is not None

    assert compiled_policy(first.policy) is compiled_policy(second.policy)
    assert compiled_policy(first.policy) is not compiled_policy(other.policy)
    assert [statement.denies for statement in compiled_policy(other.policy).statements()] == [True]


_ANYTHING = st.recursive(
    st.sampled_from(
        [None, True, 5, -1.5, 10**400, float("nan"), "", "a", "Unauthorized", "{}", b"\xff", object(), {1}]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["", "a", 1]), inner),
    max_leaves=8,
)
_MEMBERS = st.sampled_from(
    ["principalId", "policyDocument", "context", "usageIdentifierKey", "isAuthorized", "errorMessage", "Statement"]
)
_ANSWERS = (
    _ANYTHING
    | st.dictionaries(_MEMBERS, _ANYTHING)
    | st.dictionaries(_MEMBERS, _ANYTHING).map(lambda changes: {**GOOD, **changes})
)


@pytest.mark.rule("AUT-2")
@given(_ANSWERS, st.sampled_from([*TAKES_POLICIES, ("HTTP", "simple")]))
def test_no_answer_makes_it_raise(answer: object, form: tuple[str, str]) -> None:
    is_simple = form[1] == "simple"
    output = AuthorizerOutput.parse(
        answer, api_type=form[0], payload_format="2.0" if is_simple else form[1], simple_responses=is_simple
    )

    decided = [output.failure is not None, output.policy is not None, output.is_authorized is not None]
    assert decided.count(True) == 1
    if output.failure is not None:
        assert output.failure.status in (401, 500)
        assert (output.failure.response_type is None) is (form[0] == "HTTP")
        assert output.failure.reason


_PLAIN: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "principalId": st.sampled_from(["ann", "", "\u00e9", "\0", " "]),
        "policyDocument": st.sampled_from([GOOD["policyDocument"], {"Statement": []}, {"Statement": 5}, None, "{}"]),
    },
    optional={
        "context": st.none()
        | st.dictionaries(
            st.sampled_from(["a", "claims", "\ud800", "b"]),
            st.sampled_from(["x", True, 5, -7, 10**15, 1.5, "", "\0", None, [], {}]),
            max_size=3,
        ),
        "usageIdentifierKey": st.sampled_from(["key", None, 5]),
        "more": st.just(1),
    },
)


@pytest.mark.rule("AUT-2", "AUT-3")
@given(_ANSWERS | _PLAIN, st.sampled_from([*TAKES_POLICIES, ("HTTP", "simple")]))
def test_simple_output_is_what_it_is_for_the_parser(answer: object, form: tuple[str, str]) -> None:
    is_simple = form[1] == "simple"
    given_form: dict[str, Any] = {
        "api_type": form[0],
        "payload_format": "2.0" if is_simple else form[1],
        "simple_responses": is_simple,
    }
    found = AuthorizerOutput.parse(answer, **given_form)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output_module, "plain_output", lambda _: None)
        expected = AuthorizerOutput.parse(answer, **given_form)
    assert (found, repr(found.context), found.doubt) == (expected, repr(expected.context), expected.doubt)


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(("characters", "fits"), [(512, True), (513, False)])
def test_the_length_of_a_resource_counts_in_simple_output(characters: int, fits: bool) -> None:
    arn = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/"
    for _ in range(2):
        found = AuthorizerOutput.parse(with_document(Resource=arn + "x" * (characters - len(arn))))
        assert (found.policy is not None) is fits


def test_a_known_document_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = AuthorizerOutput.parse(GOOD)
    monkeypatch.setattr(Policy, "parse", None)
    again = AuthorizerOutput.parse({**copy.deepcopy(GOOD), "context": {"a": 1}})
    assert again.policy is first.policy
    assert again.context == {"a": 1}


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("changes", "status", "note"),
    [
        ({"principalId": 5}, 500, "a number as principalId is treated as an invalid response"),
        ({"principalId": ""}, 500, "an empty principalId is treated as an invalid response"),
        ({"principalId": " "}, 200, ""),
        ({"principalId": None}, 500, ""),
        ({}, 500, "no principalId is treated as an invalid response"),
        (
            {"principalId": "u", "policyDocument": {"Version": "2012-10-17", "Statement": []}},
            403,
            "the policy of the function has no statement, and is treated as one that allows nothing",
        ),
        ({"principalId": "u"}, 200, ""),
        ({"principalId": True}, 500, ""),
    ],
)
def test_a_call_has_a_note_on_an_answer_that_reports_differ_on(changes: dict[str, Any], status: int, note: str) -> None:
    api = Api(
        id="a1b2c3",
        type="REST",
        region="eu-west-1",
        account="111122223333",
        stages=["prod"],
        routes=[Route("GET", "/pets", auth="CUSTOM", authorizer="asks")],
        authorizers=[Authorizer("asks", type="TOKEN", identity_sources=["method.request.header.Auth"])],
    )
    allow = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    answer = {"policyDocument": {"Version": "2012-10-17", "Statement": [allow]}, **changes}
    response = api.invoke("GET", "/pets", headers={"Auth": "t"}, authorizer_output=answer)
    expected = (f"{note} (AUT-2, assumed)",) if note else ()
    assert (response.status, tuple(response.notes)) == (status, expected)
    parsed = AuthorizerOutput.parse(answer)
    assert (parsed.doubt, pickle.loads(pickle.dumps(parsed)).doubt) == (note, note)


# An answer in a file


@pytest.mark.rule("AUT-3")
@pytest.mark.parametrize("text", ["Unauthorized", "Unauthorized\n", "Unauthorized\r\n", "\ufeffUnauthorized"])
def test_a_file_may_hold_the_one_error_that_is_a_401(text: str) -> None:
    output = AuthorizerOutput.parse(output_in_file(text, "answer.txt"))
    assert output.failure is not None
    assert (output.failure.status, output.failure.rule) == (401, "AUT-3")


@pytest.mark.rule("AUT-2")
def test_a_policy_in_a_file_has_its_places_there() -> None:
    found = output_in_file(json.dumps(GOOD, indent=1) + "\n", "answer.json")
    assert isinstance(found, NodeInSource)
    output = AuthorizerOutput.parse(found)
    assert output.policy is not None
    assert output.policy.name == "answer.json"
    (statement,) = output.policy.statements
    span = output.policy.span(statement.resource.values[0])
    assert span is not None
    assert (span.line, span.column) == (9, 17)


@pytest.mark.rule("AUT-2", "AUT-3")
@pytest.mark.parametrize(
    ("text", "place", "message", "advice"),
    [
        ("", "a:1:1", "the document is empty, expected a JSON object", True),
        ("unauthorized", "a:1:1", 'found "unauthorized", expected a value', True),
        ("Unauthorized ", "a:1:1", 'found "Unauthorized", expected a value', True),
        ("import json\n", "a:1:1", 'found "import", expected a value', True),
        ('{"a": 1,}', "a:1:8", 'found a comma before the closing "}"', False),
        ("[1,]", "a:1:3", 'found a comma before the closing "]"', False),
        ('{"a": 1} {"b": 2}', "a:1:10", "", False),
    ],
)
def test_a_file_that_holds_no_answer(text: str, place: str, message: str, advice: bool) -> None:
    with pytest.raises(PolicySyntaxError) as caught:
        output_in_file(text, "a")
    error = caught.value.errors[0]
    assert error.place == place
    assert message in error.message
    assert error.advice.startswith("give the JSON that the function returns, Unauthorized alone") is advice


@pytest.mark.rule("AUT-3")
def test_a_named_text_is_read_as_any_text() -> None:
    output = AuthorizerOutput.parse(Source("answer.txt", "Unauthorized"))
    assert output.failure is not None
    assert output.failure.status == 401


@pytest.mark.rule("AUT-2")
@pytest.mark.parametrize(
    ("api_type", "characters", "fits"),
    [
        ("WEBSOCKET", 8_000, True),
        ("WEBSOCKET", 8_200, False),
        ("REST", 8_200, True),
        ("HTTP", 8_200, True),
    ],
)
def test_a_websocket_api_takes_output_of_8_kb(api_type: str, characters: int, fits: bool) -> None:
    statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    answer = {
        "principalId": "ann",
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"padding": "x" * characters},
    }
    for value in (answer, json.dumps(answer, indent=8)):
        found = AuthorizerOutput.parse(value, api_type=api_type)
        assert (found.failure is None) is fits
        assert found.doubt == ("" if fits else "output of more than 8192 bytes is treated as an invalid response")


@pytest.mark.rule("AUT-2")
def test_the_size_of_output_is_counted_in_bytes_of_compact_json() -> None:
    def padded(text: str) -> dict[str, Any]:
        statement = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return {"principalId": "ann", "policyDocument": document, "context": {"padding": text}}

    left = 8192 - len(json.dumps(padded(""), separators=(",", ":")))
    assert AuthorizerOutput.parse(padded("x" * left), api_type="WEBSOCKET").failure is None
    for text in ("x" * (left + 1), "é" * (left // 2 + 1)):
        failure = AuthorizerOutput.parse(padded(text), api_type="WEBSOCKET").failure
        assert failure is not None
        assert failure.status == 500
