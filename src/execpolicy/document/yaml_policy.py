"""A policy document in YAML: its nodes, also inside of the output of an AWS command (POL-12)."""

from __future__ import annotations

from execpolicy._base.records import NamedTuple
from execpolicy.document.aws_output import document_in_output, read_policy_text
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import YAML_ENDINGS
from execpolicy.document.syntax.json_or_yaml import is_yaml
from execpolicy.document.syntax.nodes import Fault, Node, Text
from execpolicy.errors import PolicySyntaxError, Source


class YamlPolicy(NamedTuple):
    """The document, the text with its places, and the text in which its nodes have their offsets."""

    root: Node
    source: Source
    text: str


def is_yaml_policy(text: str, name: str) -> bool:
    """Whether a policy of a file is read as YAML: by the name of the file, else by how the text begins."""
    if name.endswith(YAML_ENDINGS):
        return True
    start = text.lstrip()
    is_encoded = start.startswith('"') or (start.startswith("%") and not start.startswith("%YAML"))
    return is_yaml(text, name) and bool(start) and not is_encoded


def policy_in_yaml(root: Node, source: Source, kind: PolicyKind) -> YamlPolicy:
    """The policy document of a YAML text, also inside of the output of a command.

    Args:
        root: the document of the text.
        source: the whole text, with the name of the file in messages.
        kind: what the document is attached to.

    Raises:
        PolicySyntaxError: it is the output of a command without one policy.
    """
    inner = root if kind is PolicyKind.AUTHORIZER else document_in_output(root)
    if isinstance(inner, Fault):
        raise PolicySyntaxError(diagnostics([inner], [], None, source))
    if inner is root or not isinstance(inner, Text):
        return YamlPolicy(inner, source, source.text)
    # The text may be folded over lines: everything in it has the place of the whole string.
    found = read_policy_text(inner.value)
    within = Source(source.name, source.text, offsets=[*([inner.start] * len(found.text.text)), inner.end])
    if found.root is None or found.faults:
        raise PolicySyntaxError(diagnostics(list(found.faults), [], None, within))
    return YamlPolicy(found.root, within, found.text.text)
