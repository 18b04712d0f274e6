"""Nodes that a loader makes have the place of the node that they are read from."""

from __future__ import annotations

from execpolicy.document.syntax.nodes import Text, to_python
from execpolicy.loaders.built_nodes import flag_at, list_at, number_at, object_at, text_at


def test_a_built_document_has_the_places_of_the_file() -> None:
    at, key = Text("orders", 5, 13), Text("Orders", 1, 4)
    items = list_at([text_at("a", at), flag_at(True, at), flag_at(False, at), number_at(3, at)], at)
    built = object_at({"items": items, "absent": None, "named": at}, at, names={"named": key})
    assert to_python(built) == {"items": ["a", True, False, 3], "named": "orders"}
    assert (built.start, built.end) == (5, 13)
    assert {(item.start, item.end) for item in items.items} == {(5, 13)}
    assert built.members["items"][:2] == (5, 13)
    assert built.members["named"][:2] == (1, 4)
