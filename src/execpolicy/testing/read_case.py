"""One entry of ``cases`` in a case file."""

from __future__ import annotations

from execpolicy.document.model import Text
from execpolicy.document.nodes import JsonObject, Node, plain
from execpolicy.document.wording import listed, meant, quoted
from execpolicy.engine.caller import Target
from execpolicy.engine.layers import Layer
from execpolicy.engine.request import Request
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context import Context
from execpolicy.testing.about import ABOUT_FIELDS, entry, read_about, rule_ids
from execpolicy.testing.fields import Fields, Problems
from execpolicy.testing.model import ERROR, OUTCOMES, Case, Expectation
from execpolicy.testing.parties import Parties, Refusal

#: What a request that names no action asks for.
DEFAULT_ACTION = "execute-api:Invoke"

REQUEST_FIELDS = ("caller", "target", "action", "resource", "resource_account", "context", "complete")
#: What can be said of a decision, and so not of an error.
DECISION_FIELDS = ("sid", "layer", "missing_keys", "assumed")
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
    context = _context(fields, refused)
    if caller is None or resource is None or action is None or context is None:
        return None
    try:
        return Request(caller=caller, action=action, resource=resource, context=context, resource_account=account)
    except ExecPolicyError as error:
        refused.append(Refusal(_blamed(fields, error, fields.node), error))
        return None


def _context(fields: Fields, refused: list[Refusal]) -> Context | None:
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
    sids, missing, assumed = fields.texts("sid"), fields.texts("missing_keys"), rule_ids(fields, "assumed")
    layers, error = _layers(fields), fields.text("error")
    if outcome is None:
        return None
    return Expectation(
        outcome=outcome,
        sids=_values(sids),
        layers=layers,
        missing_keys=frozenset(key.value.lower() for key in missing) if missing is not None else None,
        assumed=_values(assumed),
        error=error or "",
    )


def _layers(fields: Fields) -> frozenset[Layer] | None:
    texts = fields.texts("layer")
    if texts is None:
        return None
    known = {layer.value: layer for layer in Layer}
    for text in texts:
        if text.value not in known:
            message = f"found {quoted(text.value)} as layer, expected {listed(known)}"
            fields.problems.report(text, message, meant(text.value, known))
    return frozenset(known[text.value] for text in texts if text.value in known)


def _values(texts: list[Text] | None) -> frozenset[str] | None:
    return frozenset(text.value for text in texts) if texts is not None else None
