"""The reasons why a clause holds or does not hold: a closed list."""

from __future__ import annotations

from enum import StrEnum

from execpolicy._base.records import NamedTuple


class Reason(StrEnum):
    """Why a clause holds or does not hold.

    >>> Reason.KEY_ABSENT.value
    'key_absent'
    """

    HOLDS = "holds"
    #: The list does not contain the request's value.
    DIFFERS = "differs"
    #: A Not element, or a negated operator, lists the request's value.
    EXCLUDED = "excluded"
    #: The list is empty.
    EMPTY = "empty"
    #: The request has no value for the key.
    KEY_ABSENT = "key_absent"
    #: Null requires the key to be absent, and it is present.
    KEY_PRESENT = "key_present"
    #: The key has several values and the operator compares one (CND-13).
    NEEDS_SET_OPERATOR = "needs_set_operator"
    #: A value of the policy or of the request is not of the operator's type (CND-15).
    UNFIT_VALUE = "unfit_value"
    #: A policy variable has no value in this request (VAR-3).
    NO_VALUE_FOR_VARIABLE = "no_value_for_variable"
    #: It is not known whether it holds (KEY-4).
    UNKNOWN = "unknown"


class ClauseReason(NamedTuple):
    """A reason, with a note where the expected and the actual values do not explain the result."""

    reason: Reason
    note: str = ""
