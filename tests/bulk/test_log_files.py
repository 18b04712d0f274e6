"""The lines of logs: files, folders, patterns, standard input, compressed or not; and what cannot be read."""

from __future__ import annotations

import gzip
import io
import json
import os
import sys
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from execpolicy import ExecPolicyError, UsageError, narrow, replay
from execpolicy.bulk.log_blocks import log_blocks
from execpolicy.bulk.log_files import LogLine, chunks_of, log_lines, size_of_files
from execpolicy.bulk.log_sample import sampled_blocks
from execpolicy.document.syntax.nodes import MAX_DOCUMENT
from tests.bulk.generated_log import STATEMENTS, a_call, api_of, as_json
from tests.bulk.test_replay import policy_of


def texts(*paths: str | Path) -> list[str]:
    return [f"{Path(line.file).name}:{line.number} {line.content.decode()}" for line in log_lines(paths)]


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(b"one\r\n\ntwo")
    assert texts(tmp_path / "a.log") == ["a.log:1 one", "a.log:2 ", "a.log:3 two"]
    assert next(log_lines(str(tmp_path / "a.log"))).place == f"{tmp_path / 'a.log'}:1"


def test_folders_and_patterns(tmp_path: Path) -> None:
    (tmp_path / "logs" / "day").mkdir(parents=True)
    (tmp_path / "logs" / "b.log").write_text("b", "utf-8")
    (tmp_path / "logs" / "day" / "a.log.gz").write_bytes(gzip.compress(b"a\nc\n"))
    assert sorted(texts(tmp_path / "logs")) == ["a.log.gz:1 a", "a.log.gz:2 c", "b.log:1 b"]
    assert texts(str(tmp_path / "logs" / "*.log")) == ["b.log:1 b"]
    assert texts(str(tmp_path / "**" / "*.gz")) == ["a.log.gz:1 a", "a.log.gz:2 c"]


def test_a_name_that_looks_like_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "a[1].log").write_text("x", "utf-8")
    assert texts(tmp_path / "a[1].log") == ["a[1].log:1 x"]


@pytest.mark.parametrize("content", [b"one\ntwo\n", gzip.compress(b"one\ntwo\n")], ids=["plain", "gzip"])
def test_standard_input(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content)), "utf-8"))
    assert list(log_lines("-")) == [LogLine("<stdin>", 1, b"one"), LogLine("<stdin>", 2, b"two")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_read_once_with_all_its_lines(tmp_path: Path) -> None:
    pipe, other = tmp_path / "pipe", tmp_path / "other.log"
    os.mkfifo(pipe)
    call = as_json(a_call(Random(1), 1)).encode() + b"\n"
    other.write_bytes(call)
    writer = Thread(target=pipe.write_bytes, args=(call * 3000,))
    writer.start()
    found = replay([other, pipe], None, api_of(STATEMENTS[0]))
    writer.join()
    assert found.lines == 3001
    with pytest.raises(UsageError, match=r'narrow reads the logs twice, and the pipe ".*" can be read once'):
        narrow([other, pipe], policy_of("resource", STATEMENTS[:1]), api_of())


def test_a_compressed_file_that_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))[:-2000])
    lines = log_lines(path)
    assert next(lines).content == b"0"
    with pytest.raises(ExecPolicyError, match=r"a\.gz:[0-9]+: the compressed file ends early"):
        list(lines)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PAR1xxxx", r"cannot read|is not installed"),
        (gzip.compress(b"a\n")[:12] + b"xxxxxxxxxxxx", "cannot read"),
        (b"x" * (MAX_DOCUMENT + 2), ":1: found a line of more than"),
    ],
    ids=["parquet", "broken gzip", "long line"],
)
def test_content_that_cannot_be_read(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.log").write_bytes(content)
    with pytest.raises(ExecPolicyError, match=message):
        list(log_lines(tmp_path / "a.log"))


LINES = [b'{"httpMethod": "GET", "path": "/a"}', b"{broken", b"", "{\u00e4".encode()]


def test_a_file_that_zstd_compresses(tmp_path: Path) -> None:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        zstd = pytest.importorskip("backports.zstd", reason="the extra logs is not installed")
    path = tmp_path / "a.log.zst"
    content = zstd.compress(b"\n".join(LINES * 1000))
    path.write_bytes(content)
    assert [line.content for line in log_lines(path)] == LINES * 1000
    for wrong in (content[:-5], content[:4] + b"\xff" * 20):
        path.write_bytes(wrong)
        with pytest.raises(ExecPolicyError, match=r"ends early|cannot read"):
            list(log_lines(path))


def test_a_parquet_file(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra logs is not installed")
    path = tmp_path / "it's [a].parquet"
    written = str(path).replace("'", "''")
    duckdb.execute(
        "copy (select * from (values ('GET', '/a', 200, null), ('POST', '/\u00e4 \"b', null, '-')) "
        f'as log("httpMethod", path, status, "identity.userArn")) to \'{written}\' (format parquet)'
    )
    found = list(log_lines(path))
    assert [json.loads(line.content) for line in found] == [
        {"httpMethod": "GET", "path": "/a", "status": 200, "identity.userArn": None},
        {"httpMethod": "POST", "path": '/\u00e4 "b', "status": None, "identity.userArn": "-"},
    ]
    assert found[1].place == f"{path}:2"


@pytest.mark.parametrize(("module", "content"), [("duckdb", b"PAR1xxxx"), ("backports.zstd", b"\x28\xb5\x2f\xfd\0")])
def test_what_reads_a_file_is_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, content: bytes
) -> None:
    if module == "backports.zstd" and sys.version_info >= (3, 14):
        pytest.skip("Python reads zstd itself")
    monkeypatch.setitem(sys.modules, module, None)
    if module == "backports.zstd":
        monkeypatch.delattr("backports.zstd", raising=False)
    (tmp_path / "a.log").write_bytes(content)
    with pytest.raises(ExecPolicyError, match="is not installed") as caught:
        list(log_lines(tmp_path / "a.log"))
    assert caught.value.advice == "pip install 'execpolicy[logs]'"


def test_how_much_of_the_files_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb", reason="the extra logs is not installed")
    lines = b"".join(sha256(b"%d" % number).hexdigest().encode() + b"\n" for number in range(2000))
    (tmp_path / "a.log").write_bytes(lines)
    (tmp_path / "b.gz").write_bytes(gzip.compress(lines))
    duckdb.execute(f"copy (select range as path from range(2000)) to '{tmp_path / 'c.parquet'}' (format parquet)")
    paths = [str(tmp_path / name) for name in ("a.log", "b.gz", "c.parquet")]
    sizes = [Path(path).stat().st_size for path in paths]
    monkeypatch.setattr("execpolicy.bulk.log_files._CHUNK", 10_000)
    for path, size in zip(paths, sizes, strict=True):
        positions = [read for _, read in chunks_of(path)]
        assert positions == sorted(positions)
        assert positions[-1] == size
    assert size_of_files(paths) == sum(sizes)
    assert size_of_files([*paths, "-"]) is size_of_files([str(tmp_path)]) is None
    blocks = list(log_blocks(paths, 300))
    assert [block.read for block in blocks] == sorted(block.read for block in blocks)
    assert blocks[-1].read == sum(sizes)
    first, second = blocks[:2]
    assert second.read_at(0) == first.read
    assert first.read < second.read_at(second.lines // 2) < second.read_at(second.lines) == second.read
    sampled = list(sampled_blocks(log_blocks(paths, 300), Fraction(1, 2), seed=1))
    assert sampled[-1].read == sum(sizes)


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path, message in (
        (tmp_path / "none.log", "cannot read .*: No such file"),
        (tmp_path / "*.log", "no file has a name like"),
        (tmp_path / "empty", "the folder .* has no file"),
    ):
        with pytest.raises(ExecPolicyError, match=message):
            list(log_lines(str(path)))
