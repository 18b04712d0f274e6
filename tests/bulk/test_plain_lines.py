"""Lines that are read by columns: a plain line says what ``Call.parse`` reads in it, and no other line is plain."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import Api, Caller, ExecPolicyError, Policy, Replay, Route
from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.matched_patterns import MatchedPatterns
from execpolicy.bulk.path_classes import PathClasses
from execpolicy.bulk.plain_lines import PlainLines
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay import replay_lines
from execpolicy.gateway.flow.routing import find_route
from execpolicy.language.glob import Tokens, Wildcard, matcher
from tests.bulk.generated_log import ACCOUNT, CLERK, OFFICE, STATEMENTS, a_call, api_of, as_json, as_own_names
from tests.examples import of_quick

#: Parts of a line that are written otherwise: each is a text and what takes its place.
EDITS: tuple[tuple[str, str], ...] = (
    ('"stage": "prod"', '"stage": "test"'),
    ('"apiId": "a1b2c3"', '"apiId": "zzz"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "apiId": "a1b2c3"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "api_id": "other"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "accountId": "111122223333"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "domainName": "a1b2c3.execute-api.eu-west-1.amazonaws.com"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "domainName": "other.execute-api.eu-west-1.amazonaws.com"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "userAgent": "Mozilla/5.0 (\u00e4; ] }, -)"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "userAgent": "-"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "userAgent": "\ufdd0"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "tenant": ["x"]'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": [1]'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": {}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": -1.5e3'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": 1e99999999'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": NaN'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": Infinity'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": -'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "responseLatency": null'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "isCanaryRequest": true'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "path": true'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "protocol": "$context.protocol"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "caller": "AIDA1"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "requestId": "r-1"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "requestContext": {"a": 1}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "request": {"url": "https://a.example/"}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "logEvents": []'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "requestTime": "30/Nov/2026:12:00:00 +0000"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "requestTime": "31/Nov/2026:12:00:00 +0000"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "error": {"message": "Forbidden", "messageString": "-"}'),
    ('"apiId": "a1b2c3"', f'"apiId": "a1b2c3", "error": {{"message": "{"x" * 50}"}}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "error": {"message": "a", "message": "b"}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "resourcePath": "/orders/{id}"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "resourcePath": "orders"'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "identity": {"clientCert": {"subjectDN": "CN=x"}}'),
    ('"apiId": "a1b2c3"', '"apiId": "a1b2c3", "vpceId": "vpce-1"'),
    ('"httpMethod"', '"method"'),
    ('"httpMethod": "GET"', '"httpMethod": "-"'),
    ('"httpMethod": "GET"', '"httpMethod": "PROPFIND"'),
    ('"httpMethod": "GET"', '"httpMethod": "G T"'),
    ('"/prod/', '"/other/'),
    ('"/prod/', '"/prod/{id}/'),
    ('"/prod/', '"/prod/%41/'),
    ('"/prod/', '"/prod/\u00e4/'),
    ('"/prod/', '"/prod/\\u0041/'),
    ('"/prod/', '"\\/prod/'),
    ('"203.0.113.77"', '"10.0.0.1"'),
    ('"203.0.113.77"', '"nobody"'),
    ('"203.0.113.77"', "null"),
    ('"203.0.113.77"', "-"),
    ("arn:aws:iam::111122223333:user/Eve", "arn:aws:iam::1:user/Eve"),
    ("arn:aws:iam::111122223333:user/Eve", "Eve"),
    ('"1796', '"x1796'),
    ('"1796', '"99999999999996'),
    ('": "', '":"'),
    ('": "', '"\t:\r "'),
    ("}", ",}"),
    ("}", ", }"),
    ("}", "} "),
    ("}", "}}"),
    ("}", ""),
    ("{", " {"),
    ("{", "\ufeff{"),
    ("{", "{,"),
    ("{", "{ "),
    ("{", "[{"),
    ("{", ""),
)
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def callers() -> list[Caller]:
    document = {"Version": "2012-10-17", "Statement": [ALLOW_ALL]}
    policy = Policy.parse(document, kind="identity", name="identity.json")
    return [Caller(f"arn:aws:iam::{ACCOUNT}:role/Clerk", identity=policy)]


TELLING: tuple[Mapping[str, Any], ...] = (
    *STATEMENTS,
    {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "execute-api:/prod/GET/orders/${aws:username}"},
    {"Effect": "Deny", "Principal": {"AWS": f"{CLERK}/ann"}, "Action": "*", "Resource": "*"},
    {**STATEMENTS[4], "Condition": {"StringLike": {"aws:UserAgent": "Moz*"}}},
    {**STATEMENTS[4], "Resource": "*", "Condition": {"NotIpAddress": OFFICE["IpAddress"]}},
)
POLICIES = st.lists(st.sampled_from(TELLING), unique_by=str, max_size=3)
FORMS: tuple[Callable[[Any], str], ...] = (as_json, as_own_names)


def edited_lines(seed: int, number: int) -> list[bytes]:
    random = Random(seed)
    found = []
    for at in range(number):
        call = a_call(random, random.choice((at, 60)))
        text = random.choice(FORMS)(call)
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            old, new = random.choice(EDITS)
            text = text.replace(old, new, random.choice((1, 1, -1)))
        content = text.encode("utf-8", "surrogatepass")
        found.append(content if random.random() > 0.03 else content.replace(b'"', b'"\xff', 1))
    return found


#: The ids of some lines: some have none, and some have two.
IDS = ("", '"requestId": "{}", ', '"extendedRequestId": "{}", ', '"requestId": "a", "extendedRequestId": "{}", ')


def with_ids(lines: list[bytes], seed: int) -> list[bytes]:
    """The lines with ids, of which several are equal."""
    random = Random(seed)
    found = []
    for line in lines:
        ids = random.choice(IDS).format(random.choice(("a", "b", "c", "-", "", "\u00e4", "9", random.random())))
        found.append(line.replace(b"{", b"{" + ids.encode(), 1))
    return found


def replayed(lines: list[bytes], versions: Any, **more: Any) -> tuple[Replay, list[tuple[int, str]]]:
    rejected: list[tuple[int, str]] = []
    found = replay_lines(
        [LogLine("a.log", number, content) for number, content in enumerate(lines, 1)],
        versions,
        LogCallers(callers()),
        on_reject=lambda line, reason: rejected.append((line.number, reason)),
        **more,
    )
    return found, rejected


@pytest.mark.rule("LOG-8", "LOG-9")
@of_quick(25, long=1000)  # each example replays 60 lines twice
@given(
    st.none() | POLICIES,
    POLICIES,
    st.integers(0, 10**6),
    st.fixed_dictionaries({"raw_values": st.booleans(), "dedupe": st.booleans(), "score": st.booleans()}),
)
def test_lines_by_columns_are_those_read_with_all_their_values(
    before: Any, after: Any, seed: int, options: dict[str, bool]
) -> None:
    versions = (None if before is None else api_of(*before), api_of(*after))
    lines = with_ids(edited_lines(seed, 60), seed)
    options["score"] &= before is not None
    by_columns = replayed(lines, versions, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PlainLines, "read", lambda self, content: None)
        assert by_columns == replayed(lines, versions, **options)


@pytest.mark.parametrize(
    ("line", "is_plain"),
    [
        (as_json(a_call(Random(0), 0)), True),
        ('{"httpMethod": "GET", "path": "/a", "status": 200, "ip": null}', True),
        ('{"httpMethod": "GET", "path": "/a", "error": {"message": "x"}}', True),
        ('{"httpMethod": "GET", "path": "/a", "status": -}', False),
        ('{"httpMethod": "GET", "path": "/a", "status": [200]}', False),
        ('{"httpMethod": "GET", "path": "\\/a"}', False),
        ('{"httpMethod": "GET", "path": "/a", "method": "GET"}', False),
        ('{"httpMethod": "GET", "path": "/a"} ', False),
        ('{"httpMethod": "GET"}', False),
        ("[1]", False),
        ("{}", False),
        ("{" * 100_000, False),
        ('{"a":' * 20 + "1" + "}" * 20, False),
        ('{"httpMethod": "GET", "path": "/a", "x": ' + "9" * 200 + "}", False),
    ],
)
def test_which_lines_are_plain(line: str, is_plain: bool) -> None:
    assert (PlainLines().read(line.encode()) is not None) is is_plain


def test_very_many_shapes_are_read_again() -> None:
    reader = PlainLines()
    for number in range(1200):
        line = json.dumps({"httpMethod": "GET", "path": "/a", f"tenant{number}": "x"})
        found = reader.read(line.encode())
        assert found is not None
        assert found.shape.number == number


TOKENS = st.lists(st.sampled_from(("a", "ab", ":", "b:a", *Wildcard)), max_size=6).map(tuple)
TEXTS = st.text("ab:c", max_size=8)


@pytest.mark.rule("RES-1", "RES-2")
@given(st.lists(TOKENS, max_size=5), st.lists(TOKENS, max_size=3), TEXTS, st.integers(0, 8))
def test_the_patterns_that_match_are_those_that_match_one_by_one(
    whole: list[Tokens], ends: list[Tokens], text: str, at: int
) -> None:
    automaton = MatchedPatterns([whole, ends])
    begun = automaton.after(text[:at], automaton.state([automaton.first(0)])).places
    found = automaton.after(text[at:], automaton.state([*begun, automaton.first(1)])).found
    expected = [[matcher(each)(part) for each in group] for group, part in ((whole, text), (ends, text[at:]))]
    assert [each.bit_count() for each in found] == [sum(each) for each in expected]
    for group, matched, part in zip((whole, ends), expected, (text, text[at:]), strict=True):
        alone = [MatchedPatterns([[each]]) for each in group]
        assert [each.after(part, each.state([each.first(0)])).found != (0,) for each in alone] == matched


SEGMENTS = st.sampled_from(("a", "ab", "A", "b.c", "a-b", "~a", "0"))
PATHS = st.lists(SEGMENTS, max_size=4).map(lambda found: "/" + "/".join(found))
OF_ROUTES = st.lists(SEGMENTS | st.just("{x}"), max_size=3).flatmap(
    lambda found: st.sampled_from(("/" + "/".join(found), "/" + "/".join([*found, "{y+}"])))
)


@pytest.mark.rule("GW-26", "LOG-8")
@given(
    st.lists(st.tuples(st.sampled_from(("GET", "POST", "ANY")), OF_ROUTES), unique=True, max_size=6),
    st.sampled_from(("REST", "HTTP")),
    st.lists(PATHS, min_size=2, max_size=8),
)
def test_paths_of_one_class_take_one_route(routes: list[tuple[str, str]], kind: Any, paths: list[str]) -> None:
    made = []
    for method, path in routes:
        try:
            made.append(Route(method, path))
            Api(id="a1b2c3", type=kind, region="eu-west-1", account=ACCOUNT, stages=["prod"], routes=made)
        except ExecPolicyError:
            made.pop()
    api = Api(id="a1b2c3", type=kind, region="eu-west-1", account=ACCOUNT, stages=["prod"], routes=made)
    classes = PathClasses([api], [])
    found: dict[Any, Any] = {}
    for path in paths:
        of_path = classes.of_path(None, f"/prod{path}", None)
        assert (of_path is None) is (path == "/")
        for method in ("GET", "POST", "PUT"):
            match = find_route(api, method, path)
            route = None if match is None else match.route.key
            assert of_path is None or found.setdefault((of_path, method), route) == route
