"""The settings of ``execpolicy lint``: the table ``tool.execpolicy.lint`` of pyproject.toml (docs/lint.md)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

from execpolicy.cli.lint.exclusion import PATTERN_ADVICE, is_pattern
from execpolicy.cli.project_settings import LINT, SETTINGS
from execpolicy.document.syntax.diagnostics import diagnostics
from execpolicy.document.syntax.encoding import BOM
from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.document.syntax.file_names import folder_and_above
from execpolicy.document.syntax.files import read_text
from execpolicy.document.syntax.nodes import JsonArray, JsonObject, Node, describe
from execpolicy.document.syntax.toml_reader import read_toml
from execpolicy.document.syntax.wording import quoted
from execpolicy.errors import ExecPolicyError, PolicySyntaxError, Source, UsageError
from execpolicy.linter.catalogue import selected
from execpolicy.linter.severity import Severity
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from execpolicy.loaders.given_options import read_options, with_defaults

FILE_NAME: Final = "pyproject.toml"
#: The table, and the tables that hold it.
TABLE: Final = ("tool", "execpolicy", LINT)
_FIELDS: Final = (
    *("select", "ignore", "fail-on", "exclude", "baseline", "report-unused-ignores"),
    *("account", "region"),
)


class LintSettings(NamedTuple):
    """The settings of a project. Options of the command line precede them.

    Attributes:
        select: the ids of the rules to check; None for all.
        ignore: the ids of rules that are not checked.
        fail_on: the least severity that makes the exit code 1; None for the default.
        exclude: patterns of files and folders that are not checked, from the folder.
        baseline: the path of the baseline; None without one.
        report_unused_ignores: whether unused ignores are reported.
        options: the account and the region that templates and OpenAPI files are deployed to.
        folder: the folder of the file.
    """

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    fail_on: Severity | None = None
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    report_unused_ignores: bool = False
    options: ReadOptions = NOTHING_GIVEN
    folder: str = ""


def find_settings(folder: str) -> LintSettings:
    """The settings of the nearest ``pyproject.toml`` with the table, in a folder or above it; none without one.

    Raises:
        PolicySyntaxError: a ``pyproject.toml`` on the way is not TOML, or the table is wrong.
        ExecPolicyError: it cannot be read.
    """
    for above in folder_and_above(os.path.realpath(folder)):
        path = os.path.join(above, FILE_NAME)
        if os.path.lexists(path):
            settings = parse_settings(read_text(path), os.path.relpath(path))
            if settings is not None:
                return settings
    return LintSettings()


def load_settings(path: str) -> LintSettings:
    """The settings of a file, which must have the table.

    Raises:
        PolicySyntaxError: as ``find_settings``.
        ExecPolicyError: as ``find_settings``; also for a file without the table.
    """
    settings = parse_settings(read_text(path), path)
    if settings is None:
        raise ExecPolicyError(f"{path} has no table [{'.'.join(TABLE)}]", advice="add it, or omit the option")
    return settings


def parse_settings(text: str, name: str) -> LintSettings | None:
    r"""The settings in the text of a ``pyproject.toml``; None if it has none for execpolicy.

    >>> parse_settings('[tool.execpolicy.lint]\nfail-on = "error"', "pyproject.toml").fail_on
    <Severity.ERROR: 'error'>
    """
    source = Source(name, text.removeprefix(BOM))
    root, faults = read_toml(source.text)
    if root is None:
        raise PolicySyntaxError(diagnostics(faults, [], None, source))
    problems = Problems(source)
    tool = _table(problems, root, "tool")
    own = _table(problems, tool, "execpolicy")
    settings = None
    if own is not None:
        Fields(problems, own, "the table tool.execpolicy", SETTINGS)
        table = _table(problems, own, "lint")
        settings = _settings(Fields(problems, table, f"the table {'.'.join(TABLE)}", _FIELDS)) if table else None
    problems.check()
    return settings


def _table(problems: Problems, node: JsonObject | None, name: str) -> JsonObject | None:
    """The table in a table; None if there is none, or another value, which is reported."""
    if node is None or name not in node.members:
        return None
    found = node.members[name][2]
    if isinstance(found, JsonObject):
        return found
    problems.report(found, f"found {describe(found)} as {name}, expected a table", f"write [{'.'.join(TABLE)}]")
    return None


def _settings(fields: Fields) -> LintSettings:
    severity = fields.choice("fail-on", map(str, Severity))
    folder = os.path.dirname(fields.problems.source.name)
    baseline = fields.text("baseline")
    return LintSettings(
        select=_rules(fields, "select"),
        ignore=_rules(fields, "ignore") or frozenset(),
        fail_on=Severity(severity) if severity is not None else None,
        exclude=tuple(_patterns(fields)),
        baseline=os.path.join(folder, baseline) if baseline is not None else None,
        report_unused_ignores=fields.flag("report-unused-ignores", default=False),
        options=_options(fields),
        folder=folder,
    )


def _options(fields: Fields) -> ReadOptions:
    """The account and the region."""
    options = NOTHING_GIVEN
    for name in ("account", "region"):
        value = fields.text(name)
        try:
            given = read_options(account=value) if name == "account" else read_options(region=value)
            options = with_defaults(options, given)
        except UsageError as error:
            fields.problems.report(fields.node.members[name][2], error.message, error.advice)
    return options


def _rules(fields: Fields, name: str) -> frozenset[str] | None:
    """The ids of the rules of a list; None without one. An empty selection would check nothing."""
    texts = fields.distinct(name)
    if texts is None:
        return None
    value: Node = fields.node.members[name][2]
    if name == "select" and isinstance(value, JsonArray) and not value.items:
        fields.problems.report(value, "found an empty list as select, with which nothing is checked", "remove it")
    found: set[str] = set()
    for text in texts:
        try:
            found |= selected(text.value)
        except UsageError as error:
            fields.problems.report(text, error.message, error.advice)
    return frozenset(found)


def _patterns(fields: Fields) -> Iterator[str]:
    """The patterns of ``exclude``."""
    for text in fields.distinct("exclude") or ():
        if not is_pattern(text.value):
            message = f"found {quoted(text.value)} in exclude, expected a path from the folder of this file"
            fields.problems.report(text, message, PATTERN_ADVICE)
        yield text.value
