"""Lines without their format: JSON as people write it, XML, CLF and CSV as the console offers them."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Call, RequestError
from execpolicy.loaders.access_log.field_names import variable_of_field
from execpolicy.loaders.call_texts import read_calls

TIME = "29/Nov/2026:19:00:00 +0000"
#: The same call in each form of the console for a REST API: the path is that of the resource.
REST = {
    "CLF as the page has it": f'203.0.113.9 - - [{TIME}]"GET /pets/{{id}} HTTP/1.1" 403 42 c6af-1',
    "CLF": f'203.0.113.9 - - [{TIME}] "GET /pets/{{id}} HTTP/1.1" 403 42 c6af-1',
    "CLF with both ids": f'203.0.113.9 - - [{TIME}] "GET /pets/{{id}} HTTP/1.1" 403 42 c6af-1 ExtId=',
    "JSON": '{ "requestId":"c6af-1", "ip": "203.0.113.9", "caller":"-", "user":"-", '
    f'"requestTime":"{TIME}", "httpMethod":"GET","resourcePath":"/pets/{{id}}", "status":"403",'
    '"protocol":"HTTP/1.1", "responseLength":"42" }',
    "XML": '<request id="c6af-1"> <ip>203.0.113.9</ip> <caller>-</caller> <user>-</user> '
    f"<requestTime>{TIME}</requestTime> <httpMethod>GET</httpMethod> <resourcePath>/pets/{{id}}</resourcePath> "
    "<status>403</status> <protocol>HTTP/1.1</protocol> <responseLength>42</responseLength> </request>",
    "CSV": f"203.0.113.9,-,-,{TIME},GET,/pets/{{id}},HTTP/1.1,403,42,c6af-1",
    "CSV with both ids": f"203.0.113.9,-,-,{TIME},GET,/pets/{{id}},HTTP/1.1,403,42,c6af-1,ExtId=",
}


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize("form", REST)
def test_the_forms_of_the_console_describe_the_same_call(form: str) -> None:
    found = Call.parse(REST[form])
    # All but the id of the request, which has two forms.
    same = {"request_id": None}
    assert found.__getstate__() | same == Call.parse(REST["CLF"]).__getstate__() | same
    assert found.request_id == ("ExtId=" if "both ids" in form else "c6af-1")
    assert (found.method, found.path, found.route, found.source_ip) == ("GET", None, "/pets/{id}", "203.0.113.9")
    assert (found.is_signed, found.caller_arn, found.stage) == (False, None, None)
    assert str(found.time) == "2026-11-29 19:00:00+00:00"
    assert found.answer is not None
    assert found.answer.status == 403


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize(
    ("line", "method", "route", "is_websocket"),
    [
        (f'203.0.113.9 - - [{TIME}] "GET GET /pets/{{id}} HTTP/1.1" 403 42 abc=', "GET", "GET /pets/{id}", False),
        (f'203.0.113.9 - - [{TIME}] "GET $default HTTP/1.1" 403 42 abc=', "GET", "$default", False),
        (f'203.0.113.9 - - [{TIME}] "CONNECT $connect abc=" 403 abc=', "$connect", None, True),
        (f"203.0.113.9,{TIME},GET,GET /pets,HTTP/1.1,200,42,abc=", "GET", "GET /pets", False),
        (f"203.0.113.9,-,-,{TIME},MESSAGE,send,abc=,200,def=", "send", None, True),
    ],
)
def test_the_forms_of_http_and_websocket_apis(line: str, method: str, route: str | None, is_websocket: bool) -> None:
    found = Call.parse(line)
    assert (found.method, found.route, found.is_websocket) == (method, route, is_websocket)


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"httpMethod":"GET","path":"/a","status":403}', {"path": "/a"}),
        ('{"httpMethod":"GET","path":"/a","status":-}', {"path": "/a", "answer": None}),
        ('{"http_method":"GET","path":"/a","identity":{"source_ip":"1.2.3.4","user_arn":-}}', {"source_ip": "1.2.3.4"}),
        ('{"HTTP-METHOD":"GET","path":"/a","identity.sourceIp":"1.2.3.4"}', {"source_ip": "1.2.3.4"}),
        ('{"context.httpMethod":"GET","path":"/a","$context.stage":"prod"}', {"stage": "prod"}),
        ('{"httpMethod":"GET","path":"/a","userArn":"-"}', {"is_signed": False, "caller_arn": None}),
        ('{"httpMethod":"GET","path":"/a","userArn":null}', {"is_signed": False}),
        ('{"httpMethod":"GET","path":"/a"}', {"is_signed": None}),
        ('{"httpMethod":"GET","path":"/a","caller":"AIDAEXAMPLE"}', {"is_signed": True, "caller_id": "AIDAEXAMPLE"}),
        (
            '{"httpMethod":"GET","path":"/a","userArn":"arn:aws:iam::111122223333:user/Ann"}',
            {"is_signed": True, "caller_arn": "arn:aws:iam::111122223333:user/Ann"},
        ),
        ('{"httpMethod":"GET","path":"/a","vpceId":"vpce-1","vpcId":"-"}', {"absent": ("aws:SourceVpc",)}),
        (
            '{"httpMethod":"GET","path":"/a","identity":{"clientCert":{"serialNumber":"1"}}}',
            {"client_certificate": True},
        ),
        ('{"routeKey":"$connect","eventType":"CONNECT"}', {"method": "$connect", "is_websocket": True, "path": None}),
    ],
)
def test_a_line_in_json_as_people_write_it(line: str, expected: dict[str, Any]) -> None:
    found = Call.parse(line)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.rule("LOG-1")
def test_a_trailing_comma_is_read_where_the_format_has_it() -> None:
    form = '{"httpMethod":"$context.httpMethod","path":"$context.path","ua":"$context.identity.userAgent",}'
    found = Call.parse('{"httpMethod":"GET","path":"/a","ua":"x "quoted" y",}', log_format=form)
    assert (found.path, dict(found.context)) == ("/a", {"aws:UserAgent": 'x "quoted" y'})


@pytest.mark.rule("LOG-1")
def test_fields_that_mean_no_variable_are_listed() -> None:
    found = Call.parse('{"httpMethod":"GET","path":"/a","tenant":"x","nested":{"b":[1]}}')
    assert found.notes == ('fields that mean no variable are not read: "tenant", "nested.b"',)


@pytest.mark.rule("LOG-2")
def test_the_answer_of_a_line() -> None:
    line = (
        '{"httpMethod":"GET","path":"/a","status":"403","error":{"messageString":"\\"Forbidden\\"",'
        '"responseType":"ACCESS_DENIED"},"authorize":{"status":"403","error":"no"},"authorizer":{"error":"x","status":"200"},'
        '"authenticate_status":"200"}'
    )
    answer = Call.parse(line).answer
    assert answer is not None
    assert (answer.status, answer.response_type, answer.message) == (403, "ACCESS_DENIED", "Forbidden")
    assert (answer.authorize_status, answer.authorize_error, answer.authenticate_status) == (403, "no", 200)
    assert (answer.authorizer_status, answer.authorizer_error, answer.has_no_error) == (200, "x", False)
    absent = Call.parse('{"httpMethod":"GET","path":"/a","status":"200","responseType":"-"}').answer
    assert absent is not None
    assert absent.has_no_error


@pytest.mark.rule("LOG-1")
def test_names_of_fields() -> None:
    names = (
        "$context.identity.sourceIp",
        "IDENTITY_SOURCE_IP",
        "ip",
        "authorizer.claims.sub",
        "error",
        "authorizer",
        "",
    )
    assert [variable_of_field(name) for name in names] == [
        *("identity.sourceIp", "identity.sourceIp", "identity.sourceIp", "authorizer.claims.sub", None, None, None)
    ]


@pytest.mark.rule("LOG-1")
def test_a_text_of_several_lines_has_a_call_in_each() -> None:
    text = "\n".join((REST["CLF"], '{"httpMethod":"PUT","path":"/b"}', "", REST["XML"], "https://a.example/c"))
    assert [call.method for call in Call.parse_all(text)] == ["GET", "PUT", "GET", "GET"]
    with pytest.raises(RequestError, match="found 4 calls, expected one"):
        Call.parse(text)


@pytest.mark.rule("LOG-1")
def test_the_places_of_values_are_those_in_the_file() -> None:
    text = f'\n{REST["CLF"]}\n{{"httpMethod":"GET","path":"/a\\u0062"}}\n'
    first, second = read_calls(text, "f").calls
    assert [(each.source.span(each.start, each.end).line, each.value) for each in first.written.values()][:1] == [
        (2, "203.0.113.9")
    ]
    path = second.written["path"]
    assert (path.value, text[path.start : path.end]) == ("/ab", "/a\\u0062")


@pytest.mark.rule("LOG-2")
@pytest.mark.parametrize(
    ("line", "log_format"),
    [
        ('{"httpMethod":"GET","path":"/a","userAgent":"-","vpceId":"-"}', None),
        ("GET /a - -", "$context.httpMethod $context.path $context.identity.userAgent $context.identity.vpceId"),
    ],
)
def test_a_user_agent_that_is_the_sign_for_absent_is_not_known(line: str, log_format: str | None) -> None:
    found = Call.parse(line, log_format=log_format)
    assert (dict(found.context), found.absent) == ({}, ("aws:SourceVpce",))


@pytest.mark.rule("LOG-1")
@pytest.mark.parametrize("line", ["a: b", "10 20 30", "2026-11-29 GET /a", "x,y,z"])
def test_a_line_that_does_not_begin_with_an_address_is_none_of_the_console_s(line: str) -> None:
    with pytest.raises(RequestError, match="expected a URL"):
        Call.parse(line)


@pytest.mark.rule("LOG-1")
def test_an_ipv6_address_begins_a_line_of_the_console() -> None:
    line = REST["CLF"].replace("203.0.113.9", "2001:db8::1")
    assert Call.parse(line).source_ip == "2001:db8::1"
    with pytest.raises(RequestError, match="expected a URL"):
        Call.parse(REST["CLF"].replace("/pets", f"/{'p' * 17_000}"))
