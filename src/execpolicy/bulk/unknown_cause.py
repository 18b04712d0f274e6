"""Why the change of a logged call is not known."""

from __future__ import annotations

from enum import StrEnum


class UnknownCause(StrEnum):
    """Why the change of a call is not known.

    >>> UnknownCause.CALLER.value
    'the log does not say who signed the call'
    """

    CALLER_POLICIES = "the policies of the caller are not given"
    CALLER = "the log does not say who signed the call"
    CONDITION_KEYS = "the log does not have a condition key that decides"
    SENT_VALUES = "the log does not have headers, query parameters and tokens"
    FILE_VALUES = "a value of the file is not known"
    LOGGED_ANSWER = "the log does not say whether API Gateway refused the call"
    #: What the log says is not possible in the API, or not enough.
    CONTRADICTION = "what the log says does not fit the API"
