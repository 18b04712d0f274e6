"""A log in Parquet: each row is a line in JSON, with the columns as fields."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import IO, TYPE_CHECKING

from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@contextmanager
def opened_parquet(path: str) -> Iterator[IO[bytes]]:
    """The rows of a file as lines, which are in a temporary file while they are read.

    Args:
        path: the file.

    Raises:
        ExecPolicyError: DuckDB is not installed, or it cannot read the file.
    """
    with TemporaryDirectory(prefix="execpolicy-replay-") as folder:
        lines = os.path.join(folder, "lines")
        with connected(folder, f"{quoted(path)} is a Parquet file") as connection:
            import duckdb

            try:
                connection.read_parquet(_literal(path)).create_view("log")
                connection.execute(f"copy log to {quoted_text(lines)} (format json)")
            except duckdb.Error as error:
                reason = str(error).partition("\n")[0]
                raise ExecPolicyError(f"cannot read {quoted(path)}: {reason}", advice="check the file") from error
        with open(lines, "rb") as file:
            yield file


def connected(folder: str, needed: str) -> DuckDBPyConnection:
    """A database that keeps its temporary files in a folder, and loads nothing from the network.

    Args:
        folder: the folder.
        needed: what needs it, as the message says.

    Raises:
        ExecPolicyError: DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        message = f"{needed}, and DuckDB, which reads and writes it, is not installed"
        raise ExecPolicyError(message, advice="pip install 'execpolicy[logs]'") from None
    return duckdb.connect(config={"temp_directory": folder, "autoinstall_known_extensions": "false"})


def quoted_text(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _literal(path: str) -> str:
    """The path as a pattern of names that matches it alone."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)
