"""Parses a policy document: checks every element and collects all problems (POL-11)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.action_name import is_action, may_be_action, meant_action
from execpolicy.document.aws_output import document_in_output, read_policy_text
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.model import EFFECTS, NEW_VERSION, OLD_VERSION, VERSIONS, Element, Statement, UnknownElement
from execpolicy.document.parse_condition import parse_conditions
from execpolicy.document.parse_principal import parse_principal
from execpolicy.document.parse_state import ParseState, TooManyProblemsError
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.nodes import Fault, JsonArray, JsonObject, Member, Node, Text, describe
from execpolicy.document.syntax.python_objects import read_objects
from execpolicy.document.syntax.wording import did_you_mean, meant_name, quoted
from execpolicy.document.unknown_parts import is_unknown_text, unknown_part, unknown_statements
from execpolicy.document.unknown_value import has_unknown
from execpolicy.document.variable_syntax import VariableSyntaxError, split_variables
from execpolicy.errors import Correction, PolicySyntaxError, Source

if TYPE_CHECKING:
    from typing import Any


DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)

# Names by which other texts contain a policy document.
_WRAPPERS = ("PolicyDocument", "policyDocument", "policy", "Policy", "Document", "PolicyVersion", "ResourcePolicy")

_COMBINATION = "UNSUPPORTED_ELEMENT_COMBINATION"
_WITH_SERVICE = "write it with its service, as in execute-api:Invoke"
_NO_WILDCARD = "write the service, as in execute-api:*"

_KNOWN_DOCUMENT = frozenset(DOCUMENT_ELEMENTS)
_KNOWN_STATEMENT = frozenset(STATEMENT_ELEMENTS)


class Parsed(NamedTuple):
    """A valid document. ``version_text`` and ``id_text`` are None where the document has none.

    Offsets are those in ``text``, the text of the document without escapes.
    """

    version_text: Text | None
    id_text: Text | None
    statements: tuple[Statement, ...]
    root: Node
    text: str


def parse_text(text: str, name: str, kind: PolicyKind, root: Node | None = None) -> tuple[Parsed, Source]:
    """Parse a document given as text, which may be escaped, or the output of an AWS command (POL-12).

    Args:
        text: the whole text.
        name: what messages call it.
        kind: what the document is attached to.
        root: the nodes of the text, if it is read already.

    Raises:
        PolicySyntaxError: the document is not valid; the error has all problems.
    """
    found = read_policy_text(text, root, unwrap=kind is not PolicyKind.AUTHORIZER)
    source = Source(name, text, offsets=found.text.offsets)
    return _parse(found.root, list(found.faults), ParseState(kind, found.text.text), source), source


def parse_objects(document: Mapping[Any, Any], name: str, kind: PolicyKind) -> Parsed:
    """Parse a document given as Python objects.

    Raises:
        PolicySyntaxError: the document is not valid; the error has all problems.
    """
    root, faults = read_objects(document)
    source = Source(name, "")
    if root is not None and kind is not PolicyKind.AUTHORIZER:
        inner = document_in_output(root)
        if isinstance(inner, Text) and not faults:
            return parse_text(inner.value, name, kind)[0]
        root, faults = (None, [*faults, inner]) if isinstance(inner, Fault) else (inner, faults)
    return _parse(root, faults, ParseState(kind, ""), source)


def parse_node(root: Node, kind: PolicyKind, source: Source, text: str | None = None) -> Parsed:
    """Parse a document that is a part of a larger text, whose nodes were read before.

    Args:
        root: the document.
        kind: what it is attached to.
        source: the larger text.
        text: the text that was read, if it is not that of the source.

    Raises:
        PolicySyntaxError: the document is not valid; the error has all problems.
    """
    return _parse(root, [], ParseState(kind, source.text if text is None else text), source)


def _parse(root: Node | None, faults: list[Fault], state: ParseState, source: Source) -> Parsed:
    parsed = None
    if root is not None:
        try:
            parsed = _document(state, root)
        except TooManyProblemsError:
            parsed = None
    if parsed is None or faults or state.problems:
        raise PolicySyntaxError(diagnostics(faults, state.problems, root, source))
    return parsed


def _document(state: ParseState, root: Node) -> Parsed | None:
    if is_unknown_text(root):
        return Parsed(None, None, unknown_statements(state.rules, root, 0), root, state.text)
    if not isinstance(root, JsonObject):
        advice = 'write {"Version": "2012-10-17", "Statement": [...]}'
        state.report(
            root, f"found {describe(root)}, expected an object with Statement", advice, "POL-1", "DATA_TYPE_MISMATCH"
        )
        return None
    members = root.members
    if "Statement" not in members and _wrapped(state, root):
        return None
    if not members.keys() <= _KNOWN_DOCUMENT:
        _unknown(state, root, DOCUMENT_ELEMENTS, "a policy document")
    version = _version(state, root)
    state.variables = version is not None and version.value == NEW_VERSION
    id_text = _string(state, members.get("Id"), "Id")
    return Parsed(version, id_text, _statements(state, root), root, state.text)


def _wrapped(state: ParseState, root: JsonObject) -> bool:
    for name in _WRAPPERS:
        member = root.members.get(name)
        if member is not None:
            message = f"found {quoted(name)}, expected a policy document with Statement"
            state.report_name(member, message, f"pass the value of {quoted(name)} alone", "POL-12")
            return True
    return False


def _unknown(state: ParseState, node: JsonObject, known: tuple[str, ...], what: str) -> None:
    for name, member in node.members.items():
        if name in known:
            continue
        advice, correction = did_you_mean(name, known), meant_name(name, known, node.members)
        if known is DOCUMENT_ELEMENTS and name in _KNOWN_STATEMENT:
            advice, correction = "move it into a statement of Statement", None
        message = f"found {quoted(name)}, which is not an element of {what}"
        state.report_name(member, message, advice, "POL-1", "INVALID_POLICY_ELEMENT", correction=correction)


def _version(state: ParseState, root: JsonObject) -> Text | None:
    """The Version of a document (POL-4); for some kinds it has to be the current one (POL-8)."""
    member = root.members.get("Version")
    version = _string(state, member, "Version")
    rules = state.rules
    if version is not None and version.value not in VERSIONS:
        message = f"found {quoted(version.value)} as Version, expected {quoted(NEW_VERSION)} or {quoted(OLD_VERSION)}"
        advice = f"write {quoted(NEW_VERSION)}: it is the version of the policy language, not of your policy"
        correction = Correction(version.value, NEW_VERSION)
        state.report(version, message, advice, "POL-4", "INVALID_VERSION", correction=correction)
    elif rules.only_new_version and member is None:
        message = f"found {rules.name} without Version, expected {quoted(NEW_VERSION)}"
        state.report(root, message, f'add "Version": {quoted(NEW_VERSION)}', "POL-8")
    elif rules.only_new_version and version is not None and version.value != NEW_VERSION:
        message = f"found {quoted(version.value)} as Version of {rules.name}, expected {quoted(NEW_VERSION)}"
        state.report(version, message, f"write {quoted(NEW_VERSION)}, in which ${{…}} is a variable", "POL-8")
    return version


def _string(state: ParseState, member: Member | None, name: str) -> Text | None:
    value = member[2] if member is not None else None
    if value is None or isinstance(value, Text):
        return value
    state.wrong_type(value, name, "a string")
    return None


def _statements(state: ParseState, root: JsonObject) -> tuple[Statement, ...]:
    member = root.members.get("Statement")
    if member is None:
        advice = 'add "Statement": [...]'
        state.report(root, "found a document without Statement", advice, "POL-1", "MISSING_STATEMENT")
        return ()
    value = member[2]
    if is_unknown_text(value):
        return unknown_statements(state.rules, value, 0)
    if not isinstance(value, (JsonArray, JsonObject)):
        state.wrong_type(value, "Statement", "an object or a list of objects")
        return ()
    nodes: Iterable[Node] = value.items if isinstance(value, JsonArray) else [value]
    return tuple([statement for index, node in enumerate(nodes) for statement in _statement(state, node, index)])


def _statement(state: ParseState, node: Node, index: int) -> tuple[Statement, ...]:
    """The statement; one of each possible effect where that is not known (SRC-10)."""
    if is_unknown_text(node):
        return unknown_statements(state.rules, node, index)
    if not isinstance(node, JsonObject):
        state.wrong_type(node, "a statement", "an object")
        return ()
    members = node.members
    if not members.keys() <= _KNOWN_STATEMENT:
        _unknown(state, node, STATEMENT_ELEMENTS, "a statement")
    # Any text is accepted (POL-6).
    sid = _string(state, members.get("Sid"), "Sid")
    effect, unknown = _effect(state, node)
    principal = parse_principal(state, node, effect)
    action = _element(state, node, "Action")
    resource = _element(state, node, "Resource")
    conditions, empty, unknown_conditions = parse_conditions(state, members.get("Condition"))
    _check_actions(state, action)
    if state.variables:
        _check_resources(state, resource)
    parts = (*unknown, *unknown_conditions)
    place = (node.start, node.end)
    statement = Statement(index, sid, effect, principal, action, resource, conditions, *place, empty, parts)
    _check_matrix(state, node, statement)
    if unknown and state.rules.allow and "NotPrincipal" not in members:
        return statement._replace(effect="Allow"), statement
    return (statement,)


def _effect(state: ParseState, statement: JsonObject) -> tuple[str, tuple[UnknownElement, ...]]:
    """Effect, which is Deny where it is not known; and the part that is not known."""
    member = statement.members.get("Effect")
    if member is None:
        advice = 'add "Effect": "Allow" or "Effect": "Deny"'
        state.report(statement, "found a statement without Effect", advice, "POL-5", "MISSING_EFFECT")
        return "", ()
    text = _string(state, member, "Effect")
    if text is not None and is_unknown_text(text):
        return "Deny", (unknown_part("Effect", text, member[0]),)
    if text is not None and text.value not in EFFECTS:
        message = f'found {quoted(text.value)} as Effect, expected "Allow" or "Deny"'
        advice, correction = did_you_mean(text.value, EFFECTS), meant_name(text.value, EFFECTS)
        state.report(text, message, advice, "POL-5", "INVALID_EFFECT", correction=correction)
    return text.value if text is not None else "", ()


def _element(state: ParseState, statement: JsonObject, name: str) -> Element:
    """Action or NotAction, Resource or NotResource (POL-7)."""
    plain, negated = statement.members.get(name), statement.members.get(f"Not{name}")
    if plain is not None and negated is not None:
        message = f"found {name} and Not{name} in one statement, expected one of them"
        advice, both = "split the statement in two, or remove one", (name, f"Not{name}")
        state.report_pair(statement, both, message, advice, rule="POL-7", code=_COMBINATION)
    if plain is None and negated is not None:
        name, plain = f"Not{name}", negated
    if plain is None:
        message = f"found a statement without {name} or Not{name}"
        state.report(statement, message, f"add {quoted(name)}", "POL-7", f"MISSING_{name.upper()}")
        return Element(name, ())
    start, _, value = plain
    return Element(name, state.texts(value, name), start, value[2])


def _check_actions(state: ParseState, action: Element) -> None:
    for text in action.values:
        value = text.value
        if is_action(value) or (has_unknown(value) and may_be_action(value)):
            continue
        if not value:
            message = f"found an empty string as {action.name}"
            state.report(text, message, "name an action, or remove it", "ACT-1", "INVALID_ACTION")
        else:
            service = value.partition(":")[0]
            wildcard = "*" in service or "?" in service
            advice, code = (
                (_NO_WILDCARD, "WILDCARD_IN_SERVICE_NAME") if wildcard else (_as_action(value), "INVALID_ACTION")
            )
            if "${" in value:
                code = "VARIABLE_UNSUPPORTED_IN_ELEMENT"
            message = f"found {quoted(value)} as {action.name}, expected service:Name"
            state.report(text, message, advice, "ACT-1", code, correction=meant_action(value))


def _as_action(value: str) -> str:
    """How to write a text that is no action."""
    other = next((character for character in value if not character.isascii()), None)
    return _WITH_SERVICE if other is None else f"an action is written in ASCII: remove the character U+{ord(other):04X}"


def _check_resources(state: ParseState, resource: Element) -> None:
    for text in resource.values:
        if "${" not in text.value:
            continue
        try:
            split_variables(text.value)
        except VariableSyntaxError as error:
            state.report_inside(text, error, "VAR-2")


def _check_matrix(state: ParseState, node: JsonObject, statement: Statement) -> None:
    """Check what a document of this kind may contain (POL-8), apart from Principal (``parse_principal``)."""
    rules, members = state.rules, node.members
    if not rules.not_action and statement.action.negated:
        message = f"found NotAction in {rules.name}, which cannot have it"
        state.report_name(
            members["NotAction"], message, "list the actions in Action", "POL-8", "RCP_SYNTAX_ERROR_NOTACTION"
        )
    if rules.allow and rules.lone_star_action:
        return
    if _is_full_access(statement):
        return
    if not rules.allow and statement.effect == "Allow":
        message = f"found Allow in {rules.name}, which only denies"
        advice = "write Deny; the only Allow is the statement of RCPFullAWSAccess, exactly as AWS writes it"
        state.report(members["Effect"][2], message, advice, "POL-8", "RCP_SYNTAX_ERROR_ALLOW")
    for text in statement.action.values:
        if text.value == "*" and not rules.lone_star_action:
            message = f'found "*" as {statement.action.name} in {rules.name}, expected a service before it'
            state.report(text, message, "write the service, as in s3:*", "POL-8", "RCP_SYNTAX_ERROR_ACTION")


def _is_full_access(statement: Statement) -> bool:
    """Whether a statement is that of the managed policy RCPFullAWSAccess."""
    action, resource, principal = statement.action, statement.resource, statement.principal
    return (
        statement.effect == "Allow"
        and principal is not None
        and [entry.text.value for entry in principal.entries] == ["*"]
        and (action.name, [text.value for text in action.values]) == ("Action", ["*"])
        and (resource.name, [text.value for text in resource.values]) == ("Resource", ["*"])
        and not (statement.conditions or statement.empty_conditions)
    )
