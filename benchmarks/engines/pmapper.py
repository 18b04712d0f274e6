"""Principal Mapper's local simulation with both policies, called as its queries call it.

Its release imports names from ``collections`` that Python 3.10 removed. They are restored before it is imported. Its
callers are users and roles, so the caller is the role of the session. The context contains the caller's tags.
"""

from __future__ import annotations

import collections
import collections.abc
import json
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.engines.contract import Engine, InProcess, Row, Session, library, seconds, with_tags, written_out
from benchmarks.workload import ACCOUNT, ACTION, TAGS, PlainRequest, Workload

NAME = "principalmapper"

_MODULE = "principalmapper.querying.query_interface"

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/Clerk"


def _restore_collections() -> None:
    for name in ("Mapping", "MutableMapping", "Sequence", "Iterable"):
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))


def _run(
    identity: dict[str, Any], resource_policy: dict[str, Any], work: Workload
) -> Callable[[Sequence[PlainRequest]], list[bool]]:
    common, decide = library("principalmapper.common"), library(_MODULE).local_check_authorization_full
    attached = [common.Policy(f"arn:aws:iam::{ACCOUNT}:policy/identity", "identity", identity)]
    role = common.Node(_ROLE, "AROAEXAMPLE", attached, [], {}, None, 0, False, False, None, False, dict(TAGS))
    contexts = [with_tags(values, TAGS) for values in work.contexts]
    return lambda requests: [
        bool(decide(role, ACTION, resource, contexts[number], resource_policy, ACCOUNT))
        for resource, number in requests
    ]


def _open(work: Workload) -> Session:
    spelled = written_out(work)
    return InProcess(_run(spelled.identity, spelled.resource, spelled))


def _cold(work: Workload) -> float:
    spelled = written_out(work)
    identity, resource = json.dumps(spelled.identity), json.dumps(spelled.resource)
    return seconds(lambda: _run(json.loads(identity), json.loads(resource), spelled)(work.requests[:1]))


def _find() -> tuple[str, Sequence[Row]]:
    _restore_collections()
    library(_MODULE)
    return version("principalmapper"), (Row(NAME, _open, _cold),)


ENGINE = Engine(NAME, _find)
