"""Frozen values: how they are shown, and how they are built."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Context, ExecuteApiArn, Policy, Request, Stage, Target
from execpolicy._base.frozen import Frozen, unfrozen
from execpolicy.testing import Scenario


@pytest.mark.parametrize("kind", [Api, Context, ExecuteApiArn, Policy, Request, Scenario, Stage, Target])
def test_the_repr_of_a_value_with_empty_slots(kind: type) -> None:
    assert repr(object.__new__(kind)) == f"<{kind.__name__}, not made yet>"


def test_a_traceback_of_a_constructor_shows_the_value() -> None:
    with pytest.raises(TypeError) as caught:
        Context({"aws:username": "x"}, complete="no")  # type: ignore[arg-type]  # what is refused
    shown = [repr(entry.frame.f_locals["self"]) for entry in caught.traceback if "self" in entry.frame.f_locals]
    assert shown == ["<Context, not made yet>"]


def test_other_errors_of_repr_are_raised() -> None:
    class Wrong(Frozen):
        __slots__ = ("a",)
        a: int

        def _shown(self) -> str:
            return str(self.b)  # type: ignore[attr-defined]  # the error that is tested

    made: Any = Wrong()
    made._set(a=1)
    with pytest.raises(AttributeError, match="b"):
        repr(made)


class Point(Frozen):
    __slots__ = ("x", "y")
    x: int
    y: int

    def __init__(self, x: int, y: int) -> None:
        self._set(x=x, y=y)


def test_a_value_can_be_built_without_its_constructor() -> None:
    point = unfrozen(Point)()
    point.x = 1
    point.y = 2
    del point.y
    point.y = 3
    point.__class__ = Point
    assert type(point) is Point
    assert (point, hash(point), repr(point)) == (Point(1, 3), hash(Point(1, 3)), "Point(x=1, y=3)")
    with pytest.raises(AttributeError, match="Point is immutable: x cannot be set"):
        point.x = 4
    with pytest.raises(AttributeError, match="Point is immutable: x cannot be deleted"):
        del point.x


def test_a_value_that_is_being_built_has_no_other_attributes() -> None:
    point: Any = unfrozen(Point)()
    with pytest.raises(AttributeError):
        point.z = 1
