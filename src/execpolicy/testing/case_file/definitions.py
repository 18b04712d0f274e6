"""What the cases of a file share."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.testing.case_file.apis import CaseFileApis
from execpolicy.testing.case_file.authorizer_outputs import AuthorizerOutputs
from execpolicy.testing.case_file.callers_and_targets import CallersAndTargets
from execpolicy.testing.case_file.contexts import ContextReader


class Definitions(NamedTuple):
    """Everything that the cases of a file call by name, and the contexts and authorizers' answers that they share."""

    callers_and_targets: CallersAndTargets
    apis: CaseFileApis
    contexts: ContextReader
    authorizer_outputs: AuthorizerOutputs

    @classmethod
    def of(cls, problems: Problems, file: Fields) -> Definitions:
        """What a file has."""
        return cls(
            CallersAndTargets(problems, file),
            CaseFileApis(problems, file),
            ContextReader.of(file),
            AuthorizerOutputs(problems),
        )

    def report_unused(self) -> None:
        """Policies and APIs that nothing uses were never read."""
        self.callers_and_targets.report_unused_policies()
        self.apis.report_unused()
