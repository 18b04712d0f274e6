"""Conditions and contexts in a line, for tests of one condition."""

from __future__ import annotations

from collections.abc import Mapping

from execpolicy.document.model import Condition
from execpolicy.document.operator_name import read_operator_name
from execpolicy.document.syntax.nodes import Text
from execpolicy.language.condition import ConditionTest
from execpolicy.language.truth import Truth

Values = Mapping[str, tuple[str, ...] | None]
NEW, OLD = "2012-10-17", "2008-10-17"


def condition(operator: str, key: str, *values: str, version: str = NEW, effect: str = "Allow") -> ConditionTest:
    texts = tuple(Text(value) for value in values)
    return ConditionTest(
        Condition(read_operator_name(operator), Text(operator), Text(key), texts), version=version, effect=effect
    )


def holds(test: ConditionTest, values: Values) -> Truth:
    """The result of a condition for a request with these values, by lower-case key, and no others."""
    return test.test(lambda key: values.get(key, ()))


def assumptions(test: ConditionTest, values: Values) -> tuple[str, ...]:
    return test.assumptions(lambda key: values.get(key, ()))
