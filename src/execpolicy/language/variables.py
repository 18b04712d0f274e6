"""Policy variables: ``${aws:username}`` in a resource or a condition value becomes a value of the request (VAR)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.variable_syntax import Literal, Variable, split_variables
from execpolicy.language.context_keys import find_context_key
from execpolicy.language.glob import ANY, ANY_IN_FIELD, Tokens, Wildcard, normalised, tokens_of

if TYPE_CHECKING:
    from execpolicy.language.key_values import KeyValues

#: As many colons stand before the last field of an ARN, the only one in which variables work (VAR-1).
COLONS_BEFORE_RESOURCE = 5

#: The values of a key by its lower-case name: empty when the request has none, None when that is not known.
ValueLookup = Callable[[str], tuple[str, ...] | None]


class Unresolved(Enum):
    """Why a text with variables has no value for a request."""

    MISSING = "missing"
    UNKNOWN = "unknown"


class TextWithVariables:
    """A text of a policy: tokens, and the variables between them that each request fills."""

    __slots__ = ("parts", "tokens", "variables")

    def __init__(self, text: str, *, variables: bool, wildcards: bool) -> None:
        parts: Iterable[str | Literal | Variable] = split_variables(text) if variables else (text,)
        self._hold(tuple(_expanded(parts, wildcards=wildcards)))

    def _hold(self, parts: tuple[str | Wildcard | Variable, ...]) -> None:
        self.parts = parts
        #: The lower-case names of the keys that it asks for.
        self.variables = tuple(part.key.lower() for part in self.parts if isinstance(part, Variable))
        #: The tokens where no request is needed to know them.
        self.tokens: Tokens | None = None
        if not self.variables:
            self.tokens = tuple(part for part in self.parts if not isinstance(part, Variable))

    def with_placed_variables(self) -> TextWithVariables:
        """The template with each variable before the fifth colon of an ARN as a wildcard; itself if there is none.

        Such a variable counts as ``*`` within its field (POL-14). Where a wildcard comes first, or the text is no ARN,
        nothing tells which field it is in: then it counts as ``*`` in any.
        """
        out: list[str | Wildcard | Variable] = []
        colons, field_is_known = 0, isinstance(self.parts[0], str) and self.parts[0].startswith("arn:")
        for part in self.parts:
            if isinstance(part, Variable):
                with_placed_variables = colons >= COLONS_BEFORE_RESOURCE
                out.append(part if with_placed_variables else ANY_IN_FIELD if field_is_known else ANY)
                continue
            out.append(part)
            if isinstance(part, str):
                colons += part.count(":")
            else:
                field_is_known = False
        if tuple(out) == self.parts:
            return self
        other = object.__new__(TextWithVariables)
        other._hold(tuple(out))
        return other

    def widest_tokens(self) -> Tokens:
        """Tokens that match all that the text can come to match: every variable taken as ``*``."""
        return normalised(ANY if isinstance(part, Variable) else part for part in self.parts)

    def resolve(self, lookup: ValueLookup, *, otherwise: str = "", widest: bool = False) -> Tokens | Unresolved:
        """The tokens for a request; a substituted value is literal text (VAR-4).

        ``otherwise`` is the id of an assumption, VAR-3 or VAR-4: its other reading is then taken. With ``widest`` a
        variable whose value is not known counts as ``*``: the tokens match all that the text can come to.
        """
        if self.tokens is not None:
            return self.tokens
        out: list[str | Wildcard] = []
        unresolved: Unresolved | None = None
        for part in self.parts:
            if not isinstance(part, Variable):
                out.append(part)
                continue
            value = value_of(part, lookup, otherwise=otherwise)
            if isinstance(value, str):
                out.extend(tokens_of(value) if otherwise == "VAR-4" else (value,))
            elif widest and value is Unresolved.UNKNOWN:
                out.append(ANY)
            elif unresolved is not Unresolved.MISSING:
                unresolved = value
        return tuple(out) if unresolved is None else unresolved

    def may_lack_value(self, key_values: KeyValues) -> bool:
        """Whether a variable may have no value: it is not known, is not surely there, and has no default."""
        return any(
            isinstance(part, Variable)
            and value_of(part, key_values.values) is Unresolved.UNKNOWN
            and part.default is None
            and not key_values.surely_present(part.key.lower())
            for part in self.parts
        )

    def without_value(self, lookup: ValueLookup) -> tuple[str, ...]:
        """The lower-case names of the keys that have no value to put in, each once."""
        variables = (part for part in self.parts if isinstance(part, Variable))
        missing = (part.key.lower() for part in variables if value_of(part, lookup) is Unresolved.MISSING)
        return tuple(dict.fromkeys(missing))


def value_of(variable: Variable, lookup: ValueLookup, *, otherwise: str = "") -> str | Unresolved:
    """The text that stands for a variable: the key's one value, else its default (VAR-2).

    The empty text is no value, unless the other reading of VAR-3 is taken.
    """
    key = find_context_key(variable.key)
    values = () if key is not None and key.multivalued else lookup(variable.key.lower())
    if values is None:
        return Unresolved.UNKNOWN
    if len(values) == 1 and (values[0] or otherwise == "VAR-3"):
        return values[0]
    return variable.default if variable.default is not None else Unresolved.MISSING


def _expanded(parts: Iterable[str | Literal | Variable], *, wildcards: bool) -> Iterable[str | Wildcard | Variable]:
    for part in parts:
        if isinstance(part, Variable):
            yield part
        elif isinstance(part, Literal):
            yield part.text
        elif wildcards:
            yield from tokens_of(part)
        else:
            yield part
