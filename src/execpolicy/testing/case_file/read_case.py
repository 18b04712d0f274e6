"""Reads a request in the ``cases`` of a case file."""

from __future__ import annotations

from execpolicy.document.action_name import INVOKE
from execpolicy.document.syntax.fields import Fields, Problems, entry
from execpolicy.document.syntax.nodes import Node
from execpolicy.engine.caller import Target
from execpolicy.engine.request import Request
from execpolicy.engine.unrecognized_keys import refuse_unnamed_by
from execpolicy.errors import ExecPolicyError
from execpolicy.testing.case_file.callers_and_targets import CallersAndTargets, NodeError
from execpolicy.testing.case_file.contexts import allow_key_field, node_of_error
from execpolicy.testing.case_file.definitions import Definitions
from execpolicy.testing.case_file.expectation import DECISION_FIELDS, read_expected_sets
from execpolicy.testing.case_file.item import ERROR, ITEM_FIELDS, OUTCOMES, ItemFields, read_item_fields
from execpolicy.testing.case_file.model import Case, Expectation

#: The action of a request that does not name one.

REQUEST_FIELDS = ("caller", "target", "action", "resource", "resource_account", "context", "complete")
CASE_FIELDS = (*ITEM_FIELDS, *REQUEST_FIELDS, "expect", *DECISION_FIELDS, "error")


def read_case(problems: Problems, definitions: Definitions, node: Node) -> Case | None:
    """A request with its expected outcome; None if it is invalid."""
    fields = entry(problems, node, "a case", CASE_FIELDS)
    if fields is None:
        return None
    fields.must("name", "caller", "resource", "expect")
    return case_of(fields, definitions, read_item_fields(fields))


def case_of(fields: Fields, definitions: Definitions, about: ItemFields) -> Case | None:
    """The case that the fields of a request describe.

    An error of the library about the request is an error of the file, unless the case expects an error.
    """
    expected = _expectation(fields)
    errors: list[NodeError] = []
    target = _target(fields, definitions.callers_and_targets, errors)
    request = _request(fields, definitions, target, errors)
    if expected is None:
        return None
    if expected.outcome != ERROR:
        for each in errors:
            fields.problems.refused(*each)
    if errors:
        return Case(request=None, target=target, expected=expected, refusal=errors[0].error, **about)
    return Case(request=request, target=target, expected=expected, **about)


def _target(fields: Fields, callers_and_targets: CallersAndTargets, errors: list[NodeError]) -> Target:
    node = fields.value("target")
    target = callers_and_targets.target(node, errors) if node is not None else None
    return target if target is not None else Target()


def _request(fields: Fields, definitions: Definitions, target: Target, errors: list[NodeError]) -> Request | None:
    node = fields.value("caller")
    caller = definitions.callers_and_targets.known_caller(node, errors) if node is not None else None
    resource, account = fields.text("resource"), fields.text("resource_account")
    action = fields.text("action") if fields.has("action") else INVOKE
    context = definitions.contexts.context(fields, errors)
    if caller is None or resource is None or action is None or context is None:
        return None
    try:
        request = Request(caller=caller, action=action, resource=resource, context=context, resource_account=account)
        if context.uncatalogued():
            refuse_unnamed_by(request, target, option_to_accept=allow_key_field)
    except ExecPolicyError as error:
        errors.append(NodeError(node_of_error(fields, error, fields.node), error))
        return None
    return request


def _expectation(fields: Fields) -> Expectation | None:
    outcome = fields.choice("expect", OUTCOMES)
    if outcome == ERROR:
        fields.must("error")
        fields.refuse(DECISION_FIELDS, "a case that expects an error", "no decision is made: remove it")
    elif outcome is not None:
        fields.refuse(("error",), f"a case that expects {outcome}", 'it requires "expect": "error": remove it')
    sets, error = read_expected_sets(fields), fields.text("error")
    if outcome is None:
        return None
    return Expectation(outcome=outcome, error=error or "", **sets)
