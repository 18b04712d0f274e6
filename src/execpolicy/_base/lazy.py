"""Values whose parts are worked out when they are asked for."""

from __future__ import annotations

from execpolicy._base.frozen import Frozen
from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from functools import cached_property as kept
    from typing import Any, ClassVar
else:

    class _Kept:
        """``functools.cached_property`` without its lock: two threads may both work out a value, and they are equal."""

        def __init__(self, function):
            self.function = function
            self.name = function.__name__
            self.__doc__ = function.__doc__

        def __get__(self, instance, owner=None):
            if instance is None:
                return self
            value = instance.__dict__[self.name] = self.function(instance)
            return value

    kept = _Kept


__all__ = ["Lazy", "kept"]


class Lazy(Frozen):
    """A value with slots that are empty until they are asked for, then worked out and kept.

    A class says what its fields are, and how those are worked out that its objects are made without. A copy, and what
    comes out of a pickle, has all of them.
    """

    __slots__ = ()

    if TYPE_CHECKING:  # it is to know the fields, and not to take any name for one
        FIELDS: ClassVar[tuple[str, ...]]
        UNTOLD: ClassVar[Mapping[str, Callable[[Any], Any]]]
    else:

        def __getattr__(self, name):
            work_out = self.UNTOLD.get(name)
            if work_out is None:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            value = work_out(self)
            object.__setattr__(self, name, value)
            return value

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return cls.FIELDS

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIELDS}
