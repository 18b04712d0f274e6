"""A small app behind the API of ``template.yaml``: ``uvicorn app:guarded``."""

import json
import os
from pathlib import Path

from guard import Guard

from execpolicy import Api

TOKENS = {"token-of-17": "17", "token-of-42": "42"}


def authorize(event, context):
    """The Lambda authorizer: customers call what is below their own path."""
    customer = TOKENS.get(event["authorizationToken"])
    if customer is None:
        raise Exception("Unauthorized")  # exactly this text results in a 401
    stage = "/".join(event["methodArn"].split("/")[:2])
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": f"{stage}/*/customers/{customer}/orders/*",
    }
    document = {"Version": "2012-10-17", "Statement": statement}
    return {"principalId": customer, "policyDocument": document, "context": {"gold": customer == "42"}}


def health(call):
    """Say that the app runs."""
    return {"stage": call.stage}


def order(call):
    """Say who asks for which order, as an integration is told."""
    return {"asks": call.principal_id, "gold": call.authorizer["gold"], **call.path_parameters}


ROUTES = {
    "GET /health": health,
    "GET /customers/{customer}/orders/{id}": order,
    "DELETE /customers/{customer}/orders/{id}": order,
}


async def app(scope, receive, send):
    """Answer a call by the route that it was authorized for."""
    if scope["type"] != "http":
        return
    call = scope["integration"]
    body = json.dumps(ROUTES[call.route.key](call)).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


TEMPLATE = Path(__file__).with_name("template.yaml")
guarded = Guard(
    app,
    Api.load(TEMPLATE, stage="prod", account="111122223333", region="eu-west-1", api_id="a1b2c3d4e5"),
    authorizer=authorize,
    source_ip=os.environ.get("SOURCE_IP", "198.51.100.7"),
)
