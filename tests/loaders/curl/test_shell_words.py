"""The words of a command, as a POSIX shell splits them, each with its place."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from execpolicy import RequestError
from execpolicy.errors import Source
from execpolicy.loaders.curl.shell_words import MAX_COMMAND, split_command

pytestmark = pytest.mark.rule("SRC-6")

#: Commands whose words a shell can print.
COMMANDS = [
    "curl https://a.example/b",
    "curl 'a b'  \"c d\"\te\\ f",
    "a'b'\"c\"\\d",
    "a ''  \"\" b",
    "curl \\\n  -X POST \\\n  -H 'A: b'",
    "ab\\\ncd \"e\\\nf\" 'g\\\nh'",
    '"a\\"b\\\\c\\$d\\`e\\f" \'a"b\\\'',
    "$'it\\'s\\n\\u0021\\x41\\101\\t\\\\\\e' b$'c'd $''",
    "a#b \\#c '#d'",
    "'one\ntwo' three",
    "a\\\\\\\n b",
    "$ a$ %",
]


def words(text: str) -> list[str]:
    return [word.text.value for word in split_command(Source("--curl", text)).words]


@pytest.mark.parametrize("text", COMMANDS)
def test_words_are_those_of_bash(text: str) -> None:
    if shutil.which("bash") is None:
        pytest.skip("this system has no bash")
    run = subprocess.run(
        ["bash", "-c", f"x=; printf '%s\\0' {text.replace('$x@', '@')}"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=30,
    )
    assert words(text.replace("$x@", "@")) == run.stdout.split("\0")[:-1]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("curl  'a b' c", ["curl", "'a b'", "c"]),
        ("  a  \\\n b", ["a", "b"]),
        ("a b|c", ["a", "b"]),
        ("a $'b c' d", ["a", "$'b c'", "d"]),
        ("a \\\r\n b", ["a", "b"]),
    ],
)
def test_the_place_of_a_word_is_that_of_its_quotes_too(text: str, places: list[str]) -> None:
    found = split_command(Source("--curl", text)).words
    assert [text[word.text.start : word.text.end] for word in found] == places


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ("a$TOKEN", "$TOKEN"),
        ('"Bearer ${TOKEN}!"', "${TOKEN}"),
        ('"$(cat token) $x"', "$("),
        ("b$$", "$$"),
        ("`cat", "`"),
        ("$1", "$1"),
        ("'$TOKEN'", None),
        ("\\$TOKEN", None),
        ('"\\$TOKEN"', None),
        ("a$", None),
        ("$'$TOKEN'", None),
    ],
)
def test_what_a_shell_replaces_is_marked(text: str, variable: str | None) -> None:
    word = split_command(Source("--curl", f"curl {text}")).words[1]
    found = None if word.variable is None else word.variable.value
    assert found == variable
    if word.variable is not None:
        assert f"curl {text}"[word.variable.start : word.variable.end] == variable


def test_a_pipe_ends_the_command() -> None:
    command = split_command(Source("--curl", "curl a | jq '.b' > c"))
    assert [word.text.value for word in command.words] == ["curl", "a"]
    assert command.piped == "| jq '.b' > c"
    assert words("curl 'a|b' \\| \"|\"") == ["curl", "a|b", "|", "|"]


@pytest.mark.parametrize(
    ("text", "column", "message", "advice"),
    [
        ("curl 'a", 6, "found a quote that is not closed", "paste the whole command"),
        ('curl a "b\nc', 8, "found a quote that is not closed", "paste the whole command"),
        ("curl $'a\\'", 6, "found a quote that is not closed", "paste the whole command"),
        ("curl a\\", 6, "found a backslash that is not closed", "paste the whole command"),
        (
            "curl https://a.example/b?c=1&d=2",
            29,
            "found & outside of quotes",
            "paste one curl command; put a URL with &",
        ),
        ("curl a; rm b", 7, "found ; outside of quotes", "paste one curl command"),
        ("curl a || b", 8, "found | outside of quotes", "paste one curl command"),
        ("curl a > b", 8, "found > outside of quotes", "leave out where the output goes"),
        ("curl (a)", 6, "found ( outside of quotes", "paste one curl command"),
        ("curl $'\\xe9'", 8, "found \\xe9, which is no character by itself", "write the character itself"),
        ("curl $'\\ud83d'", 8, "found \\ud83d, which is no character by itself", "write the character itself"),
        ("curl $'\\0'", 8, "found \\0, which is no character by itself", "write the character itself"),
        ("curl $'\\U00110000'", 8, "found \\U00110000, which is no character by itself", "write the character itself"),
        ("a" * (MAX_COMMAND + 1), 1, f"found a command of {MAX_COMMAND + 1} characters", "leave the body"),
    ],
)
def test_what_is_no_command(text: str, column: int, message: str, advice: str) -> None:
    with pytest.raises(RequestError) as raised:
        split_command(Source("--curl", text))
    error = raised.value
    assert error.message.startswith(message)
    assert error.advice.startswith(advice)
    assert error.span is not None
    assert (error.span.column, error.rule) == (column, "SRC-6")
