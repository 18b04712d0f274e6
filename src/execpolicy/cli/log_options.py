"""The options that name access logs and their format."""

from __future__ import annotations

import argparse

from execpolicy.cli.options import add_option


def add_logs(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add the logs and ``--log-format`` in a group of their own, and return it.

    Args:
        parser: the parser of a verb.
    """
    logs = parser.add_argument_group("the logs")
    logs.add_argument("logs", nargs="+", metavar="LOG", help="access logs, a call in each line (docs/calls.md)")
    add_option(logs, "--log-format", "FORMAT", "the format of the logs, with $context variables")
    return logs
