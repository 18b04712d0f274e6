"""Tests of context keys by name: equal, one of several, absent, present (INV-5)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from execpolicy._base.frozen import Frozen
from execpolicy.analysis.invariants.call_source import checked_range
from execpolicy.analysis.invariants.refusal import found_instead, refused
from execpolicy.analysis.invariants.words import in_quotes_if_needed
from execpolicy.arguments import encodable, one_among, texts
from execpolicy.arguments import text as checked_text
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import UsageError
from execpolicy.language.context_keys import ContextKey, ExecuteApi, KeyType, find_context_key
from execpolicy.language.key_names import unknown_key

_RULE = "INV-5"


class KeyRelation(StrEnum):
    """What a test says of the values of a key.

    >>> KeyRelation("is absent").name
    'ABSENT'
    """

    #: The key is present, and a value of it is one of those of the test.
    IN = "in"
    #: It is absent, or no value of it is one of those of the test: the contrary of IN.
    NOT_IN = "not in"
    ABSENT = "is absent"
    PRESENT = "is present"


class KeyTest(Frozen):
    """A test of one context key.

    Args:
        key: the name of a key that API Gateway supplies, in any case.
        relation: a KeyRelation, or its text.
        values: for ``in`` and ``not in``: one value, or several. They have no wildcards.

    Attributes:
        key: the name as AWS writes it.
        type: the type of the key. Values of text and ARNs are compared character by character; those of addresses are
            ranges; those of Booleans are ``true`` and ``false``.

    Raises:
        UsageError: an argument is of the wrong type, or values are given where there are none.
        ExecPolicyError: no such key is supplied, or a value is none of this key; the error has the place.

    >>> str(KeyTest("aws:principaltag/team", "in", ["blue", "green"]))
    'aws:PrincipalTag/team in (blue, green)'
    """

    __slots__ = ("key", "relation", "type", "values")
    key: str
    type: KeyType
    relation: KeyRelation
    values: tuple[str, ...]

    def __init__(
        self, key: str, relation: KeyRelation | str = KeyRelation.IN, values: str | Iterable[str] = ()
    ) -> None:
        name, record = checked_key(encodable(checked_text(key, "a key"), "a key"))
        found = _checked_relation(relation)
        given = dict.fromkeys(checked_value(encodable(value, "a value"), record) for value in texts(values, "values"))
        if bool(given) is (found in (KeyRelation.ABSENT, KeyRelation.PRESENT)):
            expected = "no values" if given else "values"
            raise UsageError(
                f"a test with {found.value!r} has {expected}, found {listed(given or ('none',))}",
                advice="give values for in and not in alone",
            )
        self._set(key=name, type=record.type, relation=found, values=tuple(given))

    def __str__(self) -> str:
        key = in_quotes_if_needed(self.key)
        values = [in_quotes_if_needed(value) for value in self.values]
        if not values:
            return f"{key} {self.relation.value}"
        if len(values) == 1:
            return f"{key} {'=' if self.relation is KeyRelation.IN else '!='} {values[0]}"
        return f"{key} {self.relation.value} ({', '.join(values)})"


def checked_key(text: str) -> tuple[str, ContextKey]:
    """The name of a key as AWS writes it, and its record.

    Raises:
        ExecPolicyError: the catalogue has no such key, or API Gateway never supplies it.

    >>> checked_key("AWS:sourcevpce")[0]
    'aws:SourceVpce'
    """
    record = find_context_key(text)
    if record is None:
        message, advice = unknown_key(text)
        if not advice.startswith(("did you mean", "write")):
            advice = "name a key of docs/semantics.md, KEY-1"
        raise refused(message, text=text, part="key", advice=advice, rule=_RULE)
    if record.execute_api is ExecuteApi.NEVER:
        message = f"found {record.name}, which API Gateway supplies to no policy"
        raise refused(message, text=text, part="key", advice="name another key (GW-23)", rule=_RULE)
    tag = text.partition("/")[2]
    return (record.name + tag if record.name.endswith("/") else record.name), record


def checked_value(text: str, record: ContextKey) -> str:
    """A value in the one form that it has.

    Raises:
        ExecPolicyError: the key never has such a value.
    """
    if record.type is KeyType.IP:
        advice = f"a value of {record.name} is an address or a range, such as 198.51.100.0/24"
        return checked_range(text, part="value", advice=advice)
    if record.type is KeyType.BOOL and text not in ("true", "false"):
        advice = f"a value of {record.name} is true or false"
        raise found_instead("true or false", text=text, part="value", advice=advice, rule=_RULE)
    if record.type in (KeyType.NUMERIC, KeyType.DATE):
        advice = f'write "{record.name} is absent" or "{record.name} is present"'
        raise refused(
            f"found a value of {record.name}, whose values no invariant compares",
            text=text,
            part="value",
            advice=advice,
            rule=_RULE,
        )
    return text


def _checked_relation(value: object) -> KeyRelation:
    names = [relation.value for relation in KeyRelation]
    found = one_among(value, names)
    if found is None:
        raise UsageError(f"a relation is {listed(names)}, found {value!r}")
    return KeyRelation(found)
