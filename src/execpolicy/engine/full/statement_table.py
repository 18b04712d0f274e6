"""What every clause and every statement comes to for a request: all that an explanation rests on, without its words.

A statement is the clauses it is made of, and most of them come to the same for all requests that differ in nothing but
the resource. These are asked once for each setting. What is left of a statement is then one of two results, by whether
its resource matches; each distinct resource clause is asked once for a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.clauses import Clause, ConditionClause, PrincipalClause, ResourceClause
from execpolicy.engine.compile import CompiledStatement
from execpolicy.engine.fast.chain import keep
from execpolicy.engine.full.tally import Grants, LayerTally
from execpolicy.engine.layers import LayerOutcome
from execpolicy.engine.view import View
from execpolicy.language.arn import index_after_api
from execpolicy.language.condition import Truth, kleene_all
from execpolicy.language.context_keys import RESOURCE_KEYS
from execpolicy.language.glob import Matcher
from execpolicy.language.grant import Grant

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    from execpolicy.document.policy import Policy
    from execpolicy.engine.compile import CompiledPolicy, Occurrence
    from execpolicy.engine.fast.chain import Subject
    from execpolicy.engine.view import Setting
    from execpolicy.errors import Source

    #: Whether a statement applies, how it names the caller, and which of its clauses failed first.
    Found: TypeAlias = tuple[Truth, Grant, int | None]
    #: What is written of a clause: element, operator, key, values; and where: occurrence, policy.
    Words: TypeAlias = tuple[str, str, str, tuple[str, ...]]
    Written: TypeAlias = tuple[Words, Occurrence, Policy]
    #: What is written of a statement: number, Sid, effect; its clauses, and their numbers; and the statement.
    Title: TypeAlias = tuple[int, str | None, str]
    Line: TypeAlias = tuple[Title, tuple[Written, ...], tuple[int, ...], CompiledStatement]

_GRANTED = Grant.DIRECT
#: Stands for a statement that is left open.
_OPEN: Found = (None, Grant.NONE, None)


class _Kind(NamedTuple):
    """Statements that differ in nothing but what they match: clauses by number, -1 for the resource."""

    clauses: tuple[int, ...]
    principal: PrincipalClause | None

    def found(self, truths: Sequence[Truth], resource: Truth, view: View) -> Found:
        return found([resource if number < 0 else truths[number] for number in self.clauses], self.principal, view)


def found(truths: Sequence[Truth], principal: PrincipalClause | None, view: View) -> Found:
    """What a statement comes to by its clauses."""
    applies = kleene_all(truths)
    if not applies:
        return applies, Grant.NONE, truths.index(applies)
    return True, _GRANTED if principal is None else principal.grant(view)[0], None


def statement_result(statement: CompiledStatement, view: View) -> Found:
    """What one statement comes to, evaluated by itself."""
    return found([each.clause.test(view) for each in statement.occurrences], statement.principal, view)


class Sheet:
    """The statements of a layer, its clauses numbered, each once.

    First come the clauses that are the same for all requests of a setting, then the resources that need nothing of a
    request but its text, then the others.
    """

    __slots__ = (
        *("_holders", "_kinds", "_lasting", "_matchers", "_open", "_others", "_policies", "_rows"),
        *("asking", "by_level", "clauses", "levels", "lines", "policies"),
    )

    def __init__(self, levels: Iterable[Iterable[CompiledPolicy]]) -> None:
        statements: list[CompiledStatement] = []
        #: Of each policy its name, level and text, and where its statements begin and end.
        self.policies: list[tuple[str, int, Source | None, int, int]] = []
        self._policies: list[Policy] = []
        #: Each statement with its level.
        self.by_level: list[tuple[CompiledStatement, int]] = []
        self.levels = 0
        for level, policies in enumerate(levels):
            self.levels += 1
            for compiled in policies:
                start = len(statements)
                statements += compiled.statements
                self.by_level += [(statement, level) for statement in compiled.statements]
                policy = compiled.policy
                self._policies.append(policy)
                self.policies.append((policy.name, level, policy.source, start, len(statements)))
        places = self._number(statements)
        written: dict[int, Words] = {}
        #: Each statement.
        self.lines: list[Line] = [_line(statement, places, written) for statement in statements]
        self._sort()
        self._holders: dict[int, list[int]] | None = None

    def _number(self, statements: Iterable[CompiledStatement]) -> dict[int, int]:
        """The number of each clause, by its identity."""
        distinct = {id(each.clause): each.clause for statement in statements for each in statement.occurrences}
        lasting = [clause for clause in distinct.values() if _lasts(clause)]
        matched = [(clause, match) for clause in distinct.values() if (match := _matcher(clause)) is not None]
        sorted_out = {id(clause) for clause in (*lasting, *(clause for clause, _ in matched))}
        self._lasting = lasting
        self._matchers = [match for _, match in matched]
        self._others = [clause for number, clause in distinct.items() if number not in sorted_out]
        #: All clauses, by their numbers.
        self.clauses: tuple[Clause, ...] = (*lasting, *(clause for clause, _ in matched), *self._others)
        #: The clauses that ask for a key, by its lower-case name.
        self.asking: dict[str, list[int]] = {}
        for number, clause in enumerate(self.clauses):
            for key in dict.fromkeys(clause.keys()):
                self.asking.setdefault(key, []).append(number)
        return {id(clause): number for number, clause in enumerate(self.clauses)}

    def _sort(self) -> None:
        """Into kinds; what has several clauses that hang on the resource is left open."""
        kinds: dict[tuple[int, ...], int] = {}
        self._kinds: list[_Kind] = []
        self._open: list[int] = []
        #: Of each statement the number of its resource, and its kind.
        self._rows: list[tuple[int, int]] = []
        first, last = len(self._lasting), len(self._lasting) + len(self._matchers)
        for at, (*_, numbers, statement) in enumerate(self.lines):
            hanging = [number for number in numbers if number >= first]
            if len(hanging) != 1 or hanging[0] >= last:
                self._open.append(at)
                self._rows.append((0, -1))
                continue
            clauses = tuple([-1 if number >= first else number for number in numbers])
            kind = kinds.setdefault(clauses, len(kinds))
            if kind == len(self._kinds):
                self._kinds.append(_Kind(clauses, statement.principal))
            self._rows.append((hanging[0], kind))

    def ask(self, resource: str, setting: Setting, subject: Subject) -> LayerEvaluation:
        """What all comes to for a resource. The subject is the request, or how the layer sees it."""
        settled: Any = setting.truths.get(self)
        if settled is None:
            settled = self._settle(subject.view())
            this: Any = self
            keep(setting, this, settled)
        tested, missed, hit = settled
        truths = tested + [match(resource) for match in self._matchers]
        if self._others:
            view = subject.view()
            truths += [clause.test(view) for clause in self._others]
        founds = [(hit if truths[number] else missed)[kind] for number, kind in self._rows]
        for at in self._open:
            founds[at] = self._found(at, truths, subject.view())
        return LayerEvaluation(self, subject, truths, founds)

    def _settle(self, view: View) -> tuple[list[Truth], list[Found], list[Found]]:
        """What is the same for any resource: the clauses that are, and each kind by whether its resource matches."""
        tested = [clause.test(view) for clause in self._lasting]
        missed, hit = (
            [*[kind.found(tested, resource, view) for kind in self._kinds], _OPEN] for resource in (False, True)
        )
        return tested, missed, hit

    def _found(self, at: int, truths: Sequence[Truth], view: View) -> Found:
        """What one statement comes to by the truths of all clauses."""
        *_, numbers, statement = self.lines[at]
        return found([truths[number] for number in numbers], statement.principal, view)

    @property
    def rows_of_policies(self) -> Iterator[tuple[Policy, int, int]]:
        """Each policy, and where its statements begin and end."""
        for policy, (*_, start, end) in zip(self._policies, self.policies, strict=True):
            yield policy, start, end

    @property
    def holders(self) -> Mapping[int, Sequence[int]]:
        """The statements that have a clause, by the number of the clause; twice where it stands in one twice."""
        holders = self._holders
        if holders is None:
            holders = {}
            for at, (*_, numbers, _) in enumerate(self.lines):
                for number in numbers:
                    holders.setdefault(number, []).append(at)
            # Two threads may both make it: with equal results, and the last one stays.
            self._holders = holders
        return holders


def _lasts(clause: Clause) -> bool:
    """Whether it comes to the same for any resource."""
    return not isinstance(clause, ResourceClause) and RESOURCE_KEYS.isdisjoint(clause.keys())


def _matcher(clause: Clause) -> Matcher | None:
    """The test of a resource clause that needs nothing but the text of the resource."""
    if not isinstance(clause, ResourceClause) or any(entry.fixed is None for entry in clause.entries):
        return None
    short = [match for entry in clause.entries if entry.short for _, match in entry.fixed or ()]
    whole = [match for entry in clause.entries if not entry.short for _, match in entry.fixed or ()]
    negated = clause.negated
    if len(whole) == 1 and not short and not negated:
        return whole[0]

    def match(text: str) -> bool:
        if short:
            slash = index_after_api(text)
            if slash >= 0:
                path = text[slash:]
                for matches in short:
                    if matches(path):
                        return not negated
        for matches in whole:
            if matches(text):
                return not negated
        return negated

    return match


def _line(statement: CompiledStatement, places: dict[int, int], written: dict[int, Words]) -> Line:
    clauses = []
    for occurrence in statement.occurrences:
        clause = occurrence.clause
        words = written.get(id(clause))
        if words is None:
            about = (str(clause.operator), clause.key) if isinstance(clause, ConditionClause) else ("", "")
            words = written[id(clause)] = (clause.element, *about, clause.values)
        clauses.append((words, occurrence, statement.policy))
    model = statement.statement
    numbers = tuple([places[id(each.clause)] for each in statement.occurrences])
    return (model.number, statement.sid, model.effect), tuple(clauses), numbers, statement


class LayerEvaluation:
    """The results of one layer for one request: ``truths`` by clause, ``founds`` by statement."""

    __slots__ = ("founds", "sheet", "subject", "truths")

    def __init__(self, sheet: Sheet, subject: Subject, truths: list[Truth], founds: list[Found]) -> None:
        self.sheet = sheet
        self.subject = subject
        self.truths = truths
        self.founds = founds

    @property
    def view(self) -> View:
        """The request as the layer sees it."""
        return self.subject.view()

    @property
    def applying(self) -> list[Truth]:
        """Whether each statement applies."""
        return [found[0] for found in self.founds]

    def outcome(self) -> LayerOutcome:
        """What the layer says."""
        return self.tally().outcome()

    def tally(self, applying: Sequence[Truth] | None = None, grants: Grants = CompiledStatement.grant) -> LayerTally:
        """The statements counted; ``applying`` and ``grants`` take the place of the layer's own results."""
        sheet = self.sheet
        return LayerTally(
            sheet.levels, sheet.by_level, self.applying if applying is None else applying, self.view, grants
        )
