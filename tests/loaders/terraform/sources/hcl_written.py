"""Writes resources as HCL in layouts that Hypothesis draws, and keeps where each value stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from hypothesis import strategies as st

from tests.loaders.terraform.written import Ref, Written

#: The path of a value in a resource, and the offsets of what is written for it. The path of the resource is empty.
Places = dict[tuple[str | int, ...], tuple[int, int]]
#: Follows the path of a text that holds a document: what comes after it is in the document.
JSON = "(document)"
END_OF_HEREDOC = "POLICY"
_COMMENTS = ("", "", ' # a comment with { [ " and <<EOF', " // another one", " /* here }\n too */")
_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


class HclWriter:
    """Writes one file.

    Args:
        draw: draws a choice.
        name: begins the names of the values of the module that the file has.
    """

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], name: str) -> None:
        self._name = name
        self._draw = draw
        self.text = ""
        #: The places of each resource, by its address in the module.
        self.places: dict[str, Places] = {}
        self._here: Places = {}
        #: The documents that values of the module give, with the places and the paths of their resources.
        self._locals: list[tuple[Places, Any, tuple[str | int, ...]]] = []

    def resources(self, resources: Iterable[Written]) -> None:
        """Write resources, each once, whatever the number of its instances."""
        for each in resources:
            if each.local not in self.places:
                self._here = self.places[each.local] = {}
                self._resource(each)
        for number, (places, document, path) in enumerate(self._locals):
            self._here = places
            self.text += f"locals {{\n  {self._name}{number} = "
            self._call(document, path, "  ")
            self.text += "\n}\n"

    def _choice(self, *choices: Any) -> Any:
        return self._draw(st.sampled_from(choices))

    def _resource(self, each: Written) -> None:
        start = len(self.text)
        label = self._choice('"{}"', '"{}"', "{}")
        head = f'{"data" if each.is_data else "resource"} {label.format(each.type)} "{each.name}"'
        self.text += head
        self._here[()] = start, start + len(head)
        self.text += " {\n"
        if each.key is not None:
            self.text += "  for_each = var.all\n"
        for name, value in each.values.items():
            self._attribute(name, value, (name,), "  ")
        self.text += f"}}{self._choice(*_COMMENTS)}\n\n"

    def _attribute(self, name: str, value: Any, path: tuple[str | int, ...], indent: str) -> None:
        if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            for number, block in enumerate(value):
                start = len(self.text) + len(indent)
                self.text += f"{indent}{name} {{\n"
                for inner, item in block.items():
                    self._attribute(inner, item, (*path, number, inner), f"{indent}  ")
                self.text += f"{indent}}}"
                self._here[(*path, number)] = start, len(self.text)
                if len(value) == 1:  # the list of blocks is the block then
                    self._here[path] = start, len(self.text)
                self.text += "\n"
            return
        self.text += f"{indent}{name}{self._choice(' ', '', '   ')}= "
        self._expression(value, path, indent)
        # Nothing may follow the name that ends a heredoc.
        self.text += "\n" if self.text.endswith(END_OF_HEREDOC) else f"{self._choice(*_COMMENTS)}\n"

    def _expression(self, value: Any, path: tuple[str | int, ...], indent: str) -> None:
        start = len(self.text)
        if isinstance(value, str) and path[-1] == "policy":
            self._document(value, path, indent)
        else:
            self._value(value, path, indent)
        self._here[path] = start, len(self.text)

    def _value(self, value: Any, path: tuple[str | int, ...], indent: str) -> None:
        if isinstance(value, Ref):
            self.text += f"{value.target}.{value.attribute}"
        elif isinstance(value, str):
            self.text += quoted(value)
        elif isinstance(value, list):
            self._list(value, path, indent)
        elif isinstance(value, dict):
            self._object(value, path, indent)
        else:
            self.text += json.dumps(value)

    def _list(self, value: list[Any], path: tuple[str | int, ...], indent: str) -> None:
        gap = self._choice(" ", f"\n{indent}  ")
        self.text += "["
        for number, item in enumerate(value):
            self.text += gap
            self._expression(item, (*path, number), f"{indent}  ")
            self.text += "," if number < len(value) - 1 or self._choice(True, False) else ""
        self.text += f"{gap if value else ''}]"

    def _object(self, value: dict[str, Any], path: tuple[str | int, ...], indent: str) -> None:
        self.text += "{\n"
        for name, item in value.items():
            is_plain = name.isidentifier() and name != "for" and self._choice(True, False)
            self.text += f"{indent}  {name if is_plain else quoted(name)}{self._choice(' = ', ': ', '=')}"
            self._expression(item, (*path, name), f"{indent}  ")
            self.text += self._choice("\n", ",\n", " # next\n")
        self.text += f"{indent}}}"

    def _document(self, value: str, path: tuple[str | int, ...], indent: str) -> None:
        document, form = json.loads(value), self._choice("call", "heredoc", "string", "local")
        if form == "heredoc" and not any(mark in value for mark in ("${", "%{", "\ufffc")):
            self.text += f"<<-{END_OF_HEREDOC}\n"
            self.text += f"{indent}  "
            self._json(document, (*path, JSON), f"{indent}  ")
            self.text += f"\n{indent}{END_OF_HEREDOC}"
        elif form == "string":
            self.text += quoted(value)
        elif form == "local":
            self.text += f"local.{self._name}{len(self._locals)}"
            self._locals.append((self._here, document, path))
        else:
            self._call(document, path, indent)

    def _call(self, document: Any, path: tuple[str | int, ...], indent: str) -> None:
        self.text += "jsonencode("
        self._expression(document, (*path, JSON), indent)
        self.text += ")"

    def _json(self, value: Any, path: tuple[str | int, ...], indent: str) -> None:
        """A document of JSON, with the places of its values."""
        start = len(self.text)
        if isinstance(value, dict):
            self.text += "{"
            for number, (name, item) in enumerate(value.items()):
                self.text += f"{',' if number else ''}\n{indent}  {json.dumps(name)}: "
                self._json(item, (*path, name), f"{indent}  ")
            self.text += f"\n{indent}}}"
        elif isinstance(value, list):
            self.text += "["
            for number, item in enumerate(value):
                self.text += ", " if number else ""
                self._json(item, (*path, number), indent)
            self.text += "]"
        else:
            self.text += json.dumps(value, ensure_ascii=False)
        self._here[path] = start, len(self.text)


def quoted(text: str) -> str:
    """A string of HCL."""
    shown = "".join(
        _ESCAPES.get(char) or (char if char >= " " and char != "\x7f" else f"\\u{ord(char):04x}") for char in text
    )
    return f'"{shown.replace("${", "$${").replace("%{", "%%{")}"'
