"""Finds calls that the logs have twice, by DuckDB: the ids so far are in a table on disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from execpolicy.bulk.parquet_log import quoted_text
from execpolicy.bulk.seen_requests import LENGTH, hash_of
from execpolicy.loaders.access_log.line import ABSENT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: The memory that DuckDB takes: what it has of the ids beyond that is on disk only.
_MOST_MEMORY: Final = "500MB"
#: What stands for the number of a call in its line, for a line that has one call.
_ONLY: Final = -1


class OtherRequest(NamedTuple):
    """A request of a line that is in no table.

    Attributes:
        row: the row of the line in the block.
        hash: the hash of its id; None without one.
    """

    row: int
    hash: bytes | None

    @classmethod
    def of(cls, row: int, request_id: str | None) -> OtherRequest:
        """The request of a row with an id."""
        return cls(row, None if request_id is None else hash_of(request_id))


class Duplicates(NamedTuple):
    """The calls of a block that the logs have already.

    Attributes:
        rows: the rows of tables, in ascending order.
        others: for each request of the other lines whether it is one.
    """

    rows: list[int]
    others: list[bool]


class RequestTable:
    """The hashes of the ids so far.

    Args:
        connection: the database with the tables of a block.
        folder: the folder of its files.
    """

    def __init__(self, connection: DuckDBPyConnection, folder: str) -> None:
        self._connection = connection
        self._hashes = os.path.join(folder, "hashes")
        connection.execute(f"set memory_limit = '{_MOST_MEMORY}'")
        connection.execute(f"attach {quoted_text(os.path.join(folder, 'requests.db'))} as requests")
        connection.execute("create table requests.seen (id uhugeint)")

    def add(self, hashes: Iterable[bytes]) -> None:
        """Add ids that are known already."""
        self._write(OtherRequest(0, each) for each in hashes)
        self._connection.execute(f"insert into requests.seen select id from {self._written()}")

    def duplicates(self, tables: Sequence[str], left_out: str, others: Sequence[OtherRequest]) -> Duplicates:
        """The duplicates of a block, whose ids are added.

        Args:
            tables: the tables of the block, each with rows and hashes.
            left_out: the expression of a table with the rows that are not replayed.
            others: the requests of other lines, in their order.
        """
        self._write(others)
        of_tables = "".join(f" union all select nr, {_ONLY} as nth, id from {each}" for each in tables)
        self._all(
            "create or replace temp table ids as select nr, nth, id from "
            f"(select nr, nth, id from {self._written()}{of_tables}) "
            f"where id is not null and nr not in (select nr from {left_out})"
        )
        # The table of all ids is read from disk once; the ids of the block are in memory.
        self._all("create or replace temp table known as select s.id from requests.seen as s semi join ids using (id)")
        self._all(
            "create or replace temp table again as select nr, nth from "
            "(select nr, nth, id, row_number() over (partition by id order by nr, nth) as n from ids) "
            "where n > 1 or id in (select id from known)"
        )
        self._all("insert into requests.seen select distinct id from ids anti join known using (id)")
        rows = [nr for (nr,) in self._all(f"select nr from again where nth = {_ONLY} order by nr")]
        again = {nth for (nth,) in self._all(f"select nth from again where nth <> {_ONLY}")}
        return Duplicates(rows, [nth in again for nth in range(len(others))])

    def _write(self, requests: Iterable[OtherRequest]) -> None:
        with open(self._hashes, "w", encoding="ascii") as file:
            file.writelines(
                f"{each.row},{nth},{each.hash.hex()}\n" for nth, each in enumerate(requests) if each.hash is not None
            )

    def _written(self) -> str:
        columns = "columns={'nr': 'BIGINT', 'nth': 'BIGINT', 'hex': 'VARCHAR'}"
        read = f"read_csv({quoted_text(self._hashes)}, header=false, {columns}, delim=',', quote='', auto_detect=false)"
        return f"(select nr, nth, ('0x' || hex)::uhugeint as id from {read})"

    def _all(self, query: str) -> list[tuple[int, ...]]:
        return self._connection.execute(query).fetchall()


def hash_column(ids: Sequence[str]) -> str:
    """The expression of the hash of an id, which is that of ``hash_of``; null without an id.

    Args:
        ids: the columns that may have the id, in the order in which they are read.
    """
    given = ", ".join(f"case when {each} not in ('', '{ABSENT}') then {each} end" for each in ids)
    return f"('0x' || left(sha256(coalesce({given}, null)), {2 * LENGTH}))::uhugeint" if ids else "null::uhugeint"
