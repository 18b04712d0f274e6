"""The base of the public value types: slots, no assignment, equality by content; and attributes computed when read.

``dataclasses`` does the same, but loads ``inspect``, which takes ten milliseconds of every import.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from functools import cached_property as lazy_attribute
    from typing import Any, ClassVar, NoReturn, TypeVar

    V = TypeVar("V")
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


__all__ = ["Frozen", "LazyFrozen", "is_computed", "keep_computed", "lazy_attribute", "setter", "unfrozen"]


class Frozen:
    """An immutable value: its slots are set once, in ``__init__``, through ``_set``.

    Two values are equal if they have the same class and equal ``_identity``.
    """

    __slots__: tuple[str, ...] = ()

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def _identity(self) -> tuple[Any, ...]:
        """What equality compares: every public slot unless a class overrides it."""
        return tuple(getattr(self, name) for name in self._fields())

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return tuple(name for name in cls.__slots__ if not name.startswith("_"))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable: {name} cannot be deleted")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._identity()))

    def __repr__(self) -> str:
        try:
            return self._shown()
        except AttributeError:
            # A traceback of an error in __init__ shows a value with empty slots.
            slots = [slot for cls in type(self).__mro__ for slot in getattr(cls, "__slots__", ())]
            if all(hasattr(self, slot) for slot in slots):
                raise
            return f"<{type(self).__name__}, not made yet>"

    def _shown(self) -> str:
        """The text of ``repr()``."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields())
        return f"{type(self).__name__}({shown})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._set(**state)


class LazyFrozen(Frozen):
    """A frozen value that computes some of its attributes when they are first read.

    ``FIELDS`` are the public attributes, ``COMPUTED`` the functions that compute those that have no slot. Copies and
    pickles hold the values of all fields.
    """

    __slots__ = ("_computed",)
    _computed: dict[str, Any]

    if TYPE_CHECKING:
        FIELDS: ClassVar[tuple[str, ...]]
        COMPUTED: ClassVar[Mapping[str, Callable[[Any], Any]]]

    def __init_subclass__(cls, **arguments: Any) -> None:
        super().__init_subclass__(**arguments)
        # A class with __getattr__ takes three times as long to read any attribute.
        for name, compute in cls.__dict__.get("COMPUTED", {}).items():
            setattr(cls, name, _ComputedAttribute(name, compute))

    @classmethod
    def _fields(cls) -> tuple[str, ...]:
        return cls.FIELDS

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.FIELDS}


_computed = LazyFrozen.__dict__["_computed"]


class _ComputedAttribute:
    """An attribute of a ``LazyFrozen`` that is computed when it is first read. All of a value are in one slot."""

    def __init__(self, name: str, compute: Callable[[Any], Any]) -> None:
        self.name = name
        self.compute = compute

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        try:  # written out: text is made of very many of these
            found = instance._computed
        except AttributeError:
            found = {}
            _computed.__set__(instance, found)
        if self.name in found:
            return found[self.name]
        # Two threads may both compute it: with equal results, and the last one stays.
        value = found[self.name] = self.compute(instance)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        _values(instance)[self.name] = value


def is_computed(value: LazyFrozen, name: str) -> bool:
    """Whether a computed attribute of a value was read before, or set."""
    return name in _values(value)


def keep_computed(value: LazyFrozen, values: dict[str, Any]) -> None:
    """Let a value that is being built have these computed attributes, so that the first look-up finds their place."""
    _computed.__set__(value, values)


def _values(instance: LazyFrozen) -> dict[str, Any]:
    """The computed attributes of a value."""
    try:
        return instance._computed
    except AttributeError:
        values: dict[str, Any] = {}
        _computed.__set__(instance, values)
        return values


def setter(cls: type, slot: str) -> Callable[[object, Any], None]:
    """A function that sets one slot of a frozen value; it takes half the time of ``object.__setattr__``."""
    found: Callable[[object, Any], None] = cls.__dict__[slot].__set__
    return found


def unfrozen(cls: type[V]) -> Callable[[], V]:
    """A class for values of ``cls`` that are being built: it has the same slots and permits assignment.

    ``_set`` takes three times as long, which counts for classes with very many values. ::

        _UnfrozenPoint = unfrozen(Point)

        point = _UnfrozenPoint()
        point.x = 1
        point.__class__ = Point  # from here on it is frozen
    """
    permits = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(cls.__name__, (cls,), {"__slots__": (), **permits})
