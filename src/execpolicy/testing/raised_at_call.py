"""Errors about wrong input are raised where a test calls the library: the frames of the library say nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import ParamSpec, TypeVar

from execpolicy.errors import ExecPolicyError

P = ParamSpec("P")
R = TypeVar("R")
C = TypeVar("C", bound=type)


def raising_at_call(cls: C) -> C:
    """A class whose methods raise the errors of the library themselves, in a frame that pytest hides.

    >>> @raising_at_call
    ... class Reader:
    ...     def read(self) -> None:
    ...         raise ExecPolicyError("found nothing")
    >>> Reader().read()
    Traceback (most recent call last):
    execpolicy.errors.ExecPolicyError: found nothing
    """
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and (not name.startswith("_") or name in ("__init__", "__bool__")):
            setattr(cls, name, _raising(method))
    return cls


def _raising(method: Callable[P, R]) -> Callable[P, R]:
    @wraps(method)
    def called(*args: P.args, **more: P.kwargs) -> R:
        __tracebackhide__ = True
        try:
            return method(*args, **more)
        except ExecPolicyError as error:
            raise error.with_traceback(None) from None

    return called
