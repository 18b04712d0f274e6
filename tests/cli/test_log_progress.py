"""How much of the logs is read: the rate, the part that is done and the time that remains, by a clock of the test."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from execpolicy.cli.log_progress import LogProgress
from execpolicy.cli.working_line import WorkingLine
from tests.bulk.generated_log import API_FILE, LoggedCall, as_json
from tests.cli.conftest import Execute, document, write

#: The beginning of a run, or a pass, or lines and bytes that are read: each with its time.
Step = tuple[float, str, int, int]


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the line says."""
    found: list[str] = []
    monkeypatch.setattr(WorkingLine, "change", lambda _, what: found.append(what))
    return found


@pytest.mark.parametrize(
    ("size", "passes", "steps", "expected"),
    [
        pytest.param(
            1000,
            1,
            [(0, "begin", 0, 0), (10, "update", 2000, 250), (40, "update", 8000, 900), (44, "update", 9000, 1000)],
            [
                "2000 lines replayed, 200 a second, 25 % done, about 30 s left",
                "8000 lines replayed, 200 a second, 90 % done, about 10 s left",
                "9000 lines replayed, 205 a second, 100 % done",
            ],
            id="files",
        ),
        pytest.param(
            None,
            1,
            [(0, "begin", 0, 0), (10, "update", 2000, 0), (100, "update", 2000, 0)],
            ["2000 lines replayed, 200 a second", "2000 lines replayed, 20 a second"],
            id="standard input",
        ),
        pytest.param(
            1000,
            1,
            # What another run counted says nothing of the time that this one takes.
            [(5, "begin", 5000, 500), (5, "update", 5000, 500), (105, "update", 6000, 600)],
            [
                "5000 lines replayed, 0 a second, 50 % done",
                "6000 lines replayed, 10 a second, 60 % done, about 7 min left",
            ],
            id="a run that goes on",
        ),
        pytest.param(
            1000,
            2,
            [(0, "begin", 0, 0), (10, "update", 100, 1000), (10, "begin", 0, 0), (15, "update", 100, 500)],
            [
                "100 lines replayed, 10 a second, 50 % done, about 10 s left",
                "100 lines replayed, 20 a second, 75 % done, about 10 s left",
            ],
            id="two passes",
        ),
        pytest.param(
            10**9,
            1,
            [(0, "begin", 0, 0), (50, "update", 9, 10**7), (60, "update", 9, 2 * 10**9)],
            [
                "9 lines replayed, 0 a second, 1 % done, about 1 h 23 min left",
                "9 lines replayed, 0 a second, 100 % done",
            ],
            id="a file that grows",
        ),
    ],
)
def test_what_is_shown(words: list[str], size: int | None, passes: int, steps: list[Step], expected: list[str]) -> None:
    times: Iterator[float] = (time for time, *_ in steps)
    progress = LogProgress(
        WorkingLine(lambda _: None), "replayed", size, passes=passes, clock=lambda: float(next(times))
    )
    for _, what, lines, read in steps:
        getattr(progress, what)(lines, read)
    assert words == expected


@pytest.fixture
def log(folder: Path) -> bytes:
    """A log of 2,500 lines and an API file."""
    everything: dict[str, Any] = {"Principal": "*", "Resource": "execute-api:/*"}
    write(folder / "api.json", {**API_FILE, "resource_policy": document(**everything)})
    call = LoggedCall("GET", "/health", "203.0.113.77", "-", 1_796_040_000_000, {"status": 200})
    content = f"{as_json(call)}\n".encode() * 2500
    (folder / "access.log").write_bytes(content)
    return content


def test_a_replay_shows_the_part_that_is_done(words: list[str], log: bytes, execute: Execute) -> None:
    assert execute("replay", "access.log", "--api", "api.json").code == 0
    shown = [re.sub(r"[0-9]+ a second|about .* left", "…", each) for each in words]
    assert shown == [
        "1000 lines replayed, …, 40 % done, …",
        "2000 lines replayed, …, 80 % done, …",
        "2500 lines replayed, …, 100 % done",
    ]
    words.clear()
    assert execute("replay", "-", "--api", "api.json", stdin=log).code == 0
    assert [re.sub("[0-9]+ a second", "…", each) for each in words] == [
        "1000 lines replayed, …",
        "2000 lines replayed, …",
    ]


@pytest.mark.usefixtures("log")
def test_narrow_reads_the_log_twice(words: list[str], execute: Execute) -> None:
    assert execute("narrow", "access.log", "--api", "api.json").code == 0
    parts = [re.search("([0-9]+) % done", each) for each in words]
    assert [each[1] for each in parts if each] == ["20", "40", "50", "70", "90", "100"]
