"""What is tried in each environment, and how its answer is judged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

#: Extras for the development of this project, which no user needs.
OF_DEVELOPMENT = frozenset({"bench", "dev", "site"})
_YAML = frozenset({"yaml", "templates", "testing"})
_NAMED = re.compile(r"execpolicy\[([a-z]+)\]")


class Trial(NamedTuple):
    """A command, and where it works.

    Attributes:
        name: what messages call it.
        arguments: those of the interpreter. The command runs in the checkout.
        shown: words of its output, where it works.
        code: its exit code, where it works.
        extras: those with each of which it works; empty if it works without any.
        lacking: words of its error where it does not work; by default the error names one of the extras.
    """

    name: str
    arguments: tuple[str, ...]
    shown: str
    code: int = 0
    extras: frozenset[str] = frozenset()
    lacking: str | None = None


class Answer(NamedTuple):
    """What a command answered."""

    code: int
    output: str
    error: str


def _command(*arguments: str) -> tuple[str, ...]:
    return "-m", "execpolicy", *arguments


_EVERY_NAME = """
import execpolicy, execpolicy.testing
for module in (execpolicy, execpolicy.testing):
    for name in module.__all__:
        getattr(module, name)
print("every name is there")
"""
_DRAWN = """
from execpolicy.testing.strategies import policies
from hypothesis import find
print(type(find(policies(), lambda policy: True)).__name__)
"""
_CHECK = (
    *("check", "--identity", "examples/foundation/identity.json", "--resource", "examples/foundation/resource.json"),
    *("--as", "arn:aws:sts::111122223333:assumed-role/Clerk/ann"),
    *("--on", "arn:aws:execute-api:eu-west-1:111122223333:a1b2c3d4e5/prod/GET/orders/17"),
    *("--context", "aws:SourceIp=203.0.113.7"),
)

_PARQUET = """
import pathlib, tempfile
from execpolicy import Api, ExecPolicyError, replay
log = pathlib.Path(tempfile.mkdtemp()) / "log.parquet"
try:
    import duckdb
    duckdb.execute(f"copy (select 'GET' as method, '/a' as path) to '{log}' (format parquet)")
except ImportError:
    log.write_bytes(b"PAR1")
api = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account="111122223333", stages=["$default"], routes=["GET /a"])
print(replay(log, after=api).lines, "line")
"""

_TABLE = """
from execpolicy import Api
from execpolicy.bulk.spark import local_session, replay_table
spark = local_session("local[1]")
api = Api(id="a1b2c3", type="HTTP", region="eu-west-1", account="111122223333", stages=["$default"], routes=["GET /a"])
table = spark.createDataFrame([("GET", "/a")], "method string, path string")
print(replay_table(table, after=api).count(), "row")
"""

TRIALS = (
    Trial("the version", _command("--version"), "execpolicy "),
    Trial("every public name", ("-c", _EVERY_NAME), "every name is there"),
    Trial("a request", _command(*_CHECK), "OnlyThroughTheShopEndpoint", 1),
    Trial("a schema", _command("schema", "cases-1"), '"$id"'),
    Trial("a lint rule", _command("explain", "EP-ARN-003"), "EP-ARN-003"),
    Trial("findings", _command("lint", "examples/foundation/resource.json"), "no findings"),
    Trial("an API of YAML", _command("show", "examples/gateway/orders.api.yaml"), "GET /orders/{id}", extras=_YAML),
    Trial("a template", _command("show", "examples/sam/template.yaml"), "GET", extras=_YAML),
    Trial("cases of YAML", _command("test", "examples/orders-service/tests"), "passed", extras=_YAML),
    Trial("colours", _command(*_CHECK, "--color", "always"), "\x1b[", 1, frozenset({"cli"})),
    Trial("completion", _command("completion", "bash"), "complete", extras=frozenset({"completion"})),
    Trial("a log in Parquet", ("-c", _PARQUET), "1 line", extras=frozenset({"logs"})),
    Trial("a log as a table of Spark", ("-c", _TABLE), "1 row", extras=frozenset({"spark"})),
    Trial("strategies", ("-c", _DRAWN), "Policy", extras=frozenset({"testing"})),
    Trial(
        "the pytest plugin",
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", "examples/orders-service/tests"),
        "passed",
        extras=frozenset({"testing"}),
        lacking="No module named pytest",
    ),
)


def extras_of(trials: Iterable[Trial]) -> frozenset[str]:
    """All extras that trials name."""
    return frozenset().union(*(trial.extras for trial in trials))


def fault(trial: Trial, extra: str | None, answer: Answer) -> str | None:
    """What is wrong with the answer of a trial in an environment with one extra or none; None if nothing is.

    >>> answer = Answer(2, "", "needs PyYAML: pip install 'execpolicy[cli]'")
    >>> fault(Trial("a", (), "", extras=frozenset({"yaml"})), None, answer)
    "expected an error that names one of 'yaml', found: needs PyYAML: pip install 'execpolicy[cli]'"
    """
    said = (answer.output + answer.error).strip()
    if not trial.extras or extra in trial.extras:
        works = answer.code == trial.code and trial.shown in answer.output
        return None if works else f"expected exit code {trial.code} and {trial.shown!r}, found {answer.code}: {said}"
    if trial.lacking is not None:
        return None if answer.code and trial.lacking in said else f"expected {trial.lacking!r}, found: {said}"
    named = {*_NAMED.findall(answer.error)}
    if answer.code and named and named <= trial.extras and not _is_traceback(trial, answer):
        return None
    extras = ", ".join(repr(name) for name in sorted(trial.extras))
    return f"expected an error that names one of {extras}, found: {said}"


def _is_traceback(trial: Trial, answer: Answer) -> bool:
    """Whether a command ended with a traceback; code that imports what is not there has to."""
    return trial.arguments[0] == "-m" and "Traceback" in answer.error
