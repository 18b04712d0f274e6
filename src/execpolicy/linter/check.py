"""A rule with the function that finds what breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from execpolicy.linter.rule import Rule
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject


class PolicyCheck(NamedTuple):
    """A rule about single policies."""

    rule: Rule
    find: Callable[[PolicySubject], Iterator[CheckResult]]


class ApiCheck(NamedTuple):
    """A rule about an API as a whole."""

    rule: Rule
    find: Callable[[ApiSubject], Iterator[CheckResult]]


Check: TypeAlias = PolicyCheck | ApiCheck


class Family(NamedTuple):
    """The checks of one module.

    Attributes:
        checks: the checks.
        reads: what the checks of policies go through, such as conditions: they find nothing in a policy without any.
            None if they read the policy as a whole.
    """

    checks: tuple[Check, ...]
    reads: Callable[[PolicySubject], object] | None = None
