"""The calls of a log that change, as a Parquet file: a row for each, with what a replay shows of it by default."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import UTC
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from execpolicy.bulk.call_row import LISTS_OF_NUMBERS, LISTS_OF_TEXTS, TRUTH_VALUES, CallRow, row_of
from execpolicy.bulk.parquet_log import connected, quoted_text
from execpolicy.bulk.replay_counts import example_of
from execpolicy.bulk.replay_result import CallChange
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.bulk.log_files import LogLine
    from execpolicy.bulk.replayed_call import ReplayedCall
    from execpolicy.call import Call

#: What a row has besides the columns of ``CallRow``.
_OF_CALL: Final = {
    "file": "VARCHAR",
    "line": "BIGINT",
    "time": "TIMESTAMP",
    "method": "VARCHAR",
    "path": "VARCHAR",
    "source": "VARCHAR",
}
#: No row is about a line that is not replayed.
_OF_ROWS: Final = tuple(name for name in CallRow._fields if name != "not_replayed")


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

    def add(self, line: LogLine, call: Call, found: ReplayedCall) -> None:
        """Collect a call, if it changes or may change.

        Raises:
            ExecPolicyError: the temporary file cannot be written.
        """
        if found.change is CallChange.UNCHANGED:
            return
        shown = example_of(line, call, raw_values=self._raw)
        time = None if shown.time is None else shown.time.astimezone(UTC).replace(tzinfo=None).isoformat()
        row = row_of(call, found, raw_values=self._raw)._asdict()
        data = {
            "file": line.file,
            "line": line.number,
            "time": time,
            "method": shown.method,
            "path": shown.path or None,
            "source": shown.source or None,
            **{name: row[name] for name in _OF_ROWS},
        }
        try:
            self._file.write(json.dumps(data) + "\n")
        except OSError as error:
            message = f"cannot write {self._rows!r}: {error.strerror or error}"
            raise ExecPolicyError(message, advice="set TMPDIR to a folder with more space") from error

    def write(self) -> None:
        """Write the file, in place of one that is there.

        Raises:
            ExecPolicyError: it cannot be written, as on a full disk.
        """
        import duckdb

        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in (*_OF_CALL.items(), *map(_typed, _OF_ROWS)))
        rows = f"read_json({quoted_text(self._rows)}, format = 'newline_delimited', columns = {{{columns}}})"
        new = f"{self._path}.new"
        try:
            self._file.close()
            os.makedirs(os.path.dirname(self._path) or os.curdir, exist_ok=True)
            self._connection.execute(f"copy (select * from {rows}) to {quoted_text(new)} (format parquet)")
            os.replace(new, self._path)
        except (OSError, duckdb.Error) as error:
            with suppress(OSError):
                os.remove(new)
            reason = str(getattr(error, "strerror", None) or error).partition("\n")[0]
            raise ExecPolicyError(f"cannot write {quoted(self._path)}: {reason}", advice="check --changed") from error

    def close(self) -> None:
        """Delete what is temporary."""
        with suppress(OSError):
            self._file.close()
        self._connection.close()
        self._folder.cleanup()


def _typed(name: str) -> tuple[str, Any]:
    if name in LISTS_OF_NUMBERS:
        return name, "INTEGER[]"
    return name, "VARCHAR[]" if name in LISTS_OF_TEXTS else "BOOLEAN" if name in TRUTH_VALUES else "VARCHAR"
