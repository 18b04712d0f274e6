"""Policies of an API file: written in it, or in a file of their own that it names."""

from __future__ import annotations

import os

from execpolicy.document.fields import Fields, Problems, wrong_type
from execpolicy.document.model import Text
from execpolicy.document.nodes import JsonObject
from execpolicy.document.policy import Policy
from execpolicy.errors import ExecPolicyError


class PolicyReader:
    """Reads the policies of one API file."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._folder = os.path.dirname(problems.source.name)

    def one(self, fields: Fields, name: str, kind: str) -> Policy | None:
        """The policy in a field, with its places in its own file; None where there is none, or a bad one."""
        node = fields.value(name)
        if node is None:
            return None
        source = self._problems.source
        try:
            if isinstance(node, JsonObject):
                return Policy.from_node(node, kind=kind, name=source.name, source=source)
            if isinstance(node, Text) and not node.value.lstrip().startswith("{"):
                return Policy.load(os.path.join(self._folder, node.value), kind=kind)
        except ExecPolicyError as error:
            self._problems.refused(node, error)
            return None
        if isinstance(node, Text):
            message = f"found a string that holds a document as {name}, expected the document itself"
            self._problems.report(node, message, "write it as an object, or give the name of a file that holds it")
        else:
            wrong_type(self._problems, node, name, "a policy document or the name of a file")
        return None
