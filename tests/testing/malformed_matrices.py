"""A sound case file of matrices, and what can be wrong with one: each mistake is marked with ``«»``."""

from __future__ import annotations

from execpolicy.testing.case_file.matrix import TIMES
from tests.testing.malformed import Malformed

SOUND_MATRICES = """\
{
  "schema": "execpolicy/cases/1",
  "title": "Who may call what",
  "api": {
    "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod", "dev"],
    "stage": "prod", "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "POST /orders": {"auth": "AWS_IAM"}}
  },
  "policies": {
    "reads": {"Version": "2012-10-17", "Statement": [
      {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/*"},
      {"Sid": "NoPost", "Effect": "Deny", "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/*/POST/*"}
    ]}
  },
  "callers": {
    "ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["reads"]},
    "bob": {"principal": "arn:aws:iam::111122223333:user/Bob"}
  },
  "cases": [
    {
      "name": "orders", "rule": "GW-13", "page": "apigateway-authorization-flow", "why": "she reads, he does not",
      "callers": ["ann", "bob", "anonymous"],
      "requests": [
        "GET /orders/7",
        "POST /orders",
        {"name": "dev", "call": "GET /orders/7", "stage": "dev", "why": "not yet", "context": {}}
      ],
      "headers": {"Accept": "text/html"}, "context": {"aws:SourceIp": "192.0.2.1"},
      "expect": {"ann": [200, "explicit_deny", "implicit_deny"], "bob": "deny", "anonymous": [403, 403, 403]}
    },
    {
      "name": "as IAM has it", "action": "execute-api:Invoke", "context": {"aws:SourceIp": "192.0.2.1"},
      "callers": ["ann", "arn:aws:iam::111122223333:user/Cid"],
      "requests": [
        "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/DELETE/orders/7",
        {"resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/POST/orders", "complete": false}
      ],
      "expect": "deny"
    },
    {
      "name": "both", "callers": ["bob"], "expect": "deny",
      "requests": ["GET /orders/7", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7"]
    }
  ]
}
"""


def _bad(name: str, old: str, new: str, *told: tuple[str, str]) -> Malformed:
    """The sound file with one piece replaced; a message and its advice for each mistake."""
    return _changed(name, {old: new}, *told)


def _changed(name: str, changes: dict[str, str], *told: tuple[str, str]) -> Malformed:
    """The sound file with several pieces replaced."""
    text = SOUND_MATRICES
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return Malformed(name, text, tuple(message for message, _ in told), tuple(advice for _, advice in told))


def _entry(name: str, first: str, old: str, new: str, *told: tuple[str, str]) -> Malformed:
    """The sound file with one piece replaced in the matrix called ``first``; the matrix as a whole is marked too."""
    start = SOUND_MATRICES.index(f'{{\n      "name": "{first}"')
    end = SOUND_MATRICES.index("\n    }", start) + len("\n    }")
    entry = SOUND_MATRICES[start:end]
    assert entry.count(old) == 1, old
    text = f"{SOUND_MATRICES[:start]}«{entry.replace(old, new)}»{SOUND_MATRICES[end:]}"
    return Malformed(name, text, tuple(message for message, _ in told), tuple(advice for _, advice in told))


_EMPTY = "a matrix without cells would pass: add some"
_CALLER = "expected the name of a caller, or a principal"
_REQUEST = "expected a method and a path, the ARN of a resource, or an object"
_WRITE = "write it as GET /orders/7, $connect or arn:aws:execute-api:…"
_NAME_IT = 'give it a name in "callers" of the file, and write that name here'
_EACH = "give one value for each request, in their order, or one value for all"
_LIST = "write a list of callers"
_BOB = '"callers": ["bob"]'
_OF_ALL = '"callers": ["ann", "bob", "anonymous"]'
_LAST = '["GET /orders/7", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7"]'
_ANN = '[200, "explicit_deny", "implicit_deny"]'
_ONE_VALUE = "write one value for all cells, or an object with one for each caller, which may be such a list"
_DEV = '{"name": "dev", "call": "GET /orders/7", "stage": "dev", "why": "not yet", "context": {}}'
_STATUS = (
    "expected a status from 100 to 599, allow, deny, explicit_deny, implicit_deny, indeterminate, error or no_route"
)

#: Mistakes of form: the JSON Schema refuses them too.
OF_FORM = [
    _bad(
        "an API that is a number",
        '"api": {\n    "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": '
        '["prod", "dev"],\n    "stage": "prod", "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "POST /orders": '
        '{"auth": "AWS_IAM"}}\n  }',
        '"api": «5»',
        (
            "found the number 5 as the API of all calls, expected an object or the name of a file",
            "write an object or the name of a file",
        ),
    ),
    _entry("no name", "both", '"name": "both", ', "", ('found a matrix without "name"', 'add "name"')),
    _entry("no callers", "both", '"callers": ["bob"], ', "", ('found a matrix without "callers"', 'add "callers"')),
    _entry(
        "no requests",
        "both",
        ',\n      "requests": ["GET /orders/7", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/7"]',
        "",
        ('found a matrix without "requests"', 'add "requests"'),
    ),
    _entry("no expectation", "both", ', "expect": "deny"', "", ('found a matrix without "expect"', 'add "expect"')),
    _bad(
        "a caller of its own",
        _OF_ALL,
        f'«"caller"»: "ann", {_OF_ALL}',
        ('found "caller" in a matrix', 'put it into "callers"'),
    ),
    _bad(
        "a call of its own",
        _OF_ALL,
        f'«"call"»: "GET /", {_OF_ALL}',
        ('found "call" in a matrix', 'put it into "requests"'),
    ),
    _bad(
        "a resource of its own",
        _OF_ALL,
        f'«"resource"»: "arn:x", {_OF_ALL}',
        ('found "resource" in a matrix', 'put it into "requests"'),
    ),
    _bad(
        "an unknown field of a matrix",
        _OF_ALL,
        f'«"contexts"»: [], {_OF_ALL}',
        ('found "contexts", which is not a field of a matrix', 'did you mean "context"?'),
    ),
    _bad(
        "callers in an object",
        _BOB,
        '"callers": «{}»',
        ("found an object as callers, expected a list of callers", _LIST),
    ),
    _bad("one caller", _BOB, '"callers": «"bob"»', ("found a string as callers, expected a list of callers", _LIST)),
    _bad("no caller at all", _BOB, '"callers": «[]»', ("found an empty list as callers", _EMPTY)),
    _bad(
        "a caller that is an object",
        _BOB,
        '"callers": [«{"principal": "anonymous"}»]',
        (f"found an object as a caller of a matrix, {_CALLER}", _NAME_IT),
    ),
    _bad(
        "a caller without a name",
        _BOB,
        '"callers": ["bob", «""»]',
        (f"found an empty string as a caller of a matrix, {_CALLER}", _NAME_IT),
    ),
    _bad(
        "a caller twice",
        _BOB,
        '"callers": ["bob", «"bob"»]',
        ('found "bob" twice in callers', "remove one of them"),
    ),
    _bad(
        "requests in a string",
        _LAST,
        '«"GET /orders/7"»',
        ("found a string as requests, expected a list of requests", "write a list of requests"),
    ),
    _bad(
        "no request at all",
        _LAST,
        "«[]»",
        ("found an empty list as requests", _EMPTY),
    ),
    _bad(
        "a request that is a number",
        '"POST /orders",',
        "«5»,",
        (f"found the number 5 as a request of a matrix, {_REQUEST}", _WRITE),
    ),
    _bad(
        "a request that is empty",
        '"POST /orders",',
        '«""»,',
        (f"found an empty string as a request of a matrix, {_REQUEST}", _WRITE),
    ),
    _bad(
        "a request that is neither",
        '"POST /orders",',
        '«"POST orders"»,',
        (
            'found "POST orders" as call, expected a method and a path, or a route key',
            "write it as GET /orders/7 or $connect",
        ),
    ),
    _bad(
        "the same request twice",
        '"POST /orders",',
        '«"GET /orders/7"»,',
        (
            'found the request "GET /orders/7" twice; the first is at cases.json:25:9',
            'remove one of them, or write it as an object with a "name" of its own',
        ),
    ),
    _bad(
        "a request without anything",
        _DEV,
        '«{"name": "dev"}»',
        ('found a request without "call" or "resource", expected one of them', "give either a call or a resource"),
    ),
    _bad(
        "a request of both kinds",
        _DEV,
        '«{"call": "GET /", "resource": "arn:x"}»',
        ('found "call" and "resource" in a request, expected one of them', "give either a call or a resource"),
    ),
    _bad(
        "a caller of a request",
        _DEV,
        '{"call": "GET /", «"caller"»: "ann"}',
        ('found "caller" in a call of a matrix', 'give it in "callers" of the matrix'),
    ),
    _bad(
        "an expectation of a request",
        '"complete": false}',
        '«"expect"»: "deny"}',
        ('found "expect" in a request of a matrix', 'give it in "expect" of the matrix'),
    ),
    _bad(
        "a field of a request as IAM has it",
        _DEV,
        '{"call": "GET /", «"target"»: {}}',
        ('found "target", which is not a field of a call of a matrix', 'did you mean "stage"?'),
    ),
    _bad(
        "a field of a call",
        '"complete": false}',
        '«"headers"»: {}}',
        ('found "headers", which is not a field of a request of a matrix', "use "),
    ),
    _bad(
        "a request's empty name",
        _DEV,
        '{"name": «""», "call": "GET /x"}',
        ("found an empty string as name", "fill it in, or leave it out"),
    ),
    _bad(
        "an expectation in a list",
        '"callers": ["bob"], "expect": "deny"',
        '"callers": ["bob"], "expect": «["deny", "deny"]»',
        ("found a list as expect of a matrix, expected a value or an object", _ONE_VALUE),
    ),
    _bad(
        "an expectation that is true",
        '"callers": ["bob"], "expect": "deny"',
        '"callers": ["bob"], "expect": «true»',
        (f"found true as expect, {_STATUS}", "write a status from 100 to 599, allow, deny"),
        ("found true as expect, expected a string", "put it in double quotes"),
    ),
    _bad(
        "an unknown outcome of a caller",
        '"bob": "deny"',
        '"bob": «"denied"»',
        (f'found "denied" as expect, {_STATUS}', "use allow, deny, explicit_deny"),
    ),
    _bad(
        "an unknown outcome of a cell",
        _ANN,
        '[200, «"denied"», "deny"]',
        (f'found "denied" as expect, {_STATUS}', "use allow, deny, explicit_deny"),
    ),
    _bad(
        "an expectation that is an object",
        _ANN,
        '[200, «{}», "deny"]',
        (f"found an object as expect, {_STATUS}", "write a status from 100 to 599, allow, deny"),
    ),
]

_FOR_ALL = "give it to the requests that it is for, or remove it"
_TWICE = 'remove one of them, or write it as an object with a "name" of its own'
_DENIED = '"callers": ["bob"], "expect": "deny"'

#: What a matrix says of its callers and requests is not the business of the JSON Schema.
OF_MEANING = [
    _bad(
        "an unknown caller in an expectation",
        '"bob": "deny"',
        '"bob": "deny", «"bo"»: "deny"',
        ('found "bo" in expect, which "callers" of the matrix does not have', 'did you mean "bob"?'),
    ),
    _bad(
        "nothing for a caller",
        '{"ann": [200, "explicit_deny", "implicit_deny"], "bob": "deny", "anonymous": [403, 403, 403]}',
        '«{"ann": [200, "explicit_deny", "implicit_deny"], "anonymous": 403}»',
        ('found nothing for "bob" in expect', "add what this caller may expect: one value, or a list of them"),
    ),
    _bad(
        "too few expectations",
        _ANN,
        '«[200, "deny"]»',
        ("found a list of 2 as what a caller may expect of 3 requests", _EACH),
    ),
    _bad(
        "too many expectations",
        "[403, 403, 403]",
        "«[403, 403, 403, 403]»",
        ("found a list of 4 as what a caller may expect of 3 requests", _EACH),
    ),
    _changed(
        "a list for one request",
        {_DENIED: '"callers": ["bob"], "expect": {"bob": «[403, 403]»}', _LAST: '["GET /x"]'},
        ("found a list of 2 as what a caller may expect of 1 request", _EACH),
    ),
    _bad(
        "an unknown caller",
        _BOB,
        '"callers": [«"boc"»]',
        ('found the caller "boc", which "callers" does not have', "use ann or bob"),
    ),
    _bad(
        "a principal that is none",
        '"arn:aws:iam::111122223333:user/Cid"',
        '"arn:aws:iam::«1111»:user/Cid"',
        ('found "1111", expected an account', "write the account as 12 digits"),
    ),
    _bad(
        "the same call in two forms",
        _DEV,
        '«{"call": "GET /orders/7"}»',
        ('found the request "GET /orders/7" twice; the first is at cases.json:25:9', _TWICE),
    ),
    _bad(
        "two requests of one name",
        _DEV,
        '«{"name": "POST /orders", "call": "GET /orders/7"}»',
        ('found the request "POST /orders" twice; the first is at cases.json:26:9', _TWICE),
    ),
    _bad(
        "headers of what is no call",
        '"action": "execute-api:Invoke",',
        '«"headers"»: {},',
        ('found "headers" for all requests of a matrix, which a request for a resource cannot have', _FOR_ALL),
    ),
    _bad(
        "an action of calls",
        _OF_ALL,
        f'«"action"»: "a:b", {_OF_ALL}',
        ('found "action" for all requests of a matrix, which a call cannot have', _FOR_ALL),
    ),
    _bad(
        "a stage of both kinds",
        _BOB,
        f'{_BOB}, «"stage"»: "dev"',
        ('found "stage" for all requests of a matrix, which a request for a resource cannot have', _FOR_ALL),
    ),
    _changed(
        "an error that is not told",
        {_DENIED: '"callers": ["bob"], "expect": "error"', _LAST: '[«"GET /x"»]'},
        ('found a call of a matrix without "error"', 'add "error"'),
    ),
    _bad(
        "an error of an answer",
        _DENIED,
        f'{_DENIED}, «"error"»: "x"',
        ('found "error" in a call that expects deny', 'it requires "expect": "error": remove it'),
        ('found "error" in a case that expects deny', 'it requires "expect": "error": remove it'),
    ),
    _bad(
        "a name of a matrix twice",
        '"name": "both"',
        '"name": «"orders"»',
        ('found the name "orders" twice in cases; the first is at cases.json:22:15', "give each a different name"),
    ),
    _bad(
        "a case that is named as a cell is",
        '"name": "both"',
        f'"name": «"orders [ann {TIMES} dev]"»',
        (
            f'found the name "orders [ann {TIMES} dev]" twice in cases; the first is at cases.json:22:15',
            "give each a different name",
        ),
    ),
]
