"""Stacks of templates for tests."""

from __future__ import annotations

from textwrap import dedent

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.syntax.nodes import Node, to_python
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.loaders.cloudformation.document import stacks_of
from execpolicy.loaders.cloudformation.stack import Findings, Stack
from execpolicy.loaders.cloudformation.tags import TEMPLATE_RULES
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions


def stacks(template: str, options: ReadOptions = NOTHING_GIVEN) -> list[Stack]:
    """The stack of each reading of a template; its values are resolved when a test looks at them."""
    problems, document = read_any(dedent(template), "template.yaml", TEMPLATE_RULES)
    found = [stack for _, stack in stacks_of(problems, document, options, Findings(problems))]
    problems.check()
    return found


def values(template: str, options: ReadOptions = NOTHING_GIVEN, of: str = "Api") -> list[object]:
    """The properties of a resource in each reading, as plain data with the names of unknown values in ``<>``."""
    problems, document = read_any(dedent(template), "template.yaml", TEMPLATE_RULES)
    found = []
    for _, stack in stacks_of(problems, document, options, Findings(problems)):
        resource = stack.resources.get(of)
        found.append(None if resource is None else plain(resource.properties))
    problems.check()
    return found


def value(written: str, *, options: ReadOptions = NOTHING_GIVEN, rest: str = "") -> object:
    """The value of what is written as a property, in the only reading of a template."""
    lines = "\n".join(f"        {line}" for line in dedent(written).strip().split("\n"))
    template = f"Resources:\n  Api:\n    Type: AWS::ApiGateway::RestApi\n    Properties:\n      P:\n{lines}\n{rest}"
    (found,) = values(template, options)
    assert isinstance(found, dict)
    return found.get("P")


def plain(node: Node) -> object:
    return _in_words(to_python(node))


def _in_words(found: object) -> object:
    match found:
        case str():
            return with_unknown_in_words(found)
        case list():
            return [_in_words(item) for item in found]
        case dict():
            return {name: _in_words(value) for name, value in found.items()}
        case _:
            return found
