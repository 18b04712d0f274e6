"""Tests of the policies of the orders service. The fixture ``execpolicy`` comes with the package."""

from pathlib import Path

import pytest
from authorizer import handler, token_of

from execpolicy import Api, event_for
from execpolicy.testing import assert_allowed, assert_denied

ROOT = Path(__file__).parents[1]
CLERK = "arn:aws:sts::111122223333:assumed-role/Clerk/ann"
PARTNER = "arn:aws:sts::444455556666:assumed-role/OrderReader/till-3"


@pytest.fixture
def orders(execpolicy):
    return execpolicy.api("orders.api.yaml").with_context({"aws:SourceIp": "203.0.113.9"})


@pytest.fixture
def clerk(orders):
    return orders.acting_as(CLERK).policies(identity="policies/clerk.json")


def test_a_clerk_reads_and_amends_orders(clerk):
    clerk.get("/orders/17").assert_allowed(by="ReadOrders")
    clerk.put("/orders/17").assert_allowed(by="AmendOrders")


def test_nobody_amends_orders_from_outside(clerk):
    outside = clerk.with_context({"aws:SourceIp": "198.51.100.7"})
    outside.put("/orders/17").assert_denied("explicit", by="ChangesOnlyFromTheOffice")
    outside.get("/orders/17").assert_allowed()


def test_the_partner_reads_and_changes_nothing(orders):
    partner = orders.acting_as(PARTNER).policies(identity="policies/partner.json")
    partner.get("/orders").assert_allowed(by="PartnerRead")
    partner.put("/orders/17").assert_denied("implicit", by="resource")


def test_without_a_signature_there_are_no_orders(orders):
    orders.get("/orders").assert_status(403)
    orders.get("/health").assert_status(200)


def test_customers_read_their_own_orders(orders):
    customer = orders.with_headers({"Authorization": f"Bearer {token_of('17')}"}).authorizer_answers(handler)
    customer.get("/customers/17/orders").assert_allowed(by="OwnOrders")
    customer.get("/customers/18/orders").assert_denied("implicit")


def test_a_forged_token_is_no_token(orders):
    forged = orders.with_headers({"Authorization": "Bearer 17.0000"}).authorizer_answers(handler)
    forged.get("/customers/17/orders").assert_status(401)


def test_the_handler_by_itself():
    """The same without the fixture: API Gateway's event, the handler, and the result of a call with its output."""
    api = Api.load(ROOT / "orders.api.yaml")
    headers = {"Authorization": f"Bearer {token_of('17')}"}
    event = event_for(api, "GET", "/customers/17/orders", headers=headers)
    assert event["methodArn"].endswith(":a1b2c3d4e5/prod/GET/customers/17/orders")

    answer = handler(event, None)
    assert_allowed(api.invoke("GET", "/customers/17/orders", headers=headers, authorizer_output=answer))
    assert_denied(api.invoke("GET", "/customers/18/orders", headers=headers, authorizer_output=answer), 403)


def test_the_cached_answer_serves_the_whole_token(orders):
    """The cached policy is used for other paths too, so it must not name only the first path."""
    customer = orders.with_headers({"Authorization": f"Bearer {token_of('17')}"}).with_cache()
    customer.authorizer_answers(handler).get("/customers/17/orders").assert_allowed()
    customer.get("/customers/17/orders").assert_allowed(by="OwnOrders")
    customer.get("/customers/18/orders").assert_denied()
