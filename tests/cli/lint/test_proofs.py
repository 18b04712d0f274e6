"""``execpolicy lint --prove`` checks the rules that need a proof, and so does ``--select``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Execute

ALLOW = '{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}'


@pytest.mark.parametrize("options", [("--prove",), ("--select", "EP-RED"), ("--prove", "--select", "EP-ARN")])
def test_an_option_lets_lint_check_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, execute: Execute, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{ALLOW}, {ALLOW}]}}', "utf-8")
    assert "EP-RED" not in execute("lint", "p.json").out
    run = execute("lint", *options, "p.json")
    assert run.out.count("suggestion EP-RED-004") == 2


@pytest.mark.parametrize("options", [("--prove",), ("--select", "EP-RED-004")])
def test_fixes_of_them_are_made_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, execute: Execute, options: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.json").write_text(f'{{"Version": "2012-10-17", "Statement": [{ALLOW}, {ALLOW}, {ALLOW}]}}', "utf-8")
    assert "would fix 2 findings in 1 file" in execute("lint", *options, "--diff", "p.json").err
    run = execute("lint", *options, "--fix", "p.json")
    assert "fixed 2 findings in 1 file" in run.out
    assert Path("p.json").read_text("utf-8") == f'{{"Version": "2012-10-17", "Statement": [{ALLOW}]}}'
