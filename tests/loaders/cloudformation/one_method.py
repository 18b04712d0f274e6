"""A REST API of a template with one method, as the resources beside AWS::ApiGateway::RestApi."""

from __future__ import annotations

from typing import Any


def one_method(auth: str) -> dict[str, Any]:
    """The method GET at the root of the API ``Api``, and its deployment to the stage prod."""
    return {
        "Get": {
            "Type": "AWS::ApiGateway::Method",
            "Properties": {
                "RestApiId": {"Ref": "Api"},
                "ResourceId": {"Fn::GetAtt": "Api.RootResourceId"},
                "HttpMethod": "GET",
                "AuthorizationType": auth,
            },
        },
        "Live": {
            "Type": "AWS::ApiGateway::Deployment",
            "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "prod"},
        },
    }
