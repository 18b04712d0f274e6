"""Cycles of references."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.wording import counted

#: A longer cycle is shown by its beginning and its end.
_SHOWN = 8


def report_cycles(problems: Problems, edges: Mapping[str, Mapping[str, Node]], what: str) -> None:
    """Report each reference that closes a cycle, with the cycle.

    Args:
        problems: collects them.
        edges: the names that each name refers to, and where.
        what: what refers to each other, as an error says it.
    """
    finished: set[str] = set()
    for first in edges:
        if first in finished:
            continue
        # The path that is followed, each name with the references that are still to be followed.
        path: dict[str, Iterator[tuple[str, Node]]] = {first: iter(edges[first].items())}
        while path:
            name = next(reversed(path))
            following = next(path[name], None)
            if following is None:
                finished.add(name)
                del path[name]
                continue
            target, at = following
            if target in path:
                names = [*path]
                cycle = [*names[names.index(target) :], target]
                problems.report(at, f"found {what}: {_shown(cycle)}", "remove one of the references")
            elif target in edges and target not in finished:
                path[target] = iter(edges[target].items())


def _shown(cycle: list[str]) -> str:
    if len(cycle) > _SHOWN:
        left_out = counted(len(cycle) - _SHOWN, "name")
        cycle = [*cycle[: _SHOWN // 2], f"({left_out})", *cycle[-_SHOWN // 2 :]]
    return " -> ".join(cycle)
