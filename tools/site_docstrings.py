"""An extension of griffe, which reads the source for the site: examples as blocks, and records with their arguments."""

from __future__ import annotations

from typing import Any

import griffe

from tools.site_source import comment_above, with_blocks


class Docstrings(griffe.Extension):  # type: ignore[misc]  # griffe is in the environment of the site only
    """What mkdocstrings shows of the docstrings of execpolicy."""

    def on_object(self, *, obj: Any, **_: Any) -> None:
        """Write the examples of an object as blocks."""
        if obj.docstring is not None:
            obj.docstring.value = with_blocks(obj.docstring.value)

    def on_class(self, *, cls: Any, **_: Any) -> None:
        """Show the arguments of a record, which ``__new__`` takes."""
        made = cls.members.get("__new__")
        if made is not None and "__init__" not in cls.members:
            cls.members["__init__"] = made

    def on_attribute(self, *, attr: Any, **_: Any) -> None:
        """Show the comment on an attribute as its docstring."""
        if attr.docstring is None and attr.lineno is not None:
            comment = comment_above(attr.lines_collection[attr.filepath], attr.lineno)
            attr.docstring = griffe.Docstring(comment, parent=attr) if comment else None
