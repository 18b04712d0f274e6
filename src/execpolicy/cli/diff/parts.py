"""What two versions of a file describe, paired by logical id and compared."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.analysis.calls.within import NoCallsWithinError
from execpolicy.analysis.compare import compare
from execpolicy.analysis.comparison import Comparison, Difference
from execpolicy.cli.given_words import given_words
from execpolicy.cli.inputs import faults_of
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import ExecPolicyError
from execpolicy.render.comparison import ComparedPart, PartChange, PartKind

if TYPE_CHECKING:
    from typing import Any

    from execpolicy.cli.diff.versions import Versions
    from execpolicy.cli.inputs import Inputs
    from execpolicy.cli.working_line import WorkingLine
    from execpolicy.gateway.model.variants import Variants
    from execpolicy.loaders.contents import TemplateContents


def compared_parts(
    inputs: Inputs,
    arguments: argparse.Namespace,
    versions: Versions,
    contents: tuple[TemplateContents, TemplateContents],
    line: WorkingLine,
) -> Iterator[ComparedPart]:
    """The APIs, callers and policies of both versions, each compared; those of the new version are first."""
    before, after = contents
    if arguments.api_name is not None:
        known = list(_paired(before.apis, after.apis))
        if arguments.api_name not in known:
            message = f"--api-name: neither version has an API {arguments.api_name}"
            inputs.report(message, advice=f"use {listed(known)}" if known else "give files that describe one")
            return
    pairs: tuple[tuple[PartKind, Mapping[str, Variants[Any]], Mapping[str, Variants[Any]]], ...] = (
        (PartKind.API, before.apis, after.apis),
        (PartKind.CALLER, before.callers, after.callers),
        (PartKind.POLICY, before.policies, after.policies),
        (PartKind.VPC_ENDPOINT, before.vpc_endpoints, after.vpc_endpoints),
    )
    number, total = 0, sum(len(list(_paired(old, new))) for _, old, new in pairs)
    without_calls: list[NoCallsWithinError] = []
    compared_apis = 0
    for what, old, new in pairs:
        for name in _paired(old, new):
            number += 1
            line.begin(f"compare {name}", number, total)
            if arguments.api_name is None or (what is PartKind.API and name == arguments.api_name):
                change = _change(what, old.get(name), new.get(name))
                found = None
                if change is PartChange.CHANGED:
                    found = _compared(inputs, name, old[name], new[name], arguments, without_calls=without_calls)
                    compared_apis += what is PartKind.API
                command = _command(arguments, name, after) if what is PartKind.API else ()
                yield ComparedPart(what, name, found, change, versions.before.label, versions.after.label, command)
    if without_calls and len(without_calls) == compared_apis:
        # A misspelled limit would make every API equal.
        inputs.faults.extend(faults_of(without_calls[0]))


def _paired(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    """The names of both versions, in the order of the new one, then those that only the old one has."""
    yield from after
    yield from (name for name in before if name not in after)


def _change(what: PartKind, before: Variants[Any] | None, after: Variants[Any] | None) -> PartChange:
    if before is None:
        return PartChange.ADDED
    if after is None:
        return PartChange.REMOVED
    is_other = _IS_OTHER.get(what)
    known = len(before.values) == len(after.values) == 1
    replaced = known and is_other is not None and is_other(before.values[0], after.values[0])
    return PartChange.REPLACED if replaced else PartChange.CHANGED


#: Whether two things of one name cannot be compared: other callers have other requests, and other kinds other words.
_IS_OTHER: Mapping[PartKind, Callable[[Any, Any], bool]] = {
    PartKind.CALLER: lambda before, after: before.principal != after.principal,
    PartKind.POLICY: lambda before, after: before.kind is not after.kind,
}


def _command(arguments: argparse.Namespace, name: str, after: TemplateContents) -> tuple[str, ...]:
    """The beginning of a command that makes a call to the API of the new version."""
    words = ("execpolicy", "check", "--api", arguments.files[-1], *given_words(arguments))
    return words if arguments.api_name is not None or len(after.apis) == 1 else (*words, "--api-name", name)


def _compared(
    inputs: Inputs,
    name: str,
    before: Variants[Any],
    after: Variants[Any],
    arguments: argparse.Namespace,
    *,
    without_calls: list[NoCallsWithinError],
) -> Comparison | None:
    """The comparison of a part; None if an error was reported. One of which nothing is compared is equal, and noted."""
    depends_on = list(dict.fromkeys((*before.depends_on, *after.depends_on)))
    if depends_on or len(before.values) != 1 or len(after.values) != 1:
        known = listed(depends_on, "and") if depends_on else "a condition of the template"
        reason = f"{name} depends on {known}: give --parameter or --condition for what is not known"
        unknown = Difference(unknown=(reason,))
        return Comparison(unknown, unknown, ())
    old, new = before.values[0], after.values[0]
    try:
        return compare(old, new, within=arguments.within, budget=arguments.budget)
    except NoCallsWithinError as error:
        without_calls.append(error)
        return Comparison(Difference(), Difference(), (f"no call to {name} is one of those of --within",))
    except ExecPolicyError as error:
        inputs.faults.extend(faults_of(error))
        return None
