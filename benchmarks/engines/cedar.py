"""Cedar, written in Rust, through its Python binding cedarpy: one request at a time, and in batches.

Cedar has its own policy language. Each statement is translated into one Cedar policy: an Allow into ``permit``, a Deny
into ``forbid``. A pattern becomes ``like`` on the resource's ARN, which is in the context, because Cedar does not match
entities by pattern. IpAddress becomes ``isInRange`` on an address of the ``ip`` extension, and a tag of the caller an
attribute of the principal entity. The resource policy's Allow names the caller's account. In that account it grants
nothing by itself, so it is left out. The Deny becomes ``forbid … unless``.

Limit: Cedar's patterns have no ``?``. It is replaced by ``*``, which matches more.

Work that can be done once is done once and not timed: parsing policies, parsing entities, and writing the fixed part of
a context as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from benchmarks.engines.contract import Engine, InProcess, Row, Session, library, seconds
from benchmarks.workload import CALLER, TAGS, VPC_ENDPOINT, PlainRequest, Workload

NAME, BATCH = "cedarpy", "cedarpy, batch"

_PRINCIPAL = {"type": "User", "id": CALLER}
_ACTION = {"type": "Action", "id": "Invoke"}
_RESOURCE = {"type": "Api", "id": "api"}
_ENTITIES = json.dumps([{"uid": _PRINCIPAL, "attrs": dict(TAGS), "parents": []}])


def policies_of(work: Workload) -> str:
    """Return the policies of a workload as text in Cedar's language."""
    only_through = f"context has sourceVpce && context.sourceVpce == {_quoted(VPC_ENDPOINT)}"
    policies = [_policy(statement) for statement in work.identity["Statement"]]
    return "\n".join([*policies, f"forbid (principal, action, resource) unless {{ {only_through} }};"])


def _policy(statement: Mapping[str, Any]) -> str:
    word = "permit" if statement["Effect"] == "Allow" else "forbid"
    tests = [_resource(statement["Resource"])]
    for operator, block in statement.get("Condition", {}).items():
        tests += [_condition(operator, key, value) for key, value in block.items()]
    return f'{word} (principal, action == Action::"Invoke", resource) when {{ {" && ".join(tests)} }};'


def _resource(pattern: str) -> str:
    if "*" in pattern or "?" in pattern:
        return f"context.resource like {_quoted(pattern.replace('?', '*'))}"
    return f"context.resource == {_quoted(pattern)}"


def _condition(operator: str, key: str, value: str) -> str:
    match operator, key.partition("/"):
        case "IpAddress", ("aws:SourceIp", _, _):
            return f"context has sourceIp && context.sourceIp.isInRange(ip({_quoted(value)}))"
        case "StringEquals", ("aws:PrincipalTag", _, tag):
            return f"principal has {tag} && principal.{tag} == {_quoted(value)}"
        case "StringLike", ("aws:UserAgent", _, _):
            return f"context has userAgent && context.userAgent like {_quoted(value)}"
    raise ValueError(f"the workload has no {operator} over {key}")


def _quoted(text: str) -> str:
    return json.dumps(text)


def _context(values: Mapping[str, str]) -> str:
    """Return the context as JSON, without its opening brace and the resource, which depend on the request."""
    entries: dict[str, object] = {}
    if "aws:SourceIp" in values:
        entries["sourceIp"] = {"__extn": {"fn": "ip", "arg": values["aws:SourceIp"]}}
    if "aws:SourceVpce" in values:
        entries["sourceVpce"] = values["aws:SourceVpce"]
    entries["userAgent"] = values["aws:UserAgent"]
    return json.dumps(entries)[1:]


def _requests(tails: Sequence[str], requests: Sequence[PlainRequest]) -> list[dict[str, object]]:
    return [
        {
            "principal": _PRINCIPAL,
            "action": _ACTION,
            "resource": _RESOURCE,
            "context": f'{{"resource": "{resource}", {tails[number]}',
        }
        for resource, number in requests
    ]


def _single(work: Workload) -> Callable[[Sequence[PlainRequest]], list[bool]]:
    cedarpy = library("cedarpy")
    policies, entities = cedarpy.PolicySet.from_str(policies_of(work)), cedarpy.Entities.from_json_str(_ENTITIES)
    tails = [_context(values) for values in work.contexts]

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        return [bool(cedarpy.is_authorized(each, policies, entities).allowed) for each in _requests(tails, requests)]

    return run


def _batch(work: Workload) -> Callable[[Sequence[PlainRequest]], list[bool]]:
    cedarpy = library("cedarpy")
    policies, entities = cedarpy.PolicySet.from_str(policies_of(work)), cedarpy.Entities.from_json_str(_ENTITIES)
    tails = [_context(values) for values in work.contexts]

    def run(requests: Sequence[PlainRequest]) -> list[bool]:
        answers = cedarpy.is_authorized_batch(_requests(tails, requests), policies, entities)
        return [bool(answer.allowed) for answer in answers]

    return run


def _cold(work: Workload) -> float:
    cedarpy = library("cedarpy")
    text, tails = policies_of(work), [_context(values) for values in work.contexts]

    def run() -> bool:
        policies = cedarpy.PolicySet.from_str(text)
        return bool(cedarpy.is_authorized(_requests(tails, work.requests[:1])[0], policies, _ENTITIES).allowed)

    return seconds(run)


def _opened(
    make: Callable[[Workload], Callable[[Sequence[PlainRequest]], list[bool]]],
) -> Callable[[Workload], Session]:
    return lambda work: InProcess(make(work))


def _find() -> tuple[str, Sequence[Row]]:
    library("cedarpy")
    return version("cedarpy"), (Row(NAME, _opened(_single), _cold), Row(BATCH, _opened(_batch)))


ENGINE = Engine(NAME, _find)
