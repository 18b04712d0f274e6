"""moto's evaluation of IAM policies, called directly: no server, no network, no mocked service.

moto does not combine layers: here, a request is allowed if the identity policy permits it and neither policy denies it.
The documents are parsed once; moto itself parses them for each request.

Limits: a condition that does not hold denies the request, even in an Allow; ``?`` has the meaning that it has in a
regular expression; conditions on absent keys hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib.metadata import version

from benchmarks.engines.contract import Engine, InProcess, Row, Session, library, seconds, with_tags, written_out
from benchmarks.workload import ACTION, TAGS, PlainRequest, Workload

NAME = "moto"

_MODULE = "moto.iam.access_control"


def _run(work: Workload) -> Callable[[Sequence[PlainRequest]], list[bool]]:
    control = library(_MODULE)
    resource_policy = control.IAMPolicy(json.dumps(work.resource))
    identity_policy = control.IAMPolicy(json.dumps(work.identity))
    contexts = [with_tags(values, TAGS) for values in work.contexts]
    denied, permitted = control.PermissionResult.DENIED, control.PermissionResult.PERMITTED

    def allowed(resource: str, context: dict[str, str]) -> bool:
        if resource_policy.is_action_permitted(ACTION, resource, None, context) is denied:
            return False
        return bool(identity_policy.is_action_permitted(ACTION, resource, None, context) is permitted)

    return lambda requests: [allowed(resource, contexts[number]) for resource, number in requests]


def _open(work: Workload) -> Session:
    return InProcess(_run(written_out(work)))


def _cold(work: Workload) -> float:
    spelled = written_out(work)
    return seconds(lambda: _run(spelled)(work.requests[:1]))


def _find() -> tuple[str, Sequence[Row]]:
    library(_MODULE)
    return version("moto"), (Row(NAME, _open, _cold),)


ENGINE = Engine(NAME, _find)
