"""The file of the lines that a replay leaves out."""

from __future__ import annotations

import os
from typing import IO

from execpolicy.bulk.log_files import LogLine
from execpolicy.bulk.replay_result import NotReplayed
from execpolicy.cli.streams import OutputError
from execpolicy.errors import ExecPolicyError


class RejectFile:
    """Writes lines as they are, byte by byte; empty ones have nothing to write.

    Args:
        path: the file; None for none.
    """

    def __init__(self, path: str | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None
        self._latest: LogLine | None = None

    def add(self, line: LogLine, reason: NotReplayed) -> None:
        """Write a line; one with several calls is written once.

        Raises:
            OutputError: it cannot be written, as on a full disk.
        """
        if self._path is None or reason is NotReplayed.EMPTY or line == self._latest:
            return
        self._latest = line
        try:
            if self._file is None:
                os.makedirs(os.path.dirname(self._path) or os.curdir, exist_ok=True)
                self._file = open(self._path, "wb")  # noqa: SIM115  # close() closes it
            self._file.write(line.content + b"\n")
            self._file.flush()
        except OSError as error:
            raise OutputError(f"cannot write {self._path!r}: {error.strerror or error}") from error

    def size(self) -> int:
        """The number of bytes that are written."""
        return 0 if self._file is None else self._file.tell()

    def continue_at(self, size: int) -> None:
        """Continue a file of another run, without what it wrote after a number of bytes.

        Args:
            size: the number of bytes.

        Raises:
            ExecPolicyError: the file has fewer, or it cannot be written.
        """
        if self._path is None or not size:
            return
        try:
            self._file = open(self._path, "r+b")  # noqa: SIM115  # close() closes it
            found = self._file.seek(0, os.SEEK_END)
            self._file.truncate(self._file.seek(min(size, found)))
        except OSError as error:
            message = f"cannot write {self._path!r}: {error.strerror or error}"
            raise ExecPolicyError(message, advice="check --rejects") from error
        if found < size:
            message = f"{self._path!r} lacks lines that the run with this checkpoint wrote"
            raise ExecPolicyError(message, advice="give another folder for --checkpoint")

    def close(self) -> None:
        """Close the file. A run without such lines writes an empty one."""
        if self._path is not None and self._file is None:
            open(self._path, "wb").close()
        if self._file is not None:
            self._file.close()
