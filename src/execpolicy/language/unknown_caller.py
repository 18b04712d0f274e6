"""A caller whose name or path holds unknown values (SRC-10), such as the role ``${Stage}-partner`` of a template.

The name and the path are texts with known parts around unknown values. An unknown value in a name is any text of the
characters that a name in IAM may have: letters, digits and ``_+=,.@-``. One in a path is any text.
"""

from __future__ import annotations

from execpolicy._base.characters import UNKNOWN_START
from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.document.unknown_value import UnknownName, parts_of, unknown_names, unknown_text
from execpolicy.language import principal as kinds
from execpolicy.language.common_text import ANY_IN_NAME, NameTokens
from execpolicy.language.glob import ANY

if TYPE_CHECKING:
    from execpolicy.language.principal import Principal

_PRINCIPAL_ARN, _USERNAME = "aws:principalarn", "aws:username"


class PartlyKnownText(NamedTuple):
    """The value of a key that the name of the caller decides.

    Attributes:
        text: the value; unknown values are written as in policies.
        tokens: the values that are possible, as a pattern.
    """

    text: str
    tokens: NameTokens

    def with_stand_in(self) -> str:
        """The value with a character in place of each unknown value that no policy has: only a wildcard matches it."""
        return "".join(UNKNOWN_START if isinstance(part, UnknownName) else part for part in parts_of(self.text))


def tokens_of_name(name: str) -> NameTokens:
    """The texts that a name may be.

    >>> tokens_of_name(unknown_text("the parameter Stage") + "-partner")
    (<NameWildcard.ANY_IN_NAME: '*/:'>, '-partner')
    """
    return tuple(ANY_IN_NAME if isinstance(part, UnknownName) else part for part in parts_of(name))


def tokens_of_path(path: str) -> NameTokens:
    """The texts that a path may be."""
    return tuple(ANY if isinstance(part, UnknownName) else part for part in parts_of(path))


def partly_known_value(caller: Principal, key: str) -> PartlyKnownText | None:
    """The value of a key by its lower-case name, if it is the name of a caller that is not known in every part."""
    if caller.name_in_template is None:
        return None
    if key == _USERNAME and caller.kind == kinds.USER:
        return PartlyKnownText(caller.name, tokens_of_name(caller.name))
    if key != _PRINCIPAL_ARN:
        return None
    noun = "user" if caller.kind == kinds.USER else "role"
    path, begin = caller.path or "/", f"arn:{caller.partition}:iam::{caller.account}:{noun}"
    tokens = (begin, *tokens_of_path(path), *tokens_of_name(caller.name))
    return PartlyKnownText(f"{begin}{path}{caller.name}", tokens)


def unknown_texts_of(caller: Principal, key: str = _PRINCIPAL_ARN) -> tuple[str, ...]:
    """The texts that stand for the unknown values in the name of a caller, or in the value of a key."""
    value = partly_known_value(caller, key)
    return () if value is None else tuple(map(unknown_text, unknown_names(value.text)))
