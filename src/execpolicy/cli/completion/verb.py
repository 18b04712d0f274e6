"""``execpolicy completion``: writes the completion for a shell, which shtab makes of the parsers (docs/adr/019)."""

from __future__ import annotations

import argparse

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.main import command_parsers
from execpolicy.cli.streams import write
from execpolicy.errors import UsageError


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
    write(shtab.complete(parser, arguments.shell) + "\n")
    return ExitCode.ALLOWED
