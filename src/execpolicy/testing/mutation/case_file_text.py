"""Writes missing cases as a case file: YAML that names the files of policies, and has a copy of all other policies."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any

from execpolicy.document.policy import Policy
from execpolicy.document.syntax.yaml_lines import yaml_lines
from execpolicy.engine.caller import Caller, Target
from execpolicy.testing.case_file.model import Case
from execpolicy.testing.case_file.principal_fields import principal_fields
from execpolicy.testing.mutation.missing_cases import MissingCase


def case_file_text(missing: Iterable[MissingCase], path: str) -> str:
    """The text of a case file.

    Args:
        missing: from ``MutationReport.missing``.
        path: the file that the text is for; names of policy files are relative to its folder.
    """
    return "\n".join(yaml_lines(case_file_document(missing, os.path.dirname(path)))) + "\n"


def case_file_document(missing: Iterable[MissingCase], folder: str = "") -> dict[str, Any]:
    """The object of a case file with the cases.

    Args:
        missing: from ``MutationReport.missing``.
        folder: the folder of the file; names of policy files are relative to it.
    """
    return _CaseFileDocument(folder).of([each.case for each in missing])


class _CaseFileDocument:
    """Makes the object of a case file. Equal policies, callers and targets have one name."""

    def __init__(self, folder: str) -> None:
        self._folder = folder or os.curdir
        self._policies: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._callers: dict[str, Any] = {}
        self._targets: dict[str, Any] = {}

    def of(self, cases: Sequence[Case]) -> dict[str, Any]:
        taken: set[str] = set()
        entries = []
        for case in cases:
            name, number = case.name, 2
            while name in taken:
                name, number = f"{case.name} ({number})", number + 1
            taken.add(name)
            entries.append({"name": name, **self._entry(case)})
        unknown = sorted(
            {key for case in cases if case.request is not None for key in case.request.context.allow_unknown}
        )
        parts = {
            "policies": self._policies,
            "callers": self._callers,
            "targets": self._targets,
            "allow_unknown_keys": unknown,
            "cases": entries,
        }
        head = {"schema": "execpolicy/cases/1", "title": "Cases that detect changes of the policies"}
        return {**head, **{name: part for name, part in parts.items() if part}}

    def _entry(self, case: Case) -> dict[str, Any]:
        request = case.request
        assert request is not None, "a case that was found has a request"
        entry: dict[str, Any] = {"caller": self._caller(request.caller)}
        if target := self._target(case.target):
            entry["target"] = target
        entry.update({"action": request.action, "resource": request.resource})
        context = {key: each[0] if len(each) == 1 else list(each) for key, each in request.context.values.items()}
        if context:
            entry["context"] = context
        if not request.context.complete:
            entry["complete"] = False
        return {**entry, "expect": case.expected.outcome}

    def _caller(self, caller: Caller) -> str:
        fields: dict[str, Any] = {**principal_fields(caller.principal)}
        if caller.identity:
            fields["identity"] = [self._policy(each) for each in caller.identity]
        if caller.boundary is not None:
            fields["boundary"] = self._policy(caller.boundary)
        if caller.session:
            fields["session"] = [self._policy(each) for each in caller.session]
        if caller.scps:
            fields["scps"] = [[self._policy(each) for each in level] for level in caller.scps]
        return _named(self._callers, fields, "caller")

    def _target(self, target: Target) -> str:
        fields: dict[str, Any] = {}
        if target.resource is not None:
            fields["resource"] = self._policy(target.resource)
        if target.rcps:
            fields["rcps"] = [[self._policy(each) for each in level] for level in target.rcps]
        if target.vpc_endpoint is not None:
            fields["vpc_endpoint"] = self._policy(target.vpc_endpoint)
        for name in ("management_account", "rcps_cover_execute_api"):
            if getattr(target, name):
                fields[name] = True
        return _named(self._targets, fields, "target") if fields else ""

    def _policy(self, policy: Policy) -> str:
        if id(policy) not in self._names:
            file = _file_of(policy)
            value = policy.to_document() if file is None else os.path.relpath(file, self._folder).replace(os.sep, "/")
            self._names[id(policy)] = _named(self._policies, value, "policy")
        return self._names[id(policy)]


def _named(known: dict[str, Any], value: Any, what: str) -> str:
    """The name of a value: that of an equal one, or a new one."""
    for name, each in known.items():
        if each == value:
            return name
    name = f"{what}-{len(known) + 1}"
    known[name] = value
    return name


def _file_of(policy: Policy) -> str | None:
    """The file that contains the policy and nothing else."""
    source, root = policy.source, policy.root
    if source is None or not os.path.isfile(source.name):
        return None
    before, after = source.text[: root.start], source.text[root.end :]
    is_alone = all(not line.strip() or line.lstrip().startswith(("#", "\ufeff")) for line in before.splitlines())
    return source.name if is_alone and not after.strip() else None
