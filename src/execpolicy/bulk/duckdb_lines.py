"""Loads lines of a block into a table of DuckDB, with the names of the fields of those in JSON of the usual form."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from execpolicy.bulk.plain_lines import LONGEST_LINE
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from execpolicy.bulk.log_blocks import LogBlock

#: No line that DuckDB reads has this character.
DELIMITER: Final = "\x01"
#: What no line that DuckDB reads has: its delimiter, the end of a string, of a line, and half of what no text has.
_ODD: Final = (b"\x01", b"\x00", b"\r", b"\xef\xb7\x90", b"\xef\xb7\x91")
#: The form of a line that DuckDB reads as PlainLines does: no escape, no list, no object in the object, no comma before
#: the end, no variable without its value.
_USUAL: Final = " and ".join(
    (
        "starts_with(line, '{')",
        r"""(ends_with(line, '"}') or regexp_matches(line, '[0-9a-z"][ \t]*\}$'))""",
        f"strlen(line) <= {LONGEST_LINE}",
        "not contains(line, '\\')",
        "not contains(line, '[')",
        "line not like '{%{%'",
        "not contains(line, '$context.')",
    )
)
#: A value without quotes other than a word of JSON and a whole number of the usual length: DuckDB writes others anew.
_OTHER_NUMBER: Final = r'"\s*:\s*(?:[^"0-9tfn\s]|n[^u]|0[0-9]|[0-9]+[^0-9,}\s]|[0-9]{21})'


def load_lines(connection: DuckDBPyConnection, folder: str, block: LogBlock) -> None:
    """Load lines into the table ``raw``; one that DuckDB cannot read is an empty one.

    A line of the usual form has the names of its fields; of any other line they are null.

    Args:
        connection: the database.
        folder: the folder of its temporary files.
        block: the lines.

    Raises:
        ExecPolicyError: they cannot be written to the folder.
    """
    path = os.path.join(folder, "lines")
    try:
        with open(path, "wb") as file:
            for content in block.contents:
                file.write(_readable(content))
    except OSError as error:
        message = f"cannot write {path!r}: {error.strerror or error}"
        raise ExecPolicyError(message, advice="set TMPDIR to a folder with more space") from error
    connection.execute(
        "create or replace table raw as select line, case when "
        # With four quotes for each name, all values are strings.
        "strlen(line) - strlen(replace(line, '\"', '')) = 4 * len(names) "
        f"or not regexp_matches(line, '{_OTHER_NUMBER}') then array_to_string(names, '{DELIMITER}') end as names "
        f"from (select line, case when {_USUAL} then try(json_keys(line)) end as names "
        "from read_csv(?, header=false, columns={'line': 'VARCHAR'}, "
        f"delim='{DELIMITER}', quote='', escape='', comment='', auto_detect=false, new_line='\\n', "
        "max_line_size=20000000))",
        [path],
    )
    os.remove(path)
    ((count,),) = connection.execute("select count(*) from raw").fetchall()
    assert count == block.lines, f"DuckDB read {count} of {block.lines} lines"


def _readable(content: bytes) -> bytes:
    """A chunk with an empty line in place of each that DuckDB cannot read, or not as it is."""
    if content.isascii() and not any(each in content for each in _ODD):
        return content
    return b"".join(map(_readable_line, content.split(b"\n")[:-1]))


def _readable_line(line: bytes) -> bytes:
    line = line.removesuffix(b"\r")
    try:
        line.decode()
    except UnicodeDecodeError:
        return b"\n"
    return b"\n" if any(each in line for each in _ODD) else line + b"\n"
