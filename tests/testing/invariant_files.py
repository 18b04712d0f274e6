"""Case files with invariants for tests: sound ones, and what can be wrong with one."""

from __future__ import annotations

from tests.testing.malformed import Malformed

SOUND_INVARIANTS = """\
{
  "schema": "execpolicy/cases/1",
  "title": "What holds for all calls",
  "api": {
    "id": "a1b2c3", "type": "REST", "region": "eu-west-1", "account": "111122223333", "stages": ["prod", "test"],
    "authorizers": {"tokens": {"type": "TOKEN", "identity_sources": "method.request.header.Authorization"}},
    "routes": {"GET /orders/{id}": {"auth": "AWS_IAM"}, "GET /lists": {"authorizer": "tokens"}}
  },
  "apis": {
    "open": {"id": "d4e5f6", "type": "HTTP", "region": "eu-west-1", "account": "111122223333",
      "routes": {"GET /pets": {}}}
  },
  "policies": {
    "reads": {"Version": "2012-10-17", "Statement": [
      {"Sid": "Reads", "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*/GET/*"}
    ]}
  },
  "invariants": [
    "nobody may call DELETE /**",
    {"name": "orders need a signature", "rule": ["INV-1", "INV-6"], "page": "a page", "why": "they are private",
      "invariant": "anonymous may not call /orders/**", "budget": 100000},
    {"invariant": "anybody may call GET /pets", "api": "open"},
    {"invariant": "anybody may call GET /x", "resource": "reads"}
  ]
}
"""
_FIRST = '"nobody may call DELETE /**"'
_BUDGET = '"budget": 100000'
_RESOURCE = '"resource": "reads"'


def _bad(name: str, old: str, new: str, *messages: str) -> Malformed:
    """The sound file with one piece replaced."""
    assert SOUND_INVARIANTS.count(old) == 1, old
    return Malformed(name, SOUND_INVARIANTS.replace(old, new), messages)


#: Without an API and without policies.
_ALONE = '{"schema": "execpolicy/cases/1", "title": "t", "invariants": '
_EMPTY_LIST = "found neither cases nor documents nor invariants"

#: Wrong by its form: the schema refuses it too.
OF_FORM = [
    Malformed("an empty list", f"«{_ALONE}[]}}»", (_EMPTY_LIST,)),
    Malformed(
        "callers without invariants",
        '{"schema": "execpolicy/cases/1", "title": "t", «"only_callers"»: [], "documents": ['
        '{"name": "d", "kind": "identity", "expect": "loads", "document": {"Statement": []}}]}',
        ('found "only_callers" in a case file without invariants',),
    ),
    Malformed("invariants by name", f"{_ALONE}«{{}}»}}", ("found an object as invariants, expected a list",)),
    _bad("an empty sentence", _FIRST, '«""»', "found an empty string as invariant"),
    _bad("a number", _FIRST, "«7»", "found the number 7 as an invariant, expected a sentence or an object with one"),
    _bad("no sentence", _FIRST, '«{"name": "a"}»', 'found an invariant without "invariant"'),
    _bad("a list as sentence", _FIRST, '{"invariant": «["a"]»}', "found a list as invariant, expected a string"),
    _bad("an unknown field", _BUDGET, '«"steps"»: 1', 'found "steps", which is not a field of an invariant'),
    _bad("no steps", _BUDGET, '"budget": «0»', "found the number 0 as budget, expected a whole number from 1 on"),
    _bad("a text of steps", _BUDGET, '"budget": «"9"»', "found a string as budget, expected a whole number from 1 on"),
    _bad(
        "only a number",
        _BUDGET,
        '"only_callers": «7»',
        "found the number 7 as only_callers, expected a string or a list",
    ),
    _bad("a caller as object", _BUDGET, '"only_callers": [«{}»]', "found an object as only_callers, expected a string"),
    _bad(
        "a caller twice",
        _BUDGET,
        '"only_callers": ["anonymous", «"anonymous"»]',
        'found "anonymous" twice in only_callers',
    ),
    _bad("no file of callers", _BUDGET, '"only_callers": «""»', "found an empty string as only_callers"),
    _bad(
        "callers and a policy",
        _RESOURCE,
        '"resource": "reads", «"only_callers"»: ["anonymous"]',
        'found "only_callers" in an invariant with "resource"',
    ),
    _bad(
        "an API and a policy",
        _RESOURCE,
        '"api": "open", «"resource"»: "reads"',
        'found "resource" in an invariant with "api"',
        'found the policy "reads", that nothing uses',
    )._replace(name="an API and a policy"),
]
#: Wrong by its meaning: no schema can refuse it.
OF_MEANING = [
    _bad("a wrong word", _FIRST, '"nobody may «cal» DELETE /**"', 'found "cal", expected call'),
    _bad(
        "a wrong word after an escape",
        _FIRST,
        r'"nobody may call DELETE /\u006frders \t «form» 198.51.100.7"',
        'found "form", expected a comma, on, from, through, when, unless or the end',
    ),
    _bad("a wrong path", _FIRST, '"nobody may call /orders«?»"', 'found "?", expected a segment, * or **'),
    _bad("no caller", _FIRST, "\"«nobdy» may call /a\"", "found \"nobdy\", expected"),
    _bad("no such API", '"api": "open"}', '"api": «"opened"»}, {"invariant": "nobody may call /b", "api": "open"}',
         'found the API "opened", which "apis" does not have'),
    _bad("no such caller", _BUDGET, '"only_callers": [«"clerk"»]', 'found the caller "clerk", which'),
    _bad("no such file", _BUDGET, '"only_callers": «"no.yaml"»', 'cannot read'),
    _bad("no such policy", _RESOURCE, '"resource": «"read"»}, {"invariant": "nobody may call /b", "resource": "reads"',
         'found the policy "read", which "policies" does not have'),
    _bad("one sentence twice", _FIRST, f'{_FIRST}, «{_FIRST}»', 'found the name "nobody may call DELETE /**" twice in'),
    Malformed(
        "nothing to prove it of",
        f'{_ALONE}[«"nobody may call /a"»]}}',
        ("found an invariant without an API or a resource policy of which it is proven",),
    ),
]  # fmt: skip
