"""Where python-hcl2 finds blocks and attributes: run by the interpreter that has it (``tools.hcl_oracle``).

It reads texts by name as JSON from standard input, and writes the version and the places of each text.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

#: The values whose end the oracle reports exactly; others may end after a line end.
_CLOSED = ("string", "tuple", "object", "function_call", "for_tuple_expr", "for_object_expr", "int_lit", "float_lit")


def places_of(tree: Any) -> list[list[Any]]:
    """Each block with its labels, and each attribute, with offsets, in the order of the text."""
    found: list[list[Any]] = []
    for node in tree.iter_subtrees():
        if node.data == "block":
            labels = [_text(child) for child in node.children if _name(child) in ("identifier", "string")]
            found.append([node.meta.start_pos, node.meta.end_pos, "block", labels])
        elif node.data == "attribute":
            name, value = node.children[0], node.children[-1]
            term = value.children[0] if value.data == "expr_term" and len(value.children) == 1 else None
            end = value.meta.end_pos if _name(term) in _CLOSED else None
            found.append([node.meta.start_pos, end, "attribute", [_text(name)], value.meta.start_pos])
    return sorted(found)


def _name(node: Any) -> str:
    return str(getattr(node, "data", ""))


def _text(node: Any) -> str:
    return "".join(str(token) for token in node.scan_values(lambda token: True)).strip('"')


def main() -> None:
    """Write the places."""
    import hcl2

    texts = json.load(sys.stdin)
    answers = {name: places_of(hcl2.parses_to_tree(text)) for name, text in texts.items()}
    json.dump({"version": version("python-hcl2"), "answers": answers}, sys.stdout)


if __name__ == "__main__":
    main()
