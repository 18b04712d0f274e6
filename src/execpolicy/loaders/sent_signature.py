"""What signs a call of which headers and query parameters are given (SRC-6)."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.gateway.flow.signature import SIGV4, SIGV4A

_PARAMETER = "X-Amz-Signature"


def signature_in(headers: Mapping[str, list[str]], query: Mapping[str, list[str]]) -> str | None:
    """The header or the query parameter with the signature of a call; None if it has none.

    >>> signature_in({"authorization": ["AWS4-HMAC-SHA256 Credential=…"]}, {})
    'the header Authorization'
    """
    values = (value for name, values in headers.items() if name.lower() == "authorization" for value in values)
    if any(value.startswith((SIGV4, SIGV4A)) for value in values):
        return "the header Authorization"
    return f"the query parameter {_PARAMETER}" if _PARAMETER in query else None
