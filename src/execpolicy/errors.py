"""What execpolicy raises: one public tree, each error with its place in a text and with advice.

This module also defines texts and places: errors consist of them, and they raise UsageError for wrong arguments.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from execpolicy._base.characters import printable
from execpolicy._base.frozen import Frozen
from execpolicy._base.records import NamedTuple

_new = tuple.__new__


class _Span(NamedTuple):
    line: int
    column: int
    end_line: int
    end_column: int


class Span(_Span):
    """A part of a text: lines and columns count from 1, in characters; the end is exclusive.

    >>> Source("policy.json", '{"Version": 1}').span(12, 13)
    Span(line=1, column=13, end_line=1, end_column=14)
    """

    __slots__ = ()

    def __new__(cls, line: int, column: int, end_line: int, end_column: int) -> Span:
        if not type(line) is type(column) is type(end_line) is type(end_column) is int:
            raise UsageError(f"a span has four whole numbers, found {(line, column, end_line, end_column)!r}")
        return _new(cls, (line, column, end_line, end_column))


class Source(Frozen):
    """A named text.

    Args:
        name: what messages call it, such as a path.
        text: the text as it was given.
        offsets: for a document inside a JSON string: the offset in ``text`` of each character of the document, and of
            its end. Places are always those in ``text``.

    >>> text = Source("policy.json", '{"Version": 1}')
    >>> print(text.excerpt(text.span(12, 13)))
    1 | {"Version": 1}
      |             ^
    """

    __slots__ = ("_line_starts", "_offsets", "name", "text")
    name: str
    text: str
    _offsets: Sequence[int] | None
    _line_starts: list[int] | None

    def __init__(self, name: str, text: str, *, offsets: Sequence[int] | None = None) -> None:
        if not isinstance(name, str) or not isinstance(text, str):
            raise UsageError(f"a source has a name and a text, found {type(name).__name__} and {type(text).__name__}")
        if offsets is not None and (isinstance(offsets, (str, bytes)) or not isinstance(offsets, Sequence)):
            raise UsageError(f"offsets is a list of whole numbers, found {type(offsets).__name__}")
        # As ``arguments.own``, which imports this module.
        self._set(name=str.__str__(name), text=str.__str__(text), _offsets=offsets, _line_starts=None)

    def span(self, start: int, end: int) -> Span:
        """The place of the characters from ``start`` up to ``end`` of the text that was read."""
        if self._offsets is not None:
            start, end = self._offsets[start], self._offsets[end]
        line, column = self._position(start)
        end_line, end_column = self._position(max(end, start))
        return Span(line, column, end_line, end_column)

    def offset(self, line: int, column: int) -> int:
        """The offset in ``text`` of a place, as ``span`` gives it."""
        self._position(0)
        assert self._line_starts is not None
        return self._line_starts[line - 1] + column - 1

    def _position(self, offset: int) -> tuple[int, int]:
        starts = self._line_starts
        if starts is None:
            lines = self.text.split("\n")
            lines.pop()
            starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
            self._set(_line_starts=starts)
        if len(starts) == 1:
            return 1, offset + 1
        from bisect import bisect_right  # imported with the first place in a text of several lines

        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def line(self, number: int) -> str:
        """Line ``number``, counted from 1, without its end."""
        self._position(0)
        starts = self._line_starts
        assert starts is not None
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")

    def excerpt(self, span: Span) -> str:
        """The first line of ``span`` with carets under it; a long line is cut around the place."""
        from execpolicy._base.underlined_line import underlined_line  # most errors are not shown

        line = self.line(span.line)
        last = span.end_column - 1 if span.end_line == span.line else len(line)
        return underlined_line(line, span.line, span.column - 1, last)


class Correction(NamedTuple):
    """What is written at the place of a problem, without quotes, and what is meant by it.

    ``under`` is the name of a member under which the text belongs, if it stands alone. A text that is meant as it is
    stands without the quotes of a string.
    """

    found: str
    meant: str
    under: str = ""


class Diagnostic(NamedTuple):
    """One problem: what was found and expected, where, and what to do about it.

    Attributes:
        message: what was found and what was expected, as it is; ``str()`` escapes control characters.
        source: the text, or None.
        span: the place in the text, or None for a document given as Python objects, which has no lines.
        path: the place inside a document, such as ``Statement[0].Effect``.
        advice: what to do about it.
        rule: the id of the rule in docs/semantics.md that is broken, or the empty string.
        issue_code: the issue code of IAM Access Analyzer for the same fault of a policy, such as ``INVALID_EFFECT``;
            the empty string where AWS has none.
        correction: what is meant by the text at the place, where there is one answer.

    >>> print(Diagnostic("found 1, expected a text", path="Version", advice='write "2012-10-17"'))
    Version: found 1, expected a text
      write "2012-10-17"
    """

    message: str
    source: Source | None = None
    span: Span | None = None
    path: str = ""
    advice: str = ""
    rule: str = ""
    issue_code: str = ""
    correction: Correction | None = None

    @property
    def place(self) -> str:
        """``file:line:column``, or the source's name and the path where there are no lines."""
        name = self.source.name if self.source is not None else ""
        if self.span is not None:
            return f"{name}:{self.span.line}:{self.span.column}"
        return ": ".join(part for part in (name, self.path) if part)

    def __str__(self) -> str:
        lines = [printable(f"{self.place}: {self.message}" if self.place else self.message)]
        if self.source is not None and self.span is not None:
            lines.extend("  " + line for line in self.source.excerpt(self.span).split("\n"))
        if self.advice:
            lines.append(f"  {printable(self.advice)}")
        return "\n".join(lines)


class ExecPolicyError(Exception):
    """The base class of every error that execpolicy raises.

    ``source`` and ``span`` say where (``span`` has ``line``, ``column``, ``end_line``, ``end_column``, counted
    from 1), ``advice`` what to do. ``str()`` shows them with the text underlined.

    >>> from execpolicy import Policy, ExecPolicyError
    >>> try:
    ...     Policy.parse('{"Statement": []', kind="identity")
    ... except ExecPolicyError as error:
    ...     error.span.line
    1
    """

    def __init__(
        self,
        message: str,
        *,
        source: Source | None = None,
        span: Span | None = None,
        path: str = "",
        advice: str = "",
        rule: str = "",
    ) -> None:
        super().__init__(message)
        self.diagnostic = Diagnostic(message, source, span, path, advice, rule)

    @property
    def message(self) -> str:
        """What was found, and what was expected."""
        return self.diagnostic.message

    @property
    def source(self) -> Source | None:
        """The text that contains the problem, or None."""
        return self.diagnostic.source

    @property
    def span(self) -> Span | None:
        """The place in the source, counted from 1; None for Python objects, which have no lines."""
        return self.diagnostic.span

    @property
    def path(self) -> str:
        """The place inside a document, such as ``Statement[0].Effect``."""
        return self.diagnostic.path

    @property
    def place(self) -> str:
        """``file:line:column``, or the source's name and the path where there are no lines."""
        return self.diagnostic.place

    @property
    def advice(self) -> str:
        """What to do about it."""
        return self.diagnostic.advice

    @property
    def rule(self) -> str:
        """The id of the rule in docs/semantics.md that was broken, or the empty string."""
        return self.diagnostic.rule

    def __str__(self) -> str:
        return str(self.diagnostic)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.diagnostic)


def _rebuild(cls: type[ExecPolicyError], diagnostic: Diagnostic) -> ExecPolicyError:
    message, source, span, path, advice, rule, *_ = diagnostic
    return cls(message, source=source, span=span, path=path, advice=advice, rule=rule)


class PolicySyntaxError(ExecPolicyError, ValueError):
    """A policy document that is not valid. ``errors`` has all problems, in document order.

    >>> from execpolicy import Policy, PolicySyntaxError
    >>> try:
    ...     Policy.parse('{"Statement": [{"Effect": "allow"}]}', kind="identity")
    ... except PolicySyntaxError as error:
    ...     len(error.errors)
    3
    """

    def __init__(self, errors: Sequence[Diagnostic]) -> None:
        first = errors[0]
        super().__init__(
            first.message, source=first.source, span=first.span, path=first.path, advice=first.advice, rule=first.rule
        )
        self.diagnostic = first
        self.errors: tuple[Diagnostic, ...] = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)

    def __reduce__(self) -> tuple[object, ...]:
        return PolicySyntaxError, (self.errors,)


class RequestError(ExecPolicyError, ValueError):
    """A request, or a part of one (principal, action, resource, context), that is not possible.

    >>> from execpolicy import Principal, RequestError
    >>> try:
    ...     Principal.parse("arn:aws:iam::1:user/Ann")
    ... except RequestError as error:
    ...     error.span.column
    14
    """


class UsageError(ExecPolicyError, TypeError):
    """A use of the library that could give a wrong answer, such as ``if decision:``.

    >>> from execpolicy import Context, UsageError
    >>> try:
    ...     Context({}, complete="no")
    ... except UsageError as error:
    ...     error.message
    "complete is True or False, found 'no'"
    """
