"""Patterns of paths as people write them: ``*`` is one segment, ``**`` any number of them (INV-2)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Final

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.invariants.refusal import found_instead, refused
from execpolicy.arguments import encodable
from execpolicy.arguments import text as checked_text
from execpolicy.errors import ExecPolicyError

#: The segments of a pattern that are not literal text.
ONE_SEGMENT: Final = "*"
ANY_SEGMENTS: Final = "**"

_RULE = "INV-2"
_PART = "path"


class PathWildcard(Enum):
    """A part of a path pattern that is not literal text.

    >>> PathPattern("/orders/*").tokens
    ('/orders/', <PathWildcard.SEGMENT: '*'>)
    """

    #: One or more characters, none of them a slash.
    SEGMENT = "*"
    #: Nothing, or a slash and any characters after it, slashes too.
    REST = "**"


class PathPattern(Frozen):
    """A set of paths.

    ``/orders/*`` is each path with one segment after ``/orders``: ``/orders/7``, neither ``/orders/`` nor
    ``/orders/7/lines``. ``/orders/**`` is ``/orders`` and every path that begins with ``/orders/``.

    Args:
        text: the pattern. It begins with ``/``, and each segment is a text, ``*`` or ``**``.

    Attributes:
        segments: the segments in order: texts, ``*`` and ``**``; none for ``/``. Adjacent ``**`` are one.

    Raises:
        UsageError: the pattern is not a text.
        ExecPolicyError: the text is not a pattern; the error has the place.

    >>> PathPattern("/orders/**").matches("/orders")
    True
    >>> PathPattern("/orders/*").matches("/orders/7/lines")
    False
    """

    __slots__ = ("segments",)
    segments: tuple[str, ...]

    def __init__(self, text: str) -> None:
        self._set(segments=_segments(encodable(checked_text(text, "a path"), "a path")))

    @property
    def tokens(self) -> tuple[str | PathWildcard, ...]:
        """The pattern as a glob over the text of a path: literal texts and wildcards, no two texts in a row."""
        tokens: list[str | PathWildcard] = []
        literal = "" if self.segments else "/"
        for segment in self.segments:
            if segment not in (ONE_SEGMENT, ANY_SEGMENTS):
                literal += f"/{segment}"
                continue
            literal += "/" if segment == ONE_SEGMENT else ""
            tokens += [literal] if literal else []
            tokens.append(PathWildcard(segment))
            literal = ""
        return (*tokens, literal) if literal else tuple(tokens)

    def matches(self, path: str) -> bool:
        """Whether a path is in the set.

        Args:
            path: a path of a call, from ``/`` on, without the stage and the query, in the form in which the ARN of the
                call contains it (GW-4).
        """
        if not checked_text(path, "a path").startswith("/"):
            return False
        parts = path[1:].split("/") if path != "/" else []
        # The numbers of parts that the segments so far can match.
        ends = {0}
        for segment in self.segments:
            if segment == ANY_SEGMENTS:
                ends = set(range(min(ends, default=len(parts) + 1), len(parts) + 1))
            else:
                ends = {at + 1 for at in ends if at < len(parts) and _is_one(segment, parts[at])}
        return len(parts) in ends

    def __str__(self) -> str:
        return f"/{'/'.join(self.segments)}"

    def _shown(self) -> str:
        return f"PathPattern({str(self)!r})"


def _is_one(segment: str, part: str) -> bool:
    return part != "" if segment == ONE_SEGMENT else part == segment


def _segments(text: str) -> tuple[str, ...]:
    """The segments of a pattern, each checked at its place."""
    if not text.startswith("/"):
        raise found_instead('a path, which begins with "/"', text=text, part=_PART, advice=f"write /{text}", rule=_RULE)
    found: list[str] = []
    for segment, start in _with_places(text):
        _check_segment(segment, start, text)
        if segment != ANY_SEGMENTS or found[-1:] != [ANY_SEGMENTS]:
            found.append(segment)
    return tuple(found)


def _with_places(text: str) -> Iterator[tuple[str, int]]:
    """Each segment with its offset; ``/`` alone has none."""
    start = 1
    for segment in text[1:].split("/") if text != "/" else ():
        yield segment, start
        start += len(segment) + 1


#: Characters that no segment contains, with what to write instead.
_CHARACTERS: Final = {
    "{": "write * for a parameter of one segment, and ** for one such as {proxy+}",
    "}": "write * for a parameter of one segment, and ** for one such as {proxy+}",
    "?": "write the path alone: the query takes no part in authorization",
    "#": "write the path alone: a fragment is not sent",
}


def _check_segment(segment: str, start: int, text: str) -> None:
    """Raise ExecPolicyError for a segment that no call has, or that has a wildcard beside other characters."""
    if segment in (ONE_SEGMENT, ANY_SEGMENTS):
        return
    if not segment:
        raise _empty_segment(text, start)
    if segment in (".", ".."):
        raise found_instead(
            "a segment that a call can have",
            text=text,
            part=_PART,
            advice="write the path that it leads to",
            rule=_RULE,
            start=start,
            end=start + len(segment),
        )
    for index, character in enumerate(segment):
        advice = _CHARACTERS.get(character)
        if advice is None and character == "*":
            advice = "write * for one whole segment, and ** for any number of segments"
        if advice is None and (character.isspace() or not character.isprintable()):
            advice = "write the character percent-encoded, as a call sends it"
        if advice is not None:
            raise found_instead(
                "a segment, * or **",
                text=text,
                part=_PART,
                advice=advice,
                rule=_RULE,
                start=start if character in "*{" else start + index,
                end=start + len(segment) if character in "*{" else start + index + 1,
            )


def _empty_segment(text: str, start: int) -> ExecPolicyError:
    """The error for two slashes in a row, or a slash at the end."""
    at_end = start == len(text)
    shorter = text.rstrip("/")
    advice = f"write {shorter or '/'}, or {shorter}/** for it and every path below it" if at_end else "write one slash"
    found = "a slash at the end of the path" if at_end else "an empty segment"
    return refused(f"found {found}", text=text, part=_PART, advice=advice, rule=_RULE, start=start - 1, end=start)
