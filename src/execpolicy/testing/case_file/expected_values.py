"""Checks the arguments of expectations: sets of texts, layers and statuses, given as one or several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from execpolicy._base.ordered import OrderedSet
from execpolicy.arguments import as_builtin, described, texts_or_none
from execpolicy.engine.layers import Layer
from execpolicy.errors import UsageError

#: The status codes of HTTP.
STATUSES = range(100, 600)


def set_or_none(value: object, name: str) -> frozenset[str] | None:
    """A set of texts; one text is a set of one, and None is no set."""
    found = texts_or_none(value, name)
    return None if found is None else OrderedSet(found)


def lowered_or_none(value: object, name: str) -> frozenset[str] | None:
    """A set of condition keys, in lower case: they are case-insensitive."""
    found = texts_or_none(value, name)
    return None if found is None else OrderedSet(map(str.lower, found))


def layers_or_none(value: object) -> frozenset[Layer] | None:
    """A set of layers, each by itself or by its value; one layer is a set of one, and None is no set."""
    if value is None:
        return None
    several = [value] if isinstance(value, (Layer, str)) else value
    if isinstance(several, Iterable) and not isinstance(several, (bytes, bytearray, memoryview, Mapping)):
        found = [_layer(each) for each in several]
        return OrderedSet(layer for layer in Layer if layer in found)
    raise UsageError(f"layers is a Layer or a list of Layer, found {described(value)}", advice="write layers=[…]")


def _layer(value: object) -> Layer:
    for layer in Layer:
        if value is layer or (isinstance(value, str) and as_builtin(value) == layer.value):
            return layer
    known = ", ".join(layer.value for layer in Layer)
    raise UsageError(f"each of layers is a Layer, found {value!r}", advice=f"a layer is {known}")


def statuses_or_none(value: object) -> frozenset[int] | None:
    """A set of statuses; one status is a set of one, and None is no set."""
    if value is None:
        return None
    several = [value] if isinstance(value, int) else value
    if isinstance(several, Iterable) and not isinstance(several, (str, bytes, bytearray, memoryview, Mapping)):
        return OrderedSet(sorted(status_of(each, "each of statuses") for each in several))
    raise UsageError(
        f"statuses is a status or a list of statuses, found {described(value)}", advice="write statuses=[401, 403]"
    )


def status_of(value: object, name: str) -> int:
    """A status code of HTTP."""
    if isinstance(value, int) and not isinstance(value, bool) and value in STATUSES:
        return value
    raise UsageError(f"{name} is a status from {STATUSES[0]} to {STATUSES[-1]}, found {value!r}")
