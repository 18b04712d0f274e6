"""An access matrix as a value: callers, calls, contexts, and the answer to each call of each caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from enum import StrEnum
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.witness import deciding_statements
from execpolicy.document.syntax.wording import counted, did_you_mean, listed, quoted
from execpolicy.engine.decision import Decision
from execpolicy.errors import UsageError

if TYPE_CHECKING:
    from execpolicy.engine.caller import Caller
    from execpolicy.engine.decision import DeterminingStatement
    from execpolicy.gateway.flow.response import GatewayResponse
    from execpolicy.gateway.model.variants import Variants
    from execpolicy.language.context import Context


class CellOutcome(StrEnum):
    """The outcome of a call in a cell of a matrix.

    >>> CellOutcome("no route") is CellOutcome.NO_ROUTE
    True
    """

    #: The call reaches its integration; for a Target: the request is allowed.
    ALLOWED = "allowed"
    #: It is refused, whatever is not known.
    DENIED = "denied"
    #: The API has no route for it: nobody gets through.
    NO_ROUTE = "no route"
    #: What is not known decides.
    INDETERMINATE = "indeterminate"


#: The style in which each outcome is shown.
OUTCOME_STYLES: Final = {
    CellOutcome.ALLOWED: "allow",
    CellOutcome.DENIED: "explicit_deny",
    CellOutcome.NO_ROUTE: "missing",
    CellOutcome.INDETERMINATE: "indeterminate",
}
#: How many rows of a matrix a notebook shows.
_MOST_ROWS: Final = 100


class MatrixCaller(NamedTuple):
    """A caller of a matrix: its name, and the caller; None for a call without a signature."""

    name: str
    caller: Caller | Variants[Caller] | None


class MatrixContext(NamedTuple):
    """A context of a matrix: its name, which is empty for the only one, and the context."""

    name: str
    context: Context


class MatrixCall(NamedTuple):
    """A call of a matrix.

    Attributes:
        name: the call in words, such as ``GET /orders/1``; no two calls have the same.
        api: the name of the API, empty for the only one.
        stage: the stage that is called; empty for a Target, and where the text of the call selects it.
        method: the method or the route key; empty for a Target.
        path: the path that is sent, or the ARN of the resource of a Target.
        route: the key of the route that the sample is one of; empty for a call that was given.
        values: the sample values of the parameters of the route.
    """

    name: str
    api: str
    stage: str
    method: str
    path: str
    route: str = ""
    values: tuple[tuple[str, str], ...] = ()


class CellAnswer(NamedTuple):
    """The answer to a call: a response or a decision; None with the reason where there is neither."""

    outcome: CellOutcome
    statuses: tuple[int, ...]
    found: GatewayResponse | Decision | None
    reason: str = ""


#: The outcome of a cell, and the statuses.
CellResult = tuple[CellOutcome, tuple[int, ...]]


class MatrixCell(Frozen):
    """The answer to one call of one caller in one context.

    Two cells are equal if they are of the same call and have the same outcome and statuses.

    Attributes:
        caller: the name of the caller.
        call: the name of the call.
        context: the name of the context; empty for the only one.
        outcome: whether the call gets through.
        statuses: all possible statuses; none for a Target.

    >>> from execpolicy import Api, matrix
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders"])
    >>> matrix(api).cell("anonymous", "GET /orders").outcome
    <CellOutcome.ALLOWED: 'allowed'>
    """

    __slots__ = ("_answer", "call", "caller", "context", "outcome", "statuses")
    caller: str
    call: str
    context: str
    outcome: CellOutcome
    statuses: tuple[int, ...]
    _answer: Callable[[], CellAnswer]

    def __init__(
        self,
        names: tuple[str, str, str],
        result: tuple[CellOutcome, tuple[int, ...]],
        answer: Callable[[], CellAnswer],
    ) -> None:
        caller, call, context = names
        outcome, statuses = result
        self._set(caller=caller, call=call, context=context, outcome=outcome, statuses=statuses, _answer=answer)

    @property
    def answer(self) -> GatewayResponse | Decision | None:
        """The response to the call, or the decision of a Target; it is made again when it is read.

        None if the answer depends on what the call does not say, such as the output of its Lambda authorizer.
        """
        return self._answer().found

    @property
    def statements(self) -> tuple[DeterminingStatement, ...]:
        """The statements that decide, each with its place: those of the last gate that evaluates policies."""
        found = self.answer
        return () if found is None else deciding_statements(found)

    @property
    def missing_keys(self) -> tuple[str, ...]:
        """The condition keys that the call does not have, or that are not known, and that affect the outcome."""
        found = self.answer
        if found is None:
            return ()
        decisions = [found] if isinstance(found, Decision) else [step.decision for step in found.steps]
        keys = {key for each in decisions if each is not None for key in each.missing_keys}
        return tuple(sorted(keys if isinstance(found, Decision) else keys | found.deciding_keys))

    @property
    def words(self) -> str:
        """The outcome in words, with the statuses of a refusal, such as ``denied 403``."""
        is_refused = self.outcome is CellOutcome.DENIED and self.statuses
        return f"{self.outcome} {listed(map(str, self.statuses))}" if is_refused else self.outcome.value

    @property
    def unknown_values(self) -> tuple[str, ...]:
        """The values of the file that are not known and that decide, in words (SRC-9)."""
        found = self.answer
        if found is None:
            return ()
        if isinstance(found, Decision):
            return found.unknown_values
        return tuple(each.name for each in found.unknown_values)

    @property
    def reason(self) -> str:
        """What the call does not say, where the outcome depends on that; else empty."""
        return self._answer().reason

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        answer = self._answer()
        return state | {"_answer": answer}

    def __setstate__(self, state: dict[str, Any]) -> None:
        answer = state["_answer"]
        self._set(**state | {"_answer": lambda: answer})


class Matrix(Frozen):
    """Who can make which calls, as ``matrix`` returns it.

    Attributes:
        callers: the callers, in the order in which they were given.
        calls: the calls.
        contexts: the contexts.
        notes: what is left out, and what is taken for granted.

    >>> from execpolicy import Api, matrix
    >>> api = Api(id="a1b2c3", type="REST", region="eu-west-1", account="111122223333", stages=["prod"],
    ...     routes=["GET /orders"])
    >>> [(cell.caller, cell.call, cell.outcome.value) for cell in matrix(api).cells]
    [('anonymous', 'GET /orders', 'allowed')]
    """

    __slots__ = ("_answer", "_results", "callers", "calls", "contexts", "notes")
    callers: tuple[MatrixCaller, ...]
    calls: tuple[MatrixCall, ...]
    contexts: tuple[MatrixContext, ...]
    notes: tuple[str, ...]
    #: By call, then by context, then by caller.
    _results: tuple[CellResult, ...]
    _answer: Callable[[int, int, int], CellAnswer]

    def __init__(
        self,
        callers: Sequence[MatrixCaller],
        calls: Sequence[MatrixCall],
        contexts: Sequence[MatrixContext],
        *,
        answer: Callable[[int, int, int], CellAnswer],
        class_of: Callable[[int, int, int], Hashable | None],
        notes: Sequence[str] = (),
    ) -> None:
        results = []
        by_class: dict[Hashable, CellResult] = {}
        for call in range(len(calls)):
            for context in range(len(contexts)):
                for caller in range(len(callers)):
                    of_class = class_of(caller, call, context)
                    result = None if of_class is None else by_class.get(of_class)
                    if result is None:
                        found = answer(caller, call, context)
                        result = (found.outcome, found.statuses)
                        if of_class is not None:
                            by_class[of_class] = result
                    results.append(result)
        self._set(
            callers=tuple(callers),
            calls=tuple(calls),
            contexts=tuple(contexts),
            notes=tuple(notes),
            _results=tuple(results),
            _answer=answer,
        )

    @property
    def cells(self) -> Iterator[MatrixCell]:
        """All cells: by call, then by context, then by caller."""
        for call in range(len(self.calls)):
            for context in range(len(self.contexts)):
                yield from self._row(call, context)

    @property
    def rows(self) -> Iterator[tuple[MatrixCall, MatrixContext, tuple[MatrixCell, ...]]]:
        """The cells of all callers for each call and context."""
        for number, call in enumerate(self.calls):
            for at, context in enumerate(self.contexts):
                yield call, context, tuple(self._row(number, at))

    def cell(self, caller: str, call: str, context: str = "") -> MatrixCell:
        """The cell of a caller, a call and a context.

        Args:
            caller: the name of the caller.
            call: the name of the call.
            context: the name of the context; empty for the only one.

        Raises:
            UsageError: the matrix has no such caller, call or context.
        """
        numbers = (
            _number(caller, [each.name for each in self.callers], "caller"),
            _number(call, [each.name for each in self.calls], "call"),
            _number(context, [each.name for each in self.contexts], "context"),
        )
        return self._cell(*numbers)

    def counts(self) -> dict[CellOutcome, int]:
        """How many cells have each outcome."""
        found = Counter(outcome for outcome, _ in self._results)
        return {each: found[each] for each in CellOutcome}

    def _row(self, call: int, context: int) -> Iterator[MatrixCell]:
        return (self._cell(caller, call, context) for caller in range(len(self.callers)))

    def _cell(self, caller: int, call: int, context: int) -> MatrixCell:
        names = (self.callers[caller].name, self.calls[call].name, self.contexts[context].name)
        # The answer is made once for a cell, when it is first read.
        answer = cache(partial(self._answer, caller, call, context))
        number = (call * len(self.contexts) + context) * len(self.callers) + caller
        return MatrixCell(names, self._results[number], answer)

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), self._results)

    def _shown(self) -> str:
        return f"<Matrix: {len(self.callers)} callers, {len(self.calls)} calls: {self._counted()}>"

    def _counted(self) -> str:
        return ", ".join(f"{number} {outcome}" for outcome, number in self.counts().items() if number)

    def _repr_html_(self) -> str:
        from execpolicy._base.notebook_html import table_of  # only notebooks need it

        heads = ("call", *(caller.name for caller in self.callers))
        rows = list(islice(self.rows, _MOST_ROWS))
        left_out = len(self.calls) * len(self.contexts) - len(rows)
        more = f"; {counted(left_out, 'other row')} not shown" if left_out else ""
        return table_of(
            f"{counted(len(self._results), 'cell')}: {self._counted()}{more}",
            heads,
            ([("", _row_name(call, context)), *map(_shown_cell, cells)] for call, context, cells in rows),
        )

    def __bool__(self) -> bool:
        raise UsageError(
            "a Matrix is neither true nor false", advice="read .cells: a matrix of denials would count as true"
        )


def _row_name(call: MatrixCall, context: MatrixContext) -> str:
    return f"{call.name} in {context.name}" if context.name else call.name


def _shown_cell(cell: MatrixCell) -> tuple[str, str]:
    """The style and the words of a cell in a notebook."""
    return OUTCOME_STYLES[cell.outcome], cell.words


def _number(name: str, names: list[str], what: str) -> int:
    if name not in names:
        advice = did_you_mean(name, names) if names else "it has none"
        raise UsageError(f"the matrix has no {what} {quoted(name)}", advice=advice)
    return names.index(name)
