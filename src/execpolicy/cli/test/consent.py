"""Whether case files may run the functions that they name: by the option, or by the project that the user works in."""

from __future__ import annotations

import argparse
from typing import Final

from execpolicy.cli.inputs import Inputs
from execpolicy.errors import Diagnostic, Source

#: Of the working directory only: the folder of a case file may belong to somebody else.
_PROJECT_FILE: Final = "pyproject.toml"
_SETTING: Final = "run_authorizers"
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
    if _SETTING.encode() not in content:
        return False
    return _setting(inputs, content.decode("utf-8", "replace"))


def _setting(inputs: Inputs, text: str) -> bool:
    import tomllib  # only for a project that has the setting

    try:
        value = tomllib.loads(text).get("tool", {})
        for name in ("execpolicy", _SETTING):
            value = value.get(name, {}) if isinstance(value, dict) else {}
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        _report(inputs, text, f"this is not TOML: {error}", "correct it, or give --run-authorizers")
        return False
    if isinstance(value, bool):
        return value
    if value != {}:
        _report(inputs, text, f"found {value!r:.60} as {_SETTING} in [tool.execpolicy], expected true or false", "")
    return False


def _report(inputs: Inputs, text: str, message: str, advice: str) -> None:
    inputs.faults.append(Diagnostic(message, Source(_PROJECT_FILE, text), advice=advice or "write true to run them"))
