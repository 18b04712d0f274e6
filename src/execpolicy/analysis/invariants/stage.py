"""The names of stages."""

from __future__ import annotations

import re
from typing import Final

from execpolicy.analysis.invariants.refusal import found_instead
from execpolicy.arguments import encodable

_STAGE: Final = re.compile(r"[A-Za-z0-9_-]+|\$default")


def checked_stage(text: str) -> str:
    """Check the name of a stage (INV-1).

    Raises:
        ExecPolicyError: no stage has this name.

    >>> checked_stage("$default")
    '$default'
    """
    if _STAGE.fullmatch(encodable(text, "a stage")) is None:
        advice = "a name has letters, digits, - and _, or is $default"
        raise found_instead("the name of a stage", text=text, part="stage", advice=advice, rule="INV-1")
    return text
