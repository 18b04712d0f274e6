"""The Lambda authorizer of the customers' route. A bearer token is a customer number with a signature."""

import hashlib
import hmac
import os

SECRET = os.environ.get("ORDERS_SECRET", "for tests only").encode()


def token_of(customer):
    """Return the token that a customer receives at sign-in."""
    return f"{customer}.{hmac.new(SECRET, customer.encode(), hashlib.sha256).hexdigest()}"


def handler(event, context):
    """Allow customers to read their own orders only.

    The policy is cached for the token. It has to be right for every path that is called with the token.
    """
    token = event["authorizationToken"].removeprefix("Bearer ")
    customer = token.partition(".")[0]
    if not customer.isdigit() or not hmac.compare_digest(token.encode(), token_of(customer).encode()):
        raise Exception("Unauthorized")  # exactly this text results in a 401
    stage = "/".join(event["methodArn"].split("/")[:2])
    return {
        "principalId": customer,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": "OwnOrders",
                "Effect": "Allow",
                "Action": "execute-api:Invoke",
                "Resource": f"{stage}/GET/customers/{customer}/*",
            },
        },
    }
