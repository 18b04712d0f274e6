"""``execpolicy completion``: writes the completion for a shell, which shtab makes of the parsers (docs/adr/019)."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.main import command_parser
from execpolicy.cli.paths_parser import VerbParser
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
    parser = command_parser()
    for verb in _verbs(parser):
        verb.prepare()
        for action in verb._actions:  # argparse has no public list of the options
            if isinstance(action.metavar, str) and action.metavar.startswith(("FILE", "PATH", "KEY=VALUE|FILE")):
                action.complete = shtab.FILE  # type: ignore[attr-defined]  # shtab reads this attribute
    write(shtab.complete(parser, arguments.shell) + "\n")
    return ExitCode.ALLOWED


def _verbs(parser: argparse.ArgumentParser) -> Iterator[VerbParser]:
    """The parsers of the verbs."""
    for action in parser._actions:  # argparse has no public list of subparsers
        if isinstance(action.choices, dict):
            yield from (each for each in action.choices.values() if isinstance(each, VerbParser))
