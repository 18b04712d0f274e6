"""The calls of a log that change, as a Parquet file: a row for each, with what a replay shows of it by default."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from execpolicy._base.characters import printable
from execpolicy.bulk.call_row import CallRow, row_of
from execpolicy.bulk.changed_rows import OF_CALL, OF_GROUP, ORDER, copy_rows, data_of_group, json_table
from execpolicy.bulk.parquet_log import connected, quoted_text
from execpolicy.bulk.replay_counts import example_of
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.bulk.duckdb_columns import DuckDBColumns, GroupOfRows
    from execpolicy.bulk.log_blocks import LogBlock
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call


class ChangedCalls:
    """Collects calls, and writes those that change, or of which that is not known, to a Parquet file.

    Args:
        path: the file.
        raw_values: whether rows have paths, sessions and addresses.

    Raises:
        ExecPolicyError: DuckDB is not installed.
    """

    def __init__(self, path: str, *, raw_values: bool) -> None:
        self._path = path
        self._raw = raw_values
        self._folder = TemporaryDirectory(prefix="execpolicy-replay-")
        try:
            self._connection = connected(self._folder.name, f"--changed {quoted(path)} is a Parquet file")
        except ExecPolicyError:
            self._folder.cleanup()
            raise
        self._rows = os.path.join(self._folder.name, "rows")
        self._file = open(self._rows, "w", encoding="utf-8")  # noqa: SIM115  # close() closes it
        #: The line of the latest call, and the number of its calls so far.
        self._latest = (0, 0)
        #: The files with the rows of blocks.
        self._blocks: list[str] = []

    def add(self, number: int, line: LogLine, call: Call, found: ReplayedCall) -> None:
        """Collect a call that changes or may change.

        Args:
            number: the number of its line among all lines of the logs.
            line: the line.
            call: the call.
            found: its change.

        Raises:
            ExecPolicyError: the temporary file cannot be written.
        """
        self._latest = (number, self._latest[1] + 1 if self._latest[0] == number else 0)
        shown = example_of(line, call, raw_values=self._raw)
        time = None if shown.time is None else shown.time.astimezone(UTC).replace(tzinfo=None).isoformat()
        data = {
            **dict(zip(ORDER, self._latest, strict=True)),
            "file": printable(line.file),
            "line": line.number,
            "time": time,
            "method": shown.method,
            "path": shown.path or None,
            "source": shown.source or None,
            **data_of_group(self.row(call, found)),
        }
        try:
            self._file.write(json.dumps(data) + "\n")
        except OSError as error:
            raise self._not_written(error) from error

    def row(self, call: Call, found: ReplayedCall) -> CallRow:
        """What the row of a call has of its group."""
        return row_of(call, found, raw_values=self._raw)

    def add_rows(
        self, database: DuckDBColumns, block: LogBlock, first: int, groups: Sequence[tuple[GroupOfRows, CallRow]]
    ) -> None:
        """Collect the calls of groups of a block, which change or may change.

        Args:
            database: has the block.
            block: the block.
            first: the number of its first line among all lines of the logs.
            groups: the groups, with what the rows of their calls share.

        Raises:
            ExecPolicyError: the temporary file cannot be written.
        """
        import duckdb

        if not groups:
            return
        path = os.path.join(self._folder.name, f"block_{len(self._blocks)}")
        try:
            copy_rows(database.connection, path, block, first, groups)
        except (OSError, duckdb.Error) as error:
            raise self._not_written(error) from error
        self._blocks.append(path)

    def _not_written(self, error: Exception) -> ExecPolicyError:
        message = f"cannot write {self._folder.name!r}: {_reason(error)}"
        return ExecPolicyError(message, advice="set TMPDIR to a folder with more space")

    def write(self) -> None:
        """Write the file, in place of one that is there.

        Raises:
            ExecPolicyError: it cannot be written, as on a full disk.
        """
        import duckdb

        rows = f"select * from {json_table(self._rows, {**ORDER, **OF_CALL, **OF_GROUP})}"
        if self._blocks:
            blocks = ", ".join(map(quoted_text, self._blocks))
            rows += f" union all by name select * from read_parquet([{blocks}])"
        columns = ", ".join((*OF_CALL, *OF_GROUP))
        ordered = f"select {columns} from ({rows}) order by {', '.join(ORDER)}"
        new = f"{self._path}.new"
        try:
            self._file.close()
            os.makedirs(os.path.dirname(self._path) or os.curdir, exist_ok=True)
            self._connection.execute(f"copy ({ordered}) to {quoted_text(new)} (format parquet)")
            os.replace(new, self._path)
        except (OSError, duckdb.Error) as error:
            with suppress(OSError):
                os.remove(new)
            message = f"cannot write {quoted(self._path)}: {_reason(error)}"
            raise ExecPolicyError(message, advice="check --changed") from error

    def close(self) -> None:
        """Delete what is temporary."""
        with suppress(OSError):
            self._file.close()
        self._connection.close()
        self._folder.cleanup()


def _reason(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error).partition("\n")[0]
