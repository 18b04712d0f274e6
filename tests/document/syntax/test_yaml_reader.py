"""YAML to nodes: what scalars stand for, where things are, and what is refused."""

from __future__ import annotations

import json
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execpolicy import ExecPolicyError, Policy, PolicySyntaxError
from execpolicy.document.syntax import yaml_reader
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    Text,
    to_python,
    walk,
)
from execpolicy.document.syntax.rules import SyntaxRules
from execpolicy.document.syntax.yaml_reader import MAX_SLOW_YAML, MAX_YAML, read_yaml
from execpolicy.errors import Source
from tests.document.marks import unmarked
from tests.refused import refused

NAME = "some.yaml"


def sound(text: str) -> Node:
    root, faults = read_yaml(text, NAME)
    assert faults == []
    assert root is not None
    return root


def check(document: str, *expected: tuple[str, str]) -> None:
    """The document has these mistakes, a message and its advice each, at its marks, and no others."""
    text, spans = unmarked(document)
    _, faults = read_yaml(text, NAME)
    assert [(fault.message, fault.advice) for fault in faults] == list(expected)
    source = Source(NAME, text)
    assert [source.span(fault.start, fault.end) for fault in faults] == spans


@pytest.mark.parametrize(
    ("written", "node"),
    [
        ("text", Text("text")),
        ("two words", Text("two words")),
        ("'it''s'", Text("it's")),
        ('"a\\x41\\n"', Text("aA\n")),
        ("'12'", Text("12")),
        ('"true"', Text("true")),
        ("true", JsonBoolean("true")),
        ("False", JsonBoolean("false")),
        ("TRUE", JsonBoolean("true")),
        ("tRUE", Text("tRUE")),
        ("null", JsonNull()),
        ("~", JsonNull()),
        ("", JsonNull()),
        ("Null", JsonNull()),
        ("12", JsonNumber("12")),
        ("-0.50", JsonNumber("-0.50")),
        ("1e3", JsonNumber("1e3")),
        ("0", JsonNumber("0")),
        ("2012-10-17", Text("2012-10-17")),
        ("2026-01-01T00:00:00Z", Text("2026-01-01T00:00:00Z")),
        ("12:30", Text("12:30")),
        ("1_000", Text("1_000")),
        ("203.0.113.0/24", Text("203.0.113.0/24")),
        ("arn:aws:iam::111122223333:root", Text("arn:aws:iam::111122223333:root")),
        ("y", Text("y")),
        ("=", Text("=")),
        ("*a", Text("x")),
    ],
)
def test_what_a_scalar_stands_for(written: str, node: Node) -> None:
    root = sound(f"- &a x\n- {written}\n")
    assert isinstance(root, JsonArray)
    found = root.items[1]
    assert type(found) is type(node)
    assert found[0] == node[0]


@pytest.mark.parametrize("written", ["012", "01234567890", "0o14", "0x1F", "+12", ".5", "5.", "-.inf", ".NaN", "1.e3"])
def test_a_number_that_json_cannot_write(written: str) -> None:
    message = f'found "{written}" without quotes, expected text in quotes or a number as JSON writes it'
    advice = "put it in quotes, as an account of fewer than twelve digits, or write 10, -3 or 0.5"
    check(f"account: «{written}»\nb: 1\n", (message, advice))


@pytest.mark.parametrize(
    ("written", "meant"), [("yes", "true"), ("On", "true"), ("NO", "false"), ("off", "false"), ("Yes", "true")]
)
def test_a_boolean_of_an_older_yaml(written: str, meant: str) -> None:
    message = f'found "{written}" without quotes, which is {meant} in YAML 1.1 and text in YAML 1.2'
    check(f"a: «{written}»\n", (message, f"put it in quotes if it is text, else write {meant}"))


@pytest.mark.rule("POL-3", "POL-11")
@pytest.mark.parametrize(
    ("document", "message", "advice"),
    [
        ("«» # nothing\n", "the document is empty, expected a mapping", "is this the right file?"),
        ("a: b\n«---»\nc: d\n", "found a second document", "keep one document in a text: read several one by one"),
        ("a: 1\n«'a'»: 2\n", 'found the name "a" twice in one object', "remove one of them, or put both values in"),
        ("«200»: ok\n", "found the number 200 as a name, expected text", "put it in quotes"),
        ("a: {«no»: b}\n", 'found "no" without quotes, which is false in YAML 1.1', "put it in quotes"),
        ("? «[a]»\n: b\n", "found a list as a name, expected text", "write the name as text, then a colon"),
        ("a: &b {c: d}\ne:\n  «<<»: *b\n", 'found "<<" as a name', "YAML 1.2 has no merging: write the members out"),
        ("a: «!Ref» b\n", 'found the tag "!Ref", expected a value without one', "remove it; put text that could have"),
        ("a: «!!str» 12\n", 'found the tag "!!str", expected a value without one', "remove it"),
        ("a: &x «!!python/name:os.system» []\n", 'found the tag "!!python/name:os.system"', "remove it"),
        ("a: «*b»\n", 'found the alias "*b" without an anchor before it', "write the value in place of the alias"),
        ("a: &b [«*b»]\n", 'found the alias "*b" inside its own anchor', "write the value in place of the alias"),
        ("a:\n«\t»b: c\n", "found text that is not YAML: found character '\\t'", "YAML is indented with spaces"),
        ("a: b«:» c\n", "found text that is not YAML: mapping values are not allowed here", "look at indentation"),
        ("a: [b, c«»", "found text that is not YAML: expected ',' or ']', but got", "look at indentation"),
        ("a: 'b«»", "found text that is not YAML: found unexpected end of stream", "look at indentation"),
        ("a: «\x07»", "found the character U+0007, which YAML does not allow", "remove it, or write it as an escape"),
        ('a: "«\\UFFFFFFFF»"', 'found "\\UFFFFFFFF", which is not a Unicode code point', "remove it"),
        ('a: "«\\UFFFFFFF0»"', 'found "\\UFFFFFFF0", which is not a Unicode code point', "remove it"),
        (f"«%»YAML 1.{'9' * 5000}\n---\na: b\n", "found text that is not YAML: a number in it is too large", "look at"),
        ('a: "«\\ud800»"', "found half a surrogate pair, U+D800, in a string", "write both halves"),
        ('a: «"\\0"»', "found the character NUL in a string", "remove it"),
        (f"a: «{'9' * 65}»", "found a number of 65 characters, expected at most 64", "shorten it"),
        ("a: «1e1000»", "found an exponent of 4 digits, expected at most 3", "shorten it"),
        (
            f"a: «{'x' * 70_000}»",
            "found a string of 70000 characters, expected at most 65536",
            "no supported document needs such",
        ),
        ("a«\0»", "found the character NUL", "a text full of NUL characters"),
        ("[" * 32 + "«[»", "found more than 32 levels of nesting", "no supported document needs as many levels"),
    ],
)
def test_what_is_refused(document: str, message: str, advice: str) -> None:
    text, spans = unmarked(document)
    _, (fault,) = read_yaml(text, NAME)
    assert fault.message.startswith(message)
    assert fault.advice.startswith(advice)
    # The place of what is missing at the end of a text is one character after it.
    assert [Source(NAME, text).span(fault.start, min(fault.end, len(text)))] == spans


def test_the_other_place_is_named() -> None:
    _, (fault,) = read_yaml("a: 1\na: 2\n", NAME)
    assert fault.related == ("the first is at", 0)
    _, (fault,) = read_yaml("a: [b, c", NAME)
    assert fault.related == ("while parsing a flow sequence at", 3)


def test_all_faults_are_reported() -> None:
    _, faults = read_yaml("a: 012\nb: yes\na: !x y\nc: [*d]\n", NAME)
    assert [fault.start for fault in faults] == [3, 10, 17, 14, 26]


def test_reading_stops_after_a_hundred_mistakes() -> None:
    root, faults = read_yaml("- 012\n" * 200, NAME)
    assert root is None
    assert len(faults) == 101
    assert faults[-1].message == "too many mistakes: reading stopped here"


def places(text: str) -> dict[str, str]:
    """The text of every node by its path."""
    return {path: text[node.start : node.end] for node, path in walk(sound(text))}


def test_where_things_are() -> None:
    text = """\
# an API
a: &anchor  # of a mapping
  b: "c"   # d
  e:
    - 'f'
    - g h

# the end of e
i: [j, {k: l, m}, n: o]
p: |
  q
   r

s: >-
  t
  u
v:
w: &x
y: *anchor
"""
    found = places(text)
    assert found["a"] == text[text.index("b:") : text.index("\n\n# the end")]
    assert found["a.b"] == '"c"'
    assert found["a.e"] == "- 'f'\n    - g h"
    assert found["a.e[1]"] == "g h"
    assert found["i"] == "[j, {k: l, m}, n: o]"
    assert found["i[1]"] == "{k: l, m}"
    assert found["i[1].m"] == ""
    assert found["i[2]"] == "n: o"
    assert found["p"] == "|\n  q\n   r"
    assert found["s"] == ">-\n  t\n  u"
    assert (found["v"], found["w"]) == ("", "")
    assert found["y"] == found["a"], "an alias is at the place of its anchor"
    assert found[""] == text[text.index("a:") : text.index("*anchor") + len("*anchor")]
    assert to_python(sound(text)) == {
        "a": {"b": "c", "e": ["f", "g h"]},
        "i": ["j", {"k": "l", "m": None}, {"n": "o"}],
        "p": "q\n r\n",
        "s": "t u",
        "v": None,
        "w": None,
        "y": {"b": "c", "e": ["f", "g h"]},
    }


def test_the_place_of_a_name() -> None:
    root = sound("{a: 1, 'b c': 2}")
    assert isinstance(root, JsonObject)
    assert [member[:2] for member in root.members.values()] == [(1, 2), (7, 12)]


@pytest.mark.parametrize(
    ("resource", "underlined"),
    [
        ("arn:aws:execute-api:eu-west-1:1:a/${}", "${}"),
        ("'arn:aws:execute-api:eu-west-1:1:a/${}'", "${}"),
        ('"arn:aws:execute-api:eu-west-1:1:a/${}"', "${}"),
        ('"arn:aws:execute-api:eu-west-1:1:a\\u002f${}"', "${}"),
        ('"arn:aws:execute-api:eu-west-1:1:a\\x2f${}"', '"arn:aws:execute-api:eu-west-1:1:a\\x2f${}"'),
        ("'arn:aws:execute-api:eu-west-1:1:a/''${}'", "'arn:aws:execute-api:eu-west-1:1:a/''${}'"),
    ],
)
def test_a_part_of_a_string_is_underlined_where_it_can_be(resource: str, underlined: str) -> None:
    text = f'Version: "2012-10-17"\nStatement:\n  Effect: Allow\n  Action: a:b\n  Resource: {resource}\n'
    source = Source(NAME, text)
    with pytest.raises(PolicySyntaxError) as caught:
        Policy.from_node(sound(text), kind="identity", name=NAME, source=source)
    (error,) = caught.value.errors
    assert error.span is not None
    assert source.line(5)[error.span.column - 1 : error.span.end_column - 1] == underlined


def test_a_policy_has_its_places_in_yaml() -> None:
    text = "Statement:\n- Effect: Allow\n  Action: a:b\n  Resource:\n    folded\n    text\n"
    policy = Policy.from_node(sound(text), kind="identity", name=NAME, source=Source(NAME, text))
    (statement,) = policy.statements
    assert policy.place(statement) == f"{NAME}:2:3"
    assert statement.resource.values[0].value == "folded text"
    assert policy.span(statement.resource.values[0], 0, 6) == (5, 5, 6, 9)
    assert policy.span(statement.action.values[0], 2, 3) == (3, 13, 3, 14)


@pytest.mark.parametrize("depth", [8, 30])
def test_aliases_cannot_make_a_small_text_large(depth: int) -> None:
    levels = "".join(f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 8)}]\n" for level in range(1, depth))
    start = time.monotonic()
    root, faults = read_yaml(f"a0: &a0 [x, y, z]\n{levels}", NAME)
    assert root is None
    assert faults[0].message.startswith("found more than 500000 values in one document, those of aliases counted")
    assert time.monotonic() - start < 5


def test_aliases_nest_no_deeper_than_brackets() -> None:
    levels = "".join(f"a{level}: &a{level} [*a{level - 1}]\n" for level in range(1, 40))
    root, (fault,) = read_yaml(f"a0: &a0 []\n{levels}", NAME)
    assert root is None
    assert fault.message == "found more than 32 levels of nesting"


def test_a_text_that_is_too_long() -> None:
    root, (fault,) = read_yaml("x" * (MAX_YAML + 1), NAME)
    assert root is None
    assert fault.message == "found 6291457 characters of YAML, expected at most 6291456 (6 MiB)"
    assert fault.advice == "is this the right file? A JSON file may be longer"


def test_a_text_that_is_too_long_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    root, (fault,) = read_yaml("x" * (MAX_SLOW_YAML + 1), NAME)
    assert root is None
    assert fault.message == "found 1048577 characters of YAML, expected at most 1048576 (1 MiB) without libyaml"
    assert fault.advice == "install a PyYAML that has libyaml, or write the file as JSON"


@pytest.mark.parametrize(
    ("text", "found", "start"),
    [
        ('a: "\t"\nb: 1\n', ': "\\t" at this place', 4),
        ("a: [\nb: 1, 2, 3\n", "", 0),
    ],
)
def test_a_long_text_that_libyaml_does_not_read(
    text: str, found: str, start: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_reader, "MAX_SLOW_YAML", 10)
    root, (fault,) = read_yaml(text, NAME)
    assert root is None
    assert fault.message == f"found YAML of more than 10 characters (1 MiB) that libyaml does not read{found}"
    assert fault.start == start


def test_pyyaml_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    said = refused(ExecPolicyError, lambda: read_yaml("a: b", NAME))
    assert said.message == "reading YAML needs PyYAML, which is not installed"
    assert said.at == NAME
    assert said.advice == "pip install 'execpolicy[yaml]', or write the file as JSON"


_PIECES = (
    *(
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'x'",
        '"y"',
        "# c",
        "|\n",
        "> \n",
    ),
    *("&q ", "*q", "!t ", "\t", " ", "--- ", "...\n", "\r\n", "\x85", "\u2028", "\ufeff", "\u00e9", "\U0001f600"),
    *(
        "%YAML 1.1\n",
        "x: y",
        "-",
        "|-\n  z\n",
        ">+\n  z\n",
        "http://x",
        " #",
        "''",
        '"\\u00e9"',
        '"a\\\n b"',
        "~",
        "?",
        ":",
    ),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map("".join))
def test_libyaml_changes_nothing(text: str) -> None:
    import yaml

    found = read_yaml(text, NAME)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        assert read_yaml(text, NAME) == found


TAGGED = SyntaxRules(tags={"!Ref": "Ref", "!Sub": "Fn::Sub"}, max_depth=6, is_yaml_1_1=True)


@given(
    st.lists(st.sampled_from((*_PIECES, "!Ref ", "!Sub ", "!Sub\n", "!Other ", "yes", "200: ")), max_size=14).map(
        "".join
    )
)
def test_libyaml_changes_nothing_where_tags_are_read(text: str) -> None:
    import yaml

    found = read_yaml(text, NAME, TAGGED)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "__with_libyaml__", False)
        assert read_yaml(text, NAME, TAGGED) == found


@pytest.mark.parametrize(
    ("text", "expected", "spans"),
    [
        ("a: !Ref b\n", {"a": {"Ref": "b"}}, ["!Ref b", "b"]),
        ("a: !Ref 12\n", {"a": {"Ref": "12"}}, ["!Ref 12", "12"]),
        ("a: !Sub 'b c' # d\n", {"a": {"Fn::Sub": "b c"}}, ["!Sub 'b c'", "'b c'"]),
        ("a: !Sub # d\n  b\n", {"a": {"Fn::Sub": "b"}}, ["!Sub # d\n  b", "b"]),
        ("a: !Sub |\n  b\n  c\nd: 1\n", {"a": {"Fn::Sub": "b\nc\n"}, "d": 1}, ["!Sub |\n  b\n  c", "|\n  b\n  c"]),
        ("a: !Sub [b, {c: !Ref d}]\n", {"a": {"Fn::Sub": ["b", {"c": {"Ref": "d"}}]}}, ["!Sub [b, {c: !Ref d}]"]),
        ("a: !Sub\n  - b\n  - c\n", {"a": {"Fn::Sub": ["b", "c"]}}, ["!Sub\n  - b\n  - c", "- b\n  - c"]),
        ("a: &x !Ref b\nc: *x\n", {"a": {"Ref": "b"}, "c": {"Ref": "b"}}, ["!Ref b", "b"]),
        ("a: !Ref &x b\nc: *x\n", {"a": {"Ref": "b"}, "c": {"Ref": "b"}}, ["!Ref &x b", "b"]),
        ("a: !Ref\nc: 1\n", {"a": {"Ref": ""}, "c": 1}, ["!Ref"]),
        ("200: yes\non: off\nTrue: b\n", {"200": True, "on": False, "True": "b"}, ["yes"]),
    ],
)
def test_tags_that_are_read(text: str, expected: object, spans: list[str]) -> None:
    root, faults = read_yaml(text, NAME, TAGGED)
    assert faults == []
    assert root is not None
    assert to_python(root) == expected
    nodes = [node for node, _ in walk(root)][1:]
    assert [text[node.start : node.end] for node in nodes][: len(spans)] == spans


def test_tags_nest_no_deeper_than_brackets() -> None:
    assert read_yaml("[[[[[!Ref a]]]]]", NAME, TAGGED)[1] == []
    _, (fault,) = read_yaml("[[[[[[!Ref a]]]]]]", NAME, TAGGED)
    assert (fault.message, fault.start) == ("found more than 6 levels of nesting", 6)


_SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text("abc:#- '\"\\\n\u00e9\U0001f600", max_size=8)
)
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab c", max_size=4), inner, max_size=4),
)


@given(_VALUES)
def test_json_is_read_alike(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    by_json, by_yaml = read_json(text)[0], sound(text)
    assert by_yaml == by_json, "values and places"


@given(_VALUES)
def test_what_pyyaml_writes_is_read(value: object) -> None:
    import yaml

    assert to_python(sound(yaml.safe_dump(value, allow_unicode=True))) == value


@given(st.text("ab:- \n\t[]{}&*!|>'\"%@#,?0x.\\U\x85\u2028", max_size=60))
def test_no_text_is_more_than_refused(text: str) -> None:
    root, faults = read_yaml(text, NAME)
    assert (root is None) <= bool(faults)
    for fault in faults:
        assert 0 <= fault.start <= fault.end <= len(text) + 1
        assert fault.advice
    if root is not None:
        for node, _ in walk(root):
            assert 0 <= node.start <= node.end <= len(text)
