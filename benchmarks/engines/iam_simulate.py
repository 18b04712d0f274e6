"""@cloud-copilot/iam-simulate, in a node process that measures the time itself.

It is used in two ways. ``runUnsafeSimulation`` checks nothing and returns only the result. It is the faster way, and
decisions are compared with it. ``runSimulation`` also looks up action, resource type and context keys, and returns an
explanation. In both ways the policies are validated once.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from shutil import which
from typing import Any

from benchmarks.engines.contract import AbsentError, Engine, Row, Session, TimedAnswers, with_tags, written_out
from benchmarks.workload import ACCOUNT, ACTION, CALLER, TAGS, PlainRequest, Workload

NAME, VALIDATING = "iam-simulate", "iam-simulate, explaining"

#: The folder in which ``make bench`` installs the package with npm.
FOLDER = Path(os.environ.get("EXECPOLICY_BENCH_NODE") or Path(__file__).parents[1] / ".node")


class _Node:
    """A node process that reads one JSON value per line and writes one."""

    def __init__(self) -> None:
        command = [which("node") or "node", str(Path(__file__).with_suffix(".mjs")), str(FOLDER)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def send(self, **message: object) -> dict[str, Any]:
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the node process has no pipes")
        stdin.write(json.dumps(message) + "\n")
        stdin.flush()
        line = stdout.readline()
        if not line:
            raise RuntimeError("the node process ended without an answer")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        self._process.communicate()


@cache
def _process(name: str) -> _Node:
    """Return the node process of a row. It is the same for all sizes, so code that node has compiled stays compiled."""
    node = _Node()
    atexit.register(node.end)
    return node


class _Simulating:
    """A session in a node process."""

    def __init__(self, work: Workload, *, validating: bool) -> None:
        self._validating = validating
        self._node = _process(VALIDATING if validating else NAME)
        self._node.send(do="load", work=_plain(work))

    def decide(self, requests: Sequence[PlainRequest]) -> TimedAnswers:
        answer = self._node.send(do="decide", requests=requests, validating=self._validating)
        return TimedAnswers(answer["allowed"], answer["seconds"])

    def cold(self, work: Workload) -> float:
        spelled = written_out(work)
        identity, resource = json.dumps(spelled.identity), json.dumps(spelled.resource)
        answer = self._node.send(do="cold", identity=identity, resource=resource, request=work.requests[0])
        return float(answer["seconds"])

    def close(self) -> None:
        """Do nothing: the next size uses the same process."""


def _plain(work: Workload) -> dict[str, object]:
    spelled = written_out(work)
    return {
        "identity": spelled.identity,
        "resource": spelled.resource,
        "contexts": [with_tags(values, TAGS) for values in work.contexts],
        "caller": CALLER,
        "action": ACTION,
        "account": ACCOUNT,
    }


def _open(work: Workload) -> Session:
    return _Simulating(work, validating=False)


def _open_validating(work: Workload) -> Session:
    return _Simulating(work, validating=True)


def _cold(work: Workload) -> float:
    """Return the time of the second run; in the first, node reads its data about actions."""
    session = _Simulating(work, validating=True)
    session.cold(work)
    return session.cold(work)


def _find() -> tuple[str, Sequence[Row]]:
    if which("node") is None:
        raise AbsentError("node is not installed")
    if not (FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate").is_dir():
        raise AbsentError("the npm package @cloud-copilot/iam-simulate is not installed")
    node = _Node()
    versions = node.send(do="version")
    node.end()
    found = f"{versions['version']}, node {versions['node']}"
    return found, (Row(NAME, _open, _cold), Row(VALIDATING, _open_validating))


ENGINE = Engine(NAME, _find)
