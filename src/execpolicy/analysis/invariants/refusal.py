"""The errors of the parts of an invariant, each with its place in the text of the part."""

from __future__ import annotations

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, Source


def refused(
    message: str, *, text: str, part: str, advice: str, rule: str, start: int = 0, end: int | None = None
) -> ExecPolicyError:
    """The error for a part of an invariant that is not valid.

    Args:
        message: what was found and what was expected.
        text: the part as it is written.
        part: what the part is: a path, a caller.
        advice: what to do about it.
        rule: the id of the rule in docs/semantics.md that is broken.
        start: the offset of the wrong characters in ``text``.
        end: the offset of their end; by default that of the text.

    >>> print(refused('found "a"', text="/a", part="path", advice="write b", rule="INV-2", start=1))
    <path>:1:2: found "a"
      1 | /a
        |  ^
      write b
    """
    source = Source(f"<{part}>", text)
    span = source.span(start, len(text) if end is None else end)
    return ExecPolicyError(message, source=source, span=span, advice=advice, rule=rule)


def found_instead(
    expected: str, *, text: str, part: str, advice: str, rule: str, start: int = 0, end: int | None = None
) -> ExecPolicyError:
    """The error for characters of a part in whose place something else is expected."""
    shown = text[start:end]
    found = quoted(shown) if shown else "nothing"
    return refused(
        f"found {found}, expected {expected}", text=text, part=part, advice=advice, rule=rule, start=start, end=end
    )
