"""Addresses of resources, and references to them in expressions (SRC-4)."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple, TypeAlias

_STEP: Final = re.compile(r"\.?([^\W\d][\w-]*)|\[(\d+)\]|\[(\"(?:[^\"\\]|\\.)*\")\]")

#: The key of an instance of ``count`` or ``for_each``; None without either.
Key: TypeAlias = "str | int | None"


class ModuleStep(NamedTuple):
    """A call of a module, and the key of its instance."""

    name: str
    key: Key = None


class ResourceAddress(NamedTuple):
    """The address of an instance of a resource.

    Attributes:
        modules: the calls of modules that lead to it.
        name: its type and name, such as ``aws_iam_role.app``, or ``data.aws_iam_policy_document.app``.
        key: its key.
    """

    modules: tuple[ModuleStep, ...]
    name: str
    key: Key = None


def steps_of(text: str) -> list[str | int] | None:
    """The steps of an address or a reference; keys that are texts begin with a quote. None for another text.

    >>> steps_of('module.a["x"].aws_iam_role.app[0].arn')
    ['module', 'a', '"x', 'aws_iam_role', 'app', 0, 'arn']
    """
    found: list[str | int] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return None
        at = match.end()
        word, number, key = match.groups()
        if word is not None:
            found.append(word)
        elif number is not None:
            found.append(int(number[:18]))
        else:
            read = _unquoted(key)
            if read is None:
                return None
            found.append(f'"{read}')
    return found


def address_of(text: str) -> ResourceAddress | None:
    """The address in a text; None for another text.

    >>> address_of('module.a["x"].aws_iam_role.app[0]')
    ResourceAddress(modules=(ModuleStep(name='a', key='x'),), name='aws_iam_role.app', key=0)
    """
    steps = steps_of(text)
    if steps is None:
        return None
    modules: list[ModuleStep] = []
    while len(steps) > 2 and steps[0] == "module" and isinstance(steps[1], str):
        key, rest = key_in(steps[2:])
        modules.append(ModuleStep(steps[1], key))
        steps = rest
    name, rest = name_in(steps)
    key, rest = key_in(rest)
    return None if name is None or rest else ResourceAddress(tuple(modules), name, key)


def name_in(steps: list[str | int]) -> tuple[str | None, list[str | int]]:
    """The type and name of a resource at the beginning of steps, and the other steps."""
    count = 3 if steps[:1] == ["data"] else 2
    words = [step for step in steps[:count] if isinstance(step, str) and not step.startswith('"')]
    return (".".join(words), steps[count:]) if len(words) == count else (None, steps)


def key_in(steps: list[str | int]) -> tuple[Key, list[str | int]]:
    """The key at the beginning of steps, and the other steps."""
    if steps and isinstance(steps[0], int):
        return steps[0], steps[1:]
    if steps and isinstance(steps[0], str) and steps[0].startswith('"'):
        return steps[0][1:], steps[1:]
    return None, steps


def _unquoted(text: str) -> str | None:
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return str(read)
