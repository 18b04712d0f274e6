"""Names the case during which an internal error occurs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from execpolicy.cli.streams import write_error
from execpolicy.cli.test.progress import Progress
from execpolicy.testing.case_file.model import Item

COMMAND = "execpolicy test"


@contextmanager
def name_item_on_error(item: Item, progress: Progress | None = None) -> Iterator[None]:
    """Write the name of the item if an internal error occurs in it; ``main`` reports the error itself."""
    try:
        yield
    except Exception:
        if progress is not None:
            progress.stop()
        write_error(f"{COMMAND}: while running {item.place}: {item.name}")
        raise
