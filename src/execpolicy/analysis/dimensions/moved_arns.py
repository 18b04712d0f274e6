"""ARNs of calls that lead to one stage in one version of an API, and to another stage or path in the other (GW-28).

One call has an ARN in each version. The analysis has one dimension of ARNs, those of one version, and clauses of the
other version are read there: a clause holds for an ARN if it holds for the ARN that the same call has in its version.
"""

from __future__ import annotations

from execpolicy._base.records import TYPE_CHECKING, NamedTuple
from execpolicy.analysis.dimensions.arn_region import ArnRegion
from execpolicy.analysis.dimensions.dimension import ValueExample, changed_view
from execpolicy.analysis.values.pattern_rest import rest_after, split_at_first
from execpolicy.analysis.values.text_pattern import TextPattern, either, literal, sequence
from execpolicy.engine.clause import Clause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from execpolicy.engine.resource_clause import ResourceClause
    from execpolicy.engine.view import View
    from execpolicy.language.truth import Truth


class MovedArns(NamedTuple):
    """The ARNs of the same calls in two versions, which differ in the stage or in the beginning of the path.

    Attributes:
        api: the beginning of the ARNs of the API, up to the slash before the stage.
        stage: the stage in the version whose ARNs are divided.
        beginning: what paths begin with there, such as ``/shop``; empty for any path.
        other_stage: the stage in the other version.
        other_beginning: what paths begin with in the other version; empty only if paths have a slash after it.
    """

    api: str
    stage: str
    beginning: str
    other_stage: str
    other_beginning: str

    def in_other(self, arn: str) -> str | None:
        """The ARN that a call has in the other version; None if it is none of these calls."""
        start, other_start = f"{self.api}{self.stage}/", f"{self.api}{self.other_stage}/"
        if not arn.startswith(start):
            return None
        if self.beginning == self.other_beginning:
            return other_start + arn[len(start) :]
        method, slash, rest = arn[len(start) :].partition("/")
        path = slash + rest
        moved = self.other_beginning + path[len(self.beginning) :] or "/"
        # Both are paths: one that only begins with the same characters is of another call.
        return f"{other_start}{method}{moved}" if path.startswith(self.beginning) and moved.startswith("/") else None

    def pattern(self, pattern: TextPattern) -> TextPattern:
        """The ARNs whose ARN in the other version a pattern matches."""
        rest = rest_after(pattern, f"{self.api}{self.other_stage}/")
        start = literal(f"{self.api}{self.stage}/")
        if self.beginning == self.other_beginning:
            return sequence(start, rest)
        moved: list[TextPattern] = []
        for method, path in split_at_first(rest, "/"):
            whole = sequence(literal("/"), path)
            begin = sequence(start, method, literal(self.beginning))
            moved.append(sequence(begin, rest_after(whole, self.other_beginning)))
            if not self.other_beginning and whole.matches("/"):
                moved.append(begin)
        return either(moved)

    def region(self, region: ArnRegion) -> ArnRegion:
        """The same calls, by the ARNs that are divided."""
        return ArnRegion(region.values[0], self.pattern(region.pattern))


class MovedResourceClause(Clause):
    """A clause of Resource or NotResource of the other version.

    Args:
        clause: the clause.
        moved: the ARNs of both versions.
    """

    __slots__ = ("clause", "moved")

    def __init__(self, clause: ResourceClause, moved: MovedArns) -> None:
        self.element = clause.element
        self.values = clause.values
        self.identity = (clause.identity, moved)
        self.clause = clause
        self.moved = moved

    def patterns(self, patterns: Iterable[TextPattern]) -> tuple[TextPattern, ...]:
        """The ARNs that the patterns of the clause match."""
        return tuple(map(self.moved.pattern, patterns))

    def test(self, view: View) -> Truth:
        arn = self.moved.in_other(view.resource)
        if arn is None:  # none of the calls has it, and none of its patterns matches it
            return self.clause.negated and not self.clause.never_matches
        return self.clause.test(changed_view(view, ValueExample(resource=arn)))

    def assumptions(self, view: View) -> tuple[str, ...]:
        return ()
