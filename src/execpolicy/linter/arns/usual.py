"""Entries of Resource that are written as most are. No rule of ARNs finds anything in them, so that none reads them."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.linter.arns.pattern import METHODS

_METHODS: Final = "|".join(METHODS)
#: The regions of the partition aws.
_REGION: Final = r"(?:(?:af|ap|ca|eu|il|me|mx|sa)-[a-z]+-[0-9]|us-(?:east|west)-[0-9]|\*)"
_STAGE: Final = rf"(?!(?i:{_METHODS})/)[A-Za-z0-9_-]+"
_SEGMENT: Final = "[A-Za-z0-9_.*-]+"
_PATH: Final = rf"(?!.*\.execute-api\.)(?:{_SEGMENT}(?:/{_SEGMENT})*)?"
_CALLED: Final = rf"(?:\*|(?:{_STAGE}|\*)/\*(?:/{_PATH})?|{_STAGE}/(?:{_METHODS})/{_PATH})"
_API: Final = r"(?:(?P<api>[a-z0-9]+)/(?!(?P=api)/)|\*/)"
_ARN: Final = re.compile(rf"arn:aws:execute-api:{_REGION}:(?:[0-9]{{12}}|\*):(?:\*|{_API}{_CALLED})|\*")
_SHORT_FORM: Final = re.compile(rf"execute-api:/{_CALLED}")


def is_usual(text: str, *, completed: bool) -> bool:
    """Whether no rule of ARNs finds anything in an entry, by its form alone.

    Rules that compare an entry with the API that it is attached to read all entries.

    Args:
        text: the entry.
        completed: whether API Gateway completes short forms in the policy.

    >>> is_usual("arn:aws:execute-api:eu-west-1:111122223333:a1b2c3/prod/GET/orders/*", completed=False)
    True
    >>> is_usual("execute-api:/prod/get/orders", completed=True)
    False
    """
    return _ARN.fullmatch(text) is not None or (completed and _SHORT_FORM.fullmatch(text) is not None)
