"""The definitions that the cases of a file share."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.testing.case_file.apis import CaseFileApis
from execpolicy.testing.case_file.authorizer_outputs import AuthorizerOutputs
from execpolicy.testing.case_file.callers_and_targets import CallersAndTargets
from execpolicy.testing.case_file.contexts import ContextReader
from execpolicy.testing.case_file.handlers import CaseFileHandlers
from execpolicy.testing.case_file.templates import TemplateFiles


class Definitions(NamedTuple):
    """The files, callers, targets, policies, APIs, contexts, authorizer outputs and functions that the cases share."""

    files: TemplateFiles
    callers_and_targets: CallersAndTargets
    apis: CaseFileApis
    contexts: ContextReader
    authorizer_outputs: AuthorizerOutputs
    handlers: CaseFileHandlers

    @classmethod
    def of(cls, problems: Problems, file: Fields, *, run_authorizers: bool) -> Definitions:
        """The definitions of a file. ``run_authorizers``: whether it may name functions, which its calls run."""
        files = TemplateFiles(problems, file)
        return cls(
            files,
            CallersAndTargets(problems, file, files),
            CaseFileApis(problems, file, files),
            ContextReader.of(file),
            AuthorizerOutputs(problems),
            CaseFileHandlers(problems, file, may_run=run_authorizers),
        )

    def report_unused(self) -> None:
        """Report the policies, APIs and functions that nothing uses: they were not read."""
        self.callers_and_targets.report_unused_policies()
        self.apis.report_unused()
        self.handlers.report_unused()
        self.files.report_unused()
