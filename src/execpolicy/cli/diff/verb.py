"""``execpolicy diff``: compares two versions of a policy or of an API over all requests."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from execpolicy.analysis.calls.within import checked_within
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.cli.diff.options import ANY, COMMAND, JSON, LAXER, MARKDOWN, STRICTER
from execpolicy.cli.diff.versions import Versions, contents_of, policies_of, read_versions
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.given_words import options_of_apis
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.repository import repository_root
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.cli.working_line import WorkingLine, working_line
from execpolicy.render.comparison import (
    ComparedPart,
    PartChange,
    PartKind,
    comparison_data,
    comparison_lines,
    comparison_to_github,
    comparison_to_markdown,
)
from execpolicy.render.github import GITHUB

#: The verdicts that fail, by the value of ``--fail-on``.
_FAILING = {
    LAXER: (ComparisonVerdict.LAXER, ComparisonVerdict.BOTH),
    STRICTER: (ComparisonVerdict.STRICTER, ComparisonVerdict.BOTH),
    ANY: (ComparisonVerdict.LAXER, ComparisonVerdict.STRICTER, ComparisonVerdict.BOTH),
}


def run(arguments: argparse.Namespace) -> ExitCode:
    """Compare the versions, and print the result."""
    colour = wants_colour(arguments.color or AUTO, sys.stdout)
    inputs = Inputs()
    versions = read_versions(inputs, arguments)
    with working_line(arguments) as line:
        parts = [] if versions is None else list(_parts(inputs, arguments, versions, line))
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        _write(parts, arguments.format, colour=colour, verbose=arguments.verbose)
    return _code(parts, arguments.fail_on or ANY)


def _write(parts: Sequence[ComparedPart], form: str | None, *, colour: bool, verbose: bool) -> None:
    if form == JSON:
        from execpolicy.render.json import data_to_json

        write(data_to_json(comparison_data(parts)))
    elif form == MARKDOWN:
        write(comparison_to_markdown(parts))
    else:
        write_lines(comparison_lines(parts, width_of(sys.stdout), verbose=verbose), colour=colour)
        if form == GITHUB:
            write(comparison_to_github(parts, repository_root()))


def _code(parts: Sequence[ComparedPart], fail_on: str) -> ExitCode:
    """Different before not known before equal; a part that only one version has is a difference of either kind."""
    compared = [part.comparison for part in parts if part.comparison is not None]
    denies = [each.explicit_denies for each in compared if each.explicit_denies is not None]
    verdicts = {each.verdict for each in (*compared, *denies)}
    alone = any(part.comparison is None for part in parts)
    if alone or not verdicts.isdisjoint(_FAILING[fail_on]):
        return ExitCode.DENIED
    return ExitCode.INDETERMINATE if ComparisonVerdict.UNKNOWN in verdicts else ExitCode.ALLOWED


def _parts(
    inputs: Inputs, arguments: argparse.Namespace, versions: Versions, line: WorkingLine
) -> Iterator[ComparedPart]:
    """What is compared, with the results."""
    if inputs.attempt(lambda: checked_within(arguments.within)) is None:
        return
    if arguments.kind is None:
        contents = contents_of(inputs, arguments, versions)
        if contents is not None:
            from execpolicy.cli.diff.parts import compared_parts

            yield from compared_parts(inputs, arguments, versions, contents, line)
        return
    if arguments.api:
        inputs.report("--kind and --api are both given", advice="give --kind for policies only")
    for option in (*options_of_apis(arguments), *(["--stage"] if arguments.stage is not None else [])):
        inputs.report(f"{option} is about files that describe APIs", advice="leave it out where --kind is given")
    policies = None if inputs.faults else policies_of(inputs, versions, arguments.kind)
    if policies is not None:
        line.begin(f"compare {versions.before.label} and {versions.after.label}")
        found = inputs.attempt(lambda: compare(*policies, within=arguments.within, budget=arguments.budget))
        command = ("execpolicy", "check", f"--{arguments.kind.replace('_', '-')}", arguments.files[-1])
        labels = versions.before.label, versions.after.label
        yield ComparedPart(PartKind.POLICY, "", found, PartChange.CHANGED, *labels, command)
