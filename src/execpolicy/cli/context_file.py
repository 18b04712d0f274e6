"""Files of condition keys, which ``--context FILE`` names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from execpolicy.cli.inputs import Inputs, name_of
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Node, Text, describe
from execpolicy.errors import Diagnostic, Source, Span

_FORM = '{"aws:SourceIp": "203.0.113.9"}'


class KeyInFile(NamedTuple):
    """One key of a file, its place (``named``), and its value as it stands in the file."""

    name: str
    source: Source
    named: Span
    node: Node

    @property
    def span(self) -> Span:
        """The place of the value."""
        return self.source.span(self.node.start, self.node.end)

    def values(self, inputs: Inputs) -> tuple[str, ...] | None:
        """The values as text, or None after an error. Numbers and booleans are kept as written: nothing is rounded."""
        items = self.node.items if isinstance(self.node, JsonArray) else [self.node]
        values = []
        for item in items:
            if isinstance(item, Text):
                values.append(item.value)
            elif isinstance(item, (JsonNumber, JsonBoolean)):
                values.append(item.text)
            else:
                message = (
                    f"found {describe(item)} as the value of {self.name}, expected text, a number, a boolean or a list"
                )
                advice = "leave the key out if the request does not have it"
                _report_at(inputs, self.source, item, message, advice)
                return None
        return tuple(values)


def read_context_file(inputs: Inputs, path: str, option: str) -> Iterator[KeyInFile]:
    """The keys of a file, in its order: a JSON object of keys, each with a value or a list of values.

    Args:
        inputs: reads the file and collects the errors.
        path: the name of the file.
        option: the option that names it.
    """
    content = inputs.content(path, option)
    if content is None:
        return
    text = inputs.attempt(lambda: decode(content, name_of(path)).removeprefix(BOM))
    if text is None:
        return
    source = Source(name_of(path), text)
    root, faults = read_json(text)
    inputs.faults.extend(diagnostics(faults, [], None, source))
    if root is None:
        return
    if isinstance(root, JsonObject) and "Statement" in root.members:
        advice = "this is a policy: give it to --identity, --resource or another option for policies"
        _report_at(inputs, source, root, "found a policy document, expected an object of condition keys", advice)
        return
    if not isinstance(root, JsonObject):
        message = f"found {describe(root)}, expected an object of condition keys"
        _report_at(inputs, source, root, message, f"write {_FORM}")
        return
    for name, (start, end, value) in root.members.items():
        yield KeyInFile(name, source, source.span(start, end), value)


def _report_at(inputs: Inputs, source: Source, node: Node, message: str, advice: str) -> None:
    inputs.faults.append(Diagnostic(message, source, source.span(node.start, node.end), advice=advice))
