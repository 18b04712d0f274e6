"""Reads the policies of a scenario (files, documents or Policy objects), and changes parts of its API."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from execpolicy.api import Api
from execpolicy.arguments import with_article
from execpolicy.document.kinds import PolicyKind
from execpolicy.document.policy import Policy
from execpolicy.document.policy_file import load_policy
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, UsageError
from execpolicy.gateway.model.api_definition import ApiDefinition
from execpolicy.testing.shown_path import shown_path

#: A policy, its document as a mapping or JSON, or the path of its file.
PolicyLike = Policy | Mapping[str, Any] | str | bytes | os.PathLike[str]


def find_file(folders: Iterable[str], path: str | os.PathLike[str]) -> str:
    """The path of a file in the first of the folders that has it, as messages show it.

    Raises:
        ExecPolicyError: none of them has it.
    """
    return _found(folders, path, "file", os.path.isfile)


def find_folder(folders: Iterable[str], path: str | os.PathLike[str]) -> str:
    """The path of a folder in the first of the folders that has it, as ``find_file``."""
    return _found(folders, path, "folder", os.path.isdir)


def _found(folders: Iterable[str], path: str | os.PathLike[str], what: str, is_there: Callable[[str], bool]) -> str:
    given = os.fspath(path)
    tried = [os.path.normpath(os.path.join(folder, given)) for folder in folders] or [given]
    for full in tried:
        if is_there(full):
            return shown_path(full)
    # An absolute path is the same in every folder.
    looked = " nor ".join(dict.fromkeys(shown_path(full) for full in tried))
    raise ExecPolicyError(
        f"cannot find the {what} {quoted(given)}: there is no {looked}",
        advice="a relative path is looked for in the folder of the test's file, then in pytest's root folder",
    )


def read_policy(folders: Iterable[str], given: object, kind: PolicyKind) -> Policy:
    """A policy of a kind, from any of these forms."""
    if isinstance(given, Policy):
        if given.kind is not kind:
            raise UsageError(
                f"{kind.value} takes a policy of that kind, {given.name} was read as {given.kind.value}",
                advice=f'read it with kind="{kind.value}", or give the document itself or the name of its file',
                rule="POL-8",
            )
        return given
    if isinstance(given, (Mapping, bytes)) or (isinstance(given, str) and given.lstrip().startswith("{")):
        return Policy.parse(given, kind=kind, name=f"<{kind.value} policy>")
    if isinstance(given, (str, os.PathLike)):
        return load_policy(find_file(folders, given), kind)
    raise UsageError(
        f"{kind.value} takes the name of a file, a document or a Policy, found {with_article(type(given))}",
        advice=f'write {kind.value}="policies/reads.json"',
    )


def read_policies(folders: Iterable[str], given: object, kind: PolicyKind) -> tuple[Policy, ...]:
    """The policies: one, or a list of them."""
    several = given if isinstance(given, (list, tuple)) else (given,)
    return tuple(read_policy(folders, each, kind) for each in several)


def read_levels(folders: Iterable[str], given: object, kind: PolicyKind) -> tuple[tuple[Policy, ...], ...]:
    """Levels of policies, starting at the organization's root; a single policy is a level of its own."""
    if not isinstance(given, (list, tuple)):
        return (read_policies(folders, given, kind),)
    if not all(isinstance(level, (list, tuple)) for level in given):
        raise UsageError(
            f"{kind.value}s takes one policy, or a list of levels that are lists of policies; found a flat list",
            advice=f"put the policies of each level in a list: {kind.value}s=[[…, …]]; each level must allow",
            rule="EVL-2",
        )
    return tuple(read_policies(folders, level, kind) for level in given)


def changed_api(api: Api, **changes: Policy | str) -> Api:
    """The same API with another resource policy or stage."""

    def change(variant: ApiDefinition) -> ApiDefinition:
        parts: dict[str, Any] = {**variant.__getstate__(), **changes}
        return ApiDefinition(**parts)

    return api.each(change)
