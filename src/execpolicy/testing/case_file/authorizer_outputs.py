"""Reads what Lambda authorizers return: a value in the call, or a file beside the case file."""

from __future__ import annotations

from execpolicy.document.project import read_in_project, resolve_in_project
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import Node, NodeInSource, Text
from execpolicy.gateway.authorizers.output import output_in_file
from execpolicy.testing.case_file.read_once import ReadOnce


class AuthorizerOutputs:
    """The authorizer outputs of a case file. A file that several cases name is read once."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._files = ReadOnce(problems, self._output_in_file)

    def output(self, node: Node) -> NodeInSource | str | None:
        """What the function of a call returns; None if the file that the call names cannot be used."""
        if not isinstance(node, Text) or not names_a_file(node.value):
            return NodeInSource(node, self._problems.source)
        return self._files.value(node)

    def _output_in_file(self, name: str) -> NodeInSource | str:
        path = resolve_in_project(self._problems.source.name, name)
        return output_in_file(read_in_project(path, "authorizer answer"), path)


def names_a_file(text: str) -> bool:
    """Whether a text names a file: it ends in ``.json``, or has a slash or another ending, and no space.

    API Gateway does not accept a text as the output of a function, so such a text has no other use.

    >>> [names_a_file(text) for text in ("answers/reads.json", "answers/reads", "reads.py", "allow", "{}", "No. No.")]
    [True, True, True, False, False, False]
    """
    if not text or text[0] in '{["' or "\n" in text:
        return False
    if text.endswith(".json"):
        return True
    stem, _, ending = text.rpartition(".")
    return len(text.split()) == 1 and ("/" in text or (stem != "" and 0 < len(ending) < 6 and ending.isalnum()))
