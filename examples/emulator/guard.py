"""An ASGI middleware: it passes on what API Gateway would let through, and answers everything else as API Gateway does.

The app finds the call in ``scope["integration"]``. It should choose what to do by ``integration.route.key``: that is
the route for which the call was authorized. A path that a framework decodes or normalises may be another one.
"""

import logging
import time
from urllib.parse import parse_qs

from execpolicy import AuthorizerCache, Context, ExecPolicyError

log = logging.getLogger(__name__)


class Guard:
    """``app`` behind ``api``.

    ``authorizer`` is the handler of the API's Lambda authorizer. ``source_ip`` is the address that calls come from,
    because a client on this machine has none in the internet. ``identify`` gives what the emulator knows of the sender
    of a call beyond its headers, as arguments of ``Api.invoke``: ``caller`` for a signature and ``claims`` for a token,
    both of which it must have verified.
    """

    def __init__(self, app, api, *, authorizer=None, source_ip="198.51.100.7", identify=lambda scope: {}):
        self.app, self.api, self.authorizer, self.identify = app, api, authorizer, identify
        self.context = Context({"aws:SourceIp": source_ip})
        self.cache = AuthorizerCache()

    async def __call__(self, scope, receive, send):
        """Pass a call on, or answer it. A WebSocket is closed: nothing here checks its messages."""
        if scope["type"] == "lifespan":
            return await self.app(scope, receive, send)
        if scope["type"] != "http":
            return await send({"type": "websocket.close", "code": 1008})
        try:
            response = self.invoke(scope)
            sent = response.sent
            integration = response.integration if sent is None else None
        except ExecPolicyError:
            log.exception("not decided, and not passed on: %s %r", scope["method"], scope["raw_path"])
            return await answer(send, 500, {"content-type": "application/json"}, b'{"message":"Internal server error"}')
        if sent is not None:
            return await answer(send, sent.status, sent.headers, sent.body or b"")
        return await self.app({**scope, "integration": integration}, receive, send)

    def invoke(self, scope):
        """The call as the API receives it at its own host: Host names the emulator, and is left out."""
        headers = {}
        for name, value in scope["headers"]:
            if name != b"host":
                headers.setdefault(name.decode("latin-1"), []).append(value.decode("latin-1"))
        return self.api.invoke(
            scope["method"],
            scope["raw_path"].decode("latin-1"),
            headers=headers,
            query=parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True),
            context=self.context,
            authorizer_output=self.authorizer,
            cache=self.cache,
            at=time.time(),
            **self.identify(scope),
        )


async def answer(send, status, headers, body):
    """Send a response of API Gateway."""
    fields = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})
