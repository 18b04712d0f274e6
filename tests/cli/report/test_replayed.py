"""The replay of a report: the numbers and groups of a result that execpolicy replay wrote, without values of logs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Execute
from tests.cli.report.made_reports import kept_reports, write_files

LINE = {
    "requestId": "1",
    "requestTimeEpoch": "1772366400000",
    "httpMethod": "GET",
    "path": "/prod/health",
    "stage": "prod",
    "apiId": "a1b2c3",
    "identity.sourceIp": "198.51.100.7",
    "status": "200",
}


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    write_files(folder)
    (folder / "access.log").write_text(json.dumps(LINE) + "\n", "utf-8")


def replayed(execute: Execute, folder: Path, *options: str) -> str:
    run = execute("replay", "access.log", "--api", "shop.json", "--format", "json", *options)
    assert run.code != 2
    (folder / "replay.json").write_text(run.out, "utf-8")
    return run.out


def test_the_groups_of_a_replay(execute: Execute, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.loads(replayed(execute, folder))
    made = kept_reports(monkeypatch)
    run = execute("report", "--api", "shop.json", "--replay", "replay.json", "-o", "r.html")
    assert (run.code, run.err) == (0, "")
    replay = made.last.replay
    assert replay is not None
    assert replay.words.startswith("1 call, 2026-03-01T12:00:00Z to 2026-03-01T12:00:00Z: ")
    assert len(replay.groups) == len(data["groups"])
    for group, expected in zip(replay.groups, data["groups"], strict=True):
        assert (group.change, group.calls, group.route) == (expected["change"], expected["calls"], expected["route"])
    assert any("Supplier" in note for note in replay.notes)
    assert "198.51.100.7" not in (folder / "r.html").read_text("utf-8")


def test_values_of_logs_are_refused(execute: Execute, folder: Path) -> None:
    replayed(execute, folder, "--raw-values")
    run = execute("report", "--api", "shop.json", "--replay", "replay.json", "-o", "r.html")
    assert run.code == 2
    assert "--replay: replay.json has paths, sessions and addresses of the logs (--raw-values)" in run.err
    assert not (folder / "r.html").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema_version": 1}', '{"schema_version": 2}', "[" * 5000])
def test_another_file_is_refused(execute: Execute, folder: Path, text: str) -> None:
    (folder / "replay.json").write_text(text, "utf-8")
    run = execute("report", "--api", "shop.json", "--replay", "replay.json", "-o", "r.html")
    assert run.code == 2
    assert "--replay: replay.json is no result of a replay" in run.err


def test_a_group_of_a_wrong_form_is_refused(execute: Execute, folder: Path) -> None:
    data = json.loads(replayed(execute, folder))
    data["groups"] = [{"change": "newly refused"}]
    (folder / "replay.json").write_text(json.dumps(data), "utf-8")
    assert (
        "is no result of a replay: KeyError"
        in execute("report", "--api", "shop.json", "--replay", "replay.json", "-o", "r").err
    )
