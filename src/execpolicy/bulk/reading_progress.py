"""A listener that gets how much of the logs is read; this one does nothing."""

from __future__ import annotations

from typing import Final

#: The lines that are read one by one between two updates.
LINES_BETWEEN: Final = 1000


class ReadingProgress:
    """Gets how much of the logs is read, and does nothing with it.

    Bytes are those of the files, compressed as they are; standard input has none.
    """

    def begin(self, lines: int, size: int) -> None:
        """Begin to read the logs.

        Args:
            lines: the number of lines that are counted already, by the run before.
            size: the bytes of the files that hold them.
        """

    def update(self, lines: int, size: int) -> None:
        """Take how much is read so far.

        Args:
            lines: the number of lines.
            size: the bytes of the files that are read.
        """


NO_PROGRESS: Final = ReadingProgress()
