"""The emulator of examples/emulator: its answers over HTTP, and that the app sees those calls only that get through."""

from __future__ import annotations

import http.client
import importlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest

EMULATOR = Path(__file__).parents[1] / "examples" / "emulator"
JSON = "application/json"
NOT_ALLOWED = (
    "User is not authorized to access this resource because no identity-based policy allows the "
    "execute-api:Invoke action"
)
OF_42 = {"authorization": "token-of-42"}


class Answer(NamedTuple):
    status: int
    error_type: str | None
    body: Any


def reads(customer: str, order: str, gold: str) -> Answer:
    return Answer(200, None, {"asks": customer, "gold": gold, "customer": customer, "id": order})


NO_ROUTE = Answer(403, "MissingAuthenticationTokenException", {"message": "Missing Authentication Token"})
UNAUTHORIZED = Answer(401, "UnauthorizedException", {"message": "Unauthorized"})
DENIED = Answer(403, "AccessDeniedException", {"Message": NOT_ALLOWED})

#: What is asked, and the answer. What a framework would decode or normalise is another path for API Gateway.
EXCHANGES: list[tuple[str, str, dict[str, str], Answer]] = [
    ("GET", "/health", {}, Answer(200, None, {"stage": "prod"})),
    ("GET", "/customers/42/orders/7", OF_42, reads("42", "7", "true")),
    ("GET", "/customers/42/orders/7?a=1&a=2", OF_42, reads("42", "7", "true")),
    ("GET", "/customers/17/orders/8", {"authorization": "token-of-17"}, reads("17", "8", "false")),
    ("GET", "/customers/17/orders/8", OF_42, DENIED),
    ("GET", "/customers/42/orders/7", {}, UNAUTHORIZED),
    ("GET", "/customers/42/orders/7", {"authorization": "forged"}, UNAUTHORIZED),
    ("GET", "/none", {}, NO_ROUTE),
    ("POST", "/health", {}, NO_ROUTE),
    ("GET", "//customers/42/orders/7", OF_42, Answer(403, "IncompleteSignatureException", None)),
    ("GET", "/health/../customers/42/orders/7", {}, NO_ROUTE),
    ("GET", "/customers/17/orders/..%2F..%2F42%2Forders%2F7", OF_42, DENIED),
    ("GET", "/health", {"host": "evil.example"}, Answer(200, None, {"stage": "prod"})),
]


def test_the_exchanges_are_answered_by_every_kind() -> None:
    assert {answer.status for *_, answer in EXCHANGES} == {200, 401, 403}


@contextmanager
def served(port_of: Callable[[subprocess.Popen[str]], int]) -> Iterator[int]:
    """The port of a server that runs the emulator."""
    command = [sys.executable, "-m", "uvicorn", "--port", "0", "--no-access-log", "app:guarded"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(EMULATOR), *sys.path])}
    server = subprocess.Popen(command, cwd=EMULATOR, env=environment, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        yield port_of(server)
    finally:
        server.terminate()
        server.communicate(timeout=30)


def _port(server: subprocess.Popen[str]) -> int:
    assert server.stderr is not None
    said = []
    for line in server.stderr:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("".join(said))


def ask(connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str]) -> Answer:
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    assert response.getheader("content-type") == JSON
    return Answer(response.status, response.getheader("x-amzn-errortype"), body)


def differences(port: int, rounds: int) -> list[tuple[object, ...]]:
    """What is answered otherwise than expected, on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    found: list[tuple[object, ...]] = []
    for _ in range(rounds):
        for method, path, headers, expected in EXCHANGES:
            answer = ask(connection, method, path, headers)
            known = answer if expected.body is not None else answer._replace(body=None)
            if known != expected:
                found.append((method, path, headers, answer, expected))
    connection.close()
    return found


@pytest.mark.skipif(not find_spec("uvicorn"), reason="uvicorn is not installed: make test installs it")
def test_a_thousand_requests_are_answered_as_api_gateway_answers_them() -> None:
    rounds, connections = 20, 4
    assert len(EXCHANGES) * rounds * connections >= 1000
    with served(_port) as port, ThreadPoolExecutor(connections) as pool:
        found = [each for some in pool.map(differences, [port] * connections, [rounds] * connections) for each in some]
    assert found == []


@pytest.fixture
def modules(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Any, Any]]:
    """The modules of the example: the app, and the guard."""
    monkeypatch.syspath_prepend(str(EMULATOR))
    yield importlib.import_module("app"), importlib.import_module("guard")
    for name in ("app", "guard"):
        del sys.modules[name]


def scope_of(method: str, path: str, **more: Any) -> dict[str, Any]:
    headers = [(b"authorization", b"token-of-42"), (b"host", b"127.0.0.1:8000")]
    known = {"type": "http", "method": method, "raw_path": path.encode(), "headers": headers, "query_string": b""}
    return {**known, **more}


def run(guard: Any, scope: dict[str, Any]) -> list[dict[str, Any]]:
    """What an ASGI app sends; the example never waits for anything."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    call = guard(scope, None, send)
    with pytest.raises(StopIteration):
        call.send(None)
    return sent


def test_a_call_that_cannot_be_decided_is_not_passed_on(
    modules: tuple[Any, Any], caplog: pytest.LogCaptureFixture
) -> None:
    app, guard = modules
    reached: list[object] = []

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        reached.append(scope)

    without_authorizer = guard.Guard(behind, app.guarded.api)
    start, body = run(without_authorizer, scope_of("GET", "/customers/42/orders/7"))
    assert (start["status"], body["body"], reached) == (500, b'{"message":"Internal server error"}', [])
    assert "not decided, and not passed on: GET b'/customers/42/orders/7'" in caplog.text
    assert "whose output was not given" in caplog.text


def test_a_delete_is_let_through_from_the_office_only(modules: tuple[Any, Any]) -> None:
    app, guard = modules
    delete = scope_of("DELETE", "/customers/42/orders/7")
    start, body = run(app.guarded, delete)
    assert start["status"] == 403
    assert json.loads(body["body"])["Message"].endswith("with an explicit deny in a resource-based policy")
    office = guard.Guard(app.app, app.guarded.api, authorizer=app.authorize, source_ip="203.0.113.9")
    start, body = run(office, delete)
    assert (start["status"], json.loads(body["body"])["id"]) == (200, "7")


def test_a_websocket_is_closed_and_the_lifespan_is_passed_on(modules: tuple[Any, Any]) -> None:
    app, _ = modules
    assert run(app.guarded, {"type": "websocket"}) == [{"type": "websocket.close", "code": 1008}]
    assert run(app.guarded, {"type": "lifespan"}) == []


def test_the_middleware_stays_small() -> None:
    assert len((EMULATOR / "guard.py").read_text("utf-8").splitlines()) <= 75
