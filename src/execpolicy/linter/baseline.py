"""A baseline: the findings of old code that are known, and are not shown (docs/schemas/baseline-1.json)."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from execpolicy.document.syntax.fields import Problems, entry
from execpolicy.document.syntax.file_names import relative_name
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.nodes import Node
from execpolicy.document.syntax.wording import quoted
from execpolicy.linter.entry_file import read_entries
from execpolicy.linter.finding import Finding
from execpolicy.linter.fingerprint import FINGERPRINT_VERSION, fingerprints
from execpolicy.linter.ignores.ignore import NEVER_IGNORED
from execpolicy.linter.order import place_order

#: Its number is that of the fingerprints.
SCHEMA: Final = f"execpolicy/baseline/{FINGERPRINT_VERSION}"
#: The first three are compared, the others are for readers.
_ENTRY_FIELDS: Final = ("fingerprint", "rule", "file", "path", "message")


class KnownFinding(NamedTuple):
    """A finding of a baseline: its fingerprint, the id of its rule, and its file from the root of the project."""

    fingerprint: str
    rule: str
    file: str


class Compared(NamedTuple):
    """The findings of a run beside those of a baseline.

    Attributes:
        new: those that are not in the baseline.
        known: those that are.
        gone: those of the baseline that no longer occur in what was checked.
    """

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    gone: tuple[KnownFinding, ...]


def marks_of(findings: Iterable[Finding], root: str) -> Mapping[Finding, str]:
    """The fingerprint of each finding of a run; also those that are not shown have to be given.

    Args:
        findings: the findings, in any order.
        root: the folder that the names of files are relative to.
    """
    ordered = sorted(dict.fromkeys(findings), key=place_order)
    return dict(zip(ordered, fingerprints(ordered, root), strict=True))


def compare(
    findings: Iterable[Finding],
    baseline: Sequence[KnownFinding],
    *,
    marks: Mapping[Finding, str],
    files: Collection[str],
    rules: Collection[str],
) -> Compared:
    """Take the known findings out of those of a run. Load errors and wrong ignores are always new.

    Args:
        findings: the findings that are not ignored.
        baseline: the findings of the baseline.
        marks: the fingerprints of all findings of the run, from ``marks_of``.
        files: the names of the files that were checked, from the root.
        rules: the ids of the rules that were checked.
    """
    fingerprints_known = {each.fingerprint for each in baseline}
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        is_known = _may_be_known(finding) and marks[finding] in fingerprints_known
        (known if is_known else new).append(finding)
    found = {*marks.values()}
    gone = [each for each in baseline if each.fingerprint not in found and each.file in files and each.rule in rules]
    return Compared(tuple(new), tuple(known), tuple(gone))


def _may_be_known(finding: Finding) -> bool:
    return finding.rule.id not in NEVER_IGNORED


def baseline_text(findings: Iterable[Finding], *, marks: Mapping[Finding, str], root: str) -> str:
    r"""The text of a baseline of findings, one line for each. Load errors and wrong ignores are left out.

    >>> baseline_text([], marks={}, root=".")
    '{"schema": "execpolicy/baseline/1", "findings": []}\n'
    """
    lines = (
        json.dumps(_data(each, marks[each], root)) for each in sorted(findings, key=place_order) if _may_be_known(each)
    )
    listed = ",".join(f"\n  {line}" for line in lines)
    end = "\n" if listed else ""
    return f'{{"schema": "{SCHEMA}", "findings": [{listed}{end}]}}\n'


def _data(finding: Finding, mark: str, root: str) -> dict[str, str]:
    name = finding.source.name if finding.source is not None else ""
    return {
        "fingerprint": mark,
        "rule": finding.rule.id,
        "file": relative_name(name, root),
        "path": finding.path,
        "message": finding.message,
    }


def load_baseline(path: str) -> tuple[KnownFinding, ...]:
    """Read a baseline.

    Raises:
        PolicySyntaxError: it is invalid; ``errors`` has all errors, each with its place.
        ExecPolicyError: it cannot be read.
    """
    return parse_baseline(read_text(path), path)


def parse_baseline(text: str, name: str) -> tuple[KnownFinding, ...]:
    """Read the text of a baseline, as ``load_baseline``."""
    return read_entries(text, name, what="a baseline", schema=SCHEMA, listed="findings", read=_known)


def _known(problems: Problems, node: Node) -> Iterator[KnownFinding]:
    fields = entry(problems, node, "a known finding", _ENTRY_FIELDS)
    if fields is None or not fields.must("fingerprint", "rule", "file"):
        return
    mark, rule, file = (fields.text(name) for name in ("fingerprint", "rule", "file"))
    if rule in NEVER_IGNORED:
        message = f"found {quoted(rule)}, which cannot be known: a document that does not load is not checked"
        problems.report(
            fields.node.members["rule"][2], message, "remove the entry, and mend the document or the ignore"
        )
    elif mark is not None and rule is not None and file is not None:
        yield KnownFinding(mark, rule, file)
