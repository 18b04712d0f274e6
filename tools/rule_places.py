"""Find where each rule of ``docs/semantics.md`` is implemented: the functions and classes that name its id.

``make docs`` writes the result into the page, as the line Code of each rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

FAMILIES = ("POL", "PRN", "ACT", "RES", "CND", "VAR", "EVL", "KEY", "GW", "AUT", "MSG", "SRC", "LOG", "INV", "ANA")
RULE_ID = re.compile(rf"(?<!EP-)\b(?:{'|'.join(FAMILIES)})-[0-9]+\b")
#: The packages that implement rules; the others test, print or run them.
PACKAGES = ("document", "language", "engine", "gateway", "analysis", "loaders", "diagnose", "handler", "bulk")
#: What these packages name of other families they read of the packages below them.
ONLY = {"analysis": ("INV", "ANA"), "bulk": ("LOG",)}
#: These modules word assumptions and implement none.
WORDING = ("engine/assumptions.py", "gateway/flow/assumptions.py")


class RulePlace(NamedTuple):
    """A module, and the function, class or constant in it that names a rule; an empty name stands for the module."""

    module: str
    name: str


def places_of_rules(source: Path) -> dict[str, list[RulePlace]]:
    """The places that name each rule, in the order of modules and lines.

    Args:
        source: the folder of the package.
    """
    found: dict[str, dict[RulePlace, None]] = {}
    for path in sorted(source.rglob("*.py")):
        module = path.relative_to(source).as_posix()
        if module.startswith(tuple(f"{package}/" for package in PACKAGES)) and module not in WORDING:
            families = ONLY.get(module.partition("/")[0], FAMILIES)
            for rule, name in places_in(path.read_text("utf-8")):
                if rule.partition("-")[0] not in families:
                    continue
                found.setdefault(rule, {})[RulePlace(module, name)] = None
    return {rule: list(places) for rule, places in found.items()}


def places_in(text: str) -> Iterator[tuple[str, str]]:
    """Each rule that a module names, with the name of the definition that the line belongs to."""
    lines = text.splitlines()
    names = definitions(ast.parse(text), lines)
    for number, line in enumerate(lines):
        for rule in rules_in(line):
            yield rule, names[number]


def rules_in(text: str) -> Iterable[str]:
    """The ids in a text, each once."""
    return dict.fromkeys(RULE_ID.findall(text))


def definitions(tree: ast.Module, lines: list[str]) -> list[str]:
    """For each line, the definition that it belongs to: a function, ``Class.method`` or a constant.

    Decorators and the comment lines directly above belong to the definition below them.
    """
    names = [""] * len(lines)
    for qualified, node in _definitions(tree, ""):
        first = min([node.lineno, *[each.lineno for each in getattr(node, "decorator_list", ())]]) - 1
        while first > 0 and lines[first - 1].lstrip().startswith("#"):
            first -= 1
        last = node.end_lineno or node.lineno
        names[first:last] = [qualified] * (last - first)
    return names


def definitions_in(text: str) -> set[str]:
    """The functions, classes and constants that a module defines, by qualified name."""
    return {name for name, _ in _definitions(ast.parse(text), "")}


def _definitions(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.stmt]]:
    """Definitions of modules and classes, outer ones first; a nested function belongs to the one around it."""
    for each in ast.iter_child_nodes(node):
        match each:
            case ast.ClassDef(name=name):
                yield f"{prefix}{name}", each
                yield from _definitions(each, f"{prefix}{name}.")
            case ast.FunctionDef(name=name):
                yield f"{prefix}{name}", each
            case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
                # The fields of a class belong to the class.
                yield prefix.rstrip(".") or name, each
            case ast.If():
                yield from _definitions(each, prefix)


def code_line(places: Iterable[RulePlace], link: str) -> str:
    """The line Code of a rule.

    Args:
        places: where the rule is named.
        link: the way from the page to the package.
    """
    modules: dict[str, list[str]] = {}
    for module, name in places:
        names = modules.setdefault(module, [])
        if name and name not in names:
            names.append(name)
    parts = [
        f"[{module}]({link}/{module})" + "".join(f" `{name}`" for name in names) for module, names in modules.items()
    ]
    return f"- Code: {', '.join(parts) or 'none'}"
