"""Reads the parts of a call to an API: headers, query, the authorizer's output, claims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.text_file import read_text
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import JsonObject, NodeInSource, describe, to_python
from execpolicy.errors import Diagnostic, Source
from execpolicy.gateway.authorizers.output import output_in_file


def read_headers(inputs: Inputs, options: Iterable[str]) -> dict[str, list[str]]:
    """Headers with all their values; names are case-insensitive."""
    found: dict[str, list[str]] = {}
    spelled: dict[str, str] = {}
    for text in options:
        name, colon, value = text.partition(":")
        if not colon or not name.strip() or any(char.isspace() for char in name):
            source = Source("--header", text)
            message = "expected the name of a header, a colon and its value"
            fault = Diagnostic(f"found {text!r}, {message}", source, source.span(0, len(text)))
            inputs.faults.append(fault._replace(advice="such as --header 'Authorization: Bearer abc'"))
        else:
            name = spelled.setdefault(name.lower(), name)
            found.setdefault(name, []).append(value.strip())
    return found


def read_query(inputs: Inputs, options: Iterable[str]) -> dict[str, list[str]]:
    """Query parameters with all their values."""
    found: dict[str, list[str]] = {}
    for text in options:
        name, equals, value = text.partition("=")
        if not (equals and name):
            source = Source("--query", text)
            fault = Diagnostic(f"found {text!r}, expected NAME=VALUE", source, source.span(0, len(text)))
            inputs.faults.append(fault._replace(advice="a parameter without a value is NAME="))
        else:
            found.setdefault(name, []).append(value)
    return found


def read_claims(inputs: Inputs, path: str) -> dict[str, Any] | None:
    """The claims in a file."""
    source = read_text(inputs, path, "--claims")
    if source is None:
        return None
    root, faults = read_json(source.text)
    inputs.faults.extend(diagnostics(faults, [], None, source))
    if root is None or faults:
        return None
    claims = to_python(root)
    if not isinstance(root, JsonObject) or not isinstance(claims, dict):
        message = f"found {describe(root)}, expected an object of claims by name"
        advice = "give the claims of the token, its decoded second part, not the token itself"
        inputs.faults.append(Diagnostic(message, source, source.span(root.start, root.end), advice=advice))
        return None
    return claims


def read_output(inputs: Inputs, path: str) -> NodeInSource | str | None:
    """The output of a Lambda authorizer, in a file."""
    source = read_text(inputs, path, "--authorizer-output")
    return None if source is None else inputs.attempt(lambda: output_in_file(source.text, source.name))
