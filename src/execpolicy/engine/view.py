"""What a clause reads of a request: the principal for one layer, and the values of context keys."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.language.key_values import KeyValues

if TYPE_CHECKING:
    from typing import Any, Protocol

    from execpolicy.language.arn import Arn
    from execpolicy.language.principal import Principal
    from execpolicy.language.request_details import ContextValues
    from execpolicy.language.variables import ValueLookup

    class RequestOrView(Protocol):
        """A request, or a view of one: both give values and the view."""

        @property
        def resource(self) -> str:
            """The ARN of what is called."""

        @property
        def values(self) -> ValueLookup:
            """The values of a key by its lower-case name."""

        def view(self) -> View:
            """The View of the request for this layer."""


#: The largest number of results that a cache keeps.
MAX_RESULTS = 1024


class SharedCache:
    """What requests share that differ only in the resource, with the results that are the same for any resource.

    ``key_values`` holds the values of context keys, ``results`` those of conditions and other checks.
    """

    __slots__ = ("action", "has_boundary", "key_values", "principal", "results")

    def __init__(self, principal: Principal, action: str, *, has_boundary: bool) -> None:
        self.principal = principal
        self.action = action
        self.has_boundary = has_boundary
        self.key_values: dict[str, ContextValues] = {}
        self.results: dict[Any, Any] = {}

    def store(self, key: object, result: object) -> None:
        """Keep a result for the next requests; a cache that is full is emptied first."""
        if len(self.results) >= MAX_RESULTS:
            self.results.clear()
            self.key_values.clear()
        self.results[key] = result


class View:
    """What one layer evaluates of a request: a caller who is anonymous to one layer is known to another."""

    __slots__ = ("_cache", "action", "has_boundary", "key_values", "principal", "resource", "values")

    def __init__(self, key_values: KeyValues, *, has_boundary: bool, cache: SharedCache | None = None) -> None:
        self.key_values = key_values
        self.principal: Principal = key_values.principal
        self.resource = key_values.resource
        #: In lower case: the case of an action does not count (ACT-1).
        self.action = key_values.action.lower()
        #: PRN-6: NotPrincipal never exempts a caller that has a permissions boundary.
        self.has_boundary = has_boundary
        #: Gives the values of a key by its lower-case name.
        self.values = key_values.values
        self._cache = cache

    def __reduce__(self) -> tuple[object, ...]:
        return _view, (self.key_values, self.has_boundary)

    @property
    def arn(self) -> Arn:
        """The ARN of the resource, field by field."""
        return self.key_values.arn

    def view(self) -> View:
        """The view itself, so that a view can be used in place of a request."""
        return self

    def cache(self) -> SharedCache:
        """The results shared by every layer with such a view of the request."""
        if self._cache is None:
            self._cache = SharedCache(self.principal, self.key_values.action, has_boundary=self.has_boundary)
        return self._cache

    def with_unknown(self, key: str) -> View:
        """The same view, as if the values of one key were not known."""
        return self.with_values({key: None})

    def with_values(self, values: dict[str, ContextValues]) -> View:
        """The same view with other values of some keys, by their lower-case names."""
        return View(self.key_values.with_values(values), has_boundary=self.has_boundary)


def _view(key_values: KeyValues, has_boundary: bool) -> View:
    return View(key_values, has_boundary=has_boundary)
