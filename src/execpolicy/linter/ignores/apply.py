"""Takes the findings that are ignored out of those of a run, and reports ignores that are over or ignore nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from execpolicy.errors import Source
from execpolicy.linter.finding import Finding
from execpolicy.linter.ignores import rules
from execpolicy.linter.ignores.comments import Lines, comments_of
from execpolicy.linter.ignores.ignore import NEVER_IGNORED, Ignore, Scope, Suppressed, file_key, scopes_of
from execpolicy.linter.order import in_order


class LintedText(NamedTuple):
    """A text that was checked, and everything that was found; findings may be in texts that it names."""

    source: Source
    findings: tuple[Finding, ...]


class Judged(NamedTuple):
    """The findings of a run.

    Attributes:
        shown: those that are not ignored, with those about ignores, in the order of texts and places.
        suppressed: those that are ignored, in the same order.
    """

    shown: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...] = ()


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def names_of(texts: Iterable[LintedText]) -> list[str]:
    """The names of the texts of a run and of those that they name, as far as something is found there."""
    names: dict[str, None] = {}
    for text in texts:
        names[text.source.name] = None
        names.update((finding.source.name, None) for finding in text.findings if finding.source is not None)
    return [*names]


def judge(
    texts: Sequence[LintedText],
    entries: Iterable[Ignore] = (),
    *,
    chosen: Collection[str],
    day: date,
    report_unused: bool = False,
) -> Judged:
    """Take the findings that are ignored out of those of a run.

    Args:
        texts: every text of the run.
        entries: the ignores of files of ignores.
        chosen: the ids of the rules that are checked.
        day: the day in UTC.
        report_unused: whether to report ignores of rules that were checked and ignored nothing.
    """
    judging = _Judging(texts, entries, day)
    shown: list[list[Finding]] = []
    suppressed: list[Suppressed] = []
    seen: set[Finding] = set()
    for text in texts:
        left = []
        for finding in text.findings:
            if finding in seen:  # in a file that several others name
                continue
            seen.add(finding)
            ignore = judging.ignore_of(finding)
            if ignore is None:
                left.append(finding)
            else:
                suppressed.append(Suppressed(finding, ignore))
        shown.append(left)
    about = [*judging.findings, *judging.expired()]
    if report_unused:
        about += judging.unused(chosen)
    return Judged(_merged(texts, shown, [each for each in about if each.rule.id in chosen]), tuple(suppressed))


class _Judging:
    """The ignores of a run by what they are about, and those that are used."""

    def __init__(self, texts: Sequence[LintedText], entries: Iterable[Ignore], day: date) -> None:
        self._day = day
        self._lines: dict[Source, Lines] = {}
        self._used: set[int] = set()
        self.findings: list[Finding] = []
        self._ignores: list[Ignore] = []
        #: The texts whose rules were not all checked: they, or what they name, did not load.
        self._not_checked: set[str] = set()
        self._seen: dict[str, Source] = {}
        for text in texts:
            self._add_texts(text)
        for source in self._seen.values():
            read = comments_of(source)
            self._ignores += read.ignores
            self.findings += read.findings
        self._ignores += entries
        self._by_scope: dict[tuple[str, Scope], int] = {}
        for number, ignore in enumerate(self._ignores):
            if not ignore.is_over(day):
                self._by_scope.setdefault((ignore.rule.id, ignore.scope), number)

    def _add_texts(self, text: LintedText) -> None:
        key = file_key(text.source.name)
        self._seen.setdefault(key, text.source)
        for finding in text.findings:
            if finding.source is not None:
                self._seen.setdefault(file_key(finding.source.name), finding.source)
            if finding.rule.id in NEVER_IGNORED:
                self._not_checked.add(key)
                if finding.source is not None:
                    self._not_checked.add(file_key(finding.source.name))

    def ignore_of(self, finding: Finding) -> Ignore | None:
        """The ignore of a finding, which is used then."""
        source, span = finding.source, finding.span
        if source is None or span is None or finding.rule.id in NEVER_IGNORED or not self._by_scope:
            return None
        if source not in self._lines:
            self._lines[source] = Lines(source.text)
        start = source.offset(span.line, span.column)
        text = source.text[start : source.offset(span.end_line, span.end_column)]
        for scope in scopes_of(finding, self._lines[source].number(start), text):
            number = self._by_scope.get((finding.rule.id, scope))
            if number is not None:
                self._used.add(number)
                return self._ignores[number]
        return None

    def expired(self) -> Iterator[Finding]:
        """The ignores that are over."""
        for ignore in self._ignores:
            if ignore.is_over(self._day) and ignore.scope.file in self._seen:
                message = f"the last day of this ignore of {ignore.rule.id} was {ignore.until}"
                yield Finding(rules.EXPIRED, message, source=ignore.source, span=ignore.until_span or ignore.span)

    def unused(self, chosen: Collection[str]) -> Iterator[Finding]:
        """The ignores that ignored nothing, of rules that were checked in texts that were."""
        for number, ignore in enumerate(self._ignores):
            if (
                ignore.rule.id in chosen
                and self._was_checked(ignore.scope.file)
                and number not in self._used
                and not ignore.is_over(self._day)
            ):
                message = f"nothing here is found by {ignore.rule.id}, so that this ignores nothing"
                yield Finding(rules.UNUSED, message, source=ignore.source, span=ignore.span)

    def _was_checked(self, file: str) -> bool:
        """Whether all of a file was checked; a file that does not exist has no findings either."""
        if file in self._seen:
            return file not in self._not_checked
        return not file.startswith("<") and not os.path.lexists(file)


def _merged(
    texts: Sequence[LintedText], shown: Sequence[list[Finding]], about: Iterable[Finding]
) -> tuple[Finding, ...]:
    """The findings of each text in the order of places, those about ignores with the first text that has their file."""
    first: dict[str, int] = {}
    for number, text in enumerate(texts):
        for source in (text.source, *(each.source for each in text.findings if each.source is not None)):
            first.setdefault(source.name, number)
    rest: list[Finding] = []
    for finding in about:
        assert finding.source is not None, "an ignore stands in a text"
        number = first.get(finding.source.name, -1)
        (rest if number < 0 else shown[number]).append(finding)
    return tuple(each for findings in (*shown, rest) for each in in_order(findings))
