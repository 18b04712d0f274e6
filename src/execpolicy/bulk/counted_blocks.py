"""Counts the blocks of a log: large ones by DuckDB if it is installed, others line by line, with the same result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.reading_progress import LINES_BETWEEN, NO_PROGRESS, ReadingProgress
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.bulk.duckdb_columns import DuckDBColumns
    from execpolicy.bulk.grouped_lines import GroupedLines
    from execpolicy.bulk.log_blocks import LogBlock

#: The lines of a block that is not worth the time that DuckDB takes to start.
FEW_LINES: Final = 20_000


def counted_blocks(
    blocks: Iterable[LogBlock], grouped: GroupedLines, progress: ReadingProgress = NO_PROGRESS
) -> Iterator[LogBlock]:
    """Count blocks, and yield each one that is counted.

    Args:
        blocks: the blocks.
        grouped: counts lines.
        progress: gets how much is counted.

    Raises:
        ExecPolicyError: a block cannot be read, or DuckDB cannot write what it has no memory for, as on a full disk.
    """
    database: DuckDBColumns | None = None
    with ExitStack() as stack:
        for block in blocks:
            if database is None and grouped.can_group and block.lines > FEW_LINES:
                database = _database(grouped)
                if database is not None:
                    stack.callback(database.close)
            if database is None:
                for row, line in enumerate(block, 1):
                    grouped.add(line)
                    if row % LINES_BETWEEN == 0:
                        progress.update(grouped.lines, block.read_at(row))
            else:
                _add_block(grouped, block, database)
            progress.update(grouped.lines, block.read)
            yield block


def _add_block(grouped: GroupedLines, block: LogBlock, database: DuckDBColumns) -> None:
    import duckdb

    try:
        grouped.add_block(block, database)
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        reason = str(error).partition("\n")[0]
        message = f"DuckDB cannot count the lines of a block: {reason}"
        raise ExecPolicyError(message, advice="set TMPDIR to a folder with more space") from error


def _database(grouped: GroupedLines) -> DuckDBColumns | None:
    """The database; None if DuckDB is not installed."""
    from execpolicy.bulk.duckdb_columns import DuckDBColumns

    try:
        database = DuckDBColumns(grouped.columns, grouped.plain, grouped.wanted)
    except ImportError:
        return None
    if grouped.requests is not None:
        database.add_requests(grouped.requests.taken())
    return database
