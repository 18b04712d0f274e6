"""A case file whose mutants are counted by hand: two policies, three cases, one call, one sequence."""

from __future__ import annotations

SAMPLE = """\
{
  "schema": "execpolicy/cases/1",
  "title": "Orders from the office",
  "policies": {
    "reads": {
      "Version": "2012-10-17",
      "Statement": [
        {
          "Sid": "ReadOrders",
          "Effect": "Allow",
          "Action": "execute-api:Invoke",
          "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*",
          "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
        },
        {
          "Sid": "ReadOne",
          "Effect": "Allow",
          "Action": "execute-api:Invoke",
          "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7",
          "Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.9"}}
        }
      ]
    }
  },
  "callers": {
    "ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["reads"]}
  },
  "apis": {
    "orders": {
      "id": "a1b2c3",
      "type": "REST",
      "region": "eu-west-1",
      "account": "111122223333",
      "stages": ["prod"],
      "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}},
      "resource_policy": {
        "Version": "2012-10-17",
        "Statement": {
          "Effect": "Deny",
          "Principal": "*",
          "Action": "execute-api:Invoke",
          "Resource": "execute-api:/*",
          "Condition": {"StringEquals": {"aws:Referer": ["https://a.example", "https://b.example"]}}
        }
      }
    }
  },
  "cases": [
    {
      "name": "an order from the office",
      "caller": "ann",
      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/8",
      "context": {"aws:SourceIp": "203.0.113.8"},
      "expect": "allow"
    },
    {
      "name": "an order from elsewhere",
      "caller": "ann",
      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/8",
      "context": {"aws:SourceIp": "198.51.100.1"},
      "expect": "deny"
    },
    {
      "name": "a list from the office",
      "caller": "ann",
      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/lists/7",
      "context": {"aws:SourceIp": "203.0.113.9"},
      "expect": "deny"
    },
    {
      "name": "an order from a page of theirs",
      "call": "GET /orders/8",
      "caller": "ann",
      "context": {"aws:SourceIp": "203.0.113.8", "aws:Referer": "https://a.example"},
      "expect": 403
    },
    {
      "name": "an order from no page",
      "sequence": [
        {
          "call": "GET /orders/8",
          "at": 100,
          "caller": "ann",
          "context": {"aws:SourceIp": "203.0.113.8"},
          "expect": 200
        }
      ]
    }
  ]
}
"""

ORDER, ELSEWHERE, A_LIST, THEIRS, NO_PAGE = (
    "an order from the office",
    "an order from elsewhere",
    "a list from the office",
    "an order from a page of theirs",
    "an order from no page",
)
SURVIVED, EQUIVALENT = "survived", "equivalent"

_ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/"

#: Policy and statement, what is changed, and the item that notices, or what becomes of the mutant instead.
BY_HAND: tuple[tuple[str, int, str, str], ...] = (
    ("reads", 0, "drop the statement", ORDER),
    ("reads", 0, 'flip Effect: "Allow" → "Deny"', ORDER),
    ("reads", 0, 'widen an action: "execute-api:Invoke" → "execute-api:*"', SURVIVED),
    ("reads", 0, "swap Action and NotAction: Action → NotAction", ORDER),
    ("reads", 0, 'widen the path of a resource: "orders" → "*"', A_LIST),
    ("reads", 0, 'widen the method of a resource: "GET" → "*"', SURVIVED),
    ("reads", 0, 'widen the stage of a resource: "prod" → "*"', SURVIVED),
    ("reads", 0, 'widen the API of a resource: "a1b2c3" → "*"', SURVIVED),
    ("reads", 0, f'widen a resource to all: "{_ARN}*" → "*"', A_LIST),
    ("reads", 0, "swap Resource and NotResource: Resource → NotResource", ORDER),
    ("reads", 0, "drop a condition: IpAddress aws:SourceIp", ELSEWHERE),
    ("reads", 0, 'widen an address range: "203.0.113.0/24" → "203.0.113.0/16"', SURVIVED),
    ("reads", 0, 'widen an address range to all: "203.0.113.0/24" → "0.0.0.0/0"', ELSEWHERE),
    ("reads", 0, "negate an operator: IpAddress → NotIpAddress, of aws:SourceIp", ORDER),
    ("reads", 0, "add or remove IfExists: IpAddress → IpAddressIfExists, of aws:SourceIp", SURVIVED),
    # ReadOne says nothing that ReadOrders does not say.
    ("reads", 1, "drop the statement", EQUIVALENT),
    ("reads", 1, 'flip Effect: "Allow" → "Deny"', SURVIVED),
    ("reads", 1, 'widen an action: "execute-api:Invoke" → "execute-api:*"', SURVIVED),
    ("reads", 1, "swap Action and NotAction: Action → NotAction", SURVIVED),
    ("reads", 1, 'widen the path of a resource: "7" → "*"', EQUIVALENT),
    ("reads", 1, 'widen the method of a resource: "GET" → "*"', SURVIVED),
    ("reads", 1, 'widen the stage of a resource: "prod" → "*"', SURVIVED),
    ("reads", 1, 'widen the API of a resource: "a1b2c3" → "*"', SURVIVED),
    ("reads", 1, f'widen a resource to all: "{_ARN}7" → "*"', A_LIST),
    ("reads", 1, "swap Resource and NotResource: Resource → NotResource", A_LIST),
    ("reads", 1, "drop a condition: IpAddress aws:SourceIp", SURVIVED),
    ("reads", 1, 'widen an address range: "203.0.113.9" → "203.0.113.9/31"', EQUIVALENT),
    ("reads", 1, 'widen an address range to all: "203.0.113.9" → "0.0.0.0/0"', SURVIVED),
    ("reads", 1, "negate an operator: IpAddress → NotIpAddress, of aws:SourceIp", SURVIVED),
    ("reads", 1, "add or remove IfExists: IpAddress → IpAddressIfExists, of aws:SourceIp", SURVIVED),
    ("orders.json", 0, "drop the statement", THEIRS),
    ("orders.json", 0, 'flip Effect: "Deny" → "Allow"', THEIRS),
    ("orders.json", 0, 'widen an action: "execute-api:Invoke" → "execute-api:*"', SURVIVED),
    ("orders.json", 0, "swap Action and NotAction: Action → NotAction", THEIRS),
    ("orders.json", 0, "drop a condition: StringEquals aws:Referer", NO_PAGE),
    ("orders.json", 0, 'drop one of several values: "https://a.example"', THEIRS),
    ("orders.json", 0, 'drop one of several values: "https://b.example"', SURVIVED),
    ("orders.json", 0, "negate an operator: StringEquals → StringNotEquals, of aws:Referer", THEIRS),
    ("orders.json", 0, "add or remove IfExists: StringEquals → StringEqualsIfExists, of aws:Referer", NO_PAGE),
)
