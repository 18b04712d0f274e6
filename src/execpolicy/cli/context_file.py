"""A file of condition keys: a JSON object of names with a value or a list of values."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from execpolicy.cli.condition_key import fault_of_key
from execpolicy.cli.inputs import Inputs, name_of
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonArray, JsonBoolean, JsonNumber, JsonObject, Node, Text, describe
from execpolicy.errors import Diagnostic
from execpolicy.source import Source, Span

_FORM = '{"aws:SourceIp": "203.0.113.9"}'


def read_values(
    inputs: Inputs, path: str, option: str, *, allowed: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...], Source, Span, Span]]:
    """The keys of a file in its order, each with its values, the place of the value and that of the name.

    ``allowed`` are names of keys that are accepted though the catalogue does not have them, in lower case.

    What is wrong goes to ``inputs``; a file that is no JSON gives nothing.
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
        _report(inputs, source, root, "found a policy document, expected an object of condition keys", advice)
        return
    if not isinstance(root, JsonObject):
        message = f"found {describe(root)}, expected an object of condition keys"
        _report(inputs, source, root, message, f"write {_FORM}")
        return
    for name, (start, end, value) in root.members.items():
        named = source.span(start, end)
        fault = fault_of_key(name, source, named, allowed=allowed)
        if fault is not None:
            inputs.faults.append(fault)
            continue
        values = _values(inputs, source, name, value)
        if values is not None:
            yield name, values, source, source.span(value.start, value.end), named


def _values(inputs: Inputs, source: Source, name: str, node: Node) -> tuple[str, ...] | None:
    """The values of one key as text: numbers and booleans as they are written, so that nothing is rounded."""
    items = node.items if isinstance(node, JsonArray) else [node]
    values = []
    for item in items:
        if isinstance(item, Text):
            values.append(item.value)
        elif isinstance(item, (JsonNumber, JsonBoolean)):
            values.append(item.text)
        else:
            message = f"found {describe(item)} as the value of {name}, expected text, a number, a boolean or a list"
            advice = "leave the key out if the request does not carry it"
            _report(inputs, source, item, message, advice)
            return None
    return tuple(values)


def _report(inputs: Inputs, source: Source, node: Node, message: str, advice: str) -> None:
    inputs.faults.append(Diagnostic(message, source, source.span(node.start, node.end), advice=advice))
