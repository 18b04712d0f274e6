"""``execpolicy narrow``: narrows a policy to what the calls of access logs need."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

from execpolicy.bulk.log_blocks import log_blocks
from execpolicy.bulk.log_files import log_lines, read_once, size_of_files
from execpolicy.bulk.narrow import NotNarrowedError, narrow_logs
from execpolicy.bulk.narrowed import Narrowed
from execpolicy.bulk.narrowed_versions import PolicyVersion, version_of
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs, with_option_of_text
from execpolicy.cli.log_progress import LogProgress
from execpolicy.cli.narrow.options import COMMAND, JSON
from execpolicy.cli.policy_or_api import advise_on_policy, read_policy
from execpolicy.cli.replay.versions import ReadVersions, read_versions
from execpolicy.cli.report_files import check_writable, write_report
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.cli.text_file import read_text
from execpolicy.cli.time_zone import zone_of
from execpolicy.cli.working_line import WorkingLine, working_line
from execpolicy.document.policy import Policy
from execpolicy.engine.caller import Caller
from execpolicy.errors import ExecPolicyError

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName


def run(arguments: argparse.Namespace) -> ExitCode:
    """Narrow the policy, and write it."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    _check(inputs, arguments)
    zone = inputs.attempt(lambda: zone_of(arguments.tz))
    check_writable(inputs, arguments.o, "-o")
    versions = None if inputs.faults else read_versions(inputs, arguments)
    advise_on_policy(inputs, "give the file of an API as --api, and the policy as --policy")
    version = None if versions is None or inputs.faults else _version(inputs, arguments, versions)
    found = None
    if versions is not None and version is not None and not inputs.faults:
        with working_line(arguments) as line:
            try:
                found = _narrow(arguments, versions.paths, version, line)
            except NotNarrowedError as error:
                write_errors([error.diagnostic], COMMAND, arguments.color)
                return ExitCode.INDETERMINATE
            except ExecPolicyError as error:
                inputs.faults.append(with_option_of_text(error.diagnostic))
    if found is None or zone is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    _write(found, arguments, zone, colour=colour)
    return ExitCode.ALLOWED


def _check(inputs: Inputs, arguments: argparse.Namespace) -> None:
    """Report options that cannot be used."""
    if arguments.api is None:
        inputs.report("it is not said which API is meant", advice="give --api with its file")
    if arguments.sample is not None:
        message = (
            "--sample: the calls that a sample lacks may need a statement, and the narrowed policy would refuse them"
        )
        inputs.report(message, advice="give all logs of the period")
    once = read_once(arguments.logs)
    if once is not None:
        inputs.report(f"the logs are read twice, and {once} can be read once", advice="give a file")
    if arguments.of is not None and arguments.policy is None:
        inputs.report("--of says who has the policy of --policy, which is not given", advice="give --policy FILE")


def _version(inputs: Inputs, arguments: argparse.Namespace, versions: ReadVersions) -> PolicyVersion | None:
    """The policy with its API and the callers; None with the errors."""
    callers: dict[str, Any] = dict(versions.callers)
    policy = versions.after.resource_policy
    if arguments.policy is not None:
        policy = _given_policy(inputs, arguments)
        if policy is None:
            return None
    if policy is None:
        inputs.report("the API has no resource policy", advice="give --policy with the file of a policy")
        return None
    if arguments.of is not None:
        who = inputs.attempt(lambda: Caller(arguments.of, identity=policy))
        if who is None:
            return None
        callers[arguments.of] = who
    return inputs.attempt(lambda: version_of(policy, versions.after, callers))


def _given_policy(inputs: Inputs, arguments: argparse.Namespace) -> Policy | None:
    text = read_text(inputs, arguments.policy, "--policy")
    if text is None:
        return None
    kind: PolicyKindName = "resource" if arguments.of is None else "identity"
    return read_policy(inputs, text, kind, advice="give it as --api")


def _narrow(
    arguments: argparse.Namespace, paths: Sequence[str], version: PolicyVersion, working: WorkingLine
) -> Narrowed:
    working.begin("the calls of the logs")
    return narrow_logs(
        lambda: log_lines(paths),
        version,
        log_format=arguments.log_format,
        sources=arguments.sources,
        raw_values=arguments.raw_values,
        blocks=lambda: log_blocks(paths),
        progress=LogProgress(working, "read", size_of_files(paths), passes=2),
    )


def _write(found: Narrowed, arguments: argparse.Namespace, zone: tzinfo, *, colour: bool) -> None:
    from execpolicy.render.narrowed import narrowed_data, narrowed_lines, policy_text

    if arguments.o is not None:
        write_report(arguments.o, policy_text(found))
    if arguments.quiet:
        return
    if arguments.format == JSON:
        from execpolicy.render.json import data_to_json

        write(data_to_json(narrowed_data(found)))
        return
    write_lines(narrowed_lines(found, width_of(sys.stdout), zone=zone), colour=colour)
    if arguments.o is None:
        write("\n" + policy_text(found))
