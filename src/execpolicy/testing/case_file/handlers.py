"""Reads the functions of Lambda authorizers that a case file names. None is run without consent."""

from __future__ import annotations

import os
from typing import Final

from execpolicy.document.project import resolve_in_project
from execpolicy.document.syntax.fields import Fields, Problems, wrong_type
from execpolicy.document.syntax.nodes import Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError
from execpolicy.handler.local_handler import LocalHandler
from execpolicy.handler.reference import HandlerReference
from execpolicy.testing.case_file.read_once import ReadOnce

#: The fields that give the output of an authorizer: a call has one of them.
OUTPUT_FIELDS: Final = ("authorizer", "authorizer_output", "authorizer_raises")

_CONSENT: Final = (
    "give --run-authorizers, set run_authorizers = true in [tool.execpolicy] of the pyproject.toml of the working "
    "directory, or run the file with pytest; in Python give run_authorizers=True"
)


def refuse_second_output(fields: Fields, what: str) -> list[str]:
    """The fields that give the output of an authorizer; all but the first are reported."""
    given = [name for name in OUTPUT_FIELDS if fields.has(name)]
    if len(given) > 1:
        runs = "runs its authorizer" if given[0] == "authorizer" else "gives authorizer_output"
        fields.refuse(given[1:], f"{what} that {runs}", f"{what} has one of them: remove it")
    return given


class CaseFileHandlers:
    """The functions of a case file: that of all calls, and those of single calls. Equal names are one handler.

    Args:
        problems: collects the errors.
        file: the fields of the file.
        may_run: whether the user lets case files run code. Without it every name of a function is an error.
    """

    def __init__(self, problems: Problems, file: Fields, *, may_run: bool) -> None:
        self._problems = problems
        self._may_run = may_run
        self._of_all = file.node.members.get("authorizer")
        self._is_used = False
        self._handlers = ReadOnce(problems, lambda text: LocalHandler(self._reference(text)))

    def handler(self, call: Fields, of_sequence: Node | None) -> LocalHandler | None:
        """The function that a call runs: its own, or that of its sequence or file if it gives no output itself."""
        given = refuse_second_output(call, "a call")
        if "authorizer" in given:
            node = call.value("authorizer")
        elif given:
            return None
        elif of_sequence is not None:
            node = of_sequence
        elif self._of_all is not None:
            self._is_used = True
            node = self._of_all[2]
        else:
            return None
        return None if node is None else self._handler(node)

    def report_unused(self) -> None:
        """Report the function of all calls if no call can run it."""
        if self._of_all is not None and not self._is_used:
            message = 'found "authorizer", the function of all calls, but no call uses it'
            advice = "add a call that gives no output of its own, or remove it"
            self._problems.report_name(self._of_all, message, advice)

    def _handler(self, node: Node) -> LocalHandler | None:
        if not isinstance(node, Text):
            wrong_type(self._problems, node, "authorizer", "a string such as auth.py:handler")
            return None
        return self._handlers.value(node)

    def _reference(self, text: str) -> HandlerReference:
        if not self._may_run:
            message = f"found the authorizer {quoted(text)}, but a case file runs code only with your consent"
            raise ExecPolicyError(message, advice=_CONSENT)
        name = self._problems.source.name
        where, colon, function = text.rpartition(":")
        if colon and where.endswith(".py"):
            return HandlerReference.parse(f"{resolve_in_project(name, where)}:{function}")
        return HandlerReference.parse(text, os.path.dirname(name))
