"""What sarif-tools reads in our logs is what was found.

``make test-oracles`` runs sarif-tools and writes ``tests/fixtures/sarif/sarif_tools.json``. Messages are not compared:
a rule may get a better one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Execute
from tests.command_runs import ROOT
from tools.ci_oracles.scratch import REPOSITORIES, write_repository

RECORDED = json.loads((ROOT / "tests" / "fixtures" / "sarif" / "sarif_tools.json").read_text("utf-8"))
READ: dict[str, dict[str, Any]] = {read["repository"]: read for read in RECORDED["read"]}


def test_every_repository_was_read() -> None:
    assert READ.keys() == REPOSITORIES.keys()
    assert {len(read["csv"]) for read in READ.values()} == {0, 2}


@pytest.mark.parametrize("repository", REPOSITORIES)
def test_what_is_read_is_what_was_found(
    repository: str, execute: Execute, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_repository(repository, tmp_path)
    monkeypatch.chdir(tmp_path)
    found = json.loads(execute("lint", "--format", "json", ".").out)["findings"]
    expected = [("error", each["rule"], each["file"], each["locations"][0]["span"]["start"]["line"]) for each in found]
    rows, quality = READ[repository]["csv"], READ[repository]["codeclimate"]
    assert [(row["Severity"], row["Code"], row["Location"], int(row["Line"])) for row in rows] == expected
    assert all(row["Description"] for row in rows)
    places = [(each["check_name"], each["location"]["path"], each["location"]["lines"]["begin"]) for each in quality]
    assert places == [(rule, file, line) for _, rule, file, line in expected]
