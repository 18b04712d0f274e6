"""What every dimension of requests gives: the sets of its values that a clause tells apart, with examples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.engine.clause import Clause
from execpolicy.engine.view import View
from execpolicy.language.arn import read_resource
from execpolicy.language.key_values import KeyValues
from execpolicy.language.principal import Principal

if TYPE_CHECKING:
    from execpolicy.analysis.budget import Budget
    from execpolicy.analysis.values.value_set import ValueSet


class ValueExample(NamedTuple):
    """One value of a dimension, as a part of a request.

    An example sets only what its dimension is about: the caller, the action, the resource, or context keys. ``keys``
    has values by lower-case name, an empty tuple for a key that the request does not have.
    """

    principal: Principal | None = None
    action: str | None = None
    resource: str | None = None
    keys: Mapping[str, tuple[str, ...]] = {}


class UniformSet(NamedTuple):
    """A set of values on which a clause has one and the same result, with one of them."""

    values: ValueSet
    example: ValueExample


class Dimension(ABC):
    """One property of requests, made for the clauses that it was built from.

    ``full`` is the set of all values. Where requests can lack the property, that is one of its values, and ``absent``
    is the set that has only this one; it is empty where no request can lack it.
    """

    __slots__ = ("absent", "full", "name")
    name: str
    full: ValueSet
    absent: ValueSet

    @abstractmethod
    def parts(self, clause: Clause) -> Iterable[UniformSet]:
        """Disjoint sets that together are ``full``, none of them empty; the clause has one result on each.

        The result of the clause is that of ``clause.test`` for the example: no dimension evaluates a clause itself.
        """

    @abstractmethod
    def containing(self, example: ValueExample) -> ValueSet:
        """The smallest set of the dimension that has a value: all clauses have the same results on it."""

    @abstractmethod
    def examples(self, values: ValueSet) -> Iterator[ValueExample]:
        """Examples of a set that is not empty, the best first: at least one, at most a few dozen.

        A request without a key is better than one with it, and a known name is better than another.
        """


class DimensionBuilder(ABC):
    """Collects the clauses that test one property, and makes the dimension that tells apart what they tell apart."""

    __slots__ = ("name",)
    name: str

    @abstractmethod
    def add(self, clause: Clause) -> None:
        """Take note of a clause.

        Raises NotComparableError: the dimension cannot tell apart what the clause tells apart.
        """

    @abstractmethod
    def build(self, budget: Budget) -> Dimension:
        """The dimension.

        Raises BudgetExceededError: it has too many different values.
        """


class NotComparableError(Exception):
    """A clause that a dimension cannot divide its values by; ``reason`` says why, for people."""

    def __init__(self, clause: Clause, reason: str) -> None:
        super().__init__(reason)
        self.clause = clause
        self.reason = reason


def changed_view(base: View, example: ValueExample) -> View:
    """The view of a request in which one dimension has another value; every other key is that of the context."""
    details = base.key_values
    resource = details.resource if example.resource is None else example.resource
    values = KeyValues(
        details.principal if example.principal is None else example.principal,
        details.action if example.action is None else example.action,
        resource,
        read_resource(resource).account or details.account,
        details.context,
        authenticated=details.authenticated,
        private=details.private,
        known=dict(example.keys),
    )
    return View(values, has_boundary=base.has_boundary)
