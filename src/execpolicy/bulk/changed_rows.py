"""Writes the rows of a block whose calls change as a table: a row for each call, with what its group shares (LOG-8)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from execpolicy._base.characters import printable
from execpolicy.bulk.call_row import LISTS_OF_NUMBERS, LISTS_OF_TEXTS, TRUTH_VALUES, CallRow
from execpolicy.bulk.duckdb_columns import same_keys
from execpolicy.bulk.parquet_log import quoted_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from execpolicy.bulk.duckdb_columns import GroupOfRows
    from execpolicy.bulk.log_blocks import LogBlock

#: What orders the rows: the number of the line among all lines of the logs, and that of the call in the line.
ORDER: Final = {"nth_line": "BIGINT", "nth_call": "BIGINT"}
#: What a row has besides the columns of ``CallRow``.
OF_CALL: Final = {
    "file": "VARCHAR",
    "line": "BIGINT",
    "time": "TIMESTAMP",
    "method": "VARCHAR",
    "path": "VARCHAR",
    "source": "VARCHAR",
}
#: No row is about a line that is not replayed.
_NAMES: Final = tuple(name for name in CallRow._fields if name != "not_replayed")


def _kind(name: str) -> str:
    if name in LISTS_OF_NUMBERS:
        return "INTEGER[]"
    return "VARCHAR[]" if name in LISTS_OF_TEXTS else "BOOLEAN" if name in TRUTH_VALUES else "VARCHAR"


#: What the calls of a group share.
OF_GROUP: Final = {name: _kind(name) for name in _NAMES}


def data_of_group(row: CallRow) -> dict[str, Any]:
    """What the calls of a group share, as data."""
    data = row._asdict()
    return {name: data[name] for name in _NAMES}


def json_table(path: str, columns: Mapping[str, str]) -> str:
    """The expression of a table that stands in a file as lines in JSON.

    Args:
        path: the file.
        columns: the columns with their types.
    """
    typed = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return f"read_json({quoted_text(path)}, format = 'newline_delimited', columns = {{{typed}}})"


def copy_rows(
    connection: DuckDBPyConnection,
    path: str,
    block: LogBlock,
    first: int,
    groups: Sequence[tuple[GroupOfRows, CallRow]],
) -> None:
    """Write the rows of groups to a Parquet file, in any order.

    Args:
        connection: the database with the tables of the groups.
        path: the file.
        block: the block of which the groups are.
        first: the number of the first line of the block among all lines of the logs.
        groups: the groups, with what their calls share.
    """
    tables = {rows.table: rows for rows, _ in groups}
    numbers = {table: number for number, table in enumerate(tables)}
    of_groups, of_chunks = f"{path}.groups", f"{path}.chunks"
    _write(of_groups, ({"tab": numbers[rows.table], "grp": rows.number, **data_of_group(row)} for rows, row in groups))
    _write(of_chunks, ({"first_row": row, "file": printable(file), "line": line} for row, file, line in block.starts))
    selected = " union all ".join(_rows_of_table(numbers[table], rows) for table, rows in tables.items())
    shared = ", ".join(OF_GROUP)
    groups_table = json_table(of_groups, {"tab": "INTEGER", "grp": "BIGINT", **OF_GROUP})
    chunks = json_table(of_chunks, {"first_row": "BIGINT", "file": "VARCHAR", "line": "BIGINT"})
    connection.execute(
        f"copy (select nr + {first} as nth_line, 0::bigint as nth_call, file, "
        f"chunks.line + nr - chunks.first_row as line, epoch_ms(t) as time, method, path, source, {shared} "
        f"from ({selected}) as rows join {groups_table} as groups using (tab, grp) "
        f"asof join {chunks} as chunks on nr >= chunks.first_row) to {quoted_text(path)} (format parquet)"
    )
    os.remove(of_groups)
    os.remove(of_chunks)


def _rows_of_table(number: int, rows: GroupOfRows) -> str:
    """The rows of a table with the numbers of their groups."""
    columns = f"{number} as tab, g.rowid as grp, r.nr, r.t, r.method, r.path, r.source"
    return f"select {columns} from {rows.table} as r join {rows.table}_groups as g on {same_keys(len(rows.values))}"


def _write(path: str, rows: Iterable[Mapping[str, Any]]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
