"""What of an API is not known, in words: in place of the valid values that the definition has there (SRC-9)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from execpolicy.document.syntax.wording import counted, listed
from execpolicy.document.unknown_value import unknown_names, with_unknown_in_words
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.gateway.model.unknown_part import Concern, UnknownPart

#: Joins the parts of a line.
SEPARATOR = " · "
#: Members whose values are secrets.
_SECRET = ("value",)


class UnknownInApi:
    """The unknown parts of an API, by what they concern."""

    def __init__(self, api: ApiDefinition) -> None:
        self._parts = api.unknown_parts
        self._stages = {part.key: _words(_value(part)) for part in self.of(Concern.STAGE_NAME)}

    def of(self, *concerns: Concern, key: str | None = None) -> Iterator[UnknownPart]:
        """The unknown parts of some concerns, of all keys or of one."""
        return (part for part in self._parts if part.concern in concerns and key in (None, part.key))

    def stage(self, name: str) -> str:
        """The name of a stage as the file has it: another name stands for one that is not known."""
        return self._stages.get(name, name)

    def words(self, *concerns: Concern, key: str | None = None) -> str | None:
        """What the file has where a part is not known; None if it is known."""
        return next((_words(_value(part)) for part in self.of(*concerns, key=key)), None)

    def rows(self, *concerns: Concern, known: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
        """What the definition does not have at all, by the name that the file has."""
        for part in self.of(*concerns):
            if part.key not in known:
                yield with_unknown_in_words(part.path[-1]), _words(_value(part))

    def deployment(self, name: str, known: str) -> str:
        """The id, the region or the account."""
        found = next((part for part in self.of(Concern.DEPLOYMENT) if part.path == (name,)), None)
        return known if found is None else _words(_value(found))

    def fields(self, *concerns: Concern, key: str | None = None) -> Iterator[tuple[str, str]]:
        """Fields of the API, of a route or of a stage that are not known, each with what the file has."""
        return ((part.path[-1], _words(_value(part))) for part in self.of(*concerns, key=key))


def _value(part: UnknownPart) -> object:
    return json.loads(part.written)


def _words(value: object) -> str:
    """A value of the document in words: the unknown ones by name, secrets and policies without their content."""
    if isinstance(value, dict):
        return SEPARATOR.join(_member(with_unknown_in_words(name), each) for name, each in value.items())
    if isinstance(value, list):
        return listed([_words(each) for each in value], "and")
    return with_unknown_in_words(str(value))


def _member(name: str, value: object) -> str:
    if name in _SECRET:
        names = unknown_names(str(value))
        return f"the key {listed([f'<{each}>' for each in names], 'and')}" if names else "a key"
    if name == "policy" and isinstance(value, dict):
        statements = value.get("Statement", [])
        return f"a policy of {counted(len(statements) if isinstance(statements, list) else 1, 'statement')}"
    return f"{name.replace('_', ' ')} {_words(value)}"
