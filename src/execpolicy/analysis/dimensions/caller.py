"""The caller as a dimension: who makes a request, with what policies can say of it.

Principal and NotPrincipal elements and the context keys that follow from the caller depend on each other: they are one
dimension. Callers are divided by kind, and within a kind into cells by the texts of the fields of their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions import caller_kinds as fields
from execpolicy.analysis.dimensions.caller_fields import WITH_ACCOUNT, CallerWords, caller_with, kind_of, words_of
from execpolicy.analysis.dimensions.caller_kinds import ACCOUNT, CALLER_KINDS, CallerKind
from execpolicy.analysis.dimensions.caller_patterns import distinctions_of_condition, distinctions_of_principal
from execpolicy.analysis.dimensions.dimension import (
    Dimension,
    DimensionBuilder,
    NotComparableError,
    UniformSet,
    ValueExample,
)
from execpolicy.analysis.dimensions.names import CALLER, dimension_of_key
from execpolicy.analysis.values.field_sequence import FieldPattern, FieldSequence
from execpolicy.document.principal_name import PrincipalNameError, read_principal_name
from execpolicy.engine.clause import Clause
from execpolicy.engine.clauses import ConditionClause
from execpolicy.engine.principal_clause import PrincipalClause
from execpolicy.language.glob import matcher, tokens_of

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.dimensions.caller_patterns import Distinction
    from execpolicy.language.principal import Principal

_MAX_EXAMPLES = 32
_FIELDS_OF_ARN = 6
_PARTITION = "aws(?:-[a-z0-9]+)*"
#: The partitions that patterns of ARNs may mean; any other one has to be written out.
PARTITIONS = ("aws-cn", "aws-us-gov")
#: Anonymous callers are the first kind, and are all alike.
_ANONYMOUS_CELL = 1


class KindCells(NamedTuple):
    """The cells of the callers of one kind: the product of the cells of its groups of fields.

    ``offset`` is the bit of the first cell; ``sizes`` are the numbers of cells that one cell of each group is divided
    into by the groups after it. ``keys`` are those context keys that clauses test and that do not follow from a caller
    of the kind: examples have them.
    """

    kind: CallerKind
    offset: int
    groups: tuple[FieldSequence, ...]
    sizes: tuple[int, ...]
    number: int
    keys: tuple[str, ...]

    @property
    def full(self) -> int:
        """All cells of the kind."""
        return ((1 << self.number) - 1) << self.offset

    def mask(self, *patterns: FieldPattern) -> int:
        """The cells that one of these patterns matches; they read the same group of fields."""
        group, size = next(
            (group, size)
            for group, size in zip(self.groups, self.sizes, strict=True)
            if any(field.name in patterns[0].fields for field in group.fields)
        )
        return self._spread(group.mask(*patterns), len(group.cells), size) << self.offset

    def _spread(self, of_group: int, cells: int, size: int) -> int:
        """The cells of the kind for cells of a group: each stands for ``size``, in every block of the groups before."""
        within = sum(((1 << size) - 1) << index * size for index in range(cells) if of_group >> index & 1)
        block = cells * size
        return sum(within << start for start in range(0, self.number, block))

    def in_distinction(self, distinction: Distinction) -> int:
        """The cells that match all patterns of one of the alternatives."""
        found = 0
        #: The last patterns of alternatives that begin with the same ones, and that read the same fields.
        alike: dict[tuple[tuple[FieldPattern, ...], frozenset[str]], list[FieldPattern]] = {}
        for *first, last in distinction:
            alike.setdefault((tuple(first), last.fields), []).append(last)
        for (first_ones, _), last_ones in alike.items():
            cells = self.mask(*last_ones)
            for pattern in first_ones:
                cells &= self.mask(pattern)
            found |= cells
        return found

    def example(self, cell: int) -> ValueExample:
        """A caller of a cell, by its index among those of the kind."""
        words: dict[str, str] = {}
        for group, size in zip(self.groups, self.sizes, strict=True):
            of_group = group.cells[cell // size % len(group.cells)]
            words.update(zip((field.name for field in group.fields), of_group.words, strict=True))
        # The fields are in the order in which the value of a key has them.
        keys = {key: ("".join(words[name] for name in words if name in self.kind.keys[key]),) for key in self.keys}
        return ValueExample(principal=caller_with(self.kind, words), keys=keys)

    def cell_of(self, caller: Principal, keys: Mapping[str, tuple[str, ...]]) -> int | None:
        """The bit of the cell of a caller; None if the names of callers of the kind are others."""
        words = words_of(self.kind, caller, keys)
        found = self.offset
        for group, size in zip(self.groups, self.sizes, strict=True):
            cell = group.cell_of([words[field.name] for field in group.fields])
            if cell is None:
                return None
            found += cell * size
        return found


def _names_partition(pattern: str, partition: str) -> bool:
    """Whether a pattern of ARNs distinguishes those of a partition from those of others."""
    written = pattern.split(":", 2)[1:2]
    if not pattern.startswith("arn:") or not written:
        return partition in pattern
    return written[0] != "*" and matcher(tokens_of(written[0].lower()))(partition)


class CallerDimension(Dimension):
    """All callers that a request can have, divided into cells. Each set is the bits of its cells."""

    __slots__ = ("_by_name", "_distinctions", "_examples", "_named", "cells")
    full: int
    absent: int

    def __init__(
        self, cells: Sequence[KindCells], distinctions: dict[Clause, tuple[tuple[Distinction, ...], ...]]
    ) -> None:
        self.name = CALLER
        self.cells = tuple(cells)
        self.full = sum(each.full for each in self.cells)
        self.absent = 0
        self._by_name = {each.kind.name: each for each in self.cells}
        self._distinctions = distinctions
        self._examples: dict[int, ValueExample] = {}
        self._named: int | None = None

    def parts(self, clause: Clause) -> Iterator[UniformSet]:
        """For each kind, the callers that the clause tells apart.

        On each, ``test`` and, for Principal, ``grant`` have one result.
        """
        for cells, distinctions in zip(self.cells, self._distinctions[clause], strict=True):
            parts = [cells.full]
            for distinction in distinctions:
                inside = cells.in_distinction(distinction)
                parts = [part for each in parts for part in (each & inside, each & ~inside) if part]
            for part in parts:
                yield UniformSet(part, self._example(part))

    def containing(self, example: ValueExample) -> int:
        """The cell of a caller. A detail that is not known, such as the unique id, is taken as a usual one.

        Raises LookupError: no request has such a caller: a role is known by its sessions.
        """
        caller = example.principal
        kind = None if caller is None else kind_of(caller)
        cell = None if kind is None or caller is None else self._by_name[kind.name].cell_of(caller, example.keys)
        if cell is None:
            raise LookupError(f"{None if caller is None else caller.arn} is not among the callers of all requests")
        return 1 << cell

    def examples(self, values: Any) -> Iterator[ValueExample]:
        """A caller of each cell, at most 32.

        An anonymous one is the first, because its request has the fewest context keys; then those follow that a clause
        picks out, and then all others: role sessions before users, root users, federated users and services.
        """
        named = values & self._picked_out()
        left = _MAX_EXAMPLES
        for some in (values & _ANONYMOUS_CELL, named, values & ~named & ~_ANONYMOUS_CELL):
            rest = some
            while rest and left:
                yield self._example(rest)
                rest &= rest - 1
                left -= 1

    def _picked_out(self) -> int:
        """The callers that are in a distinction of some clause."""
        found = self._named
        if found is None:
            found = 0
            for by_kind in self._distinctions.values():
                for cells, distinctions in zip(self.cells, by_kind, strict=True):
                    for distinction in distinctions:
                        found |= cells.in_distinction(distinction)
            self._named = found
        return found

    def _example(self, values: int) -> ValueExample:
        """The first caller of a set."""
        cell = (values & -values).bit_length() - 1
        found = self._examples.get(cell)
        if found is None:
            cells = next(each for each in reversed(self.cells) if each.offset <= cell)
            self._examples[cell] = found = cells.example(cell - cells.offset)
        return found

    def alike_to_context_keys(self) -> Iterator[UniformSet]:
        """The callers of each kind: their requests carry the same other context keys."""
        for cells in self.cells:
            yield UniformSet(cells.full, self._example(cells.full))

    def of_kinds(self, *names: str) -> int:
        """The callers of some kinds of Principal, such as ``session``."""
        return sum(each.full for each in self.cells if each.kind.kind in names)


class CallerBuilder(DimensionBuilder):
    """Makes the dimension of callers.

    Args:
        partitions: the partitions in which there are accounts, besides those that policies name.
        accounts: accounts whose callers are distinguished, such as that of the resource.
    """

    __slots__ = ("_accounts", "_canonical", "_clauses", "_words")

    def __init__(self, *, partitions: Iterable[str] = (), accounts: Iterable[str] = ()) -> None:
        self.name = CALLER
        self._words = CallerWords()
        self._canonical = False
        self._clauses: dict[Clause, tuple[tuple[Distinction, ...], ...]] = {}
        self._accounts = tuple(dict.fromkeys(accounts))
        for account in self._accounts:
            self._words.add(ACCOUNT, account, *WITH_ACCOUNT)
        for partition in partitions:
            self._words.add(fields.PARTITION, partition, *WITH_ACCOUNT)

    def add(self, clause: Clause) -> None:
        """Take note of a Principal or NotPrincipal element, or of a condition on a key that follows from the caller.

        Raises NotComparableError: a value has a variable, or a name is not known.
        """
        if clause in self._clauses:
            return
        if isinstance(clause, PrincipalClause):
            found = tuple(distinctions_of_principal(clause, kind) for kind in CALLER_KINDS)
            for name in clause.names:
                self._canonical |= name.kind == "canonical"
                self._words.add_name(name)
        elif isinstance(clause, ConditionClause) and dimension_of_key(clause.condition.key) == CALLER:
            found = tuple(distinctions_of_condition(clause, CALLER_KINDS))
            self._note_words(clause)
        else:
            raise NotComparableError(clause, "it does not test the caller")
        self._clauses[clause] = found

    def _note_words(self, clause: ConditionClause) -> None:
        """Note the texts of fields that the values of a condition have."""
        key = clause.condition.key
        for value in clause.values:
            if key == "aws:principalarn":
                self._note_arn(value)
            elif key == "aws:principalaccount":
                self._words.add(ACCOUNT, value, *WITH_ACCOUNT)
            elif key == "aws:username":
                self._words.add(fields.NAME, value, fields.USER)
            elif key == "aws:principalservicename":
                self._words.add(fields.NAME, value, fields.SERVICE)
            elif key == "aws:userid":
                unique_id, _, session = value.partition(":")
                self._words.add(fields.UNIQUE_ID, unique_id, fields.SESSION, fields.USER, fields.FEDERATED_BY_USER)
                self._words.add(fields.SESSION_NAME, session, fields.SESSION)

    def _note_arn(self, value: str) -> None:
        for partition in PARTITIONS:
            if _names_partition(value, partition):
                self._words.add(fields.PARTITION, partition, *WITH_ACCOUNT)
        try:
            self._words.add_name(read_principal_name("AWS", value))
        except PrincipalNameError:
            parts = value.split(":", 5)
            if len(parts) > 1 and re.fullmatch(_PARTITION, parts[1]):
                self._words.add(fields.PARTITION, parts[1], *WITH_ACCOUNT)
            if len(parts) == _FIELDS_OF_ARN:
                self._words.add(ACCOUNT, parts[4], *WITH_ACCOUNT)

    def build(self, budget: Budget) -> CallerDimension:
        """The dimension of the callers that the clauses tell apart."""
        cells: list[KindCells] = []
        offset = 0
        for number, kind in enumerate(CALLER_KINDS):
            found = self._cells(kind, self._patterns(number, kind), offset, budget)
            budget.take("dividing the callers of requests", found.number)
            cells.append(found)
            offset += found.number
        return CallerDimension(cells, self._clauses)

    def _patterns(self, number: int, kind: CallerKind) -> list[FieldPattern]:
        """All patterns of the callers of a kind."""
        distinctions = [distinction for of_kinds in self._clauses.values() for distinction in of_kinds[number]]
        patterns = [pattern for each in distinctions for alternative in each for pattern in alternative]
        if kind.is_iam:
            patterns.extend(FieldPattern(frozenset({ACCOUNT}), (account,)) for account in self._accounts)
        return patterns

    def _cells(self, kind: CallerKind, patterns: Sequence[FieldPattern], offset: int, budget: Budget) -> KindCells:
        groups = [*kind.groups, (fields.CANONICAL_USER,)] if self._canonical and kind.is_iam else kind.groups
        sequences = tuple(
            FieldSequence(
                self._words.fields(kind, group),
                [pattern for pattern in patterns if not pattern.fields.isdisjoint(group)],
                budget,
            )
            for group in groups
        )
        sizes: list[int] = []
        count = 1
        for sequence in reversed(sequences):
            sizes.insert(0, count)
            count *= len(sequence.cells)
        tested = {clause.condition.key for clause in self._clauses if isinstance(clause, ConditionClause)}
        keys = tuple(key for key in fields.KEYS_OF_SERVICES if kind is fields.SERVICE and key in tested)
        return KindCells(kind, offset, sequences, tuple(sizes), count, keys)
