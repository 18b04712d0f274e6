"""The two versions that ``execpolicy diff`` compares: of files, or of a file and its revision in a repository."""

from __future__ import annotations

import argparse
import os
from typing import NamedTuple

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.diff.options import SOURCE_BEFORE
from execpolicy.cli.diff.revision import Revision
from execpolicy.cli.given_values import GivenValues, read_given_values, with_place
from execpolicy.cli.inputs import STANDARD_INPUT, Inputs, faults_of
from execpolicy.cli.policy_or_api import advise_on_kind, advise_on_policy, read_policy
from execpolicy.cli.template import read_given_options
from execpolicy.cli.text_file import read_text
from execpolicy.document.policy import Policy
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.wording import listed
from execpolicy.errors import Diagnostic, ExecPolicyError, Source
from execpolicy.loaders.given_options import OPTIONS, is_given, read_options, refuse_unused, used_options

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName
    from execpolicy.loaders.contents import ReadOptions, TemplateContents
    from execpolicy.loaders.kinds import FileKind


class Version(NamedTuple):
    """One version.

    Attributes:
        text: its text, without a byte order mark.
        path: the path of its file; what the file names is beside it.
        label: the name of the version, such as ``HEAD~1:api.yaml``.
        revision: has what the file names; None for the files of the folder.
        is_prior: whether it is what a plan starts from.
    """

    text: str
    path: str
    label: str
    revision: Revision | None = None
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
    beside_planned = (
        ("--git", arguments.git),
        ("--kind", arguments.kind),
        (SOURCE_BEFORE, arguments.terraform_source_before),
    )
    other = next((option for option, value in beside_planned if value is not None), None)
    if arguments.planned and other is not None:
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
    return None if text is None else Versions(Version(text, path, f"{revision}:{path}", of_git), after)


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
    first = inputs.attempt(lambda: read_options(terraform_source=arguments.terraform_source_before))
    both = None if first is None else _used(inputs, versions, options, first)
    if both is None:
        return None
    of_before = _with_sources_of_revision(versions.before, both)._replace(source_option=f"{SOURCE_BEFORE} DIR")
    before = _contents(inputs, versions.before, of_before, given, arguments)
    after = _contents(inputs, versions.after, both[1], given, arguments)
    # What is wrong with an option is wrong for both.
    inputs.faults[:] = [each for at, each in enumerate(inputs.faults) if each not in inputs.faults[:at]]
    return None if before is None or after is None else (before, after)


def _with_sources_of_revision(before: Version, both: tuple[ReadOptions, ReadOptions]) -> ReadOptions:
    """The options of the first version: its sources are those of its revision, if no others are given for it.

    Args:
        before: the first version.
        both: the options of both versions.
    """
    of_before, of_after = both
    if before.revision is None or of_before.terraform_source is not None or of_after.terraform_source is None:
        return of_before
    kind = _kind(before)
    if kind is None or "terraform_source" not in kind.uses:
        return of_before
    files = before.revision.files(f"give the sources of the first version with {SOURCE_BEFORE} DIR")
    return of_before._replace(terraform_source=of_after.terraform_source, source_files=files)


def _used(
    inputs: Inputs, versions: Versions, options: ReadOptions, of_before: ReadOptions
) -> tuple[ReadOptions, ReadOptions] | None:
    """The options of each version: those that its file uses; None if one has no effect on either.

    Args:
        inputs: collects the errors.
        versions: both versions.
        options: what is given for both, and the sources of the second one.
        of_before: the sources of the first one.
    """
    both = options._replace(terraform_source=None)
    is_any_given = of_before.terraform_source is not None or any(is_given(both, name) for name in OPTIONS)
    before, after = (_kind(each) for each in versions) if is_any_given else (None, None)
    if before is None or after is None:  # a file that cannot be read says so itself
        return both._replace(terraform_source=of_before.terraform_source), options
    if of_before.terraform_source is not None and "terraform_source" not in before.uses:
        message = f"found {SOURCE_BEFORE}, and {versions.before.label} is of kind {before.name}, which does not use it"
        inputs.report(message, advice="leave it out")
    names = listed(dict.fromkeys((before.name, after.name)), "or")
    try:
        refuse_unused(both, names, {*before.uses, *after.uses})
    except ExecPolicyError as error:
        inputs.faults.extend(faults_of(error))
    # The sources of the second version are refused with it.
    used = used_options(both, before.uses), used_options(options, {*after.uses, "terraform_source"})
    return None if inputs.faults else (used[0]._replace(terraform_source=of_before.terraform_source), used[1])


def _kind(version: Version) -> FileKind | None:
    """The kind of the file of a version; None if it is not known."""
    from execpolicy.document.syntax.json_or_yaml import read_any
    from execpolicy.loaders.kinds import is_known_kind, kind_of, rules_of

    try:
        _, document = read_any(version.text, version.path, rules_of(version.text))
    except ExecPolicyError:
        return None
    return kind_of(document) if is_known_kind(document) else None


def _contents(
    inputs: Inputs, version: Version, options: ReadOptions, given: GivenValues, arguments: argparse.Namespace
) -> TemplateContents | None:
    from execpolicy.loaders.kinds import parse_contents, parse_prior

    parse = parse_prior if version.is_prior else parse_contents
    first = len(inputs.faults)
    read = None if version.revision is None else version.revision.text
    with reading_within(os.path.dirname(version.path), allow_outside=arguments.allow_outside, read=read):
        found = inputs.attempt(lambda: parse(version.text, options, name=version.path))
    inputs.faults[first:] = [version.labelled(with_place(each, given)) for each in inputs.faults[first:]]
    advise_on_policy(inputs, "give --kind KIND, such as --kind resource, which says what the policies are")
    return found
