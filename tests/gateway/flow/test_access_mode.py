"""The endpoint access mode STRICT, and which APIs and domains can have a mode."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Domain, Mapped, Route, UsageError
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused

ROUTES = [Route("GET", "/pets")]
OWN_HOST = "a1b2c3.execute-api.eu-west-1.amazonaws.com"


def domain(**more: Any) -> Domain:
    return Domain("api.example.com", mappings=[Mapped("", stage="prod")], **more)


@pytest.mark.rule("GW-33")
@pytest.mark.parametrize(
    ("host", "named", "detail"),
    [
        (
            OWN_HOST,
            "other.example.com",
            f"the header Host names 'other.example.com', while the call connects to {OWN_HOST}",
        ),
        (
            None,
            "other.example.com",
            "the header Host names 'other.example.com', while the call connects to its own host",
        ),
    ],
)
def test_the_refusal_names_both_hosts(host: str | None, named: str, detail: str) -> None:
    api = small_api(routes=ROUTES, endpoint_access_mode="STRICT")
    path = "/pets" if host is None else "/prod/pets"
    refusing = api.invoke("GET", path, domain_name=host, headers={"Host": named}).refused_by
    assert refusing is not None
    assert (refusing.number, refusing.gate) == ("1", "endpoint access mode")
    assert refusing.detail == f"a1b2c3 has the endpoint access mode STRICT, and {detail}"


@pytest.mark.rule("GW-33")
def test_the_host_of_an_endpoint_names_no_api() -> None:
    api = small_api(routes=ROUTES, endpoint="PRIVATE", endpoint_access_mode="STRICT")
    host = "vpce-0a1b-xyz.execute-api.eu-west-1.vpce.amazonaws.com"
    refusing = api.invoke("GET", "/prod/pets", domain_name=host, headers={"x-apigw-api-id": "a1b2c3"}).refused_by
    assert refusing is not None
    assert refusing.detail.endswith(f"and {host} is the host of a VPC endpoint, which names no API")


@pytest.mark.rule("GW-33")
def test_a_host_with_an_endpoint_is_the_own_host_of_a_private_api_only() -> None:
    host = "a1b2c3-vpce-0a1b.execute-api.eu-west-1.amazonaws.com"
    api = small_api(routes=ROUTES, endpoint_access_mode="STRICT")
    refusing = api.invoke("GET", "/pets", headers={"Host": host}).refused_by
    assert refusing is not None
    assert refusing.gate == "endpoint access mode"


@pytest.mark.rule("GW-33")
def test_the_step_of_a_call_that_passes() -> None:
    api = small_api(routes=ROUTES, domains=[domain(endpoint_access_mode="STRICT")])
    (step,) = [
        step
        for step in api.invoke("GET", "/pets", domain_name="api.example.com").steps
        if step.gate == "endpoint access mode"
    ]
    assert (step.passed, step.detail) == (
        True,
        "api.example.com has the endpoint access mode STRICT, and the call names the host that it connects to",
    )


@pytest.mark.rule("GW-33")
def test_which_modes_there_are() -> None:
    found = refused(UsageError, lambda: small_api(routes=ROUTES, endpoint_access_mode="strict"))
    assert found == Refusal("endpoint_access_mode is BASIC or STRICT, found 'strict'", rule="GW-33")
    found = refused(UsageError, lambda: domain(endpoint_access_mode=True))
    assert found.message == "endpoint_access_mode is BASIC or STRICT, found True"


@pytest.mark.rule("GW-33")
def test_which_apis_and_domains_have_no_mode() -> None:
    found = refused(UsageError, lambda: small_api(type="HTTP", routes=ROUTES, endpoint_access_mode="BASIC"))
    assert found == Refusal(
        "endpoint_access_mode of a1b2c3 is for REST APIs, a1b2c3 is HTTP", advice="leave it out", rule="GW-33"
    )
    strict = domain(endpoint_access_mode="STRICT")
    found = refused(UsageError, lambda: small_api(type="WEBSOCKET", routes=[Route("$default")], domains=[strict]))
    assert found.message == "endpoint_access_mode of api.example.com is for REST APIs, a1b2c3 is WEBSOCKET"
    found = refused(UsageError, lambda: domain(endpoint_access_mode="BASIC", mutual_tls=True))
    assert found == Refusal(
        "mutual_tls of api.example.com is for domains without an endpoint access mode",
        advice="leave one of the two out",
        rule="GW-33",
    )
