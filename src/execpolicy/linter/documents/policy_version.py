"""Documents that the version of the policy language shows to be policies, also without a Statement."""

from __future__ import annotations

from typing import Final

from execpolicy.document.model import VERSIONS
from execpolicy.document.syntax.nodes import JsonObject, Node, Text

#: Policies are written with a capital letter; without one, the reader says what is meant.
_NAMES: Final = ("Version", "version")


def has_policy_version(document: Node) -> bool:
    """Whether a document has a version of the policy language: a policy, though ``Statement`` may be misspelled."""
    if not isinstance(document, JsonObject):
        return False
    values = [document.members[name][2] for name in _NAMES if name in document.members]
    return any(isinstance(value, Text) and value.value in VERSIONS for value in values)
