"""Reads a text of HCL into nodes with places (SRC-4).

Terraform read the same text when it made the plan. A text that is not HCL is refused here, but expressions are read
only as far as places in them are needed: strings, lists, objects, calls and references. Of others only the brackets are
checked.
"""

from __future__ import annotations

from typing import Final

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import Diagnostic, PolicySyntaxError, Source
from execpolicy.loaders.terraform.sources.hcl_nodes import (
    HclAttribute,
    HclBlock,
    HclBody,
    HclCall,
    HclExpression,
    HclMember,
    HclObject,
    HclOther,
    HclReference,
    HclScalar,
    HclText,
    HclTuple,
)
from execpolicy.loaders.terraform.sources.hcl_scanner import (
    CLOSING,
    END,
    NAME,
    NEWLINE,
    NUMBER,
    STRING,
    HclError,
    Scanner,
    Token,
)

_SCALARS: Final = ("true", "false", "null")
_ADVICE: Final = "terraform validate says more; without --terraform-source no source is read"
#: What ends an expression, in addition to what its surroundings end with.
_CLOSINGS: Final = (*CLOSING.values(), END)
#: What stands between the name and the value of a member.
_KEY_STOPS: Final = ("=", ":")


def read_hcl(source: Source) -> HclBody:
    r"""The blocks and attributes of a file.

    Args:
        source: the text of the file.

    Raises:
        PolicySyntaxError: the text is not HCL; with the place.

    >>> body = read_hcl(Source("main.tf", 'resource "aws_iam_role" "app" {\n  name = "app"\n}\n'))
    >>> body.blocks[0].labels, body.blocks[0].body.attributes["name"].value.value
    (('aws_iam_role', 'app'), 'app')
    """
    reader = _HclReader(source.text)
    try:
        return reader.body(None)
    except HclError as error:
        span = source.span(error.start, error.end)
        advice = error.advice or _ADVICE
        raise PolicySyntaxError([Diagnostic(error.message, source, span, advice=advice, rule="SRC-4")]) from None


class _HclReader:
    """Reads one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._scanner = Scanner(text)

    def body(self, opened: Token | None) -> HclBody:
        """What stands up to the end of a block or of the file; the end itself is not passed over.

        Args:
            opened: the bracket that opens the block; None for a file.
        """
        closing = END if opened is None else "}"
        attributes: dict[str, HclAttribute] = {}
        blocks: list[HclBlock] = []
        while True:
            token = self._scanner.peek(over_lines=True)
            if token.kind == closing:
                return HclBody(attributes, tuple(blocks))
            if opened is not None and token.kind == END:
                self._expect_closing("}", opened)
            if token.kind != NAME:
                raise self._scanner.refused(token, "an attribute or a block")
            name = self._scanner.take()
            if self._scanner.peek().kind == "=":
                self._scanner.take()
                if name.text in attributes:
                    message = f"found the attribute {quoted(name.text)} twice"
                    raise HclError(message, name.start, name.end, "keep one of them")
                value = self._expression(())
                attributes[name.text] = HclAttribute(name.start, name.end, value)
            else:
                blocks.append(self._block(name))
            after = self._scanner.peek()
            if after.kind not in (NEWLINE, closing):
                raise self._scanner.refused(after, "the end of the line")

    def _block(self, name: Token) -> HclBlock:
        labels: list[str] = []
        while self._scanner.peek().kind in (NAME, STRING):
            if self._scanner.peek().kind == NAME:
                labels.append(self._scanner.take().text)
                continue
            token = self._scanner.peek()
            label = self._scanner.string()
            if label.value is None or label.body is not None:
                raise self._scanner.refused(token, "a label without expressions")
            labels.append(label.value)
        head_end = self._scanner.end
        opened = self._scanner.peek()
        if opened.kind != "{":
            raise self._scanner.refused(opened, 'a block with "{", or "=" and a value')
        self._scanner.take()
        self._scanner.deeper(opened.start)
        body = self.body(opened)
        self._scanner.back()
        self._scanner.take()
        return HclBlock(name.text, tuple(labels), body, name.start, self._scanner.end, head_end)

    def _expression(self, stops: tuple[str, ...], *, over_lines: bool = False) -> HclExpression:
        """An expression.

        Args:
            stops: the tokens that end it, besides closing brackets and, unless these are passed over, line ends.
            over_lines: whether line ends in it do not count, as in brackets.
        """
        first = self._scanner.peek(over_lines=over_lines)
        found = self._primary(first)
        token = self._scanner.peek(over_lines=over_lines)
        if self._ends(token, stops):
            if found is None:
                raise self._scanner.refused(token, "a value")
            return found
        while not self._ends(token, stops):
            if token.kind == STRING:
                self._scanner.string()
            else:
                self._scanner.take()
                if token.kind in CLOSING:
                    self._scanner.skip_to(CLOSING[token.kind], token.start)
            token = self._scanner.peek(over_lines=over_lines)
        return HclOther(first.start, self._scanner.end)

    @staticmethod
    def _ends(token: Token, stops: tuple[str, ...]) -> bool:
        return token.kind == NEWLINE or token.kind in _CLOSINGS or token.kind in stops

    def _primary(self, token: Token) -> HclExpression | None:
        """The value that an expression begins with; None if it begins with a sign."""
        match token.kind:
            case "string":
                return self._scanner.string()
            case "number":
                self._scanner.take()
                return HclScalar(token.text, token.start, token.end)
            case "-":
                return self._negative(token)
            case "[":
                return self._tuple(token)
            case "{":
                return self._object(token)
            case "name":
                return self._named(token)
        return None

    def _negative(self, sign: Token) -> HclScalar | None:
        self._scanner.take()
        token = self._scanner.peek()
        if token.kind != NUMBER:
            return None
        self._scanner.take()
        return HclScalar(f"-{token.text}", sign.start, token.end)

    def _named(self, token: Token) -> HclExpression:
        self._scanner.take()
        if token.text in _SCALARS:
            return HclScalar(token.text, token.start, token.end)
        name = token.text
        while self._scanner.peek().kind == "::":
            self._scanner.take()
            name = f"{name}::{self._name_after('::').text}"
        opened = self._scanner.peek()
        if opened.kind == "(":
            self._scanner.take()
            arguments = self._listed(")", (",", "..."), opened)
            return HclCall(name, arguments, token.start, self._scanner.end)
        return self._reference(token, name)

    def _reference(self, token: Token, name: str) -> HclExpression:
        steps, is_plain = [name], True
        indexes: list[tuple[int, str]] = []
        while self._scanner.peek().kind in (".", "["):
            sign = self._scanner.take()
            if sign.kind == "[":
                is_plain = is_plain and self._scanner.peek(over_lines=True).kind != "*"
                self._scanner.skip_to("]", sign.start)
                indexes.append((len(steps), self._text[sign.end : self._scanner.end - 1].strip()))
                continue
            step = self._scanner.peek()
            if step.kind not in (NAME, NUMBER, "*"):
                raise self._scanner.refused(step, 'a name after "."')
            self._scanner.take()
            is_plain = is_plain and step.kind != "*"
            if step.kind == NAME:
                steps.append(step.text)
            else:
                indexes.append((len(steps), step.text))
        end = self._scanner.end
        return HclReference(tuple(steps), token.start, end, tuple(indexes)) if is_plain else HclOther(token.start, end)

    def _name_after(self, sign: str) -> Token:
        token = self._scanner.peek()
        if token.kind != NAME:
            raise self._scanner.refused(token, f"a name after {quoted(sign)}")
        return self._scanner.take()

    def _tuple(self, opened: Token) -> HclExpression:
        self._scanner.take()
        if self._is_for():
            self._scanner.skip_to("]", opened.start)
            return HclOther(opened.start, self._scanner.end)
        items = self._listed("]", (",",), opened)
        return HclTuple(items, opened.start, self._scanner.end)

    def _is_for(self) -> bool:
        token = self._scanner.peek(over_lines=True)
        return token.kind == NAME and token.text == "for"

    def _listed(self, closing: str, stops: tuple[str, ...], opened: Token) -> tuple[HclExpression, ...]:
        """Expressions with commas between them, up to a closing bracket, which is passed over."""
        self._scanner.deeper(opened.start)
        found: list[HclExpression] = []
        while self._scanner.peek(over_lines=True).kind != closing:
            if self._scanner.peek().kind == END:
                self._expect_closing(closing, opened)
            found.append(self._expression(stops, over_lines=True))
            if self._scanner.peek(over_lines=True).kind in stops:
                self._scanner.take()
            else:
                self._expect_closing(closing, opened)
        self._scanner.take()
        self._scanner.back()
        return tuple(found)

    def _expect_closing(self, closing: str, opened: Token) -> None:
        token = self._scanner.peek(over_lines=True)
        if token.kind == END:
            message = f"the {quoted(opened.text)} opened here is never closed"
            raise HclError(message, opened.start, opened.end, f"add {quoted(closing)}")
        if token.kind != closing:
            raise self._scanner.refused(token, f'"," or {quoted(closing)}')

    def _object(self, opened: Token) -> HclExpression:
        self._scanner.take()
        if self._is_for():
            self._scanner.skip_to("}", opened.start)
            return HclOther(opened.start, self._scanner.end)
        self._scanner.deeper(opened.start)
        members: dict[str, HclMember] = {}
        twice: set[str] = set()
        is_whole = True
        while self._scanner.peek(over_lines=True).kind != "}":
            if self._scanner.peek().kind == END:
                self._expect_closing("}", opened)
            key = self._expression(_KEY_STOPS)
            if self._scanner.peek().kind not in _KEY_STOPS:
                self._expect_member(opened)
            self._scanner.take()
            value = self._expression((",",))
            name = _name_of(key)
            if name is not None:
                twice.update([name] if name in members else [])
                members[name] = HclMember(key.start, key.end, value)
            is_whole = is_whole and name is not None
            if self._scanner.peek().kind in (",", NEWLINE):
                self._scanner.take()
            else:
                self._expect_closing("}", opened)
        self._scanner.take()
        self._scanner.back()
        named = {name: member for name, member in members.items() if name not in twice}
        return HclObject(named, opened.start, self._scanner.end, is_whole and not twice)

    def _expect_member(self, opened: Token) -> None:
        token = self._scanner.peek()
        if token.kind == END:
            self._expect_closing("}", opened)
        raise self._scanner.refused(token, '"=" and the value of a member')


def _name_of(key: HclExpression) -> str | None:
    """The name of a member; None if an expression makes it."""
    match key:
        case HclText():
            return key.value
        case HclScalar(text):
            return text
        case HclReference((name,)):
            return name
    return None
