"""Attributes that are computed when they are first read."""

from __future__ import annotations

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from functools import cached_property as lazy_attribute
    from typing import Any, ClassVar
else:

    class _LazyAttribute:
        """``functools.cached_property`` without its lock: two threads may both compute a value, with equal results."""

        def __init__(self, function):
            self.function = function
            self.name = function.__name__
            self.__doc__ = function.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.function(instance)
            return value

    lazy_attribute = _LazyAttribute


__all__ = ["LazyFrozen", "lazy_attribute"]


class LazyFrozen(Frozen):
    """A frozen value that computes some of its slots when they are first read.

    ``FIELDS`` are the public attributes, ``COMPUTED`` the functions that compute those slots that are empty in a new
    value. Copies and pickles hold the values of all fields.
    """

    __slots__ = ()

    if TYPE_CHECKING:  # without __getattr__, a type checker reports names that are no fields
        FIELDS: ClassVar[tuple[str, ...]]
        COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]]
    else:

        def __getattr__(self, name):
            compute = self.COMPUTED.get(name)
            if compute is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            value = compute(self)
            object.__setattr__(self, name, value)
            return value

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return cls.FIELDS

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIELDS}
