"""Reads the ignores in the comments of a YAML text (docs/lint.md)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from execpolicy.document.syntax.json_or_yaml import is_yaml
from execpolicy.document.syntax.nodes import MAX_FAULTS, TOO_MANY, TOO_MANY_ADVICE
from execpolicy.document.syntax.wording import cut, quoted
from execpolicy.document.syntax.yaml_comments import LINE_END, yaml_comments
from execpolicy.errors import Source, UsageError
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores import rules
from execpolicy.linter.ignores.day import parse_day
from execpolicy.linter.ignores.ignore import Ignore, IgnoreKind, Scope, file_key, has_word, ignored_rule
from execpolicy.linter.rule import Rule

_IGNORE: Final = re.compile(r"#[ \t]+execpolicy:[ \t]+(ignore|ignore-file)\[([^\[\]]*)\](?:[ \t]+(.*))?", re.DOTALL)
_UNTIL: Final = re.compile(r"until\b[ \t]*([^ \t:]*)[ \t]*(:?)[ \t]*(.*)", re.DOTALL)
#: What is meant as an ignore. Every part is bounded or possessive: the time is linear in the comment.
_MEANT: Final = re.compile(
    r"\A#[#\s]*+execpolicy\s*+:"
    r"|\A#[#\s]*+execpolicy[\s_-]++ignore\b"
    r"|execpolicy\s*+:?\s*+ignore(?:-file)?\s*+[\[(]"
    r"|\b(?:ignore|noqa|nosec|nolint|disable|skip|suppress)[-\w]{0,20}\W{0,3}EP-[A-Z]{3,4}-[0-9]",
    re.IGNORECASE,
)
#: A text without this in a line after a number sign has no ignores, whatever its comments are.
_SIGN: Final = re.compile(r"execpolicy|EP-[A-Z]{3,4}-[0-9]", re.IGNORECASE)
_FORM: Final = rules.MALFORMED.fix


class CommentsOfText(NamedTuple):
    """The ignores in the comments of a text, and what is wrong with others, which ignore nothing."""

    ignores: tuple[Ignore, ...] = ()
    findings: tuple[Finding, ...] = ()


class Lines:
    """The lines of a text as YAML counts them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def number(self, offset: int) -> int:
        """The number of the line of a character, from 0."""
        return bisect_right(self._starts, offset) - 1

    def before(self, offset: int) -> str:
        """The line up to a character."""
        return self._text[self._starts[self.number(offset)] : offset]

    def is_blank(self, number: int) -> bool:
        """Whether a line is empty, or after the last."""
        starts = self._starts
        end = starts[number + 1] if number + 1 < len(starts) else len(self._text)
        return number >= len(starts) or not self._text[starts[number] : end].strip()


def comments_of(source: Source) -> CommentsOfText:
    """The ignores in the comments of a text; only YAML has comments."""
    if not is_yaml(source.text, source.name) or not _may_have_ignores(source.text):
        return CommentsOfText()
    places = yaml_comments(source.text)
    lines = Lines(source.text)
    own = {lines.number(start) for start, _ in places if not lines.before(start).strip()}
    head = _head(source.text, lines, own)
    ignores: list[Ignore] = []
    findings: list[Finding] = []
    for (start, end), line in zip(places, _lines_meant(places, lines, own), strict=True):
        if _MEANT.search(source.text[start:end]) is None:
            continue
        comment = _Comment(source, start, end)
        if len(findings) >= MAX_FAULTS:
            span = source.span(start, end)
            findings.append(Finding(rules.MALFORMED, TOO_MANY, source=source, span=span, help=TOO_MANY_ADVICE))
            break
        ignores += comment.read(line, is_at_head=lines.number(start) < head, is_above_text=not lines.is_blank(line))
        findings += comment.findings
    return CommentsOfText(tuple(ignores), tuple(findings))


def _may_have_ignores(text: str) -> bool:
    return any(_SIGN.search(line, line.find("#")) for line in text.split("\n") if "#" in line)


def _head(text: str, lines: Lines, own: set[int]) -> int:
    """The number of the first line with content, before which there are comments and empty lines only."""
    number = 0
    last = lines.number(len(text))
    while number <= last and (number in own or lines.is_blank(number)):
        number += 1
    return number


def _lines_meant(places: Sequence[tuple[int, int]], lines: Lines, own: set[int]) -> Sequence[int]:
    """The line that each comment is about: its own, or the one below a block of comments on lines of their own."""
    meant: list[int] = []
    below: dict[int, int] = {}
    for start, _ in reversed(places):
        number = lines.number(start)
        if number in own:
            below[number] = below.get(number + 1, number + 1)
        meant.append(below.get(number, number))
    return meant[::-1]


class _Comment:
    """A comment that is meant as an ignore."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._start, self._end = start, end
        self.findings: list[Finding] = []

    def read(self, line: int, *, is_at_head: bool, is_above_text: bool) -> Iterator[Ignore]:
        """The ignores of the comment; none if anything is wrong with it."""
        match = _IGNORE.fullmatch(self._source.text, self._start, self._end)
        if match is None:
            self._report(
                rules.MALFORMED, "this comment ignores nothing: an ignore is written in another way", help=_FORM
            )
            return
        is_of_file = match[1] == "ignore-file"
        if is_of_file and not is_at_head:
            advice = "write it above the first line that is no comment"
            self._report(rules.MALFORMED, "an ignore for the whole file stands at its head", help=advice)
        if not is_of_file and not is_above_text:
            advice = "write it at the end of the line that it is about, or on the line above"
            self._report(rules.MALFORMED, "this ignore is about an empty line", help=advice)
        named = [*self._rules(match)]
        until = self._until(match)
        if self.findings:
            return
        file = file_key(self._source.name)
        scope = Scope(file) if is_of_file else Scope(file, line)
        day_span = self._source.span(until.start, until.end) if until.day is not None else None
        for rule, start, end in named:
            span = self._source.span(start, end)
            yield Ignore(rule, until.reason, until.day, scope, IgnoreKind.IN_SOURCE, self._source, span, day_span)

    def _rules(self, match: re.Match[str]) -> Iterator[tuple[Rule, int, int]]:
        """The rules between the brackets, each with its place."""
        at = match.start(2)
        for part in match[2].split(","):
            name = part.strip()
            start = at + len(part) - len(part.lstrip())
            at += len(part) + 1
            if not name:
                self._report(rules.MALFORMED, "a name of a rule is missing between the brackets", help=_FORM)
                return
            try:
                yield ignored_rule(name), start, start + len(name)
            except UsageError as error:
                self._report(rules.UNKNOWN_RULE, error.message, start, start + len(name), help=error.advice)

    def _until(self, match: re.Match[str]) -> _ReasonAndDay:
        """The reason, and the last day."""
        found = _ReasonAndDay((match[3] or "").strip())
        until = _UNTIL.match(self._source.text, match.start(3), self._end) if found.reason else None
        if until is not None:
            found = _ReasonAndDay(until[3].strip(), parse_day(until[1]), *until.span(1))
            if found.day is None or not until[2]:
                message = f"found {quoted(cut(until.group(), 30))}, expected a day and a colon after until"
                advice = "write until 2027-01-31: and the reason"
                self._report(rules.MALFORMED, message, until.start(), self._end, help=advice)
        if not has_word(found.reason):
            self._report(rules.WITHOUT_REASON, "this ignore has no reason, so that it ignores nothing")
        return found

    def _report(
        self, rule: Rule, message: str, start: int | None = None, end: int | None = None, *, help: str = ""
    ) -> None:
        span = self._source.span(self._start if start is None else start, self._end if end is None else end)
        self.findings.append(Finding(rule, message, source=self._source, span=span, help=help))


class _ReasonAndDay(NamedTuple):
    reason: str
    day: date | None = None
    start: int = 0
    end: int = 0
