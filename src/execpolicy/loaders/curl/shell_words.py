"""The words of a command in a POSIX shell, each with its place; ``shlex`` splits them (SRC-6)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from execpolicy.errors import RequestError, Source
from execpolicy.loaders.written_text import WrittenText

#: The maximum number of characters of a command: API Gateway takes 10 240 bytes of headers, and bodies do not count.
MAX_COMMAND = 32 * 1024

#: Characters that end a word, and a command, outside of quotes.
_OPERATORS = frozenset("|&;<>()")
#: The escapes of a string ``$'…'`` with one letter.
_ESCAPES = {"a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ANSI_ESCAPE = re.compile(
    r"\\(?:u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|x([0-9A-Fa-f]{1,2})|([0-7]{1,3})|(.))", re.DOTALL
)
#: Characters that have no meaning in any state of the shell; shlex takes them together.
_PLAIN = re.compile(r"[A-Za-z0-9_./:=%+,@~-]+")
_VARIABLE = re.compile(r"\$(?:\{?[A-Za-z_][A-Za-z_0-9]{0,63}\}?|[0-9@*#?!$-]|[{(])|`")


class ShellWord(NamedTuple):
    """A word without its quotes. ``variable`` is what the shell would replace in it, if anything."""

    text: WrittenText
    variable: WrittenText | None = None


class ShellCommand(NamedTuple):
    """The words of the first command of a text, and the rest after a pipe, which is not read."""

    words: tuple[ShellWord, ...]
    piped: str = ""


def split_command(source: Source) -> ShellCommand:
    r"""Split a command into its words.

    Backslashes before the end of a line continue the line, and a pipe ends the command.

    Args:
        source: the text of the command.

    Raises:
        RequestError: a quote is not closed, or a shell would not take the text as one command; with the place.

    >>> command = split_command(Source("--curl", "curl 'https://a.example/b' -H \"A: b\" | jq ."))
    >>> [word.text.value for word in command.words], command.piped
    (['curl', 'https://a.example/b', '-H', 'A: b'], '| jq .')
    """
    if len(source.text) > MAX_COMMAND:
        place = WrittenText("", source, 0, 1)
        message = f"found a command of {len(source.text)} characters, expected at most {MAX_COMMAND}"
        raise place.error(message, "leave the body out: it does not change whether the call is allowed")
    reader = _Reader(source)
    return ShellCommand(tuple(reader.words()), source.text[reader.piped_at :] if reader.piped_at is not None else "")


class _Lexer(shlex.shlex):
    """``shlex`` with its state: a quote, a backslash, a space between words, ``a`` inside of one."""

    state: str | None


class _Reader:
    """The characters of a command as ``shlex`` reads them one by one.

    It leaves out continued lines, and writes ``$'…'``, which shlex does not know, with backslashes.
    """

    def __init__(self, source: Source) -> None:
        self._source, self._text = source, source.text
        self._at = 0
        self._next: list[str] = []  # characters in reverse order that stand for a string in $'…'
        self._variable: tuple[int, int] | None = None
        self.piped_at: int | None = None
        self._lexer = _Lexer(self, posix=True)  # type: ignore[arg-type]  # shlex reads and does nothing else
        self._lexer.whitespace_split = True
        self._lexer.commenters = ""

    def words(self) -> Iterator[ShellWord]:
        """The words in order."""
        while True:
            start = self._start_of_word()
            self._variable = None
            try:
                value = self._lexer.get_token()
            except RequestError:
                raise
            except ValueError:
                quote = "a quote" if self._lexer.state in ("'", '"') else "a backslash"
                self._refuse(start, len(self._text), f"found {quote} that is not closed", "paste the whole command")
            if value is None:
                return
            end = self._end_of_word(start)
            text = WrittenText(value, self._source, start, end)
            found = self._variable
            variable = None if found is None else WrittenText(self._text[slice(*found)], self._source, *found)
            yield ShellWord(text, variable)

    def _start_of_word(self) -> int:
        at = self._at
        while True:
            if self._text.startswith(("\\\n", "\\\r\n"), at):
                at = self._text.index("\n", at) + 1
            elif at < len(self._text) and self._text[at] in self._lexer.whitespace:
                at += 1
            else:
                return at

    def _end_of_word(self, start: int) -> int:
        end = self._at if self.piped_at is None else self.piped_at
        return start + len(self._text[start:end].rstrip())

    def read(self, _: int) -> str:
        """The next character; nothing at the end of the command."""
        if self._next:
            return self._next.pop()
        state = self._lexer.state
        is_quoted, is_plain = state in ("'", "\\"), state in (" ", "a")
        while not is_quoted and self._text.startswith(("\\\n", "\\\r\n"), self._at):
            self._at = self._text.index("\n", self._at) + 1
        if self._at >= len(self._text) or self.piped_at is not None:
            return ""
        char = self._text[self._at]
        if is_plain and char in _OPERATORS:
            return self._operator(char)
        if is_plain and self._text.startswith("$'", self._at):
            return self._ansi_string()
        if state == '"' and char == "\\" and self._text[self._at + 1 : self._at + 2] in ("$", "`"):
            self._at += 2  # shlex knows the escapes of quotes and backslashes alone
            return self._text[self._at - 1]
        if not is_quoted and self._variable is None and char in "$`":
            match = _VARIABLE.match(self._text, self._at)
            if match is not None:
                self._variable = match.span()
        plain = _PLAIN.match(self._text, self._at) if state != "\\" else None
        self._at += 1 if plain is None else len(plain.group())
        return char if plain is None else plain.group()

    def _operator(self, char: str) -> str:
        """The end of the command at a pipe; every other operator is refused."""
        if char != "|" or self._text.startswith("||", self._at):
            advice = "paste one curl command; put a URL with & in quotes"
            if char in "<>":
                advice = "leave out where the output goes"
            message = f"found {char} outside of quotes, where a shell ends the command"
            self._refuse(self._at, self._at + 1, message, advice)
        self.piped_at = self._at
        return ""

    def _ansi_string(self) -> str:
        """Read ``$'…'``; shlex then reads each of its characters after a backslash."""
        start, at = self._at, self._at + 2
        found: list[str] = ["'", "'"]
        while not self._text.startswith("'", at):
            if at >= len(self._text):
                self._refuse(start, len(self._text), "found a quote that is not closed", "paste the whole command")
            char = self._text[at]
            length = 1
            if char == "\\" and (match := _ANSI_ESCAPE.match(self._text, at)) is not None:
                char, length = self._escaped(match), len(match.group())
            found += ("\\", char)
            at += length
        self._at = at + 1
        found.reverse()
        self._next = found
        return self._next.pop()

    def _escaped(self, match: re.Match[str]) -> str:
        short, long, byte, octal, letter = match.groups()
        if letter is not None:
            return _ESCAPES.get(letter, letter)
        code = int(octal, 8) if octal else int(short or long or byte, 16)
        largest = 0x7F if byte or octal else 0x10FFFF
        if not 0 < code <= largest or 0xD800 <= code < 0xE000:
            message = f"found {match.group()}, which is no character by itself"
            self._refuse(*match.span(), message, "write the character itself")
        return chr(code)

    def _refuse(self, start: int, end: int, message: str, advice: str) -> NoReturn:
        raise WrittenText(self._text[start:end], self._source, start, max(end, start + 1)).error(message, advice)
