"""The Lambda authorizer of the customers' route: a bearer token is a customer's number and a signature over it."""

import hashlib
import hmac
import os

SECRET = os.environ.get("ORDERS_SECRET", "for tests alone").encode()


def token_of(customer):
    """The token that a customer gets when signing in."""
    return f"{customer}.{hmac.new(SECRET, customer.encode(), hashlib.sha256).hexdigest()}"


def handler(event, context):
    """Let customers read what is theirs, and nothing else.

    The answer is cached for the token: it has to hold for every path that the token may be sent to, not for this call.
    """
    token = event["authorizationToken"].removeprefix("Bearer ")
    customer = token.partition(".")[0]
    if not customer.isdigit() or not hmac.compare_digest(token.encode(), token_of(customer).encode()):
        raise Exception("Unauthorized")  # API Gateway makes a 401 of this very text
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
