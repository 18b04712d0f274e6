"""``execpolicy schema``: a published schema, or the list of all schemas."""

from __future__ import annotations

import argparse
import json

from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.schema.options import COMMAND
from execpolicy.cli.schema.published import schema_names, schema_text
from execpolicy.cli.streams import write
from execpolicy.cli.terminal import write_errors


def run(arguments: argparse.Namespace) -> ExitCode:
    """Write the schema, or the list."""
    inputs = Inputs()
    if arguments.list and arguments.name is None:
        titles = {name: json.loads(schema_text(name))["title"] for name in schema_names()}
        write("".join(f"{name:<15}  {title}\n" for name, title in titles.items()))
        return ExitCode.ALLOWED
    if arguments.name is None or arguments.list:
        found = "found no name" if arguments.name is None else "found a name besides --list"
        inputs.report(found, advice="give the name of one schema, or --list")
    else:
        text = inputs.attempt(lambda: schema_text(arguments.name))
        if text is not None:
            write(text)
            return ExitCode.ALLOWED
    write_errors(inputs.faults, COMMAND, arguments.color)
    return ExitCode.UNUSABLE_INPUT
