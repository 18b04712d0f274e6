"""What users give cannot pass for a value that is not known: U+FDD0 and U+FDD1 are refused, or have no effect."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from execpolicy import Api, Caller, Context, ExecPolicyError, Policy, Principal, Request, Route, Template

pytestmark = pytest.mark.rule("SRC-10")

MARK = "\ufdd0the parameter P\ufdd1"
ACCOUNT = "111122223333"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
CALL = f"arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1b2c3/prod/GET/pets"
OPEN: dict[str, Any] = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/clerk/ann"
API = Api(
    id="a1b2c3",
    type="REST",
    region="eu-west-1",
    account=ACCOUNT,
    stages=["prod"],
    routes=[Route("GET", "/pets/{id}")],
    resource_policy=Policy.parse({"Statement": OPEN}, kind="resource"),
)
TEMPLATE = {
    "Parameters": {"P": {"Type": "String"}},
    "Resources": {
        "A": {
            "Type": "AWS::ApiGateway::RestApi",
            "Properties": {"Policy": {"Statement": {**OPEN, "Resource": {"Ref": "P"}}}},
        }
    },
}
API_FILE = {
    "schema": "execpolicy/api/1",
    "id": "a1b2c3",
    "type": "REST",
    "region": "eu-west-1",
    "account": ACCOUNT,
    "stages": {"prod": {}},
    "routes": {"GET /x": {"auth": MARK}},
}
YAML = 'Statement:\n- Effect: Allow\n  Principal: "*"\n  Action: "\\uFDD0P\\uFDD1"\n  Resource: "*"\n'


def policy(value: object) -> Policy:
    return Policy.parse(value, kind="resource")  # type: ignore[arg-type]  # a text, or Python objects


def with_action(*, escapes: bool) -> str:
    return json.dumps({"Statement": {**OPEN, "Action": MARK}}, ensure_ascii=escapes)


def with_default(*, escapes: bool) -> str:
    parameters = {"P": {"Type": "String", "Default": MARK}}
    return json.dumps({**TEMPLATE, "Parameters": parameters}, ensure_ascii=escapes)


@pytest.mark.parametrize(
    ("make", "place"),
    [
        (lambda: policy(with_action(escapes=False)), "<policy>:1:64"),
        (lambda: policy(with_action(escapes=True)), "<policy>:1:64"),
        (lambda: policy({"Statement": {**OPEN, "Action": MARK}}), "<policy>: Statement.Action"),
        (lambda: Template.parse(with_default(escapes=True)), "<template>:1:53"),
        (lambda: Template.parse(with_default(escapes=False)), "<template>:1:53"),
        (lambda: Template.parse(json.dumps(TEMPLATE), parameters={"P": MARK}), "<parameter P>:1:1"),
        (lambda: Api.parse(json.dumps(API_FILE)), "<api>:1:169"),
        (lambda: Context({"aws:UserAgent": MARK}), "<context aws:UserAgent>:1:1"),
        (lambda: Context({"aws:TagKeys": [MARK]}), "<context aws:TagKeys>:1:1"),
        (lambda: Request(caller=ANN, action=MARK, resource=CALL), "<action>:1:1"),
        (lambda: Request(caller=ANN, action="execute-api:Invoke", resource=CALL + MARK), "<resource>:1:64"),
        (lambda: Caller(ANN + MARK), "<principal>:1:35"),
        (lambda: Principal.parse(ANN, tags={"team": MARK}), "<tag team>:1:1"),
        (lambda: Principal.parse(ANN, unique_id="AIDA" + MARK), "<unique_id>:1:5"),
        (lambda: Principal.parse(ANN, org_id="o-" + MARK), "<org_id>:1:3"),
        (lambda: Principal.parse(SESSION, role_path=f"/{MARK}/"), "<path>:1:2"),
        (lambda: API.invoke("GET", "/pets/" + MARK), "<resource>:1:65"),
        (lambda: API.invoke("GET", "/pets/1", headers={"User-Agent": MARK}), "<context aws:UserAgent>:1:1"),
        (lambda: API.invoke("GET", "/pets/1", claims={"sub": MARK}), "<claim sub>:1:1"),
    ],
)
def test_a_text_with_the_characters_of_unknown_values_is_refused(make: Callable[[], object], place: str) -> None:
    with pytest.raises(ExecPolicyError) as caught:
        make()
    error = caught.value
    assert error.message.startswith("found the noncharacter U+FDD0, which stands for no text")
    assert error.diagnostic.place == place
    assert error.advice == "remove it: no name or value in AWS contains it"
    assert "\ufdd0" not in str(error)


def test_in_yaml(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(YAML, "utf-8")
    with pytest.raises(ExecPolicyError, match=r":4:12: found the noncharacter U\+FDD0"):
        Policy.load(file, kind="resource")


def test_other_headers_are_no_text_of_a_policy() -> None:
    response = API.invoke("GET", "/pets/1", headers={"X-Request": MARK})
    assert (response.allowed, response.unknown_values) == (True, ())
