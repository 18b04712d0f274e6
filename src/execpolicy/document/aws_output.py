"""The policy document in the output of an AWS command, such as ``aws iam get-role-policy`` (POL-12)."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.syntax.escapes import Unescaped, text_in_string, text_of_part, unescape_document
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import Fault, JsonArray, JsonNull, JsonObject, Member, Node, Text, describe
from execpolicy.document.syntax.wording import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The most policies that an error names.
MAX_NAMED = 10
_DOCUMENT = "PolicyDocument"
#: Output with several policies: the list, the name of each entry, the document in it, and the command of one entry.
_LISTS = (
    ("VpcEndpoints", "VpcEndpointId", _DOCUMENT, "--vpc-endpoint-ids"),
    ("items", "id", "policy", "aws apigateway get-rest-api --rest-api-id"),
)
#: Members that hold a document, each with members that the output then has beside it; none if the name is enough.
_ALONE = (
    (_DOCUMENT, ()),
    ("Document", ("VersionId",)),
    ("Content", ("PolicySummary",)),
    ("policy", ("id", "domainName")),
)
#: Members that hold an object with the document, and the name of the document in it.
_WITHIN = (("PolicyVersion", "Document"), ("Policy", "Content"))


class PolicyText(NamedTuple):
    """The document in a text, and what is wrong with the text. ``root`` is None where it cannot be read."""

    text: Unescaped
    root: Node | None
    faults: Sequence[Fault]


def read_policy_text(text: str, root: Node | None = None, *, unwrap: bool = True) -> PolicyText:
    """Read the policy document of a text, which may be escaped, or the output of an AWS command.

    Args:
        text: the whole text.
        root: its nodes, if it is read already: it is not escaped then.
        unwrap: whether the output of a command is accepted.
    """
    found = Unescaped(text) if root is not None else unescape_document(text, percent=unwrap)
    if found.faults:
        return PolicyText(found, None, found.faults)
    faults: Sequence[Fault] = ()
    if root is None:
        root, faults = read_json(found.text)
    inner = document_in_output(root) if unwrap and root is not None and not faults else root
    if inner is None or inner is root:
        return PolicyText(found, root, faults)
    if isinstance(inner, Fault):
        return PolicyText(found, None, [inner])
    found = text_in_string(found, inner) if isinstance(inner, Text) else text_of_part(found, inner[1], inner[2])
    if found.faults:
        return PolicyText(found, None, found.faults)
    root, faults = read_json(found.text)
    return PolicyText(found, root, faults)


def document_in_output(root: Node) -> Node | Fault:
    """The document in the output of a command: an object, or the text of one; ``root`` itself if it is no output.

    A fault says why output has no document, or not one alone.

    >>> root, _ = read_json('{"RoleName": "Clerk", "PolicyDocument": {"Statement": []}}')
    >>> document_in_output(root).start
    40
    """
    if not isinstance(root, JsonObject) or "Statement" in root.members:
        return root
    members = root.members
    holders = [name for name in members if _may_hold(members, name)]
    if not holders:
        return root
    first = holders[0]
    if len(holders) > 1:
        message = f"found policies in {listed([quoted(name) for name in holders], 'and')}, expected one"
        return _fault(members[holders[1]], message, "give the output of one command")
    if "Version" in members:
        # Without it the document would be one of the older version, in which variables are plain text.
        message = f'found "Version" beside {quoted(first)}, expected it inside of the document'
        return _fault(members["Version"], message, "give the output of the command as it is written")
    for name, entry_name, document, option in _LISTS:
        if name == first:
            return _of_list(members[name], name, (entry_name, document, option))
    within = dict(_WITHIN).get(first)
    return _value(members[first], first) if within is None else _member(members[first], first, within)


def _may_hold(members: Mapping[str, Member], name: str) -> bool:
    """Whether a member of the output of a command holds a document, by its name and by the members beside it."""
    if any(name == each for each, *_ in _LISTS):
        return True
    for each, beside in _ALONE:
        if name == each:
            return not beside or any(other in members for other in beside)
    return any(name == each for each, _ in _WITHIN) and isinstance(members[name][2], JsonObject)


def _of_list(member: Member, name: str, entry: tuple[str, str, str]) -> Node | Fault:
    """The document of the only entry of a list that has one."""
    entry_name, document, option = entry
    value = member[2]
    items = value.items if isinstance(value, JsonArray) else []
    found = [item.members for item in items if isinstance(item, JsonObject) and document in item.members]
    if len(found) == 1:
        return _value(found[0][document], document)
    if not found:
        advice = "give the output of the command for one that has a policy"
        return _fault(member, f"found {quoted(name)} without a policy", advice)
    names = [each[entry_name][2] for each in found if entry_name in each]
    ids = [node.value for node in names if isinstance(node, Text)]
    message = f"found {len(found)} policies in {quoted(name)}, expected one"
    if not ids:
        return _fault(member, message, f"give the output for one of them: {option} ID")
    message = f"{message}: those of {listed(ids[:MAX_NAMED], 'and')}"
    return _fault(member, message, f"give the output for one of them: {option} {ids[0]}")


def _member(member: Member, name: str, document: str) -> Node | Fault:
    value = member[2]
    if isinstance(value, JsonObject) and document in value.members:
        return _value(value.members[document], document)
    message = f"found {quoted(name)} without {quoted(document)}"
    if isinstance(value, JsonObject) and "DefaultVersionId" in value.members:
        return _fault(member, message, "get-policy does not write the document: use aws iam get-policy-version")
    return _fault(member, message, "give the whole output of the command, without --query")


def _value(member: Member, name: str) -> Node | Fault:
    value = member[2]
    if isinstance(value, (JsonObject, Text)):
        return value
    if isinstance(value, JsonNull):
        return _fault(member, f"found null as {quoted(name)}: there is no policy", "leave the option out")
    return _fault(
        member, f"found {describe(value)} as {quoted(name)}, expected a policy document", "is this the right file?"
    )


def _fault(member: Member, message: str, advice: str) -> Fault:
    start, end, _ = member
    return Fault(message, start, end, advice=advice, rule="POL-12")
