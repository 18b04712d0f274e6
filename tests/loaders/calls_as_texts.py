"""Calls written as the texts that describe them: events, lines of access logs, entries of HAR files, curl commands."""

from __future__ import annotations

import json
import shlex
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from execpolicy.gateway.model.api_definition import ApiDefinition

#: The formats of access logs in which the calls are written, by their names.
LOG_FORMATS: Final = {
    "plain": "$context.identity.sourceIp $context.identity.userArn [$context.requestTime] $context.requestTimeEpoch "
    "$context.httpMethod $context.path $context.domainName $context.identity.vpceId $context.identity.vpcId "
    "$context.status $context.requestId",
    "JSON with quotes": '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp",'
    '"userArn":"$context.identity.userArn","requestTimeEpoch":"$context.requestTimeEpoch",'
    '"httpMethod":"$context.httpMethod","path":"$context.path","domainName":"$context.domainName",'
    '"vpceId":"$context.identity.vpceId","vpcId":"$context.identity.vpcId","status":"$context.status"}',
    "JSON without quotes": '{ "identity": {"sourceIp": "$context.identity.sourceIp", '
    '"userArn": "$context.identity.userArn", "vpceId": "$context.identity.vpceId", "vpcId": "$context.identity.vpcId"},'
    ' "request_time_epoch": $context.requestTimeEpoch, "http_method": "$context.httpMethod", '
    '"path": "$context.path", "stage": "$context.stage", "apiId": "$context.apiId", '
    '"status": $context.status, "responseLength": $context.responseLength }',
    "XML": '<request id="$context.requestId"> <ip>$context.identity.sourceIp</ip> '
    "<userArn>$context.identity.userArn</userArn> <requestTimeEpoch>$context.requestTimeEpoch</requestTimeEpoch> "
    "<httpMethod>$context.httpMethod</httpMethod> <path>$context.path</path> <stage>$context.stage</stage> "
    "<vpceId>$context.identity.vpceId</vpceId> <vpcId>$context.identity.vpcId</vpcId> "
    "<status>$context.status</status> </request>",
}
#: The time of a call that has none.
NOON: Final = 1_764_504_000


class WrittenCall(NamedTuple):
    """A call of ``three_apis/calls.yaml`` with the API that it calls."""

    api: ApiDefinition
    call: dict[str, Any]
    caller: str | None

    @property
    def method(self) -> str:
        return str(self.call["call"].split(" ")[0])

    @property
    def path(self) -> str:
        """The path after the stage."""
        return str(self.call["call"].split(" ")[1])

    @property
    def whole_path(self) -> str:
        stage = self.api.stage.name
        return self.path if stage == "$default" else f"/{stage}{self.path}"

    @property
    def host(self) -> str:
        return f"{self.api.id}.execute-api.{self.api.region}.amazonaws.com"

    @property
    def headers(self) -> dict[str, str]:
        return {"Host": self.host, **self.call.get("headers", {})}

    @property
    def query(self) -> dict[str, str]:
        return dict(self.call.get("query", {}))

    def key(self, name: str) -> str | None:
        found = self.call.get("context", {}).get(name)
        return None if found is None else str(found)

    @property
    def source_ip(self) -> str:
        return self.key("aws:SourceIp") or self.key("aws:VpcSourceIp") or "192.0.2.1"

    @property
    def time(self) -> int:
        return int(self.call.get("at", NOON))

    def context(self) -> dict[str, str | int | None]:
        """The variables of the call by their names."""
        return {
            "accountId": self.api.account,
            "apiId": self.api.id,
            "domainName": self.host,
            "httpMethod": self.method,
            "identity.sourceIp": self.source_ip,
            "identity.userArn": self.caller,
            "identity.vpcId": self.key("aws:SourceVpc"),
            "identity.vpceId": self.key("aws:SourceVpce"),
            "path": self.whole_path,
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": None,
            "requestTimeEpoch": self.time * 1000,
            "responseLength": 42,
            "stage": self.api.stage.name,
            "status": self.call["status"],
        }


def as_log_line(written: WrittenCall, log_format: str) -> str:
    """The line that API Gateway writes by a format."""
    line = log_format
    variables = written.context()
    for name in sorted(variables, key=len, reverse=True):
        value = variables[name]
        line = line.replace(f"$context.{name}", "-" if value is None else str(value))
    return line


def can_be_clf(written: WrittenCall) -> bool:
    """Whether the common log format says enough of a call: its path is that of a route, and nobody signed it."""
    keys = {route.key for route in written.api.routes}
    is_route = f"{written.method} {written.path}" in keys
    return is_route and written.caller is None and written.key("aws:SourceVpce") is None and "at" not in written.call


def as_clf(written: WrittenCall) -> str:
    """The line in the common log format, as the console offers it for REST or for HTTP APIs."""
    request = f"{written.method} {written.path} HTTP/1.1"
    if written.api.type == "HTTP":
        request = f"{written.method} {written.method} {written.path} HTTP/1.1"
    return f'{written.source_ip} - - [30/Nov/2026:12:00:00 +0000] "{request}" {written.call["status"]} 42 req-1'


def as_event_1(written: WrittenCall) -> str:
    """The event of payload format 1.0 that a function gets."""
    identity: dict[str, Any] = {"userArn": written.caller, "sourceIp": written.source_ip, "userAgent": None}
    vpc, vpce = written.key("aws:SourceVpc"), written.key("aws:SourceVpce")
    if vpce is not None:
        identity |= {"vpcId": vpc, "vpceId": vpce}
    return json.dumps(
        {
            "resource": "/anything",
            "path": written.path,
            "httpMethod": written.method,
            "headers": written.headers,
            "multiValueHeaders": {name: [value] for name, value in written.headers.items()},
            "queryStringParameters": written.query or None,
            "multiValueQueryStringParameters": {name: [value] for name, value in written.query.items()} or None,
            "body": None,
            "isBase64Encoded": False,
            "requestContext": {
                "accountId": written.api.account,
                "apiId": written.api.id,
                "domainName": written.host,
                "httpMethod": written.method,
                "identity": identity,
                "path": written.whole_path,
                "requestTimeEpoch": written.time * 1000,
                "stage": written.api.stage.name,
            },
        },
        indent=2,
    )


def as_event_2(written: WrittenCall) -> str:
    """The event of payload format 2.0 that a function gets."""
    signer = {} if written.caller is None else {"authorizer": {"iam": {"userArn": written.caller}}}
    return json.dumps(
        {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": written.whole_path,
            "rawQueryString": urlencode(written.query),
            "headers": {name.lower(): value for name, value in written.headers.items()},
            "requestContext": {
                "accountId": written.api.account,
                "apiId": written.api.id,
                "domainName": written.host,
                "http": {
                    "method": written.method,
                    "path": written.whole_path,
                    "sourceIp": written.source_ip,
                    "userAgent": "",
                },
                "stage": written.api.stage.name,
                "timeEpoch": written.time * 1000,
                **signer,
            },
            "isBase64Encoded": False,
        }
    )


def as_har(written: WrittenCall) -> str:
    """A HAR file with the call as its only entry."""
    from datetime import UTC, datetime

    query = f"?{urlencode(written.query)}" if written.query else ""
    signature = {} if written.caller is None else {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/…"}
    entry = {
        "startedDateTime": datetime.fromtimestamp(written.time, UTC).isoformat(),
        "request": {
            "method": written.method,
            "url": f"https://{written.host}{written.whole_path}{query}",
            "httpVersion": "HTTP/2.0",
            "headers": [{"name": name, "value": value} for name, value in {**written.headers, **signature}.items()],
            "queryString": [{"name": name, "value": value} for name, value in written.query.items()],
        },
        "response": {"status": written.call["status"], "content": {"text": '{"message":"Forbidden"}'}},
    }
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}})


def as_curl(written: WrittenCall) -> str:
    """A curl command that makes the call."""
    query = f"?{urlencode(written.query)}" if written.query else ""
    words = ["curl", "-X", written.method, f"https://{written.host}{written.whole_path}{query}"]
    for name, value in written.headers.items():
        words += ["-H", f"{name}: {value}"]
    if written.caller is not None:
        words += ["--aws-sigv4", f"aws:amz:{written.api.region}:execute-api", "--user", "KEY:SECRET"]
    return shlex.join(words)
