"""How a plan or a state of Terraform is recognised, and how its text is read (SRC-4)."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.document.syntax.nodes import JsonObject, Node
from execpolicy.document.syntax.rules import SyntaxRules

#: Modules nest, and each level of them takes three levels of JSON.
TERRAFORM_RULES: Final = SyntaxRules(max_depth=200)
_VERSION: Final = "format_version"
_ONLY_HERE: Final = (_VERSION, "terraform_version")
#: What a document with one of these and a version of the format is for sure.
_SECTIONS: Final = ("planned_values", "resource_changes", "prior_state", "values")
_NAMES: Final = re.compile(r"\"(?:format_version|terraform_version)\"\s*:")


def is_terraform(document: Node) -> bool:
    """Whether a document is the JSON form of a plan or a state.

    >>> is_terraform(JsonObject({}))
    False
    """
    if not isinstance(document, JsonObject):
        return False
    members = document.members
    if "resources" in members and "lineage" in members:  # the file terraform.tfstate, which has another form
        return True
    return all(name in members for name in _ONLY_HERE) or (
        _VERSION in members and any(name in members for name in _SECTIONS)
    )


def is_terraform_text(text: str) -> bool:
    """Whether a text is read by the rules of Terraform.

    >>> is_terraform_text('{"format_version": "1.2", "values": {}}'), is_terraform_text("Resources: {}")
    (True, False)
    """
    return text.lstrip().startswith("{") and _NAMES.search(text) is not None
