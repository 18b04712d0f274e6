"""The state of one parse of a policy document: its kind, and everything that is wrong with it so far."""

from __future__ import annotations

from execpolicy.document.kinds import ELEMENT_RULES, PolicyKind
from execpolicy.document.principal_name import PrincipalNameError
from execpolicy.document.syntax.diagnostics import Problem
from execpolicy.document.syntax.json_strings import place_inside
from execpolicy.document.syntax.nodes import (
    MAX_FAULTS,
    NOWHERE,
    Fault,
    JsonArray,
    JsonBoolean,
    JsonNull,
    JsonNumber,
    JsonObject,
    Member,
    Node,
    Text,
    describe,
)
from execpolicy.document.variable_syntax import VariableSyntaxError
from execpolicy.errors import Correction


class TooManyProblemsError(Exception):
    """Raised when a document has so many problems that the parser stops."""


class ParseState:
    """The state of one parse.

    Attributes:
        kind: what the document is attached to.
        rules: which elements such a document may have.
        text: the text that was read; empty for Python objects.
        variables: whether ``${…}`` is a variable (POL-4): known once Version is read.
        problems: what is wrong, in any order.
    """

    __slots__ = ("kind", "problems", "rules", "text", "variables")

    def __init__(self, kind: PolicyKind, text: str) -> None:
        self.kind = kind
        self.rules = ELEMENT_RULES[kind]
        self.text = text
        self.variables = False
        self.problems: list[Problem] = []

    def report(
        self, node: Node, message: str, advice: str, rule: str, code: str = "", *, correction: Correction | None = None
    ) -> None:
        """Report a problem of a value; ``code`` is the issue code of IAM Access Analyzer."""
        fault = Fault(message, node[1], node[2], advice=advice, rule=rule, issue_code=code, correction=correction)
        self._add(Problem(node, fault))

    def report_name(
        self,
        member: Member,
        message: str,
        advice: str,
        rule: str,
        code: str = "",
        *,
        correction: Correction | None = None,
    ) -> None:
        """Report a problem of the name of a member, or of its presence."""
        start, end, value = member
        fault = Fault(message, start, end, advice=advice, rule=rule, issue_code=code, correction=correction)
        self._add(Problem(value, fault))

    def report_pair(
        self, node: JsonObject, names: tuple[str, str], message: str, advice: str, *, rule: str, code: str
    ) -> None:
        """Report two members of an object that exclude each other, at the second one."""
        first, second = (member for name, member in node.members.items() if name in names)
        related = ("the first is at", first[0]) if first[0] != NOWHERE else None
        fault = Fault(message, second[0], second[1], advice=advice, rule=rule, related=related, issue_code=code)
        self._add(Problem(second[2], fault, ("the first is at", first[2])))

    def report_inside(self, text: Text, error: PrincipalNameError | VariableSyntaxError, rule: str) -> None:
        """Report a problem of a part of a string."""
        start, end = place_inside(self.text, text, error.start, error.end)
        meant = error.meant
        correction = None if meant is None else Correction(text.value[error.start : error.end], meant)
        fault = Fault(error.message, start, end, advice=error.advice, rule=rule, issue_code=error.issue_code)
        self._add(Problem(text, fault._replace(correction=correction)))

    def wrong_type(self, node: Node, name: str, expected: str, rule: str = "POL-1") -> None:
        """Report a value of the wrong JSON type."""
        correction = None
        if isinstance(node, JsonNull):
            advice = "leave it out, or give it a value"
        elif expected.startswith("a string") and isinstance(node, (JsonNumber, JsonBoolean)):
            advice = "put it in double quotes"
            correction = Correction(node.text, node.text) if isinstance(node, JsonNumber) else None
        else:
            advice = f"write {expected}"
        message = f"found {describe(node)} as {name}, expected {expected}"
        self.report(node, message, advice, rule, "DATA_TYPE_MISMATCH", correction=correction)

    def texts(self, node: Node, name: str, what: str = "a string") -> tuple[Text, ...]:
        """The strings of a value that is one string or a list of them (POL-2)."""
        if isinstance(node, Text):
            return (node,)
        if not isinstance(node, JsonArray):
            self.wrong_type(node, name, f"{what} or a list of them", "POL-2")
            return ()
        strings = tuple([item for item in node.items if isinstance(item, Text)])
        if len(strings) < len(node.items):
            for item in node.items:
                if not isinstance(item, Text):
                    self.wrong_type(item, f"an entry of {name}", what, "POL-2")
        return strings

    def _add(self, problem: Problem) -> None:
        self.problems.append(problem)
        if len(self.problems) >= MAX_FAULTS:
            raise TooManyProblemsError
