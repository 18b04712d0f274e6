"""execpolicy diff --within: the requests that are compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Execute, document, write


@pytest.fixture
def versions(folder: Path) -> None:
    """A policy that allows GET, and one that allows every method."""
    write(folder / "old.json", document(Principal="*", Resource="execute-api:/prod/GET/*"))
    write(folder / "new.json", document(Principal="*", Resource="execute-api:/*"))


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("within", "verdict", "code"),
    [
        ("GET /pets", "LAXER", 1),  # in another stage than prod
        ("GET /pets on prod", "EQUAL", 0),
        ("POST /pets on prod", "LAXER", 1),
        ("arn:aws:execute-api:*:*:*/prod/GET/*", "LAXER", 1),  # its * crosses "/": DELETE of /x/prod/GET/y matches
        ("arn:aws:execute-api:*:*:*/prod/P*", "LAXER", 1),
        ("on prod from 198.51.100.0/24", "LAXER", 1),
        ("when aws:SourceVpce = vpce-1", "LAXER", 1),
    ],
)
def test_only_the_requests_within_are_compared(execute: Execute, within: str, verdict: str, code: int) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", within)
    assert (run.code, run.err) == (code, "")
    assert run.out.split(" ", 1)[0] == verdict


@pytest.mark.usefixtures("versions")
def test_a_text_that_names_no_requests_is_an_error_at_its_place(execute: Execute) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", "GET pets")
    assert (run.code, run.out) == (2, "")
    assert run.err == (
        '--within:1:5: found "pets", expected a comma or a path\n'
        "  1 | GET pets\n"
        "    |     ^^^^\n"
        "  write for example GET /orders/*\n"
    )


@pytest.mark.usefixtures("versions")
def test_a_limit_that_cannot_be_read_is_an_error_at_its_place(execute: Execute) -> None:
    run = execute("diff", "old.json", "new.json", "--kind", "resource", "--within", "from 300.1")
    assert run.code == 2
    assert run.err.startswith('--within:1:6: found "300.1", expected a range of addresses\n')
