"""Policy variables: ``${aws:username}`` in a resource or condition value, with a value of the request (VAR)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.document.unknown_value import UnknownName, has_unknown, parts_of, unknown_names
from execpolicy.document.variable_syntax import Literal, Variable, split_variables
from execpolicy.language.context_keys import find_context_key
from execpolicy.language.glob import ANY, ANY_IN_FIELD, Tokens, Wildcard, normalised, tokens_of
from execpolicy.language.request_details import FALSE_OR_ABSENT

if TYPE_CHECKING:
    from typing import TypeAlias

    from execpolicy.language.key_values import KeyValues

#: The number of colons before the last field of an ARN, the only one with variables (VAR-1).
COLONS_BEFORE_RESOURCE = 5

#: Returns the values of a key by its lower-case name: none when it is absent, None when they are unknown.
ValueLookup = Callable[[str], tuple[str, ...] | None]


class Unresolved(Enum):
    """Why a text with variables has no value for a request."""

    MISSING = "missing"
    UNKNOWN = "unknown"


#: A part of a text: known, a variable, or an unknown value.
TextPart: TypeAlias = str | Wildcard | Variable | UnknownName


class TextWithVariables:
    """A text of a policy: tokens, variables that are resolved for each request, and unknown values (SRC-10)."""

    __slots__ = ("expands", "parts", "tokens", "unknown", "variables")

    def __init__(self, text: str, *, variables: bool, wildcards: bool) -> None:
        parts: Iterable[str | Literal | Variable] = split_variables(text) if variables else (text,)
        #: Whether ``${…}`` is a variable.
        self.expands = variables
        #: The names of its unknown values.
        self.unknown: tuple[str, ...] = ()
        if has_unknown(text):
            self.unknown = unknown_names(text)
            self._hold(tuple(_with_unknown(parts, wildcards=wildcards)))
        else:
            self._hold(tuple(_expanded(parts, wildcards=wildcards)))

    def _hold(self, parts: tuple[TextPart, ...]) -> None:
        self.parts = parts
        #: The lower-case names of the keys of its variables.
        self.variables = tuple(part.key.lower() for part in self.parts if isinstance(part, Variable))
        #: The tokens of a text without variables and unknown values; None for any other.
        self.tokens: Tokens | None = None
        if not self.variables and not self.unknown:
            self.tokens = tuple(part for part in self.parts if not isinstance(part, (Variable, UnknownName)))

    def without_misplaced_variables(self) -> TextWithVariables:
        """The text with each variable before the fifth colon of an ARN as a wildcard; itself if there is none.

        Such a variable counts as ``*`` within its field (POL-14). After a wildcard, or in a text that is not an ARN,
        the field is not known: there it counts as ``*`` across fields. Where it depends on an unknown value whether a
        variable is before the fifth colon, all of the text is unknown (SRC-10).
        """
        out: list[TextPart] = []
        colons, field_is_known = 0, isinstance(self.parts[0], str) and self.parts[0].startswith("arn:")
        after_unknown = False
        for part in self.parts:
            if isinstance(part, UnknownName):
                after_unknown = True
            elif isinstance(part, Variable) and after_unknown and colons < COLONS_BEFORE_RESOURCE:
                return self._as_unknown()
            if isinstance(part, Variable):
                in_resource = colons >= COLONS_BEFORE_RESOURCE
                out.append(part if in_resource else ANY_IN_FIELD if field_is_known else ANY)
                continue
            out.append(part)
            if isinstance(part, str):
                colons += part.count(":")
            else:
                field_is_known = False
        return self if tuple(out) == self.parts else self._with_parts(tuple(out))

    def _with_parts(self, parts: tuple[TextPart, ...]) -> TextWithVariables:
        other = object.__new__(TextWithVariables)
        other.expands, other.unknown = self.expands, self.unknown
        other._hold(parts)
        return other

    def _as_unknown(self) -> TextWithVariables:
        """The text as one of which nothing is known."""
        return self._with_parts(tuple(UnknownName(name) for name in self.unknown))

    @property
    def is_unknown(self) -> bool:
        """Whether nothing of the text is known."""
        return bool(self.unknown) and all(isinstance(part, UnknownName) for part in self.parts)

    def without_first(self, length: int) -> TextWithVariables:
        """The text without the first characters of its first part, which is known."""
        first, *others = self.parts
        assert isinstance(first, str), "a text that begins with text"
        return self._with_parts((*filter(None, (first[length:],)), *others))

    def widest_tokens(self) -> Tokens:
        """Tokens that match everything that the text can match: each variable and each unknown value is ``*``."""
        return normalised(ANY if isinstance(part, (Variable, UnknownName)) else part for part in self.parts)

    def resolve(
        self,
        lookup: ValueLookup,
        *,
        denies: bool = False,
        empty: bool = False,
        otherwise: str = "",
        widest: bool = False,
    ) -> Tokens | Unresolved:
        """The tokens for a request; a value that is put in is literal text, unless the text denies (VAR-4).

        Args:
            lookup: gives the values of keys.
            denies: whether a ``*`` or ``?`` in the value is a wildcard.
            empty: whether the empty text is a value (VAR-3).
            otherwise: the id of an assumed rule of variables, whose other reading is then used.
            widest: whether an unknown value, and a variable whose value is unknown, is ``*``: the tokens match
                everything that the text can match.
        """
        if self.tokens is not None:
            return self.tokens
        has_wildcards = denies is not (otherwise == "VAR-4")
        out: list[str | Wildcard] = []
        unresolved: Unresolved | None = None
        for part in self.parts:
            value: str | Unresolved
            if isinstance(part, UnknownName):
                value = Unresolved.UNKNOWN
            elif not isinstance(part, Variable):
                out.append(part)
                continue
            else:
                value = value_of(part, lookup, empty=empty, otherwise=otherwise)
            if isinstance(value, str):
                out.extend(tokens_of(value) if has_wildcards else (value,))
            elif widest and value is Unresolved.UNKNOWN:
                out.append(ANY)
            elif unresolved is not Unresolved.MISSING:
                unresolved = value
        return tuple(out) if unresolved is None else unresolved

    def has_empty(self, lookup: ValueLookup) -> bool:
        """Whether the key of a variable has the empty text as its only value, which has two readings (VAR-3)."""
        return any(lookup(name) == ("",) for name in self.variables)

    def may_lack_value(self, key_values: KeyValues) -> bool:
        """Whether a variable may have no value: it is unknown, may be absent, and has no default.

        An unknown value may hold such a variable (SRC-10).
        """
        return (self.expands and bool(self.unknown)) or any(
            isinstance(part, Variable)
            and value_of(part, key_values.values) is Unresolved.UNKNOWN
            and part.default is None
            and not key_values.surely_present(part.key.lower())
            for part in self.parts
        )

    def without_value(self, lookup: ValueLookup) -> tuple[str, ...]:
        """The lower-case names of the keys of variables without a value, each once."""
        variables = (part for part in self.parts if isinstance(part, Variable))
        missing = (part.key.lower() for part in variables if value_of(part, lookup) is Unresolved.MISSING)
        return tuple(dict.fromkeys(missing))


def value_of(variable: Variable, lookup: ValueLookup, *, empty: bool = False, otherwise: str = "") -> str | Unresolved:
    """The text that replaces a variable: the only value of the key, else the default (VAR-2).

    With ``empty`` the empty text is a value, otherwise it is none (VAR-3). By the other reading of VAR-2 a key with
    several values has one of these, and a default that is not separated by a comma and one space is none.
    """
    key, other_syntax = find_context_key(variable.key), otherwise == "VAR-2"
    multivalued = key is not None and key.multivalued and not other_syntax
    values = () if multivalued else lookup(variable.key.lower())
    if values is None or values is FALSE_OR_ABSENT or (other_syntax and len(values) > 1):
        return Unresolved.UNKNOWN
    if len(values) == 1 and (values[0] or empty):
        return values[0]
    if variable.default is None or (other_syntax and not variable.spaced_as_usual):
        return Unresolved.MISSING
    return variable.default


def _with_unknown(parts: Iterable[str | Literal | Variable], *, wildcards: bool) -> Iterator[TextPart]:
    for part in parts:
        if not isinstance(part, str):
            yield from _expanded((part,), wildcards=wildcards)
            continue
        for each in parts_of(part):
            if isinstance(each, UnknownName):
                yield each
            else:
                yield from _expanded((each,), wildcards=wildcards)


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
