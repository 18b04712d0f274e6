"""What checks read: a policy as clauses with their places, with the API that it belongs to; or an API."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple, TypeVar

from execpolicy.document.model import Element, Statement
from execpolicy.document.policy import Policy
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.unknown_value import has_unknown
from execpolicy.engine.clauses import ClauseTable
from execpolicy.engine.compile import CompiledStatement, compile_statement
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.errors import Source, Span
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.linter.finding import Fix, Related
from execpolicy.linter.fixes.substituted import find_literal

_Read = TypeVar("_Read")
#: So many requests are made for the findings of one policy or one API: each is answered by all of its statements.
MAX_REQUESTS: Final = 20
_STATEMENT: Final = re.compile(r"Statement\[([0-9]+)\]")


class CheckResult(NamedTuple):
    """What a check found: all of a finding but its rule.

    Attributes:
        message: what was found, and what follows from it.
        source, span, path: where; as in Finding.
        help: how to mend it here; empty for the advice of the rule.
        related, fix: as in Finding.
        about: the entry of Resource or the condition that it is about, for the request that shows what it says.
    """

    message: str
    source: Source | None
    span: Span | None
    path: str = ""
    help: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    about: Any = None


class StatementSubject(NamedTuple):
    """A statement."""

    statement: Statement

    @property
    def denies(self) -> bool:
        return self.statement.effect == "Deny"

    @property
    def principal(self) -> PrincipalClause | None:
        """Whom Principal names; None without it, and for NotPrincipal."""
        element = self.statement.principal
        if element is None or element.negated:
            return None
        return PrincipalClause(element, effect=self.statement.effect)


class PolicySubject:
    """A policy, and the API whose policy it is.

    Attributes:
        policy: the policy.
        statements: its statements.
        api: the API that it is attached to; None if that is not known.
        given: the options with which ``execpolicy check`` is given its file; empty if it is in none.
        has_variants: whether its text is read in several ways, such as for each value of a condition of a template:
            what is proven of one may not be true of another.
    """

    def __init__(
        self,
        policy: Policy,
        api: ApiDefinition | None = None,
        given: tuple[str, ...] = (),
        *,
        has_variants: bool = False,
    ) -> None:
        self.has_variants = has_variants
        self.policy = policy
        self.api = api
        self.given = given
        self._requests = 0
        self.statements = tuple(StatementSubject(each) for each in policy.statements)
        self._read: dict[object, Any] = {}

    def once(self, read: Callable[[PolicySubject], _Read]) -> _Read:
        """What a function reads of the policy. It is called once, however many rules need the result."""
        if read not in self._read:
            self._read[read] = read(self)
        found: _Read = self._read[read]
        return found

    def forget(self) -> None:
        """Drop what was read: it refers to the subject, so that both would wait for the garbage collector."""
        self._read.clear()

    def may_ask(self) -> bool:
        """Whether one more request can be made: the file can be named, and few were made, or it would take long."""
        self._requests += 1
        return bool(self.given) and self._requests <= MAX_REQUESTS

    def statement(self, number: int) -> CompiledStatement:
        """The clauses of the statement with a number; the first one where a statement's effect is not known."""
        return self.once(_compiled)[number]

    def at(self, text: Text, message: str, path: str, *, first: int = 0, last: int | None = None) -> CheckResult:
        """A finding about a text of the policy, or about the part of it from ``first`` to before ``last``."""
        return CheckResult(message, self.policy.source, self._span(text, first, last), path)

    def related_text(self, label: str, text: Text) -> tuple[Related, ...]:
        """The place of another text of the policy that a finding is about; none without a text."""
        source, span = self.policy.source, self.policy.span(text)
        return () if source is None or span is None else (Related(label, source, span),)

    def related_part(self, label: str, field: str, name: str = "") -> tuple[Related, ...]:
        """The place of a part of the API, by its field in an API file and its name there; none if it is not known."""
        return () if self.api is None else ApiSubject(self.api).related(label, field, name)

    def _span(self, text: Text, first: int, last: int | None) -> Span | None:
        """The place of a text or of a part of it, also of one that stands in a function of a template."""
        source, span = self.policy.source, self.policy.span(text, first, last)
        if source is None or span is None or last is None:
            return span
        start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
        if end - start == last - first:
            return span
        literal = find_literal(source.text[start:end], text.value, first, last)
        return span if literal is None else source.span(start + literal.start, start + literal.end)

    def at_start(self, message: str) -> CheckResult:
        """A finding about the whole document: it underlines the first character."""
        source, start = self.policy.source, self.policy.root[1]
        return CheckResult(message, source, source.span(start, start + 1) if source is not None else None)

    def sid_at(self, path: str) -> str:
        """The Sid of the statement that a path begins with; empty if it has none, or one that is not known."""
        number = _STATEMENT.match(path)
        sid = self.once(_sids).get(int(number[1]), "") if number is not None else ""
        return "" if has_unknown(sid) else sid

    def node(self, number: int, *names: str) -> Node | None:
        """The value of an element of a statement, as it is written, or of a member inside of it; None without one.

        Args:
            number: that of the statement.
            names: the name of the element, and those of members; none for the statement itself.
        """
        root = self.policy.root
        value: Node | None = root.members["Statement"][2] if isinstance(root, JsonObject) else None
        node = value.items[number] if isinstance(value, JsonArray) else value
        for name in names:
            member = node.members.get(name) if isinstance(node, JsonObject) else None
            node = member[2] if member is not None else None
        return node

    def resources(self) -> Iterator[tuple[Statement, Text, str]]:
        """Every entry of Resource and NotResource: its statement, the text, and its path."""
        for statement, element, path in self.elements():
            if element.name.endswith("Resource"):
                for text in element.values:
                    yield statement, text, path

    def elements(self) -> tuple[tuple[Statement, Element, str], ...]:
        """Action and Resource of every statement, or NotAction and NotResource, with their paths."""
        return self.once(_elements)


def _elements(subject: PolicySubject) -> tuple[tuple[Statement, Element, str], ...]:
    statements = [each.statement for each in subject.statements]
    return tuple(
        (statement, element, f"Statement[{statement.number}].{element.name}")
        for statement in statements
        for element in (statement.action, statement.resource)
    )


def _sids(subject: PolicySubject) -> dict[int, str]:
    """The Sids, by the numbers of statements."""
    statements = [each.statement for each in subject.statements]
    return {statement.number: statement.sid.value for statement in statements if statement.sid is not None}


def _compiled(subject: PolicySubject) -> dict[int, CompiledStatement]:
    table = ClauseTable()
    numbered = {each.number: each for each in reversed(subject.policy.statements)}
    return {number: compile_statement(subject.policy, each, table) for number, each in numbered.items()}


class ApiSubject(NamedTuple):
    """An API, and the options with which ``execpolicy check`` is given its file."""

    api: ApiDefinition
    given: tuple[str, ...] = ()

    def at(self, message: str, field: str, name: str = "") -> CheckResult:
        """A finding about a part of the API, by its field in an API file and its name there."""
        places = self.api.places
        found = places.find(field, name) if places is not None else None
        if found is None:
            return CheckResult(message, places.source if places is not None else None, None)
        return CheckResult(message, found.source, found.span)

    def related(self, label: str, field: str, name: str = "") -> tuple[Related, ...]:
        """The place of a part of the API, if it is known."""
        places = self.api.places
        found = places.find(field, name) if places is not None else None
        return () if found is None else (Related(label, found.source, found.span),)
