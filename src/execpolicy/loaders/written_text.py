"""A value that somebody wrote, and its place, for errors about a part of it."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.errors import RequestError, Source, Span


class WrittenText(NamedTuple):
    """A value and its place: in a shell command the word may have quotes that the value does not have."""

    value: str
    source: Source
    start: int
    end: int

    @classmethod
    def whole(cls, text: str, name: str) -> WrittenText:
        """A text that is a value itself; ``name`` is what messages call it."""
        return cls(text, Source(name, text), 0, len(text))

    @property
    def span(self) -> Span:
        """The place with lines and columns."""
        return self.source.span(self.start, self.end)

    def part(self, first: int, last: int) -> WrittenText:
        """The characters from ``first`` up to ``last`` of the value.

        >>> url = WrittenText.whole("https://a.example/b", "URL")
        >>> url.part(8, 17).value
        'a.example'
        """
        # What a shell or JSON reads is shorter than what is written, unless it is written as it is.
        is_verbatim = self.end - self.start == len(self.value)
        at = self.start if is_verbatim else self.source.text.find(self.value, self.start, self.end)
        start, end = (self.start, self.end) if at < 0 else (at + first, at + last)
        return WrittenText(self.value[first:last], self.source, start, end)

    def error(self, message: str, advice: str, rule: str = "SRC-6") -> RequestError:
        """An error about this value, at its place."""
        return RequestError(message, source=self.source, span=self.span, advice=advice, rule=rule)
