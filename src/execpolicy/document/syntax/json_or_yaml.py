"""Reads texts that are JSON or YAML."""

from __future__ import annotations

from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import BOM, HCL_ENDING, YAML_ENDINGS
from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.json_reader import read_json
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.rules import STRICT, SyntaxRules
from execpolicy.errors import Source


def is_yaml(text: str, name: str) -> bool:
    """Whether a text is read as YAML: by its name, else unless it begins as JSON does."""
    if name.endswith(YAML_ENDINGS):
        return True
    return not (name.endswith((".json", HCL_ENDING)) or text.lstrip().startswith("{"))


def read_any(text: str, name: str, rules: SyntaxRules = STRICT) -> tuple[Problems, Node]:
    """Read one document of JSON or YAML.

    Args:
        text: the whole text, decoded.
        name: what messages call it.
        rules: what differs between formats.

    Returns:
        A collector for its problems, still empty; and its root.

    Raises:
        PolicySyntaxError: it is not valid; ``errors`` has all problems, each with its place.
        ExecPolicyError: it is YAML, and PyYAML is not installed.
    """
    text = text.removeprefix(BOM)
    source = Source(name, text)
    if is_yaml(text, name):
        from execpolicy.document.syntax.yaml_reader import read_yaml

        root, faults = read_yaml(text, name, rules)
    else:
        root, faults = read_json(text, rules.max_depth)
    problems = Problems(source)
    for diagnostic in diagnostics(faults, [], None, source):
        problems.add(diagnostic)
    problems.check()
    assert root is not None, "without a root there is a fault"
    return problems, root
