"""A small API for tests: what its place and its stage are called is the same in all of them."""

from __future__ import annotations

from typing import Any, Final

from execpolicy import Api

ACCOUNT: Final = "111122223333"


def small_api(*, type: str = "REST", **parts: Any) -> Api:
    """The API ``a1b2c3`` in eu-west-1, with a stage ``prod`` unless it is an HTTP API."""
    stages = {} if type == "HTTP" else {"stages": ["prod"]}
    return Api(**{"id": "a1b2c3", "type": type, "region": "eu-west-1", "account": ACCOUNT, **stages, **parts})
