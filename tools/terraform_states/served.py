"""Serves moto on a free port, which it prints; it runs in the environment that has moto.

Three things are added to what moto does: the role of the Lambda functions is there, the policy of a REST API is
returned as API Gateway returns it, with a backslash before each quote, and an authorizer keeps its expression for
tokens.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from importlib import import_module
from threading import Thread
from typing import Any

#: An application of WSGI: the environment of a request, and the function that takes status and headers.
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
ROLE = "lambda"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}},
    ],
}


def with_quoted_policies(application: Application) -> Application:
    """The application with the policies of REST APIs as API Gateway returns them."""

    def run(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environment["PATH_INFO"].startswith("/restapis"):
            return application(environment, start)
        answered: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(application(environment, lambda status, headers, *_: answered.append((status, headers))))
        ((status, headers),) = answered
        body = quoted(body)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    return run


def quoted(body: bytes) -> bytes:
    r"""A body in JSON with a backslash before each quote of the policies in it.

    >>> quoted(b'{"policy": "{\\"Version\\": 1}"}') == b'{"policy": "{\\\\\\"Version\\\\\\": 1}"}'
    True
    """
    try:
        data = json.loads(body)
    except ValueError:
        return body
    if not isinstance(data, dict):
        return body
    for each in (data, *data.get("item", ())):
        if isinstance(each.get("policy"), str):
            each["policy"] = json.dumps(each["policy"])[1:-1]
    return json.dumps(data).encode()


def keep_expressions(authorizers: Any) -> None:
    """Let the authorizers of moto keep the expression for tokens, which it gives them by another name."""
    init = authorizers.__init__

    def with_expression(self: Any, *arguments: Any, **named: Any) -> None:
        given = named.get("identiy_validation_expression")
        init(self, *arguments, **{"identity_validation_expression": given, **named})

    authorizers.__init__ = with_expression


def main() -> None:
    """Serve until the process is ended."""
    os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="eu-west-1")
    server = import_module("moto.server")
    keep_expressions(import_module("moto.apigateway.models").Authorizer)
    application = with_quoted_policies(server.DomainDispatcherApplication(server.create_backend_app))
    serving = import_module("werkzeug.serving").make_server("127.0.0.1", 0, application, threaded=True)
    thread = Thread(target=serving.serve_forever)
    thread.start()
    iam = import_module("boto3").client("iam", endpoint_url=f"http://127.0.0.1:{serving.server_port}")
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps(TRUST))
    print(serving.server_port, flush=True)
    thread.join()


if __name__ == "__main__":
    main()
