"""Faults of a reader and problems with nodes to diagnostics, in the order of the document."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.document.syntax.nodes import MAX_FAULTS, NOWHERE, TOO_MANY, TOO_MANY_ADVICE, Fault, Node, walk
from execpolicy.errors import Diagnostic, Source


class Problem(NamedTuple):
    """A problem of a node; the place of the fault may be that of its name, or of a part of it.

    ``second`` is a second node that the message names, with a label.
    """

    node: Node
    fault: Fault
    second: tuple[str, Node] | None = None


def diagnostics(faults: list[Fault], problems: list[Problem], root: Node | None, source: Source) -> list[Diagnostic]:
    """All problems of a document, in document order.

    Args:
        faults: from the reader.
        problems: from parse, in any order.
        root: the document, for paths.
        source: the text; an empty one for Python objects, whose places are paths.
    """
    wanted = {id(problem.node) for problem in problems}
    wanted.update(id(problem.second[1]) for problem in problems if problem.second is not None)
    nodes = enumerate(walk(root)) if root is not None and problems else ()
    order = {id(node): (at, path) for at, (node, path) in nodes if id(node) in wanted}
    found = [((fault.start, -1), _diagnostic(fault, source)) for fault in faults]
    for problem in problems:
        at, path = order[id(problem.node)]
        fault = problem.fault._replace(path=path)
        if problem.second is not None and fault.related is None:
            label, node = problem.second
            fault = fault._replace(message=f"{fault.message}; {label} {order[id(node)][1]}")
        found.append(((fault.start, at), _diagnostic(fault, source)))
    found.sort(key=lambda pair: pair[0])
    mistakes = [diagnostic for _, diagnostic in found]
    if len(problems) >= MAX_FAULTS:
        mistakes.append(mistakes[-1]._replace(message=TOO_MANY, advice=TOO_MANY_ADVICE, rule="", issue_code=""))
    return mistakes


def _diagnostic(fault: Fault, source: Source) -> Diagnostic:
    message, span = fault.message, None
    if fault.related is not None:
        label, offset = fault.related
        place = source.span(offset, offset + 1)
        message = f"{message}; {label} {source.name}:{place.line}:{place.column}"
    if fault.start != NOWHERE:
        span = source.span(fault.start, fault.end)
    return Diagnostic(message, source, span, fault.path, fault.advice, fault.rule, fault.issue_code, fault.correction)
