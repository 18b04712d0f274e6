"""Loads a policy from a JSON or YAML file that another file refers to."""

from __future__ import annotations

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.project import read_in_project
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.files import read_text
from execpolicy.document.yaml_policy import is_yaml_policy, read_yaml_policy


def load_policy(path: str, kind: str | PolicyKind) -> Policy:
    """Read a policy document from a JSON or YAML file; or in the output of an AWS command (POL-12).

    Args:
        path: the file, which also names the policy in messages.
        kind: as for ``Policy.parse``.

    Raises:
        ExecPolicyError: the file cannot be read, or it is YAML and PyYAML is not installed.
        PolicySyntaxError: the document is not valid.
    """
    return policy_of_text(read_text(path), path, kind)


def load_policy_in_project(path: str, kind: str | PolicyKind) -> Policy:
    """As ``load_policy``, for a file that another file refers to.

    Raises:
        ExecPolicyError: also for a file that is not a policy document; the error does not show its content.
    """
    return policy_of_text(read_in_project(path, "policy document"), path, kind)


def policy_of_text(text: str, name: str, kind: str | PolicyKind) -> Policy:
    """Read a policy document from the text of a JSON or YAML file.

    Args:
        text: the whole text, decoded.
        name: the name of the file, which also names the policy in messages.
        kind: as for ``Policy.parse``.

    Raises:
        ExecPolicyError: as ``load_policy``.
    """
    text, kind = text.removeprefix(BOM), PolicyKind.parse(kind)
    if not is_yaml_policy(text, name):
        return Policy.parse(text, kind=kind, name=name)
    found = read_yaml_policy(text, name, kind)
    return Policy.from_node(found.root, kind=kind, name=name, source=found.source, text=found.text)
