"""The command ``execpolicy``: its verbs, and how errors are reported."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import Any

from execpolicy import __version__
from execpolicy.cli.check import options as check_options
from execpolicy.cli.check import verb as check
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import faults_of
from execpolicy.cli.paths_parser import VerbParser
from execpolicy.cli.terminal import OutputError, escape_unencodable, finish_output, write_error, write_errors
from execpolicy.cli.test import options as testing_options
from execpolicy.cli.why import options as why_options
from execpolicy.errors import ExecPolicyError
from execpolicy.language.context_keys import AWS_AS_OF

COMMAND = "execpolicy"
#: What --version prints. Every command imports the catalogue anyway, so its date costs nothing.
VERSION = f"{COMMAND} {__version__} (AWS as of {AWS_AS_OF})"
#: When this environment variable is set, an internal error shows its traceback, as with --debug.
DEBUG_VARIABLE = "EXECPOLICY_DEBUG"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments; those of the process by default.

    Returns:
        The exit code, an ``ExitCode``.

    Raises:
        SystemExit: for --help, --version, wrong usage (2) and an internal error (4).
    """
    escape_unencodable()
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        parsed = _parser().parse_args(arguments)
        return ExitCode(parsed.run(parsed))
    except ExecPolicyError as error:
        write_errors(faults_of(error), COMMAND)
        return ExitCode.UNUSABLE_INPUT
    except OutputError as error:
        write_error(f"{COMMAND}: error: {error}")
        return ExitCode.INTERNAL_ERROR
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except Exception as error:
        _report_internal_error(error, debug="--debug" in arguments or bool(os.environ.get(DEBUG_VARIABLE)))
        raise SystemExit(ExitCode.INTERNAL_ERROR) from error
    finally:
        finish_output()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Decide offline whether a call to an Amazon API Gateway API is allowed, and explain why.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=VERSION)
    commands: argparse._SubParsersAction[Any] = parser.add_subparsers(
        metavar="COMMAND", dest="command", required=True, parser_class=VerbParser
    )
    check_options.add_parser(commands).set_defaults(run=check.run)
    why_options.add_parser(commands).set_defaults(run=_why)
    testing_options.add_parser(commands).set_defaults(run=_test)
    return parser


def _why(arguments: argparse.Namespace) -> ExitCode:
    # The other verbs do not need what this one imports.
    from execpolicy.cli.why import verb as why

    return why.run(arguments)


def _test(arguments: argparse.Namespace) -> ExitCode:
    from execpolicy.cli.test import verb as test

    return test.run(arguments)


def _report_internal_error(error: Exception, *, debug: bool) -> None:
    write_error(f"{COMMAND}: internal error: {type(error).__name__}: {error}")
    write_error("  This is a bug in execpolicy; there is no result. Please report it with the command, the policies if")
    write_error("  you can share them, and the traceback, which --debug shows.")
    if debug:
        from traceback import format_exception

        write_error("".join(format_exception(error)).rstrip("\n"))
