"""The lines of access logs: of files, folders, patterns of names and standard input, compressed or not."""

from __future__ import annotations

import gzip
import os
import stat
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from glob import glob
from typing import IO, Any, Final, NamedTuple

from execpolicy.arguments import described
from execpolicy.arguments import path as path_text
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, UsageError

STANDARD_INPUT: Final = "-"
_STANDARD_INPUT_NAME: Final = "<stdin>"
_GZIP, _ZSTD, _PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
#: The number of bytes that are read at once.
_CHUNK: Final = 1 << 20
#: The characters that make a path a pattern of names.
_OF_PATTERNS: Final = "*?["


class LogLine(NamedTuple):
    """One line of a log, without its end.

    Attributes:
        file: the name of the file.
        number: the number of the line, from 1.
        content: its bytes.
    """

    file: str
    number: int
    content: bytes

    @property
    def place(self) -> str:
        """``file:line``."""
        return f"{self.file}:{self.number}"


def log_lines(logs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Iterator[LogLine]:
    """The lines of logs, file after file. What cannot be read ends the run with its place: no file is left out.

    Args:
        logs: files, folders with all their files, or patterns of names such as ``logs/*.gz``; ``-`` is standard input.

    Raises:
        ExecPolicyError: a file cannot be read, or ends early; the message has the place.
        UsageError: ``logs`` is no path and no list of paths.
    """
    for path in log_paths(logs):
        yield from _lines_of(path)


def log_paths(logs: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> list[str]:
    """The files of logs, in the order in which they are read; ``-`` is standard input.

    Args:
        logs: as for ``log_lines``.

    Raises:
        ExecPolicyError: a folder has no file, or no file has such a name.
        UsageError: ``logs`` is no path and no list of paths.
    """
    paths = [logs] if isinstance(logs, (str, os.PathLike)) else logs
    if isinstance(paths, (bytes, bytearray)) or not isinstance(paths, Iterable):
        raise UsageError(f"logs are paths, found {described(logs)}", advice='write replay("access.log", after=api)')
    found = [path for given in paths for path in _files(path_text(given))]
    if not found:
        raise UsageError("found no log, expected at least one", advice="name a file, a folder or a pattern")
    return found


class LogChunk(NamedTuple):
    """Whole lines of a file, each with its end.

    Attributes:
        content: the lines.
        read: the bytes of the file that are read so far, compressed as they are.
    """

    content: bytes
    read: int


def chunks_of(path: str) -> Iterator[LogChunk]:
    """The content of a file in chunks of whole lines; the last line has an end too.

    Args:
        path: the file.

    Raises:
        ExecPolicyError: as ``log_lines``.
    """
    rest, is_wrong, position = b"", False, 0
    try:
        with _opened(path) as opened:
            while not is_wrong and (read := opened.lines.read(_CHUNK)):
                position = opened.position()
                whole, end, after = read.rpartition(b"\n")
                if end:
                    yield LogChunk(b"".join((rest, whole, end)), position)
                    rest = after
                else:
                    rest += after
                is_wrong = len(rest) > MAX_DOCUMENT
    except EOFError:
        is_wrong = True
    except _errors_of_content():
        is_wrong = True
    if is_wrong:
        # The place of the error is that of the line.
        for _ in _lines_of(path):
            pass
        raise ExecPolicyError(f"cannot read {quoted(path)}: it changed while it was read", advice="read a copy of it")
    if rest:
        yield LogChunk(rest + b"\n", position)


def read_once(paths: Iterable[str]) -> str | None:
    """The first path that can be read once only, in words: standard input or a pipe. None if there is none.

    Args:
        paths: the files.
    """
    for path in paths:
        if path == STANDARD_INPUT:
            return "standard input"
        # What is not there, or is a folder, is an error that reading it reports.
        if not os.path.isfile(path) and not os.path.isdir(path) and os.path.exists(path):
            return f"the pipe {quoted(path)}"
    return None


def size_of_files(paths: Iterable[str]) -> int | None:
    """The bytes of all files; None if one of them has no size, as standard input and a pipe.

    Args:
        paths: the files.
    """
    sizes = [_size_of_file(path) for path in paths]
    return None if None in sizes else sum(size for size in sizes if size is not None)


def _size_of_file(path: str) -> int | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # reading it says what is wrong
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _files(given: str) -> list[str]:
    """The files that a path means, in the order of their names."""
    if given == STANDARD_INPUT:
        return [given]
    if os.path.isdir(given):
        found = sorted(os.path.join(folder, name) for folder, _, names in os.walk(given) for name in names)
        what = "the folder {} has no file"
    elif not os.path.lexists(given) and any(char in given for char in _OF_PATTERNS):
        found = sorted(path for path in glob(given, recursive=True) if os.path.isfile(path))
        what = "no file has a name like {}"
    else:
        return [given]
    if not found:
        raise ExecPolicyError(what.format(quoted(given)), advice="check the path")
    return found


def _lines_of(path: str) -> Iterator[LogLine]:
    name = _STANDARD_INPUT_NAME if path == STANDARD_INPUT else path
    number = 0
    try:
        with _opened(path) as opened:
            while content := opened.lines.readline(MAX_DOCUMENT + 1):
                number += 1
                if len(content) > MAX_DOCUMENT and not content.endswith(b"\n"):
                    message = f"{name}:{number}: found a line of more than {MAX_DOCUMENT} bytes (16 MiB)"
                    raise ExecPolicyError(message, advice="give a log with one call in each line")
                yield LogLine(name, number, content.removesuffix(b"\n").removesuffix(b"\r"))
    except EOFError as error:
        message = f"{name}:{number + 1}: the compressed file ends early"
        raise ExecPolicyError(message, advice="get the file again; nothing after this line is read") from error
    except _errors_of_content() as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = f"{name}:{number + 1}: " if number else ""
        raise ExecPolicyError(f"{where}cannot read {quoted(name)}: {reason}", advice="check the path") from error


class _Opened(NamedTuple):
    """A file that is read: its lines, and the number of its bytes that are read so far."""

    lines: IO[bytes]
    position: Callable[[], int]


@contextmanager
def _opened(path: str) -> Iterator[_Opened]:
    """The file, decompressed by its first bytes."""
    if path == STANDARD_INPUT:
        yield _Opened(_decompressed(sys.stdin.buffer, path), int)
        return
    with open(path, "rb") as file:
        if file.peek(len(_PARQUET)).startswith(_PARQUET):
            from execpolicy.bulk.parquet_log import opened_parquet

            with opened_parquet(path) as lines:
                # The lines are in a temporary file.
                of_lines, of_file = (os.fstat(each.fileno()).st_size for each in (lines, file))
                yield _Opened(lines, lambda: lines.tell() * of_file // max(of_lines, 1))
            return
        yield _Opened(_decompressed(file, path), file.tell)


def _decompressed(file: IO[bytes], path: str) -> IO[bytes]:
    peek: Callable[[int], bytes] = getattr(file, "peek", lambda _: b"")
    begins = peek(len(_ZSTD))[: len(_ZSTD)]
    if begins.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[return-value]  # a file of bytes that is read
    if begins == _ZSTD:
        return _of_zstd(file, path)
    if begins == _PARQUET:
        message = "found a Parquet file as standard input, which can be read as a file only"
        raise ExecPolicyError(message, advice="give its path")
    return file


def _of_zstd(file: IO[bytes], path: str) -> IO[bytes]:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        try:
            from backports import zstd
        except ImportError:
            message = f"{quoted(path)} is compressed by zstd, and backports.zstd, which reads it, is not installed"
            raise ExecPolicyError(message, advice="pip install 'execpolicy[logs]'") from None
    opened: Any = zstd.open(file, "rb")
    found: IO[bytes] = opened
    return found


def _errors_of_content() -> tuple[type[BaseException], ...]:
    """What reading a file can raise."""
    modules = (sys.modules.get(name) for name in ("compression.zstd", "backports.zstd"))
    of_zstd = tuple(each.ZstdError for each in modules if each is not None)
    return (OSError, ValueError, zlib.error, *of_zstd)
