"""Checks the files that are named, and those that are found in folders."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from execpolicy.cli.inputs import STANDARD_INPUT, Inputs
from execpolicy.cli.lint.exclusion import Exclusion
from execpolicy.cli.lint.fixes import Fixes
from execpolicy.cli.lint.tree import files_of
from execpolicy.cli.text_file import read_text
from execpolicy.document.syntax.encoding import decode
from execpolicy.document.syntax.files import read_bytes
from execpolicy.errors import PolicySyntaxError, Source
from execpolicy.linter.catalogue import DEFAULT
from execpolicy.linter.file_text import FileText
from execpolicy.linter.ignores.apply import LintedText
from execpolicy.linter.loading.findings import is_of_loading, load_findings
from execpolicy.linter.recognition import Recognition, looks_known, recognize
from execpolicy.linter.report import PassedOver, PassedOverReason
from execpolicy.linter.run import check_file
from execpolicy.loaders.contents import NOTHING_GIVEN, ReadOptions
from execpolicy.loaders.given_options import OPTIONS, is_given, used_options, with_defaults

if TYPE_CHECKING:
    from execpolicy.literals import PolicyKindName

_HERE = os.curdir


class Checking:
    """Checks files, each once, and collects what is found.

    Args:
        inputs: reads the files and collects the errors.
        rules: the ids of the rules to check.
        options: what is given besides the files.
        defaults: what the settings give, for files that use it.
        kind: the kind of policy files, if it is given.
        skips_unknown: whether files that are named are passed over as those in folders are.
        exclusion: what is not checked in folders, nor of named files that may be passed over.
        fixes: applies the fixes of findings; none are applied by default.

    Attributes:
        texts: the texts that were checked, with what was found, in the order of the files.
        passed_over: what was not checked in folders.
        unused: the given options that no file uses, where all files are named. It is empty if a file does not load,
            whose kind may be unknown.
    """

    def __init__(
        self,
        inputs: Inputs,
        rules: Collection[str],
        options: ReadOptions,
        kind: PolicyKindName | None,
        *,
        defaults: ReadOptions,
        skips_unknown: bool,
        exclusion: Exclusion,
        fixes: Fixes | None = None,
    ) -> None:
        self._inputs = inputs
        self._rules = rules
        self._options = options
        self._defaults = defaults
        self._kind = kind
        self._skips_unknown = skips_unknown
        self._exclusion = exclusion
        self._fixes = fixes
        self.texts: list[LintedText] = []
        self.passed_over: list[PassedOver] = []
        self._seen: set[str] = set()
        self._is_single = self._searches = False
        self._used: set[str] = set()

    def check(self, paths: Iterable[str]) -> None:
        """Check files, and the files of folders, in the order given.

        Of several files, each takes the options that its kind uses.
        """
        paths = tuple(paths)
        self._is_single = len(paths) == 1
        # In folders, and of the changed files that a tool names, there may be none that uses an option.
        self._searches = self._skips_unknown or any(map(os.path.isdir, paths))
        for path in paths:
            if path != STANDARD_INPUT and os.path.isdir(path):
                self._check_folder(path)
            elif self._is_new(path):
                self._check_named(path)

    def _is_new(self, path: str) -> bool:
        real = path if path == STANDARD_INPUT else os.path.realpath(path)
        is_new = real not in self._seen
        self._seen.add(real)
        return is_new

    def _check_folder(self, top: str) -> None:
        """Check the files in a folder. One without any file to check is an error: it may be the wrong one."""
        before, checked = len(self._inputs.faults), 0
        for found in files_of(top, self._refused, self._exclusion):
            if isinstance(found, PassedOver):
                self.passed_over.append(found)
            else:
                checked += not self._is_new(found) or self._check_found(found)
        if not checked and len(self._inputs.faults) == before and not self._skips_unknown:
            where = "the current directory" if top == _HERE else repr(top)
            self._inputs.report(
                f"no file to check in {where}: none is a policy, an API file, a template or an OpenAPI file",
                advice="name the files, or another folder; -v lists what is passed over",
            )

    def _refused(self, error: OSError) -> None:
        self._inputs.report(f"cannot read {error.filename!r}: {error.strerror}", advice="check its permissions")

    def _check_named(self, path: str) -> None:
        if self._skips_unknown and path != STANDARD_INPUT:
            if self._exclusion.has(path):
                self.passed_over.append(PassedOver(path, PassedOverReason.EXCLUDED))
            else:
                self._check_found(path)
            return
        given = read_text(self._inputs, path, "FILE")
        if given is not None:
            file = FileText(given.text, given.name)
            self._lint(file, self._options_of_named(file))

    def _check_found(self, path: str) -> bool:
        """Check a file if it is one to check; whether it is, or cannot be read."""
        content = self._inputs.attempt(lambda: read_bytes(path))
        if content is None:
            return True
        try:
            file = FileText(decode(content, path), path)
        except PolicySyntaxError as error:
            # UTF-16 is legible without its zero bytes.
            if looks_known(content.decode("utf-8", "ignore").replace("\0", "")):
                self.texts.append(LintedText(Source(path, ""), tuple(load_findings(error))))
                return True
            self.passed_over.append(PassedOver(path, PassedOverReason.NO_KIND))
            return False
        is_api_gateway = self._options.type is not None
        found = self._inputs.attempt(lambda: recognize(file, is_api_gateway=is_api_gateway))
        if found is None:
            return True
        if found.is_checked:
            self._lint(file, self._options_of(found))
        else:
            reason = PassedOverReason.OTHER_PURPOSE if found.purpose else PassedOverReason.NO_KIND
            self.passed_over.append(PassedOver(path, reason, found.purpose, found.advice))
        return found.is_checked

    @property
    def unused(self) -> tuple[str, ...]:
        if self._searches or any(is_of_loading(finding) for text in self.texts for finding in text.findings):
            return ()
        return tuple(name for name in OPTIONS if is_given(self._options, name) and name not in self._used)

    def _options_of_named(self, file: FileText) -> ReadOptions:
        """The options for a file that is named; one that is named alone refuses what its kind does not use."""
        if self._options == NOTHING_GIVEN == self._defaults:
            return NOTHING_GIVEN
        found = self._inputs.attempt(lambda: recognize(file, is_api_gateway=True))
        options = self._options_of(found or Recognition(is_checked=False))
        return with_defaults(self._options, options) if self._is_single else options

    def _options_of(self, found: Recognition) -> ReadOptions:
        """The options that a file uses."""
        self._used.update(found.uses)
        return used_options(with_defaults(self._options, self._defaults), found.uses)

    def _lint(self, file: FileText, options: ReadOptions) -> None:
        def check(file: FileText, rules: Collection[str]) -> LintedText:
            return check_file(file, rules=rules, options=options, kind=self._kind)

        fixes = self._fixes
        if fixes is None:
            checked = self._inputs.attempt(lambda: check(file, self._rules))
        else:
            # A fix is checked by every rule, and by those that need a proof if they are chosen.
            rules = DEFAULT.union(self._rules)
            checked = self._inputs.attempt(lambda: fixes.apply(file, lambda changed: check(changed, rules)))
        if checked is not None:
            self.texts.append(checked)
