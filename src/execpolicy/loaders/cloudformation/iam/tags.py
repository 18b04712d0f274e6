"""The tags of a user or role, which are tags of the principal (SRC-8)."""

from __future__ import annotations

from execpolicy.document.syntax.fields import Fields, entry
from execpolicy.document.unknown_parts import has_unknown_part
from execpolicy.document.unknown_value import has_unknown, unknown_names, unknown_text
from execpolicy.loaders.cloudformation.values.scalars import scalar_text


def read_tags(fields: Fields) -> dict[str, str | None] | None:
    """The tags by name; None if the resource has none. The value of a tag is None if it is not known.

    Tags that are not known as a whole have an unknown name: each tag that the others are not may be one of them.

    Args:
        fields: the properties of a user or role.
    """
    if not fields.has("Tags"):
        return None
    tags: dict[str, str | None] = {}
    written = fields.value("Tags")
    for node in [written] if has_unknown_part(written) else fields.items("Tags", "a list of tags"):
        if has_unknown_part(node):
            tags["".join(map(unknown_text, unknown_names(node.value)))] = None
            continue
        inner = entry(fields.problems, node, "a tag", ("Key", "Value"))
        if inner is None or not inner.must("Key", "Value"):
            continue
        name, value = inner.text("Key"), scalar_text(inner.value("Value"))
        if value is None:
            inner.wrong(inner.node.members["Value"][2], "Value", "a string")
        elif name is not None:
            tags[name] = None if has_unknown(value) else value
    return tags
