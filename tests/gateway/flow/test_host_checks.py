"""Gates about the host that a call comes by."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import CallOutcome, Context, Domain, Mapped, Route, UsageError
from execpolicy.literals import ClientCertificate
from tests.gateway.small_api import small_api
from tests.refused import Refusal, refused
from tests.untyped import untyped

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


def mutual(**more: Any) -> Domain:
    return Domain("mtls.example.com", mappings=[Mapped("", stage="prod")], mutual_tls=True, **more)


@pytest.mark.rule("GW-31")
@pytest.mark.parametrize(
    ("certificate", "lacks"),
    [("absent", "the call has none"), (None, "the call does not say that it has one (client_certificate)")],
)
def test_the_refusal_says_why_there_is_no_certificate(certificate: ClientCertificate | None, lacks: str) -> None:
    api = small_api(routes=ROUTES, domains=[mutual()])
    refusing = api.invoke("GET", "/pets", domain_name="mtls.example.com", client_certificate=certificate).refused_by
    assert refusing is not None
    assert refusing.detail == (
        f"mtls.example.com requires a client certificate that it trusts, and {lacks}; the connection may fail instead"
    )


@pytest.mark.rule("GW-31")
def test_an_unknown_certificate_names_the_argument() -> None:
    api = small_api(routes=ROUTES, domains=[mutual()])
    partial = Context({"aws:SourceIp": "203.0.113.9"}, complete=False)
    response = api.invoke("GET", "/pets", domain_name="mtls.example.com", context=partial)
    assert response.outcome is CallOutcome.INDETERMINATE
    (step,) = [step for step in response.steps if step.passed is None]
    assert (step.gate, step.deciding_keys) == ("mutual TLS", ())
    assert step.detail.endswith("it is not known whether the call has one: give client_certificate")


@pytest.mark.rule("GW-31")
def test_which_certificates_there_are() -> None:
    api = small_api(routes=ROUTES)
    found = refused(UsageError, lambda: api.invoke("GET", "/pets", client_certificate=untyped("expired")))
    assert found == Refusal(
        "client_certificate is valid or absent, found 'expired'",
        advice="a certificate that has expired or is not trusted is refused like none: write absent",
        rule="GW-31",
    )


@pytest.mark.rule("GW-31")
def test_which_domains_require_no_certificate() -> None:
    found = refused(UsageError, lambda: mutual(id="abcd1234", associated_endpoints="vpce-0a1b"))
    assert found.message == "mutual_tls of mtls.example.com is for public domains: a domain with an id is private"
    found = refused(UsageError, lambda: small_api(type="WEBSOCKET", routes=[Route("$default")], domains=[mutual()]))
    assert found.message == "mutual_tls of mtls.example.com is for REST and HTTP APIs, a1b2c3 is WEBSOCKET"


@pytest.mark.rule("GW-34")
def test_which_types_of_addresses_there_are() -> None:
    found = refused(UsageError, lambda: small_api(routes=ROUTES, ip_address_type="IPv4"))
    assert found == Refusal("ip_address_type is ipv4 or dualstack, found 'IPv4'", rule="GW-34")
    found = refused(UsageError, lambda: small_api(routes=ROUTES, ip_address_type="ipv4", endpoint="PRIVATE"))
    assert found == Refusal("ip_address_type is dualstack if it is private, found 'ipv4'", rule="GW-34")
    assert small_api(routes=ROUTES, ip_address_type="dualstack", endpoint="PRIVATE").ip_address_type == "dualstack"
