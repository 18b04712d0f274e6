"""A part of the lines of a log, drawn at random."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING

from execpolicy.arguments import described
from execpolicy.bulk.log_blocks import BYTES_OF_BLOCK, LINES_OF_BLOCK, LogBlock
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine

_ADVICE = "write it as 1/100"


def sample_of(text: object) -> Fraction | None:
    """The part of the lines that a text gives; None for all.

    Raises:
        UsageError: it is no part between 0 and 1.

    >>> sample_of("1/100")
    Fraction(1, 100)
    """
    if text is None:
        return None
    if not isinstance(text, str):
        raise UsageError(f"sample is a text such as 1/100, found {described(text)}", advice=_ADVICE)
    whole, slash, parts = text.partition("/")
    digits = (whole, parts)
    if not slash or not all(each.isascii() and each.isdecimal() and len(each) < 10 for each in digits):
        raise UsageError(f"found the sample {quoted(text)}, expected a part of the lines", advice=_ADVICE)
    if not 0 < int(whole) <= int(parts):
        raise UsageError(f"found the sample {quoted(text)}, expected more than 0 and at most 1", advice=_ADVICE)
    return Fraction(int(whole), int(parts))


def sampled(lines: Iterable[LogLine], part: Fraction | None, seed: int) -> Iterator[LogLine]:
    """Some of the lines; the same ones for the same lines, part and seed.

    Args:
        lines: the lines.
        part: the part of them; None for all.
        seed: the seed of the numbers that decide.
    """
    if part is None:
        yield from lines
        return
    taken = _decisions(part, seed)
    yield from (line for line in lines if next(taken))


def sampled_blocks(blocks: Iterable[LogBlock], part: Fraction | None, seed: int) -> Iterator[LogBlock]:
    """The blocks of the lines that ``sampled`` gives.

    Args:
        blocks: the blocks of all lines.
        part: the part of them; None for all.
        seed: the seed of the numbers that decide.
    """
    if part is None:
        yield from blocks
        return
    taken = _decisions(part, seed)
    found = LogBlock()
    for block in blocks:
        for line in block:
            if next(taken):
                # One carriage return before the end belongs to the end.
                end = b"\r\n" if line.content.endswith(b"\r") else b"\n"
                found.append(line.file, line.number, line.content + end)
        found.read = block.read
        if found.lines >= LINES_OF_BLOCK or found.size >= BYTES_OF_BLOCK:
            yield found
            found = LogBlock(block.read)
    if found.lines:
        yield found


def _decisions(part: Fraction, seed: int) -> Iterator[bool]:
    """Whether each line is taken."""
    random = Random(seed)  # no secret depends on it
    while True:
        yield random.randrange(part.denominator) < part.numerator
