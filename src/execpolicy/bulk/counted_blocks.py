"""Counts the blocks of a log: large ones by DuckDB if it is installed, others line by line, with the same result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from execpolicy.bulk.duckdb_columns import DuckDBColumns
    from execpolicy.bulk.grouped_lines import GroupedLines
    from execpolicy.bulk.log_blocks import LogBlock

#: The lines of a block that is not worth the time that DuckDB takes to start.
FEW_LINES: Final = 20_000


def counted_blocks(blocks: Iterable[LogBlock], grouped: GroupedLines) -> Iterator[LogBlock]:
    """Count blocks, and yield each one that is counted.

    Args:
        blocks: the blocks.
        grouped: counts lines.
    """
    database: DuckDBColumns | None = None
    with ExitStack() as stack:
        for block in blocks:
            if database is None and grouped.can_group and block.lines > FEW_LINES:
                database = _database(grouped)
                if database is not None:
                    stack.callback(database.close)
            if database is None:
                for line in block:
                    grouped.add(line)
            else:
                grouped.add_block(block, database)
            yield block


def _database(grouped: GroupedLines) -> DuckDBColumns | None:
    """The database; None if DuckDB is not installed."""
    from execpolicy.bulk.duckdb_columns import DuckDBColumns, ShownColumns

    shown = ShownColumns(grouped.changed is not None, grouped.wants_sources, grouped.raw_values)
    try:
        return DuckDBColumns(grouped.columns, grouped.plain, shown)
    except ImportError:
        return None
