"""The definitions that the cases of a file share."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.testing.case_file.apis import CaseFileApis
from execpolicy.testing.case_file.authorizer_outputs import AuthorizerOutputs
from execpolicy.testing.case_file.callers_and_targets import CallersAndTargets
from execpolicy.testing.case_file.contexts import ContextReader


class Definitions(NamedTuple):
    """The callers, targets, policies, APIs, contexts and authorizer outputs that the cases of a file share."""

    callers_and_targets: CallersAndTargets
    apis: CaseFileApis
    contexts: ContextReader
    authorizer_outputs: AuthorizerOutputs

    @classmethod
    def of(cls, problems: Problems, file: Fields) -> Definitions:
        """The definitions of a file."""
        return cls(
            CallersAndTargets(problems, file),
            CaseFileApis(problems, file),
            ContextReader.of(file),
            AuthorizerOutputs(problems),
        )

    def report_unused(self) -> None:
        """Report the policies and APIs that nothing uses: they were not read."""
        self.callers_and_targets.report_unused_policies()
        self.apis.report_unused()
