"""A sound case file, and what can be wrong with one: each mistake is marked with ``«»``."""

from __future__ import annotations

from typing import NamedTuple

SOUND = """\
{
  "schema": "execpolicy/cases/1",
  "title": "Clerks and orders",
  "policies": {
    "reads": {"Version": "2012-10-17", "Statement": [
      {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    ]}
  },
  "callers": {
    "ann": {"principal": "arn:aws:iam::111122223333:user/Ann", "unique_id": "AIDACKCEVSQ6C2EXAMPLE",
      "tags": {"team": "red"}, "org_id": "o-1", "org_paths": ["o-1/r-1/"], "management_account": false,
      "identity": ["reads"], "boundary": "reads", "scps": [["reads"]]}
  },
  "targets": {
    "orders": {"resource": {"Statement": []}, "rcps": [[]], "rcps_cover_execute_api": true}
  },
  "cases": [
    {
      "name": "Ann reads", "rule": ["EVL-1", "EVL-4"], "page": "reference_policies_evaluation-logic", "why": "she may",
      "caller": "ann", "target": "orders", "action": "execute-api:Invoke",
      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders",
      "context": {"aws:SourceIp": "192.0.2.1"}, "complete": true,
      "expect": "allow", "sid": "Reads", "layer": [], "missing_keys": [], "assumed": []
    },
    {
      "name": "no service", "caller": "anonymous", "action": "Invoke", "expect": "error", "error": "service:Name",
      "resource": "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/pets"
    }
  ],
  "documents": [
    {
      "name": "a list", "rule": "POL-1", "page": "reference_policies_grammar", "kind": "identity",
      "text": ["", "[]"], "expect": "error",
      "errors": [{"message": "expected an object", "line": 2, "column": 1}]
    },
    {
      "name": "no effect", "kind": "identity", "document": {"Statement": [{"Action": "*", "Resource": "*"}]},
      "expect": "error", "errors": [{"message": "without Effect", "path": "Statement[0]"}]
    },
    {"name": "no statement", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": []}, "expect": "loads"}
  ]
}
"""


class Malformed(NamedTuple):
    """A file in which marks stand around what each message speaks of; an advice is given by its beginning."""

    name: str
    text: str
    messages: tuple[str, ...]
    advices: tuple[str, ...] = ()


def _small(name: str, text: str, *messages: str) -> Malformed:
    """A file of its own."""
    return Malformed(name, text, messages)


def _bad(name: str, old: str, new: str, *messages: str) -> Malformed:
    """The sound file with one piece replaced."""
    assert SOUND.count(old) == 1, old
    return Malformed(name, SOUND.replace(old, new), messages)


def _entry(name: str, first: str, old: str, new: str, *messages: str) -> Malformed:
    """The sound file with one piece replaced in the entry called ``first``; the entry as a whole is marked too."""
    start = SOUND.rindex("{", 0, SOUND.index(f'"name": "{first}"'))
    end = SOUND.index("\n    }", start) + len("\n    }")
    entry = SOUND[start:end]
    assert entry.count(old) == 1, old
    return Malformed(name, f"{SOUND[:start]}«{entry.replace(old, new)}»{SOUND[end:]}", messages)


def _whole(name: str, old: str, message: str) -> Malformed:
    """The sound file without one piece, which is told of the whole."""
    assert SOUND.count(old) == 1, old
    return Malformed(name, f"«{SOUND.replace(old, '').strip()}»", (message,))


_EMPTY = '{"schema": "execpolicy/cases/1", "title": "t"'
_DOCUMENT = (
    '{"name": "empty", "kind": "scp", "document": {"Version": "2012-10-17", "Statement": []}, "expect": "loads"}'
)
_ARN = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders"
_LAYERS = "expected vpc_endpoint, rcp, scp, resource, domain_name, authorizer, identity, boundary or session"
_TEXTS = "expected a string or a list of strings"
_ID = "expected the id of a rule"

_FILES = [
    _small("no object", "«[]»", "found an empty list as a case file, expected an object"),
    _small("nothing to test", f"«{_EMPTY}}}»", "found neither cases nor documents"),
    _small("empty lists", f'«{_EMPTY}, "cases": [], "documents": []}}»', "found neither cases nor documents"),
    _small("cases by name", f'{_EMPTY}, "cases": «{{}}»}}', "found an object as cases, expected a list"),
    _small("documents by name", f'{_EMPTY}, "documents": «{{}}»}}', "found an object as documents, expected a list"),
    _whole("no schema", '"schema": "execpolicy/cases/1",', 'found a case file without "schema"'),
    _whole("no title", '"title": "Clerks and orders",', 'found a case file without "title"'),
    _bad("another schema", '"execpolicy/cases/1"', '«"execpolicy/cases/2"»', "expected execpolicy/cases/1"),
    _bad("an empty title", '"Clerks and orders"', '«""»', "found an empty string as title"),
    _bad("a title that is a number", '"Clerks and orders"', "«5»", "found the number 5 as title, expected a string"),
    _bad("an unknown field", '"title"', '«"case"»: [], "title"', 'found "case", which is not a field of a case file'),
]
_PARTIES = [
    _bad(
        "a named policy that is no object",
        '"reads": {',
        '"reads": «[]», «"more"»: {',
        'found an empty list as the policy "reads", expected a policy document or the name of a file',
        'found the policy "more", that nothing uses',
    ),
    _small(
        "policies in a list",
        f'{_EMPTY}, "policies": «[]», "documents": [{_DOCUMENT}]}}',
        "found an empty list as policies",
    ),
    _small(
        "callers in a list",
        f'{_EMPTY}, "callers": «[]», "documents": [{_DOCUMENT}]}}',
        "found an empty list as callers",
    ),
    _small(
        "targets in a list",
        f'{_EMPTY}, "targets": «[]», "documents": [{_DOCUMENT}]}}',
        "found an empty list as targets",
    ),
    _bad(
        "a caller that is a name",
        '"ann": {',
        '"bob": «"ann"», "ann": {',
        "found a string as a caller, expected an object",
    ),
    _bad(
        "an unknown field of a caller", '"tags"', '«"tag"»: {}, "tags"', 'found "tag", which is not a field of a caller'
    ),
    _bad(
        "a caller named like a principal",
        '"ann": {',
        '«"a.b"»: {"principal": "anonymous"}, "ann": {',
        "looks like a principal",
    ),
    _bad(
        "a caller without principal",
        '"ann": {',
        '"bob": «{"identity": []}», "ann": {',
        'found a caller without "principal"',
    ),
    _bad(
        "a principal that is a list",
        '"ann": {',
        '"bob": {"principal": «["anonymous"]»}, "ann": {',
        "found a list as principal",
    ),
    _bad("an empty unique id", '"AIDACKCEVSQ6C2EXAMPLE"', '«""»', "found an empty string as unique_id"),
    _bad("tags in a list", '{"team": "red"}', '«["team"]»', "found a list as tags, expected an object of strings"),
    _bad("a tag that is a number", '"red"', "«5»", 'found the number 5 as the tag "team", expected a string'),
    _bad("a path that is null", '"o-1/r-1/"', '"o-1/r-1/", «null»', "found null as an entry of org_paths"),
    _bad("paths that are one string", '["o-1/r-1/"]', '«"o-1/r-1/"»', "found a string as org_paths, expected a list"),
    _bad(
        "a flag in quotes", '"management_account": false', '"management_account": «"false"»', "expected true or false"
    ),
    _bad("policies that are one name", '"identity": ["reads"]', '"identity": «"reads"»', "expected a list of policies"),
    _bad(
        "a policy that is a number",
        '"identity": ["reads"]',
        '"identity": ["reads", «5»]',
        "found the number 5 as an entry of identity",
    ),
    _bad(
        "a boundary in a list",
        '"boundary": "reads"',
        '"boundary": «["reads"]»',
        "found a list as boundary, expected a policy document or",
    ),
    _bad(
        "levels without lists",
        '[["reads"]]',
        '[«"reads"»]',
        "found a string as a level of scps, expected a list of policies",
    ),
    _bad("levels that are no list", '[["reads"]]', '«"reads"»', "found a string as scps, expected a list of levels"),
    _bad(
        "a target that is a list",
        '"orders": {',
        '"open": «[]», "orders": {',
        "found an empty list as a target, expected an object",
    ),
    _bad(
        "an unknown field of a target", '"rcps": [[]]', '«"scps"»: []', 'found "scps", which is not a field of a target'
    ),
    _bad(
        "a flag that is a number",
        '"rcps_cover_execute_api": true',
        '"rcps_cover_execute_api": «1»',
        "expected true or false",
    ),
]
_CASES = [
    _bad("a case that is a string", '"cases": [', '"cases": [«"Ann"»,', "found a string as a case, expected an object"),
    _entry("no name", "Ann reads", '"name": "Ann reads", ', "", 'found a case without "name"'),
    _entry("no caller", "Ann reads", '"caller": "ann", ', "", 'found a case without "caller"'),
    _entry("no resource", "Ann reads", f'"resource": "{_ARN}",', "", 'found a case without "resource"'),
    _entry("no error", "no service", ', "error": "service:Name"', "", 'found a case without "error"'),
    _entry("no expectation", "Ann reads", '"expect": "allow", ', "", 'found a case without "expect"'),
    _bad("an unknown field of a case", '"sid"', '«"sids"»: [], "sid"', 'found "sids", which is not a field of a case'),
    _bad(
        "a field of a decision",
        '"error": "service:Name"',
        '«"sid"»: [], "error": "x"',
        'found "sid" in a case that expects an error',
    ),
    _bad("an error of a decision", '"sid": "Reads"', '«"error"»: "x"', 'found "error" in a case that expects allow'),
    _bad(
        "an unknown outcome",
        '"expect": "allow"',
        '"expect": «"allowed"»',
        'found "allowed" as expect, expected allow, deny, explicit_deny',
    ),
    _bad("an outcome that is true", '"expect": "allow"', '"expect": «true»', "found true as expect, expected a string"),
    _bad("a rule that is none", '["EVL-1", "EVL-4"]', '["EVL-1", «"EVL4"»]', f'found "EVL4" as rule, {_ID}'),
    _bad("a rule that is a number", '["EVL-1", "EVL-4"]', "«4»", f"found the number 4 as rule, {_TEXTS}"),
    _bad(
        "a number among rules", '["EVL-1", "EVL-4"]', '["EVL-1", «4»]', "found the number 4 as rule, expected a string"
    ),
    _bad("an empty page", '"reference_policies_evaluation-logic"', '«""»', "found an empty string as page"),
    _bad("a caller that is a list", '"caller": "ann"', '"caller": «["ann"]»', "found a list as a caller"),
    _bad("a target that is null", '"target": "orders"', '"target": «null»', "found null as a target"),
    _bad(
        "an action that is a list",
        '"action": "execute-api:Invoke"',
        '"action": «["a:b"]»',
        "found a list as action, expected a string",
    ),
    _bad(
        "an account that is a number",
        '"complete": true',
        '"resource_account": «111122223333»',
        "found the number 111122223333 as resource_account",
    ),
    _bad(
        "a context in a list",
        '{"aws:SourceIp": "192.0.2.1"}',
        '«["aws:SourceIp"]»',
        "found a list as context, expected an object",
    ),
    _bad(
        "complete in quotes",
        '"complete": true',
        '"complete": «"yes"»',
        "found a string as complete, expected true or false",
    ),
    _bad("an unknown layer", '"layer": []', '"layer": ["scp", «"org"»]', f'found "org" as layer, {_LAYERS}'),
    _bad("layers in an object", '"layer": []', '"layer": «{}»', f"found an object as layer, {_TEXTS}"),
    _bad("an empty Sid", '"sid": "Reads"', '"sid": «""»', "found an empty string as sid"),
    _bad("keys that are null", '"missing_keys": []', '"missing_keys": «null»', "found null as missing_keys"),
    _bad("an assumption that is no rule", '"assumed": []', '"assumed": «"none"»', f'found "none" as assumed, {_ID}'),
]
_DOCUMENTS = [
    _bad(
        "a document that is null",
        '"documents": [',
        '"documents": [«null»,',
        "found null as a document, expected an object",
    ),
    _entry("a document without name", "a list", '"name": "a list", ', "", 'found a document without "name"'),
    _entry("no kind", "a list", ', "kind": "identity"', "", 'found a document without "kind"'),
    _entry(
        "no expectation of a document",
        "a list",
        ', "expect": "error"',
        "",
        'found a document without "expect"',
    ),
    _entry("no text", "a list", '"text": ["", "[]"], ', "", 'found neither "text" nor "document"'),
    _entry("text and object", "a list", '"text"', '"document": {}, "text"', 'found "text" and "document"'),
    _bad(
        "an unknown field of a document",
        '"text"',
        '«"texts"»: [], "text"',
        'found "texts", which is not a field of a document',
    ),
    _bad("an unknown kind", '"kind": "scp"', '"kind": «"SCP"»', 'found "SCP" as kind, expected identity, resource'),
    _bad(
        "an unknown outcome of a document",
        '"expect": "loads"',
        '"expect": «"load"»',
        'found "load" as expect, expected loads or error',
    ),
    _bad(
        "errors of a document that loads",
        '"expect": "loads"',
        '"expect": "loads", «"errors"»: [{"message": "x"}]',
        'found "errors" in a document that loads',
    ),
    _bad(
        "a document without errors",
        '"expect": "loads"',
        '"expect": "error", "errors": «[]»',
        "found an empty list as errors",
    ),
    _bad(
        "errors that are text",
        '[{"message": "without Effect", "path": "Statement[0]"}]',
        '«"without Effect"»',
        "found a string as errors, expected a list of errors",
    ),
    _bad(
        "an error that is text",
        '{"message": "without Effect", "path": "Statement[0]"}',
        '«"without Effect"»',
        "found a string as an error, expected an object",
    ),
    _bad(
        "a line that is a number", '["", "[]"]', '["", «5»]', "found the number 5 as a line of text, expected a string"
    ),
    _bad(
        "a text that is an object",
        '["", "[]"]',
        "«{}»",
        "found an object as text, expected a string or a list of lines",
    ),
    _bad(
        "an object in quotes",
        '"document": {"Version": "2012-10-17", "Statement": []}',
        '"document": «"{}"»',
        "found a string as document, expected an object",
    ),
    _bad(
        "an error without line",
        '{"message": "expected an object", "line": 2, "column": 1}',
        '«{"message": "x", "column": 1}»',
        'found an error without "line"',
    ),
    _bad(
        "an error without column",
        '{"message": "expected an object", "line": 2, "column": 1}',
        '«{"message": "x", "line": 2}»',
        'found an error without "column"',
    ),
    _bad(
        "an error without message",
        '{"message": "without Effect", "path": "Statement[0]"}',
        '«{"path": "Statement[0]"}»',
        'found an error without "message"',
    ),
    _bad(
        "a line of an object",
        '"path": "Statement[0]"',
        '«"line"»: 1',
        'found "line" in an error of a document given as an object',
    ),
    _bad("a line in quotes", '"line": 2', '"line": «"2"»', "found a string as line, expected a whole number from 1 on"),
    _bad("line nought", '"line": 2', '"line": «0»', "found the number 0 as line, expected a whole number from 1 on"),
    _bad(
        "half a column",
        '"column": 1',
        '"column": «1.5»',
        "found the number 1.5 as column, expected a whole number from 1 on",
    ),
    _bad(
        "an unknown field of an error",
        '"column": 1',
        '"column": 1, «"col"»: 1',
        'found "col", which is not a field of an error',
    ),
]

#: Mistakes of form: the JSON Schema refuses them too.
OF_FORM = [*_FILES, *_PARTIES, *_CASES, *_DOCUMENTS]

_POLICY = '{"Effect": "Allow", "Action": "*", "Resource": "*"}'

_POLICY_FIELDS = '"Effect": "Allow", "Action": "execute-api:Invoke"'
_NAMES = [
    _bad(
        "a name twice",
        '"name": "no service"',
        '"name": «"Ann reads"»',
        'found the name "Ann reads" twice in cases; the first is at cases.json:19:15',
    ),
    _bad(
        "a name of a document twice",
        '"name": "no effect"',
        '"name": «"a list"»',
        'found the name "a list" twice in documents; the first is at cases.json:32:15',
    ),
    _bad(
        "a field twice", '"complete": true', '"complete": true, «"complete"»: false', 'found the name "complete" twice'
    ),
    _bad("an unknown caller", '"caller": "ann"', '"caller": «"anne"»', 'the caller "anne", which "callers" does not'),
    _bad("an unknown target", '"target": "orders"', '"target": «"order"»', 'the target "order", which "targets" does'),
    _bad(
        "an unknown policy", '"boundary": "reads"', '"boundary": «"read"»', 'policy "read", which "policies" does not'
    ),
    _bad("an idle policy", '"reads": {', '«"writes"»: {}, "reads": {', 'the policy "writes", that nothing uses'),
    _small(
        "a policy where none has a name",
        f'{_EMPTY}, "targets": {{"t": {{"resource": «"p"»}}}}, "documents": [{_DOCUMENT}]}}',
        'found the policy "p", which "policies" does not have',
    ),
]
_POLICIES = [
    _bad(
        "a named policy",
        _POLICY_FIELDS,
        '«"Actions"»: [], "Effect": «"allow"», "Action": "execute-api:Invoke"',
        'found "Actions", which is not an element of a statement',
        'found "allow" as Effect, expected "Allow" or "Deny"',
    ),
    _bad(
        "a policy of a target",
        '{"Statement": []}, "rcps"',
        '{"Statement": [«{"Effect": "Allow", "Action": "*", "Resource": "*"}»]}, "rcps"',
        "found a statement without Principal, which a resource policy must have",
    ),
    _bad(
        "policies of a case",
        '"target": "orders"',
        '"target": {"vpc_endpoint": «{}», "rcps": [[{"Version": "2012-10-17", "Statement": «5»}]]}',
        "found a document without Statement",
        "found the number 5 as Statement",
    ),
    _bad(
        "a policy of another kind",
        '[\n      {"Sid": "Reads", "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}\n    ]}',
        '[\n      {"Sid": "Reads", "Effect": "Allow", «"Principal"»: "*", "Action": "a:b", "Resource": "*"}\n    ]}',
        "found Principal in an identity policy",
        "found Principal in a permissions boundary",
        "found Principal in a service control policy",
    ),
]
_REQUESTS = [
    _bad(
        "a misspelled key",
        '{"aws:SourceIp": "192.0.2.1"}',
        '{"aws:username": "Ann", "«aws:SourcIp»": "192.0.2.1"}',
        'found "aws:SourcIp", which is not a condition key that AWS documents',
    ),
    _bad(
        "a key without its service",
        '{"aws:SourceIp": "192.0.2.1"}',
        '{"«SourceIp»": "192.0.2.1"}',
        'found "SourceIp", expected a condition key with its service',
    ),
    _bad(
        "a key that no policy names",
        '{"aws:SourceIp": "192.0.2.1"}',
        '{"aws:SourceIp": "192.0.2.1", "«okta:sub»": "x"}',
        'found "okta:sub", which no policy names and which is no key of execute-api',
    ),
    Malformed(
        "keys that the file may accept",
        SOUND.replace('{"aws:SourceIp": "192.0.2.1"}', '{"aws:SourceIp": "192.0.2.1", "«aws:NothingLikeIt»": "x"}'),
        ('found "aws:NothingLikeIt", which is not a condition key that AWS documents',),
        (
            "leave it out; to accept a key that is newer than the catalogue, use "
            '"allow_unknown_keys": ["aws:NothingLikeIt"]',
        ),
    ),
    Malformed(
        "a key of another service that the file may accept",
        SOUND.replace('{"aws:SourceIp": "192.0.2.1"}', '{"aws:SourceIp": "192.0.2.1", "«s3:prefix»": "x"}'),
        ('found "s3:prefix", which no policy names and which is no key of execute-api',),
        ('leave it out, or accept it with "allow_unknown_keys": ["s3:prefix"]',),
    ),
    _bad(
        "a key that is allowed and names no service",
        '"title": "Clerks and orders",',
        '"title": "Clerks and orders", "allow_unknown_keys": ["aws:NewKey", «"NewKey"»],',
        'found "NewKey", which names no service',
    ),
    _bad(
        "a principal that is none",
        '"caller": "ann"',
        '"caller": "arn:aws:iam::«1111»:user/Ann"',
        'found "1111", expected an account',
    ),
    _bad(
        "a principal after an escape",
        '"caller": "ann"',
        '"caller": "\\u0061rn:aws:iam::«1111»:user\\/Ann"',
        'found "1111", expected an account',
    ),
    _bad("a group", ":user/Ann", ":«group/Ann»", "found a group, which is not a principal"),
    _bad(
        "a policy that a caller cannot have",
        '"caller": "ann"',
        '"caller": «{"principal": "anonymous", "boundary": "reads"}»',
        "AWS evaluates no boundary policy for it",
    ),
    _bad("a resource that is no ARN", f'"{_ARN}"', '"«orders»"', "found 'orders', expected"),
    _bad("a resource of two lines", f'"{_ARN}"', '«"arn:aws:execute-api:eu\\n:x:y"»', "found 'eu\\n', expected"),
    _bad(
        "an action of several",
        '"action": "execute-api:Invoke"',
        '"action": "«execute-api:*»"',
        "the name of one action",
    ),
    _bad("a value that does not fit", '"192.0.2.1"', '"«192.0.2»"', "aws:SourceIp is an IP address, found '192.0.2'"),
    _bad("a value that is null", '{"aws:SourceIp": "192.0.2.1"}', '«{"aws:Referer": null}»', "aws:Referer holds None"),
    _entry(
        "another account",
        "Ann reads",
        '"complete": true',
        '"resource_account": "444455556666"',
        "the resource's ARN says account 111122223333, resource_account says 444455556666",
    ),
]

#: What names stand for, and what policies and requests may be, is not the business of the JSON Schema.
OF_MEANING = [*_NAMES, *_POLICIES, *_REQUESTS]
