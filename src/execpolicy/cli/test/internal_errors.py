"""Mistakes of execpolicy that show while cases are run: which case it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from execpolicy.cli.terminal import complain
from execpolicy.cli.test.progress import Progress
from execpolicy.testing.case_file.model import Item

COMMAND = "execpolicy test"


@contextmanager
def naming(item: Item, progress: Progress | None = None) -> Iterator[None]:
    """Name the case in which a mistake of execpolicy shows; the rest is told where all such mistakes are."""
    try:
        yield
    except Exception:
        if progress is not None:
            progress.stop()
        complain(f"{COMMAND}: while running {item.place}: {item.name}")
        raise
