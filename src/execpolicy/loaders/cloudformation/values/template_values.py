"""What the functions of a template need from the evaluation of the values around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from execpolicy.document.syntax.fields import Problems
from execpolicy.document.syntax.nodes import JsonObject, Node


class TemplateValues(Protocol):
    """Values under one assumption about what is not known."""

    problems: Problems
    mappings: Mapping[str, JsonObject]

    def resolve(self, node: Node) -> Node | None:
        """The value of a node; None for ``AWS::NoValue``."""

    def resolve_given(self, node: Node) -> Node | None:
        """The same, with an unknown value for what is a placeholder otherwise."""

    def reference(self, name: str, at: Node) -> Node | None:
        """The value of ``Ref``."""

    def attribute(self, logical_id: str, attribute: str, at: Node) -> Node:
        """The value of ``Fn::GetAtt``."""

    def holds(self, condition: Node) -> bool:
        """Whether a condition, or a condition by its name, is true."""

    def unknown(self, name: str, at: Node, reason: str) -> Node:
        """An unknown value; it is listed among what is not known."""

    def may_be_made(self, node: JsonObject) -> bool:
        """Whether a macro may make a value: it is a part of the definition of an API, or that definition."""
