"""Reads the columns of a block of lines by DuckDB, and counts lines whose columns are of equal classes (LOG-8).

DuckDB reads lines as they are, takes the fields out of those in JSON of the usual form, and counts groups. A line that
it could read otherwise than ``PlainLines``, and one whose time cannot be read, is one of ``others``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy.bulk.duckdb_lines import DELIMITER, load_lines
from execpolicy.bulk.duckdb_requests import RequestTable, hash_column
from execpolicy.bulk.line_columns import LAST, Codes, LineColumns, ShapeColumns
from execpolicy.bulk.logged_networks import source_of
from execpolicy.bulk.path_classes import LONGEST_PATH, PLAIN_PATH
from execpolicy.bulk.plain_lines import IDS, LineShape, PlainLines
from execpolicy.loaders.access_log.line import ABSENT

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from execpolicy.bulk.duckdb_requests import Duplicates, OtherRequest
    from execpolicy.bulk.log_blocks import LogBlock

#: The name of a field whose path needs no escape.
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.\- ]+")
#: A column with more different values than this is classified before lines are grouped.
_FEW_VALUES: Final = 64


class GroupOfRows(NamedTuple):
    """Rows of one key.

    Attributes:
        codes: the key.
        of_answer: the number of the last codes, which are those of AWS's answer.
        lines: the number of rows.
        first, last: the times of the first and the last of them, in milliseconds; None if they have none.
        rows: the first rows, at most three.
        table, values: the table in which they are, and the values of its columns that they share.
        number: the number of the group in that table.
        sources: the sources of its calls, if they are wanted; None stands for one that the log does not have.
    """

    codes: tuple[int, ...]
    of_answer: int
    lines: int
    first: int | None
    last: int | None
    rows: tuple[int, ...]
    table: str
    values: tuple[Any, ...]
    number: int
    sources: tuple[str | None, ...]


class WantedColumns(NamedTuple):
    """What the tables and the groups have besides.

    Attributes:
        rows: whether tables have the method, the source and, with raw values, the path of each call.
        sources: whether groups have the sources of their calls.
        ids: whether tables have the ids of requests, by which duplicates are found.
        raw_values: whether a source is an address; else it is a network.
    """

    rows: bool = False
    sources: bool = False
    ids: bool = False
    raw_values: bool = False


class _ShapeTable(NamedTuple):
    """A table with the lines of one shape.

    Attributes:
        name: its name.
        at: the columns of the shape.
        keys: what finds the codes of the columns after the first three; None for one that has codes.
    """

    name: str
    at: ShapeColumns
    keys: tuple[Codes | None, ...]

    @property
    def shared(self) -> str:
        """The columns that are equal for lines of one group."""
        return ", ".join(f"k{number}" for number in range(len(self.keys) + 3))


_NOTHING_MORE: Final = WantedColumns()


class DuckDBColumns:
    """Counts the lines of blocks.

    Args:
        columns: finds the classes of values.
        plain: finds the shapes of lines.
        wanted: what the tables and the groups have besides.

    Raises:
        ImportError: DuckDB is not installed.
    """

    def __init__(self, columns: LineColumns, plain: PlainLines, wanted: WantedColumns = _NOTHING_MORE) -> None:
        import duckdb

        self._columns = columns
        self._plain = plain
        self._wanted = wanted
        self._folder = TemporaryDirectory(prefix="execpolicy-replay-")
        #: The database.
        self.connection: DuckDBPyConnection = duckdb.connect(
            config={"temp_directory": self._folder.name, "autoinstall_known_extensions": "false"}
        )
        self._tables: list[_ShapeTable] = []
        #: The number of lines of the latest block.
        self._lines = 0
        self._requests = RequestTable(self.connection, self._folder.name) if wanted.ids else None

    def close(self) -> None:
        """Close the database, and delete its files."""
        self.connection.close()
        self._folder.cleanup()

    def groups(self, block: LogBlock) -> list[GroupOfRows]:
        """The groups of a block, in any order. The rows that are in none of them are those of ``others``.

        Args:
            block: the lines.
        """
        self._load(block)
        shapes = self._all("select distinct names from raw where names is not null")
        for number, (names,) in enumerate(sorted(shapes)):
            each = tuple(names.split(DELIMITER))
            shape = self._plain.shape(each)
            if shape is not None and all(_PLAIN_NAME.fullmatch(each[place]) for place in shape.places.values()):
                self._load_shape(f"of_shape_{number}", each, shape)
        return self._all_groups()

    def others(self) -> list[int]:
        """The rows of the latest block that are in no group, in their order."""
        counts = [number for each in self._tables for (number,) in self._all(f"select count(*) from {each.name}")]
        if sum(counts) == self._lines:
            return []
        tables = "".join(f" except all select nr from {each.name}" for each in self._tables)
        return [at for (at,) in self._all(f"select * from (select rowid as nr from raw{tables}) order by nr")]

    def rows(self, group: GroupOfRows) -> list[int]:
        """All rows of a group of the latest block.

        Args:
            group: the group.
        """
        same = " and ".join(f"k{number} is not distinct from ?" for number in range(len(group.values)))
        return [at for (at,) in self._all(f"select nr from {group.table} where {same} order by nr", group.values)]

    def add_requests(self, hashes: Iterable[bytes]) -> None:
        """Add the ids of the requests of lines before the first block.

        Args:
            hashes: their hashes.
        """
        assert self._requests is not None, "duplicates are wanted"
        self._requests.add(hashes)

    def without_duplicates(
        self, left_out: Sequence[GroupOfRows], others: Sequence[OtherRequest]
    ) -> tuple[Duplicates, list[GroupOfRows]]:
        """The duplicates of the latest block, and its groups without them.

        Args:
            left_out: the groups whose calls are not replayed.
            others: the requests of the lines that are in no group.
        """
        assert self._requests is not None, "duplicates are wanted"
        numbers: dict[str, list[int]] = {}
        for group in left_out:
            numbers.setdefault(group.table, []).append(group.number)
        found = [
            f"select r.nr from {each.name} as r join {each.name}_groups as g on {same_keys(len(each.keys) + 3)} "
            f"where g.rowid in ({', '.join(map(str, numbers[each.name]))})"
            for each in self._tables
            if each.name in numbers
        ]
        rows_left_out = " union all ".join(found) or "select 0 as nr where false"
        duplicates = self._requests.duplicates([each.name for each in self._tables], f"({rows_left_out})", others)
        for each in self._tables:
            self.connection.execute(f"delete from {each.name} where nr in (select nr from again where nth < 0)")
        return duplicates, self._all_groups()

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return self.connection.execute(query, list(values)).fetchall()

    def _load(self, block: LogBlock) -> None:
        """Read the lines of a block."""
        for table in self._tables:
            self.connection.execute(f"drop table {table.name}")
        self._tables.clear()
        load_lines(self.connection, self._folder.name, block)
        self._lines = block.lines

    def _load_shape(self, table: str, names: Sequence[str], shape: LineShape) -> None:
        """Make a table with the lines of a shape and the classes of their columns; none if times cannot be grouped."""
        at = self._columns.of_shape(shape)
        read = sorted(shape.places.values())
        column = {place: f"c{number}" for number, place in enumerate(read)}
        paths = ", ".join(f"'/{names[place]}'" for place in read)
        taken = ", ".join(f"v[{number + 1}] as c{number}" for number in range(len(read)))
        short = self._short_path(column[at.path])
        self.connection.execute(
            f"create or replace temp table taken as select *, {short} as short from (select nr, {taken} from (select "
            f"rowid as nr, json_extract_string(line, [{paths}]) as v from raw where names = ?))",
            [DELIMITER.join(names)],
        )
        joined: list[str] = []
        path = self._path_codes([column.get(place, "null") for place in at.where], joined)
        keys: list[Codes | None] = []
        selected = [f"{path} as k0"]
        time = self._times(at, column, joined)
        if time is None:
            return
        for sign in (">", ">="):
            selected.append(f"{self._moments_before(time, sign) if at.has_time else 0} as k{len(selected)}")
        for number, (place, codes) in enumerate(at.others):
            name = column[place]
            ((different,),) = self._all(f"select approx_count_distinct({name}) from taken")
            if different > _FEW_VALUES:
                self._upload(f"codes_{number}", [name], lambda values, codes=codes: codes[values[0]])
                joined.append(f"join codes_{number} on " + _same(f"codes_{number}", [name]))
                selected.append(f"codes_{number}.code as k{number + 3}")
                keys.append(None)
            else:
                selected.append(f"{name} as k{number + 3}")
                keys.append(codes)
        methods = ", ".join(f"'{each}'" for each in sorted(self._columns.methods))
        wanted = [
            f"{column[at.method]} in ({methods})",
            f"{path} is not null",
            *([f"{time} is not null"] if at.has_time else []),
        ]
        selected += self._shown_of_call(shape, column, joined)
        if self._wanted.ids:
            ids = [column[shape.places[name]] for name in IDS if name in shape.places]
            selected.append(f"{hash_column(ids)} as id")
        self.connection.execute(
            f"create or replace table {table} as select nr, {time} as t, {', '.join(selected)} from taken "
            f"{' '.join(joined)} where {' and '.join(wanted)}"
        )
        self._tables.append(_ShapeTable(table, at, tuple(keys)))

    def _all_groups(self) -> list[GroupOfRows]:
        return [group for table in self._tables for group in self._groups_of(table)]

    def _groups_of(self, table: _ShapeTable) -> Iterator[GroupOfRows]:
        """The groups of a table, which are in another one too."""
        name, at = table.name, table.at
        sources = "list(distinct source)" if self._wanted.sources else "null"
        self.connection.execute(
            f"create or replace temp table {name}_groups as select count(*) as n, min(t) as first, max(t) as last, "
            f"min(nr, 3) as nrs, {sources} as sources, {table.shared} from {name} group by {table.shared}"
        )
        for number, count, first, last, rows, found, *values in self._all(f"select rowid, * from {name}_groups"):
            time_code = self._columns.code_of_time((values[1], values[2])) if at.has_time else -1
            others = (
                value if codes is None else codes[value] for value, codes in zip(values[3:], table.keys, strict=True)
            )
            codes_of_group = (at.number, values[0], time_code, *others)
            shown = (tuple(rows), name, tuple(values), number, tuple(found or ()))
            yield GroupOfRows(codes_of_group, at.of_answer, count, first, last, *shown)

    def _shown_of_call(self, shape: LineShape, column: dict[int, str], joined: list[str]) -> Iterator[str]:
        """The expressions of what is shown of a call; the tables with it are added to those that are joined."""
        shown = self._wanted
        if not (shown.rows or shown.sources):
            return
        if shown.rows:
            yield f"{column[shape.places['httpMethod']]} as method"
            yield f"{column[shape.places['path']] if shown.raw_values else 'null::varchar'} as path"
        address = column.get(shape.places.get("identity.sourceIp", -1), "null::varchar")
        if shown.raw_values or "null" in address:
            yield f"case when {address} not in ('', '{ABSENT}') then {address} end as source"
            return
        self._upload("networks", [address], lambda values: source_of(values[0], raw_values=False), kind="VARCHAR")
        joined.append("join networks on " + _same("networks", [address]))
        yield "networks.code as source"

    def _path_codes(self, where: Sequence[str], joined: list[str]) -> str:
        """The expression of the codes of paths; the tables with them are added to those that are joined.

        Args:
            where: the columns of the host, the path and the stage.
            joined: the tables.
        """
        host, _, stage = where
        short = [host, "short", stage]
        self._upload("paths", short, self._columns.class_code)
        joined.append("join paths on " + _same("paths", short))
        ((others,),) = self._all(f"select count(*) from taken {joined[-1]} where paths.code is null")
        if not others:
            return "paths.code"
        self._upload("whole_paths", where, self._columns.path_code, f"{joined[-1]} where paths.code is null")
        joined.append("left join whole_paths on " + _same("whole_paths", where))
        return "coalesce(paths.code, whole_paths.code)"

    def _short_path(self, path: str) -> str:
        """The expression of a path as policies read it; null for one of an unusual form.

        Args:
            path: the column of the path.
        """
        short = path
        if self._columns.short_segment is not None:
            # The first segment may be the name of a stage.
            of_segment = f"case when place = 2 then part else regexp_extract(part, '{self._columns.short_segment}') end"
            parts = f"list_transform(string_split({path}, '/'), lambda part, place: {of_segment})"
            short = f"array_to_string({parts}, '/')"
        is_plain = f"strlen({path}) <= {LONGEST_PATH} and regexp_full_match({path}, '{PLAIN_PATH}')"
        return f"case when {is_plain} then {short} end"

    def _moments_before(self, time: str, sign: str) -> str:
        """The number of moments before a time."""
        passed = [f"({time} / 1000.0 {sign} {each!r}::double)::int" for each in self._columns.moments() or ()]
        return " + ".join(passed) or "0"

    def _upload(self, table: str, columns: Sequence[str], find: Any, rows: str = "", *, kind: str = "BIGINT") -> None:
        """Make a table of the different values of some columns, with the code of each.

        Args:
            table: the name of the table.
            columns: the columns.
            find: finds the code of values; None for values without one.
            rows: what says of which rows they are; all by default.
            kind: the type of the codes; a text has no comma.
        """
        taken = ", ".join(f"{each} as x{number}" for number, each in enumerate(columns))
        self.connection.execute(f"create or replace temp table different as select distinct {taken} from taken {rows}")
        values = self.connection.execute("select * from different order by rowid")
        path = os.path.join(self._folder.name, "codes")
        with open(path, "w", encoding="ascii") as file:
            while found := values.fetchmany(100_000):
                file.writelines(f"{'' if (code := find(row)) is None else code}\n" for row in found)
        self.connection.execute(
            f"create or replace temp table {table} as select * from different positional join (select code from "
            f"read_csv(?, header=false, columns={{'code': '{kind}'}}, delim=',', quote='', escape='', "
            "auto_detect=false, new_line='\\n'))",
            [path],
        )

    def _times(self, at: ShapeColumns, column: dict[int, str], joined: list[str]) -> str | None:
        """The expression of the time in milliseconds; None if times cannot be grouped."""
        if not at.has_time:
            return "null::bigint"
        if self._columns.moments() is None:
            return None
        text = epoch = ""
        if at.epoch >= 0:
            written = column[at.epoch]
            epoch = (
                f"case when regexp_full_match({written}, '[0-9]{{1,15}}') and {written}::bigint < "
                f"{LAST} then {written}::bigint end"
            )
        if at.text >= 0:
            self._upload("times", [column[at.text]], lambda values: self._columns.time_of_text(values[0]))
            joined.append("join times on " + _same("times", [column[at.text]]))
            text = "times.code"
        if text and epoch:
            return f"case when abs({epoch} - {text}) < 1000 then {epoch} end"
        return epoch or text


def same_keys(number: int) -> str:
    """The condition that a row ``r`` of a table is in the group ``g``.

    Args:
        number: the number of columns that lines of one group share.
    """
    return " and ".join(f"r.k{each} is not distinct from g.k{each}" for each in range(number))


def _same(table: str, columns: Iterable[str]) -> str:
    return " and ".join(f"{table}.x{number} is not distinct from {each}" for number, each in enumerate(columns))
