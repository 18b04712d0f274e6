"""The two versions that ``execpolicy diff`` compares: of files, or of a file and its revision in a repository."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import NamedTuple

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.diff.revision import Revision
from execpolicy.cli.given_values import GivenValues, read_given_values, with_place
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs
from execpolicy.cli.policy_or_api import advise_on_kind, advise_on_policy, read_policy
from execpolicy.cli.template import read_given_options
from execpolicy.cli.text_file import read_text
from execpolicy.document.policy import Policy
from execpolicy.document.project import reading_within
from execpolicy.errors import Diagnostic, Source

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName
    from execpolicy.loaders.contents import ReadOptions, TemplateContents


class Version(NamedTuple):
    """One version.

    Attributes:
        text: its text, without a byte order mark.
        path: the path of its file; what the file names is beside it.
        label: the name of the version, such as ``HEAD~1:api.yaml``.
        read: reads what the file names in a revision; None for the files of the folder.
        is_prior: whether it is what a plan starts from.
    """

    text: str
    path: str
    label: str
    read: Callable[[str], str] | None = None
    is_prior: bool = False

    def labelled(self, fault: Diagnostic) -> Diagnostic:
        """An error in the version, with the name of the version."""
        source = fault.source
        if source is None or source.name != self.path:
            return fault
        return fault._replace(source=Source(self.label, source.text))


class Versions(NamedTuple):
    """Both versions."""

    before: Version
    after: Version


def read_versions(inputs: Inputs, arguments: argparse.Namespace) -> Versions | None:
    """The texts of both versions; None if they cannot be read."""
    files = arguments.files
    if any(each.startswith("-") and each != STANDARD_INPUT for each in files):
        given = next(each for each in files if each.startswith("-") and each != STANDARD_INPUT)
        inputs.report(f"found {given!r} after --, where only files stand", advice="give options before --")
        return None
    if arguments.planned and (arguments.git is not None or arguments.kind is not None):
        other = "--git" if arguments.git is not None else "--kind"
        inputs.report(f"--planned and {other} are both given", advice="give --planned for a plan of Terraform only")
        return None
    wanted = 1 if arguments.git is not None or arguments.planned else 2
    if len(files) != wanted:
        what = "one file" if wanted == 1 else "the old version and the new one"
        inputs.report(f"found {len(files) or 'no'} file{'s' * (len(files) != 1)}, expected {what}", advice=_FORMS)
        return None
    if arguments.git is not None:
        return _with_revision(inputs, arguments.git, files[0])
    if arguments.planned:
        plan = _of_file(inputs, files[0], "PLAN")
        if plan is None:
            return None
        return Versions(plan._replace(is_prior=True, label=f"{plan.label} before its changes"), plan)
    before, after = (_of_file(inputs, path, which) for path, which in zip(files, ("BEFORE", "AFTER"), strict=True))
    return None if before is None or after is None else Versions(before, after)


_FORMS = "write execpolicy diff BEFORE AFTER, or execpolicy diff --git REVISION -- FILE"


def _of_file(inputs: Inputs, path: str, which: str) -> Version | None:
    text = read_text(inputs, path, which)
    return None if text is None else Version(text.text, text.name, text.name)


def _with_revision(inputs: Inputs, revision: str, path: str) -> Versions | None:
    """A file and its text in a revision."""
    if not revision or revision.startswith("-") or ":" in revision:
        inputs.report(f"--git: found {revision!r}, expected a revision", advice="such as main, HEAD~1 or a commit")
        return None
    if path == STANDARD_INPUT:
        inputs.report("--git: standard input has no revisions", advice="name a file of the repository")
        return None
    after = _of_file(inputs, path, "FILE")
    if after is None:
        return None
    of_git = Revision(revision, os.path.dirname(path))
    text = inputs.attempt(lambda: of_git.text(path))
    return None if text is None else Versions(Version(text, path, f"{revision}:{path}", of_git.text), after)


def policies_of(inputs: Inputs, versions: Versions, kind: PolicyKindName) -> tuple[Policy, Policy] | None:
    """Both versions as policies of a kind."""
    before, after = (_policy_of(inputs, Source(each.label, each.text), kind) for each in versions)
    return None if before is None or after is None else (before, after)


def _policy_of(inputs: Inputs, source: Source, kind: PolicyKindName) -> Policy | None:
    first = len(inputs.faults)
    policy = read_policy(inputs, source, kind, advice="give --api in place of --kind")
    if policy is None:
        advise_on_kind(inputs, first, source, kind)
    return policy


def contents_of(
    inputs: Inputs, arguments: argparse.Namespace, versions: Versions
) -> tuple[TemplateContents, TemplateContents] | None:
    """What both versions describe, read with the same options."""
    given = read_given_values(inputs, arguments)
    options = read_given_options(inputs, arguments, given)
    if options is None or inputs.faults:
        return None
    # The sources of Terraform are those of the second version.
    of_before = options._replace(terraform_source=None)
    before = _contents(inputs, versions.before, of_before, given, arguments)
    after = _contents(inputs, versions.after, options, given, arguments)
    # What is wrong with an option is wrong for both.
    inputs.faults[:] = [each for at, each in enumerate(inputs.faults) if each not in inputs.faults[:at]]
    return None if before is None or after is None else (before, after)


def _contents(
    inputs: Inputs, version: Version, options: ReadOptions, given: GivenValues, arguments: argparse.Namespace
) -> TemplateContents | None:
    from execpolicy.loaders.kinds import parse_contents, parse_prior

    parse = parse_prior if version.is_prior else parse_contents
    first = len(inputs.faults)
    with reading_within(os.path.dirname(version.path), allow_outside=arguments.allow_outside, read=version.read):
        found = inputs.attempt(lambda: parse(version.text, options, name=version.path))
    inputs.faults[first:] = [version.labelled(with_place(each, given)) for each in inputs.faults[first:]]
    advise_on_policy(inputs, "give --kind KIND, such as --kind resource, which says what the policies are")
    return found
