"""The name that a stage takes whose name is not known: the one that is given for the stage that is called (SRC-9)."""

from __future__ import annotations

import json
import re
from typing import Any

from execpolicy.document.unknown_value import parts_of
from execpolicy.gateway.model.api_parts import ApiParts
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.names import ApiType
from execpolicy.gateway.model.routing_rule import RoutingRule
from execpolicy.gateway.model.stage import DEFAULT_STAGE, ApiKey, Stage
from execpolicy.gateway.model.stage_selection import written_name
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart


def unnamed_stage(api: ApiParts, name: str) -> UnknownPart | None:
    """The name that is not known of the stage that a given name is for.

    It is that of the only stage whose name is not known, if no stage has the given name and the known parts of the
    unknown one fit it; else None.

    Args:
        api: the API.
        name: the name that is given.
    """
    unnamed = [part for part in api.unknown_parts if part.concern is Concern.STAGE_NAME]
    if len(unnamed) != 1 or any(stage.name == name for stage in api.stages):
        return None
    if name == DEFAULT_STAGE and api.type is not ApiType.HTTP:
        return None
    return unnamed[0] if _may_be(written_name(unnamed[0]), name) else None


def parts_with_stage_name(api: ApiParts, unnamed: UnknownPart, name: str) -> dict[str, Any]:
    """The parts of an API in which a stage has a name that was not known.

    Args:
        api: the API.
        unnamed: what was not known.
        name: the name.

    Raises:
        UsageError: it is not valid for a stage.
    """
    old = unnamed.key
    return {
        "stages": tuple(_renamed_stage(stage, name) if stage.name == old else stage for stage in api.stages),
        "stage": _renamed_stage(api.stage, name) if api.stage.name == old else api.stage,
        "api_keys": tuple(
            ApiKey(key.value, [name if stage == old else stage for stage in key.stages], key.enabled)
            for key in api.api_keys
        ),
        "domains": tuple(_domain(domain, old, name) for domain in api.domains),
        "unknown_parts": tuple(_part(part, old, name) for part in api.unknown_parts if part is not unnamed),
    }


def _may_be(text: str, name: str) -> bool:
    """Whether a text with unknown parts is a name for some values of them."""
    known = [re.escape(part) if isinstance(part, str) else None for part in parts_of(text)]
    return re.fullmatch("".join(part or ".*" for part in known), name) is not None


def _renamed_stage(stage: Stage, name: str) -> Stage:
    return Stage(
        name,
        variables=stage.variables,
        cache_needs_permission=stage.cache_needs_permission,
        cache_refusal=stage.cache_refusal,
        method_settings=stage.method_settings,
    )


def _domain(domain: Domain, old: str, name: str) -> Domain:
    mappings = tuple(each._replace(stage=name) if each.stage == old else each for each in domain.mappings)
    rules = tuple(_rule(each, name) if each.stage == old else each for each in domain.routing_rules)
    return domain._replace(mappings=mappings, routing_rules=rules)


def _rule(rule: RoutingRule, name: str) -> RoutingRule:
    headers = dict(rule.headers)
    return RoutingRule(rule.priority, name, headers, rule.base_path, rule.strip_base_path, rule.api_id)


def _part(part: UnknownPart, old: str, name: str) -> UnknownPart:
    """An unknown part that concerns a stage, with the new name of the stage."""
    written = _with_name(json.loads(part.written), old, name) if old in part.written else None
    return UnknownPart(
        part.names,
        part.concern,
        key=name if part.concern is Concern.STAGE and part.key == old else part.key,
        path=[name if part.path[:1] == ("stages",) and each == old else each for each in part.path],
        written=part.written if written is None else json.dumps(written),
        place=part.place,
    )


def _with_name(value: Any, old: str, name: str) -> Any:
    """A value of a document with the new name; nothing else has the old one."""
    if isinstance(value, dict):
        return {name if each == old else each: _with_name(member, old, name) for each, member in value.items()}
    if isinstance(value, list):
        return [_with_name(item, old, name) for item in value]
    return name if value == old else value
