"""The comments of YAML: found between tokens, and by the scanner that skips them."""

from __future__ import annotations

import re
from collections.abc import Callable
from cProfile import Profile

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from execpolicy.document.syntax.yaml_comments import yaml_comments


class _Skipping(yaml.SafeLoader):
    """PyYAML's own scanner, with the parts of the text in which it skips comments."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
        self.found: list[str] = []

    def _skipped(self, start: int) -> None:
        self.found.extend(re.findall("#[^\n\r\x85\u2028\u2029]*", self.text[start : self.index]))

    def scan_to_next_token(self) -> None:
        start = self.index
        super().scan_to_next_token()
        self._skipped(start)

    def scan_directive_ignored_line(self, start_mark: yaml.Mark) -> None:
        start = self.index
        super().scan_directive_ignored_line(start_mark)
        self._skipped(start)

    def scan_block_scalar_ignored_line(self, start_mark: yaml.Mark) -> None:
        start = self.index
        super().scan_block_scalar_ignored_line(start_mark)
        self._skipped(start)


def skipped(text: str) -> list[str] | None:
    """The comments that PyYAML's scanner skips; None for a text that it does not read."""
    scanner = _Skipping(text)
    read: Callable[[], object] = scanner.get_event
    try:
        while scanner.check_event():
            read()
    except yaml.YAMLError:
        return None
    return scanner.found


def comments(text: str) -> list[str]:
    return [text[start:end] for start, end in yaml_comments(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1 # one\n# two\nb: 2", ["# one", "# two"]),
        ("a: '# no'\nb: \"# no\n  # no\" # yes", ["# yes"]),
        ("a: |  # yes\n  # no\n\n  # no\n# yes\n", ["# yes", "# yes"]),
        ("a: >-\n   text\n  # yes\n", ["# yes"]),
        ("a: |2-  # yes\n   # no\n", ["# yes"]),
        ("a: [1, # one\n  2] # two\n", ["# one", "# two"]),
        ("a: {b: '#', # one\n  c: d} # two", ["# one", "# two"]),
        ("a: &x # one\n  y\nb: *x # two", ["# one", "# two"]),
        ("a: !Sub # one\n  ${b}#no\n", ["# one"]),
        ("a: b#no\n", []),
        ("a: b\r\n# one\r\nc: d # two\r\n", ["# one", "# two"]),
        ("# one\u2028a: b\x85# two\n", ["# one", "# two"]),
        ("%YAML 1.1 # one\n--- # two\na: b\n... # three\n", ["# one", "# two", "# three"]),
        ("# \U0001f600 one\na: \U0001f600 # two", ["# \U0001f600 one", "# two"]),
        ("a: |+\n\n\n# one", ["# one"]),
        ("", []),
        ("a: [# one", ["# one"]),
        ("a: 'b # no", []),
        ("a: '\\#' # ##", ["# ##"]),
        ("? a # one\n: b # two", ["# one", "# two"]),
        ("a: '\t# no' # one", ["# one"]),
    ],
)
def test_comments_are_found(text: str, expected: list[str]) -> None:
    assert comments(text) == expected
    assert skipped(text) in (expected, None)


#: Items of a list, each with comments, or with what looks like one.
_ITEMS = st.sampled_from(
    [
        "# c", "  # c", "      # c", "", "  ", "- a # c", "- a#no", "- 'a # no' # c", "- 'a\n  # no' # c",
        '- "a\n  # no"',
        '- "\\"# no" # c', "- |\n  # no", "- > # c\n  a # no\n\n  # no", "- |2- # c\n   # no\n  # no", "- |+\n  a\n",
        "- >-\n   # no\n  # c", "- [a, # c\n  b] # c", "- {a: '#', # c\n  b: c#no}", "- &a # c\n  b", "- !a # c\n  b",
        "- &b c # c\n- *b # c", "- a: b # c\n  # c\n  c: d", "- - a # c\n  - b", "- a\n  b # c", "- ? a # c\n  : b # c",
        "- 'a''# no' # c", "- [] # c", "- # c\n  a", "-   # c\n  # c", "- \U0001f600 # \U0001f600",
    ]
)  # fmt: skip
_ENDS = st.sampled_from(["\n", "\r\n", "\r", "\x85", "\u2028"])
_TEXTS = st.tuples(st.lists(_ITEMS, min_size=1, max_size=8), _ENDS).map(
    lambda drawn: "\n".join([*drawn[0], "- end"]).replace("\n", drawn[1])
)


@given(_TEXTS)
def test_both_ways_find_the_same_comments(text: str) -> None:
    expected = skipped(text)
    assert expected is not None
    assert comments(text) == expected
    assert all(comment.startswith(("# c", "# \U0001f600")) for comment in expected)


@given(st.text(alphabet="#:-'\"|>[]{},&*!? \n\r\tab\u2028%", max_size=40))
@example(">#")
def test_both_ways_find_the_same_comments_in_any_text(text: str) -> None:
    expected = skipped(text)
    # libyaml reads some texts that PyYAML's scanner refuses.
    assert expected is None or comments(text) == expected


@pytest.mark.parametrize("line", ["a{}: '#' # c\n", "# # # #\n", "- |\n  # {}\n# c\n", "[" + "#" * 50 + "\n"])
def test_the_work_grows_with_the_text(line: str) -> None:
    def work(number: int) -> int:
        profile = Profile()
        profile.runcall(yaml_comments, "".join(line.replace("{}", str(each)) for each in range(number)))
        return sum(entry.callcount for entry in profile.getstats())

    work(1)
    assert work(800) <= 2.2 * work(400) + 100
