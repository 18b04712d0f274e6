"""Reads the text of an invariant: from the parts that the grammar finds to values, checked at their places (INV-6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar

from execpolicy._base.records import NamedTuple
from execpolicy.analysis.invariants.call_pattern import CallPattern, checked_method
from execpolicy.analysis.invariants.call_source import CallSource
from execpolicy.analysis.invariants.caller_set import CallerPattern, CallerSet
from execpolicy.analysis.invariants.grammar import InvariantNode, InvariantWord, grammar, grammar_of_tests
from execpolicy.analysis.invariants.key_test import KeyRelation, KeyTest, checked_key, checked_value
from execpolicy.analysis.invariants.parts import InvariantKind, InvariantParts
from execpolicy.analysis.invariants.path_pattern import PathPattern
from execpolicy.analysis.invariants.stage import checked_stage
from execpolicy.analysis.invariants.syntax_errors import error_at, parsed
from execpolicy.analysis.invariants.words import SENTENCE_ENDS
from execpolicy.arguments import encodable
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, Source

V = TypeVar("V")

#: The forms that claim that none of the calls gets through, whatever follows.
_NONE: Final = ("every", "nobody", "only", "outside")
#: The form that names the callers who are meant; any other names those who are left out, or none.
_NAMED: Final = "callers"
_ONCE: Final = {
    "on": "name all stages after one on",
    "sources": "name all sources after one another, separated by or",
    "when": "combine the tests with and",
}


def read_invariant(text: str, source: Source) -> InvariantParts:
    """Read an invariant.

    Args:
        text: the text of the invariant.
        source: the source of which it is the text, for the places of errors.

    Raises:
        ExecPolicyError: it is not an invariant; the error has the place.

    >>> read_invariant("nobody may call /a", Source("<invariant>", "nobody may call /a")).kind
    <InvariantKind.NONE: 'none'>
    """
    return _InvariantReader(text, source).invariant(parsed(text, source, grammar()))


def read_tests(text: str, source: Source) -> tuple[KeyTest, ...]:
    """Read tests of keys alone, all of which hold: the part of an invariant that begins with ``when``.

    Args:
        text: the tests, with or without ``when`` before them.
        source: the source of which it is the text.

    Raises:
        ExecPolicyError: it is no such part; the error has the place.

    >>> found = read_tests("aws:userid = a and aws:SourceVpce is absent", Source("<when>", "…"))
    >>> [str(test) for test in found]
    ['aws:userid = a', 'aws:SourceVpce is absent']
    """
    return tuple(_InvariantReader(text, source).tests(parsed(text, source, grammar_of_tests()).parts))


class _InvariantReader(NamedTuple):
    """A text, and the source that has the places of its characters."""

    text: str
    source: Source

    def invariant(self, form: InvariantNode) -> InvariantParts:
        found = _by_name(form)
        negated = any(isinstance(part, InvariantWord) and part.text == "not" for part in form.parts)
        limits = {name: self.once(name, form) for name in _ONCE}
        unless_sources, unless_when = self.exceptions(found)
        return InvariantParts(
            kind=InvariantKind.NONE if negated or form.name in _NONE else InvariantKind.EVERY,
            callers=CallerSet(self.callers(found), all_except=form.name != _NAMED),
            calls=self.calls(found["calls"]),
            stages=self.each(limits["on"][1:], checked_stage),
            sources=self.sources(limits["sources"]),
            when=tuple(self.tests(limits["when"])),
            unless_sources=unless_sources,
            unless_when=unless_when,
        )

    # Parts

    def callers(self, found: dict[str, InvariantNode]) -> list[CallerPattern]:
        if "groups" in found:
            return [self.group(group.parts) for group in _nodes(found["groups"])]
        if "callers" in found:
            return [self.slice(caller.parts, CallerPattern) for caller in _nodes(found["callers"])]
        return []

    def group(self, words: Sequence[InvariantWord | InvariantNode]) -> CallerPattern:
        """An organization or an account: its id alone, or ``this account``."""
        first = words[0]
        assert isinstance(first, InvariantWord)
        if len(words) > 1:
            return self.slice(words, CallerPattern)
        try:
            return CallerPattern(f"{'account' if first.text[:1].isdigit() else 'accounts inside'} {first.text}")
        except ExecPolicyError:
            raise error_at(
                self.source,
                first.start,
                first.end,
                f"found {quoted(first.text)}, expected the id of an organization or an account",
                advice="write for example o-exampleorg, 111122223333 or this account",
                rule="INV-3",
            ) from None

    def calls(self, node: InvariantNode) -> tuple[CallPattern, ...]:
        found, named = dict[CallPattern, None](), False
        for part in node.parts:
            found[self.call(part, after_methods=named)] = None
            named = named or (isinstance(part, InvariantNode) and len(part.parts) > 1)
        return tuple(found)

    def call(self, part: InvariantWord | InvariantNode, *, after_methods: bool) -> CallPattern:
        if isinstance(part, InvariantWord):
            return CallPattern.parse(part.text)
        *methods, path = _words(part)
        if not methods and after_methods:
            raise error_at(
                self.source,
                path.start,
                path.end,
                f"found {path.text} without a method after a path with one",
                advice="write the methods before each path, or ANY",
                rule="INV-1",
            )
        if path.text.endswith(SENTENCE_ENDS) and not path.in_quotes:
            raise error_at(
                self.source,
                path.end - 1,
                path.end,
                f"found {quoted(path.text[-1])} at the end of a path",
                advice=f'remove it; a path that ends in it stands in quotes: "{path.text}"',
                rule="INV-2",
            )
        return CallPattern(self.value(path, PathPattern), methods=self.each(methods, checked_method))

    def sources(self, parts: Iterable[InvariantWord | InvariantNode]) -> tuple[CallSource, ...]:
        """Sources, after ``from`` or ``through``, or after ``or`` with the word before the source in front."""
        found, preposition = dict[CallSource, None](), ""
        for word in parts:
            assert isinstance(word, InvariantWord)
            if not word.in_quotes and word.text in ("from", "through"):
                preposition = word.text
                continue
            source = self.value(word, CallSource)
            if source.preposition != preposition:
                raise error_at(
                    self.source,
                    word.start,
                    word.end,
                    f"found {word.text} after {preposition}",
                    advice=f"write {source.preposition} {word.text}",
                    rule="INV-4",
                )
            found[source] = None
        return tuple(found)

    def tests(self, parts: Iterable[InvariantWord | InvariantNode]) -> Iterator[KeyTest]:
        """The tests of a conjunction, each once."""
        tests = [self.test(_words(part)) for part in parts if isinstance(part, InvariantNode)]
        yield from dict.fromkeys(tests)

    def test(self, words: list[InvariantWord]) -> KeyTest:
        key, *others = words
        name, record = self.value(key, checked_key)
        relation, values = _relation(others)
        for word in values:
            self.check_value(word)
        return KeyTest(name, relation, self.each(values, lambda text: checked_value(text, record)))

    def check_value(self, word: InvariantWord) -> None:
        """Refuse a value that seems to have a wildcard."""
        if not word.in_quotes and ("*" in word.text or "?" in word.text):
            raise error_at(
                self.source,
                word.start,
                word.end,
                f"found {word.text}, and values have no wildcards",
                advice=f'write each value; "{word.text}" in quotes is this text alone',
                rule="INV-5",
            )

    def exceptions(self, found: dict[str, InvariantNode]) -> tuple[tuple[CallSource, ...], tuple[KeyTest, ...]]:
        """The sources and the tests of calls that are excepted."""
        if "comes" in found:
            return self.sources(found["comes"].parts), ()
        if "has" in found:
            return (), tuple(self.tests(found["has"].parts))
        if "unless" not in found:
            return (), ()
        unless = found["unless"]
        sources = self.sources(part for part in unless.parts if isinstance(part, InvariantWord))
        return sources, tuple(self.tests(self.once("when", unless)))

    def once(self, name: str, node: InvariantNode) -> Sequence[InvariantWord | InvariantNode]:
        """The parts of the one node of this name; none if there is no such node."""
        found = [part for part in _nodes(node) if part.name == name]
        if len(found) > 1:
            word = found[1].parts[0]
            assert isinstance(word, InvariantWord)
            raise error_at(
                self.source, word.start, word.end, f"found a second {word.text}", advice=_ONCE[name], rule="INV-1"
            )
        return found[0].parts if found else ()

    # Values

    def each(self, words: Iterable[InvariantWord | InvariantNode], make: Callable[[str], V]) -> tuple[V, ...]:
        """The values of words."""
        return tuple(self.value(word, make) for word in words if isinstance(word, InvariantWord))

    def value(self, word: InvariantWord, make: Callable[[str], V]) -> V:
        """The value of a word."""
        try:
            return make(encodable(word.text, "an invariant"))
        except ExecPolicyError as error:
            raise self.moved(error, word) from None

    def slice(self, words: Sequence[InvariantWord | InvariantNode], make: Callable[[str], V]) -> V:
        """The value of several words and what is between them."""
        first, last = words[0], words[-1]
        assert isinstance(first, InvariantWord)
        assert isinstance(last, InvariantWord)
        return self.value(InvariantWord(self.text[first.start : last.end], first.start, last.end), make)

    def moved(self, error: ExecPolicyError, word: InvariantWord) -> ExecPolicyError:
        """An error in the text of a word, with its place in the text of the invariant."""
        start, end = word.start, word.end
        if error.source is not None and error.span is not None and not word.in_quotes:
            span = error.span
            start += error.source.offset(span.line, span.column)
            end = word.start + error.source.offset(span.end_line, span.end_column)
        return error_at(self.source, start, end, error.message, advice=error.advice, rule=error.rule)


def _nodes(node: InvariantNode) -> list[InvariantNode]:
    return [part for part in node.parts if isinstance(part, InvariantNode)]


def _words(node: InvariantNode) -> list[InvariantWord]:
    return [part for part in node.parts if isinstance(part, InvariantWord)]


def _by_name(node: InvariantNode) -> dict[str, InvariantNode]:
    return {part.name: part for part in _nodes(node)}


def _relation(words: list[InvariantWord]) -> tuple[KeyRelation, list[InvariantWord]]:
    """The relation of a test, and the words of its values."""
    first, *others = words
    if first.text == "is":
        return KeyRelation.PRESENT if others[0].text == "present" else KeyRelation.ABSENT, []
    if first.text in ("=", "!="):
        return KeyRelation.IN if first.text == "=" else KeyRelation.NOT_IN, others
    if first.text == "not":
        return KeyRelation.NOT_IN, others[2:-1]
    return KeyRelation.IN, others[1:-1]
