"""Values that do not change: what stands for one in a traceback before it is made."""

from __future__ import annotations

from typing import Any

import pytest

from execpolicy import Api, Context, ExecuteApiArn, Policy, Request, Stage, Target
from execpolicy._base.frozen import Frozen
from execpolicy.testing import Scenario


@pytest.mark.parametrize("kind", [Api, Context, ExecuteApiArn, Policy, Request, Scenario, Stage, Target])
def test_a_value_that_is_not_made_yet_is_shown(kind: type) -> None:
    assert repr(object.__new__(kind)) == f"<{kind.__name__}, not made yet>"


def test_the_traceback_of_a_constructor_shows_the_value() -> None:
    with pytest.raises(TypeError) as caught:
        Context({"aws:username": "x"}, complete="no")  # type: ignore[arg-type]  # what is refused
    shown = [repr(entry.frame.f_locals["self"]) for entry in caught.traceback if "self" in entry.frame.f_locals]
    assert shown == ["<Context, not made yet>"]


def test_another_error_of_a_value_comes_out() -> None:
    class Wrong(Frozen):
        __slots__ = ("a",)
        a: int

        def _shown(self) -> str:
            return str(self.b)  # type: ignore[attr-defined]  # the error that is tested

    made: Any = Wrong()
    made._set(a=1)
    with pytest.raises(AttributeError, match="b"):
        repr(made)
