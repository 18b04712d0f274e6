"""How serious a finding is: the four types of findings of IAM Access Analyzer."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Severity(StrEnum):
    """The severity of a finding, from the most serious one on.

    >>> Severity.ERROR.is_at_least(Severity.WARNING)
    True

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    """

    #: AWS refuses the document, or a part of it can have no effect.
    ERROR = "error"
    #: Access is wider than it looks.
    SECURITY_WARNING = "security-warning"
    #: The document does something else than it says.
    WARNING = "warning"
    #: The document can be written better; its meaning stays.
    SUGGESTION = "suggestion"

    @property
    def finding_type(self) -> str:
        """The name of IAM Access Analyzer, such as ``SECURITY_WARNING``."""
        return self.name

    def is_at_least(self, other: Severity) -> bool:
        """Whether it is as serious as another one, or more."""
        return _ORDER.index(self) <= _ORDER.index(other)


_ORDER: Final = (*Severity,)
