"""What the cases of a file share."""

from __future__ import annotations

from typing import NamedTuple

from execpolicy.document.syntax.fields import Fields, Problems
from execpolicy.testing.case_file.apis import Apis
from execpolicy.testing.case_file.authorizer_answers import AuthorizerAnswers
from execpolicy.testing.case_file.callers_and_targets import Parties
from execpolicy.testing.case_file.contexts import Contexts


class Named(NamedTuple):
    """Everything that the cases of a file call by name, and the contexts and authorizers' answers that they share."""

    parties: Parties
    apis: Apis
    contexts: Contexts
    answers: AuthorizerAnswers

    @classmethod
    def of(cls, problems: Problems, file: Fields) -> Named:
        """What a file has."""
        return cls(Parties(problems, file), Apis(problems, file), Contexts.of(file), AuthorizerAnswers(problems))

    def report_unused(self) -> None:
        """Policies and APIs that nothing uses were never read."""
        self.parties.report_unused_policies()
        self.apis.report_unused()
