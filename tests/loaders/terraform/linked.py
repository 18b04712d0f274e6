"""Which resources those of a plan or a state name, whether the file as a whole can be read or not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from execpolicy.document.syntax.json_or_yaml import read_any
from execpolicy.document.unknown_value import has_unknown
from execpolicy.errors import Diagnostic, PolicySyntaxError
from execpolicy.loaders.cloudformation.stack import Findings
from execpolicy.loaders.contents import ReadOptions
from execpolicy.loaders.kinds import rules_of
from execpolicy.loaders.terraform.assembled import assembled
from execpolicy.loaders.terraform.contents import shown_by_sources
from execpolicy.loaders.terraform.sections import read_file

OPTIONS = ReadOptions(account="111122223333", region="eu-west-1")


class Linked(NamedTuple):
    """What the resources of a file name.

    Attributes:
        targets: by address and property: the address of the resource that a text names, or the texts of a list; None
            for what is not known.
        errors: what is refused.
        unknowns: what is not known, by name, with the reason.
    """

    targets: dict[tuple[str, str], str | list[str | None] | None]
    errors: list[Diagnostic]
    unknowns: dict[str, str]


def linked(text: str, source: Path | None = None, *, names: Iterable[str] = ("RestApiId",)) -> Linked:
    """What the resources of a file name.

    Args:
        text: the plan or the state.
        source: the folder of its sources.
        names: the properties.
    """
    problems, document = read_any(text, "plan.json", rules_of(text))
    file = read_file(problems, document)
    options = OPTIONS._replace(terraform_source=None if source is None else str(source))
    findings = Findings(problems)
    found = assembled(file, options, findings, shown_by_sources(file, options)).parts
    targets: dict[tuple[str, str], str | list[str | None] | None] = {}

    def target(value: str) -> str | None:
        return None if has_unknown(value) else next(iter(found.named.get(value, ())), value)

    for each in found.by_id.values():
        for name in names:
            written = each.text(name)
            if written is not None:
                targets[each.id, name] = target(written.value)
            elif name in each.properties:
                targets[each.id, name] = [target(item.value) for item in each.texts(name)]
    try:
        problems.check()
    except PolicySyntaxError as error:
        errors = [*error.errors]
    else:
        errors = []
    return Linked(targets, errors, {each.name: each.reason for each in findings.unknowns})
