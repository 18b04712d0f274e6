"""Gates about the host that a call comes by."""

from __future__ import annotations

import pytest

from execpolicy import Domain, Mapped, Route
from tests.gateway.small_api import small_api

ROUTES = [Route("GET", "/pets")]


@pytest.mark.rule("GW-30")
@pytest.mark.parametrize(
    ("domains", "detail"),
    [
        ((), "the API's own host is disabled (disable_execute_api_endpoint), and it has no custom domain"),
        (
            ("api.example.com", "*.example.org"),
            "the API's own host is disabled (disable_execute_api_endpoint); call it by api.example.com, *.example.org",
        ),
    ],
)
def test_the_refusal_names_the_domains_that_lead_to_the_api(domains: tuple[str, ...], detail: str) -> None:
    api = small_api(
        routes=ROUTES,
        disable_execute_api_endpoint=True,
        domains=[Domain(name, mappings=[Mapped("", stage="prod")]) for name in domains],
    )
    refusing = api.invoke("GET", "/pets").refused_by
    assert refusing is not None
    assert (refusing.number, refusing.gate, refusing.detail) == ("1", "default endpoint", detail)
