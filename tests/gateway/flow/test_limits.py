"""Throttling and quotas, which a call gives as facts (GW-35)."""

from __future__ import annotations

import pytest

from execpolicy import Route, UsageError
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused
from tests.untyped import untyped


@pytest.mark.rule("GW-35")
def test_which_limits_there_are() -> None:
    api = small_api(routes=[Route("GET", "/a")])
    found = refused(UsageError, lambda: api.invoke("GET", "/a", limits=untyped("over")))
    assert found == Refusal("limits is within, throttled or quota_exceeded, found 'over'", rule="GW-35")
    found = refused(UsageError, lambda: api.invoke("GET", "/a", limits="quota_exceeded"))
    assert found == Refusal(
        "GET /a requires no API key, and a quota is that of a key",
        advice="give throttled, or leave limits out",
        rule="GW-35",
    )
