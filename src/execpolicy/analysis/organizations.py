"""The organization of a request and its paths in it: each path begins with the organization's id (KEY-3).

Two context keys say it, and each has a dimension of its own. So that boxes can say which of their values agree, the
clauses here tell apart, in both dimensions, each organization that a policy names in one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.limits import limit
from execpolicy.engine.clauses import ConditionClause
from execpolicy.language.variables import TextWithVariables

if TYPE_CHECKING:
    from execpolicy.analysis.box import Box
    from execpolicy.analysis.dimensions.dimension import Dimension
    from execpolicy.analysis.values.value_set import ValueSet
    from execpolicy.engine.clause import Clause

#: The keys of the ids of organizations, by those of paths; in lower case.
ORG_ID_OF_PATHS = {"aws:principalorgpaths": "aws:principalorgid", "aws:resourceorgpaths": "aws:resourceorgid"}


class Organization(NamedTuple):
    """One organization: the conditions that the request's is this one, and that some or all of its paths are in it."""

    id_key: str
    paths_key: str
    is_it: Clause
    some_path: Clause
    all_paths: Clause

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The conditions."""
        return (self.is_it, self.some_path, self.all_paths)

    def impossible(self, ids: Dimension, paths: Dimension, where: Callable[[Clause], ValueSet]) -> Iterator[Box]:
        """The combinations of an id and of paths that no request has.

        Args:
            ids: the dimension of the id.
            paths: the dimension of the paths.
            where: gives the values on which a clause holds.
        """
        is_it, present = where(self.is_it), paths.full & ~paths.absent
        yield {self.id_key: is_it, self.paths_key: present & ~where(self.all_paths)}
        yield {self.id_key: ids.full & ~is_it, self.paths_key: where(self.some_path)}


def organizations(clauses: Iterable[Clause]) -> tuple[Organization, ...]:
    """The organizations that conditions on an id or on paths name, where there are conditions on both."""
    by_key: dict[str, list[ConditionClause]] = {}
    for clause in clauses:
        if isinstance(clause, ConditionClause):
            by_key.setdefault(clause.condition.key, []).append(clause)
    return tuple(
        _organization(id_key, paths_key, name)
        for paths_key, id_key in ORG_ID_OF_PATHS.items()
        if paths_key in by_key and id_key in by_key
        for name in dict.fromkeys(_names((*by_key[id_key], *by_key[paths_key])))
    )


def _names(clauses: Iterable[ConditionClause]) -> Iterator[str]:
    """The ids of organizations that are written out in values: all of the text up to the first slash."""
    for clause in clauses:
        condition = clause.condition
        for value in clause.values if condition.operator.family == "String" else ():
            text = TextWithVariables(value, variables=condition.expands, wildcards=condition.operator.wildcards)
            head = text.parts[0] if text.parts else None
            name, slash, _ = head.partition("/") if isinstance(head, str) else ("", "", "")
            if name and (slash or len(text.parts) == 1) and not set(name) & set("*?$"):
                yield name


def _organization(id_key: str, paths_key: str, name: str) -> Organization:
    conditions = (
        {"StringEquals": {id_key: name}},
        {"ForAnyValue:StringLike": {paths_key: [name, f"{name}/*"]}},
        {"ForAllValues:StringLike": {paths_key: [name, f"{name}/*"]}},
    )
    is_it, some_path, all_paths = (limit({"Condition": each}).occurrences[-1].clause for each in conditions)
    return Organization(id_key, paths_key, is_it, some_path, all_paths)
