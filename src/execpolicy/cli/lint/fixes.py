"""The fixes of ``execpolicy lint``: applied to each file as it is checked, and written or only shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from execpolicy.cli.changed_file import change_file
from execpolicy.cli.inputs import STANDARD_INPUT_NAME, Inputs
from execpolicy.cli.lint.ignore_files import IgnoreFiles
from execpolicy.errors import Source
from execpolicy.linter.file_text import FileText
from execpolicy.linter.finding import Finding
from execpolicy.linter.fixes.fixing import LeftOut, fix_text
from execpolicy.linter.ignores.apply import Judged, LintedText, judge, today
from execpolicy.linter.loading.findings import is_of_loading


class FixedFile(NamedTuple):
    """A file with fixes: its text before and after them, and what was fixed."""

    name: str
    before: str
    after: str
    fixed: tuple[Finding, ...]


class Fixes:
    """Applies the fixes of findings to the texts of files.

    Args:
        inputs: collects the errors of files that cannot be written.
        ignore_files: the files of ignores: what they ignore is not fixed, and nothing if one of them is wrong.
        rules: the ids of the rules whose findings are fixed.
        unsafe: whether fixes are applied that can change decisions.
        writes: whether files are written.

    Attributes:
        files: the files with fixes.
        left_out: the fixes that are not applied because of what is found after them.
        standard_input: the text of standard input with its fixes, if it was given.
    """

    def __init__(
        self, inputs: Inputs, ignore_files: IgnoreFiles, rules: Collection[str], *, unsafe: bool, writes: bool
    ) -> None:
        self._inputs = inputs
        self._ignore_files = ignore_files
        self._rules = rules
        self._unsafe = unsafe
        self._writes = writes
        self.files: list[FixedFile] = []
        self.left_out: list[LeftOut] = []
        self.standard_input: str | None = None

    @property
    def number(self) -> int:
        """The number of findings that are fixed."""
        return sum(len(each.fixed) for each in self.files)

    @property
    def has_internal_fault(self) -> bool:
        """Whether a fix did something else than execpolicy expects of it."""
        return any(each.is_internal for each in self.left_out)

    def apply(self, file: FileText, check: Callable[[FileText], LintedText]) -> LintedText:
        """Fix what is found in the text of a file.

        Args:
            file: the text, with the name of the file.
            check: finds everything that is wrong in a text of this file.

        Returns:
            The text with fixes, and what is found in it; the text as it was if it cannot be written.

        Raises:
            ExecPolicyError: the text cannot be checked.
        """
        source = file.source
        before = check(file).findings

        def find(text: str) -> Sequence[Finding]:
            return before if text == source.text else check(FileText(text, source.name)).findings

        def judged(text: str, findings: Sequence[Finding]) -> Judged:
            linted = LintedText(Source(source.name, text), self._chosen(findings))
            return judge([linted], entries, chosen=self._rules, day=today())

        if not self._ignore_files.are_right([source.name]):
            return LintedText(source, self._chosen(before))
        entries = self._ignore_files.entries([source.name])
        fixed = fix_text(
            source.text,
            find,
            lambda text, findings: judged(text, findings).shown,
            lambda text, findings: (each.finding for each in judged(text, findings).suppressed),
            unsafe=self._unsafe,
        )
        self.left_out.extend(fixed.left_out)
        is_file = source.name != STANDARD_INPUT_NAME
        if fixed.text != source.text:
            if is_file and self._writes and not self._write(source, fixed.text):
                return LintedText(source, self._chosen(before))
            self.files.append(FixedFile(source.name, source.text, fixed.text, fixed.fixed))
        if not is_file:
            self.standard_input = fixed.text
        return LintedText(Source(source.name, fixed.text), self._chosen(fixed.findings))

    def _chosen(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(each for each in findings if each.rule.id in self._rules or is_of_loading(each))

    def _write(self, source: Source, text: str) -> bool:
        def write() -> bool:
            change_file(source.name, source.text, text)
            return True

        return bool(self._inputs.attempt(write))
