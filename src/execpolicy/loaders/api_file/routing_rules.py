"""Routing rules of a custom domain in an API file (GW-32)."""

from __future__ import annotations

from collections.abc import Iterator

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.model.routing_rule import RoutingRule

ROUTING_RULE_FIELDS = ("priority", "stage", "headers", "base_path", "strip_base_path", "api_id")


def read_routing_rules(domain: Fields, stages: tuple[str, ...] | None) -> Iterator[RoutingRule]:
    """The valid routing rules of a domain; the others are reported.

    Args:
        domain: the domain in the file.
        stages: the names of the API's stages; None if they are invalid.
    """
    for node in domain.items("routing_rules", "a list of routing rules"):
        rule = _rule(domain, node, stages)
        if rule is not None:
            yield rule


def _rule(domain: Fields, node: Node, stages: tuple[str, ...] | None) -> RoutingRule | None:
    fields = entry(domain.problems, node, "a routing rule", ROUTING_RULE_FIELDS)
    if fields is None:
        return None
    before = fields.problems.count
    fields.must("priority", "stage")
    priority, stage, api_id = fields.count("priority"), fields.text("stage"), fields.text("api_id")
    headers = dict(_headers(fields))
    base_path = fields.text("base_path")
    strips = fields.flag("strip_base_path", default=False)
    if stage is not None and api_id is None and stages is not None and stage not in stages:
        named = fields.value("stage") or node
        message = f"found the stage {quoted(stage)}, which the API does not have"
        fields.problems.report(named, message, did_you_mean(stage, stages))
    if fields.problems.count > before or priority is None or stage is None:
        return None
    try:
        return RoutingRule(priority, stage, headers, base_path, strips, api_id)
    except ExecPolicyError as error:
        fields.problems.refused(fields.value(error.message.partition(" ")[0]) or node, error)
        return None


def _headers(fields: Fields) -> Iterator[tuple[str, str]]:
    for name, (_, _, value) in fields.members("headers", "an object of values by header"):
        if isinstance(value, Text):
            yield name, value.value
        else:
            fields.wrong(value, f"the header {quoted(name)}", "a string")
