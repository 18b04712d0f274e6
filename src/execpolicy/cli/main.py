"""The command ``execpolicy``: its verbs, and how errors are reported."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from functools import partial

from execpolicy import __version__
from execpolicy.cli import verbs
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.paths_parser import CommandParser, VerbParser
from execpolicy.cli.streams import OutputError, escape_unencodable, finish_output, write_error, write_to_standard_error

COMMAND = "execpolicy"
HELP = "help"
#: When this environment variable is set, an internal error shows its traceback, as with --debug.
DEBUG_VARIABLE = "EXECPOLICY_DEBUG"
#: How many objects a command makes before unused ones are searched for the first time: a short one makes fewer.
_OBJECTS_BETWEEN_SEARCHES = 50_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments; those of the process by default.

    Returns:
        The exit code, an ``ExitCode``.

    Raises:
        SystemExit: for --help, --version, wrong usage (2) and an internal error (4).
    """
    if argv is not None:
        return _run(list(argv))
    # The process ends with the command: its memory is freed at once then, without a search for what nothing refers to.
    gc.set_threshold(_OBJECTS_BETWEEN_SEARCHES)
    try:
        return _run(sys.argv[1:])
    finally:
        gc.freeze()


def _run(arguments: list[str]) -> int:
    escape_unencodable()
    try:
        parsed = _parse(arguments)
        return verbs.run(parsed.verb, parsed)
    except OutputError as error:
        write_error(f"{COMMAND}: error: {error}")
        return ExitCode.INTERNAL_ERROR
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        if _is_reported(error):
            return ExitCode.UNUSABLE_INPUT
        _report_internal_error(error, debug="--debug" in arguments or bool(os.environ.get(DEBUG_VARIABLE)))
        raise SystemExit(ExitCode.INTERNAL_ERROR) from error
    finally:
        finish_output()


def _parse(arguments: list[str]) -> argparse.Namespace:
    """The parsed arguments; ``help VERB`` is ``VERB --help``. Without any, the help is the answer to wrong usage."""
    if arguments[:1] == [HELP]:
        arguments = [*arguments[1:2], "--help"]
    first = arguments[0] if arguments else "-"
    if first in verbs.VERBS:
        # Making the parsers of all verbs takes as long as parsing.
        return _verb_parser(first).parse_args(arguments[1:], argparse.Namespace(verb=first))
    parser, _ = command_parsers()
    if not arguments:
        write_to_standard_error(parser.format_help())
        raise SystemExit(ExitCode.UNUSABLE_INPUT)
    if not first.startswith("-"):
        from execpolicy.cli.wrong_usage import meant_command

        parser.error(f"argument COMMAND: invalid choice: {first!r}: {meant_command(first, [*verbs.VERBS, HELP])}")
    return parser.parse_args(arguments)


def _verb_parser(verb: str) -> VerbParser:
    return VerbParser(f"{COMMAND} {verb}", partial(verbs.add_options, verb))


def command_parsers() -> tuple[argparse.ArgumentParser, tuple[VerbParser, ...]]:
    """The parser of the command, and those of its verbs, which add their options when they parse."""
    from execpolicy.language.as_of import AWS_AS_OF

    parser = CommandParser(
        COMMAND,
        description="Decide offline whether a call to an Amazon API Gateway API is allowed, and explain why.",
        epilog=f"{COMMAND} {HELP} COMMAND shows the options of a command.",
    )
    parser.add_argument("-V", "--version", action="version", version=f"{COMMAND} {__version__} (AWS as of {AWS_AS_OF})")
    commands = parser.add_subparsers(metavar="COMMAND", dest="verb", required=True, parser_class=VerbParser)
    of_verbs = tuple(
        commands.add_parser(verb, help=what_it_does, add_options=partial(verbs.add_options, verb))
        for verb, what_it_does in verbs.VERBS.items()
    )
    return parser, of_verbs


def _is_reported(error: Exception) -> bool:
    """Write the errors of unusable input, and whether the exception is such an error."""
    # The modules of errors are imported when there is one.
    from execpolicy.errors import ExecPolicyError

    if not isinstance(error, ExecPolicyError):
        return False
    from execpolicy.cli.inputs import faults_of
    from execpolicy.cli.terminal import write_errors

    write_errors(faults_of(error), COMMAND)
    return True


def _report_internal_error(error: Exception, *, debug: bool) -> None:
    write_error(f"{COMMAND}: internal error: {type(error).__name__}: {error}")
    write_error("  This is a bug in execpolicy; there is no result. Please report it with the command, the policies if")
    write_error("  you can share them, and the traceback, which --debug shows.")
    if debug:
        from traceback import format_exception

        write_error("".join(format_exception(error)).rstrip("\n"))
