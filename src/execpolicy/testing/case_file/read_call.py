"""Reads a call, or a sequence of calls, in the ``cases`` of a case file."""

from __future__ import annotations

from typing import Any, NamedTuple

from execpolicy.api import Api
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.fields import Fields, Problems, entry, wrong_type
from execpolicy.document.syntax.nodes import (
    JsonArray,
    JsonNull,
    JsonNumber,
    JsonObject,
    Node,
    NodeInSource,
    Text,
    describe,
    to_python,
)
from execpolicy.document.syntax.wording import did_you_mean, listed, quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.gateway.authorizers.incoming_call import SentValues
from execpolicy.gateway.flow.arguments import CLIENT_CERTIFICATES, LIMITS, SIGNATURES
from execpolicy.gateway.flow.unrecognized_keys import refuse_unrecognized_keys
from execpolicy.gateway.model.names import ResponseType
from execpolicy.gateway.model.variants import Variants
from execpolicy.handler.local_handler import LocalHandler
from execpolicy.language.context import Context
from execpolicy.loaders.named_parts import PartReference, part_reference
from execpolicy.testing.case_file.callers_and_targets import NodeError
from execpolicy.testing.case_file.calls import NONE, CallCase, CallExpectation, Invocation, SequenceCase
from execpolicy.testing.case_file.contexts import allow_key_field, node_of_error
from execpolicy.testing.case_file.definitions import Definitions
from execpolicy.testing.case_file.expectation import DECISION_FIELDS, read_expected_sets
from execpolicy.testing.case_file.expected_values import STATUSES
from execpolicy.testing.case_file.handlers import OUTPUT_FIELDS
from execpolicy.testing.case_file.item import CALL_OUTCOMES, ERROR, ITEM_FIELDS, ItemFields, read_item_fields
from execpolicy.testing.endpoint_context import check_endpoint_id, through_endpoint

#: The fields of a call: the API, and the parameters of ``Api.invoke``.
INVOCATION_FIELDS = (
    *("api", "stage", "call", "caller", "signature", "headers", "query", "context", "complete", "vpc_endpoint"),
    *("domain", *OUTPUT_FIELDS, "claims", "at", "client_certificate", "limits", "signature_regions"),
)
#: The fields about a response, which a case that expects an error cannot have.
RESPONSE_FIELDS = ("statuses", "response_type", "message", "gate", *DECISION_FIELDS, "explains", "note")
EXPECTED_FIELDS = ("expect", *RESPONSE_FIELDS, "error")
CALL_FIELDS = (*ITEM_FIELDS, *INVOCATION_FIELDS, *EXPECTED_FIELDS)
SEQUENCE_FIELDS = (*ITEM_FIELDS, "api", "stage", "authorizer", "sequence")
#: The calls of a sequence have its rules.
STEP_FIELDS = ("name", "why", *INVOCATION_FIELDS, *EXPECTED_FIELDS)


class _SequenceDefaults(NamedTuple):
    """The fields that a sequence gives for all of its calls."""

    rules: tuple[str, ...] = ()
    page: str = ""
    api: Node | None = None
    stage: Text | None = None
    authorizer: Node | None = None


_NO_SEQUENCE = _SequenceDefaults()


def read_call(problems: Problems, definitions: Definitions, node: JsonObject) -> CallCase | None:
    """A call with its expected response; None if it is invalid."""
    fields = Fields(problems, node, "a call", CALL_FIELDS)
    fields.must("name", "expect")
    return call_of(fields, definitions, read_item_fields(fields))


def read_sequence(problems: Problems, definitions: Definitions, node: JsonObject) -> SequenceCase | None:
    """Calls that share a cache; None if the sequence is invalid."""
    fields = Fields(problems, node, "a sequence", SEQUENCE_FIELDS)
    fields.must("name")
    about = read_item_fields(fields)
    api, authorizer = fields.value("api"), fields.value("authorizer")
    for_all = _SequenceDefaults(about.get("rules", ()), about.get("page", ""), api, _stage(fields), authorizer)
    steps = fields.items("sequence", "a list of calls")
    if not steps and isinstance(fields.value("sequence"), JsonArray):
        problems.report(node, "found a sequence without calls", "add calls, such as {call: GET /orders, expect: 200}")
    calls = [_step(problems, definitions, step, number, for_all) for number, step in enumerate(steps, 1)]
    return SequenceCase(calls=tuple(call for call in calls if call is not None), **about)


def _step(
    problems: Problems, definitions: Definitions, node: Node, number: int, sequence: _SequenceDefaults
) -> CallCase | None:
    fields = entry(problems, node, "a call of a sequence", STEP_FIELDS)
    if fields is None:
        return None
    fields.must("call", "expect")
    about = read_item_fields(fields)
    about.update({"name": about["name"] or f"call {number}", "rules": sequence.rules, "page": sequence.page})
    return call_of(fields, definitions, about, sequence)


def call_of(
    fields: Fields, definitions: Definitions, about: ItemFields, sequence: _SequenceDefaults = _NO_SEQUENCE
) -> CallCase | None:
    """The case that the fields of a call describe, in a sequence or alone.

    An error of the library about the call is an error of the file, unless the case expects an error.
    """
    expected = _expectation(fields)
    errors: list[NodeError] = []
    api_node, stage = fields.value("api") or sequence.api, _stage(fields) or sequence.stage
    api = definitions.apis.api(api_node, stage, fields, errors)
    call = _invocation(fields, definitions, errors, sequence.authorizer)
    if api is not None and not errors:
        _refuse_unnamed(fields, api, call, errors)
        _refuse_other_id(fields, api, call, errors)
    if expected is None:
        return None
    if expected.outcome != ERROR:
        for each in errors:
            fields.problems.refused(*each)
    if errors:
        return CallCase(api=None, call=None, expected=expected, refusal=errors[0].error, **about)
    return CallCase(api=api, call=call, expected=expected, **about)


def _refuse_unnamed(fields: Fields, api: Api, call: Invocation, errors: list[NodeError]) -> None:
    """Report a context key that no policy of the call uses: it is probably misspelled (KEY-1)."""
    try:
        refuse_unrecognized_keys(
            api,
            call.context,
            caller=call.caller,
            vpc_endpoint_policy=call.vpc_endpoint,
            authorizer_output=call.authorizer_output,
            cache=None,
            option_to_accept=allow_key_field,
        )
    except ExecPolicyError as error:
        errors.append(NodeError(node_of_error(fields, error, fields.node), error))


def _refuse_other_id(fields: Fields, api: Api, call: Invocation, errors: list[NodeError]) -> None:
    """Report an id of the VPC endpoint that its template does not have for it."""
    reference = _endpoint_of_template(fields)
    if reference is None or call.vpc_endpoint is None:
        return
    try:
        check_endpoint_id(call.context, reference.name, call.vpc_endpoint, api, call.caller)
    except ExecPolicyError as error:
        errors.append(NodeError(node_of_error(fields, error, fields.node), error))


def _stage(fields: Fields) -> Text | None:
    node = fields.value("stage")
    return node if fields.text("stage") is not None and isinstance(node, Text) else None


def _invocation(
    fields: Fields, definitions: Definitions, errors: list[NodeError], authorizer: Node | None
) -> Invocation:
    """The call, as far as it can be read. Its errors are reported."""
    method, path = _called(fields)
    caller = fields.value("caller")
    context = definitions.contexts.context(fields, errors)
    return Invocation(
        method,
        path,
        caller=definitions.callers_and_targets.caller(caller, errors) if caller is not None else None,
        signature=fields.choice("signature", SIGNATURES) or "valid",
        headers=_sent(fields, "headers"),
        query=_sent(fields, "query"),
        context=_at_endpoint(fields, context if context is not None else Context()),
        vpc_endpoint=_endpoint(fields, definitions, errors),
        domain=fields.text("domain"),
        authorizer_output=_answer(fields, definitions, authorizer),
        authorizer_raises=_message(fields, "authorizer_raises"),
        claims=_claims(fields),
        at=_time(fields),
        client_certificate=fields.choice("client_certificate", CLIENT_CERTIFICATES),
        limits=fields.choice("limits", LIMITS) or "within",
        signature_regions=_regions(fields),
    )


def _regions(fields: Fields) -> list[str] | None:
    regions = fields.distinct("signature_regions")
    return None if regions is None else [region.value for region in regions]


def _endpoint(fields: Fields, definitions: Definitions, errors: list[NodeError]) -> Policy | Variants[Policy] | None:
    node = fields.value("vpc_endpoint")
    return definitions.callers_and_targets.vpc_endpoint(node, errors) if node is not None else None


def _at_endpoint(fields: Fields, context: Context) -> Context:
    """The context of a call through a VPC endpoint of a template, which has its placeholder id."""
    reference = _endpoint_of_template(fields)
    return context if reference is None else through_endpoint(context, reference.name)


def _endpoint_of_template(fields: Fields) -> PartReference | None:
    node = fields.value("vpc_endpoint")
    return part_reference(node.value) if isinstance(node, Text) else None


def _called(fields: Fields) -> tuple[str, str]:
    """The method and the path, or the route key and an empty path."""
    text = fields.text("call") or ""
    method, space, path = text.partition(" ")
    if (method and not space) or (method and path.startswith("/")):
        return method, path
    if text:
        found, advice = f"found {quoted(text)} as call", "write it as GET /orders/7 or $connect"
        node = fields.value("call")
        assert node is not None
        fields.problems.report(node, f"{found}, expected a method and a path, or a route key", advice)
    return "", ""


def _answer(
    fields: Fields, definitions: Definitions, authorizer: Node | None
) -> LocalHandler | NodeInSource | str | None:
    """What the function returns, or the function. ``authorizer`` names that of a sequence."""
    handler = definitions.handlers.handler(fields, authorizer)
    if handler is not None:
        return handler
    node = fields.value("authorizer_output")
    return definitions.authorizer_outputs.output(node) if node is not None else None


def _message(fields: Fields, name: str) -> str | None:
    """A string, which can be empty."""
    node = fields.value(name)
    if node is None or isinstance(node, Text):
        return node.value if node is not None else None
    fields.wrong(node, name, "a string")
    return None


def _sent(fields: Fields, name: str) -> dict[str, SentValues] | None:
    """Headers or query parameters: each a string, or a list of the values that are sent with one name."""
    if not fields.has(name):
        return None
    sent: dict[str, SentValues] = {}
    for key, (_, _, node) in fields.members(name, "an object of strings or lists of strings"):
        values = node.items if isinstance(node, JsonArray) else [node]
        texts = [value.value for value in values if isinstance(value, Text)]
        if len(texts) < len(values):
            wrong_type(fields.problems, node, f"{quoted(key)} of {name}", "a string or a list of strings")
        sent[key] = texts if isinstance(node, JsonArray) else "".join(texts)
    return sent


def _claims(fields: Fields) -> dict[str, Any] | None:
    node = fields.value("claims")
    if node is None:
        return None
    claims = to_python(node)
    if isinstance(claims, dict):
        return claims
    fields.wrong(node, "claims", "an object of claims by name")
    return None


def _time(fields: Fields) -> str | float | None:
    node = fields.value("at")
    if isinstance(node, JsonNumber):
        return float(node.text) if not node.text.isdigit() else int(node.text)
    if node is None or isinstance(node, Text):
        return fields.text("at")
    fields.wrong(node, "at", "a date as a string, or a number of seconds")
    return None


def _expectation(fields: Fields) -> CallExpectation | None:
    node = fields.value("expect")
    status = _status(node)
    outcome = node.value if isinstance(node, Text) and node.value in CALL_OUTCOMES else ""
    is_known = bool(outcome) or status is not None
    if node is not None and not is_known:
        _unknown(fields, node)
    if outcome == ERROR:
        fields.must("error")
        fields.refuse(RESPONSE_FIELDS, "a call that expects an error", "there is no response: remove it")
    elif is_known:
        fields.refuse(
            ("error",), f"a call that expects {outcome or status}", 'it requires "expect": "error": remove it'
        )
    more: dict[str, Any] = {
        "statuses": _statuses(fields),
        "response_type": _or_null(fields, "response_type", tuple(ResponseType)),
        "message": _or_null(fields, "message"),
        "gate": fields.text("gate"),
        "explains": tuple(text.value for text in fields.texts("explains") or ()),
        "notes": tuple(text.value for text in fields.texts("note") or ()),
        "error": fields.text("error") or "",
        **read_expected_sets(fields),
    }
    return CallExpectation(status=status, outcome=outcome, **more) if is_known else None


def _status(node: Node | None) -> int | None:
    """The status code; None if the node is not one."""
    status = int(node.text) if isinstance(node, JsonNumber) and node.text.isdigit() and len(node.text) < 4 else None
    return status if status in STATUSES else None


def _statuses(fields: Fields) -> frozenset[int] | None:
    """All statuses that must be possible: a list, or one status."""
    node = fields.value("statuses")
    if node is None:
        return None
    nodes = node.items if isinstance(node, JsonArray) else [node]
    if not nodes:
        fields.problems.report(node, "found an empty list as statuses", "list all that are possible, or remove it")
    for each in nodes:
        if _status(each) is None:
            message = f"found {describe(each)} in statuses, expected a status from {STATUSES[0]} to {STATUSES[-1]}"
            fields.problems.report(each, message, "write 401, or a list such as [401, 403]")
    return frozenset(status for each in nodes if (status := _status(each)) is not None)


def _unknown(fields: Fields, node: Node) -> None:
    expected = f"a status from {STATUSES[0]} to {STATUSES[-1]}, {listed(CALL_OUTCOMES)}"
    if not isinstance(node, (Text, JsonNumber)):
        fields.wrong(node, "expect", expected)
        return
    found = quoted(node.value) if isinstance(node, Text) else f"the number {node.text}"
    advice = did_you_mean(node.value, CALL_OUTCOMES) if isinstance(node, Text) else f"write {expected}"
    fields.problems.report(node, f"found {found} as expect, expected {expected}", advice)


def _or_null(fields: Fields, name: str, choices: tuple[str, ...] = ()) -> str | None:
    """A string; null for none."""
    if isinstance(fields.value(name), JsonNull):
        return NONE
    return fields.choice(name, choices) if choices else fields.text(name)
