"""Local references of an OpenAPI document, ``{"$ref": "#/…"}``; a reference to another document is an error."""

from __future__ import annotations

from typing import Final
from urllib.parse import unquote

from execpolicy.document.syntax.fields import Problems, wrong_type
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, Text
from execpolicy.document.syntax.wording import quoted
from execpolicy.document.unknown_value import with_unknown_in_words
from execpolicy.loaders.openapi.meant_name import meant

REFERENCE: Final = "$ref"
#: Members that may stand beside a reference: they describe.
_BESIDE = (REFERENCE, "summary", "description")
#: The number of values that references may add to a document.
MAX_REFERRED: Final = 100_000


class References:
    """Follows the references of one document.

    Args:
        problems: collects the references that lead nowhere.
        root: the document.
    """

    def __init__(self, problems: Problems, root: JsonObject) -> None:
        self._problems = problems
        self._root = root
        #: What each reference leads to in the end; None after an error, and while it is being followed.
        self._found: dict[str, Node | None] = {}
        self._sizes: dict[int, int] = {}
        self._referred = 0
        self._is_full = False

    def resolved(self, node: Node, what: str) -> Node | None:
        """The node itself, or what it refers to in the end; None after an error.

        Args:
            node: a part of the document.
            what: what messages call it.
        """
        if not isinstance(node, JsonObject) or REFERENCE not in node.members:
            return node
        chain: list[str] = []
        found: Node | None = node
        while isinstance(found, JsonObject) and REFERENCE in found.members:
            pointer = self._pointer(found, what)
            if pointer is None or pointer in self._found:
                found = None if pointer is None else self._found[pointer]
                if pointer in chain:
                    self._cycle(node, pointer)
                break
            chain.append(pointer)
            self._found[pointer] = None
            found = self._at(pointer, found.members[REFERENCE][2])
        self._found.update(dict.fromkeys(chain, found))
        return found if found is not None and self._counted(node, found) else None

    def _pointer(self, node: JsonObject, what: str) -> str | None:
        _, _, value = node.members[REFERENCE]
        if not isinstance(value, Text):
            wrong_type(self._problems, value, REFERENCE, "a string")
            return None
        for name, member in node.members.items():
            if name not in _BESIDE:
                message = f"found {quoted(name)} beside {quoted(REFERENCE)}"
                self._problems.report_name(member, message, f"write {what} in one place")
        if not value.value.startswith("#/"):
            shown = quoted(with_unknown_in_words(value.value))
            message = f"found a reference to {shown}, expected one into this document, which begins with #/"
            advice = "other documents are not read: write the whole definition into one file"
            self._problems.report(value, message, advice, "SRC-1")
            return None
        return value.value

    def _at(self, pointer: str, at: Node) -> Node | None:
        """The part of the document that a pointer names."""
        node: Node = self._root
        for written in pointer[2:].split("/"):
            part = unquote(written).replace("~1", "/").replace("~0", "~")
            if isinstance(node, JsonObject) and part in node.members:
                node = node.members[part][2]
            elif isinstance(node, JsonArray) and part.isdigit() and int(part) < len(node.items):
                node = node.items[int(part)]
            else:
                known = [*node.members] if isinstance(node, JsonObject) else []
                message = f"found a reference to {quoted(pointer)}, and the document has no {quoted(part)} there"
                self._problems.report(at, message, meant(part, known, "correct it"), "SRC-1")
                return None
        return node

    def _cycle(self, node: Node, pointer: str) -> None:
        message = f"found the reference {quoted(pointer)}, which leads back to itself"
        self._problems.report(node, message, "write the definition in one of these places", "SRC-1")

    def _counted(self, reference: Node, found: Node) -> bool:
        """Whether what references add to the document stays in bounds."""
        size = self._sizes.get(id(found))
        if size is None:
            size = self._sizes[id(found)] = _size(found)
        self._referred += size
        if self._referred <= MAX_REFERRED:
            return True
        if not self._is_full:
            self._is_full = True
            message = f"found references that add more than {MAX_REFERRED} values to the document"
            self._problems.report(reference, message, "is this the right file?", "SRC-1")
        return False


def _size(node: Node) -> int:
    """The number of values in a part of a document, itself included."""
    count, waiting = 0, [node]
    while waiting:
        node = waiting.pop()
        count += 1
        if isinstance(node, JsonObject):
            waiting.extend(value for _, _, value in node.members.values())
        elif isinstance(node, JsonArray):
            waiting.extend(node.items)
    return count
