"""Sets of resources that no policy states: those of the calls that an invariant is about, or that reach a route."""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING
from execpolicy.engine.clause import Clause

if TYPE_CHECKING:
    from execpolicy.analysis.values.text_pattern import TextPattern
    from execpolicy.engine.view import View


class ArnRegion(Clause):
    """The resources whose ARN a pattern matches. It is read like a clause of a policy, and stands in none.

    Args:
        name: what it is, in words.
        pattern: the ARNs.
    """

    __slots__ = ("pattern",)

    def __init__(self, name: str, pattern: TextPattern) -> None:
        self.element = "Resource"
        self.values = (name,)
        self.pattern = pattern
        self.identity = pattern

    def test(self, view: View) -> bool:
        return self.pattern.matches(view.resource)

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ()
