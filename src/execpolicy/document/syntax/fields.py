"""Reads JSON objects with a fixed set of fields, and reports fields that are unknown, missing or of a wrong type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from execpolicy._base.characters import UNKNOWN_END, UNKNOWN_START, with_unknown_in_words
from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.syntax.json_strings import place_inside
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonBoolean,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
    account_as_text,
    describe,
)
from execpolicy.document.syntax.wording import did_you_mean, how_to_give, listed, meant_name, quoted
from execpolicy.document.syntax.written_places import WrittenPlace, WrittenPlaces
from execpolicy.errors import Correction, Diagnostic, ExecPolicyError, PolicySyntaxError, Source, Span

if TYPE_CHECKING:
    from typing import TypeVar

    S = TypeVar("S", bound=str)

_EDITOR_SCHEMA = "$schema"


class Problems:
    """Collects the problems of a text.

    Attributes:
        source: the text.
        written: where parts of the text are written, if it was made from others; None if it was not.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.written: WrittenPlaces | None = None
        # The places in this text by problem: the problems of a policy that is used twice are reported once.
        self._found: dict[Diagnostic, tuple[int, int]] = {}
        self._reworded: Callable[[Diagnostic], Diagnostic] | None = None

    @contextmanager
    def reworded(self, reword: Callable[[Diagnostic], Diagnostic]) -> Iterator[None]:
        """Change the words of what is reported meanwhile, for a document that a loader makes of another one."""
        before, self._reworded = self._reworded, reword
        try:
            yield
        finally:
            self._reworded = before

    @property
    def count(self) -> int:
        """The number of problems so far."""
        return len(self._found)

    def report(
        self, node: Node, message: str, advice: str, rule: str = "", *, correction: Correction | None = None
    ) -> None:
        """Report a problem of a value."""
        span = self.span(node)
        self.add(Diagnostic(message, self.source, span, advice=advice, rule=rule, correction=correction))

    def report_name(self, member: Member, message: str, advice: str, *, correction: Correction | None = None) -> None:
        """Report a problem of the name of a member."""
        start, end, _ = member
        span = self.source.span(start, end)
        self.add(Diagnostic(message, self.source, span, advice=advice, correction=correction))

    def refused(self, node: Node, error: ExecPolicyError) -> None:
        """Report an error that the library raised for a value. An error with places in this text keeps them."""
        if isinstance(error, PolicySyntaxError) and all(one.span is not None for one in error.errors):
            for one in error.errors:
                # A problem of another file is reported where this text refers to that file.
                self.add(one, at=None if one.source == self.source else self.span(node))
            return
        found = error.errors if isinstance(error, PolicySyntaxError) else (error.diagnostic,)
        for one in found:
            where = f"{one.path}: " if one.path else ""
            self.add(one._replace(message=where + one.message, source=self.source, span=self._inside(node, one)))

    def add(self, diagnostic: Diagnostic, *, at: Span | None = None) -> None:
        """Add a diagnostic; ``at`` is its place in this text where it is about another text."""
        if self._reworded is not None and diagnostic.source == self.source:
            diagnostic = self._reworded(diagnostic)
        span = at or diagnostic.span
        if self.written is not None and diagnostic.span is not None and diagnostic.source == self.source:
            source, place = self.moved(diagnostic.span)
            diagnostic = diagnostic._replace(source=source, span=place)
        self._found.setdefault(diagnostic, (span.line, span.column) if span is not None else (0, 0))

    def span(self, node: Node) -> Span:
        return self.source.span(node.start, node.end)

    def place(self, node: Node) -> str:
        source, span = self.moved(self.span(node))
        return f"{source.name}:{span.line}:{span.column}"

    def written_at(self, start: int, end: int) -> WrittenPlace:
        """Where a part of the text is written: in the text itself, or in one that it was made from."""
        found = self.written.find(start, end) if self.written is not None else None
        return found or WrittenPlace(self.source, start, end)

    def moved(self, span: Span) -> tuple[Source, Span]:
        """The text in which a part of this text is written, and its place there."""
        if self.written is None:
            return self.source, span
        start = self.source.offset(span.line, span.column)
        found = self.written.find(start, self.source.offset(span.end_line, span.end_column))
        return (self.source, span) if found is None else (found.source, found.span)

    def document(self, node: Node) -> tuple[Node, Source]:
        """A document in this text, with its places in the text that it is written in, and that text."""
        return (node, self.source) if self.written is None else self.written.document(node)

    def _inside(self, node: Node, diagnostic: Diagnostic) -> Span:
        """The part of a string that an error points to, where the error is about that string."""
        source, span = diagnostic.source, diagnostic.span
        if not isinstance(node, Text) or source is None or span is None or source.text != node.value:
            return self.span(node)
        if span.end_line > 1:
            return self.span(node)
        return self.source.span(*place_inside(self.source.text, node, span.column - 1, span.end_column - 1))

    def check(self) -> None:
        """Raise all problems, in the order of the text."""
        if self._found:
            raise PolicySyntaxError(sorted(self._found, key=self._found.__getitem__))


class Fields:
    """The fields of one object. Unknown ones are reported at once, missing ones by ``must``.

    ``what`` is what messages call the object, such as ``a case``. ``removed`` says why a field of earlier versions no
    longer exists, by its name.
    """

    def __init__(
        self,
        problems: Problems,
        node: JsonObject,
        what: str,
        known: Iterable[str],
        removed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.node = node
        self.problems = problems
        self._what = what
        names = tuple(known)
        for name, member in node.members.items():
            if name in removed:
                problems.report_name(
                    member, f"found {quoted(name)}, which no longer exists: {removed[name]}", "remove it"
                )
            elif name not in names:
                message, advice = f"found {quoted(name)}, which is not a field of {what}", did_you_mean(name, names)
                problems.report_name(member, message, advice, correction=meant_name(name, names, node.members))

    def has(self, name: str) -> bool:
        return name in self.node.members

    def value(self, name: str) -> Node | None:
        """The value of an optional field, or None."""
        member = self.node.members.get(name)
        return member[2] if member is not None else None

    def must(self, *names: str) -> bool:
        """Whether the object has all of these fields; missing ones are reported."""
        missing = [name for name in names if not self.has(name)]
        for name in missing:
            self.problems.report(self.node, f"found {self._what} without {quoted(name)}", f"add {quoted(name)}")
        return not missing

    def refuse(self, names: Iterable[str], why: str, advice: str) -> None:
        """Report these fields, which are not allowed here."""
        for name in names:
            if self.has(name):
                self.problems.report_name(self.node.members[name], f"found {quoted(name)} in {why}", advice)

    def text(self, name: str) -> str | None:
        """A string; an empty one is an error."""
        value = self.value(name)
        return self._text(account_as_text(value), name) if value is not None else None

    def choice(self, name: str, choices: Iterable[S]) -> S | None:
        """A string that is one of several: the one of them that equals it."""
        text = self.text(name)
        known = tuple(choices)
        if text is None or text in known:
            return None if text is None else known[known.index(text)]
        value = self.node.members[name][2]
        message = f"found {quoted(text)} as {name}, expected {listed(known)}"
        self.problems.report(value, message, did_you_mean(text, known), correction=meant_name(text, known))
        return None

    def flag(self, name: str, default: bool) -> bool:
        """``true`` or ``false``."""
        value = self.value(name)
        if isinstance(value, JsonBoolean):
            return value.text == "true"
        if value is not None:
            self.wrong(value, name, "true or false")
        return default

    def count(self, name: str, *, least: int = 1) -> int | None:
        """An integer of at least ``least``."""
        value = self.value(name)
        if isinstance(value, JsonNumber) and value.text.isdigit() and int(value.text) >= least:
            return int(value.text)
        if value is not None:
            self.wrong(value, name, f"a whole number from {least} on")
        return None

    def texts(self, name: str) -> list[Text] | None:
        """A string or a list of strings, each with its place."""
        value = self.value(name)
        if value is None:
            return None
        nodes = value.items if isinstance(value, JsonArray) else [value]
        expected = "a string" if isinstance(value, JsonArray) else "a string or a list of strings"
        return [node for node in nodes if self._text(node, name, expected) is not None and isinstance(node, Text)]

    def distinct(self, name: str) -> list[Text] | None:
        """A string or a list of strings, none of them twice."""
        texts = self.texts(name)
        seen: set[str] = set()
        for text in texts or ():
            if text.value in seen:
                self.problems.report(text, f"found {quoted(text.value)} twice in {name}", "remove one of them")
            seen.add(text.value)
        return texts

    def items(self, name: str, expected: str) -> list[Node]:
        """The items of a list; none if the field is missing."""
        return array_items(self.problems, self.value(name), name, expected)

    def members(self, name: str, expected: str) -> Iterator[tuple[str, Member]]:
        """The members of an object; none if the field is missing."""
        value = self.value(name)
        if isinstance(value, JsonObject):
            yield from value.members.items()
        elif value is not None:
            self.wrong(value, name, expected)

    def wrong(self, node: Node, name: str, expected: str) -> None:
        """Report a field of a wrong type."""
        wrong_type(self.problems, node, name, expected)

    def _text(self, node: Node, name: str, expected: str = "a string") -> str | None:
        if not isinstance(node, Text):
            self.wrong(node, name, expected)
            return None
        if not node.value:
            self.problems.report(node, f"found an empty string as {name}", "fill it in, or leave it out")
            return None
        return node.value


def array_items(problems: Problems, node: Node | None, name: str, expected: str) -> list[Node]:
    """The items of a list; none if the node is None."""
    if isinstance(node, JsonArray):
        return node.items
    if node is not None:
        wrong_type(problems, node, name, expected)
    return []


def entry(
    problems: Problems,
    node: Node,
    what: str,
    known: Iterable[str],
    removed: Mapping[str, str] = MappingProxyType({}),
) -> Fields | None:
    """The fields of a value, or None if it is not an object, which is reported."""
    if isinstance(node, JsonObject):
        return Fields(problems, node, what, known, removed)
    wrong_type(problems, node, what, "an object")
    return None


def without_editor_schema(problems: Problems, root: Node) -> Node:
    """A file without ``$schema``, the member by which editors find its JSON Schema; it has no other meaning.

    Args:
        problems: collects what is wrong.
        root: the file.
    """
    if not isinstance(root, JsonObject) or _EDITOR_SCHEMA not in root.members:
        return root
    schema = root.members[_EDITOR_SCHEMA][2]
    if not isinstance(schema, Text):
        wrong_type(problems, schema, _EDITOR_SCHEMA, "a string")
    return root._replace(members={name: each for name, each in root.members.items() if name != _EDITOR_SCHEMA})


def wrong_type(problems: Problems, node: Node, name: str, expected: str) -> None:
    """Report a value of a wrong type; one of a template that is not known may have another one (SRC-10)."""
    if isinstance(node, Text) and UNKNOWN_START in node.value:
        message = f"found {with_unknown_in_words(node.value)} as {name}, which has to be known: {expected}"
        names = [part.partition(UNKNOWN_END)[0] for part in node.value.split(UNKNOWN_START)[1:]]
        problems.report(node, message, how_to_give(names))
        return
    is_bare = isinstance(node, (JsonNumber, JsonBoolean)) and expected.startswith("a string")
    advice = "put it in double quotes" if is_bare else f"write {expected}"
    problems.report(node, f"found {describe(node)} as {name}, expected {expected}", advice)
