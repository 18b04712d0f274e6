"""``execpolicy completion``: writes the completion for a shell, which shtab makes of the parsers (docs/adr/019)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.main import command_parsers
from execpolicy.cli.schema.published import schema_names
from execpolicy.cli.streams import write
from execpolicy.cli.verbs import VERBS
from execpolicy.errors import UsageError
from execpolicy.linter.catalogue import RULES

#: The names that the argument of a verb can have.
_NAMES: Final[Mapping[str, Callable[[], Iterable[str]]]] = {"explain": RULES.keys, "schema": schema_names}


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the completion for the shell.

    Raises:
        UsageError: shtab is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise UsageError(
            "completion needs shtab, which is not installed", advice="pip install 'execpolicy[completion]'"
        ) from None
    parser, verbs = command_parsers()
    for verb in verbs:
        verb.complete_files(shtab.FILE)
    for name, verb in zip(VERBS, verbs, strict=True):
        if name in _NAMES:
            verb.complete_names(_NAMES[name]())
    write(shtab.complete(parser, arguments.shell) + "\n")
    return ExitCode.ALLOWED
