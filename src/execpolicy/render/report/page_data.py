"""The data of the script of the page: what the matrix and the explanations are made of, as JSON."""

from __future__ import annotations

import json
from typing import Any

from execpolicy.render.report.diagram import END, GATES
from execpolicy.render.report.explanations import OF_CALL, OF_CALLER
from execpolicy.render.report.model import CellState, Report, ReportCall, ReportContext
from execpolicy.render.report.words import CLASSES, cell_label


def page_data(report: Report) -> str:
    """The data as JSON in ASCII, in which no ``<`` stands: it cannot end the element that holds it."""
    return json.dumps(_data(report), separators=(",", ":")).replace("<", "\\u003c")


def _data(report: Report) -> dict[str, Any]:
    stored = report.explanations
    styles = list(dict.fromkeys(line.style for line in stored.lines))
    return {
        "apis": [api.name for api in report.apis],
        "callers": [[each.name, each.principal, each.has_policies] for each in report.callers],
        "contexts": [[each.name, context_words(each)] for each in report.contexts],
        "calls": [[call_words(report, each), each.route, values_in_words(each), each.stage] for each in report.calls],
        "cells": [[_runs(row) for row in rows] for rows in report.cells],
        "states": [[state.value, CLASSES[state]] for state in CellState],
        "gateNames": [*GATES, END],
        "holes": [OF_CALL, OF_CALLER],
        "callValues": stored.call_values,
        "callerValues": stored.caller_values,
        "values": stored.values,
        "excerpts": ["\n".join(lines) for lines in stored.excerpts],
        "gates": stored.gates,
        "styles": styles,
        "lines": [[line.depth, styles.index(line.style), line.text, line.excerpt] for line in stored.lines],
        "frames": [
            [
                list(CellState).index(CellState(frame.state)),
                cell_label(frame.state, frame.statuses),
                frame.reason,
                frame.gates,
                frame.lines,
            ]
            for frame in stored.frames
        ],
        "explanations": stored.explanations,
    }


def _runs(row: tuple[int, ...]) -> list[int]:
    """A row in which equal neighbours are one: a number, or the negative number of further ones like it."""
    found: list[int] = []
    last = None
    for each in row:
        if each != last:
            found.append(each)
        elif found[-1] < 0:
            found[-1] -= 1
        else:
            found.append(-1)
        last = each
    return found


def call_words(report: Report, call: ReportCall) -> str:
    """A call in words, with the name of its API if there are several."""
    api = f"{report.apis[call.api].name}: " if len(report.apis) > 1 else ""
    return f"{api}{call.words}"


def values_in_words(call: ReportCall) -> str:
    """The sample values of a call, such as ``id = 1``."""
    return ", ".join(f"{name} = {value}" for name, value in call.values)


def context_words(context: ReportContext) -> str:
    """The keys of a context in words."""
    keys = [f"{name} = {', '.join(values)}" if values else f"{name} absent" for name, values in context.keys]
    rest = "no other condition key is given" if keys else "no condition key is given"
    unknown = "" if context.is_complete else ", and it is not known which ones the calls have"
    return "; ".join([*keys, rest + unknown])
