"""Where AWS would fail and deny, there is no decision but an error: nothing is made of an input that cannot be read."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Caller, Outcome, Policy, Request, RequestError, authorize, authorize_many

ANN = "arn:aws:iam::111122223333:user/Ann"
ORDERS = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders"
DEPTH = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*",
   "Condition": {"NumericLessThan": {"shop:depth": "5"}}}
]}"""


def request(document: str = DEPTH, **context: Any) -> Request:
    identity = Policy.parse(document, kind="identity", name="identity.json")
    values = {name.replace("_", ":"): value for name, value in context.items()}
    return Request(caller=Caller(ANN, identity=identity), action="execute-api:Invoke", resource=ORDERS, context=values)


@pytest.mark.rule("EVL-10", "CND-15")
def test_an_unreadable_value_gives_an_error_and_no_decision() -> None:
    with pytest.raises(RequestError) as raised:
        authorize(request(shop_depth="shallow"))
    error = raised.value
    assert error.message == "the request says shop:depth is 'shallow'; NumericLessThan compares a number"
    assert error.source is not None
    assert error.span is not None
    assert (error.source.name, error.span.line, error.span.column) == ("identity.json", 3, 38)
    assert error.rule == "CND-15"


@pytest.mark.rule("EVL-10", "CND-15")
@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (DEPTH.replace("Allow", "Deny"), None),
        (DEPTH.replace("execute-api:Invoke", "s3:*"), Outcome.IMPLICIT_DENY),
        (DEPTH.replace("NumericLessThan", "StringEquals"), Outcome.IMPLICIT_DENY),
        (DEPTH.replace("[", '[{"Effect": "Deny", "Action": "*", "Resource": "*"},'), Outcome.EXPLICIT_DENY),
        (DEPTH.replace("[", '[{"Effect": "Allow", "Action": "*", "Resource": "*"},'), Outcome.ALLOW),
    ],
)
def test_it_does_so_only_where_the_outcome_depends_on_it(document: str, expected: Outcome | None) -> None:
    if expected is None:
        with pytest.raises(RequestError, match="shop:depth is 'shallow'"):
            authorize(request(document, shop_depth="shallow"))
    else:
        assert authorize(request(document, shop_depth="shallow")).outcome is expected


@pytest.mark.rule("EVL-10")
def test_one_request_without_decision_ends_all() -> None:
    with pytest.raises(RequestError, match="shop:depth is 'shallow'"):
        authorize_many([request(shop_depth="3"), request(shop_depth="shallow")])
