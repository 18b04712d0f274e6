"""What a REST API says of an Authorization header that it reads as a signature and that is none (MSG-3)."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from typing import Any

import pytest

from execpolicy import Api, GatewayResponse, Route
from execpolicy.diagnose.why import read_message

pytestmark = pytest.mark.rule("MSG-3")

HERE: dict[str, Any] = {"id": "a1b2c3", "region": "eu-west-1", "account": "111122223333", "stages": ["prod"]}
REST = Api(**HERE, type="REST", routes=[Route("GET", "/signed", auth="AWS_IAM"), Route("GET", "/open")])
SIGV4 = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/eu-west-1/execute-api/aws4_request, Signature=abc"
MISSING = "Missing Authentication Token"


def hashed(header: str) -> str:
    return b64encode(sha256(header.encode()).digest()).decode()


def no_pair(header: str) -> str:
    return (
        "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with "
        f"Base64): '{hashed(header)}'."
    )


def lacks(header: str, *, dated: bool = False) -> str:
    date = "" if dated else "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    return (
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
        f"Authorization header requires 'SignedHeaders' parameter. {date}"
        f"(Hashed with SHA-256 and encoded with Base64) Authorization={hashed(header)}"
    )


def asked(path: str, headers: dict[str, Any], api: Api = REST) -> GatewayResponse:
    return api.invoke("GET", path, headers=headers)


@pytest.mark.parametrize("path", ["/none", "/signed"])
@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"Authorization": "Bearer eyJhbGciOi"}, no_pair("Bearer eyJhbGciOi")),
        ({"authorization": "Basic ZDQ"}, no_pair("Basic ZDQ")),
        ({"Authorization": "Digest a=b, c"}, no_pair("Digest a=b, c")),
        ({"Authorization": "eyJhbGciOi"}, lacks("eyJhbGciOi")),
        ({"Authorization": "Basic ZDQ="}, lacks("Basic ZDQ=")),
        ({"Authorization": "Basic ZDQ=", "X-Amz-Date": "20261129T120000Z"}, lacks("Basic ZDQ=", dated=True)),
        ({"Authorization": "Basic ZDQ=", "Date": "Sun, 29 Nov 2026"}, lacks("Basic ZDQ=", dated=True)),
        ({"Authorization": SIGV4}, MISSING),
        ({"Authorization": ""}, MISSING),
        ({"X-Other": "Bearer eyJhbGciOi"}, MISSING),
    ],
)
def test_the_message_and_the_body_have_the_complaint(path: str, headers: dict[str, Any], message: str) -> None:
    response = asked(path, headers)
    assert (response.status, response.response_type) == (403, "MISSING_AUTHENTICATION_TOKEN")
    assert (response.message, response.body, response.notes) == (message, {"message": message}, ())
    assert response.to_dict()["message"] == message
    assert message in str(response.explain())
    assert "eyJhbGciOi" not in str(response.explain())


@pytest.mark.parametrize("header", ["Bearer eyJhbGciOi", "eyJhbGciOi"])
def test_why_reads_what_invoke_says(header: str) -> None:
    summary = read_message(asked("/none", {"Authorization": header}).message).summary
    assert summary == "The Authorization header is not the signature that API Gateway expects"


def test_other_methods_and_other_apis_do_not_complain() -> None:
    header = {"Authorization": "Bearer eyJhbGciOi"}
    assert asked("/open", header).allowed
    http = Api(**HERE, type="HTTP", routes=[Route("GET", "/signed", auth="AWS_IAM")])
    assert (asked("/none", header, http).message, asked("/signed", header, http).message) == ("Not Found", "Forbidden")
    chat = Api(**HERE, type="WEBSOCKET", routes=[Route("$connect", auth="AWS_IAM")])
    assert chat.invoke("$connect", headers=header).message == MISSING
