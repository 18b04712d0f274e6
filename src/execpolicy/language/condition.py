"""Evaluates one condition, an operator with a key, for a request: True, False or None (unknown)."""

from __future__ import annotations

from collections.abc import Iterable

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.model import NEW_VERSION, Condition
from execpolicy.language.context_keys import DOUBTFUL_KEYS, find_context_key, is_of_provider
from execpolicy.language.glob import matcher
from execpolicy.language.operators import OPERATORS, is_same_number, one_is_mapped, operator_of, read_bool
from execpolicy.language.request_details import FALSE_OR_ABSENT
from execpolicy.language.truth import Truth, kleene_all, kleene_any, kleene_not
from execpolicy.language.value_sets import matches_any
from execpolicy.language.variables import TextWithVariables, Unresolved, ValueLookup

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.document.operator_name import OperatorName
    from execpolicy.language.glob import Tokens
    from execpolicy.language.operators import Operator
    from execpolicy.language.value_sets import ValueTest

#: The assumed rules (status A) that a comparison can depend on.
ASSUMED = (
    *("CND-6", "CND-7", "CND-8", "CND-9", "CND-10", "CND-13", "CND-14", "CND-15", "CND-17", "CND-18"),
    *("KEY-7", "POL-9", "VAR-1", "VAR-2", "VAR-3", "VAR-4"),
)
_OF_VARIABLES = ("VAR-1", "VAR-2", "VAR-3", "VAR-4")
_OF_SPELLINGS = ("CND-7", "CND-8", "CND-10")


def holds_without_value(name: OperatorName, *, negated: bool) -> bool:
    """The result without a value, except of Null (CND-3); IfExists does not change a set operator (CND-12)."""
    if name.quantifier:
        return name.quantifier == "ForAllValues"
    return name.if_exists or negated


class ConditionTest:
    """A condition prepared for evaluation: its values are read once, its variables are resolved for each request."""

    __slots__ = (
        "_assumed_rules",
        "_compares_each",
        "_compares_one",
        "_matches_any",
        "_negated",
        "_numbers",
        "_operands",
        "_read",
        "_read_otherwise",
        "denies",
        "expands",
        "grants",
        "is_null",
        "key",
        "known_type",
        "multivalued",
        "name",
        "of_rcp",
        "operator",
        "read_policy_value",
        "texts",
        "unknown",
        "values",
        "variables",
    )

    def __init__(self, condition: Condition, *, version: str, effect: str, of_rcp: bool = False) -> None:
        self.grants, self.of_rcp = effect == "Allow", of_rcp
        # What grants is read in the narrow way, and what denies in the wide one (CND-16).
        self.denies = self.grants is OPERATORS[condition.operator.base].negated
        operator = operator_of(condition.operator.base, denies=self.denies)
        narrow, wide = operator.read_policy_value, operator.read_wide or operator.read_policy_value
        self.read_policy_value, self._read_otherwise = (wide, narrow) if self.denies else (narrow, wide)
        self.name, self.operator = condition.operator, operator
        self.is_null = operator.family == "Null"
        self.key = condition.key.value.lower()
        known = find_context_key(self.key)
        #: The context checks the values of a key that is in the catalogue against its type.
        self.known_type = known is not None and not is_of_provider(known)
        self.multivalued = known is not None and known.multivalued
        #: Its values, and the indices of those that are numbers with other texts (POL-9).
        self.values, self._numbers = tuple(text.value for text in condition.values), condition.numbers
        #: Whether its values may have variables.
        self.expands = variables = operator.variables and version == NEW_VERSION
        self.texts = tuple(
            TextWithVariables(value, variables=variables, wildcards=operator.wildcards) for value in self.values
        )
        self._operands: tuple[Any, ...] = tuple(
            None if text.tokens is None else self.read_policy_value(text.tokens) for text in self.texts
        )
        #: The lower-case names of the keys in variables of the values.
        self.variables = tuple(name for text in self.texts for name in text.variables)
        #: The names of the unknown values in its values (SRC-10).
        self.unknown = tuple(name for text in self.texts for name in text.unknown)
        #: Whether each value is compared by itself, because not all of them are the same for every request.
        self._compares_each = bool(self.variables or self.unknown)
        self._read, self._negated = operator.read_request_value, operator.negated
        #: Both are computed when they are first needed.
        self._matches_any: ValueTest | None = None
        self._assumed_rules: tuple[str, ...] | None = None
        #: Whether it compares one value of the request with fixed values, as most conditions do.
        self._compares_one = not (
            self.is_null or self.name.quantifier or self.multivalued or self._compares_each or not self.values
        )

    def test(self, lookup: ValueLookup, excluded: str = "") -> Truth:
        """Whether the condition holds (CND-1, CND-3, CND-11, CND-12, CND-13, CND-14, CND-15).

        ``excluded`` is the id of an assumed rule: a result that depends on it is then unknown.
        """
        actual = lookup(self.key)
        if self._compares_one and actual is not None and len(actual) == 1 and not excluded:
            value = self._read(actual[0])
            if value is not None:
                return (self._matches_any or self._matcher_of_all())(value) is not self._negated
        if actual is FALSE_OR_ABSENT:
            return self._test_false_or_absent(lookup, excluded)
        if actual == ("",) and (self.is_null or self.name.quantifier):
            actual = ()  # for AWS, an empty text is an empty set
        if self.is_null:
            return self.test_null(None if actual is None else not actual, excluded)
        if actual is None:
            return None if self.values else self._test_empty_unknown(excluded)
        if not actual:
            return self._test_missing()
        if self.needs_quantifier(actual):
            return self._test_several(actual, lookup, excluded)
        if not self.values:
            return self._test_empty(excluded)
        truths = (self._test_value(value, lookup, excluded) for value in actual)
        return kleene_all(truths) if self.name.quantifier == "ForAllValues" else kleene_any(truths)

    def _test_several(self, actual: tuple[str, ...], lookup: ValueLookup, excluded: str) -> Truth:
        """The result without a set operator for a key that needs one (CND-13): for a Deny that of ForAnyValue."""
        if self.grants and excluded != "CND-13":
            return False
        by_any = self._test_empty(excluded)
        if self.values:
            by_any = kleene_any(self._test_value(value, lookup, excluded) for value in actual)
        return None if excluded == "CND-13" and by_any is not False else by_any

    def _test_false_or_absent(self, lookup: ValueLookup, excluded: str) -> Truth:
        """The result for a key that is false or absent: where the two differ, an Allow does not apply (KEY-7)."""
        readings = [self.test(self._with_values(values, lookup), excluded) for values in ((), ("false",))]
        if excluded == "KEY-7":
            return readings[0] if readings[0] is readings[1] else None
        return kleene_all(readings) if self.grants else kleene_any(readings)

    def _with_values(self, values: tuple[str, ...], lookup: ValueLookup) -> ValueLookup:
        """The same values, but for the key of the condition."""
        return lambda key: values if key == self.key else lookup(key)

    def needs_quantifier(self, actual: tuple[str, ...]) -> bool:
        """Whether the key has several values, and the operator has no set operator (CND-13)."""
        plain = not self.name.quantifier and not self.is_null
        return plain and (len(actual) > 1 or (self.multivalued and bool(actual)))

    def _test_missing(self) -> bool:
        """The result without a value."""
        return holds_without_value(self.name, negated=self.operator.negated)

    def _test_empty(self, excluded: str) -> Truth:
        """The result of an empty list of values for a key that is present (CND-14)."""
        if self.name.quantifier or self.name.if_exists:
            return False
        return None if excluded == "CND-14" else self.operator.negated

    def _test_empty_unknown(self, excluded: str) -> Truth:
        """The result of an empty list of values for an unknown key: the one that holds for every value of the key."""
        if self.name.quantifier == "ForAnyValue":
            return False
        if self.name.quantifier or self.name.if_exists or (self.multivalued and self.operator.negated):
            return None  # true only if the key has no value
        return None if excluded == "CND-14" else self.operator.negated

    def test_null(self, missing: Truth, excluded: str = "") -> Truth:
        """Null tests whether the key is present; with a set operator it is constant (CND-4, CND-12)."""
        if self.name.quantifier:
            return self.name.quantifier == "ForAllValues"
        if not self.values and excluded == "CND-14":
            return None
        holds = None if missing is None and self.values else missing in self._operands
        if self.unknown and not holds:
            return None
        if excluded == "CND-10" and holds and missing not in map(read_bool, {"true", "false"} & {*self.values}):
            return None
        return None if not holds and None in self._operands and excluded == "CND-15" else holds

    def _test_value(self, value: str, lookup: ValueLookup, excluded: str) -> Truth:
        """One value of the request: it matches a value of the policy, or none with a negated operator (CND-11)."""
        actual = self.operator.read_request_value(value)
        matched: Truth
        if excluded or actual is None or self._compares_each:
            matched = kleene_any(self._each_value(value, lookup, excluded))
        else:
            matched = (self._matches_any or self._matcher_of_all())(actual)
        return kleene_not(matched) if self.operator.negated else matched

    def _matcher_of_all(self) -> ValueTest:
        """Whether a value matches one of those that need no request to be known."""
        values = [text.tokens for text in self.texts if text.tokens is not None]
        self._matches_any = holds = matches_any(self.operator, values, self.read_policy_value)
        return holds

    def _each_value(self, value: str, lookup: ValueLookup, excluded: str) -> Iterable[Truth]:
        """For each value of the policy, in order, whether the value of the request matches it."""
        actual = self.operator.read_request_value(value)
        for index in range(len(self.values)):
            truth = self._matches_in_all(index, actual, lookup)
            if self.texts[index].unknown:
                depends = False
            elif excluded in _OF_SPELLINGS:
                depends = self._depends_on_spelling(excluded, index, value)
            elif excluded == "CND-18":
                other = self._by(excluded).read_request_value(value)
                depends = self._matches_in_all(index, other, lookup, excluded) is not truth
            else:
                depends = bool(excluded) and self._depends_on(excluded, index, actual, truth, lookup)
            yield None if depends else truth

    def _matches_in_all(self, index: int, actual: Any, lookup: ValueLookup, otherwise: str = "") -> Truth:
        """Whether a value of the request matches value ``index``: where it denies, by one reading (VAR-3)."""
        truth = self._matches(index, actual, lookup, otherwise)
        if not self.texts[index].has_empty(lookup):
            return truth
        truths = (truth, self._matches(index, actual, lookup, otherwise, empty=True))
        return kleene_any(truths) if self.denies else kleene_all(truths)

    def _matches(self, index: int, actual: Any, lookup: ValueLookup, otherwise: str = "", empty: bool = False) -> Truth:
        """The same by one reading of the empty text: with ``empty`` it is a value."""
        operand = self.operand(index, lookup, empty=empty, otherwise=otherwise)
        if operand is Unresolved.UNKNOWN:
            return None if self._can_match(index, actual, lookup, otherwise, empty) else False
        return self._compare(actual, operand)

    def _compare(self, actual: Any, operand: Any) -> Truth:
        if operand is Unresolved.MISSING or operand is None:
            return False
        if actual is None:
            return False if self.known_type else None
        return self.operator.test(actual, operand)

    def _can_match(self, index: int, actual: Any, lookup: ValueLookup, otherwise: str, empty: bool) -> bool:
        """Whether some value of what is not known makes a value of the policy match (KEY-4, SRC-10)."""
        if self.operator.family not in ("String", "Arn"):
            # Any value of the type may be meant; a value of the request of another type matches none (CND-15).
            return actual is not None or not self.known_type
        text = self.texts[index]
        tokens = text.resolve(lookup, denies=self.denies, empty=empty, otherwise=otherwise, widest=True)
        assert not isinstance(tokens, Unresolved), "the operand is unknown, so that no variable is missing"
        assert actual is not None, "a text is never of another type"
        fold = self._by(otherwise).fold or str
        return matcher(fold(token) if isinstance(token, str) else token for token in tokens)(actual)

    def _depends_on(self, rule: str, index: int, actual: Any, truth: Truth, lookup: ValueLookup) -> bool:
        """Whether the comparison of one value of the request with one of the policy depends on an assumed rule."""
        if rule == "VAR-3":
            return any(self._matches(index, actual, lookup, empty=empty) is not truth for empty in (False, True))
        if rule in _OF_VARIABLES:
            return self._matches_in_all(index, actual, lookup, rule) is not truth
        if rule == "POL-9":
            return index in self._numbers and is_same_number(actual, self.values[index])
        operands = (self.operand(index, lookup, empty=empty) for empty in (False, True))
        return any(self._depends_on_type(rule, index, actual, each) for each in operands)

    def _depends_on_type(self, rule: str, index: int, actual: Any, operand: Any) -> bool:
        if isinstance(operand, Unresolved):
            return False
        if operand is None:
            return rule == ("CND-6" if self.operator.family == "Arn" else "CND-15")
        if actual is None:
            return rule == "CND-15"
        if rule == "CND-6":
            return self.operator.family == "Arn" and actual.count(":") < 5
        if rule == "CND-9" and self.operator.family == "IpAddress" and one_is_mapped(actual, operand):
            return True
        return rule in ("CND-9", "CND-17") and self._depends_on_reading(index, actual, operand)

    def _depends_on_spelling(self, rule: str, index: int, value: str) -> bool:
        """Whether the comparison is another one by another reading of how both values are written."""
        import execpolicy.language.other_values

        text, operand, actual = self.values[index], self._operands[index], self._read(value)
        truth = self._compare(actual, operand)
        readings = execpolicy.language.other_values.OTHER_READINGS[rule]
        others = (self._compare(read(value, actual), read(text, operand)) for read in readings)
        return any(other is not truth for other in others)

    def _by(self, otherwise: str) -> Operator:
        """The operator, which by the other reading of CND-18 takes other letters as equal."""
        return operator_of(self.operator.name, denies=self.denies is not (otherwise == "CND-18"))

    def _depends_on_reading(self, index: int, actual: Any, operand: Any) -> bool:
        """Whether the comparison is another one by the other reading of the value of the policy (CND-16)."""
        tokens = self.texts[index].tokens
        assert tokens is not None, "operators with two readings have no variables"
        return self.operator.test(actual, self._read_otherwise(tokens)) is not self.operator.test(actual, operand)

    def operand(self, index: int, lookup: ValueLookup, *, empty: bool = False, otherwise: str = "") -> Any:
        """The operand of value ``index``: None if it has another type (CND-15), Unresolved if a variable has no value.

        With ``empty`` the empty text is a value; by ``otherwise`` another assumed rule has its other reading.
        """
        text = self.texts[index]
        if otherwise == "VAR-1":
            text = TextWithVariables(self.values[index], variables=False, wildcards=self.operator.wildcards)
            assert text.tokens is not None, "without variables a text is known"
            return self.read_policy_value(text.tokens)
        read = self._by(otherwise).read_policy_value if otherwise == "CND-18" else self.read_policy_value
        if text.tokens is not None:
            return self._operands[index] if read is self.read_policy_value else read(text.tokens)
        tokens = text.resolve(lookup, denies=self.denies, empty=empty, otherwise=otherwise)
        return tokens if isinstance(tokens, Unresolved) else read(tokens)

    @property
    def tokens(self) -> tuple[Tokens | None, ...]:
        """The tokens of each value; None for a value with variables or unknown values."""
        return tuple(text.tokens for text in self.texts)

    def without_value(self, lookup: ValueLookup) -> tuple[str, ...]:
        """The lower-case names of the keys of variables without a value (VAR-3)."""
        return tuple(dict.fromkeys(name for each in self.texts for name in each.without_value(lookup)))

    def assumptions(self, lookup: ValueLookup) -> tuple[str, ...]:
        """The ids of the assumed rules (status A) that the result for a request depends on."""
        possible = self._assumed_rules
        if possible is None:
            self._assumed_rules = possible = self._rules_of_some_request()
        actual = lookup(self.key)
        actual = () if actual is None else actual
        rules = [rule for rule in possible if self._may_depend_on(rule, actual)]
        if not rules or self.test(lookup) is None:
            return ()
        return tuple(rule for rule in rules if self.test(lookup, rule) is None)

    def _rules_of_some_request(self) -> tuple[str, ...]:
        """The ids of the assumed rules that the result can depend on for some request."""
        import execpolicy.language.other_values

        family, spellings = self.operator.family, execpolicy.language.other_values.FAMILIES
        possible = {
            "CND-6": family == "Arn",
            **{rule: family in families for rule, families in spellings.items()},
            "CND-9": family == "IpAddress",
            "CND-17": family == "Date" and any(map(self._has_two_readings, self.texts)),
            "CND-13": not self.is_null and not self.name.quantifier,
            "CND-14": not self.values,
            "CND-15": family not in ("String", "Arn"),
            "CND-18": self.operator.fold is not None,
            "KEY-7": self.key in DOUBTFUL_KEYS,
            "POL-9": bool(self._numbers),
            "VAR-1": self.of_rcp and self.expands and any("${" in value for value in self.values),
            "VAR-2": bool(self.variables),
            "VAR-3": bool(self.variables),
            "VAR-4": bool(self.variables) and self.operator.wildcards,
        }
        return tuple(rule for rule in ASSUMED if possible[rule])

    def _may_depend_on(self, rule: str, actual: tuple[str, ...]) -> bool:
        """Whether the result can depend on an assumed rule for these values of a request."""
        if rule == "CND-13":
            return self.needs_quantifier(actual)
        if rule == "KEY-7":
            return actual is FALSE_OR_ABSENT
        if rule in _OF_SPELLINGS:
            return self._is_spelled_so(rule, actual)
        if rule == "CND-18":
            return self._compares_each or not all(map(str.isascii, (*self.values, *actual)))
        if rule not in ("CND-9", "CND-15"):
            return True
        values = (*self._operands, *map(self._read, actual))
        if rule == "CND-15":
            return None in values
        mapped = any(each is not None and each.is_mapped for each in values)
        return mapped or any(map(self._has_two_readings, self.texts))

    def _is_spelled_so(self, rule: str, actual: tuple[str, ...]) -> bool:
        """Whether a value has another reading by how it is written."""
        import execpolicy.language.other_values

        read_alike = zip((*self.values, *actual), (*self._operands, *map(self._read, actual)), strict=True)
        readings = execpolicy.language.other_values.OTHER_READINGS[rule]
        return any(read(text, value) != value for text, value in read_alike for read in readings)

    def _has_two_readings(self, text: TextWithVariables) -> bool:
        """Whether a value of the policy is read in two ways (CND-16)."""
        if self.operator.read_wide is None or text.tokens is None:
            return False
        return bool(self.read_policy_value(text.tokens) != self._read_otherwise(text.tokens))

    def unfit(self, lookup: ValueLookup) -> tuple[str, ...]:
        """The values of the request that are not of the operator's type (CND-15)."""
        if self.is_null:
            return ()
        return tuple(value for value in lookup(self.key) or () if self.operator.read_request_value(value) is None)
