"""Joins ARNs that a terminal, a mail or a ticket broke over lines (MSG-1)."""

from __future__ import annotations

import re
from typing import NamedTuple

#: What an ARN in a message follows.
_BEFORE = ("User:", "resource:")
#: Words of the message that may follow an ARN on the next line.
_AFTER = ("with", "because", "due", "is", "on", "transitively")
#: Lines that are a response by themselves.
_RESPONSES = ("Forbidden", "Unauthorized")
#: A line that continues an ARN: one word, then nothing, the end of a quoted text, or further words of the message.
_CONTINUATION = re.compile(
    rf"""(?!(?:{"|".join(_AFTER)})(?:\s|\Z)|(?:{"|".join(_RESPONSES)})\.?\Z)(?P<piece>[\w/:*$@.~%+&=!-][^\s"'<>]*+)"""
    rf"""(?P<after>["'<].*|[ \t]+[,(]?(?:{"|".join(_AFTER)})\b.*|)""",
    re.DOTALL,
)
#: In characters.
_LONGEST_ARN = 8192


class JoinedText(NamedTuple):
    """A text, and the ARNs in it that were broken over lines."""

    text: str
    arns: tuple[str, ...] = ()


def join_broken_arns(text: str) -> JoinedText:
    r"""Join the ARNs of messages that are broken over lines.

    >>> join_broken_arns("… on resource: arn:aws:execute-api:eu-west-1:111122223333:a1b2\n  c3/prod/GET/ with").arns
    ('arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/',)
    """
    lines = text.splitlines()
    if len(lines) < 2 or "arn:" not in text:
        return JoinedText(text)
    pieces: list[str] = []
    arns: list[str] = []
    arn = before = ""
    for line in lines:
        continuation = _CONTINUATION.fullmatch(line.strip()) if arn and len(arn) <= _LONGEST_ARN else None
        if continuation is None:
            pieces += ["\n", line]
            arn = _arn_at_the_end(line, before)
            is_continued = False
        else:
            piece, after = continuation["piece"], continuation["after"]
            pieces[-1] = pieces[-1].rstrip()
            pieces += [piece, after]
            arns[-1 if is_continued else len(arns) :] = [arn + piece]
            arn = _arn_at_the_end(after, "") if after else arn + piece
            is_continued = not after
        before = line
    return JoinedText("".join(pieces[1:]), tuple(arns)) if arns else JoinedText(text)


def _arn_at_the_end(line: str, line_before: str) -> str:
    """The ARN of a message with which a line ends; empty if there is none."""
    *words, last = ["", *line.split()] if line.strip() else ["", ""]
    for label in _BEFORE:
        if last.startswith(label):
            words, last = [label], last.removeprefix(label)
    if not last.startswith("arn:") or re.search("[\"'<>]", last):
        return ""
    previous = words[-1] or line_before.rstrip()
    return last if previous.endswith(_BEFORE) else ""
