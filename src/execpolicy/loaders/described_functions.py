"""Which function of a file an ARN names, as far as the file says it (ANA-3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from execpolicy.document.unknown_value import has_unknown, parts_of, unknown_text
from execpolicy.gateway.model.authorizer import UNKNOWN_FUNCTION

#: The fields of the ARN of a function before its name: arn, partition, lambda, region, account, function.
BEFORE_NAME: Final = 6
#: A stage variable in an ARN or a name.
_STAGE_VARIABLE: Final = re.compile(r"\$\{stageVariables\.[^}]*\}")


class DescribedFunction(NamedTuple):
    """A function that a file describes.

    Attributes:
        words: what identifies it, as the name of an unknown value.
        name: its name, which may have unknown parts.
        region: its region; empty if that is not known.
        account: its account; empty if that is not known.
    """

    words: str
    name: str
    region: str = ""
    account: str = ""

    def may_be(self, name: str, region: str = "", account: str = "") -> bool:
        """Whether it may be the function with a name, in a region and an account; empty for any."""
        for own, other in ((self.region, region), (self.account, account)):
            if own and other and own != other and not _STAGE_VARIABLE.search(other):
                return False
        if _STAGE_VARIABLE.search(name):
            pattern = ".*".join(map(re.escape, _STAGE_VARIABLE.split(name)))
            return has_unknown(self.name) or re.fullmatch(pattern, self.name, re.DOTALL) is not None
        pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in parts_of(self.name))
        return re.fullmatch(pattern, name, re.DOTALL) is not None


def function_named(functions: Iterable[DescribedFunction], name: str, region: str = "", account: str = "") -> str:
    """What identifies the function with a name.

    Args:
        functions: those that the file describes.
        name: the name.
        region: its region; empty if that is not known.
        account: its account; empty if that is not known.

    Returns:
        The words of the one function that it is, or of all that stages may call by their variables; empty if the file
        describes none of them; UNKNOWN_FUNCTION if that is not known.
    """
    found = [each for each in functions if each.may_be(name, region, account)]
    if not found:
        return ""
    is_one = _STAGE_VARIABLE.search(name) is None
    if (is_one and len(found) > 1) or any(has_unknown(each.name) for each in found):
        return UNKNOWN_FUNCTION
    return ", ".join([*([] if is_one else [name]), *sorted(each.words for each in found)])


def with_described_function(functions: Sequence[DescribedFunction], arn: str) -> str:
    """An ARN, in which what identifies the function stands in place of its name, if the file describes the function.

    UNKNOWN_FUNCTION if it is not known whether the file does.
    """
    fields = arn.split(":")
    if len(fields) <= BEFORE_NAME or fields[2] != "lambda":
        return UNKNOWN_FUNCTION if functions and _STAGE_VARIABLE.search(arn) else arn
    words = function_named(functions, fields[BEFORE_NAME], *fields[3:5])
    if words == UNKNOWN_FUNCTION:
        return words
    fields[BEFORE_NAME] = unknown_text(words) if words else fields[BEFORE_NAME]
    return ":".join(fields)
