"""``execpolicy diff``: compares two versions of a policy or of an API over all requests."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import ComparisonVerdict
from execpolicy.cli.diff.options import ANY, COMMAND, JSON, LAXER, MARKDOWN, STRICTER
from execpolicy.cli.diff.versions import Versions, contents_of, paired, policies_of, read_versions
from execpolicy.cli.exit_codes import ExitCode
from execpolicy.cli.given_words import given_words
from execpolicy.cli.inputs import Inputs
from execpolicy.cli.streams import width_of, write
from execpolicy.cli.terminal import AUTO, wants_colour, write_errors, write_lines
from execpolicy.render.comparison import (
    ComparedPart,
    comparison_data,
    comparison_lines,
    comparison_to_github,
    comparison_to_markdown,
)
from execpolicy.render.github import GITHUB

if TYPE_CHECKING:
    from execpolicy.analysis.comparison import Comparison
    from execpolicy.loaders.contents import TemplateContents

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
    parts = [] if versions is None else list(_parts(inputs, arguments, versions))
    if inputs.faults:
        write_errors(inputs.faults, COMMAND, arguments.color)
        return ExitCode.UNUSABLE_INPUT
    if not arguments.quiet:
        _write(parts, arguments.format, colour=colour)
    return _code(parts, arguments.fail_on or ANY)


def _write(parts: Sequence[ComparedPart], form: str | None, *, colour: bool) -> None:
    if form == JSON:
        from execpolicy.render.json import data_to_json

        write(data_to_json(comparison_data(parts)))
    elif form == MARKDOWN:
        write(comparison_to_markdown(parts))
    else:
        write_lines(comparison_lines(parts, width_of(sys.stdout)), colour=colour)
        if form == GITHUB:
            write(comparison_to_github(parts))


def _code(parts: Sequence[ComparedPart], fail_on: str) -> ExitCode:
    """Different before not known before equal; a part that is added or removed is a difference."""
    verdicts = {part.comparison.verdict for part in parts if part.comparison is not None}
    alone = any(part.comparison is None for part in parts)
    if alone or not verdicts.isdisjoint(_FAILING[fail_on]):
        return ExitCode.DENIED
    return ExitCode.INDETERMINATE if ComparisonVerdict.UNKNOWN in verdicts else ExitCode.ALLOWED


def _parts(inputs: Inputs, arguments: argparse.Namespace, versions: Versions) -> Iterator[ComparedPart]:
    """What is compared, with the results."""
    if arguments.api is (arguments.kind is not None):
        advice = "give --kind KIND for policies, such as --kind resource, or --api for files that describe APIs"
        inputs.report("it is not said what the files are", advice=advice)
        return
    names = versions.before.name, versions.after.name
    if arguments.kind is not None:
        policies = policies_of(inputs, versions, arguments.kind)
        if policies is not None:
            found = inputs.attempt(lambda: compare(*policies, budget=arguments.budget))
            command = ("execpolicy", "check", f"--{arguments.kind.replace('_', '-')}", arguments.files[-1])
            yield ComparedPart("", found, "changed", *names, command)
        return
    contents = contents_of(inputs, arguments, versions)
    if contents is not None:
        yield from _of_apis(inputs, arguments, contents, names)
        yield from _of_policies(inputs, arguments, contents, names)


def _of_apis(
    inputs: Inputs,
    arguments: argparse.Namespace,
    contents: tuple[TemplateContents, TemplateContents],
    names: tuple[str, str],
) -> Iterator[ComparedPart]:
    """The APIs of both versions, paired by logical id."""
    before, after = (each.apis for each in contents)
    chosen = arguments.api_name
    if chosen is not None and chosen not in before and chosen not in after:
        known = ", ".join(paired(before, after)) or "none"
        inputs.report(f"--api-name: neither version has an API {chosen}", advice=f"they have {known}")
        return
    for name in paired(before, after):
        if chosen is not None and name != chosen:
            continue
        words = ("execpolicy", "check", "--api", arguments.files[-1], *given_words(arguments))
        command = words if chosen is not None or len(after) == 1 else (*words, "--api-name", name)
        if name not in before or name not in after:
            yield ComparedPart(name, None, "added" if name in after else "removed", *names, command)
            continue
        found = _compared(inputs, before[name].values, after[name].values, arguments.budget)
        yield ComparedPart(name, found, "changed", *names, command)


def _of_policies(
    inputs: Inputs,
    arguments: argparse.Namespace,
    contents: tuple[TemplateContents, TemplateContents],
    names: tuple[str, str],
) -> Iterator[ComparedPart]:
    """The other policies of both versions, paired by logical id."""
    if arguments.api_name is not None:
        return
    before, after = (each.policies for each in contents)
    for name in paired(before, after):
        if name not in before or name not in after:
            yield ComparedPart(name, None, "added" if name in after else "removed", *names, ())
            continue
        found = _compared(inputs, before[name].values, after[name].values, arguments.budget)
        yield ComparedPart(name, found, "changed", *names, ("execpolicy", "check"))


def _compared(
    inputs: Inputs, before: Sequence[object], after: Sequence[object], budget: int | None
) -> Comparison | None:
    """The comparison of the only reading of both; an error if conditions of the templates are not known."""
    if len(before) != 1 or len(after) != 1:
        inputs.report(
            "a version depends on conditions of its template whose truth is not known",
            advice="give --condition NAME=true or a --parameter that decides them",
        )
        return None
    return inputs.attempt(lambda: compare(before[0], after[0], budget=budget))  # type: ignore[arg-type]  # both are APIs, or policies
