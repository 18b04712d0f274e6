"""One entry of ``cases`` in a case file."""

from __future__ import annotations

from execpolicy.document.fields import Fields, Problems, entry
from execpolicy.document.nodes import JsonObject, Node, plain
from execpolicy.engine.caller import Target
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.testing.about import ABOUT_FIELDS, read_about
from execpolicy.testing.decided import DECISION_FIELDS, read_sets
from execpolicy.testing.model import ERROR, OUTCOMES, Case, Expectation
from execpolicy.testing.parties import Parties, Refusal

#: What a request that names no action asks for.
DEFAULT_ACTION = "execute-api:Invoke"

REQUEST_FIELDS = ("caller", "target", "action", "resource", "resource_account", "context", "complete")
CASE_FIELDS = (*ABOUT_FIELDS, *REQUEST_FIELDS, "expect", *DECISION_FIELDS, "error")


def read_case(problems: Problems, parties: Parties, node: Node) -> Case | None:
    """A request and what must become of it; None where it cannot be run.

    What the library has against a request is wrong with the file, unless the case is about that very error.
    """
    fields = entry(problems, node, "a case", CASE_FIELDS)
    if fields is None:
        return None
    fields.must("name", "caller", "resource", "expect")
    about = read_about(fields)
    expected = _expectation(fields)
    refused: list[Refusal] = []
    target = _target(fields, parties, refused)
    request = _request(fields, parties, refused)
    if expected is None:
        return None
    if expected.outcome != ERROR:
        for refusal in refused:
            problems.refused(*refusal)
    if refused:
        return Case(request=None, target=target, expected=expected, refusal=refused[0].error, **about)
    return Case(request=request, target=target, expected=expected, **about)


def _target(fields: Fields, parties: Parties, refused: list[Refusal]) -> Target:
    node = fields.value("target")
    target = parties.target(node, refused) if node is not None else None
    return target if target is not None else Target()


def _request(fields: Fields, parties: Parties, refused: list[Refusal]) -> Request | None:
    node = fields.value("caller")
    caller = parties.caller(node, refused) if node is not None else None
    resource, account = fields.text("resource"), fields.text("resource_account")
    action = fields.text("action") if fields.has("action") else DEFAULT_ACTION
    context = read_context(fields, refused)
    if caller is None or resource is None or action is None or context is None:
        return None
    try:
        return Request(caller=caller, action=action, resource=resource, context=context, resource_account=account)
    except ExecPolicyError as error:
        refused.append(Refusal(_blamed(fields, error, fields.node), error))
        return None


def read_context(fields: Fields, refused: list[Refusal]) -> Context | None:
    """The condition keys of a request or call."""
    complete = fields.flag("complete", default=True)
    node = fields.value("context")
    if node is None:
        return Context(complete=complete)
    values = plain(node)
    if not isinstance(values, dict):
        fields.wrong(node, "context", "an object of values by condition key")
        return None
    try:
        return Context(values, complete=complete)
    except ExecPolicyError as error:
        refused.append(Refusal(_blamed(fields, error, node), error))
        return None


def _blamed(fields: Fields, error: ExecPolicyError, whole: Node) -> Node:
    """The part of a case that an error speaks of: errors name the text that they read ``<resource>`` and so on."""
    name = error.source.name.strip("<>") if error.source is not None else ""
    field, _, key = name.partition(" ")
    node = fields.value(field) if field in REQUEST_FIELDS else None
    if key and isinstance(node, JsonObject) and key in node.members:
        node = node.members[key][2]
    return node if node is not None else whole


def _expectation(fields: Fields) -> Expectation | None:
    outcome = fields.choice("expect", OUTCOMES)
    if outcome == ERROR:
        fields.must("error")
        fields.refuse(DECISION_FIELDS, "a case that expects an error", "no decision is made: remove it")
    elif outcome is not None:
        fields.refuse(("error",), f"a case that expects {outcome}", 'it goes with "expect": "error": remove it')
    sets, error = read_sets(fields), fields.text("error")
    if outcome is None:
        return None
    return Expectation(outcome=outcome, error=error or "", **sets)
