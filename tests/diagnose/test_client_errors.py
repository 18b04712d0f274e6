"""Errors of the AWS CLI and the SDKs."""

from __future__ import annotations

import pytest

from execpolicy import RequestError
from execpolicy.diagnose.diagnosis import Gate
from execpolicy.diagnose.why import read_message
from execpolicy.gateway.model.names import ApiType
from tests.diagnose.messages import ANN, sentence


def error(operation: str, text: str = "None", name: str = "AccessDeniedException") -> str:
    return f"An error occurred ({name}) when calling the {operation} operation: {text}"


@pytest.mark.rule("MSG-1", "GW-21")
@pytest.mark.parametrize("before", ["", "aws: [ERROR]: ", "\n", "botocore.exceptions.ClientError: "])
@pytest.mark.parametrize("name", ["AccessDeniedException", "AccessDenied"])
def test_the_operation_names_the_service(before: str, name: str) -> None:
    for operation in ("PostToConnection", "GetConnection", "DeleteConnection"):
        meaning = read_message(before + error(operation, name=name))
        assert meaning.summary == f"IAM refuses the operation {operation} of @connections"
        assert (meaning.action, meaning.api_type) == ("execute-api:ManageConnections", ApiType.WEBSOCKET)
        assert (meaning.gate, meaning.explicit, meaning.unread) == (Gate.AUTHORIZATION, None, "")
    for operation in ("GetRestApis", "TestInvokeMethod", "CreateUsagePlanKey"):
        meaning = read_message(before + error(operation, name=name))
        assert "not a response to a call of an API" in meaning.summary
        assert (meaning.action, meaning.api_type, meaning.status) == ("", None, None)
    for operation in ("AssumeRole", "GetObject", "CreateDeployment"):
        meaning = read_message(before + error(operation, name=name))
        assert meaning.summary == f"IAM refuses the operation {operation} of a service that the message does not name"
        assert meaning.proves == ("the caller was denied the operation",)


@pytest.mark.rule("MSG-1")
def test_a_message_behind_the_operation_counts() -> None:
    text = sentence(" with an explicit deny", action="execute-api:ManageConnections")
    meaning = read_message(error("PostToConnection", text))
    assert (meaning.principal, meaning.explicit, meaning.api_type) == (ANN, True, ApiType.WEBSOCKET)
    assert read_message(error("GetObject", "the moon is full")).unread == "the moon is full"
    assert read_message(error("GetObject", "Access Denied")).unread == ""


@pytest.mark.rule("MSG-3")
def test_other_errors_of_clients() -> None:
    assert read_message(error("PostToConnection", "", "GoneException")).status == 410
    with pytest.raises(RequestError):
        read_message(error("GetObject", "", "NoSuchKey"))
    meaning = read_message("x-amzn-errortype: AccessDenied")
    assert meaning.summary == "An AWS service denied a request; the text does not say which"
    assert read_message("x-amzn-errortype: AccessDeniedException").summary.startswith("A policy, a Lambda")
