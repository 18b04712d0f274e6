"""Whether case files may run the functions that they name: by the option, or by the project that the user works in."""

from __future__ import annotations

import argparse
from typing import Final

from execpolicy.cli.inputs import Inputs
from execpolicy.cli.project_settings import RUN_AUTHORIZERS, SETTINGS
from execpolicy.document.syntax.wording import did_you_mean, quoted
from execpolicy.errors import Diagnostic, Source

#: Of the working directory only: the folder of a case file may belong to somebody else.
_PROJECT_FILE: Final = "pyproject.toml"
_TABLE: Final = "tool.execpolicy"
_LONGEST: Final = 1024 * 1024


def may_run_authorizers(inputs: Inputs, arguments: argparse.Namespace) -> bool:
    """Whether the user lets case files run code. A setting that cannot be read is an error, and no consent."""
    if arguments.run_authorizers:
        return True
    try:
        with open(_PROJECT_FILE, "rb") as file:
            content = file.read(_LONGEST)
    except OSError:
        return False
    if RUN_AUTHORIZERS.encode() not in content and _TABLE.encode() not in content:
        return False
    return _setting(inputs, content.decode("utf-8", "replace"))


def _setting(inputs: Inputs, text: str) -> bool:
    import tomllib  # only for a project that has settings

    try:
        table: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        _report(inputs, text, f"this is not TOML: {error}", "correct it, or give --run-authorizers")
        return False
    for name in _TABLE.split("."):
        table = table.get(name) if isinstance(table, dict) else None
    if not isinstance(table, dict):
        return False
    for name in table:
        if name not in SETTINGS:
            _report(
                inputs,
                text,
                f"found {quoted(name)}, which is not a field of the table {_TABLE}",
                did_you_mean(name, SETTINGS),
            )
    value = table.get(RUN_AUTHORIZERS, False)
    if not isinstance(value, bool):
        message = f"found {value!r:.60} as {RUN_AUTHORIZERS} in [{_TABLE}], expected true or false"
        _report(inputs, text, message, "write true to run them")
    return value is True


def _report(inputs: Inputs, text: str, message: str, advice: str) -> None:
    inputs.faults.append(Diagnostic(message, Source(_PROJECT_FILE, text), advice=advice))
