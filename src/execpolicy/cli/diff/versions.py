"""The two versions that ``execpolicy diff`` compares: of files, or of a file and its revision in a repository."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.cli.given_values import read_given_values
from execpolicy.cli.inputs import Inputs, name_of
from execpolicy.cli.template import read_given_options
from execpolicy.document.policy import Policy
from execpolicy.document.project import reading_within
from execpolicy.document.syntax.encoding import BOM, decode
from execpolicy.errors import Source

if TYPE_CHECKING:
    from execpolicy.loaders.contents import TemplateContents


class Versions(NamedTuple):
    """The texts of both versions, with their names for messages."""

    before: Source
    after: Source


def read_versions(inputs: Inputs, arguments: argparse.Namespace) -> Versions | None:
    """The texts of both versions; None if they cannot be read."""
    wanted = 1 if arguments.git is not None else 2
    if len(arguments.files) != wanted:
        what = "one file" if wanted == 1 else "the old version and the new one"
        inputs.report(f"found {len(arguments.files)} files, expected {what}", advice=_advice(arguments))
        return None
    after = _text(inputs, arguments.files[-1])
    if arguments.git is None:
        before = _text(inputs, arguments.files[0])
    else:
        before = None if after is None else _in_revision(inputs, arguments.git, arguments.files[0])
    return None if before is None or after is None else Versions(before, after)


def _advice(arguments: argparse.Namespace) -> str:
    if arguments.git is not None:
        return "write execpolicy diff --git REVISION -- FILE"
    return "write execpolicy diff BEFORE AFTER, or execpolicy diff --git REVISION -- FILE"


def _text(inputs: Inputs, path: str) -> Source | None:
    content = inputs.content(path, "FILE")
    return None if content is None else _decoded(inputs, content, name_of(path))


def _decoded(inputs: Inputs, content: bytes, name: str) -> Source | None:
    text = inputs.attempt(lambda: decode(content, name).removeprefix(BOM))
    return None if text is None else Source(name, text)


def _in_revision(inputs: Inputs, revision: str, path: str) -> Source | None:
    """The text of a file in a revision of its repository."""
    from subprocess import run  # for repositories only

    folder, name = os.path.split(path)
    if revision.startswith("-"):
        inputs.report(f"--git: found {revision!r}, expected a revision", advice="such as main, HEAD~1 or a commit")
        return None
    command = ["git", "show", f"{revision}:./{name}"]
    try:
        shown = run(command, cwd=folder or None, capture_output=True, check=False)
    except OSError as error:
        inputs.report(f"--git: cannot run git: {error.strerror}", advice="install git, or give both files")
        return None
    if shown.returncode:
        reason = shown.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["git failed"]
        inputs.report(f"--git: {reason[0]}", advice="name a revision in which the file exists, such as HEAD~1")
        return None
    return _decoded(inputs, shown.stdout, f"{revision}:{path}")


def policies_of(inputs: Inputs, versions: Versions, kind: str) -> tuple[Policy, Policy] | None:
    """Both versions as policies of a kind."""
    found = [
        inputs.attempt(lambda each=each: Policy.from_file_text(each.text, kind=kind, name=each.name))  # type: ignore[misc]  # the default binds the loop's value
        for each in versions
    ]
    before, after = found
    return None if before is None or after is None else (before, after)


def contents_of(
    inputs: Inputs, arguments: argparse.Namespace, versions: Versions
) -> tuple[TemplateContents, TemplateContents] | None:
    """What both versions describe, read with the same options."""
    from execpolicy.loaders.kinds import parse_contents

    options = read_given_options(inputs, arguments, read_given_values(inputs, arguments))
    if options is None:
        return None
    found = []
    for each, path in zip(versions, (arguments.files[0], arguments.files[-1]), strict=True):
        with reading_within(os.path.dirname(path), allow_outside=arguments.allow_outside):
            found.append(inputs.attempt(lambda each=each: parse_contents(each.text, options, name=each.name)))  # type: ignore[misc]  # as above
    before, after = found
    return None if before is None or after is None else (before, after)


def paired(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    """The names of both versions, in the order of the new one, then those that only the old one has."""
    yield from after
    yield from (name for name in before if name not in after)
