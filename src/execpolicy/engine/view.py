"""What a clause sees of a request: the principal as one layer knows it, and the facts about the call."""

from __future__ import annotations

from execpolicy.language.arn import Arn
from execpolicy.language.facts import Facts
from execpolicy.language.principal import Principal


class View:
    """A request as one layer sees it: a caller who is anonymous to one layer is himself to another."""

    __slots__ = ("action", "arn", "facts", "has_boundary", "principal")

    def __init__(self, facts: Facts, *, has_boundary: bool) -> None:
        self.facts = facts
        self.principal: Principal = facts.principal
        self.arn: Arn = facts.arn
        self.action = facts.action.lower()
        #: PRN-6: NotPrincipal never spares a caller that has one.
        self.has_boundary = has_boundary

    def forgetting(self, key: str) -> View:
        """The same view, as if the values of one key were not known."""
        return View(self.facts.forgetting(key), has_boundary=self.has_boundary)
