"""Reads the tokens of HCL: names, numbers, signs, strings with what is inserted into them, and heredocs."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from execpolicy.document.syntax.wording import quoted
from execpolicy.loaders.terraform.sources.hcl_nodes import HclText

#: How deeply brackets may nest.
MAX_DEPTH: Final = 100
_SPACE: Final = re.compile(r"(?:[ \t\r]++|\#[^\n]*+|//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+\*/)++")
_NAME: Final = re.compile(r"[^\W\d][\w-]*+")
_NUMBER: Final = re.compile(r"[0-9]++(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+")
_SIGN: Final = re.compile(r"\.\.\.|=>|==|!=|<=|>=|&&|\|\||::|[-+*/%<>!?:=,.(){}\[\]~]")
_HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w-]*+)[ \t\r]*+\n")
#: The plain characters of a string, and of a heredoc.
_PLAIN: Final = re.compile(r"[^\"\\$%\n]++")
_PLAIN_LINES: Final = re.compile(r"[^$%]++")
_ESCAPE: Final = re.compile(r"\\(?:([nrt\"\\])|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))")
_MEANINGS: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LAST_CODE: Final = 0x10FFFF
#: What stands for an expression in a heredoc while its lines are read.
_MARK: Final = "\0"
#: The brackets that are closed by others.
CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
#: The name of a token at the end of the text.
END: Final = "end"
NEWLINE: Final = "newline"
NAME: Final = "name"
NUMBER: Final = "number"
STRING: Final = "string"


class HclError(Exception):
    """Raised inside the reader where the text is not HCL."""

    def __init__(self, message: str, start: int, end: int, advice: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.advice = message, start, end, advice


class Token(NamedTuple):
    """A token: its kind (that of a sign is the sign), its text, and its place."""

    kind: str
    text: str
    start: int
    end: int


class Scanner:
    """The tokens of a text, one after the other.

    Args:
        text: the whole text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._next: Token | None = None
        self._depth = 0
        #: The end of the last token that was taken.
        self.end = 0

    def peek(self, *, over_lines: bool = False) -> Token:
        """The next token.

        Args:
            over_lines: whether line ends before it do not count.
        """
        token = self._next
        if token is None:
            token = self._next = self._read()
        while over_lines and token.kind == NEWLINE:
            self._at = token.end
            token = self._next = self._read()
        return token

    def take(self) -> Token:
        """The next token, which is passed over."""
        token = self.peek()
        self._next = None
        self._at = self.end = token.end
        return token

    def refused(self, token: Token, expected: str) -> HclError:
        """The error about a token in place of what is expected."""
        shown = {END: "the end of the file", NEWLINE: "the end of the line", STRING: "a string"}
        found = shown.get(token.kind) or quoted(token.text)
        return HclError(f"found {found}, expected {expected}", token.start, token.end)

    def deeper(self, at: int) -> None:
        """Count a bracket or an inserted expression that is opened.

        Raises:
            HclError: they nest too deeply.
        """
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise HclError(f"found brackets that nest more than {MAX_DEPTH} levels deep", at, at + 1)

    def back(self) -> None:
        """Count one that is closed."""
        self._depth -= 1

    def _read(self) -> Token:
        text = self._text
        space = _SPACE.match(text, self._at)
        start = self._at = space.end() if space is not None else self._at
        if start >= len(text):
            return Token(END, "", len(text), len(text))
        char = text[start]
        if char == "\n":
            return Token(NEWLINE, char, start, start + 1)
        if char == '"':
            return Token(STRING, char, start, start + 1)
        if text.startswith("<<", start):
            match = _HEREDOC.match(text, start)
            if match is None:
                raise HclError("found << without the name of a heredoc after it", start, start + 2)
            return Token(STRING, match.group(), start, match.end())
        if text.startswith("/*", start):
            raise HclError("the comment opened here is never closed", start, start + 2, "add */")
        for kind, pattern in ((NAME, _NAME), (NUMBER, _NUMBER)):
            match = pattern.match(text, start)
            if match is not None:
                return Token(kind, match.group(), start, match.end())
        match = _SIGN.match(text, start)
        if match is None:
            raise HclError(f"found {quoted(char)}, which begins nothing in HCL", start, start + 1)
        return Token(match.group(), match.group(), start, match.end())

    def string(self) -> HclText:
        """The string or the heredoc that begins with the next token."""
        opened = self.take()
        if opened.text == '"':
            return self._string(opened.start)
        match = _HEREDOC.fullmatch(opened.text)
        assert match is not None, "a string begins with a quote or as a heredoc"
        return self._heredoc(opened, match[2], is_indented=bool(match[1]))

    def _string(self, start: int) -> HclText:
        text, at = self._text, start + 1
        parts: list[str | None] = []
        inserted: list[tuple[int, int]] = []
        while True:
            plain = _PLAIN.match(text, at)
            if plain is not None:
                parts.append(plain.group())
                at = plain.end()
            char = text[at : at + 1]
            if char == '"':
                break
            if char in ("", "\n"):
                raise HclError("the string opened here does not end on its line", start, at, "close it with a quote")
            if char == "\\":
                part, at = self._escape(at)
                parts.append(part)
            else:
                at = self._template(at, parts, inserted)
        self._at = self.end = at + 1
        return HclText(tuple(parts), start, at + 1, None, tuple(inserted))

    def _escape(self, at: int) -> tuple[str, int]:
        match = _ESCAPE.match(self._text, at)
        code = int(match[2] or match[3] or "0", 16) if match is not None else 0
        if match is None or code > _LAST_CODE:
            found = self._text[at : at + 2]
            raise HclError(f"found the escape {quoted(found)}, which HCL does not have", at, at + len(found))
        return _MEANINGS[match[1]] if match[1] else chr(code), match.end()

    def _template(self, at: int, parts: list[str | None], inserted: list[tuple[int, int]]) -> int:
        """Read what begins with ``$`` or ``%``; the offset after it."""
        text = self._text
        sign = text[at]
        if text.startswith(f"{sign}{sign}{{", at):
            parts.append(f"{sign}{{")
            inserted.append((at, at + 3))
            return at + 3
        if not text.startswith("{", at + 1):
            parts.append(sign)
            return at + 1
        parts.append(None)
        opened, self._at, self._next = at, at + 2, None
        self.deeper(opened)
        self.skip_to("}", opened)
        self.back()
        inserted.append((opened, self.end))
        return self.end

    def skip_to(self, closing: str, opened: int) -> None:
        """Pass over everything up to a bracket that closes what was opened, and over it.

        Args:
            closing: the bracket.
            opened: the offset of what it closes.
        """
        waiting = [(closing, opened)]
        while waiting:
            token = self.peek(over_lines=True)
            if token.kind == END:
                what = quoted(self._text[waiting[-1][1]])
                raise HclError(f"the {what} opened here is never closed", waiting[-1][1], waiting[-1][1] + 1)
            if token.kind == STRING:
                self.string()
                continue
            if token.kind in CLOSING:
                self.deeper(token.start)
                waiting.append((CLOSING[token.kind], token.start))
            elif token.kind in CLOSING.values():
                if token.kind != waiting[-1][0]:
                    raise self.refused(token, quoted(waiting[-1][0]))
                waiting.pop()
                if waiting:
                    self.back()
            self.take()

    def _heredoc(self, opened: Token, name: str, *, is_indented: bool) -> HclText:
        text, start = self._text, opened.end
        close = re.compile(rf"^[ \t]*+{re.escape(name)}[ \t\r]*+$", re.MULTILINE)
        parts: list[str | None] = []
        inserted: list[tuple[int, int]] = []
        at = start
        # The first line with the name alone ends it, unless an expression in it has such a line.
        found = close.search(text, at)
        while found is not None:
            plain = _PLAIN_LINES.match(text, at, found.start())
            if plain is not None:
                parts.append(plain.group())
                at = plain.end()
            if at >= found.start():
                break
            at = self._template(at, parts, inserted)
            if at > found.start():
                found = close.search(text, at)
        if found is None:
            raise HclError(f"the heredoc opened here has no line {quoted(name)}", opened.start, opened.end - 1)
        self._next, self._at, self.end = None, found.end(), found.end()
        body = (start, found.start())
        shown = _unindented(parts) if is_indented else tuple(parts)
        return HclText(shown, opened.start, found.end(), body, tuple(inserted))


def _unindented(parts: list[str | None]) -> tuple[str | None, ...]:
    """The parts of a heredoc without the indentation that all its lines have."""
    if any(part is not None and _MARK in part for part in parts):
        return tuple(parts)
    marked = "".join(_MARK if part is None else part for part in parts)
    lines = marked.split("\n")
    depths = [len(line) - len(line.lstrip(" \t")) for line in lines if line.strip(" \t\r")]
    depth = min(depths, default=0)
    joined = "\n".join(line[depth:] if line[:depth].strip(" \t") == "" else line for line in lines)
    found: list[str | None] = []
    for number, part in enumerate(joined.split(_MARK)):
        found.extend([part] if number == 0 else [None, part])
    return tuple(part for part in found if part != "")
