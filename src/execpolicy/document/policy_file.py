"""Loads a policy from a JSON or YAML file that another file refers to."""

from __future__ import annotations

from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.project import read_in_project
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.json_or_yaml import YAML_ENDINGS, is_yaml, read_any


def load_policy(path: str, kind: str | PolicyKind) -> Policy:
    """Read a policy document from a JSON or YAML file; a JSON one may be escaped (POL-12).

    Args:
        path: the file, which also names the policy in messages.
        kind: as for ``Policy.parse``.

    Raises:
        ExecPolicyError: the file cannot be read, or it is YAML and PyYAML is not installed.
        PolicySyntaxError: the document is not valid.
    """
    return _policy(read_text(path), path, kind)


def load_policy_in_project(path: str, kind: str | PolicyKind) -> Policy:
    """As ``load_policy``, for a file that another file refers to.

    Raises:
        ExecPolicyError: also for a file that is not a policy document; the error does not show its content.
    """
    return _policy(read_in_project(path, "policy document"), path, kind)


def _policy(text: str, path: str, kind: str | PolicyKind) -> Policy:
    text = text.removeprefix(BOM)
    is_escaped = text.lstrip().startswith('"') and not path.endswith(YAML_ENDINGS)
    if is_yaml(text, path) and not is_escaped:
        problems, root = read_any(text, path)
        return Policy.from_node(root, kind=kind, name=path, source=problems.source)
    return Policy.parse(text, kind=kind, name=path)
