"""A result of ``execpolicy replay`` for a report: the JSON that it wrote, without values of the logs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.text_file import read_text
from execpolicy.document.syntax.wording import counted, listed
from execpolicy.render.replay import SCHEMA_VERSION
from execpolicy.render.report.model import ReplayedGroup, ReportReplay

_ADVICE = "give a file that execpolicy replay --format json wrote"
_BY_LOG = "as the log says"


def read_replay(inputs: Inputs, path: str | None) -> ReportReplay | None:
    """The replay; None without one, or if an error was reported."""
    text = None if path is None else read_text(inputs, path, "--replay")
    if text is None:
        return None
    try:
        data = json.loads(text.text)
        if not isinstance(data, dict) or data.get("schema_version") != SCHEMA_VERSION:
            inputs.report(f"--replay: {path} is no result of a replay", advice=_ADVICE)
            return None
        if data["raw_values"]:
            message = f"--replay: {path} has paths, sessions and addresses of the logs (--raw-values)"
            inputs.report(message, advice="run execpolicy replay without --raw-values: a report shows none of them")
            return None
        return _replay(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        inputs.report(f"--replay: {path} is no result of a replay: {type(error).__name__}", advice=_ADVICE)
        return None


def _replay(data: Mapping[str, Any]) -> ReportReplay:
    period = f", {data['first']} to {data['last']}" if data["first"] and data["last"] else ""
    estimated = f"estimated from {data['sample']} of the lines: " if data["sample"] else ""
    counts = ", ".join(f"{int(number)} {change}" for change, number in data["counts"].items())
    words = f"{estimated}{counted(int(data['calls']), 'call')}{period}: {counts}"
    return ReportReplay(words, tuple(map(_group, data["groups"])), tuple(_notes(data)))


def _group(group: Mapping[str, Any]) -> ReplayedGroup:
    causes = [*group["causes"], *filter(None, [group["detail"]])]
    before, after = _side(group["before"]), _side(group["after"])
    if causes:
        before, after = "", f"not known: {listed(causes, 'and')}"
    route = str(group["route"] or "no route")
    return ReplayedGroup(str(group["change"]), int(group["calls"]), route, str(group["caller"]), before, after)


def _side(side: Mapping[str, Any] | None) -> str:
    if side is None:
        return _BY_LOG
    refused = " or ".join(map(str, side["statuses"]))
    words = {"allowed": "gets through", "denied": f"refused with {refused}"}.get(side["outcome"], _BY_LOG)
    at = f" at the gate {side['gate']}" if side["gate"] else ""
    by = ", ".join(_statement(each) for each in side["statements"])
    return f"{words}{at}{f', by {by}' if by else ''}"


def _statement(statement: Mapping[str, Any]) -> str:
    name = statement["sid"] or f"Statement[{statement['index']}]"
    place = f":{statement['line']}:{statement['column']}" if statement["line"] else ""
    return f"{statement['policy']}{place} {name}"


def _notes(data: Mapping[str, Any]) -> Iterator[str]:
    for each in data["unused"]:
        name = each["sid"] or f"Statement[{each['index']}]"
        yield f"decided no call of the log: {each['effect']} {each['place']} {name}"
    yield from (f"left out: {int(number)} ({reason})" for reason, number in data["left_out"].items())
    if data["contradicted"]:
        yield f"the old version answers {counted(int(data['contradicted']), 'call')} differently from AWS"
    if data["inferred"]:
        yield f"known only by AWS's logged answer: {counted(int(data['inferred']), 'call')}"
    yield from map(str, data["notes"])
