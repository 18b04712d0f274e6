"""A rule with the function that finds what breaks it, and the one that shows what its findings say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeAlias

from execpolicy.linter.finding import ShownRequest
from execpolicy.linter.rule import Rule
from execpolicy.linter.subject import ApiSubject, CheckResult, PolicySubject


class PolicyCheck(NamedTuple):
    """A rule about single policies. ``show`` makes the request of a finding, where the rule says what happens."""

    rule: Rule
    find: Callable[[PolicySubject], Iterator[CheckResult]]
    show: Callable[[PolicySubject, CheckResult], ShownRequest | None] | None = None


class ApiCheck(NamedTuple):
    """A rule about an API as a whole. ``show`` is as in PolicyCheck."""

    rule: Rule
    find: Callable[[ApiSubject], Iterator[CheckResult]]
    show: Callable[[ApiSubject, CheckResult], ShownRequest | None] | None = None


Check: TypeAlias = PolicyCheck | ApiCheck


class Family(NamedTuple):
    """The checks of policies of one module.

    Attributes:
        checks: the checks.
        reads: what the checks go through, such as conditions: they find nothing in a policy without any. None if they
            read the policy as a whole.
    """

    checks: tuple[PolicyCheck, ...]
    reads: Callable[[PolicySubject], object] | None = None
