"""Blocks of whole lines of logs, as they are in the files: what is counted at once, and what a checkpoint keeps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from execpolicy.bulk.log_files import LogLine, chunks_of, size_of_files

#: The number of lines after which a block ends, with the chunk in which that line is.
LINES_OF_BLOCK: Final = 250_000
#: The number of bytes after which it ends, as one of very long lines does.
BYTES_OF_BLOCK: Final = 256 * 1024 * 1024


class _Chunk(NamedTuple):
    """A chunk of whole lines of one file: the row of the block, and the line of the file, with which it begins."""

    row: int
    file: str
    number: int
    content: bytes


class LogBlock:
    """Lines that follow one another, of one file or of several. The rows of a block count from 0.

    Args:
        read: the bytes of all files that are read before it.
    """

    def __init__(self, read: int = 0) -> None:
        self._parts: list[_Chunk] = []
        self._rows: list[int] = []
        #: The chunk of which lines were taken last, and its lines.
        self._latest: tuple[int, list[bytes]] = (-1, [])
        #: The number of lines, and of bytes.
        self.lines = self.size = 0
        self._read_before = read
        #: The bytes of all files that are read with it, compressed as they are.
        self.read = read

    def read_at(self, row: int) -> int:
        """The bytes of all files that are read up to a row, about."""
        return self._read_before + (self.read - self._read_before) * row // max(self.lines, 1)

    def append(self, file: str, number: int, content: bytes) -> int:
        """Add a chunk of whole lines, each with its end, and return the number of its lines.

        Args:
            file: the name of the file.
            number: the number of the first line in it.
            content: the lines.
        """
        count = content.count(b"\n")
        self._parts.append(_Chunk(self.lines, file, number, content))
        self._rows.append(self.lines)
        self.lines += count
        self.size += len(content)
        return count

    @property
    def contents(self) -> Iterator[bytes]:
        """The chunks, each of whole lines."""
        return (part.content for part in self._parts)

    @property
    def starts(self) -> Iterator[tuple[int, str, int]]:
        """The row with which each chunk begins, its file, and the number of its first line in that."""
        return ((part.row, part.file, part.number) for part in self._parts)

    def __iter__(self) -> Iterator[LogLine]:
        """The lines in their order."""
        return map(self.line, range(self.lines))

    def line(self, row: int) -> LogLine:
        """A line; fast if rows are taken in ascending order.

        Args:
            row: its row.
        """
        at = bisect_right(self._rows, row) - 1
        part = self._parts[at]
        if self._latest[0] != at:
            self._latest = (at, part.content.split(b"\n"))
        content = self._latest[1][row - part.row]
        return LogLine(part.file, part.number + row - part.row, content.removesuffix(b"\r"))


def log_blocks(paths: Sequence[str], lines: int | None = None) -> Iterator[LogBlock]:
    """The blocks of files.

    Args:
        paths: the files.
        lines: the number of lines after which a block ends; None for the usual one.

    Raises:
        ExecPolicyError: a file cannot be read, or ends early; the message has the place. All blocks before that line
            are complete.
    """
    most = LINES_OF_BLOCK if lines is None else lines
    block = LogBlock()
    before = 0
    for path in paths:
        number = 1
        for content, read in chunks_of(path):
            number += block.append(path, number, content)
            block.read = before + read
            if block.lines >= most or block.size >= BYTES_OF_BLOCK:
                yield block
                block = LogBlock(block.read)
        before += size_of_files([path]) or 0
    if block.lines:
        yield block
