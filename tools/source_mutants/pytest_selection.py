"""A pytest plugin that runs the tests that a file lists, in the order of the list."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

#: The environment variable with the path of the file that lists the ids of the tests, one per line.
SELECTION = "SOURCE_MUTANTS_SELECTION"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the listed tests."""
    wanted = Path(os.environ[SELECTION]).read_text(encoding="utf-8").split("\n")
    found = {item.nodeid: item for item in items}
    kept = [found[name] for name in wanted if name in found]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept
