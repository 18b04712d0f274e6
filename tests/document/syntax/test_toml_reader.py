"""TOML as nodes: the values are those of tomllib, and each place holds its value."""

from __future__ import annotations

import tomllib
from cProfile import Profile
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.document.syntax.nodes import JsonArray, JsonNumber, JsonObject, Node, Text, to_python
from execpolicy.document.syntax.toml_reader import read_toml

WRITTEN = """\
# [not.a.header]
title = "a # no comment"   # a comment
[tool."execpolicy".lint]  # [tool]
select = [
  "EP-ARN", # ]
  'EP-CND',
]
"fail-on" = \"\"\"war\\
  ning \"\"\"\"\"
'per file' . a = {x = 1, y.z = [ {}, [] ], "\\u0061" = '''
[tool.execpolicy.no]
'''}
deep.er = 1_000
[[tool.list]]
at = 1979-05-27 07:32:00Z
[tool.list.inner]
ok = true
[[tool.list]]
at = 07:32:00 # a time
[tool.later.table]
[tool.later]
half = 0.5e-3\r
"""


def at(node: Node, *path: str | int) -> Node:
    for part in path:
        if isinstance(part, int):
            assert isinstance(node, JsonArray)
            node = node.items[part]
        else:
            assert isinstance(node, JsonObject)
            node = node.members[part][2]
    return node


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (["title"], '"a # no comment"'),
        (["tool", "execpolicy", "lint"], "lint"),
        (["tool", "execpolicy", "lint", "select", 0], '"EP-ARN"'),
        (["tool", "execpolicy", "lint", "select", 1], "'EP-CND'"),
        (["tool", "execpolicy", "lint", "fail-on"], '"""war\\\n  ning """""'),
        (["tool", "execpolicy", "lint", "per file", "a", "x"], "1"),
        (["tool", "execpolicy", "lint", "per file", "a", "y", "z"], "[ {}, [] ]"),
        (["tool", "execpolicy", "lint", "per file", "a", "a"], "'''\n[tool.execpolicy.no]\n'''"),
        (["tool", "execpolicy", "lint", "deep", "er"], "1_000"),
        (["tool", "list", 0, "at"], "1979-05-27 07:32:00Z"),
        (["tool", "list", 0, "inner", "ok"], "true"),
        (["tool", "list", 1, "at"], "07:32:00"),
        (["tool", "later", "half"], "0.5e-3"),
    ],
)
def test_a_value_is_at_its_place(path: list[str | int], written: str) -> None:
    root, faults = read_toml(WRITTEN)
    assert faults == []
    assert root is not None
    node = at(root, *path)
    assert WRITTEN[node.start : node.end] == written


def test_a_name_may_have_many_parts() -> None:
    root, faults = read_toml("a." * 99 + "b = 1\nc = '" + "1." * 101 + "'")
    assert root is None
    root, faults = read_toml("a." * 99 + "b = 1\nc = '" + "1. " * 99 + "'")
    assert (faults, root is not None) == ([], True)


def test_a_name_is_at_its_place() -> None:
    root, _ = read_toml(WRITTEN)
    assert root is not None
    table = at(root, "tool", "execpolicy", "lint")
    assert isinstance(table, JsonObject)
    names = {name: WRITTEN[start:end] for name, (start, end, _) in table.members.items()}
    assert names == {"select": "select", "fail-on": '"fail-on"', "per file": "'per file'", "deep": "deep"}


def check(text: str) -> None:
    """Compare the nodes with what tomllib reads, and each place with the value that is written there."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        root, faults = read_toml(text)
        assert root is None
        assert faults[0].message.startswith("found text that is not TOML: ")
        assert 0 <= faults[0].start <= faults[0].end <= len(text)
        return
    root, faults = read_toml(text)
    assert faults == []
    assert root is not None
    _check(text, root, data)


def _check(text: str, node: Node, value: Any) -> None:
    if isinstance(value, dict):
        assert isinstance(node, JsonObject)
        assert [*node.members] == [*value]
        for name, (start, end, inner) in node.members.items():
            assert name in tomllib.loads(f"{text[start:end]} = 0")
            _check(text, inner, value[name])
    elif isinstance(value, list):
        assert isinstance(node, JsonArray)
        assert len(node.items) == len(value)
        for item, each in zip(node.items, value, strict=True):
            _check(text, item, each)
    else:
        assert tomllib.loads(f"a = {text[node.start : node.end]}")["a"] == value
        assert isinstance(node, JsonNumber) or to_python(node) == value
        assert isinstance(node, Text) is isinstance(value, str)


KEYS = st.sampled_from(["a", "b-1", '"c"', "'d e'", '"\\u0066"', "a.b", "a . 'b'", '"#"', '"]"'])
SCALARS = st.sampled_from(
    ["1", "-2.5", "true", '"x"', "'y'", '"#]"', "'[z]'", '"\\""', '"""m\n"n"#\n"""', '"""a\\""""', "'''o\n'p'''''",
     "1979-05-27", "1979-05-27 07:32:00", '""', "''", '""""""', "''''''"]
)  # fmt: skip
SPACES = st.sampled_from(["", " ", "\t"])
GAPS = st.sampled_from(["", " ", "\n", " # c ]}\n", "\r\n"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(st.tuples(GAPS, inner, GAPS).map("".join), max_size=3).map(lambda each: f"[{','.join(each)}]")
        | st.lists(st.tuples(KEYS, inner).map("=".join), max_size=2).map(lambda each: f"{{{', '.join(each)}}}")
    ),
    max_leaves=5,
)
LINES = (
    st.tuples(SPACES, KEYS, SPACES, st.just("="), SPACES, VALUES, st.sampled_from(["", " # c", " #'"])).map("".join)
    | st.tuples(SPACES, KEYS).map(lambda parts: f"{parts[0]}[ {parts[1]} ]")
    | st.tuples(SPACES, KEYS).map(lambda parts: f"{parts[0]}[[{parts[1]}]] # c")
    | st.sampled_from(["", "# [c]", "  # a = 1"])
)


@given(st.lists(LINES, max_size=6), st.sampled_from(["\n", "\r\n"]))
@example([], "\n")
def test_the_nodes_are_what_tomllib_reads(lines: list[str], end: str) -> None:
    check(end.join(lines))


@given(st.text(alphabet="ab=.[]{},'\"#\n \\", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        ("a = ", 4, "found text that is not TOML: Invalid value"),
        ("a = 1\nb = x\n", 10, "found text that is not TOML: Invalid value"),
        ("a = 1\na = 2\n", 11, "found text that is not TOML: Cannot overwrite a value"),
        ("a", 1, "found text that is not TOML: Expected '=' after a key in a key/value pair"),
        ("a = '\0'", 5, "found the character NUL"),
        ("a = " + "[" * 5000, 0, "found too many arrays inside of each other"),
        ("a = " + "7" * 5000, 0, "found a number that is too long"),
        ("a = 1\n" + "b . 'c' .\"d\"." * 34 + "e = 1", 6, "found more than 100 names with dots between them"),
    ],
)
def test_what_is_not_toml_is_a_fault_with_its_place(text: str, start: int, message: str) -> None:
    root, (fault,) = read_toml(text)
    assert root is None
    assert (fault.message, fault.start) == (message, start)
    assert fault.advice


@pytest.mark.parametrize(
    "line", ["a{} = '#' # c\n", "[[a]]\nb = [1, 2, {}]\n", "[t{}.u.v]\nx = '''\n'''\n", '"{}" = {a.b = 1}\n']
)
def test_the_work_grows_with_the_text(line: str) -> None:
    def work(number: int) -> int:
        text = "".join(line.replace("{}", str(each), 1) for each in range(number))
        profile = Profile()
        profile.runcall(read_toml, text)
        return sum(entry.callcount for entry in profile.getstats())

    work(1)
    assert work(400) <= 2.2 * work(200)
