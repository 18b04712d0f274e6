"""The routing rule of a custom domain that a call matches (GW-32)."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.errors import RequestError
from execpolicy.gateway.authorizers.incoming_call import NOT_GIVEN, IncomingCall
from execpolicy.gateway.model.domain import Domain
from execpolicy.gateway.model.route_path import split_path
from execpolicy.gateway.model.routing_rule import RoutingRule


class MatchedRule(NamedTuple):
    """A routing rule that a call matches."""

    rule: RoutingRule
    #: A header with a value that matches and another that does not; empty without one.
    ambiguous: str


def find_rule(domain: Domain, path: str, call: IncomingCall, *, every_value: bool = False) -> MatchedRule | None:
    """The first rule, in the order of priorities, whose conditions all match.

    Args:
        domain: the custom domain that is called.
        path: the whole path of the URL.
        call: the call, with its headers.
        every_value: whether all values of a header must match, and not one of them.

    Raises:
        RequestError: a condition on a header has to be compared, and the call does not give its headers.
    """
    sent = split_path(path)
    for rule in domain.routing_rules:
        base = base_segments(rule)
        if sent[: len(base)] != base:
            continue
        if rule.headers and call.headers is NOT_GIVEN:
            names = " and ".join(name for name, _ in rule.headers)
            raise RequestError(
                f"the routing rule {rule.priority} of {domain.name} has a condition on {names}, and the call does not "
                "give its headers",
                advice="give headers; an empty mapping if the call sends none",
                rule="GW-32",
            )
        results = {name: [_matches(value, each) for each in call.header(name)] for name, value in rule.headers}
        enough = all if every_value else any
        if all(found and enough(found) for found in results.values()):
            return MatchedRule(rule, next((name for name, found in results.items() if not all(found)), ""))
    return None


def base_segments(rule: RoutingRule) -> list[str]:
    """The segments of the base path of a rule; none without one."""
    return [] if rule.base_path is None else rule.base_path.strip("/").split("/")


def _matches(pattern: str, sent: str) -> bool:
    """Whether the value of a header matches that of a condition, in which `*` is at the beginning, the end, or both."""
    if pattern == "*":
        return True
    starts, ends = pattern.endswith("*"), pattern.startswith("*")
    literal = pattern[1 if ends else 0 : -1 if starts else None]
    if starts and ends:
        return literal in sent
    if starts:
        return sent.startswith(literal)
    return sent.endswith(literal) if ends else sent == literal
