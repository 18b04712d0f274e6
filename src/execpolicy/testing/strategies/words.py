"""Texts that match or nearly match a pattern of a policy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from hypothesis import strategies as st

from execpolicy.document.variable_syntax import Literal, Variable, split_variables

#: Returns the values of a key of the caller and the request, by its lower-case name.
KeyLookup = Callable[[str], tuple[str, ...] | None]

#: Segments for wildcards; the last ones look like something else.
WORDS = ("orders", "7", "a", "", "GET", "prod", "$default", "{id}", "a:b", "ORDERS")


def near_text(text: str) -> st.SearchStrategy[str]:
    """The text itself, or one that differs from it in a character or in case."""
    changed = [text + "x", text + "2", "x" + text, text[:-1], text[1:], text.swapcase(), text.upper(), f"{text}/x"]
    return st.just(text) | st.sampled_from(sorted({*changed, ""} - {text}))


def filled(
    pattern: str, *, fills: Sequence[str], lookup: KeyLookup | None, single: str = "1aZ/"
) -> st.SearchStrategy[str]:
    """A text that matches or nearly matches a pattern.

    A ``*`` becomes none, one or several of ``fills`` joined by slashes, a ``?`` one character of ``single``, and a
    variable the value that ``lookup`` returns for it, or a similar one. Without ``lookup``, ``${`` is text.
    """
    parts = split_variables(pattern) if lookup is not None else (pattern,)
    return st.tuples(*_pieces(parts, fills, lookup, single)).map("".join)


def _pieces(
    parts: Iterable[str | Literal | Variable], fills: Sequence[str], lookup: KeyLookup | None, single: str
) -> Iterable[st.SearchStrategy[str]]:
    runs = st.lists(st.sampled_from(fills), max_size=4).map("/".join)
    for part in parts:
        if isinstance(part, Variable):
            assert lookup is not None, "only templates that are looked up have variables"
            yield _values_of(part, lookup)
        elif isinstance(part, Literal):
            yield st.just(part.text)
        else:
            yield from _of_text(part, runs, single)


def _of_text(text: str, runs: st.SearchStrategy[str], single: str) -> Iterable[st.SearchStrategy[str]]:
    literal = ""
    for character in text:
        if character not in "*?":
            literal += character
            continue
        if literal:
            yield st.just(literal)
        literal = ""
        yield runs if character == "*" else st.sampled_from(single)
    if literal:
        yield st.just(literal)


def values_of(key: str, default: str | None, lookup: KeyLookup) -> tuple[str, ...]:
    """The values of a variable: those of the key, or its default, or a word. An empty text is not a value."""
    values = tuple(filter(None, lookup(key.lower()) or ()))
    return values or ((default,) if default else ("other",))


def _values_of(variable: Variable, lookup: KeyLookup) -> st.SearchStrategy[str]:
    own = values_of(variable.key, variable.default, lookup)
    return st.sampled_from(own) | st.one_of(*map(near_text, own)) | st.just("other")


@st.composite
def near_edits(draw: st.DrawFn, text: str, *, separator: str = "/") -> str:
    """The text, or one in which a segment is changed, repeated, removed or added."""
    edit = draw(st.sampled_from(("none", "none", "none", "change", "leave", "add", "double", "append")))
    segments = text.split(separator)
    place = draw(st.integers(0, len(segments) - 1))
    if edit == "change":
        segments[place] = draw(near_text(segments[place]) | st.sampled_from(WORDS))
    elif edit == "leave":
        del segments[place]
    elif edit == "add":
        segments.insert(place, draw(st.sampled_from(WORDS)))
    elif edit == "double":
        segments.insert(place, segments[place])
    elif edit == "append":
        segments.append(draw(st.sampled_from(WORDS)))
    return separator.join(segments)
