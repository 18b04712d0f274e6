"""Functions of a module that is imported, with the code that they have in another text of it."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, FunctionType
from typing import TypeAlias

#: The code of all functions of a text, by their qualified names: several, where a name is that of several functions.
_Codes: TypeAlias = Mapping[str, Sequence[CodeType]]


def functions_of(name: str) -> list[FunctionType]:
    """Return all functions that were made from the text of a module, also those that other functions returned."""
    return [each for each in gc.get_objects() if type(each) is FunctionType and each.__module__ == name]


def substitute(functions: Sequence[FunctionType], before: str, after: str) -> frozenset[str] | None:
    """Give functions the code that they have in another text, which differs inside of functions only.

    What functions did when the module was imported is not done again.

    Args:
        functions: those of the module.
        before: the text that they were made from.
        after: the other text.

    Returns:
        The qualified names of what differs in the other text, with the functions that it is inside of. None if not all
        functions could be changed: then some may be.
    """
    old, new = _codes(before), _codes(after)
    changed = frozenset(name for name in old if [*map(_shape, old[name])] != [*map(_shape, new.get(name, ()))])
    for function in functions:
        name = function.__code__.co_qualname
        if name not in changed:
            continue
        if len(old[name]) != 1 or len(new.get(name, ())) != 1:
            return None
        (code,) = new[name]
        if function.__code__.co_freevars != code.co_freevars:
            return None
        function.__code__ = code
    return changed


def _codes(text: str) -> _Codes:
    found = defaultdict(list)
    for code in _inside(compile(text, "<text>", "exec")):
        found[code.co_qualname].append(code)
    return found


def _inside(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)


def _shape(code: CodeType) -> tuple[object, ...]:
    """What code does, without the lines that it stands in. An inner function is a part of it."""
    values = [(type(each), _shape(each) if isinstance(each, CodeType) else each) for each in code.co_consts]
    return code.co_code, code.co_names, code.co_freevars, *values
