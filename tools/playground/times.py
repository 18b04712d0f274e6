"""``python -m tools.playground.times FOLDER``: the times of answers in Chromium, as shares of Pyodide's own load.

The playground is served to this computer. Each row is of the same run: a slow computer slows both.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple

from tools.playground.serve import server

if TYPE_CHECKING:
    from playwright.sync_api import Page

_API = "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3"
_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_PATIENCE = 300_000
_REPEATED = 5


class Share(NamedTuple):
    """How long something takes, beside the load of Pyodide, and what is aimed at."""

    what: str
    share: float
    aim: float


def ten_statements(number: int) -> dict[str, str]:
    """A question about two policies with ten statements together; each number gives other texts."""
    paths = [f"/prod/GET/orders/{number}{each}" for each in range(5)]
    ends = [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{_API}{path}"} for path in paths]
    address = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    identity = {"Version": "2012-10-17", "Statement": ends}
    resource = {
        "Version": "2012-10-17",
        "Statement": [{**each, "Principal": "*", "Condition": address} for each in ends],
    }
    before = {**resource, "Statement": resource["Statement"][1:]}
    return {
        "mode": "policies",
        "identity": json.dumps(identity, indent=2),
        "resource": json.dumps(resource, indent=2),
        "before": json.dumps(before, indent=2),
        "caller": "arn:aws:iam::111122223333:user/Ann",
        "on": f"{_API}{paths[3]}",
        "context": '{"aws:SourceIp": "203.0.113.7"}',
    }


#: Asks a worker of the page's own script, and gives the milliseconds of each answer.
_ASK = """async (asked) => {
  const worker = new Worker("worker.js", { type: "module" });
  const next = () => new Promise((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  const began = performance.now();
  const { pyodide } = await next();
  const times = [];
  for (const [kind, question] of asked) {
    const from = performance.now();
    const answered = next();
    worker.postMessage({ number: 1, asked: kind, question });
    if ((await answered).kind !== "answer") throw new Error(kind);
    times.push([performance.now() - from, performance.now() - began]);
  }
  worker.terminate();
  return { pyodide, times };
}"""


def shares(page: Page) -> Iterator[Share]:
    """The times of a new worker on a page of the playground."""
    kinds = ("check", "lint", "diff")
    questions = [ten_statements(number) for number in range(_REPEATED)]
    first = [("check", questions[0])]
    # The first answer of a kind imports what it needs.
    once = [(kind, questions[0]) for kind in kinds]
    later = [(kind, question) for kind in kinds for question in questions]
    asked = [*first, *once, *later]
    found = page.evaluate(_ASK, asked)
    load = found["pyodide"]
    yield Share("first outcome, from the start of the worker", found["times"][0][1] / load, 1.4)
    for number, kind in enumerate(kinds):
        begin = len(first) + len(once) + number * _REPEATED
        times = [time for time, _ in found["times"][begin : begin + _REPEATED]]
        yield Share(f"{kind}, 10 statements, later", statistics.median(times) / load, 0.05 if kind == "check" else 0.1)


def measured(folder: Path) -> list[Share]:
    """The shares, in Chromium.

    Raises:
        SystemExit: there is no Chromium.
    """
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        raise SystemExit("needs Chromium on the PATH: apt-get install chromium")
    with server(folder) as serving, sync_playwright() as playwright:
        Thread(target=serving.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(_PATIENCE)
        # A page without a worker of its own: the licences.
        page.goto(f"http://127.0.0.1:{serving.server_port}/licences.txt")
        found = [*shares(page)]
        browser.close()
        serving.shutdown()
    return found


def main(arguments: Sequence[str]) -> int:
    """Print a line for each share."""
    parser = argparse.ArgumentParser(prog="python -m tools.playground.times", description=__doc__)
    parser.add_argument("folder", metavar="FOLDER", type=Path)
    for what, share, aim in measured(parser.parse_args(arguments).folder):
        sys.stdout.write(f"{what:45} {share:7.3f} of the load of Pyodide (aim: at most {aim})\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
