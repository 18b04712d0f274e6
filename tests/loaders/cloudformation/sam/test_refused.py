"""SAM templates with mistakes, in the folder ``refused``: the comments at the end of each are its errors (SRC-3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from execpolicy.errors import PolicySyntaxError
from tests.loaders.cloudformation.stacks import stacks

FOLDER = Path(__file__).parent / "refused"


@pytest.mark.rule("SRC-3")
@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name.partition(".")[0])
def test_mistakes_are_reported_at_their_places(path: Path) -> None:
    text = path.read_text("utf-8")
    with pytest.raises(PolicySyntaxError) as caught:
        stacks(text)
    found = [
        f"# {one.place.removeprefix('template.yaml:')}: {one.message}; {one.advice}" for one in caught.value.errors
    ]
    assert found == [line for line in text.splitlines() if line.startswith("# ")]
    assert found, "each template has a mistake"
