"""A sound case file of calls, and what can be wrong with one: each mistake is marked with ``«»``."""

from __future__ import annotations

from tests.testing.malformed import Malformed

SOUND_CALLS = """\
{
  "schema": "execpolicy/cases/1",
  "title": "Calls to the orders",
  "policies": {
    "invokes": {"Version": "2012-10-17", "Statement": [
      {"Sid": "Invokes", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    ]},
    "passes": {"Version": "2012-10-17", "Statement": [
      {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    ]}
  },
  "callers": {
    "ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "identity": ["invokes"]}
  },
  "apis": {
    "orders": {
      "schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333",
      "stages": ["prod", "dev"],
      "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
      "routes": {"GET /orders": {"authorizer": "tokens"}, "POST /orders": {"authorizer": "tokens"},
        "GET /stock": {"auth": "AWS_IAM"}}
    }
  },
  "cases": [
    {
      "name": "Ann asks for the stock", "rule": ["GW-13"], "page": "apigateway-authorization-flow", "why": "she may",
      "api": "orders", "stage": "prod", "call": "GET /stock", "caller": "ann", "signature": "valid",
      "headers": {"Accept": "text/html"}, "query": {"page": ["1", "2"]}, "context": {"aws:SourceIp": "192.0.2.1"},
      "complete": true, "at": "2026-01-01T00:00:00Z",
      "expect": 200, "response_type": null, "message": null, "gate": "IAM", "sid": "Invokes", "layer": [],
      "missing_keys": [], "assumed": [], "explains": ["Invokes", "the call reaches"], "note": []
    },
    {
      "name": "a private API", "call": "GET /", "vpc_endpoint": "passes", "domain": "shop.example.com",
      "api": {"schema": "execpolicy/api/1", "id": "a1b2c3", "type": "REST", "region": "eu-west-1",
        "account": "111122223333", "endpoint": "PRIVATE", "stages": ["live"], "routes": {"GET /": {}}},
      "expect": "error", "error": "shop.example.com"
    },
    {
      "name": "a wrong answer", "api": "orders", "stage": "prod", "call": "GET /orders",
      "headers": {"Authorization": "letmein"}, "authorizer_output": null,
      "expect": 500, "message": null, "gate": "authorizer"
    },
    {
      "name": "claims alone", "stage": "dev", "call": "GET /orders", "claims": {"sub": "ann"}, "at": 5, "expect": "deny"
    },
    {
      "name": "a cached answer", "rule": "AUT-5", "page": "api-gateway-lambda-authorizer-output", "why": "it is reused",
      "api": "orders", "stage": "prod", "sequence": [
        {
          "call": "GET /orders", "at": 0, "headers": {"Authorization": "letmein"}, "expect": "allow",
          "authorizer_output": {"principalId": "ann", "policyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:*/prod/GET/*"}]}}
        },
        {
          "name": "the other method", "call": "POST /orders", "at": 10.5, "headers": {"Authorization": "letmein"},
          "expect": 403, "explains": "policy was cached for GET /orders"
        }
      ]
    }
  ]
}
"""


def _bad(name: str, old: str, new: str, *messages: str) -> Malformed:
    """The sound file with one piece replaced."""
    return _changed(name, {old: new}, *messages)


def _changed(name: str, changes: dict[str, str], *messages: str) -> Malformed:
    """The sound file with several pieces replaced."""
    text = SOUND_CALLS
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return Malformed(name, text, messages)


def _entry(name: str, old: str, new: str, *messages: str) -> Malformed:
    """The sound file with one piece replaced; the innermost case around it is marked as a whole too."""
    assert SOUND_CALLS.count(old) == 1, old
    place = SOUND_CALLS.index(old)
    # A case stands in lines of its own, and ends with the first bracket that is indented as it is.
    start = max(
        SOUND_CALLS.rindex(f"\n{indent}{{\n", 0, place) + len(indent) + 1
        for indent in _INDENTS
        if f"\n{indent}{{\n" in SOUND_CALLS[:place]
    )
    indent = SOUND_CALLS[SOUND_CALLS.rindex("\n", 0, start) : start]
    end = SOUND_CALLS.index(f"{indent}}}", start) + len(indent) + 1
    entry = SOUND_CALLS[start:end].replace(old, new)
    return Malformed(name, f"{SOUND_CALLS[:start]}«{entry}»{SOUND_CALLS[end:]}", messages)


_EMPTY = '{"schema": "execpolicy/cases/1", "title": "t"'
_DOCUMENT = (
    '{"name": "empty", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": []}, "expect": "loads"}'
)
_INDENTS = ("    ", "        ")
_STATUS = (
    "expected a status from 100 to 599, allow, deny, explicit_deny, implicit_deny, indeterminate, error or no_route"
)
_TEXTS = "expected a string or a list of strings"
_CALL = "expected a method and a path, or a route key"

_ASKED = [
    _entry("a call without name", '"name": "claims alone", ', "", 'found a call without "name"'),
    _entry("a call without expectation", ', "expect": "deny"', "", 'found a call without "expect"'),
    _entry("a call without error", ', "error": "shop.example.com"', "", 'found a call without "error"'),
    _bad("an unknown field of a call", '"claims": {', '«"claim"»: {', 'found "claim", which is not a field of a call'),
    Malformed(
        "APIs in a list", f'{_EMPTY}, "apis": «[]», "documents": [{_DOCUMENT}]}}', ("found an empty list as apis",)
    ),
    _bad("an API that is a number", '"api": {', '"api": «5», «"apis"»: {', "found the number 5 as an API", '"apis"'),
    _bad("a stage that is a list", '"stage": "dev"', '"stage": «["dev"]»', "found a list as stage, expected a string"),
    _bad("an empty stage", '"stage": "dev"', '"stage": «""»', "found an empty string as stage"),
    _bad("a call that is an object", '"GET /stock", "caller"', '«{}», "caller"', "found an object as call"),
    _bad("an empty call", '"GET /stock", "caller"', '«""», "caller"', "found an empty string as call"),
    _bad(
        "a path without slash",
        '"GET /stock", "caller"',
        '«"GET stock"», "caller"',
        f'found "GET stock" as call, {_CALL}',
    ),
    _bad(
        "a call without method", '"GET /stock", "caller"', '«" /stock"», "caller"', f'found " /stock" as call, {_CALL}'
    ),
    _bad("a caller that is a list", '"caller": "ann"', '"caller": «[]»', "found an empty list as a caller"),
    _bad(
        "an unknown signature", '"valid"', '«"none"»', 'found "none" as signature, expected valid, invalid or expired'
    ),
    _bad("headers in a list", '{"Accept": "text/html"}', '«["Accept"]»', "found a list as headers, expected an object"),
    _bad("a header that is a number", '"text/html"', "«5»", f'found the number 5 as "Accept" of headers, {_TEXTS}'),
    _bad("a parameter of numbers", '["1", "2"]', '«["1", 2]»', f'found a list as "page" of query, {_TEXTS}'),
    _bad("a context in a list", '{"aws:SourceIp": "192.0.2.1"}', "«[]»", "found an empty list as context"),
    _bad("complete as a word", '"complete": true', '"complete": «"yes"»', "expected true or false"),
    _changed(
        "an endpoint that is a list",
        {'"passes": {': '«"passes"»: {', '"vpc_endpoint": "passes"': '"vpc_endpoint": «["passes"]»'},
        'found the policy "passes", that nothing uses',
        "found a list as vpc_endpoint",
    ),
    _bad("a domain that is a number", '"domain": "shop.example.com"', '"domain": «5»', "found the number 5 as domain"),
    _bad(
        "a message that is null",
        '"authorizer_output": null',
        '"authorizer_raises": «null»',
        "found null as authorizer_raises",
    ),
    _bad(
        "an authorizer that returns and raises",
        '"authorizer_output": null',
        '"authorizer_output": null, «"authorizer_raises"»: "x"',
        'found "authorizer_raises" in a call that gives authorizer_output',
    ),
    _bad("claims in a list", '{"sub": "ann"}', '«["ann"]»', "found a list as claims, expected an object"),
    _bad(
        "a time that is true", '"at": 5', '"at": «true»', "found true as at, expected a date as a string, or a number"
    ),
    _bad("an empty time", '"at": 5', '"at": «""»', "found an empty string as at"),
]
_EXPECTED = [
    _bad("a status below all others", "200", "«99»", f"found the number 99 as expect, {_STATUS}"),
    _bad("a status above all others", "200", "«600»", f"found the number 600 as expect, {_STATUS}"),
    _bad("half a status", "200", "«200.5»", f"found the number 200.5 as expect, {_STATUS}"),
    _bad("a negative status", "200", "«-200»", f"found the number -200 as expect, {_STATUS}"),
    _bad("a status in quotes", "200", '«"200"»', f'found "200" as expect, {_STATUS}'),
    _bad("an unknown outcome", '"deny"', '«"denied"»', f'found "denied" as expect, {_STATUS}'),
    _bad("an outcome that is null", '"deny"', "«null»", f"found null as expect, {_STATUS}"),
    _bad("an outcome of a call that is misspelled", '"deny"', '«"no-route"»', f'found "no-route" as expect, {_STATUS}'),
    _bad("no statuses", '"note": []', '"note": [], "statuses": «[]»', "found an empty list as statuses"),
    _bad(
        "a status that is a word",
        '"note": []',
        '"note": [], "statuses": [403, «"401"»]',
        "found a string in statuses, expected a status from 100 to 599",
    ),
    _bad("statuses below all others", '"note": []', '"note": [], "statuses": «99»', "found the number 99 in statuses"),
    _bad("a status that is an object", '"note": []', '"note": [], "statuses": «{}»', "found an object in statuses"),
    _bad("an unknown response", '"response_type": null', '"response_type": «"DENIED"»', "expected ACCESS_DENIED,"),
    _bad(
        "an empty message", '"expect": "deny"', '"expect": "deny", "message": «""»', "found an empty string as message"
    ),
    _bad("a gate that is null", '"gate": "IAM"', '"gate": «null»', "found null as gate, expected a string"),
    _bad("a Sid that is a number", '"sid": "Invokes"', '"sid": «5»', f"found the number 5 as sid, {_TEXTS}"),
    _bad("an unknown layer of a call", '"layer": []', '"layer": «"org"»', 'found "org" as layer'),
    _bad("a key that is true", '"missing_keys": []', '"missing_keys": «true»', f"found true as missing_keys, {_TEXTS}"),
    _bad("an assumption of words", '"assumed": []', '"assumed": «"none"»', "expected the id of a rule"),
    _bad("an empty part", '"the call reaches"', '«""»', "found an empty string as explains"),
    _bad("a note that is null", '"note": []', '"note": «null»', f"found null as note, {_TEXTS}"),
    _bad("a rule that is none", '["GW-13"]', '«"GW13"»', "expected the id of a rule"),
    _bad(
        "an error of an answer",
        '"expect": 500',
        '"expect": 500, «"error"»: "x"',
        'found "error" in a call that expects 500',
    ),
    _bad("an error of a denial", '"expect": "deny"', '"expect": "deny", «"error"»: "x"', "in a call that expects deny"),
    *(
        _bad(
            f"{name} of an error",
            '"expect": "error"',
            f'«"{name}"»: {value}, "expect": "error"',
            f'found "{name}" in a call that expects an error',
        )
        for name, value in [
            ("statuses", "[403]"),
            ("response_type", "null"),
            ("message", "null"),
            ("gate", '"IAM"'),
            ("sid", "[]"),
            ("layer", "[]"),
            ("missing_keys", "[]"),
            ("assumed", "[]"),
            ("explains", "[]"),
            ("note", "[]"),
        ]
    ),
]
_SEQUENCES = [
    _entry("a sequence without name", '"name": "a cached answer", ', "", 'found a sequence without "name"'),
    _entry("a step without call", '"call": "POST /orders", ', "", 'found a call of a sequence without "call"'),
    _entry("a step without expectation", '"expect": 403, ', "", 'found a call of a sequence without "expect"'),
    _bad("an unknown field of a sequence", '"why": "it is reused"', '«"cache"»: {}', "is not a field of a sequence"),
    _bad(
        "a step that is a text",
        '"sequence": [',
        '"sequence": [«"GET /orders"»,',
        "found a string as a call of a sequence",
    ),
    _bad(
        "a rule of a step",
        '"at": 10.5',
        '«"rule"»: "AUT-5", "at": 10.5',
        'found "rule", which is not a field of a call of a',
    ),
    _bad(
        "calls by name",
        '"sequence": [',
        '"sequence": «{}», «"sequences"»: [',
        "found an object as sequence",
        '"sequences"',
    ),
]

#: Mistakes of form: the JSON Schema refuses them too.
OF_FORM = [*_ASKED, *_EXPECTED, *_SEQUENCES]

_NAMES = [
    _bad("a name of a call twice", '"claims alone"', '«"a wrong answer"»', 'the name "a wrong answer" twice in cases'),
    _bad(
        "a name of a sequence twice", '"a cached answer"', '«"claims alone"»', 'the name "claims alone" twice in cases'
    ),
    _bad(
        "an unknown API",
        '"orders", "stage": "prod", "sequence"',
        '«"order"», "stage": "prod", "sequence"',
        'found the API "order", which "apis" does not have',
    ),
    _changed(
        "two APIs to choose from",
        {
            '"orders": {': '«"idle"»: {}, "orders": {',
            '{\n      "name": "claims alone"': '«{\n      "name": "claims alone"',
            '"expect": "deny"\n    }': '"expect": "deny"\n    }»',
        },
        'found the API "idle", that no case calls',
        'found a call without "api"',
    ),
    _bad(
        "an unknown caller of a call",
        '"caller": "ann"',
        '"caller": «"anne"»',
        'the caller "anne", which "callers" does',
    ),
    _changed(
        "an unknown endpoint policy",
        {'"passes": {': '«"passes"»: {', '"vpc_endpoint": "passes"': '"vpc_endpoint": «"pass"»'},
        'found the policy "passes", that nothing uses',
        'found the policy "pass", which "policies" does not have',
    ),
]
_APIS = [
    _bad("an unknown stage", '"dev", "call"', '«"test"», "call"', "which stage is called? The API has prod, dev"),
    _entry("no stage", '"stage": "dev", ', "", "which stage is called? The API has prod, dev; none is given"),
    _bad("an unknown stage of a sequence", '"prod", "sequence"', '«"live"», "sequence"', "there is no 'live'"),
    _bad("an API with a mistake", '"auth": "AWS_IAM"', '"auth": «"IAM"»', 'found "IAM" as auth, expected NONE'),
    _changed(
        "an API without id",
        {
            '"orders": {\n      "schema": "execpolicy/api/1", "id": "a1b2c3", ': '"orders": «{\n      ',
            '"AWS_IAM"}}\n    }': '"AWS_IAM"}}\n    }»',
        },
        'without "id"',
    ),
    _changed(
        "an API of a case with a mistake",
        {
            '"endpoint": "PRIVATE"': '"endpoint": «"private"»',
            '"expect": "error", "error": "shop.example.com"': '"expect": 403',
        },
        'found "private" as endpoint',
    ),
]
_POLICIES = [
    _changed(
        "an endpoint policy of another kind",
        {
            '"passes": {': '«"passes"»: {',
            '"vpc_endpoint": "passes"': '"vpc_endpoint": "invokes"',
            '{"Sid": "Invokes", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}': (
                '«{"Sid": "Invokes", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}»'
            ),
        },
        "found a statement without Principal, which a VPC endpoint policy must have",
        'found the policy "passes", that nothing uses',
    ),
    _changed(
        "a principal of a call that is none",
        {'"caller": "ann"': '"caller": "arn:aws:iam::«1111»:user/Ann"'},
        'found "1111", expected an account',
    ),
    _bad("an address of a call", '"192.0.2.1"', '"«192.0.2»"', "aws:SourceIp is an IP address, found '192.0.2'"),
]

#: What names stand for, and what APIs, policies and calls may be, is not the business of the JSON Schema.
OF_MEANING = [*_NAMES, *_APIS, *_POLICIES]
