"""The JSON Schemas that are published: ``docs/schemas`` of the repository, in a wheel ``execpolicy/schemas``."""

from __future__ import annotations

from pathlib import Path

from execpolicy.document.syntax.wording import nearest_or_longer, quoted
from execpolicy.errors import UsageError

_PACKAGE = Path(__file__).parents[2]


def schema_names() -> tuple[str, ...]:
    """The names of all schemas, in the order of the alphabet: what a file is, and the number of its version."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def schema_text(name: str) -> str:
    """The text of a schema.

    Raises:
        UsageError: there is no such schema.
    """
    names = schema_names()
    if name not in names:
        # The name without its version is the likeliest mistake.
        meant = next((each for each in names if each.rpartition("-")[0] == name), None) or nearest_or_longer(
            name, names
        )
        advice = f'did you mean "{meant}"?' if meant is not None else "execpolicy schema --list shows all schemas"
        raise UsageError(f"there is no schema {quoted(name)}", advice=advice)
    return (_folder() / f"{name}.json").read_text("utf-8")


def _folder() -> Path:
    """The folder of the schemas: there is one copy, so that a checkout has them in its documentation only."""
    installed = _PACKAGE / "schemas"
    return installed if installed.is_dir() else _PACKAGE.parents[1] / "docs" / "schemas"
