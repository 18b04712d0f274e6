"""Loads a policy from a JSON or YAML file, also one that another file refers to."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.project import read_in_project
from execpolicy.document.syntax.files import read_text

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


def load_policy(path: str, kind: PolicyKind | PolicyKindName) -> Policy:
    """Read a policy document from a JSON or YAML file, which may be the output of an AWS command (POL-12).

    Args:
        path: the file, which also names the policy in messages.
        kind: as for ``Policy.parse``.

    Raises:
        ExecPolicyError: the file cannot be read, or it is YAML and PyYAML is not installed.
        PolicySyntaxError: the document is not valid.
    """
    return Policy.from_file_text(read_text(path), kind=kind, name=path)


def load_policy_in_project(path: str, kind: PolicyKind | PolicyKindName) -> Policy:
    """As ``load_policy``, for a file that another file refers to.

    Raises:
        ExecPolicyError: also for a file that is not a policy document; the error does not show its content.
    """
    return Policy.from_file_text(read_in_project(path, "policy document"), kind=kind, name=path)
