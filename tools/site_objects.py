"""An object of the library as plain Markdown, from what griffe reads in the source: signature, docstring, members."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any


def described(name: str, item: Any) -> str:
    """The text of an object and of its public members.

    Args:
        name: its public name.
        item: the object of griffe, or an alias of it.
    """
    return "\n".join(_lines(name, item))


def _lines(name: str, item: Any) -> Iterator[str]:
    module = getattr(item.kind, "value", "") == "module"
    if not module:
        yield f"## {name}\n"
        yield f"```python\n{_signature(item)}\n```\n"
    if item.docstring is not None:
        yield f"{textwrap.dedent(item.docstring.value).strip()}\n"
    if module or item.kind.value == "class":
        for member in _public(item):
            yield f"### {member.name}\n"
            yield f"```python\n{_signature(member)}\n```\n"
            yield f"{textwrap.dedent(member.docstring.value).strip()}\n"


def _public(item: Any) -> list[Any]:
    """The members that are described, in the order of the source."""
    found = [
        member
        for name, member in item.members.items()
        if not name.startswith("_") and not member.is_alias and member.docstring is not None
    ]
    return sorted(found, key=lambda member: member.lineno or 0)


def _signature(item: Any) -> str:
    kind = item.kind.value
    if kind == "class":
        made = item.members.get("__init__") or item.members.get("__new__")
        return f"class {item.name}{_arguments(made) if made is not None and made.is_function else ''}"
    if kind == "function":
        returned = f" -> {item.returns}" if item.returns is not None else ""
        return f"def {item.name}{_arguments(item)}{returned}"
    annotation = f": {item.annotation}" if getattr(item, "annotation", None) is not None else ""
    return f"{item.name}{annotation}"


def _arguments(function: Any) -> str:
    written: list[str] = []
    names_only = False
    for parameter in function.parameters:
        if parameter.name in ("self", "cls"):
            continue
        kind = parameter.kind.value
        if kind == "keyword-only" and not names_only:
            written.append("*")
        names_only = names_only or kind in ("keyword-only", "variadic positional")
        stars = {"variadic positional": "*", "variadic keyword": "**"}.get(kind, "")
        annotation = f": {parameter.annotation}" if parameter.annotation is not None else ""
        default = f" = {parameter.default}" if parameter.default is not None and not stars else ""
        written.append(f"{stars}{parameter.name}{annotation}{default}")
    return f"({', '.join(written)})"
