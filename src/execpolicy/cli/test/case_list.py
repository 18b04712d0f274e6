"""``execpolicy test --list``: the places and names of the selected cases, none of which is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from execpolicy.cli.streams import write
from execpolicy.cli.test.collect import CollectedFile
from execpolicy.document.syntax.wording import counted, printable


def write_list(files: Sequence[CollectedFile], *, quiet: bool) -> None:
    """Write a line for each case, and their number unless ``quiet``.

    Raises:
        OutputError: it cannot be written.
    """
    write("".join(f"{line}\n" for line in _lines(files, quiet=quiet)))


def _lines(files: Sequence[CollectedFile], *, quiet: bool) -> Iterator[str]:
    for file in files:
        yield from (printable(f"{item.place}: {item.name}") for item in file.items)
    if not quiet:
        cases, left_out = sum(len(file.items) for file in files), sum(file.deselected for file in files)
        aside = f", {left_out} not selected" if left_out else ""
        used = sum(bool(file.items) for file in files)
        yield f"\n{counted(cases, 'case')}{aside} ({counted(used, 'file')})"
