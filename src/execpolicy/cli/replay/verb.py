"""``execpolicy replay``: replays the calls of access logs against a version of an API."""

from __future__ import annotations

import argparse
import sys
from datetime import tzinfo
from typing import TYPE_CHECKING

from execpolicy.bulk.log_files import size_of_files
from execpolicy.bulk.log_sample import sample_of, sampled
from execpolicy.bulk.possible_callers import LogCallers
from execpolicy.bulk.replay import blocks_of, replay_lines
from execpolicy.bulk.replay_result import CallChange, Replay
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.inputs import Inputs, with_option_of_text
from execpolicy.cli.log_progress import LogProgress
from execpolicy.cli.policy_or_api import advise_on_policy
from execpolicy.cli.replay.checkpoints import checkpoint_of
from execpolicy.cli.replay.options import ANY, COMMAND, HTML, JSON, LAXER, STRICTER
from execpolicy.cli.replay.rejects import RejectFile
from execpolicy.cli.replay.versions import ReadVersions, read_versions
from execpolicy.cli.report_files import check_writable
from execpolicy.cli.streams import width_of, write, write_error
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.cli.time_zone import zone_of
from execpolicy.cli.working_line import WorkingLine, working_line
from execpolicy.errors import ExecPolicyError
from execpolicy.render.formats import DEFAULT_FORMAT

if TYPE_CHECKING:
    from execpolicy.bulk.changed_calls import ChangedCalls

_FAILING = {
    LAXER: (CallChange.NEWLY_ADMITTED,),
    STRICTER: (CallChange.NEWLY_REFUSED,),
    ANY: (CallChange.NEWLY_ADMITTED, CallChange.NEWLY_REFUSED),
}


def run(arguments: argparse.Namespace) -> ExitCode:
    """Replay the calls, and write the result."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    if arguments.api is None:
        inputs.report("it is not said which API is meant", advice="give --api with its file")
    if arguments.score and arguments.before is None:
        inputs.report(
            "--score compares the old version with AWS's answers, and --before is not given",
            advice="give --before with the file of the version that AWS had",
        )
    zone = inputs.attempt(lambda: zone_of(arguments.tz))
    check_writable(inputs, arguments.rejects, "--rejects")
    check_writable(inputs, arguments.changed, "--changed")
    versions = None if inputs.faults else read_versions(inputs, arguments)
    advise_on_policy(inputs, "give the file of an API, in which the policy stands")
    found = None
    if versions is not None and not inputs.faults:
        with working_line(arguments) as line:
            found = _replay(inputs, arguments, versions, line)
    if found is None or zone is None or inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        _write(found, arguments, zone, colour=colour)
    return _code(found, arguments.fail_on or ANY)


def _replay(
    inputs: Inputs, arguments: argparse.Namespace, versions: ReadVersions, working: WorkingLine
) -> Replay | None:
    def note(text: str) -> None:
        working.erase()
        write_error(f"{COMMAND}: note: {text}")

    working.begin("the calls of the logs")
    rejects = RejectFile(arguments.rejects)
    changed: ChangedCalls | None = None
    try:
        part = sample_of(arguments.sample)
        if arguments.changed is not None:
            from execpolicy.bulk.changed_calls import ChangedCalls

            changed = ChangedCalls(arguments.changed, raw_values=arguments.raw_values)
        found = replay_lines(
            sampled(versions.lines, part, arguments.seed or 1),
            (versions.before, versions.after),
            LogCallers(versions.callers),
            log_format=arguments.log_format,
            raw_values=arguments.raw_values,
            dedupe=arguments.dedupe,
            sample="" if part is None else str(part),
            score=arguments.score,
            blocks=blocks_of(versions.paths, part, arguments.seed or 1),
            checkpoint=checkpoint_of(arguments, versions, rejects),
            changed=changed,
            on_reject=rejects.add,
            progress=LogProgress(working, "replayed", size_of_files(versions.paths)),
            on_note=note,
        )
        if changed is not None:
            changed.write()
        return found
    except ExecPolicyError as error:
        inputs.faults.append(with_option_of_text(error.diagnostic))
        return None
    finally:
        rejects.close()
        if changed is not None:
            changed.close()


def _write(found: Replay, arguments: argparse.Namespace, zone: tzinfo, *, colour: bool) -> None:
    if arguments.format == JSON:
        from execpolicy.render.json import data_to_json
        from execpolicy.render.replay import replay_data

        write(data_to_json(replay_data(found)))
    elif arguments.format in (None, DEFAULT_FORMAT):
        from execpolicy.render.replay import replay_lines_of

        lines = replay_lines_of(found, width_of(sys.stdout), zone=zone, verbose=arguments.verbose)
        write_lines(lines, colour=colour)
    else:
        from execpolicy.render.replay_tables import replay_to_html, replay_to_markdown

        to_text = replay_to_html if arguments.format == HTML else replay_to_markdown
        write(to_text(found, zone=zone))


def _code(found: Replay, fail_on: str) -> ExitCode:
    """A change before what is not known: a call, or a line that cannot be read."""
    if any(found.counts[change] for change in _FAILING[fail_on]):
        return ExitCode.DENIED
    return ExitCode.INDETERMINATE if found.is_uncertain else ExitCode.ALLOWED
